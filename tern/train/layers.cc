#include "tern/train/layers.h"

#include <utility>

#include "tern/contract/table.h"
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
    : table_(path, table_header<LayerRow>(), resumed_step),
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

void LayersFile::add_movement(LayerRow& row, const PackedTernary& now) const {
  const auto before = before_.find(row.layer), start = start_.find(row.layer);
  if (before != before_.end()) row.flip_rate = flip_rate(before->second, now);
  if (start == start_.end()) return;
  row.scale_ratio = scale_ratio(start->second, now);
  row.sign_agreement = sign_agreement(start->second, now);
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
    LayerRow row{
        .step = step, .layer = linear.name, .q_neg1 = negative, .q_zero = zero, .q_pos1 = positive};
    add_movement(row, now);
    rows += table_row(row);
    before_[linear.name] = std::move(now);
  }
  earlier_.reset();
  last_step_ = step;
  table_.append(rows, /*sync=*/false);
  return all;
}

}  // namespace tern
