#include "apps/ablation.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

#include "tern/base/error.h"
#include "tern/base/toml.h"

namespace tern {
namespace {

std::vector<std::string> flags_of(const Json& table, const std::string& source) {
  for (const auto& [key, value] : table.members()) {
    check(key == "section" || key == "name" || key == "flags",
          "{}: unknown key {}; an arm has section, name and flags", source, key);
  }
  std::vector<std::string> flags;
  for (const Json& flag : table.at("flags").items()) flags.push_back(flag.as_string());
  return flags;
}

Spread spread_of(const std::vector<AblationRun>& runs, double AblationRun::*figure) {
  std::vector<double> values;
  for (const AblationRun& run : runs) values.push_back(run.*figure);
  return Spread::of(values);
}

Spread change(const std::vector<AblationRun>& runs, const std::vector<AblationRun>& baseline,
              double AblationRun::*ppl) {
  std::vector<double> values;
  for (size_t i = 0; i < runs.size(); ++i) {
    values.push_back(std::log(runs[i].*ppl / baseline[i].*ppl));
  }
  return Spread::of(values);
}

/// A difference of ln(perplexity) as a change of perplexity.
std::string percent(const Spread& s) {
  const double ratio = std::exp(s.mean);
  return fmt::format("{:+.2f} ± {:.2f}", 100 * (ratio - 1), 100 * ratio * s.deviation);
}

/// Mean and deviation, both times `unit`, with so many decimals.
std::string with_spread(const Spread& s, double unit, int decimals) {
  return fmt::format("{:.{}f} ± {:.{}f}", unit * s.mean, decimals, unit * s.deviation, decimals);
}

/// Four digits of the mean.
std::string perplexity(const Spread& s) {
  const int digits_in_front = static_cast<int>(std::floor(std::log10(s.mean))) + 1;
  return with_spread(s, 1, std::clamp(4 - digits_in_front, 0, 3));
}

std::string line(const AblationRow& row, double reference, bool is_baseline) {
  if (!row.refused.empty()) {
    return fmt::format("| {} | refused: {} | | | | | | | |\n", row.arm.name, row.refused);
  }
  constexpr double kPercent = 100, kThousandth = 1e-3;
  return fmt::format(
      "| {} | {} | {} | {} | {} | {} | {} | {} | {} |\n", row.arm.name, perplexity(row.search_ppl),
      is_baseline ? "" : percent(row.search_change), perplexity(row.confirm_ppl),
      is_baseline ? "" : percent(row.confirm_change), with_spread(row.search_ppl, 1 / reference, 3),
      with_spread(row.zero_share, kPercent, 1), with_spread(row.flip_rate, kPercent, 2),
      with_spread(row.tokens_per_s, kThousandth, 1));
}

constexpr const char* kHead =
    "| arm | search perplexity | change % | confirm perplexity | change % | ratio to full "
    "precision "
    "| zeros % | flips % | 1,000 tokens/s |\n|---|---|---|---|---|---|---|---|---|\n";

}  // namespace

AblationPlan AblationPlan::read(const std::filesystem::path& file) {
  const Json toml = read_toml(file);
  const std::string source = file.string();
  AblationPlan plan;
  if (const Json* baseline = toml.find("baseline")) plan.baseline = recipe_values(*baseline);
  for (const Json& table : toml.at("arm").items()) {
    plan.arms.push_back(
        {table.at("section").as_string(), table.at("name").as_string(), flags_of(table, source)});
  }
  return plan;
}

Spread Spread::of(const std::vector<double>& values) {
  Spread s;
  const auto n = static_cast<double>(values.size());
  for (const double value : values) s.mean += value / n;
  double squares = 0;
  for (const double value : values) squares += (value - s.mean) * (value - s.mean);
  if (values.size() > 1) s.deviation = std::sqrt(squares / (n - 1));
  return s;
}

AblationRow compare(const AblationArm& arm, const std::vector<AblationRun>& runs,
                    const std::vector<AblationRun>& baseline) {
  AblationRow row;
  row.arm = arm;
  for (const AblationRun& run : runs) {
    if (row.refused.empty()) row.refused = run.refused;
  }
  if (!row.refused.empty()) return row;
  row.search_ppl = spread_of(runs, &AblationRun::search_ppl);
  row.confirm_ppl = spread_of(runs, &AblationRun::confirm_ppl);
  row.search_change = change(runs, baseline, &AblationRun::search_ppl);
  row.confirm_change = change(runs, baseline, &AblationRun::confirm_ppl);
  row.zero_share = spread_of(runs, &AblationRun::zero_share);
  row.flip_rate = spread_of(runs, &AblationRun::flip_rate);
  row.tokens_per_s = spread_of(runs, &AblationRun::tokens_per_s);
  return row;
}

std::string ablation_table(const AblationRow& baseline, const std::vector<AblationRow>& rows,
                           double reference) {
  std::string out = kHead + line(baseline, reference, true);
  std::string section;
  for (const AblationRow& row : rows) {
    if (row.arm.section != section) {
      section = row.arm.section;
      out += fmt::format("\n**{}**\n\n{}", section, kHead);
    }
    out += line(row, reference, false);
  }
  return out;
}

}  // namespace tern
