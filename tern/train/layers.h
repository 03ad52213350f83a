#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "tern/model/llama.h"
#include "tern/train/run_table.h"

namespace tern {

/// Appends rows to a run's layers.tsv, one for each ternary layer at each look: step layer q_neg1
/// q_zero q_pos1 flip_rate scale_ratio sign_agreement. The flip rate is the share of the layer's
/// codes that changed since the look before; it is empty at the first one of a run, or of a resumed
/// run. The last two compare with the run's first look (see tern/quant/code_statistics.h); a
/// resumed run, which did not see it, leaves them empty.
class LayersFile {
 public:
  /// Rows beyond `resumed_step` are dropped.
  LayersFile(const std::filesystem::path& path, int64_t resumed_step);
  /// Looks at the codes of the model as it is now; returns the counts of all layers together.
  CodeCounts append(int64_t step, const Llama& model);

 private:
  /// The last two columns.
  std::string since_start(const std::string& layer, const PackedTernary& now);

  RunTable table_;
  bool resumed_;
  std::map<std::string, PackedTernary> before_, start_;  // by layer
};

}  // namespace tern
