// Package report turns results into what people read and other programs load:
// tables (CSV, JSON, terminal text, HTML), figures (SVG and PNG) and one
// self-contained HTML page.
//
// It knows nothing of networks or tasks: it is handed numbers, names and
// sentences. The same input gives the same bytes, so that two result
// directories can be compared with diff, and every file is written to a
// temporary name, synced and renamed, so that no half-written file is ever seen
// under its own name.
//
// Mistakes of the calling code (a row of the wrong length, a figure without an
// alternative text) panic and say both numbers; the file system's mistakes come
// back as errors with the path.
package report
