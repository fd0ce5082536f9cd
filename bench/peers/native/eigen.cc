// Eigen: matrices by columns, units × trials, tanh by Eigen's own packet math.
#include "peer.h"
#include <eigen3/Eigen/Core>

template <class R> struct EigenPeer {
  using Matrix = Eigen::Matrix<R, -1, -1>;
  using Rows = Eigen::Matrix<R, -1, -1, Eigen::RowMajor>;
  using Vector = Eigen::Matrix<R, -1, 1>;
  int N, B, T;
  Matrix Wrec, Win, Wout, x, y; // x, y: channels × (steps·trials)
  Vector b, bout, h0;
  Matrix H, D, E; // states h[0 … T], deltas of the pre-activations of h[t], errors
  Matrix dWrec, dWin, dWout;
  Vector db, dbout, dh0;
  double loss;

  static Matrix byRows(const std::vector<double> &v, int rows, int cols) {
    return Eigen::Map<const Eigen::Matrix<double, -1, -1, Eigen::RowMajor>>(v.data(), rows, cols).template cast<R>();
  }

  explicit EigenPeer(const Problem &p) : N(p.N), B(p.B), T(p.T) {
    Wrec = byRows(p.Wrec, N, N), Win = byRows(p.Win, N, p.in), Wout = byRows(p.Wout, p.out, N);
    b = byRows(p.b, N, 1), bout = byRows(p.bout, p.out, 1), h0 = byRows(p.h0, N, 1);
    x = byRows(p.x, T * B, p.in).transpose(), y = byRows(p.y, T * B, p.out).transpose();
    H.setZero(N, (T + 1) * B), D.setZero(N, (T + 1) * B), E.setZero(p.out, T * B);
    dWrec.setZero(N, N), dWin.setZero(N, p.in), dWout.setZero(p.out, N);
  }

  auto step(Matrix &m, int t) { return m.middleCols(t * B, B); }

  void step() {
    H.leftCols(B).colwise() = h0;
    for (int t = 0; t < T; t++) {
      auto h = step(H, t + 1);
      h.noalias() = Win * step(x, t);
      h.colwise() += b;
      h.noalias() += Wrec * step(H, t);
      h.array() = h.array().tanh();
    }
    E.noalias() = Wout * H.rightCols(T * B);
    E.colwise() += bout;
    E -= y;
    loss = double(E.squaredNorm()) / E.size();
    E *= R(2.0 / E.size());

    D.rightCols(T * B).noalias() = Wout.transpose() * E;
    for (int t = T; t >= 1; t--) {
      auto d = step(D, t);
      if (t < T)
        d.noalias() += Wrec.transpose() * step(D, t + 1);
      auto h = step(H, t).array();
      d.array() *= 1 - h * h;
    }
    auto deltas = D.rightCols(T * B);
    dWrec.noalias() = deltas * H.leftCols(T * B).transpose();
    dWin.noalias() = deltas * x.transpose();
    dWout.noalias() = E * H.rightCols(T * B).transpose();
    db = deltas.rowwise().sum();
    dbout = E.rowwise().sum();
    dh0.noalias() = Wrec.transpose() * step(D, 1).rowwise().sum();
  }

  Result result() {
    Result r{loss, {}};
    auto add = [&](const Rows &m) { r.add(m.data(), m.size()); };
    add(dWrec), add(dWin), add(db), add(dWout), add(dbout), add(dh0);
    return r;
  }
};

#define STRING(x) #x
#define DOTTED(a, b, c) STRING(a) "." STRING(b) "." STRING(c)
int main(int argc, char **argv) {
  return serve<EigenPeer>(argc, argv, "Eigen " DOTTED(EIGEN_WORLD_VERSION, EIGEN_MAJOR_VERSION, EIGEN_MINOR_VERSION));
}
