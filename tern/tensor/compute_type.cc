#include "tern/tensor/compute_type.h"

#include <fstream>
#include <string>

namespace tern {

DType default_compute_type() {
  std::ifstream cpus("/proc/cpuinfo");
  for (std::string line; std::getline(cpus, line);) {
    if (!line.starts_with("flags")) continue;
    const bool has_bf16 =
        line.find("avx512_bf16") != std::string::npos || line.find("amx_bf16") != std::string::npos;
    return has_bf16 ? DType::bf16 : DType::f32;
  }
  return DType::f32;
}

DType compute_type(std::string_view name) {
  if (name == "auto") return default_compute_type();
  if (name == "bf16") return DType::bf16;
  if (name == "f32") return DType::f32;
  fail("dtype must be auto, bf16 or f32, found {}", name);
}

}  // namespace tern
