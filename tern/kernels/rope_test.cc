#include "tern/kernels/rope.h"

#include <numbers>

#include "tern/kernels/kernel_test_util.h"
#include "tern/kernels/rope_ref.h"

namespace tern::kernels {
namespace {

constexpr double kTheta = 10000;

/// Applies `head(offset, cos, sin)` with double angles to every head of a tensor of that shape.
template <class Head>
void for_each_head(const RopeShape& shape, Head&& head) {
  const auto frequencies = rope_frequencies(shape.D, kTheta);
  std::vector<double> cos(shape.D / 2), sin(shape.D / 2);
  for (int64_t token = 0; token < shape.B * shape.T; ++token) {
    for (int64_t i = 0; i < shape.D / 2; ++i) {
      const double angle = static_cast<double>(shape.first + token % shape.T) * frequencies[i];
      cos[i] = std::cos(angle), sin[i] = std::sin(angle);
    }
    for (int64_t h = 0; h < shape.H; ++h) {
      head((token * shape.H + h) * shape.D, cos.data(), sin.data());
    }
  }
}

int64_t size_of(const RopeShape& shape) { return shape.B * shape.T * shape.H * shape.D; }

RopeTable table_for(const RopeShape& shape) {
  return make_rope_table(shape.first + shape.T, rope_frequencies(shape.D, kTheta));
}

template <class T>
void expect_forward_matches_reference(const RopeShape& shape) {
  const auto x = random_normal<T>(size_of(shape), 1);
  std::vector<T> y(x.size());
  rope_fwd(x.data(), table_for(shape), y.data(), shape);

  const auto xd = convert<double>(x);
  std::vector<double> want(x.size());
  for_each_head(shape, [&](int64_t at, const double* cos, const double* sin) {
    ref::rope_fwd(&xd[at], cos, sin, shape.D, &want[at]);
  });
  // Two products of numbers below 5, each with a rounded factor.
  expect_close(y, want, rounding<T>() + 2 * 5 * 3 * rounding<float>());
}

TEST(Rope, ForwardMatchesTheReferenceAtEveryTail) {
  for (const int64_t D : {2, 6, 32, 34, 64}) {
    expect_forward_matches_reference<float>({2, 19, 3, D, 0});
    expect_forward_matches_reference<bf16>({2, 19, 3, D, 0});
  }
}

TEST(Rope, ALaterFirstPositionContinuesTheSequence) {
  const RopeShape whole{1, 6, 2, 8}, tail{1, 2, 2, 8, 4};
  const auto table = table_for(whole);
  const auto x = random_normal(size_of(whole), 2);
  std::vector<float> y(x.size()), y_tail(size_of(tail));
  rope_fwd(x.data(), table, y.data(), whole);
  const int64_t offset = 4 * 2 * 8;
  rope_fwd(&x[offset], table, y_tail.data(), tail);
  EXPECT_EQ(y_tail, std::vector<float>(y.begin() + offset, y.end()));
}

TEST(Rope, ProductsOfQueriesAndKeysDependOnTheirDistanceAlone) {
  const RopeShape shape{1, 50, 1, 16};
  std::vector<float> q(size_of(shape)), k(size_of(shape)), q_turned(q.size()), k_turned(k.size());
  const auto q_head = random_normal(16, 3), k_head = random_normal(16, 4);
  for (size_t i = 0; i < q.size(); ++i) q[i] = q_head[i % 16], k[i] = k_head[i % 16];
  rope_fwd(q.data(), table_for(shape), q_turned.data(), shape);
  rope_fwd(k.data(), table_for(shape), k_turned.data(), shape);
  const auto dot = [&](int64_t i, int64_t j) {
    double sum = 0;
    for (int64_t d = 0; d < 16; ++d) sum += q_turned[i * 16 + d] * k_turned[j * 16 + d];
    return sum;
  };
  EXPECT_NEAR(dot(7, 3), dot(49, 45), 1e-5);
  EXPECT_GT(std::abs(dot(7, 3) - dot(7, 4)), 0.1);
}

TEST(Rope, ReferenceGradientIsTheTrueDerivative) {
  const int64_t D = 6;
  const auto x = random_normal<double>(D, 5), dy = random_normal<double>(D, 6);
  const std::vector<double> cos = {0.6, 1.0, -0.8}, sin = {0.8, 0.0, 0.6};
  std::vector<double> dx(D);
  ref::rope_bwd(dy.data(), cos.data(), sin.data(), D, dx.data());
  const auto want = complex_step_gradient(x, [&](const auto& z) {
    std::vector<std::complex<double>> y(D);
    ref::rope_fwd(z.data(), cos.data(), sin.data(), D, y.data());
    std::complex<double> sum = 0;
    for (int64_t d = 0; d < D; ++d) sum += dy[d] * y[d];
    return sum;
  });
  expect_close(dx, want, 1e-7);
}

template <class T>
void expect_backward_adds_reference_gradients(const RopeShape& shape) {
  const auto dy = random_normal<T>(size_of(shape), 7);
  std::vector<T> dx(dy.size(), T(1.0f));
  rope_bwd(dy.data(), table_for(shape), dx.data(), shape);

  const auto dyd = convert<double>(dy);
  std::vector<double> want(dy.size(), 1.0);
  for_each_head(shape, [&](int64_t at, const double* cos, const double* sin) {
    ref::rope_bwd(&dyd[at], cos, sin, shape.D, &want[at]);
  });
  expect_close(dx, want, rounding<T>() + 2 * 5 * 3 * rounding<float>());
}

TEST(Rope, BackwardAddsTheReferenceGradients) {
  for (const int64_t D : {2, 34, 64}) {
    expect_backward_adds_reference_gradients<float>({2, 19, 3, D, 5});
    expect_backward_adds_reference_gradients<bf16>({2, 19, 3, D, 5});
  }
}

TEST(RopeFrequencies, FallGeometricallyFromOne) {
  const auto f = rope_frequencies(8, 10000);
  expect_close(convert<float>(f), std::vector<double>{1, 0.1, 0.01, 0.001}, 1e-6);
}

TEST(RopeFrequencies, LinearScalingStretchesAllPositions) {
  const auto plain = rope_frequencies(8, kTheta);
  const auto scaled = rope_frequencies(8, kTheta, {.type = RopeScaling::Type::linear, .factor = 4});
  for (size_t i = 0; i < plain.size(); ++i) EXPECT_DOUBLE_EQ(scaled[i] * 4, plain[i]);
}

TEST(RopeFrequencies, Llama3KeepsShortWavesStretchesLongOnesAndBlendsBetween) {
  // Llama 3.2 1B: theta 500000, head width 64.
  const RopeScaling scaling{RopeScaling::Type::llama3, 32, 1, 4, 8192};
  const auto plain = rope_frequencies(64, 500000);
  const auto scaled = rope_frequencies(64, 500000, scaling);
  for (size_t i = 0; i < plain.size(); ++i) {
    const double wavelength = 2 * std::numbers::pi / plain[i];
    if (wavelength < 8192.0 / 4) {
      EXPECT_EQ(scaled[i], plain[i]) << i;
    } else if (wavelength > 8192.0) {
      EXPECT_EQ(scaled[i], plain[i] / 32) << i;
    }
  }
  // Hugging Face's formula by hand; the waves between 2048 and 8192 tokens long are these three.
  EXPECT_NEAR(scaled[15], 0.001290547928209264, 1e-15);
  EXPECT_NEAR(scaled[16], 0.00042955679655936815, 1e-15);
  EXPECT_NEAR(scaled[17], 9.70828780262767e-05, 1e-15);
}

}  // namespace
}  // namespace tern::kernels
