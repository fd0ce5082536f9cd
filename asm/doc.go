// Package asm holds the machine code of package kernels, written by the module
// in gen. A function is named after its kernel, element type and instruction
// set; its comment is what it computes, vectors of v at a time. Nothing here
// checks an argument or the CPU: package kernels does, and is the one to use.
package asm

//go:generate go -C ../gen run .
