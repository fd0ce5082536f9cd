package machine

import (
	"io/fs"
	"path"
	"runtime"
	"strconv"
	"strings"
)

// Memory returns the bytes of memory that this process may still take; 0: nobody knows.
func Memory() float64 { return lesserLimit(machineMemory(), memoryLeft()) }

// lesserLimit returns the smaller of two limits; a limit of 0 is none.
func lesserLimit(a, b float64) float64 {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

// mappedByGo returns the bytes of address space that the Go runtime has mapped.
func mappedByGo() float64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.Sys)
}

// linuxMemory returns the bytes of memory that a process may take, by the files of Linux: the machine's
// memory, or the limit of the process's control group (version 2 or 1) if that is less; 0 if the files
// do not say.
func linuxMemory(root fs.FS) float64 {
	have := 0.0
	text, err := fs.ReadFile(root, "proc/meminfo")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if words := strings.Fields(line); len(words) == 3 && words[0] == "MemTotal:" && words[2] == "kB" {
			kb, _ := strconv.ParseUint(words[1], 10, 64)
			have = float64(kb) * 1024
		}
	}
	groups, err := fs.ReadFile(root, "proc/self/cgroup")
	if err != nil {
		return have
	}
	for line := range strings.Lines(string(groups)) {
		part := strings.SplitN(strings.TrimSuffix(line, "\n"), ":", 3) // number, controllers, path
		if len(part) != 3 {
			continue
		}
		dir, file := "sys/fs/cgroup", "memory.max"
		if part[1] == "memory" {
			dir, file = "sys/fs/cgroup/memory", "memory.limit_in_bytes"
		} else if part[1] != "" {
			continue
		}
		// A group is also bound by the limits of the groups around it. Inside a container its path may
		// be missing; then the limit of the root counts.
		for group := path.Join("/", part[2]); ; group = path.Dir(group) {
			limit, err := fs.ReadFile(root, path.Join(dir, group, file))
			if n, bad := strconv.ParseUint(strings.TrimSpace(string(limit)), 10, 64); err == nil && bad == nil && n > 0 {
				have = min(have, float64(n))
			}
			if group == "/" {
				break
			}
		}
	}
	return have
}
