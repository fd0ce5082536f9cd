// Package taskfile reads and writes tasks as TOML files: package tasks says what they mean,
// docs/tasks.md how to write one. A file describes a tasks.Task completely:
//
//	name  = "match"
//	steps = 110
//	lead  = 10
//	draws = [
//	  { name = "θ", angle = "profile" },
//	]
//	periods = [
//	  { name = "fixation", steps = 25 },
//	  { name = "stimulus", steps = [10, 40] },
//	  { name = "delay", steps = "rest" },
//	  { name = "response", steps = 25 },
//	]
//
//	[[inputs]]
//	name = "cos"
//	show = [{ value = "cos θ", during = "stimulus" }]
//
//	[[targets]]
//	name = "cos"
//	show = [{ value = "cos(θ + 180)", during = "response" }]
//
// Reading is strict, and errors name line and column, both from 1 and in bytes.
package taskfile
