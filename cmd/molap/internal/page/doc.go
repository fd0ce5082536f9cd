// Package page makes one self-contained HTML page of figures, tables and claims of the
// paper. The page fetches nothing; one script of its own shows values under the pointer.
//
// Mistakes of the calling code (an anchor used twice, a claim shown in no section) panic.
package page
