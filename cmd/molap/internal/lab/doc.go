// Package lab plans and does the work of experiments: networks are pre-trained, trained, scored,
// damaged and analysed, each as a job of package jobs. A Lab holds settings, seeds and the kernel;
// a Cell names one network. Package paper says which networks an experiment needs and what it shows
// of them.
//
// Everything random comes from streams named by seed and purpose, and every job is worked on
// by one goroutine, so results depend on settings and seeds alone.
package lab
