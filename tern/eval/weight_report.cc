#include "tern/eval/weight_report.h"

#include "tern/io/safetensors.h"

namespace tern {

WeightReport report_weights(const Llama& model, const std::filesystem::path& folder) {
  WeightReport report;
  report.ternary = true;
  const SafetensorsModel file(folder);
  size_t linear_bytes = 0, file_bytes = 0;
  for (const std::string& name : file.names()) file_bytes += file.at(name).bytes.size();
  for (const Llama::Linear& linear : model.linears()) {
    for (const char* part : {"", ".codes", ".scales"}) {
      const SafetensorsEntry* entry = file.find(linear.name + part);
      if (entry != nullptr) linear_bytes += entry->bytes.size();
    }
    const std::optional<PackedTernary> packed = linear.layer->pack();
    if (packed) report.codes += count_codes(*packed);
    report.ternary = report.ternary && packed.has_value();
  }
  report.weights = model.config().parameter_count();
  report.linear_weights = model.config().linear_parameter_count();
  report.linear_bits = 8.0 * linear_bytes / static_cast<double>(report.linear_weights);
  report.file_bits = 8.0 * file_bytes / static_cast<double>(report.weights);
  return report;
}

}  // namespace tern
