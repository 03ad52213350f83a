#pragma once

#include "loop/record/history.h"
#include "loop/record/ledger.h"
#include "loop/record/tables.h"
#include "tern/lab_files/lab.h"

namespace tern::loop {

/// The one writer of a lab's record: the ledger, and what is derived from it. On opening, the
/// tables are made anew from the ledger, so what a kill left half-written is mended.
class Journal {
 public:
  explicit Journal(const Lab& lab);

  const History& history() const { return history_; }
  /// Appends to the ledger first, then folds the event into history and tables.
  void record(const Event& event);

 private:
  Journal(const Lab& lab, const std::vector<Json>& events);

  Ledger ledger_;
  History history_;
  Tables tables_;
};

}  // namespace tern::loop
