// Package profile holds the settings of a run.
//
// The paper and its authors' program differ in many places, and where the text
// is silent one has to choose. Each such place is one key, such as
// trials.anti = "opposite" or "same"; a profile is a complete set of keys. Three
// ship with the program, printed in full in its source:
//
//	paper      what the text says; where it is silent, the authors' program
//	authors    what the authors' released program does
//	extended   the paper's design with the settings under which it learns
//
// Further profiles are TOML files. Either they set every key or they name the
// profile they start from:
//
//	base = "paper"
//
//	[training]
//	rate = 3e-2
//
// [Keys] lists every key with its type, allowed values, meaning and both
// readings. Files are read strictly: an unknown key, a value of the wrong type
// or out of range is an error with file, line and column.
package profile
