#include "tern/model/structure.h"

#include <algorithm>

namespace tern {

Registry<LayerRule>& layer_rules() {
  static Registry<LayerRule> all("layers");
  return all;
}

namespace {

double all_blocks(int64_t, int64_t, double progress) { return progress; }

double inner_blocks(int64_t block, int64_t blocks, double progress) {
  return block > 0 && block + 1 < blocks ? progress : 0;
}

/// From the back, where a block's error passes through the fewest others: each block has an equal
/// part of the warm-up for its own.
double growing_blocks(int64_t block, int64_t blocks, double progress) {
  const double turn = static_cast<double>(blocks - 1 - block);
  return std::clamp(progress * static_cast<double>(blocks) - turn, 0.0, 1.0);
}

const RegisterArm arm({"layers", "", "which blocks become ternary", ""});
const Register<LayerRule> all(layer_rules(), "all", all_blocks, "all of them", "");
const Register<LayerRule> inner(layer_rules(), "inner", inner_blocks,
                                "all but the first and the last, which stay in bf16", "");
const Register<LayerRule> growing(layer_rules(), "growing", growing_blocks,
                                  "all, one after another from the back over the warm-up",
                                  "progressive ternarization, github.com/unslothai/unsloth #3491");

}  // namespace

double block_progress(const StructureOptions& options, int64_t block, int64_t blocks,
                      double progress) {
  return layer_rules().at(options.layers)(block, blocks, progress);
}

std::vector<int64_t> dense_blocks(const StructureOptions& options, int64_t blocks) {
  std::vector<int64_t> dense;
  for (int64_t block = 0; block < blocks; ++block) {
    if (block_progress(options, block, blocks, 1) == 0) dense.push_back(block);
  }
  check(static_cast<int64_t>(dense.size()) < blocks,
        "layers {} leaves no ternary block in a model of {}", options.layers, blocks);
  return dense;
}

}  // namespace tern
