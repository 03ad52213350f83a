#pragma once

#include <filesystem>
#include <vector>

#include "loop/record/events.h"
#include "loop/record/history.h"
#include "tern/base/json.h"
#include "tern/lab_files/lab.h"

namespace tern::loop {

/// Makes experiments.tsv and results.tsv anew from the ledger's events. Both are what an
/// uninterrupted loop would have written: a row tells what was known when it was added, and runs
/// that were interrupted count nowhere. Rows of results.tsv that `tern train` wrote stay, before
/// the loop's, those of an older Tern with the columns that it did not know, empty. Throws when one
/// of the files is another kind of table.
void write_tables(const Lab& lab, const std::vector<Json>& events);

/// experiments.tsv and results.tsv, derived from the ledger: made anew at the start, then a row at
/// a time.
class Tables {
 public:
  Tables(const Lab& lab, const std::vector<Json>& events);
  /// Adds what an event, which the history has taken, is told by: a run that just ended by the rows
  /// of its evaluations, an experiment that did by its own.
  void add(const Event& event, const History& history);

 private:
  std::filesystem::path experiments_, results_;
};

}  // namespace tern::loop
