#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "tern/autograd/parameters.h"
#include "tern/quant/group_rule.h"
#include "tern/quant/packed.h"
#include "tern/tensor/tensor.h"

namespace tern {

class Knobs;

/// What the training loop moves while it trains; the layers of a block share one by reference.
struct QuantizerState {
  /// Mix of the weight w and its quantized value Q(w): w + lambda (Q(w) - w).
  float lambda = 0;
  /// Of the annealed softmax (--quantizer hestia); 0 is hard.
  float temperature = 0;
  /// Steps done: the counter behind random rounding.
  int64_t step = 0;
  /// True: random rounding gives way to the codes that packing stores. Set it to evaluate.
  bool nearest = false;
};

/// How the weights of ternary layers are quantized. What a quantizer does not know of is ignored:
/// lsq and elastic take of the rule their start at most, shift rounds to the nearest, hestia
/// hardens to absmean.
struct TernaryWeightOptions {
  /// rule, lsq, elastic, shift or hestia: a value of the registry ternary_weights().
  std::string quantizer = "rule";
  GroupRuleOptions rule = {};
  /// Weights that share a scale, see Grouping::parse().
  std::string group = "64";
  /// Where the learned scales of lsq and elastic start: method (lsq at the paper's 2 mean|w|,
  /// elastic at ParetoQ's largest |w|) or rule (at the level of the group rule). Those of shift
  /// always start at the rule's level.
  std::string learned_init = "method";
  /// How soft the codes of hestia are until lambda's warm-up ends; see QuantizerState.
  float temperature = 0.36f;
  /// Of random rounding; layers draw different numbers from it. No knob: the run's seed.
  uint64_t seed = 1;

  Grouping grouping() const { return Grouping::parse(group); }
  void describe(Knobs& knobs);
  /// Throws an Error on options that do not go together.
  void check() const;
};

/// The weights of one ternary layer while it trains.
class TernaryWeight {
 public:
  virtual ~TernaryWeight() = default;

  /// w + lambda (Q(w) - w), (O, I), in the type f32 or bf16, recorded on the tape.
  virtual Tensor effective(DType type) const = 0;

  /// The codes (O, I) i8 that effective() uses now; of a soft quantizer those it hardens to, while
  /// effective() may still give a weight of code 0 a value of its own.
  virtual Tensor codes() const = 0;

  /// What a file stores: what effective() gives at lambda 1, temperature 0 and nearest rounding,
  /// number by number.
  virtual PackedTernary pack() const = 0;
};

/// Makes the weights of the layer whose latent float32 weight (O, I) has this name. What is learned
/// besides is allocated in `parameters` as "<name>.learned_scale" and "<name>.learned_shift", one
/// number a group, so an optimizer has to be made afterwards. `state` must outlive the result.
std::unique_ptr<TernaryWeight> make_ternary_weight(const std::string& name, const Tensor& weight,
                                                   Parameters& parameters,
                                                   const TernaryWeightOptions& options,
                                                   const QuantizerState& state);

}  // namespace tern
