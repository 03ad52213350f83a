#include "tern/quant/group_rule.h"

#include <algorithm>
#include <cmath>

#include "tern/base/rng.h"
#include "tern/knobs/knobs.h"
#include "tern/quant/group_rule_parts.h"
#include "tern/quant/quantizer.h"
#include "tern/quant/rank_select.h"

namespace tern {

Registry<GroupScale>& group_scales() {
  static Registry<GroupScale> registry("scale");
  return registry;
}
Registry<GroupPattern>& group_patterns() {
  static Registry<GroupPattern> registry("pattern");
  return registry;
}
Registry<GroupLevel>& group_levels() {
  static Registry<GroupLevel> registry("level");
  return registry;
}
Registry<GroupRounding>& group_roundings() {
  static Registry<GroupRounding> registry("rounding");
  return registry;
}

namespace {

const Register<GroupLevel> same(group_levels(), "scale", nullptr, "the statistic itself",
                                "BitNet b1.58, arXiv 2402.17764");
const Register<GroupPattern> any(group_patterns(), "none", {}, "all above the threshold", "");
const Register<GroupRounding> nearest(group_roundings(), "nearest", nullptr,
                                      "sign(w) above the threshold, 0 below", "");

/// Refuses what contradicts. Zeros that are chosen need no threshold, which is ignored.
void check_options(const GroupRuleOptions& o) {
  const GroupRuleOptions plain;
  const bool fixed = o.zeros > 0, patterned = o.pattern != plain.pattern;
  check(o.threshold > 0 && o.threshold < 3, "--threshold must lie between 0 and 3, found {}",
        o.threshold);
  check(o.zeros >= 0 && o.zeros < 1, "--zeros must be at least 0 and below 1, found {}", o.zeros);
  check(!fixed || !patterned,
        "--zeros {} and --pattern {} both say which weights are zero; set one of them", o.zeros,
        o.pattern);
  const std::string chosen = fixed ? "--zeros" : patterned ? "--pattern" : "";
  if (!chosen.empty()) {
    check(o.level != "lloyd-max",
          "{} chooses the zeros and --level lloyd-max chooses them too; use --level least-squares",
          chosen);
  }
  if (o.rounding != plain.rounding) {
    check(chosen.empty(), "--rounding {} chooses the zeros, and so does {}; set one of them",
          o.rounding, chosen);
    check(o.level == "scale",
          "--rounding {} keeps the mean of a weight only with --level scale, found {}", o.rounding,
          o.level);
    check(o.threshold == plain.threshold,
          "--rounding {} trains without a threshold: leave --threshold at {}, with which packing "
          "rounds to the nearest, found {}",
          o.rounding, plain.threshold, o.threshold);
  }
}

}  // namespace

void GroupRuleOptions::describe(Knobs& knobs) {
  const Condition by_threshold = is(zeros, 0) && is(pattern, "none");
  knobs.add(TERN_KNOB(scale),
            {.name = "scale",
             .meaning = "statistic of a group's |w| that the threshold multiplies",
             .choices = group_scales().choices(),
             .acts = by_threshold || is(level, "scale")});
  knobs.add(TERN_KNOB(threshold),
            {.name = "threshold",
             .meaning = "weights up to threshold * scale become 0; 0.5 rounds w / scale",
             .tries = "0.3 0.4 0.5 0.6 0.7",
             .source = "BitNet b1.58, arXiv 2402.17764; TWN, arXiv 1605.04711: 0.7",
             .acts = by_threshold});
  knobs.add(TERN_KNOB(level), {.name = "level",
                               .meaning = "what is stored as a group's scale",
                               .choices = group_levels().choices()});
  knobs.add(TERN_KNOB(zeros),
            {.name = "zeros",
             .meaning = "share of a group that becomes 0, the smallest; 0: as the threshold says",
             .tries = "0 0.33 0.42 0.5",
             .source = "42 of 128 in Bonsai 2, as a replication reconstructs it",
             .acts = is(pattern, "none")});
  knobs.add(TERN_KNOB(pattern), {.name = "pattern",
                                 .meaning = "which weights of a group may be nonzero",
                                 .choices = group_patterns().choices()});
  knobs.add(
      TERN_KNOB(rounding),
      {.name = "rounding",
       .meaning = "how training chooses codes; packing rounds to the nearest",
       .choices = group_roundings().choices(),
       .acts = by_threshold && is(level, "scale") && is(threshold, GroupRuleOptions().threshold)});
}

void GroupRuleOptions::check() const { check_options(*this); }

GroupRule::GroupRule(const GroupRuleOptions& options)
    : scale_(group_scales().at(options.scale)),
      choose_(group_patterns().at(options.pattern).choose),
      level_(group_levels().at(options.level)),
      round_(group_roundings().at(options.rounding)),
      threshold_(options.threshold),
      zeros_(options.zeros),
      counted_(options.zeros > 0 ? kWholeGroup : group_patterns().at(options.pattern).unit) {
  check_options(options);
}

float GroupRule::operator()(const float* w, int64_t n, int8_t* codes) const {
  float scale = stored_scale(scale_(w, n));
  if (zeros_ > 0) {
    const int64_t zeros = std::llround(zeros_ * static_cast<double>(n));
    fixed_zeros(w, n, std::min(zeros, n - 1), codes);  // one weight at least stays
  } else if (choose_ != nullptr) {
    choose_(w, n, codes);
  } else {
    threshold_codes(w, n, threshold_ * scale, codes);
  }
  if (level_ != nullptr) scale = stored_scale(level_(w, n, codes));
  if (scale == 0) std::fill_n(codes, n, int8_t{0});
  return scale;
}

float GroupRule::Random::operator()(const float* w, int64_t n, int64_t group, int8_t* codes) const {
  const float scale = stored_scale(rule.scale_(w, n));
  rule.round_(w, n, scale, mix64(key + static_cast<uint64_t>(group)), codes);
  if (scale == 0) std::fill_n(codes, n, int8_t{0});
  return scale;
}

}  // namespace tern
