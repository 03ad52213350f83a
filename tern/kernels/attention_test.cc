#include "tern/kernels/attention.h"

#include "tern/kernels/attention_ref.h"
#include "tern/kernels/kernel_test_util.h"
#include "tern/parallel/parallel.h"

namespace tern::kernels {
namespace {

/// Inputs, results and gradients of one attention, the gradients starting at 1.
template <class N>
struct Problem {
  explicit Problem(const AttentionShape& shape)
      : shape(shape),
        q(random_normal<N>(shape.B * shape.T * shape.H * shape.D, 1)),
        k(random_normal<N>(shape.B * shape.T * shape.K * shape.D, 2)),
        v(random_normal<N>(k.size(), 3)),
        dout(random_normal<N>(q.size(), 4)),
        out(q.size()),
        dq(q.size(), N(1.0f)),
        dk(k.size(), N(1.0f)),
        dv(k.size(), N(1.0f)),
        log_sum_exp(shape.B * shape.H * shape.T) {
    attention_fwd(shape, q.data(), k.data(), v.data(), out.data(), log_sum_exp.data());
    attention_bwd(shape, dout.data(), q.data(), k.data(), v.data(), out.data(), log_sum_exp.data(),
                  dq.data(), dk.data(), dv.data());
  }

  AttentionShape shape;
  std::vector<N> q, k, v, dout, out, dq, dk, dv;
  std::vector<float> log_sum_exp;
};

template <class N>
void expect_matches_reference(const AttentionShape& shape) {
  SCOPED_TRACE(testing::Message() << "B " << shape.B << " T " << shape.T << " H " << shape.H
                                  << " K " << shape.K << " D " << shape.D);
  const Problem<N> got(shape);
  const auto q = convert<double>(got.q), k = convert<double>(got.k), v = convert<double>(got.v);
  const auto dout = convert<double>(got.dout);
  std::vector<double> out(q.size()), dq(q.size(), 1.0), dk(k.size(), 1.0), dv(k.size(), 1.0);
  ref::attention_fwd(shape, q.data(), k.data(), v.data(), out.data());
  ref::attention_bwd(shape, dout.data(), q.data(), k.data(), v.data(), dq.data(), dk.data(),
                     dv.data());

  // Scores reach about 4 sqrt(D) before the scale, so their exponentials carry 16 to 64 roundings
  // of float. A weight is rounded to N before a product, like the result.
  const double weight_error = rounding<N>() + (64 + shape.D) * rounding<float>();
  expect_close(got.out, out, 4 * weight_error);
  // A score's gradient is a weight times a difference of numbers up to 4 sqrt(D), and a key or
  // value collects H / K of them per query, of either sign.
  const double width = std::sqrt(static_cast<double>(shape.D));
  const double shared = std::sqrt(static_cast<double>(shape.H / shape.K)) * 4;
  expect_close(got.dq, dq, 4 * width * weight_error);
  expect_close(got.dk, dk, shared * width * weight_error);
  expect_close(got.dv, dv, shared * width * weight_error);
}

TEST(Attention, MatchesTheReferenceAtEveryEdgeOfABlock) {
  for (const int64_t T : {1, 2, 15, 17, 127, 128, 129, 300}) {
    expect_matches_reference<float>({.B = 2, .T = T, .H = 6, .K = 2, .D = 16});
    expect_matches_reference<bf16>({.B = 2, .T = T, .H = 6, .K = 2, .D = 16});
  }
}

TEST(Attention, MatchesTheReferenceForAnyWidthAndGrouping) {
  for (const int64_t D : {1, 5, 64, 80}) {
    for (const int64_t K : {1, 2, 4}) {
      expect_matches_reference<float>({.B = 1, .T = 140, .H = 4, .K = K, .D = D});
      expect_matches_reference<bf16>({.B = 1, .T = 140, .H = 4, .K = K, .D = D});
    }
  }
}

TEST(Attention, MatchesTheReferenceWhenOneHeadIsSharedByManyThreads) {
  const int threads = thread_count();
  set_thread_count(8);
  expect_matches_reference<float>({.B = 1, .T = 700, .H = 2, .K = 1, .D = 8});
  set_thread_count(threads);
}

TEST(Attention, ReferenceGradientIsTheTrueDerivative) {
  const AttentionShape shape{.B = 1, .T = 4, .H = 4, .K = 2, .D = 3};
  const int64_t n = shape.T * shape.H * shape.D, m = shape.T * shape.K * shape.D;
  const auto q = random_normal<double>(n, 1), k = random_normal<double>(m, 2);
  const auto v = random_normal<double>(m, 3), dout = random_normal<double>(n, 4);
  std::vector<double> dq(n), dk(m), dv(m);
  ref::attention_bwd(shape, dout.data(), q.data(), k.data(), v.data(), dq.data(), dk.data(),
                     dv.data());

  using Complex = std::vector<std::complex<double>>;
  const auto loss = [&](const Complex& q, const Complex& k, const Complex& v) {
    Complex out(n);
    ref::attention_fwd(shape, q.data(), k.data(), v.data(), out.data());
    std::complex<double> sum = 0;
    for (int64_t i = 0; i < n; ++i) sum += dout[i] * out[i];
    return sum;
  };
  const Complex qz(q.begin(), q.end()), kz(k.begin(), k.end()), vz(v.begin(), v.end());
  const auto gradient = [](const auto& x, auto&& f) { return complex_step_gradient(x, f); };
  expect_close(dq, gradient(q, [&](const auto& z) { return loss(z, kz, vz); }), 1e-7);
  expect_close(dk, gradient(k, [&](const auto& z) { return loss(qz, z, vz); }), 1e-7);
  expect_close(dv, gradient(v, [&](const auto& z) { return loss(qz, kz, z); }), 1e-7);
}

TEST(Attention, SurvivesScoresFarBeyondTheRangeOfExp) {
  const AttentionShape shape{.B = 1, .T = 20, .H = 1, .K = 1, .D = 4};
  const auto q = random_normal(80, 1, 1e3), k = random_normal(80, 2, 1e3);
  const auto v = random_normal(80, 3);
  std::vector<float> out(80), log_sum_exp(20);
  attention_fwd(shape, q.data(), k.data(), v.data(), out.data(), log_sum_exp.data());
  for (const float value : out) EXPECT_TRUE(std::isfinite(value));
}

TEST(Attention, NeverLooksAtTheFuture) {
  const AttentionShape shape{.B = 1, .T = 200, .H = 2, .K = 1, .D = 8};
  const auto q = random_normal(200 * 16, 1);
  auto k = random_normal(200 * 8, 2), v = random_normal(200 * 8, 3);
  std::vector<float> before(q.size()), after(q.size()), log_sum_exp(2 * 200);
  attention_fwd(shape, q.data(), k.data(), v.data(), before.data(), log_sum_exp.data());
  const int64_t changed = 150;
  for (int64_t i = changed * 8; i < 200 * 8; ++i) k[i] += 1, v[i] -= 1;
  attention_fwd(shape, q.data(), k.data(), v.data(), after.data(), log_sum_exp.data());
  before.resize(changed * 16), after.resize(changed * 16);
  EXPECT_EQ(before, after);
}

TEST(Attention, GivesTheSameBitsEveryTime) {
  const AttentionShape shape{.B = 2, .T = 300, .H = 4, .K = 2, .D = 16};
  const Problem<float> first(shape), second(shape);
  EXPECT_EQ(first.out, second.out);
  EXPECT_EQ(first.dq, second.dq);
  EXPECT_EQ(first.dk, second.dk);
  EXPECT_EQ(first.dv, second.dv);
}

}  // namespace
}  // namespace tern::kernels
