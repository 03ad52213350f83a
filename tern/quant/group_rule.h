#pragma once

#include <cstdint>
#include <string>

namespace tern {

class Knobs;

/// How the codes and the stored scale of a group come about. Every string is a value of a registry
/// (tern/quant/group_rule_parts.h).
struct GroupRuleOptions {
  /// The statistic of |w| that the threshold multiplies: absmean, absmedian or absmax.
  std::string scale = "absmean";
  /// Codes are sign(w) where |w| > threshold * scale.
  float threshold = 0.5f;
  /// What is stored as the group's scale: scale, least-squares or lloyd-max.
  std::string level = "scale";
  /// Above 0: instead of by a threshold, exactly this share of a group is zero, the smallest ones.
  double zeros = 0;
  /// Which weights may be nonzero: none (any) or 3:4 (three of each four consecutive ones).
  std::string pattern = "none";
  /// How training chooses codes: nearest, or stochastic. Packing always takes the nearest.
  std::string rounding = "nearest";

  void describe(Knobs& knobs);
  /// Throws an Error on a combination that contradicts itself.
  void check() const;
  bool operator==(const GroupRuleOptions&) const = default;
};

/// A group quantizer put together from GroupRuleOptions, for fake_quantize() and
/// quantize_and_pack(). A group of zeros gets codes and scale 0. A NaN gets code 0 and makes the
/// scale NaN, where it stays visible.
class GroupRule {
 public:
  /// Throws an Error on an unknown value and on a combination that contradicts itself.
  explicit GroupRule(const GroupRuleOptions& options);

  /// Nearest rounding: what packing stores.
  float operator()(const float* w, int64_t n, int8_t* codes) const;

  /// Of how many consecutive weights of a group, from its first on, the rule counts the zeros: the
  /// unit of a pattern, 4 for 3:4; kWholeGroup for a share of zeros; 0 where it compares weights
  /// with a limit instead.
  static constexpr int64_t kWholeGroup = INT64_MAX;
  int64_t counted_weights() const { return counted_; }

  /// Whether training rounds at random; then it uses at(), which is a quantizer too.
  bool random() const { return round_ != nullptr; }

  /// The rule with the random numbers of `key`, a mix of seed, layer and step. They depend on the
  /// key and on a weight's group and place in it alone, so a step repeats bit by bit.
  struct Random {
    const GroupRule& rule;
    uint64_t key;
    float operator()(const float* w, int64_t n, int64_t group, int8_t* codes) const;
  };
  Random at(uint64_t key) const { return {*this, key}; }

 private:
  float (*scale_)(const float* w, int64_t n);
  void (*choose_)(const float* w, int64_t n, int8_t* codes);
  float (*level_)(const float* w, int64_t n, int8_t* codes);
  void (*round_)(const float* w, int64_t n, float scale, uint64_t key, int8_t* codes);
  float threshold_;
  double zeros_;
  int64_t counted_;
};

}  // namespace tern
