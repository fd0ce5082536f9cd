# The commands of the project. Everything here is plain Go, so each can be typed
# by hand as well.

STATICCHECK = honnef.co/go/tools/cmd/staticcheck@v0.8.2
BENCHSTAT   = golang.org/x/perf/cmd/benchstat@v0.0.0-20260908200009-22c9c6c9d4da

# The limit is against hangs alone: ten times what a slow machine needs for a package.
TEST = test -timeout 1h

.PHONY: test check generate bench quick fig2 arm64 cpus peers release release-check

test:                ## all tests
	go $(TEST) ./...
	go -C gen $(TEST) -count=1 ./...

check:               ## formatting, vet on every platform, static analysis
	test -z "$$(gofmt -l .)" || { gofmt -l .; exit 1; }
	go vet ./...
	go -C gen vet ./...
	GOOS=windows go vet ./...
	GOOS=darwin GOARCH=arm64 go vet ./...
	go vet -tags purego ./bench ./kernels ./autodiff ./rnn
	go run $(STATICCHECK) ./...
	go mod tidy -diff
	go -C gen mod tidy -diff

generate:            ## machine code and constants anew
	go -C gen run .

bench:               ## one training step by kernel, type, size and batch
	go $(TEST) -run '^$$' -bench Step -count 6 ./bench | tee bench.txt
	go run $(BENCHSTAT) -col /kernel bench.txt

peers:               ## one training step beside PyTorch, Eigen, oneDNN, OpenBLAS and gonum
	bench/peers/install.sh
	bench/peers/run.py --sweep --f64

arm64:               ## the numeric packages under qemu-aarch64 (Debian: qemu-user)
	CGO_ENABLED=0 GOARCH=arm64 go $(TEST) -exec qemu-aarch64 ./kernels -require=neon
	CGO_ENABLED=0 GOARCH=arm64 go $(TEST) -short -exec qemu-aarch64 ./autodiff ./tasks ./cca ./rnn
	CGO_ENABLED=0 GOARCH=arm64 go $(TEST) -short -exec qemu-aarch64 -run SameFiles ./cmd/molap/internal/paper
	GOOS=darwin GOARCH=arm64 go test -c -o /dev/null ./kernels

cpus:                ## the kernels and a training run on CPUs without and with AVX2 (Debian: qemu-user)
	go $(TEST) -short -exec 'qemu-x86_64 -cpu Nehalem' ./kernels
	go $(TEST) -short -exec 'qemu-x86_64 -cpu Haswell' ./kernels -require=avx2
	go $(TEST) -short -exec 'qemu-x86_64 -cpu Haswell' -run Golden ./rnn

quick:               ## the headline figure, small, in about a minute
	go run ./cmd/molap reproduce fig2 -quick -profile extended -out out/quick

fig2:                ## the headline figure, one seed, by settings that learn
	go run ./cmd/molap reproduce fig2 -profile extended -out out/fig2

release:             ## archives of the program for every platform: the same bytes wherever built
	rm -rf out/release
	go run ./cmd/release -out out/release

ONLY = linux/amd64,windows/arm64
release-check:       ## the last commit built in two directories, the second time without a cache: the same bytes (ONLY=: all platforms)
	rm -rf out/twice && mkdir -p out/twice
	git clone -q . out/twice/one && git clone -q . out/twice/another/longer/path
	cd out/twice/one && go run ./cmd/release -out ../1 -only "$(ONLY)"
	cd out/twice/another/longer/path && GOCACHE="$(CURDIR)/out/twice/cache" go run ./cmd/release -out ../../../2 -only "$(ONLY)"
	diff -r out/twice/1 out/twice/2
	cd out/twice/2 && sha256sum -c SHA256SUMS
