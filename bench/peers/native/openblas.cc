// OpenBLAS for the products, SLEEF (1 ULP) for tanh, plain loops for the rest:
// what a careful C programmer writes. Matrices by rows, trials × units.
#include "peer.h"
#include <cblas.h>
#include <cstring>
#include <immintrin.h>
#include <sleef.h>

static void tanhVector(float *v) {
#ifdef __AVX512F__
  _mm512_storeu_ps(v, Sleef_tanhf16_u10avx512f(_mm512_loadu_ps(v)));
#else
  _mm256_storeu_ps(v, Sleef_tanhf8_u10avx2(_mm256_loadu_ps(v)));
#endif
}

static void tanhVector(double *v) {
#ifdef __AVX512F__
  _mm512_storeu_pd(v, Sleef_tanhd8_u10avx512f(_mm512_loadu_pd(v)));
#else
  _mm256_storeu_pd(v, Sleef_tanhd4_u10avx2(_mm256_loadu_pd(v)));
#endif
}

template <class R> void tanhInPlace(R *v, size_t n) {
#ifdef __AVX512F__
  constexpr size_t lanes = 64 / sizeof(R);
#else
  constexpr size_t lanes = 32 / sizeof(R);
#endif
  size_t i = 0;
  for (; i + lanes <= n; i += lanes)
    tanhVector(v + i);
  R tail[lanes] = {};
  memcpy(tail, v + i, (n - i) * sizeof(R));
  tanhVector(tail);
  memcpy(v + i, tail, (n - i) * sizeof(R));
}

// product sets C (m × n) = A·B + beta·C, where ta and tb say whether A and B are
// stored transposed. All are dense.
static void product(bool ta, bool tb, int m, int n, int k, const float *A, const float *B, float beta, float *C) {
  cblas_sgemm(CblasRowMajor, ta ? CblasTrans : CblasNoTrans, tb ? CblasTrans : CblasNoTrans, m, n, k, 1, A, ta ? m : k,
              B, tb ? k : n, beta, C, n);
}
static void product(bool ta, bool tb, int m, int n, int k, const double *A, const double *B, double beta, double *C) {
  cblas_dgemm(CblasRowMajor, ta ? CblasTrans : CblasNoTrans, tb ? CblasTrans : CblasNoTrans, m, n, k, 1, A, ta ? m : k,
              B, tb ? k : n, beta, C, n);
}

template <class R> struct BlasPeer {
  int N, B, T, in, out;
  std::vector<R> Wrec, Win, b, Wout, bout, h0, x, y;
  std::vector<R> H, D, E; // h[0 … T], deltas of the pre-activations of h[t], errors
  std::vector<R> dWrec, dWin, db, dWout, dbout, sum, dh0;
  double loss;

  explicit BlasPeer(const Problem &p)
      : N(p.N), B(p.B), T(p.T), in(p.in), out(p.out), Wrec(as<R>(p.Wrec)), Win(as<R>(p.Win)), b(as<R>(p.b)),
        Wout(as<R>(p.Wout)), bout(as<R>(p.bout)), h0(as<R>(p.h0)), x(as<R>(p.x)), y(as<R>(p.y)),
        H(size_t(T + 1) * B * N), D(H.size()), E(y.size()), dWrec(Wrec.size()), dWin(Win.size()), db(N),
        dWout(Wout.size()), dbout(out), sum(N), dh0(N) {}

  // sumRows sets dst to the sum of rows rows of n elements.
  static void sumRows(R *dst, const R *v, int rows, int n) {
    std::fill_n(dst, n, R(0));
    for (int i = 0; i < rows; i++)
      for (int j = 0; j < n; j++)
        dst[j] += v[size_t(i) * n + j];
  }

  void step() {
    const size_t slab = size_t(B) * N;
    const int rows = T * B;
    R *H1 = &H[slab], *D1 = &D[slab];
    for (int i = 0; i < B; i++)
      memcpy(&H[size_t(i) * N], h0.data(), N * sizeof(R));
    for (int t = 0; t < T; t++) {
      R *h = H1 + t * slab;
      for (int i = 0; i < B; i++)
        memcpy(h + size_t(i) * N, b.data(), N * sizeof(R));
      product(false, true, B, N, in, &x[size_t(t) * B * in], Win.data(), 1, h);
      product(false, true, B, N, N, h - slab, Wrec.data(), 1, h);
      tanhInPlace(h, slab);
    }
    for (int i = 0; i < rows; i++)
      memcpy(&E[size_t(i) * out], bout.data(), out * sizeof(R));
    product(false, true, rows, out, N, H1, Wout.data(), 1, E.data());
    double squares = 0;
    const R scale = R(2.0 / E.size());
    for (size_t i = 0; i < E.size(); i++) {
      R e = E[i] - y[i];
      squares += double(e) * e;
      E[i] = e * scale;
    }
    loss = squares / E.size();

    product(false, false, rows, N, out, E.data(), Wout.data(), 0, D1);
    for (int t = T; t >= 1; t--) {
      R *d = &D[t * slab];
      const R *h = &H[t * slab];
      if (t < T)
        product(false, false, B, N, N, d + slab, Wrec.data(), 1, d);
      for (size_t i = 0; i < slab; i++)
        d[i] *= 1 - h[i] * h[i];
    }
    product(true, false, N, N, rows, D1, H.data(), 0, dWrec.data());
    product(true, false, N, in, rows, D1, x.data(), 0, dWin.data());
    product(true, false, out, N, rows, E.data(), H1, 0, dWout.data());
    sumRows(db.data(), D1, rows, N);
    sumRows(dbout.data(), E.data(), rows, out);
    sumRows(sum.data(), D1, B, N);
    product(false, false, 1, N, N, sum.data(), Wrec.data(), 0, dh0.data());
  }

  Result result() {
    Result r{loss, {}};
    for (auto *v : {&dWrec, &dWin, &db, &dWout, &dbout, &dh0})
      r.add(v->data(), v->size());
    return r;
  }
};

int main(int argc, char **argv) {
  std::string config = openblas_get_config(); // "OpenBLAS 0.3.21 … Haswell MAX_THREADS=128"
  std::string version = config.substr(0, config.find(' ', config.find(' ') + 1));
  return serve<BlasPeer>(argc, argv, version + " (" + openblas_get_corename() + "), SLEEF " +
                                         std::to_string(SLEEF_VERSION_MAJOR) + "." + std::to_string(SLEEF_VERSION_MINOR) +
                                         "." + std::to_string(SLEEF_VERSION_PATCHLEVEL));
}
