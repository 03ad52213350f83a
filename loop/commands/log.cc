#include <fmt/core.h>

#include "loop/record/answers.h"
#include "loop/record/ledger.h"
#include "loop/record/summary.h"
#include "tern/base/command.h"
#include "tern/base/error.h"
#include "tern/base/flags.h"
#include "tern/contract/json_form.h"

namespace tern::loop {
namespace {

int log(const std::vector<std::string>& arguments) {
  bool json = false, reasons = false;
  int64_t last = 30;
  Flags flags("tern log", "Lists the experiments, the newest last.");
  flags.add("json", json, "print JSON: all of them, with their runs");
  flags.add("last", last, "so many of them; 0: all");
  flags.add("reasons", reasons, "also why each was kept or not");
  if (!flags.parse(arguments)) {
    fmt::print("{}", flags.help());
    return kSuccess;
  }
  check(last >= 0, "--last must be 0 (all) or more, found {}", last);
  const Lab lab = Lab::find(".");
  const History history(read_ledger(lab.ledger()));
  const auto& all = history.experiments();
  const size_t shown = last == 0 ? all.size() : static_cast<size_t>(last);
  if (json) {
    std::vector<ExperimentAnswer> answers;
    for (const Experiment& e : all) answers.push_back(answer_of(e));
    fmt::print("{}\n", json_of(answers).dump_pretty());
    return kSuccess;
  }
  if (all.empty()) {
    fmt::print("no experiments yet; `tern research` makes them\n");
    return kSuccess;
  }
  fmt::print("{}", experiments_table(history, shown));
  for (size_t i = all.size() - std::min(all.size(), shown); reasons && i < all.size(); ++i) {
    fmt::print("{:04}  {}\n", all[i].number, all[i].reason);
  }
  return kSuccess;
}

const RegisterCommand registration({"log", "the experiments so far", log});

}  // namespace
}  // namespace tern::loop
