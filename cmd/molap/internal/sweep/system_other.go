//go:build !unix

package sweep

import "time"

// cpuTime returns the time on the wall: this platform does not tell how much of it the cores have spent
// on this process.
func cpuTime() time.Duration { return time.Duration(time.Now().UnixNano()) }
