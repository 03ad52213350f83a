#include "apps/bench_gemm_replay.h"

#include <algorithm>

#include "tern/base/timer.h"
#include "tern/parallel/parallel.h"

namespace tern {
namespace {

using kernels::GemmCall;

/// What a product's operands take.
struct OperandBytes {
  size_t a = 0, b = 0, c = 0;
};

size_t bytes_of(int64_t rows, int64_t cols, const int64_t (&strides)[2], bool is_bf16) {
  const int64_t last = (rows - 1) * strides[0] + (cols - 1) * strides[1];
  return static_cast<size_t>(last + 1) * (is_bf16 ? 2 : 4);
}

OperandBytes bytes_of(const GemmCall& call) {
  return {.a = bytes_of(call.m, call.k, call.a_strides, call.bf16_in),
          .b = bytes_of(call.k, call.n, call.b_strides, call.bf16_in),
          .c = bytes_of(call.m, call.n, call.c_strides, call.bf16_out)};
}

}  // namespace

void* GemmReplay::Ring::take(size_t bytes) {
  const size_t aligned = (bytes + 63) / 64 * 64;
  if (next + aligned > memory.bytes()) next = 0;
  void* piece = static_cast<std::byte*>(memory.raw()) + next;
  next += aligned;
  return piece;
}

GemmReplay::Rings GemmReplay::rings_for(const std::vector<GemmCall>& calls) {
  OperandBytes largest;
  for (const GemmCall& call : calls) {
    const OperandBytes bytes = bytes_of(call);
    largest = {.a = std::max(largest.a, bytes.a),
               .b = std::max(largest.b, bytes.b),
               .c = std::max(largest.c, bytes.c)};
  }
  const auto ring = [](size_t piece) {
    constexpr size_t kBeyondCache = 64 << 20;
    return Ring{Tensor::zeros({static_cast<int64_t>(piece + kBeyondCache)}, DType::u8)};
  };
  return {.a = ring(largest.a), .b = ring(largest.b), .c = ring(largest.c)};
}

GemmReplay::GemmReplay(std::vector<GemmCall> calls) {
  for (const GemmCall& call : calls) (call.inside_parallel ? inside_ : whole_).push_back(call);
  whole_rings_ = rings_for(whole_);
  for (int t = 0; t < thread_count(); ++t) inside_rings_.push_back(rings_for(inside_));
}

void GemmReplay::run_one(const GemmCall& call, Rings& rings) {
  const OperandBytes bytes = bytes_of(call);
  kernels::run_gemm(call, rings.a.take(bytes.a), rings.b.take(bytes.b), rings.c.take(bytes.c));
}

double GemmReplay::run() {
  Timer timer;
  for (const GemmCall& call : whole_) run_one(call, whole_rings_);
  const int64_t count = static_cast<int64_t>(inside_.size());
  const int64_t threads = std::ssize(inside_rings_);
  parallel_for(threads, 1, [&](int64_t begin, int64_t end) {
    for (int64_t t = begin; t < end; ++t) {
      for (int64_t i = count * t / threads; i < count * (t + 1) / threads; ++i) {
        run_one(inside_[i], inside_rings_[t]);
      }
    }
  });
  return timer.seconds();
}

}  // namespace tern
