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

// limited is a listener whose connections are counted and have a deadline for each write.
type limited struct {
	net.Listener
	free  chan struct{} // a token for each connection that may still be opened
	write time.Duration
	over  chan struct{}
	close sync.Once
}

func limit(l net.Listener, connections int, write time.Duration) *limited {
	free := make(chan struct{}, connections)
	for range connections {
		free <- struct{}{}
	}
	return &limited{Listener: l, free: free, write: write, over: make(chan struct{})}
}

// Accept waits until another connection may be opened, and then for the connection.
func (l *limited) Accept() (net.Conn, error) {
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
	return &connection{Conn: c, of: l}, nil
}

// Close closes the listener and leaves its connections open.
func (l *limited) Close() error {
	l.close.Do(func() { close(l.over) })
	return l.Listener.Close()
}

// connection is one of a limited listener.
type connection struct {
	net.Conn
	of    *limited
	close sync.Once
}

// Write writes within the listener's time or fails.
func (c *connection) Write(b []byte) (int, error) {
	if err := c.SetWriteDeadline(time.Now().Add(c.of.write)); err != nil {
		return 0, err
	}
	return c.Conn.Write(b)
}

// Close closes the connection and lets another one be opened.
func (c *connection) Close() error {
	err := c.Conn.Close()
	c.close.Do(func() { c.of.free <- struct{}{} })
	return err
}
