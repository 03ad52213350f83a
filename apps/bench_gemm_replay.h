#pragma once

#include <vector>

#include "tern/kernels/gemm.h"
#include "tern/tensor/tensor.h"

namespace tern {

/// Runs recorded matrix products again on buffers of their own: what a step would take if it were
/// nothing else. Products that ran inside a parallel region are spread over the threads again.
class GemmReplay {
 public:
  explicit GemmReplay(std::vector<kernels::GemmCall> calls);
  /// Seconds that all products take, one pass.
  double run();

 private:
  /// A buffer that products use piece after piece, as a step's operands lie in different places; so
  /// large that no piece is still cached when its turn comes again.
  struct Ring {
    Tensor memory;
    size_t next = 0;
    void* take(size_t bytes);
  };
  /// One for each operand of a product.
  struct Rings {
    Ring a, b, c;
  };
  static Rings rings_for(const std::vector<kernels::GemmCall>& calls);
  static void run_one(const kernels::GemmCall& call, Rings& rings);

  std::vector<kernels::GemmCall> whole_;   // each on all threads
  std::vector<kernels::GemmCall> inside_;  // each on one thread
  Rings whole_rings_;
  std::vector<Rings> inside_rings_;  // of every thread
};

}  // namespace tern
