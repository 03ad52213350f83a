#include "loop/record/journal.h"

namespace tern {

Journal::Journal(const Lab& lab) : Journal(lab, read_ledger(lab.ledger())) {}

Journal::Journal(const Lab& lab, const std::vector<Json>& events)
    : ledger_(lab.ledger()), history_(events), tables_(lab, events) {}

void Journal::record(const Json& event) {
  ledger_.append(event);
  history_.apply(event);
  const std::string& kind = event.at("event").as_string();
  if (kind != "ran" && kind != "ended") return;
  const Experiment& experiment = history_.at(event.at("experiment").as_int());
  if (kind == "ran") tables_.ran(experiment, event);
  if (kind == "ended") tables_.ended(experiment);
}

}  // namespace tern
