#pragma once

#include "tern/quant/absmean.h"
#include "tern/quant/packed.h"
#include "tern/tensor/tensor.h"

namespace tern {

/// The codes (O, I), i8, that absmean gives w (O, I).
inline Tensor absmean_codes(const Tensor& w, Grouping grouping) {
  const PackedTernary packed =
      quantize_and_pack(w.data<const float>(), w.rows(), w.cols(), grouping, Absmean{});
  const Tensor codes = Tensor::empty(w.shape(), DType::i8);
  for (int64_t i = 0; i < w.size(); ++i) {
    codes.data<int8_t>()[i] = packed.code(i / w.cols(), i % w.cols());
  }
  return codes;
}

}  // namespace tern
