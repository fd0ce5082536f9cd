//go:build !unix

package live

// connectionsHere returns how many connections may be open at once.
func connectionsHere() int { return mostConnections }
