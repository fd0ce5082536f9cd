package rnn_test

import (
	"fmt"

	"molap/autodiff"
	"molap/kernels"
	"molap/rnn"
)

// A network becomes a file and is read again; the file can be read by any program
// that knows safetensors. EncodeNPZ makes one for NumPy.
func ExampleEncodeSafetensors() {
	shape := autodiff.Shape{Units: 20, In: 3, Out: 3}
	net := rnn.New[float32](kernels.Best(), shape, 2, rnn.Init{Gain: 1.5, InputGain: 1}, kernels.NewStream(1))
	data, err := rnn.EncodeSafetensors(net, rnn.Info{Task: "T1", Arm: "reservoir", Seed: 1})
	if err != nil {
		fmt.Println(err)
		return
	}

	file, err := rnn.Decode(data)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(file.Shape, file.Modules, file.Type, file.Task)
	again, err := rnn.Load[float32](file)
	fmt.Println(again.H0[0] == net.H0[0], err)

	data[len(data)-1] ^= 1 // a single bit
	_, err = rnn.Decode(data)
	fmt.Println(err != nil)
	// Output:
	// {20 3 3} 2 f32 T1
	// true <nil>
	// true
}
