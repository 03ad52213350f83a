#include "tern/kernels/cast.h"

#include "tern/kernels/cast_ref.h"
#include "tern/kernels/kernel_test_util.h"

namespace tern::kernels {
namespace cast_test {

constexpr int64_t kSizes[] = {1, 17, 50000};

template <class T>
std::vector<float> floats(const std::vector<T>& x) {
  return convert<float>(x);
}

template <class From, class To>
void expect_cast_matches_reference(int64_t n) {
  const auto from = random_normal<From>(n, 1);
  std::vector<To> got(n), want(n);
  cast(from.data(), got.data(), n);
  ref::cast(from.data(), want.data(), n);
  EXPECT_EQ(floats(got), floats(want));

  got = want = random_normal<To>(n, 2);
  add_cast(from.data(), got.data(), n);
  ref::add_cast(from.data(), want.data(), n);
  EXPECT_EQ(floats(got), floats(want));
}

TEST(Cast, ConvertsAndAddsLikeTheReference) {
  for (const int64_t n : kSizes) {
    expect_cast_matches_reference<float, float>(n);
    expect_cast_matches_reference<float, bf16>(n);
    expect_cast_matches_reference<bf16, float>(n);
    expect_cast_matches_reference<bf16, bf16>(n);
  }
}

TEST(Cast, RoundsToTheNearestBf16AndTiesToEven) {
  const std::vector<float> from = {1.0f, 1.0f + 0x1p-8f, 1.0f + 0x3p-8f, 1.0f + 0x1.1p-8f, 3.4e38f};
  std::vector<bf16> to(from.size());
  cast(from.data(), to.data(), 5);
  EXPECT_EQ(floats(to), (std::vector<float>{1.0f, 1.0f, 1.0f + 0x2p-7f, 1.0f + 0x1p-7f, INFINITY}));
}

TEST(Cast, KeepsInfinityAndNaN) {
  const std::vector<float> from = {INFINITY, -INFINITY, NAN};
  std::vector<bf16> to(3);
  cast(from.data(), to.data(), 3);
  EXPECT_EQ(static_cast<float>(to[0]), INFINITY);
  EXPECT_EQ(static_cast<float>(to[1]), -INFINITY);
  EXPECT_TRUE(std::isnan(static_cast<float>(to[2])));
}

TEST(Cast, ReadsEveryFiniteF16) {
  std::vector<f16> from(0x10000);
  for (size_t i = 0; i < from.size(); ++i) from[i].bits = static_cast<uint16_t>(i);
  std::vector<float> to(from.size());
  cast(from.data(), to.data(), static_cast<int64_t>(from.size()));
  for (size_t i = 0; i < from.size(); ++i) {
    const int sign = i & 0x8000 ? -1 : 1, exponent = i >> 10 & 31, fraction = i & 1023;
    if (exponent == 31) continue;
    const double want =
        exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25);
    ASSERT_EQ(to[i], sign * want) << i;
  }
}

}  // namespace cast_test
}  // namespace tern::kernels
