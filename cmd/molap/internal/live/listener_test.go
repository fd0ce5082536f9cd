package live

import (
	"net"
	"testing"
	"time"
)

// listenLimited returns a limited listener and a function that dials it.
func listenLimited(t *testing.T, connections int, write time.Duration) (*limitedListener, func() net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return limitListener(l, connections, write), func() net.Conn {
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		return c
	}
}

// TestConnectionsBounded checks that no more connections are taken than may be, and the
// next as soon as one is closed, however often.
func TestConnectionsBounded(t *testing.T) {
	l, dial := listenLimited(t, 2, time.Minute)
	taken := make(chan net.Conn)
	ended := make(chan error, 1)
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				ended <- err
				return
			}
			taken <- c
		}
	}()
	for range 4 {
		dial()
	}
	one, two := <-taken, <-taken
	select {
	case <-taken:
		t.Fatal("three connections are open, want two")
	case <-time.After(50 * time.Millisecond):
	}
	one.Close()
	one.Close()
	three := <-taken
	select {
	case <-taken:
		t.Fatal("a connection that is closed twice makes room for two")
	case <-time.After(50 * time.Millisecond):
	}
	two.Close()
	four := <-taken
	l.Close()
	if err := <-ended; err == nil {
		t.Error("a closed listener goes on")
	}
	three.Close()
	four.Close()
	if n := connectionsHere(); n < 1 || n > mostConnections {
		t.Errorf("%d connections here, want 1 to %d", n, mostConnections)
	}
}

// TestSlowReader checks that a write that nobody reads ends, and one that is read does not.
func TestSlowReader(t *testing.T) {
	l, dial := listenLimited(t, 1, 100*time.Millisecond)
	dial()
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	time.Sleep(150 * time.Millisecond) // idle is not slow
	if _, err := c.Write([]byte("read")); err != nil {
		t.Errorf("a connection that was idle: %v", err)
	}
	began := time.Now()
	data := make([]byte, 1<<20)
	for err == nil && time.Since(began) < 10*time.Second {
		_, err = c.Write(data)
	}
	if e, ok := err.(net.Error); !ok || !e.Timeout() {
		t.Errorf("what nobody reads: %v, want that it took too long", err)
	}
}
