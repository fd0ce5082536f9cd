package machine

import (
	"runtime/debug"
	"strings"
	"testing"
)

// TestVersionOf checks which builds say by what sources they are: a clean commit and a
// published module do, all others are told apart by the program's hash.
func TestVersionOf(t *testing.T) {
	commit := debug.BuildSetting{Key: "vcs.revision", Value: "0123456789abcdef"}
	for _, c := range []struct {
		module   debug.Module
		settings []debug.BuildSetting
		version  string
		known    bool
	}{
		{debug.Module{Version: "v0.1.0"}, []debug.BuildSetting{commit, {Key: "vcs.modified", Value: "false"}}, "v0.1.0 0123456789ab", true},
		{debug.Module{Version: "v0.1.0+dirty"}, []debug.BuildSetting{commit, {Key: "vcs.modified", Value: "true"}}, "v0.1.0+dirty 0123456789ab+changes", false},
		{debug.Module{Version: "(devel)"}, nil, "(devel)", false},
		{debug.Module{Version: "v0.1.0", Sum: "h1:x"}, nil, "v0.1.0", true},
	} {
		version, known := versionOf(&debug.BuildInfo{Main: c.module, Settings: c.settings})
		if version != c.version || known != c.known {
			t.Errorf("%+v, %v: %q, %v, want %q, %v", c.module, c.settings, version, known, c.version, c.known)
		}
	}
	hash, err := ProgramHash()
	if err != nil || len(hash) != 16 {
		t.Fatalf("hash %q, %v", hash, err)
	}
	if v := Version(); !strings.HasSuffix(v, " program "+hash) { // tests are built of no commit
		t.Errorf("the version of this test is %q, want its hash %s at the end", v, hash)
	}
}
