#include "tern/train/layers.h"

#include <fmt/core.h>

#include <utility>

#include "tern/quant/code_statistics.h"

namespace tern {

LayersFile::LayersFile(const std::filesystem::path& path, int64_t resumed_step)
    : table_(path, "step\tlayer\tq_neg1\tq_zero\tq_pos1\tflip_rate\tscale_ratio\tsign_agreement",
             resumed_step),
      resumed_(resumed_step >= 0) {}

std::string LayersFile::since_start(const std::string& layer, const PackedTernary& now) {
  if (resumed_) return "\t";
  const PackedTernary& start = start_.try_emplace(layer, now).first->second;
  return fmt::format("{:.4f}\t{:.4f}", scale_ratio(start, now), sign_agreement(start, now));
}

CodeCounts LayersFile::append(int64_t step, const Llama& model) {
  CodeCounts all;
  std::string rows;
  for (const Llama::Linear& linear : model.linears()) {
    std::optional<PackedTernary> packed = linear.layer->pack();
    if (!packed) continue;
    const CodeCounts counts = count_codes(*packed);
    all += counts;
    const auto [negative, zero, positive] = counts.shares();
    PackedTernary& before = before_[linear.name];
    const std::string flip_rate =
        before.rows == 0 ? "" : fmt::format("{:.6g}", tern::flip_rate(before, *packed));
    rows += fmt::format("{}\t{}\t{:.4f}\t{:.4f}\t{:.4f}\t{}\t{}\n", step, linear.name, negative,
                        zero, positive, flip_rate, since_start(linear.name, *packed));
    before = std::move(*packed);
  }
  table_.append(rows, /*sync=*/false);
  return all;
}

}  // namespace tern
