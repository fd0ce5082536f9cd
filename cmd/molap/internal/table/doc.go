// Package table turns records into what people read and other programs load: CSV and JSON
// files, and text for a terminal. It knows nothing of networks or tasks: it is handed
// numbers, names and sentences.
//
// The same table gives the same bytes, so that two result directories can be compared with
// diff. Every file is written to a temporary name, synced and renamed: nobody sees half a
// file under its own name.
//
// Mistakes of the calling code (a row of the wrong length, a column named twice) panic and
// say both numbers; mistakes of the file system come back as errors with the path.
package table
