package tasks_test

import (
	"fmt"

	"molap/kernels"
	"molap/tasks"
)

// Draw one trial of T5 without noise and look at it once in each period.
func Example() {
	options := tasks.Paper
	options.Noise = 0
	task, err := tasks.Lookup("mem_dm1", options)
	if err != nil {
		fmt.Println(err)
		return
	}
	generator, err := tasks.NewGenerator[float32](kernels.Best(), options, task)
	if err != nil {
		fmt.Println(err)
		return
	}
	batch := generator.NewBatch(1)
	generator.Draw(batch, kernels.NewStream(1))

	fmt.Println(task.ID, task.Title)
	for _, span := range task.Spans() {
		step := span.Start.Least
		fmt.Printf("step %3d  %-8s  inputs %6.3f  targets %6.3f\n",
			step, span.Name, batch.Inputs(step, 0), batch.Targets(step, 0))
	}
	// Output:
	// T5 Mem Dm 1
	// step  10  fixation  inputs [ 1.000  0.000]  targets [ 1.000  0.000]
	// step  35  pulse 1   inputs [ 1.000 -0.695]  targets [ 1.000  0.000]
	// step  45  gap       inputs [ 1.000  0.000]  targets [ 1.000  0.000]
	// step  55  pulse 2   inputs [ 1.000 -0.788]  targets [ 1.000  0.000]
	// step  65  delay     inputs [ 1.000  0.000]  targets [ 1.000  0.000]
	// step  85  response  inputs [ 0.000  0.000]  targets [ 0.000 -0.695]
}

// The corpus of pre-training, and the same with one task left out.
func ExampleNewGenerator_corpus() {
	all := tasks.All(tasks.Authors)
	rest, err := tasks.Without(all, "T7")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, corpus := range [][]tasks.Task{all, rest} {
		generator, err := tasks.NewGenerator[float32](kernels.Best(), tasks.Authors, corpus...)
		if err != nil {
			fmt.Println(err)
			return
		}
		batch := generator.NewBatch(200)
		generator.Draw(batch, kernels.NewStream(1))
		fmt.Printf("%d tasks: X %d × %d × %d, Y %d × %d × %d\n", len(corpus),
			batch.Steps, batch.Trials, batch.In, batch.Steps, batch.Trials, batch.Out)
	}
	// Output:
	// 9 tasks: X 110 × 200 × 25, Y 110 × 200 × 22
	// 8 tasks: X 110 × 200 × 22, Y 110 × 200 × 20
}

// A task of one's own: report the sum of two angles' cosines after a pause.
func ExampleTask() {
	task := tasks.Task{
		Name: "sum", Steps: 60, Lead: 10,
		Draws: []tasks.Draw{
			{Name: "α", From: tasks.OptionAngle{}},
			{Name: "β", From: tasks.OptionAngle{}},
		},
		Periods: []tasks.Period{
			{Name: "show", Duration: tasks.Duration{Least: 5, Most: 15}},
			{Name: "pause", Duration: tasks.Duration{Rest: true}},
			{Name: "go", Duration: tasks.Exactly(20)},
		},
		Inputs: []tasks.Channel{
			{Name: "a", Parts: []tasks.Part{{First: "show", Last: "show", Value: tasks.Cos{Of: tasks.Drawn("α")}}}},
			{Name: "b", Parts: []tasks.Part{{First: "show", Last: "show", Value: tasks.Cos{Of: tasks.Drawn("β")}}}},
		},
		Targets: []tasks.Channel{
			{Name: "sum", Parts: []tasks.Part{{First: "go", Last: "go", Value: tasks.Sum{tasks.Cos{Of: tasks.Drawn("α")}, tasks.Cos{Of: tasks.Drawn("β")}}}}},
		},
	}
	fmt.Println(task.Validate())
	for _, c := range append(task.Inputs, task.Targets...) {
		for _, p := range c.Parts {
			fmt.Printf("%-3s  %s…%s: %v\n", c.Name, p.First, p.Last, p.Value)
		}
	}
	// Output:
	// <nil>
	// a    show…show: cos α
	// b    show…show: cos β
	// sum  go…go: cos α + cos β
}
