// Package figure draws panels of several kinds below one legend, as SVG and PNG. It also notes where
// the data lie in the drawing, so that a page can show the value under the pointer.
//
// It knows nothing of networks or tasks: it is handed numbers, names and sentences. The same
// figure gives the same bytes on every machine. Mistakes of the calling code (series of
// different lengths, a figure without an alternative text) panic and say both numbers.
package figure
