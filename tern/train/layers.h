#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "tern/contract/layer_row.h"
#include "tern/model/llama.h"
#include "tern/train/run_table.h"

namespace tern {

class SafetensorsModel;

/// Appends rows to a run's layers.tsv, one for each ternary layer at each look. The flip rate is
/// the share of the layer's codes that changed since the look before; scale ratio and sign
/// agreement compare with the run's first look (see tern/quant/code_statistics.h).
///
/// A file layers.safetensors beside it keeps the codes and scales of the first look and of the
/// last, so that a resumed run goes on with the same rows. Where that file is missing, or another
/// --group was asked for, the columns stay empty; so does the flip rate of the first look where the
/// last one kept was after the checkpoint.
class LayersFile {
 public:
  /// Rows beyond `resumed_step` are dropped.
  LayersFile(const std::filesystem::path& path, int64_t resumed_step);
  ~LayersFile();  // out of line, where SafetensorsModel is known

  /// Looks at the codes of the model as it is now; returns the counts of all layers together.
  CodeCounts append(int64_t step, const Llama& model);

  /// Writes layers.safetensors; before a checkpoint is written.
  void keep() const;

 private:
  using Look = std::map<std::string, PackedTernary>;  // codes and scales by layer

  /// Takes over what a resumed run saw of a layer before.
  void recall(const std::string& layer, const PackedTernary& now);
  /// Fills in what compares with earlier looks.
  void add_movement(LayerRow& row, const PackedTernary& now) const;

  RunTable table_;
  std::filesystem::path kept_;
  int64_t resumed_step_;
  int64_t last_step_ = 0;                      // of the last look
  std::unique_ptr<SafetensorsModel> earlier_;  // until the first look of a resumed run
  Look start_, before_;
};

}  // namespace tern
