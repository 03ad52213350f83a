#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "tern/base/bf16.h"
#include "tern/kernels/view.h"

namespace tern::kernels {

/// Whether a product replaces its result or adds to it.
enum class Into { overwrite, accumulate };

/// c (+)= a b. Shapes (M, K), (K, N), (M, N); any of the operands may be a transposed view
/// (`a.t()`). a and b share a type; sums are kept in float32. oneDNN does the work, on all threads,
/// or on the calling thread alone inside parallel_for; where it cannot multiply bf16, in float32
/// (widened_gemm). Throws Error when the shapes disagree.
void gemm(Matrix<const float> a, Matrix<const float> b, Matrix<float> c, Into into);
void gemm(Matrix<const bf16> a, Matrix<const bf16> b, Matrix<float> c, Into into);
void gemm(Matrix<const bf16> a, Matrix<const bf16> b, Matrix<bf16> c, Into into);

/// Shape, layout and types of one product: all that its speed depends on.
struct GemmCall {
  int64_t m = 0, n = 0, k = 0;
  int64_t a_strides[2] = {}, b_strides[2] = {}, c_strides[2] = {};
  bool bf16_in = false, bf16_out = false, accumulate = false;
  bool inside_parallel = false;

  bool operator==(const GemmCall&) const = default;
  double flops() const { return 2.0 * static_cast<double>(m) * n * k; }
};

/// While it lives, every gemm() of this process is also reported to `observer`: from the thread
/// that calls, one call at a time. For benchmarks that replay a step's products alone; one recorder
/// at a time.
class GemmRecorder {
 public:
  explicit GemmRecorder(std::function<void(const GemmCall&)> observer);
  ~GemmRecorder();
  GemmRecorder(const GemmRecorder&) = delete;
  GemmRecorder& operator=(const GemmRecorder&) = delete;
};

/// Runs a product of the given shape on raw buffers: the body of gemm(), for replays.
void run_gemm(const GemmCall& call, const void* a, const void* b, void* c);

/// run_gemm() for bf16 operands on any CPU: oneDNN multiplies bf16 on those with AVX-512 alone. The
/// operands are widened to float32 in scratch memory, and c, where it is bf16, is rounded once at
/// the end. gemm() comes here on its own where oneDNN has no such product; DNNL_MAX_CPU_ISA=AVX2,
/// a variable of oneDNN's, sends a whole program here.
void widened_gemm(const GemmCall& call, const void* a, const void* b, void* c);

/// "oneDNN 2.6.3"
std::string gemm_library();

}  // namespace tern::kernels
