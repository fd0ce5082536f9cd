package machine

import (
	"runtime"
	"testing"
	"testing/fstest"
)

// TestLinuxMemory reads the files of Linux as machines and containers have them.
func TestLinuxMemory(t *testing.T) {
	const machine = "MemTotal:       16384 kB\nMemFree:        1 kB\n"
	for name, c := range map[string]struct {
		files map[string]string
		want  float64
	}{
		"nothing":           {nil, 0},
		"no groups":         {map[string]string{"proc/meminfo": machine}, 16 << 20},
		"no such line":      {map[string]string{"proc/meminfo": "MemFree: 1 kB\n"}, 0},
		"version 2":         {map[string]string{"proc/meminfo": machine, "proc/self/cgroup": "0::/a/b\n", "sys/fs/cgroup/a/b/memory.max": "max\n", "sys/fs/cgroup/a/memory.max": "1048576\n"}, 1 << 20},
		"in a container":    {map[string]string{"proc/meminfo": machine, "proc/self/cgroup": "0::/docker/x\n", "sys/fs/cgroup/memory.max": "2097152\n"}, 2 << 20},
		"more than is":      {map[string]string{"proc/meminfo": machine, "proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "1099511627776\n"}, 16 << 20},
		"version 1":         {map[string]string{"proc/meminfo": machine, "proc/self/cgroup": "5:cpu:/a\n4:memory:/a\n", "sys/fs/cgroup/memory/a/memory.limit_in_bytes": "4096\n"}, 4096},
		"version 1 no end":  {map[string]string{"proc/meminfo": machine, "proc/self/cgroup": "4:memory:/\n", "sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n"}, 16 << 20},
		"of something else": {map[string]string{"proc/meminfo": machine, "proc/self/cgroup": "odd\n4:cpu:/\n", "sys/fs/cgroup/memory.max": "4096\n"}, 16 << 20},
	} {
		root := fstest.MapFS{}
		for path, text := range c.files {
			root[path] = &fstest.MapFile{Data: []byte(text)}
		}
		if got := linuxMemory(root); got != c.want {
			t.Errorf("%s: %v bytes, want %v", name, got, c.want)
		}
	}
	if have := Memory(); runtime.GOOS == "linux" && have < 64<<20 {
		t.Errorf("%v bytes here", have)
	}
}

func TestLeast(t *testing.T) {
	for _, c := range [][3]float64{{0, 0, 0}, {0, 5, 5}, {5, 0, 5}, {5, 3, 3}, {3, 5, 3}} {
		if got := lesserLimit(c[0], c[1]); got != c[2] {
			t.Errorf("the smaller limit of %v and %v is %v", c[0], c[1], got)
		}
	}
}
