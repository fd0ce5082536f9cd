// Nanoseconds per element of SLEEF's tanh, within 1.0 and 3.5 ULP, on numbers in
// the first-level cache: the median of rounds. ../tanh.sh runs it beside ours.
#include <algorithm>
#include <cstdio>
#include <immintrin.h>
#include <sleef.h>
#include <time.h>
#include <vector>

static double now() {
  timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}

// measure times tanh, a function of vectors, on numbers from -4 to 4.
template <class R, class Vector, class Tanh> void measure(const char *name, Tanh tanh) {
  constexpr int n = 2240, lanes = sizeof(Vector) / sizeof(R), rounds = 101, repeats = 20;
  alignas(64) R in[n], out[n];
  for (int i = 0; i < n; i++)
    in[i] = R(8.0 * ((i * 997) % n) / n - 4);
  std::vector<double> seconds(rounds);
  for (double &s : seconds) {
    double start = now();
    for (int k = 0; k < repeats; k++) {
      for (int i = 0; i < n; i += lanes)
        *(Vector *)(out + i) = tanh(*(const Vector *)(in + i));
      asm volatile("" ::"r"(in), "r"(out) : "memory"); // no repeat is left out
    }
    s = (now() - start) / (double(n) * repeats);
  }
  std::nth_element(seconds.begin(), seconds.begin() + rounds / 2, seconds.end());
  printf("%-24s %.3f ns/element\n", name, 1e9 * seconds[rounds / 2]);
}

int main() {
#ifdef __AVX512F__
  measure<float, __m512>("SLEEF u10 avx512 f32", [](__m512 v) { return Sleef_tanhf16_u10avx512f(v); });
  measure<float, __m512>("SLEEF u35 avx512 f32", [](__m512 v) { return Sleef_tanhf16_u35avx512f(v); });
  measure<double, __m512d>("SLEEF u10 avx512 f64", [](__m512d v) { return Sleef_tanhd8_u10avx512f(v); });
  measure<double, __m512d>("SLEEF u35 avx512 f64", [](__m512d v) { return Sleef_tanhd8_u35avx512f(v); });
#else
  measure<float, __m256>("SLEEF u10 avx2 f32", [](__m256 v) { return Sleef_tanhf8_u10avx2(v); });
  measure<float, __m256>("SLEEF u35 avx2 f32", [](__m256 v) { return Sleef_tanhf8_u35avx2(v); });
  measure<double, __m256d>("SLEEF u10 avx2 f64", [](__m256d v) { return Sleef_tanhd4_u10avx2(v); });
  measure<double, __m256d>("SLEEF u35 avx2 f64", [](__m256d v) { return Sleef_tanhd4_u35avx2(v); });
#endif
}
