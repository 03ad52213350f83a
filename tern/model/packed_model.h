#pragma once

#include <filesystem>
#include <string>

#include "tern/model/llama.h"

namespace tern {

/// How the inputs of ternary layers are quantized.
struct ActivationQuantization {
  /// 2 to 8, or 16 for none.
  int bits = 16;
  /// false: one scale a token; true: one scale a channel.
  bool per_channel = false;
};

/// What a packed model's config.json says of its quantization, under "quantization_config".
struct TernaryInfo {
  Grouping grouping;
  ActivationQuantization activations;
  /// The mix at the end of training. Below 1 the trained model was not the ternary one.
  double lambda = 1;

  static TernaryInfo from_json(const Json& json, const std::string& source);
  Json to_json() const;
};

/// Applies the quantization to a layer's input, straight through in the backward pass.
Tensor quantize_activations(const Tensor& x, const ActivationQuantization& how);

/// Writes a model whose block layers are ternary: for every such weight `<name>.codes` (U8, rows x
/// ceil(cols / 4), four 2-bit codes a byte, lowest bits first, 0 1 2 for -1 0 +1) and
/// `<name>.scales` (F16, rows x groups, or one number); everything else as F32 under its Hugging
/// Face name. Throws unless every linear layer of the blocks packs and lambda is 1: anything less
/// is not a ternary model.
void save_packed(const Llama& model, const TernaryInfo& info, const std::filesystem::path& folder);

/// True when the folder's config.json says that its weights are packed ternary.
bool is_packed(const std::filesystem::path& folder);
TernaryInfo read_ternary_info(const std::filesystem::path& folder);

/// Loads a packed model for inference. Throws unless every linear layer of the blocks is there as
/// codes -1, 0, +1 with finite scales.
Llama load_packed(const std::filesystem::path& folder, DType compute);

/// Loads a packed or a full-precision model for inference.
Llama load_for_inference(const std::filesystem::path& folder, DType compute);

}  // namespace tern
