package machine

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"runtime/debug"
	"sync"
)

// Version returns the version that this program was built from: its module's version and, where the
// build recorded one, the commit. Two programs of one version compute the same: if the sources are not
// those of a commit or of a published module, the hash of the program is part of the version.
var Version = sync.OnceValue(func() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		info = &debug.BuildInfo{Main: debug.Module{Version: "(unknown version)"}}
	}
	version, known := versionOf(info)
	if known {
		return version
	}
	hash, err := ProgramHash()
	if err != nil {
		hash = "unreadable"
	}
	return version + " program " + hash
})

// versionOf returns what a build has recorded about its sources, and whether that identifies them.
func versionOf(info *debug.BuildInfo) (version string, known bool) {
	version, known = info.Main.Version, info.Main.Sum != ""
	commit, modified := "", ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			commit = s.Value[:min(len(s.Value), 12)]
		case s.Key == "vcs.modified" && s.Value == "true":
			modified = "+changes"
		}
	}
	if commit != "" {
		return version + " " + commit + modified, modified == ""
	}
	return version, known
}

// ProgramHash returns the SHA-256, in part, of this program's file.
func ProgramHash() (string, error) {
	f, err := os.Open("/proc/self/exe") // on Linux: this program, even if its file was replaced
	if err != nil {
		path, err := os.Executable()
		if err != nil {
			return "", err
		}
		if f, err = os.Open(path); err != nil {
			return "", err
		}
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)[:8]), nil
}
