#include "tern/train/layers.h"

#include <fmt/core.h>

#include <bit>
#include <utility>

namespace tern {
namespace {

/// Codes at 2 bits that differ; both matrices have the same shape.
int64_t count_flips(const std::vector<uint8_t>& before, const std::vector<uint8_t>& now) {
  int64_t flips = 0;
  for (size_t i = 0; i < now.size(); ++i) {
    const int changed = before[i] ^ now[i];
    flips += std::popcount(static_cast<uint8_t>((changed | changed >> 1) & 0b01010101));
  }
  return flips;
}

}  // namespace

LayersFile::LayersFile(const std::filesystem::path& path, int64_t resumed_step)
    : table_(path, "step\tlayer\tq_neg1\tq_zero\tq_pos1\tflip_rate", resumed_step) {}

CodeCounts LayersFile::append(int64_t step, const Llama& model) {
  CodeCounts all;
  std::string rows;
  for (const Llama::Linear& linear : model.linears()) {
    std::optional<PackedTernary> packed = linear.layer->pack();
    if (!packed) continue;
    const CodeCounts counts = count_codes(*packed);
    all += counts;
    const auto [negative, zero, positive] = counts.shares();
    std::vector<uint8_t>& before = codes_before_[linear.name];
    const std::string flip_rate =
        before.empty()
            ? ""
            : fmt::format("{:.6g}", static_cast<double>(count_flips(before, packed->codes)) /
                                        static_cast<double>(counts.total()));
    rows += fmt::format("{}\t{}\t{:.4f}\t{:.4f}\t{:.4f}\t{}\n", step, linear.name, negative, zero,
                        positive, flip_rate);
    before = std::move(packed->codes);
  }
  table_.append(rows, /*sync=*/false);
  return all;
}

}  // namespace tern
