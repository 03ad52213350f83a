#pragma once

#include <cstdint>

namespace tern::kernels::ref {

template <class From, class To>
void cast(const From* from, To* to, int64_t n) {
  for (int64_t i = 0; i < n; ++i) to[i] = static_cast<To>(static_cast<float>(from[i]));
}

template <class From, class To>
void add_cast(const From* from, To* to, int64_t n) {
  for (int64_t i = 0; i < n; ++i) {
    to[i] = static_cast<To>(static_cast<float>(to[i]) + static_cast<float>(from[i]));
  }
}

}  // namespace tern::kernels::ref
