// What the C++ peers share: the problem, the gradient they must agree on, and
// the conversation with run.py (see README.md).
#pragma once
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <time.h>
#include <vector>

// Problem is a network with a batch: weights by rows, x and y steps × trials × channels.
struct Problem {
  int N, B, T, in, out;
  std::vector<double> Wrec, Win, b, Wout, bout, h0, x, y;

  explicit Problem(const char *path) {
    FILE *f = fopen(path, "rb");
    int32_t n[5];
    if (!f || fread(n, sizeof n, 1, f) != 1) {
      perror(path);
      exit(1);
    }
    N = n[0], B = n[1], T = n[2], in = n[3], out = n[4];
    size_t steps = size_t(T) * B;
    read(f, Wrec, size_t(N) * N), read(f, Win, size_t(N) * in), read(f, b, N);
    read(f, Wout, size_t(out) * N), read(f, bout, out), read(f, h0, N);
    read(f, x, steps * in), read(f, y, steps * out);
    fclose(f);
  }

  // flops is the basis of every GFLOP/s: three N × N products for each trial and step.
  double flops() const { return 6.0 * N * N * B * T; }

private:
  static void read(FILE *f, std::vector<double> &v, size_t n) {
    v.resize(n);
    if (fread(v.data(), sizeof(double), n, f) != n) {
      fprintf(stderr, "problem file is too short\n");
      exit(1);
    }
  }
};

// as converts numbers to the element type of a peer.
template <class R> std::vector<R> as(const std::vector<double> &v) { return {v.begin(), v.end()}; }

// Result is a loss and its gradient, blocks by rows as in Problem.
struct Result {
  double loss;
  std::vector<double> blocks; // dWrec dWin db dWout dbout dh0, one after the other

  template <class R> void add(const R *v, size_t n) { blocks.insert(blocks.end(), v, v + n); }
};

inline double cpuSeconds() {
  timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}

// converse answers the requests on stdin. Peer has step() and result(), the
// loss and gradient of the last step.
template <class Peer> int converse(Peer &peer, const std::string &version) {
  printf("ready %s\n", version.c_str());
  fflush(stdout);
  char line[4096];
  while (fgets(line, sizeof line, stdin)) {
    std::string request(line, std::string(line).find_last_not_of(" \r\n") + 1);
    if (request.rfind("time ", 0) == 0) {
      int n = atoi(request.c_str() + 5);
      peer.step(); // fills the caches after the others' turns
      double start = cpuSeconds();
      for (int i = 0; i < n; i++)
        peer.step();
      printf("%.9g\n", (cpuSeconds() - start) / n);
    } else if (request.rfind("check ", 0) == 0) {
      peer.step();
      Result r = peer.result();
      FILE *f = fopen(request.c_str() + 6, "wb");
      if (!f || fwrite(&r.loss, sizeof r.loss, 1, f) != 1 ||
          fwrite(r.blocks.data(), sizeof(double), r.blocks.size(), f) != r.blocks.size() || fclose(f) != 0) {
        perror("check");
        return 1;
      }
      printf("done\n");
    } else {
      fprintf(stderr, "unknown request: %s\n", request.c_str());
      return 1;
    }
    fflush(stdout);
  }
  return 0;
}

// serve is main: arguments PROBLEM f32|f64.
template <template <class> class Peer> int serve(int argc, char **argv, const std::string &version) {
  if (argc != 3) {
    fprintf(stderr, "usage: %s PROBLEM f32|f64\n", argv[0]);
    return 2;
  }
  Problem p(argv[1]);
  if (std::string(argv[2]) == "f64") {
    Peer<double> peer(p);
    return converse(peer, version);
  }
  Peer<float> peer(p);
  return converse(peer, version);
}
