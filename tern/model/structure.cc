#include "tern/model/structure.h"

#include "tern/knobs/knobs.h"
#include "tern/model/linear_input.h"
#include "tern/model/start.h"
#include "tern/model/table_format.h"
#include "tern/model/ternary_weight.h"

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

const Register<LayerRule> all(layer_rules(), "all", all_blocks, "all of them", "");
const Register<LayerRule> inner(layer_rules(), "inner", inner_blocks,
                                "all but the first and the last, which stay in bf16", "");
const Register<LayerRule> growing(layer_rules(), "growing", growing_blocks,
                                  "all, one after another from the back over the warm-up",
                                  "progressive ternarization, github.com/unslothai/unsloth #3491");

}  // namespace

void StructureOptions::describe(Knobs& knobs) {
  knobs.add(TERN_KNOB(layers), {.name = "layers",
                                .meaning = "which blocks become ternary",
                                .choices = layer_rules().choices(),
                                .bends_curve = true});
  knobs.add(TERN_KNOB(embedding_bits),
            {.name = "embedding_bits",
             .meaning = "bits in which the embedding and the head are stored",
             .choices = table_formats().choices()});
  knobs.add(TERN_KNOB(sub_norm),
            {.name = "sub_norm",
             .meaning = "norm with a learned gain before o_proj and down_proj; "
                        "no plain Llama file can hold it",
             .source = "SubLN, BitDistill, arXiv 2510.13998"});
  knobs.add(TERN_KNOB(start), {.name = "start",
                               .meaning = "the weights that ternary training starts from",
                               .choices = starts().choices(),
                               .acts = is(named("quantizer"), "rule") && is_not(layers, "inner")});
}

void StructureOptions::check() const {
  layer_rules().at(layers);
  table_format(embedding_bits);
  starts().at(start);
}

void StructureOptions::check_with(const TernaryWeightOptions& weights,
                                  const InputOptions& inputs) const {
  tern::check(start == "rounding" ||
                  (weights.quantizer == "rule" && inputs.hadamard == 0 && layers != "inner"),
              "--start {} needs --quantizer rule, --hadamard 0 and no dense blocks", start);
}

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
