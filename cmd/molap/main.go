// Command molap trains modular recurrent networks and reproduces the paper
// "Efficient and robust multi-task learning in the brain with modular latent
// primitives" (Márton, Gagnon, Lajoie and Rajan).
package main

import (
	"os"

	"molap/cmd/molap/internal/cli"
	"molap/cmd/molap/internal/machine"
	"molap/cmd/molap/internal/place"
	"molap/cmd/molap/internal/stepbench"
)

func main() { os.Exit(program().Main(cli.System())) }

func program() *cli.Program {
	return &cli.Program{
		Name:    "molap",
		Version: machine.Version(),
		Doc: `MoLaP trains tanh recurrent networks whose modules are pre-trained on latent primitives of a corpus of tasks, and reproduces the experiments of the paper that proposed them (Márton, Gagnon, Lajoie and Rajan, "Efficient and robust multi-task learning in the brain with modular latent primitives").

The same settings and seed give the same result files, to the last bit, on every machine.`,
		Commands: []cli.Command{reproduceCommand(), reportCommand(), verifyCommand(), trainCommand(), evalCommand(),
			perturbCommand(), dynamicsCommand(), exportCommand(), sweepCommand(), tasksCommand(), infoCommand(),
			cacheCommand(), stepbench.Command(), completionCommand(), manCommand()},
		Topics:   []cli.Topic{cli.SettingsTopic()},
		Offers:   completionOffers(),
		Kinds:    nameKinds(),
		Writable: place.OutsideResults,
		Examples: []cli.Example{
			{Line: "molap reproduce fig2 -quick -profile extended -out out/quick", Doc: "a small version of the headline figure in about a minute"},
			{Line: "molap reproduce all -profile paper -out out/paper", Doc: "everything by the text's settings"},
			{Line: "molap tasks T7 -out out/tasks", Doc: "draw trials of a task"},
		},
	}
}
