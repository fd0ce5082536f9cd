// Package cli is the frame of the program: a table of commands with their
// flags and help, the flags that commands share, errors in one line, exit codes
// and interruption.
//
// Flags may stand before or after other arguments; -- ends them. Standard output carries what a command
// was asked for. Standard error carries progress and exactly one line for an error, "molap: …". The
// exit code is
//
//	0     done
//	1     something went wrong
//	2     the command line or a setting is wrong; nothing was written
//	130   interrupted by SIGINT or SIGTERM; a later one exits at once
//
// SIGUSR1, where there is such a signal, asks for a checkpoint and ends nothing.
package cli
