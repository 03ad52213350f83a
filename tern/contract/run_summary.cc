#include "tern/contract/run_summary.h"

#include <cmath>

#include "tern/base/error.h"
#include "tern/contract/json_form.h"

namespace tern {
namespace {

bool usable(double number) { return std::isfinite(number); }
/// A count beyond this is nonsense, and arithmetic on it would overflow.
bool usable(int64_t count) { return std::abs(count) < int64_t{1} << 50; }
bool usable(const std::string&) { return true; }
bool usable(const EvalAnswer&) { return true; }

template <class T>
void take(const Json* json, std::optional<T>& out) try {
  if (json == nullptr) return;
  read_json(*json, out);
  if (out && !usable(*out)) out.reset();
} catch (const Error&) {
  out.reset();
}

}  // namespace

std::string RunSummary::to_text() const { return json_of(*this).dump_pretty() + "\n"; }

RunSummary RunSummary::parse_untrusted(std::string_view text) {
  RunSummary summary;
  try {
    const Json json = Json::parse(text, kFile);
    if (json.get("version", int64_t{0}) != kVersion) return summary;
    summary.fields([&]<class Field>(std::string_view name, Field& field) {
      if constexpr (detail::is_optional<Field>) take(json.find(name), field);
    });
  } catch (const Error&) {
    // not even JSON: then it tells nothing
  }
  return summary;
}

}  // namespace tern
