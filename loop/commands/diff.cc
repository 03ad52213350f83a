#include <fmt/core.h>
#include <unistd.h>

#include <charconv>

#include "loop/git/branch.h"
#include "loop/record/answers.h"
#include "loop/record/ledger.h"
#include "tern/base/command.h"
#include "tern/base/error.h"
#include "tern/base/flags.h"
#include "tern/contract/json_form.h"

namespace tern::loop {
namespace {

struct DiffOptions {
  int64_t number = 0;
  bool json = false;

  void add_to(Flags& flags) {
    flags.add_positional("N", number, "the experiment's number");
    flags.add_json(json);
  }
};

int diff(const DiffOptions& options) {
  const int64_t number = options.number;
  const Lab lab = Lab::find(".");
  const History history(read_ledger(lab.ledger()));
  const Experiment& e = history.at(number);
  check(e.base != 0, "experiment {} is a baseline: it changed nothing", number);
  check(!e.commit.empty(), "experiment {} was refused before it had a commit: {}", number,
        e.reason);
  const Branch branch(lab, history.tag(), {});
  const bool color = !options.json && ::isatty(STDOUT_FILENO) != 0;
  const std::string text = branch.diff(history.at(e.base).commit, e.commit, color);
  if (options.json) {
    fmt::print("{}\n", json_of(DiffAnswer{answer_of(e), text}).dump_pretty());
  } else {
    fmt::print("{:04} {}: {}\n{}\n\n{}", e.number, name_of(e.status), e.description, e.reason,
               text);
  }
  return kSuccess;
}

const RegisterCommand diff_command({.name = "diff",
                                    .summary = "what an experiment changed",
                                    .group = CommandGroup::kSearch,
                                    .place = 5,
                                    .description = "Shows what an experiment changed in train.cpp.",
                                    .options = runs(diff)});

}  // namespace
}  // namespace tern::loop
