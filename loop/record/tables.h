#pragma once

#include <filesystem>
#include <vector>

#include "loop/record/experiment.h"
#include "tern/base/json.h"
#include "tern/lab_files/lab.h"

namespace tern {

/// Makes experiments.tsv and results.tsv anew from the ledger's events. Both are what an
/// uninterrupted loop would have written: a row tells what was known when it was added, and runs
/// that were interrupted count nowhere. Rows of results.tsv that `tern train` wrote stay, before
/// the loop's. Throws when one of the files is another kind of table.
void write_tables(const Lab& lab, const std::vector<Json>& events);

/// experiments.tsv and results.tsv, derived from the ledger: made anew at the start, then a row at
/// a time.
class Tables {
 public:
  Tables(const Lab& lab, const std::vector<Json>& events);
  /// Adds the evaluations of a run that just ended.
  void ran(const Experiment& experiment, const Json& event);
  /// Adds the row of an experiment that just ended.
  void ended(const Experiment& experiment);

 private:
  std::filesystem::path experiments_, results_;
};

}  // namespace tern
