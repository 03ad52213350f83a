#include "loop/research/proposals.h"

#include <algorithm>
#include <utility>

#include "loop/boundary/kept_files.h"
#include "loop/propose/refuse_change.h"
#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/base/printable.h"
#include "tern/base/secrets.h"

namespace tern::loop {
namespace {

constexpr int64_t kPatience = 3;      // refusals in a row before the fallback steps in
constexpr int64_t kMostBetween = 16;  // experiments of the fallback before the next try

/// True when it is the fallback's turn: after three refusals of the proposer in a row, first for
/// one experiment, then for twice as many as the time before, so that neither a night nor the
/// ledger is filled with the failures of a proposer that is down.
bool fallback_is_due(const History& history) {
  int64_t between = 0, refusals = 0;
  const auto& all = history.experiments();
  for (auto e = all.rbegin(); e != all.rend() && e->base != 0; ++e) {
    if (e->proposer == "builtin") {
      if (refusals == 0) ++between;
    } else if (e->status == Status::kRejected) {
      ++refusals;
    } else {
      break;
    }
  }
  if (refusals < kPatience) return false;
  return between < std::min(kMostBetween, int64_t{1} << std::min<int64_t>(refusals - kPatience, 6));
}

/// A proposal as git, the ledger and the console may have it. One that carries a piece of a key is
/// refused, and its text is not kept.
void make_fit(Proposal& proposal) {
  const Secrets secrets = Secrets::of_environment();
  if (secrets.are_in(proposal.source + proposal.description + proposal.expectation)) {
    proposal.refusal = "it holds a piece of a key of yours, so that it is neither run nor kept";
    proposal.source.clear();
  }
  for (std::string* text : {&proposal.description, &proposal.expectation, &proposal.refusal}) {
    *text = secrets.redact(printable(*text));
  }
}

}  // namespace

void Proposals::look_for_own_edit(const std::string& tip) {
  const std::filesystem::path recipe = context_.lab.recipe();
  if (!std::filesystem::exists(recipe)) return;
  const std::string found = read_file(recipe);
  const bool measured = context_.history().incumbent() != nullptr;
  const RecipeDescription known = measured ? recipes_.incumbent() : RecipeDescription();
  if (!refuse_change(found, context_.branch.recipe_at(tip), known, context_.history()).empty())
    return;
  own_ = {.source = found,
          .description = "train.cpp as found in the lab",
          .expectation = "a person's own edit",
          .proposer = "person",
          .family = "person",
          .intended = {},
          .refusal = "",
          .usage = {}};
  context_.say("train.cpp was edited since: the edit is tried first");
}

std::optional<Proposal> Proposals::next() {
  const Situation situation{.lab = context_.lab,
                            .history = context_.history(),
                            .source = context_.branch.recipe_at(context_.history().tip()),
                            .recipe = recipes_.incumbent(),
                            .sigma = context_.sigma(),
                            .number = context_.history().next_number()};
  Proposal proposal = own_ ? *std::exchange(own_, std::nullopt) : propose(situation);
  if (context_.stopped()) return std::nullopt;
  if (proposal.refusal.empty()) {
    proposal.refusal =
        refuse_change(proposal.source, situation.source, situation.recipe, context_.history());
  }
  make_fit(proposal);
  return proposal;
}

Proposal Proposals::propose(const Situation& situation) {
  if (fallback_is_due(context_.history())) {
    context_.say("the proposer failed several times in a row: the builtin one steps in");
    return context_.fallback.propose(situation);
  }
  if (context_.proposer.asks_outside()) {
    context_.say(fmt::format("{:04} asking for a proposal ...", situation.number));
  }
  const KeptFiles kept(context_.lab);
  const std::string before = context_.branch.repository().fingerprint();
  Proposal proposal = context_.proposer.propose(situation);
  if (put_back_refs(before)) {
    proposal.refusal = "it moved branches or refs of the lab's repository, which were put back";
  }
  if (const std::string meddled = kept.changed(); !meddled.empty()) {
    proposal.refusal = "while a change was proposed, " + meddled;
  }
  const std::string changed = context_.guard.changed();
  check(changed.empty(), "while a change was proposed, {}; mend it, and start again", changed);
  return proposal;
}

bool Proposals::put_back_refs(const std::string& fingerprint) const {
  const Repository& repository = context_.branch.repository();
  if (repository.fingerprint() == fingerprint) return false;
  for (const Experiment& e : context_.history().experiments()) {
    if (!e.commit.empty()) repository.set_ref(experiment_ref(e.number), e.commit);
  }
  repository.set_ref("refs/heads/" + context_.branch.name(), context_.history().tip());
  check(repository.fingerprint() == fingerprint,
        "the proposer changed the lab's git repository ({}): look at its refs, hooks and config "
        "before you start again; nothing that was proposed is taken",
        (context_.lab.root() / ".git").string());
  return true;
}

}  // namespace tern::loop
