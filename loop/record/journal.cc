#include "loop/record/journal.h"

namespace tern::loop {

Journal::Journal(const Lab& lab) : Journal(lab, read_ledger(lab.ledger())) {}

Journal::Journal(const Lab& lab, const std::vector<Json>& events)
    : ledger_(lab.ledger()), history_(events), tables_(lab, events) {}

void Journal::record(const Event& event) {
  ledger_.append(to_json(event));
  history_.apply(event);
  tables_.add(event, history_);
}

}  // namespace tern::loop
