//go:build !unix

package sweep

import "time"

// cpuTime is the time on the wall: this platform does not say what of it the
// cores have spent on this process.
func cpuTime() time.Duration { return time.Duration(time.Now().UnixNano()) }
