#include "tern/kernels/embedding.h"

#include "tern/kernels/embedding_ref.h"
#include "tern/kernels/kernel_test_util.h"
#include "tern/parallel/parallel.h"

namespace tern::kernels {
namespace {

constexpr int64_t kVocabulary = 11;

/// N ids with many repetitions.
std::vector<int32_t> random_ids(int64_t N) {
  Rng rng(1);
  std::vector<int32_t> ids(N);
  for (int32_t& id : ids) id = static_cast<int32_t>(rng.below(kVocabulary));
  return ids;
}

template <class T>
void expect_forward_copies_rows(int64_t N, int64_t C) {
  const auto ids = random_ids(N);
  const auto table = random_normal(kVocabulary * C, 2);
  std::vector<T> y(N * C);
  embedding_fwd<T>(ids, {table.data(), kVocabulary, C}, {y.data(), N, C});

  const auto exact = convert<double>(table);
  std::vector<double> want(N * C);
  ref::embedding_fwd(ids.data(), exact.data(), N, C, want.data());
  expect_close(y, want, std::is_same_v<T, float> ? 0 : rounding<T>());
}

TEST(Embedding, ForwardCopiesTheRowOfEachId) {
  for (const int64_t C : {1, 17, 128}) {
    expect_forward_copies_rows<float>(150, C);
    expect_forward_copies_rows<bf16>(150, C);
  }
}

template <class T>
void expect_backward_adds_reference_gradient(int64_t N, int64_t C) {
  const auto ids = random_ids(N);
  const auto dy = random_normal<T>(N * C, 3);
  std::vector<float> dtable(kVocabulary * C, 1.0f);
  embedding_bwd<T>(ids, {dy.data(), N, C}, {dtable.data(), kVocabulary, C});

  const auto exact = convert<double>(dy);
  std::vector<double> want(kVocabulary * C, 1.0);
  ref::embedding_bwd(ids.data(), exact.data(), N, C, want.data());
  // At most N terms below 5 are added to one element.
  expect_close(dtable, want, N * 5 * rounding<float>());
}

TEST(Embedding, BackwardAddsTheGradientsOfRepeatedIds) {
  for (const int64_t C : {1, 17, 200}) {
    expect_backward_adds_reference_gradient<float>(150, C);
    expect_backward_adds_reference_gradient<bf16>(150, C);
  }
}

TEST(Embedding, BackwardGivesTheSameBitsForAnyThreadCount) {
  const int64_t N = 100, C = 300;
  const auto ids = random_ids(N);
  const auto dy = random_normal(N * C, 4);
  const auto gradient = [&](int threads) {
    const int before = thread_count();
    set_thread_count(threads);
    std::vector<float> dtable(kVocabulary * C, 0.0f);
    embedding_bwd<float>(ids, {dy.data(), N, C}, {dtable.data(), kVocabulary, C});
    set_thread_count(before);
    return dtable;
  };
  EXPECT_EQ(gradient(1), gradient(3));
}

}  // namespace
}  // namespace tern::kernels
