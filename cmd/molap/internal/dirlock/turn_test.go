package dirlock

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"
)

// TestTurn has holders of a shared lock write one after the other.
func TestTurn(t *testing.T) {
	dir, ctx := t.TempDir(), t.Context()
	shared, err := Share(ctx, dir, 0)
	if err != nil {
		t.Fatal(err)
	}
	first, err := Turn(ctx, dir, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Turn(ctx, dir, 0); !errors.Is(err, ErrHeld) {
		t.Errorf("a turn that another has: %v", err)
	}
	stopped, stop := context.WithCancel(ctx)
	stop()
	if _, err := Turn(stopped, dir, time.Minute); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped while it waits: %v", err)
	}
	time.AfterFunc(20*time.Millisecond, first.Remove)
	second, err := Turn(ctx, dir, time.Minute)
	if err != nil {
		t.Fatalf("after the first: %v", err)
	}
	second.Remove()
	shared.Release()
	alone, err := Exclusive(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Share(ctx, dir, 20*time.Millisecond); !errors.Is(err, ErrHeld) {
		t.Errorf("shared with one who is alone: %v", err)
	}
	time.AfterFunc(20*time.Millisecond, alone.Remove)
	if shared, err = Share(ctx, dir, time.Minute); err != nil {
		t.Fatal(err)
	}
	shared.Release()
	if left, err := os.ReadDir(dir); err != nil || len(left) > 1 {
		t.Errorf("left behind: %v (%v)", left, err)
	}
}
