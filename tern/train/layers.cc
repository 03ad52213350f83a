#include "tern/train/layers.h"

#include <fmt/core.h>

#include <utility>

#include "tern/model/stored_ternary.h"
#include "tern/quant/code_statistics.h"

namespace tern {
namespace fs = std::filesystem;
namespace {

// What follows a layer's name in layers.safetensors.
constexpr const char *kStart = ".start", *kBefore = ".before";

/// What looks compare: neither shifts, nor what surrounds the matrix.
PackedTernary codes_and_scales(PackedTernary packed) {
  packed.shifts.clear(), packed.bias.clear(), packed.sub_norm.clear();
  return packed;
}

}  // namespace

LayersFile::LayersFile(const fs::path& path, int64_t resumed_step)
    : table_(path, "step\tlayer\tq_neg1\tq_zero\tq_pos1\tflip_rate\tscale_ratio\tsign_agreement",
             resumed_step),
      kept_(path.parent_path() / "layers.safetensors"),
      resumed_step_(resumed_step) {
  if (resumed_step >= 0 && fs::exists(kept_)) earlier_ = std::make_unique<SafetensorsModel>(kept_);
}

LayersFile::~LayersFile() = default;

void LayersFile::recall(const std::string& layer, const PackedTernary& now) {
  const SafetensorsMetadata& said = earlier_->metadata();
  const auto group = said.find(layer);
  if (group == said.end() || group->second != now.grouping.to_string()) return;
  const auto read = [&](const char* look) {
    return load_ternary(*earlier_, layer + look, now.rows, now.cols, now.grouping);
  };
  start_[layer] = read(kStart);
  if (std::stoll(said.at("step")) <= resumed_step_) before_[layer] = read(kBefore);
}

void LayersFile::keep() const {
  if (start_.empty()) return;
  StoredTensors looks;
  SafetensorsMetadata about = {{"step", std::to_string(last_step_)}};
  for (const auto& [layer, start] : start_) {
    store_ternary(layer + kStart, start, looks);
    store_ternary(layer + kBefore, before_.at(layer), looks);
    about[layer] = start.grouping.to_string();
  }
  write_safetensors(kept_, looks.all(), about);
}

std::string LayersFile::movement(const std::string& layer, const PackedTernary& now) const {
  const auto before = before_.find(layer), start = start_.find(layer);
  const std::string flips =
      before == before_.end() ? "" : fmt::format("{:.6g}", flip_rate(before->second, now));
  if (start == start_.end()) return flips + "\t\t";
  return fmt::format("{}\t{:.4f}\t{:.4f}", flips, scale_ratio(start->second, now),
                     sign_agreement(start->second, now));
}

CodeCounts LayersFile::append(int64_t step, const Llama& model) {
  CodeCounts all;
  std::string rows;
  for (const Llama::Linear& linear : model.linears()) {
    std::optional<PackedTernary> packed = linear.layer->pack();
    if (!packed) continue;
    PackedTernary now = codes_and_scales(std::move(*packed));
    const CodeCounts counts = count_codes(now);
    all += counts;
    const auto [negative, zero, positive] = counts.shares();
    if (earlier_) recall(linear.name, now);
    if (resumed_step_ < 0) start_.try_emplace(linear.name, now);
    rows += fmt::format("{}\t{}\t{:.4f}\t{:.4f}\t{:.4f}\t{}\n", step, linear.name, negative, zero,
                        positive, movement(linear.name, now));
    before_[linear.name] = std::move(now);
  }
  earlier_.reset();
  last_step_ = step;
  table_.append(rows, /*sync=*/false);
  return all;
}

}  // namespace tern
