#include "apps/bench_gemm_replay.h"

#include <cstring>

#include "tern/base/timer.h"
#include "tern/parallel/parallel.h"

namespace tern {
namespace {

using kernels::GemmCall;

size_t bytes_of(int64_t rows, int64_t cols, const int64_t (&strides)[2], bool is_bf16) {
  const int64_t last = (rows - 1) * strides[0] + (cols - 1) * strides[1];
  return static_cast<size_t>(last + 1) * (is_bf16 ? 2 : 4);
}

}  // namespace

void* GemmReplay::Ring::take(size_t bytes) {
  const size_t aligned = (bytes + 63) / 64 * 64;
  if (next + aligned > memory.bytes()) next = 0;
  void* piece = static_cast<std::byte*>(memory.raw()) + next;
  next += aligned;
  return piece;
}

GemmReplay::GemmReplay(std::vector<GemmCall> calls) {
  size_t largest = 0;
  for (const GemmCall& call : calls) {
    (call.inside_parallel ? inside_ : whole_).push_back(call);
    largest = std::max({largest, bytes_of(call.m, call.k, call.a_strides, call.bf16_in),
                        bytes_of(call.k, call.n, call.b_strides, call.bf16_in),
                        bytes_of(call.m, call.n, call.c_strides, call.bf16_out)});
  }
  constexpr size_t kBeyondCache = 64 << 20;
  for (int i = 0; i < 3 * thread_count(); ++i) {
    const auto bytes = static_cast<int64_t>(largest + kBeyondCache);
    rings_.push_back({Tensor::zeros({bytes}, DType::u8)});
  }
}

void GemmReplay::run_one(const GemmCall& call, Ring& a, Ring& b, Ring& c) {
  kernels::run_gemm(call, a.take(bytes_of(call.m, call.k, call.a_strides, call.bf16_in)),
                    b.take(bytes_of(call.k, call.n, call.b_strides, call.bf16_in)),
                    c.take(bytes_of(call.m, call.n, call.c_strides, call.bf16_out)));
}

double GemmReplay::run() {
  Timer timer;
  for (const GemmCall& call : whole_) run_one(call, rings_[0], rings_[1], rings_[2]);
  const int64_t count = static_cast<int64_t>(inside_.size());
  const int64_t threads = thread_count();
  parallel_for(threads, 1, [&](int64_t begin, int64_t end) {
    for (int64_t t = begin; t < end; ++t) {
      for (int64_t i = count * t / threads; i < count * (t + 1) / threads; ++i) {
        run_one(inside_[i], rings_[3 * t], rings_[3 * t + 1], rings_[3 * t + 2]);
      }
    }
  });
  return timer.seconds();
}

}  // namespace tern
