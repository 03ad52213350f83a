#include "tern/contract/eval_answer.h"

#include "tern/base/error.h"
#include "tern/contract/json_form.h"

namespace tern {

std::string EvalAnswer::to_text() const { return json_of(*this).dump_pretty() + "\n"; }

EvalAnswer EvalAnswer::parse(std::string_view output) {
  const std::string_view object = json_object_in(output);
  check(!object.empty(), "`tern eval` printed no JSON");
  const auto answer = from_json<EvalAnswer>(Json::parse(object, "tern eval"));
  check(answer.version == kVersion, "it is of version {}, expected {}", answer.version, kVersion);
  return answer;
}

}  // namespace tern
