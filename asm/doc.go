// Package asm holds the machine code of package kernels, written by the module in gen. A function
// is named after its kernel, element type and instruction set. Its comment says what it computes,
// for whole vectors of v. Nothing here checks arguments or the CPU. Use package kernels, which does.
package asm

//go:generate go -C ../gen run .
