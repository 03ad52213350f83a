#pragma once

#include <algorithm>

#include "tern/knobs/registry.h"
#include "tern/model/ternary_weight.h"

// What the quantizers behind --quantizer share; each registers itself in a .cc file of its own.

namespace tern {

/// What a TernaryWeight is made from.
struct TernaryWeightSource {
  const std::string& name;
  Tensor weight;  // not a reference into `parameters`, which moves when something is allocated
  Parameters& parameters;
  const TernaryWeightOptions& options;
  const QuantizerState& state;
};

using MakeTernaryWeight = std::unique_ptr<TernaryWeight> (*)(const TernaryWeightSource& source);

/// The values of the knob `quantizer`. Each takes of the options what it knows.
Registry<MakeTernaryWeight>& ternary_weights();
/// The values of the knob `learned_init`: whether the group rule says where learned scales start.
Registry<bool>& learned_inits();

template <GroupQuantizer Quantizer>
Tensor quantized_codes(const Tensor& w, Grouping grouping, const Quantizer& quantizer) {
  const Tensor out = Tensor::empty(w.shape(), DType::i8);
  int8_t* const all = out.data<int8_t>();
  for_each_group(w.data<const float>(), w.rows(), w.cols(), grouping, quantizer,
                 [=](const GroupPlace& at, const int8_t* codes, float) {
                   std::copy(codes, codes + at.n, all + at.first);
                 });
  return out;
}

template <GroupQuantizer Quantizer>
PackedTernary quantize_and_pack(const Tensor& w, Grouping grouping, const Quantizer& quantizer) {
  return quantize_and_pack(w.data<const float>(), w.rows(), w.cols(), grouping, quantizer);
}

}  // namespace tern
