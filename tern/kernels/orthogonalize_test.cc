#include "tern/kernels/orthogonalize.h"

#include "tern/kernels/kernel_test_util.h"
#include "tern/kernels/orthogonalize_ref.h"

namespace tern::kernels {
namespace {

double f(double s) {
  double factor = kZolotarevConstant;
  for (const auto& [residue, shift] : kZolotarevTerms) factor += residue / (s * s + shift);
  return s * factor;
}

/// Muon's own function of a singular value: five of its Newton-Schulz iterations.
double newton_schulz(double s) {
  for (int i = 0; i < 5; ++i) {
    const double q = s * s;
    s *= 3.4445 - 4.7750 * q + 2.0315 * q * q;
  }
  return s;
}

double norm(const std::vector<double>& x) {
  double square = 0;
  for (const double value : x) square += value * value;
  return std::sqrt(square);
}

double dot(const std::vector<double>& x, const std::vector<double>& y) {
  double sum = 0;
  for (size_t i = 0; i < x.size(); ++i) sum += x[i] * y[i];
  return sum;
}

std::vector<double> singular_values(const std::vector<float>& x, int64_t rows, int64_t cols) {
  const auto identity = [](double s) { return s; };
  return ref::map_singular_values(convert<double>(x), rows, cols, identity).values;
}

template <class T>
std::vector<float> orthogonalized(std::vector<float> x, int64_t rows, int64_t cols) {
  orthogonalize<T>({x.data(), rows, cols});
  return x;
}

TEST(Orthogonalize, ItsFunctionStaysNearOneWithinItsReachAndBelowOnePlusRippleEverywhere) {
  for (double s = kOrthogonalReach; s <= 1; s *= 1.001) {
    ASSERT_NEAR(f(s), 1, kOrthogonalRipple) << s;
  }
  for (double s = 1e-7; s < kOrthogonalReach; s *= 1.01) ASSERT_LT(f(s), 1) << s;
}

TEST(Orthogonalize, ItsFunctionRisesAtZeroLikeMuonsFiveIterationsAndKeepsNearerToOne) {
  EXPECT_NEAR(f(1e-8) / newton_schulz(1e-8), 1, 0.06);
  double lowest = 2, highest = 0;
  for (double s = kOrthogonalReach; s <= 1; s *= 1.001) {
    lowest = std::min(lowest, newton_schulz(s));
    highest = std::max(highest, newton_schulz(s));
  }
  EXPECT_LT(lowest, 1 - kOrthogonalRipple);
  EXPECT_LT(highest, 1.21);
}

TEST(Orthogonalize, TakesSingularValuesOfWideAndTallMatricesNearOne) {
  for (const auto& [rows, cols] : {std::pair{64, 192}, {192, 64}}) {
    const auto x = random_normal(rows * cols, 1);
    for (const auto& y :
         {orthogonalized<float>(x, rows, cols), orthogonalized<bf16>(x, rows, cols)}) {
      const auto values = singular_values(y, rows, cols);
      EXPECT_GT(values.front(), 0.7) << rows << " x " << cols;
      EXPECT_LT(values.back(), 1.2) << rows << " x " << cols;
    }
  }
}

TEST(Orthogonalize, KeepsSingularVectorsAndMapsTheValuesAsItsFunctionSays) {
  for (const auto& [rows, cols] : {std::pair{30, 50}, {50, 30}, {33, 33}}) {
    const auto x = random_normal(rows * cols, 2);
    const double length = norm(convert<double>(x));
    const auto want = ref::map_singular_values(convert<double>(x), rows, cols, [=](double s) {
                        return f(s / length);
                      }).mapped;
    // An inverse errs by epsilon / shift of itself, which f's slope turns into parts of 1.
    expect_close(orthogonalized<float>(x, rows, cols), want, 0.005);
    expect_close(orthogonalized<bf16>(x, rows, cols), want, 8 * rounding<bf16>());
  }
}

TEST(Orthogonalize, PointsWhereMuonsIterationsDo) {
  constexpr int64_t rows = 48, cols = 80;
  const auto x = random_normal(rows * cols, 3);
  const double length = norm(convert<double>(x));
  const auto want = ref::map_singular_values(convert<double>(x), rows, cols, [=](double s) {
                      return newton_schulz(s / length);
                    }).mapped;
  const auto got = convert<double>(orthogonalized<bf16>(x, rows, cols));
  EXPECT_GT(dot(got, want) / (norm(got) * norm(want)), 0.97);
}

TEST(Orthogonalize, DoesNotDependOnTheScale) {
  auto x = random_normal(20 * 30, 4), larger = x;
  for (float& value : larger) value *= 0x1p40f;
  EXPECT_EQ(orthogonalized<bf16>(x, 20, 30), orthogonalized<bf16>(larger, 20, 30));
}

TEST(Orthogonalize, BearsAMatrixOfRankOneAndOneOfZeros) {
  constexpr int64_t rows = 60, cols = 90;
  const auto u = random_normal(rows, 5), v = random_normal(cols, 6);
  std::vector<float> x(rows * cols);
  EXPECT_EQ(orthogonalized<bf16>(x, rows, cols), x);
  for (int64_t i = 0; i < rows * cols; ++i) x[i] = u[i / cols] * v[i % cols];
  const auto values = singular_values(orthogonalized<bf16>(x, rows, cols), rows, cols);
  // Rounding x / |x| to bf16 leaves about 2^-10 (sqrt(rows) + sqrt(cols)) / sqrt(rows cols) in all
  // other directions, which f takes up to 500 times as large.
  const double noise = 507 * 0x1p-10 * (std::sqrt(60.0) + std::sqrt(90.0)) / std::sqrt(60.0 * 90);
  EXPECT_NEAR(values.back(), 1, kOrthogonalRipple + noise);
  EXPECT_LT(values[rows - 2], noise);
}

}  // namespace
}  // namespace tern::kernels
