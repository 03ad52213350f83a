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

struct LogOptions {
  bool json = false;
  bool reasons = false;
  int64_t last = 30;

  void add_to(Flags& flags) {
    flags.add_json(json);
    flags.add("last", last, "list the newest so many; 0: all");
    flags.add("reasons", reasons, "say also why each was kept or not");
  }
  void check() const { require_not_negative({{"last", static_cast<double>(last)}}); }
};

int log(const LogOptions& options) {
  const Lab lab = Lab::find(".");
  const History history(read_ledger(lab.ledger()));
  const auto& all = history.experiments();
  const size_t shown = options.last == 0 ? all.size() : static_cast<size_t>(options.last);
  if (options.json) {
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
  for (size_t i = all.size() - std::min(all.size(), shown); options.reasons && i < all.size();
       ++i) {
    fmt::print("{:04}  {}\n", all[i].number, all[i].reason);
  }
  return kSuccess;
}

const RegisterCommand log_command({.name = "log",
                                   .summary = "the experiments so far",
                                   .group = CommandGroup::kSearch,
                                   .place = 3,
                                   .description = "Lists the experiments, the newest last.",
                                   .footer = "With --json it prints all of them, with their runs.",
                                   .options = runs(log)});

}  // namespace
}  // namespace tern::loop
