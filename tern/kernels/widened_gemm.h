#pragma once

#include "tern/kernels/gemm.h"

namespace tern::kernels {

/// run_gemm() for bf16 operands on any CPU: oneDNN multiplies bf16 on those with AVX-512 alone. The
/// operands are widened to float32 in scratch memory, and c, where it is bf16, is rounded once at
/// the end. gemm() comes here on its own where oneDNN has no such product; DNNL_MAX_CPU_ISA=AVX2,
/// a variable of oneDNN's, sends a whole program here.
void widened_gemm(const GemmCall& call, const void* a, const void* b, void* c);

}  // namespace tern::kernels
