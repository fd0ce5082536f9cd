// Package paper reproduces the experiments of the paper. Each has a file of its name that asks for
// observations (package obs) and makes a Result of them. The files claims_*.go have a row for each
// claim of the paper, judged by the same observations. paper.go has the numbers that the paper prints.
package paper
