#include "tern/model/quantization.h"

namespace tern {

Quantization::Quantization(const TernaryWeightOptions& how, const InputOptions& input,
                           const StructureOptions& structure, uint64_t seed, int64_t count)
    : weights(how), blocks(static_cast<size_t>(count)) {
  weights.seed = seed;
  info.grouping = weights.grouping();
  info.input = input;
  info.embedding_bits = structure.embedding_bits;
  info.dense_blocks = dense_blocks(structure, count);
}

}  // namespace tern
