package main

import "os"

// memoryHere returns the bytes of memory that this process may take; 0: nobody knows.
func memoryHere() float64 { return linuxMemory(os.DirFS("/")) }
