#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "tern/model/llama.h"
#include "tern/train/run_table.h"

namespace tern {

/// Appends rows to a run's layers.tsv, one for each ternary layer at each evaluation: step layer
/// q_neg1 q_zero q_pos1 flip_rate. The flip rate is the share of the layer's codes that changed
/// since the evaluation before; it is empty at the first one of a run, or of a resumed run.
class LayersFile {
 public:
  /// Rows beyond `resumed_step` are dropped.
  LayersFile(const std::filesystem::path& path, int64_t resumed_step);
  /// Looks at the codes of the model as it is now; returns the counts of all layers together.
  CodeCounts append(int64_t step, const Llama& model);

 private:
  RunTable table_;
  std::map<std::string, PackedTernary> before_;  // by layer
};

}  // namespace tern
