module molap/gen

go 1.26

require (
	github.com/mmcloughlin/avo v0.6.0
	golang.org/x/arch v0.32.0
	golang.org/x/tools v0.52.0
)
