// oneDNN: its fused vanilla_rnn primitive forward and backward, its own sgemm
// for the readout. f32 only. Weights are reordered to the primitive's layout in
// every step, since training changes them in every step.
#include "peer.h"
#include <cstring>
#include <dnnl.h>
#include <oneapi/dnnl/dnnl.hpp>

using dnnl::memory;
using dnnl::vanilla_rnn_backward;
using dnnl::vanilla_rnn_forward;
using Tag = memory::format_tag;

struct OneDNN {
  int N, B, T, in, out;
  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};
  std::vector<float> Wrec, Win, b, Wout, bout, h0, y;
  std::vector<float> E, dWrec, dWin, dWout, dbout, dh0;
  std::vector<memory> buffers; // keeps alive what the arguments below refer to
  std::vector<std::pair<memory, memory>> pack, unpack; // weights in, gradients out
  std::vector<memory> accumulated;                     // gradients that backward adds to
  std::unordered_map<int, memory> forwardArgs, backwardArgs;
  vanilla_rnn_forward forward;
  vanilla_rnn_backward backward;
  memory x, hFirst, hidden, dHidden, dFirst, db;
  double loss;

  memory::desc shape(memory::dims d, Tag tag) { return {d, memory::data_type::f32, tag}; }
  memory zeros(const memory::desc &d) {
    memory m(d, engine);
    memset(m.get_data_handle(), 0, d.get_size());
    return m;
  }
  memory wrap(std::vector<float> &v, const memory::desc &d) { return memory(d, engine, v.data()); }
  static float *data(const memory &m) { return static_cast<float *>(m.get_data_handle()); }

  explicit OneDNN(const Problem &p)
      : N(p.N), B(p.B), T(p.T), in(p.in), out(p.out), Wrec(as<float>(p.Wrec)), Win(as<float>(p.Win)),
        b(as<float>(p.b)), Wout(as<float>(p.Wout)), bout(as<float>(p.bout)), h0(as<float>(p.h0)), y(as<float>(p.y)),
        E(y.size()), dWrec(Wrec.size()), dWin(Win.size()), dWout(Wout.size()), dbout(out), dh0(N) {
    // Layers and directions are 1; g, the gate, is 1.
    auto source = shape({T, B, in}, Tag::tnc), first = shape({1, 1, B, N}, Tag::ldnc), bias = shape({1, 1, 1, N}, Tag::ldgo);
    auto states = shape({T, B, N}, Tag::tnc);
    auto layer = shape({1, 1, in, 1, N}, Tag::any), iter = shape({1, 1, N, 1, N}, Tag::any);
    memory::desc none; // the last state is in the states already
    const auto tanh = dnnl::algorithm::eltwise_tanh;
    const auto way = dnnl::rnn_direction::unidirectional_left2right;
#if DNNL_VERSION_MAJOR >= 3
    vanilla_rnn_forward::primitive_desc fwd(engine, dnnl::prop_kind::forward_training, tanh, way, source, first, layer,
                                            iter, bias, states, none);
    vanilla_rnn_backward::primitive_desc bwd(engine, dnnl::prop_kind::backward, tanh, way, source, first, layer, iter,
                                             bias, states, none, source, first, layer, iter, bias, states, none, fwd);
#else
    vanilla_rnn_forward::primitive_desc fwd({dnnl::prop_kind::forward_training, tanh, way, source, first, layer, iter,
                                             bias, states, none},
                                            engine);
    vanilla_rnn_backward::primitive_desc bwd({dnnl::prop_kind::backward, tanh, way, source, first, layer, iter, bias,
                                              states, none, source, first, layer, iter, bias, states, none},
                                             engine, fwd);
#endif
    forward = vanilla_rnn_forward(fwd), backward = vanilla_rnn_backward(bwd);
    x = zeros(source), hFirst = zeros(first), hidden = zeros(states), dHidden = zeros(states), dFirst = zeros(first);
    std::copy(p.x.begin(), p.x.end(), data(x));
    db = zeros(bias);
    // Rows of W are outputs: layout o, i; oneDNN's axes are i, o.
    auto plainLayer = shape({1, 1, in, 1, N}, Tag::ldgoi), plainIter = shape({1, 1, N, 1, N}, Tag::ldgoi);
    memory wLayer = zeros(fwd.weights_layer_desc()), wIter = zeros(fwd.weights_iter_desc());
    memory wLayerBack = zeros(bwd.weights_layer_desc()), wIterBack = zeros(bwd.weights_iter_desc());
    memory dLayer = zeros(bwd.diff_weights_layer_desc()), dIter = zeros(bwd.diff_weights_iter_desc());
    memory mWin = wrap(Win, plainLayer), mWrec = wrap(Wrec, plainIter), biasMemory = wrap(b, bias);
    memory workspace = zeros(fwd.workspace_desc());
    pack = {{mWin, wLayer}, {mWrec, wIter}, {mWin, wLayerBack}, {mWrec, wIterBack}};
    unpack = {{dLayer, wrap(dWin, plainLayer)}, {dIter, wrap(dWrec, plainIter)}};
    accumulated = {dLayer, dIter, db};
    forwardArgs = {{DNNL_ARG_SRC_LAYER, x},           {DNNL_ARG_SRC_ITER, hFirst},
                   {DNNL_ARG_WEIGHTS_LAYER, wLayer},  {DNNL_ARG_WEIGHTS_ITER, wIter},
                   {DNNL_ARG_BIAS, biasMemory},       {DNNL_ARG_DST_LAYER, hidden},
                   {DNNL_ARG_WORKSPACE, workspace}};
    backwardArgs = forwardArgs;
    backwardArgs[DNNL_ARG_WEIGHTS_LAYER] = wLayerBack;
    backwardArgs[DNNL_ARG_WEIGHTS_ITER] = wIterBack;
    backwardArgs.insert({{DNNL_ARG_DIFF_SRC_LAYER, zeros(source)},
                         {DNNL_ARG_DIFF_SRC_ITER, dFirst},
                         {DNNL_ARG_DIFF_WEIGHTS_LAYER, dLayer},
                         {DNNL_ARG_DIFF_WEIGHTS_ITER, dIter},
                         {DNNL_ARG_DIFF_BIAS, db},
                         {DNNL_ARG_DIFF_DST_LAYER, dHidden}});
  }

  void move(const std::vector<std::pair<memory, memory>> &pairs) {
    for (auto &[from, to] : pairs)
      dnnl::reorder(from, to).execute(stream, const_cast<memory &>(from), const_cast<memory &>(to));
  }

  void step() {
    const int rows = T * B;
    for (int i = 0; i < B; i++)
      std::copy(h0.begin(), h0.end(), data(hFirst) + size_t(i) * N);
    move(pack);
    forward.execute(stream, forwardArgs);
    stream.wait();

    for (int i = 0; i < rows; i++)
      std::copy(bout.begin(), bout.end(), &E[size_t(i) * out]);
    dnnl_sgemm('N', 'T', rows, out, N, 1, data(hidden), N, Wout.data(), N, 1, E.data(), out);
    double squares = 0;
    const float scale = float(2.0 / E.size());
    std::fill(dbout.begin(), dbout.end(), 0.f);
    for (size_t i = 0; i < E.size(); i++) {
      float e = E[i] - y[i];
      squares += double(e) * e;
      E[i] = e * scale;
      dbout[i % out] += E[i];
    }
    loss = squares / E.size();
    dnnl_sgemm('N', 'N', rows, N, out, 1, E.data(), out, Wout.data(), N, 0, data(dHidden), N);
    dnnl_sgemm('T', 'N', out, N, rows, 1, E.data(), out, data(hidden), N, 0, dWout.data(), N);

    for (auto &m : accumulated)
      memset(m.get_data_handle(), 0, m.get_desc().get_size());
    backward.execute(stream, backwardArgs);
    move(unpack);
    stream.wait();
    std::fill(dh0.begin(), dh0.end(), 0.f);
    for (int i = 0; i < B; i++)
      for (int j = 0; j < N; j++)
        dh0[j] += data(dFirst)[size_t(i) * N + j];
  }

  Result result() {
    Result r{loss, {}};
    r.add(dWrec.data(), dWrec.size()), r.add(dWin.data(), dWin.size()), r.add(data(db), N);
    r.add(dWout.data(), dWout.size()), r.add(dbout.data(), out), r.add(dh0.data(), N);
    return r;
  }
};

int main(int argc, char **argv) {
  if (argc != 3 || std::string(argv[2]) != "f32") {
    fprintf(stderr, "usage: %s PROBLEM f32\n", argv[0]);
    return 2;
  }
  Problem p(argv[1]);
  OneDNN peer(p);
  auto v = dnnl::version();
  return converse(peer, "oneDNN " + std::to_string(v->major) + "." + std::to_string(v->minor) + "." + std::to_string(v->patch));
}
