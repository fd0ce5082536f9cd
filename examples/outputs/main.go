// Command outputs runs a network of a file on the trials of that file. It writes an npz file of
// trials whose Y are the outputs of the network, steps × trials × outputs. It shows how files are
// read and written, and gives other programs something to compare their own outputs with.
//
//	molap export NET.safetensors -out net.npz -trials 20
//	go run ./examples/outputs net.npz outputs.npz
package main

import (
	"errors"
	"fmt"
	"log"
	"os"

	"molap/autodiff"
	"molap/kernels"
	"molap/rnn"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 3 {
		log.Fatal("usage: outputs NET.npz OUTPUTS.npz")
	}
	data, err := os.ReadFile(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	file, err := rnn.Decode(data)
	if err != nil {
		log.Fatal(err)
	}
	// The type of the file decides in what precision the network runs.
	if file.Type == "f64" {
		data, err = outputs[float64](file)
	} else {
		data, err = outputs[float32](file)
	}
	if err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(os.Args[2], data, 0o644); err != nil {
		log.Fatal(err)
	}
}

// outputs returns the npz file of the network's outputs on the file's trials.
func outputs[T kernels.Float](file *rnn.File) ([]byte, error) {
	net, err := rnn.Load[T](file)
	if err != nil {
		return nil, err
	}
	trials, err := rnn.LoadTrials[T](file, net.Shape)
	if err != nil {
		return nil, err
	}
	if trials.Y == nil {
		return nil, errors.New("the file has inputs X and no targets Y")
	}
	// Nothing is trained, so the mask is empty.
	engine := autodiff.New[T](kernels.Best(), net.Shape, trials.Steps, trials.Trials, autodiff.Mask{}, autodiff.Penalty{}, 1)
	y := make([]T, len(trials.Y))
	engine.Run(net.Params, trials.X, y, nil)
	fmt.Printf("%d trials of %d steps, %s: loss %.9g\n", trials.Trials, trials.Steps, file.Type, meanSquare(y, trials.Y))
	trials.Y = y
	return rnn.EncodeNPZ(nil, trials)
}

// meanSquare returns the mean squared difference of two arrays of equal length.
func meanSquare[T kernels.Float](a, b []T) float64 {
	sum := 0.0
	for i := range a {
		d := float64(a[i]) - float64(b[i])
		sum += float64(d * d)
	}
	return sum / float64(len(a))
}
