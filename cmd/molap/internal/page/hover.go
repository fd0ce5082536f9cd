package page

import (
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
)

// hoverScript shows the values of the point of a curve, of the marker or of the cell next to the
// pointer, and walks along them by the arrow keys. It reads the values off the drawing, whose axes are
// noted in the attribute data-panels. Without the script the page has everything else.
//
//go:embed hover.js
var hoverScript string

// hoverHash names the one script that the page's content security policy lets run.
func hoverHash() string {
	sum := sha256.Sum256([]byte(hoverScript))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}
