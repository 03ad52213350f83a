#include "tern/kernels/gemm.h"

#include "tern/kernels/gemm_ref.h"
#include "tern/kernels/kernel_test_util.h"
#include "tern/parallel/parallel.h"

namespace tern::kernels {
namespace {

template <class Out>
void widened(Matrix<const bf16> a, Matrix<const bf16> b, Matrix<Out> c, Into into) {
  widened_gemm({.m = c.rows,
                .n = c.cols,
                .k = a.cols,
                .a_strides = {a.row_stride, a.col_stride},
                .b_strides = {b.row_stride, b.col_stride},
                .c_strides = {c.row_stride, c.col_stride},
                .bf16_in = true,
                .bf16_out = sizeof(Out) == sizeof(bf16),
                .accumulate = into == Into::accumulate,
                .inside_parallel = in_parallel()},
               a.data, b.data, c.data);
}

/// A matrix's layout in memory, with room after each row, and after each element too if scattered.
enum class Layout { rows, columns, scattered };

template <class T>
struct Stored {
  std::vector<T> data;
  Matrix<T> view;
  Stored(int64_t rows, int64_t cols, Layout layout, uint64_t seed)
      : data(random_normal<T>((rows + 3) * (cols + 3) * 2, seed)),
        view(layout == Layout::rows      ? Matrix<T>(data.data(), rows, cols, cols + 3)
             : layout == Layout::columns ? Matrix<T>(data.data(), cols, rows, rows + 3).t()
                                         : Matrix<T>(data.data(), rows, cols, 2 * cols + 3, 2)) {}
};

/// Compares all of c's memory: what lies between its elements has to stay as it was.
template <class Out>
void expect_matches_reference(int64_t M, int64_t N, int64_t K, Layout of_a, Layout of_b,
                              Layout of_c, Into into) {
  const Stored<bf16> a(M, K, of_a, 1), b(K, N, of_b, 2);
  Stored<Out> got(M, N, of_c, 3), want = got;
  want.view.data = want.data.data();
  widened(a.view, b.view, got.view, into);
  ref::gemm<double>(Matrix<const bf16>(a.view), Matrix<const bf16>(b.view), want.view, into);
  // Each of the K terms is about 1 and contributes at most its own rounding to the sum.
  expect_close(got.data, convert<float>(want.data),
               rounding<Out>() * 2 + static_cast<double>(K) * 4 * rounding<float>());
}

TEST(WidenedGemm, MatchesTheReferenceForEveryLayoutAndType) {
  const auto layouts = {Layout::rows, Layout::columns, Layout::scattered};
  for (const Layout a : layouts) {
    for (const Layout b : layouts) {
      for (const Layout c : layouts) {
        for (const Into into : {Into::overwrite, Into::accumulate}) {
          expect_matches_reference<float>(33, 17, 70, a, b, c, into);
          expect_matches_reference<bf16>(33, 17, 70, a, b, c, into);
          expect_matches_reference<bf16>(1, 1, 1, a, b, c, into);
        }
      }
    }
  }
}

TEST(WidenedGemm, MatchesTheReferenceForOperandsTooLargeToWidenAtOnce) {
  constexpr int64_t kLong = 15000, kShort = 2, kDepth = 301;
  for (const Layout layout : {Layout::rows, Layout::columns}) {
    expect_matches_reference<float>(kLong, kShort, kDepth, layout, layout, Layout::rows,
                                    Into::accumulate);
    expect_matches_reference<bf16>(kShort, kLong, kDepth, layout, layout, Layout::rows,
                                   Into::overwrite);
  }
}

TEST(WidenedGemm, RoundsASumInBf16OnceAfterAddingWhatWasThere) {
  // Rounded on its own, the product would be 2^-8, and 1 + 2^-8 is halfway and goes to the even 1.
  const std::vector<bf16> ones(2, bf16(1.0f)), small = {bf16(0x1p-8f), bf16(0x1p-17f)};
  bf16 c(1.0f);
  widened<bf16>({ones.data(), 1, 2}, {small.data(), 2, 1}, {&c, 1, 1}, Into::accumulate);
  EXPECT_EQ(static_cast<float>(c), 1 + 0x1p-7f);
}

TEST(WidenedGemm, GivesTheSameBitsEveryTime) {
  constexpr int64_t M = 128, N = 96, K = 512;
  const Stored<bf16> a(M, K, Layout::rows, 1), b(K, N, Layout::rows, 2);
  std::vector<bf16> first(M * N), second(M * N);
  widened<bf16>(a.view, b.view, {first.data(), M, N}, Into::overwrite);
  widened<bf16>(a.view, b.view, {second.data(), M, N}, Into::overwrite);
  for (int64_t i = 0; i < M * N; ++i) ASSERT_EQ(first[i].bits, second[i].bits) << i;
}

TEST(WidenedGemm, RunsOnTheCallingThreadsInsideParallelFor) {
  constexpr int64_t M = 40, N = 24, K = 64, kCopies = 4;
  const Stored<bf16> a(M, K, Layout::rows, 1), b(K, N, Layout::columns, 2);
  std::vector<float> want(M * N);
  ref::gemm<double>(Matrix<const bf16>(a.view), Matrix<const bf16>(b.view),
                    Matrix<float>(want.data(), M, N), Into::overwrite);
  std::vector<std::vector<float>> got(kCopies, std::vector<float>(M * N));
  set_thread_count(2);
  parallel_for(kCopies, 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      widened<float>(a.view, b.view, {got[i].data(), M, N}, Into::overwrite);
    }
  });
  for (const auto& copy : got) {
    expect_close(copy, want, static_cast<double>(K) * 4 * rounding<float>());
  }
}

}  // namespace
}  // namespace tern::kernels
