#include "tern/kernels/gemm.h"

#include <atomic>
#include <thread>

#include "tern/base/error.h"
#include "tern/kernels/gemm_ref.h"
#include "tern/kernels/kernel_test_util.h"
#include "tern/parallel/parallel.h"

namespace tern::kernels {
namespace {

/// A (rows, cols) matrix that is stored transposed when asked.
template <class T>
struct Stored {
  std::vector<T> data;
  Matrix<const T> view;
  Stored(int64_t rows, int64_t cols, bool transposed, uint64_t seed)
      : data(random_normal<T>(rows * cols, seed)),
        view(transposed ? Matrix<const T>(data.data(), cols, rows).t()
                        : Matrix<const T>(data.data(), rows, cols)) {}
};

template <class In, class Out>
void expect_matches_reference(int64_t M, int64_t N, int64_t K, bool ta, bool tb, Into into) {
  const Stored<In> a(M, K, ta, 1), b(K, N, tb, 2);
  auto c = random_normal<Out>(M * N, 3);
  std::vector<float> want = convert<float>(c);
  gemm(a.view, b.view, Matrix<Out>(c.data(), M, N), into);
  ref::gemm<double>(a.view, b.view, Matrix<float>(want.data(), M, N), into);
  // Each of the K terms is about 1 and contributes at most its own rounding to the sum.
  expect_close(c, want, rounding<Out>() * 2 + static_cast<double>(K) * 4 * rounding<float>());
}

TEST(Gemm, MatchesTheReferenceForEveryLayoutAndType) {
  for (const bool ta : {false, true}) {
    for (const bool tb : {false, true}) {
      for (const Into into : {Into::overwrite, Into::accumulate}) {
        expect_matches_reference<float, float>(33, 17, 70, ta, tb, into);
        expect_matches_reference<bf16, float>(33, 17, 70, ta, tb, into);
        expect_matches_reference<bf16, bf16>(33, 17, 70, ta, tb, into);
        expect_matches_reference<bf16, bf16>(1, 1, 1, ta, tb, into);
      }
    }
  }
}

TEST(Gemm, GivesTheSameBitsEveryTime) {
  const int64_t M = 128, N = 96, K = 512;
  const auto a = random_normal<bf16>(M * K, 1), b = random_normal<bf16>(K * N, 2);
  std::vector<float> first(M * N), second(M * N);
  gemm(Matrix<const bf16>(a.data(), M, K), {b.data(), K, N}, Matrix<float>(first.data(), M, N),
       Into::overwrite);
  gemm(Matrix<const bf16>(a.data(), M, K), {b.data(), K, N}, Matrix<float>(second.data(), M, N),
       Into::overwrite);
  EXPECT_EQ(first, second);
}

TEST(Gemm, RefusesShapesThatDoNotFit) {
  std::vector<float> a(6), b(6), c(4);
  EXPECT_THROW(gemm(Matrix<const float>(a.data(), 2, 3), {b.data(), 2, 3}, {c.data(), 2, 2},
                    Into::overwrite),
               Error);
}

TEST(Gemm, RecorderSeesShapesAndWhetherTheyRanInParallel) {
  std::vector<float> a(6), b(6), c(4);
  std::vector<GemmCall> calls;
  const GemmRecorder recorder([&](const GemmCall& call) { calls.push_back(call); });
  const auto product = [&] {
    gemm(Matrix<const float>(a.data(), 2, 3), {b.data(), 3, 2}, {c.data(), 2, 2}, Into::overwrite);
  };
  product();
  set_thread_count(2);
  parallel_for(2, 1, [&](int64_t begin, int64_t) {
    if (begin == 0) product();
  });
  ASSERT_EQ(calls.size(), 2u);
  EXPECT_EQ(calls[0].k, 3);
  EXPECT_FALSE(calls[0].inside_parallel);
  EXPECT_TRUE(calls[1].inside_parallel);
}

TEST(Gemm, ARecorderMayComeAndGoWhileOtherThreadsMultiply) {
  std::atomic<bool> done = false;
  std::thread other([&] {
    const float a = 2, b = 3;
    float c = 0;
    while (!done) gemm({&a, 1, 1}, {&b, 1, 1}, Matrix<float>(&c, 1, 1), Into::overwrite);
  });
  int64_t seen = 0;
  for (int i = 0; i < 20000 || seen == 0; ++i) {
    const GemmRecorder recorder([&](const GemmCall& call) { seen += call.k; });
  }
  done = true;
  other.join();
}

}  // namespace
}  // namespace tern::kernels
