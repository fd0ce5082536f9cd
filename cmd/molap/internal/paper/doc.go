// Package paper reproduces the experiments of the paper: each has a file of its name that
// asks for observations (package obs) and makes a Result of them; the files claims_*.go have
// what the paper claims of the same observations, a row each; paper.go has what it prints.
package paper
