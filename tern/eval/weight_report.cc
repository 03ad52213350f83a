#include "tern/eval/weight_report.h"

#include "tern/io/safetensors.h"
#include "tern/model/packed_model.h"

namespace tern {
namespace {

/// Whether a tensor of a file is this layer's weight or something that belongs to it.
bool is_part_of(const Llama::Linear& linear, const std::string& tensor) {
  return tensor == linear.name || tensor.starts_with(linear.name + ".");
}

}  // namespace

WeightReport report_weights(const Llama& model, const std::filesystem::path& folder) {
  WeightReport report;
  const SafetensorsModel file(folder);
  size_t linear_bytes = 0, file_bytes = 0;
  for (const std::string& name : file.names()) {
    const size_t bytes = file.at(name).bytes.size();
    file_bytes += bytes;
    for (const Llama::Linear& linear : model.linears()) {
      if (is_part_of(linear, name)) linear_bytes += bytes;
    }
  }
  int64_t packed_layers = 0;
  for (const Llama::Linear& linear : model.linears()) {
    const std::optional<PackedTernary> packed = linear.layer->pack();
    if (!packed) continue;
    report.codes += count_codes(*packed);
    ++packed_layers;
  }
  const auto layers = static_cast<int64_t>(model.linears().size());
  if (is_packed(folder)) {
    const TernaryInfo info = read_ternary_info(folder);
    report.dense_blocks = static_cast<int64_t>(info.dense_blocks.size());
    report.departures = info.departures();
  }
  const int64_t per_block = layers / model.config().num_hidden_layers;
  report.ternary = packed_layers > 0 && packed_layers == layers - per_block * report.dense_blocks;
  report.weights = model.config().parameter_count();
  report.linear_weights = model.config().linear_parameter_count();
  report.linear_bits = 8.0 * linear_bytes / static_cast<double>(report.linear_weights);
  report.file_bits = 8.0 * file_bytes / static_cast<double>(report.weights);
  return report;
}

}  // namespace tern
