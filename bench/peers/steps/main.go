//go:build linux

// Command steps is the Go side of the comparison: one training step by molap or
// by gonum, timed and checked at the request of run.py (see ../README.md).
//
//	steps PROBLEM f32|f64 gonum|KERNEL
package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"molap/kernels"
)

// stepper computes loss and gradient of one problem, again and again.
type stepper interface {
	step()
	// result returns the loss of the last step and its gradient, blocks in the
	// order of a problem file: W_rec, W_in, b, W_out, b_out, h[0].
	result() (loss float64, blocks [][]float64)
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "steps:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 3 {
		return fmt.Errorf("want PROBLEM f32|f64 METHOD, have %d arguments", len(args))
	}
	p, err := readProblem(args[0])
	if err != nil {
		return err
	}
	var s stepper
	switch args[1] {
	case "f32":
		s, err = newStepper[float32](p, args[2])
	case "f64":
		s, err = newStepper[float64](p, args[2])
	default:
		err = fmt.Errorf("unknown type %q (have f32, f64)", args[1])
	}
	if err != nil {
		return err
	}
	version := "molap"
	if args[2] == "gonum" {
		version = "gonum " + moduleVersion("gonum.org/v1/gonum")
	}
	fmt.Printf("ready %s, %s\n", version, runtime.Version())
	return converse(s)
}

func newStepper[T kernels.Float](p *problem, method string) (stepper, error) {
	if method == "gonum" {
		return newGonum[T](p), nil
	}
	v, err := kernels.Lookup(method)
	if err != nil {
		return nil, err
	}
	return newMolap[T](p, v), nil
}

// moduleVersion returns the version of a module that this program is built with.
func moduleVersion(path string) string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			if m.Path == path {
				return m.Version
			}
		}
	}
	return "(unknown version)"
}

// converse answers the requests on stdin until it ends.
func converse(s stepper) error {
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		request, arg, _ := strings.Cut(in.Text(), " ")
		switch request {
		case "time":
			n, err := strconv.Atoi(arg)
			if err != nil || n < 1 {
				return fmt.Errorf("time %q: want a number of steps", arg)
			}
			s.step() // fills the caches after the others' turns
			start := cpuSeconds()
			for range n {
				s.step()
			}
			fmt.Println((cpuSeconds() - start) / float64(n))
		case "check":
			s.step()
			loss, blocks := s.result()
			var b bytes.Buffer
			for _, v := range append([][]float64{{loss}}, blocks...) {
				binary.Write(&b, binary.LittleEndian, v) // a Buffer never returns an error
			}
			if err := os.WriteFile(arg, b.Bytes(), 0o644); err != nil {
				return err
			}
			fmt.Println("done")
		default:
			return fmt.Errorf("unknown request %q (have time, check)", request)
		}
	}
	return in.Err()
}

func cpuSeconds() float64 {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &t); err != nil {
		panic(err) // Linux has this clock
	}
	return float64(t.Nano()) * 1e-9
}
