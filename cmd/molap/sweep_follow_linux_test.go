package main

import (
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"molap/cmd/molap/internal/cli"

	"golang.org/x/sys/unix"
)

// openTerminal returns the two ends of a terminal of a size: what is written to tty, keyboard
// and screen see.
func openTerminal(t *testing.T, width, height uint16) (screen, tty *os.File) {
	t.Helper()
	screen, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { screen.Close() })
	fd := int(screen.Fd())
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		err = unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: height, Col: width})
	}
	if err != nil {
		t.Skip(err)
	}
	if tty, err = os.OpenFile("/dev/pts/"+strconv.Itoa(n), os.O_RDWR|unix.O_NOCTTY, 0); err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() { tty.Close() })
	return screen, tty
}

// TestFollowInPlace checks that status -follow draws over what it drew, on a terminal, and
// no more lines, or longer ones, than that has.
func TestFollowInPlace(t *testing.T) {
	t.Parallel()
	dir := planTiny(t)
	for _, size := range [][2]uint16{{100, 40}, {20, 4}, {0, 0}} {
		screen, tty := openTerminal(t, size[0], size[1])
		seen := make(chan string)
		go func() {
			text, buffer := "", make([]byte, 4096)
			for !strings.Contains(text, "\x1b[J") {
				n, err := screen.Read(buffer)
				if err != nil {
					break
				}
				text += string(buffer[:n])
			}
			seen <- text
		}()
		stop := make(chan chan<- os.Signal, 1)
		env := cli.Env{Args: []string{"sweep", "status", dir, "-follow"}, Stdout: tty, Stderr: os.Stderr, Exit: func(int) {},
			Notify: func(c chan<- os.Signal) func() { stop <- c; return func() {} }}
		code := make(chan int)
		go func() { code <- program().Main(env) }()
		var text string
		select {
		case text = <-seen:
		case <-time.After(hangLimit):
			t.Fatalf("nothing was drawn in place after %v", hangLimit)
		}
		(<-stop) <- os.Interrupt
		<-code
		drawn, _, found := strings.Cut(text, "\x1b[")
		lines := strings.Split(strings.TrimSuffix(drawn, "\r\n"), "\r\n")
		if again := "\x1b[" + strconv.Itoa(len(lines)) + "A\x1b[J"; !found || !strings.Contains(text, again) || !strings.Contains(text, "░") {
			t.Errorf("%v: %q is not drawn over by %q", size, text, again)
		}
		for _, l := range lines {
			if w := len([]rune(l)); size[0] > 0 && (w >= int(size[0]) || len(lines) >= int(size[1])) {
				t.Errorf("%v: a line of %d characters, of %d lines", size, w, len(lines))
			}
		}
	}
}
