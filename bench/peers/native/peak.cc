// The limit: the time that the multiply-adds of one training step take when
// nothing else is done. Compiled once for each instruction set.
#include "peer.h"

#ifdef __AVX512F__
constexpr int width = 64, chains = 16; // of 32 registers
#else
constexpr int width = 32, chains = 12; // of 16 registers; latency × units is 8 to 10
#endif

template <class R> struct Peak {
  typedef R Vector __attribute__((vector_size(width)));
  long turns;
  volatile R sink;

  explicit Peak(const Problem &p) : turns(long(p.flops() / (2.0 * chains * (width / sizeof(R)))) + 1) {}

  void step() {
    // Every loop over the chains is unrolled, or they would live in memory.
    Vector a[chains];
#pragma GCC unroll 16
    for (int i = 0; i < chains; i++)
      a[i] = Vector{} + 1;
    const Vector x = Vector{} + R(0.999), y = Vector{} + R(0.001);
    for (long n = 0; n < turns; n++)
#pragma GCC unroll 16
      for (int i = 0; i < chains; i++) {
        a[i] = a[i] * x + y;
        asm volatile("" : "+v"(a[i])); // one instruction each
      }
    R sum = 0;
#pragma GCC unroll 16
    for (int i = 0; i < chains; i++)
      sum += a[i][0];
    sink = sum;
  }

  Result result() {
    fprintf(stderr, "the peak has no gradient\n");
    exit(1);
  }
};

int main(int argc, char **argv) { return serve<Peak>(argc, argv, "g++ " __VERSION__); }
