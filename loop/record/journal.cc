#include "loop/record/journal.h"

namespace tern::loop {

Journal::Journal(const Lab& lab) : Journal(lab, read_ledger(lab.ledger())) {}

Journal::Journal(const Lab& lab, const std::vector<Json>& events)
    : ledger_(lab.ledger()), history_(events), tables_(lab, events) {}

void Journal::record(const Event& event) {
  const Json line = to_json(event);
  ledger_.append(line);
  const Event kept = event_from(line);  // as every later loop will read it
  history_.apply(kept);
  tables_.add(kept, history_);
}

}  // namespace tern::loop
