package live

import (
	"net"
	"sync"
	"time"
)

// A run must not lack descriptors or wait for a page. So the number of open connections is limited,
// further ones wait in the system's queue, and a connection ends if its reader does not take a write in
// time.
const (
	mostConnections = 48
	writeTime       = 10 * time.Second
)

// limitedListener is a listener whose connections are counted and have a deadline for each write.
type limitedListener struct {
	net.Listener
	free  chan struct{} // a token for each connection that may still be opened
	write time.Duration
	over  chan struct{}
	close sync.Once
}

func limitListener(l net.Listener, connections int, write time.Duration) *limitedListener {
	free := make(chan struct{}, connections)
	for range connections {
		free <- struct{}{}
	}
	return &limitedListener{Listener: l, free: free, write: write, over: make(chan struct{})}
}

// Accept waits until another connection may be opened, and then for the connection.
func (l *limitedListener) Accept() (net.Conn, error) {
	select {
	case <-l.free:
	case <-l.over:
		return nil, net.ErrClosed
	}
	c, err := l.Listener.Accept()
	if err != nil {
		l.free <- struct{}{}
		return nil, err
	}
	return &limitedConnection{Conn: c, of: l}, nil
}

// Close closes the listener and leaves its connections open.
func (l *limitedListener) Close() error {
	l.close.Do(func() { close(l.over) })
	return l.Listener.Close()
}

// limitedConnection is a connection of a limitedListener.
type limitedConnection struct {
	net.Conn
	of    *limitedListener
	close sync.Once
}

// Write writes within the listener's time or fails.
func (c *limitedConnection) Write(b []byte) (int, error) {
	if err := c.SetWriteDeadline(time.Now().Add(c.of.write)); err != nil {
		return 0, err
	}
	return c.Conn.Write(b)
}

// Close closes the connection and lets another one be opened.
func (c *limitedConnection) Close() error {
	err := c.Conn.Close()
	c.close.Do(func() { c.of.free <- struct{}{} })
	return err
}
