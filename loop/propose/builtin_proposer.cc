#include "loop/propose/builtin_proposer.h"

#include <algorithm>
#include <cmath>

#include "loop/propose/knob_moves.h"
#include "loop/propose/llm_proposer.h"
#include "loop/propose/mixed_proposer.h"
#include "loop/propose/parzen.h"
#include "loop/propose/priorities.h"
#include "loop/propose/proposers.h"
#include "loop/propose/trials.h"
#include "tern/base/error.h"
#include "tern/base/file.h"

namespace tern::loop {
namespace {

// The first phase looks at each knob about once; most gains of a first day are found there.
constexpr const char* kPriority = "priority";
constexpr double kPriorityTries = 1.5;  // times the number of knobs
constexpr int kParzenCandidates = 24;   // as in Bergstra et al. 2011
constexpr double kNearMiss = -1;  // gain in sigmas of a dropped change that is worth combining

/// A proposal in the making.
struct Idea {
  Changes changes;  // empty: nothing new came of it
  std::string family;
  std::string expectation;
};

class Search {
 public:
  explicit Search(const Situation& situation)
      : situation_(situation), moves_(situation), trials_(trials_of(situation.history, space())) {}

  Idea idea() {
    if (Idea first = priority(); !first.changes.empty()) return first;
    using Family = Idea (Search::*)();
    std::vector<Family> order = {&Search::parzen, &Search::neighbour, &Search::pair_nearby,
                                 &Search::far_away};
    switch (situation_.number % 5) {
      case 0:  // one in five
        order.insert(order.begin(), {&Search::ablation, &Search::combination});
        if (situation_.number % 10 == 0) std::swap(order[0], order[1]);
        break;
      case 2:
      case 4:
        std::swap(order[0], order[1]);
        break;
    }
    for (const Family family : order) {
      if (Idea idea = (this->*family)(); !idea.changes.empty()) return idea;
    }
    return {};
  }

  const SearchSpace& space() const { return moves_.space(); }

 private:
  Idea priority();
  Idea parzen();
  Idea neighbour();
  Idea ablation();
  Idea combination();
  Idea pair_nearby();
  Idea far_away();

  const std::vector<Knob>& knobs() const { return space().knobs(); }
  struct Seen;
  Seen seen_by_priority() const;
  /// All knobs, those of program.md's list first, and how many these are.
  std::pair<std::vector<size_t>, size_t> knobs_by_priority() const;
  Parzen estimator() const;
  Change draw_good_value(const Parzen& estimator, size_t knob);

  const Situation& situation_;
  KnobMoves moves_;
  std::vector<Trial> trials_;
};

/// The other values of a knob, the nearest of the list first, upwards before downwards.
std::vector<std::string> nearest_values(const Knob& knob) {
  std::vector<std::string> values;
  for (size_t step = 1; step < knob.values.size(); ++step) {
    if (knob.current + step < knob.values.size())
      values.push_back(knob.values[knob.current + step]);
    if (knob.current >= step) values.push_back(knob.values[knob.current - step]);
  }
  return values;
}

std::pair<std::vector<size_t>, size_t> Search::knobs_by_priority() const {
  std::vector<size_t> order;
  const std::filesystem::path program = situation_.lab.root() / "program.md";
  if (std::filesystem::exists(program)) {
    for (const std::string& name : priorities_of(read_file(program))) {
      if (const std::optional<size_t> knob = space().find(name)) order.push_back(*knob);
    }
  }
  const size_t listed = order.size();
  for (size_t i = 0; i < knobs().size(); ++i) {
    if (std::ranges::find(order, i) == order.end()) order.push_back(i);
  }
  return {order, listed};
}

/// What the first phase has seen of each knob.
struct Search::Seen {
  std::vector<std::vector<std::string>> values;  // that were tried in it or that incumbents had
  std::vector<int> tries;
  int all_tries = 0;
};

Search::Seen Search::seen_by_priority() const {
  Seen seen;
  seen.values.resize(knobs().size());
  seen.tries.resize(knobs().size());
  for (const Trial& trial : trials_) {
    const Status status = trial.experiment->status;
    for (size_t i = 0; i < knobs().size(); ++i) {
      const bool stood = status == Status::kBaseline || status == Status::kKeep;
      if (stood && trial.values[i]) seen.values[i].push_back(*trial.values[i]);
    }
    if (trial.experiment->family != kPriority) continue;
    ++seen.all_tries;
    for (const auto& [knob, value] : trial.changes) {
      seen.values[knob].push_back(value);
      ++seen.tries[knob];
    }
  }
  return seen;
}

/// When the n-th value of a knob is tried: two of each knob of program.md's list, then one of each
/// other, then again one of each.
int round_of(int n, bool listed) {
  if (!listed) return n + 2;
  return n < 2 ? n : n + 1;
}

Idea Search::priority() {
  const Seen seen = seen_by_priority();
  if (seen.all_tries >= kPriorityTries * static_cast<double>(knobs().size())) return {};
  struct Choice {
    int round;
    bool listed;
    Changes changes;
  };
  std::vector<Choice> choices;
  const auto [order, listed] = knobs_by_priority();
  for (size_t place = 0; place < order.size(); ++place) {
    const size_t knob = order[place];
    int n = seen.tries[knob];
    for (const std::string& value : nearest_values(knobs()[knob])) {
      if (holds_value(seen.values[knob], value)) continue;
      choices.push_back({round_of(n++, place < listed), place < listed, {{knob, value}}});
    }
  }
  std::ranges::stable_sort(choices, {}, &Choice::round);
  for (const Choice& choice : choices) {
    if (moves_.first_new({choice.changes}).empty()) continue;
    return {choice.changes, kPriority,
            choice.listed ? "next in program.md's order" : "a knob that was hardly looked at yet"};
  }
  return {};
}

Parzen Search::estimator() const {
  std::vector<ParzenDimension> dimensions;
  for (const Knob& knob : knobs()) dimensions.push_back({knob.values.size(), knob.numeric});
  std::vector<Observation> observations;
  for (const Trial& trial : trials_) {
    Observation& seen = observations.emplace_back();
    seen.score = trial.level;
    for (size_t i = 0; i < knobs().size(); ++i) {
      const auto& value = trial.values[i];
      const bool told = value && trial.acts[i];  // a value without effect tells nothing
      seen.places.push_back(told ? knobs()[i].position_of(*value) : std::nullopt);
    }
  }
  return {std::move(dimensions), std::move(observations)};
}

/// A value of a knob, drawn from the density of what went well; also one between listed values.
Change Search::draw_good_value(const Parzen& estimator, size_t knob) {
  std::vector<std::string> values = nearest_values(knobs()[knob]);
  for (const std::string& middle : knobs()[knob].midpoints()) values.push_back(middle);
  std::vector<double> sums;
  double sum = 0;
  for (const std::string& value : values) {
    sums.push_back(sum += estimator.density_of_good(knob, *knobs()[knob].position_of(value)));
  }
  const auto chosen = std::ranges::upper_bound(sums, moves_.rng().uniform() * sum) - sums.begin();
  return {knob, values[std::min(static_cast<size_t>(chosen), values.size() - 1)]};
}

Idea Search::parzen() {
  const Parzen estimator = this->estimator();
  const auto ratio_of_current = [&](size_t knob) {
    return estimator.log_ratio(knob, static_cast<double>(knobs()[knob].current));
  };
  double of_incumbent = 0;
  for (size_t knob = 0; knob < knobs().size(); ++knob) of_incumbent += ratio_of_current(knob);

  struct Candidate {
    double log_ratio;
    Changes changes;
  };
  std::vector<Candidate> candidates;
  for (int i = 0; i < kParzenCandidates; ++i) {
    Candidate& candidate = candidates.emplace_back(Candidate{of_incumbent, {}});
    for (const size_t knob : moves_.some_knobs(1 + moves_.rng().below(2))) {
      const Change change = draw_good_value(estimator, knob);
      candidate.log_ratio += estimator.log_ratio(knob, *knobs()[knob].position_of(change.value)) -
                             ratio_of_current(knob);
      candidate.changes.push_back(change);
    }
  }
  std::ranges::stable_sort(candidates, std::greater{}, &Candidate::log_ratio);
  for (const auto& [log_ratio, changes] : candidates) {
    if (moves_.first_new({changes}).empty()) continue;
    return {changes, "tpe",
            fmt::format("TPE: expected improvement {:.1f} times that of a random try, the best of "
                        "{} candidates",
                        Parzen::expected_improvement(log_ratio), kParzenCandidates)};
  }
  return {};
}

Idea Search::neighbour() {
  std::vector<Changes> near, far;
  for (size_t knob = 0; knob < knobs().size(); ++knob) {
    const std::vector<std::string> values = nearest_values(knobs()[knob]);
    for (size_t i = 0; i < values.size(); ++i) {
      (i < 2 || !knobs()[knob].numeric ? near : far).push_back({{knob, values[i]}});
    }
  }
  moves_.shuffle(near);
  moves_.shuffle(far);
  near.insert(near.end(), far.begin(), far.end());
  return {moves_.first_new(near), "neighbour", "one knob away from the best recipe so far"};
}

Idea Search::ablation() {
  std::vector<Idea> ideas;
  for (const Trial& trial : trials_) {
    if (trial.experiment->status != Status::kKeep) continue;
    Idea idea{{},
              "ablation",
              fmt::format("whether what {:04} brought is still needed", trial.experiment->number)};
    const Trial* base = nullptr;
    for (const Trial& other : trials_) {
      if (other.experiment->number == trial.experiment->base) base = &other;
    }
    for (const auto& [knob, value] : trial.changes) {
      if (base != nullptr && same_value(value, knobs()[knob].value())) {
        idea.changes.push_back({knob, *base->values[knob]});
      }
    }
    ideas.push_back(std::move(idea));
  }
  moves_.shuffle(ideas);
  for (Idea& idea : ideas) {
    if (!moves_.first_new({idea.changes}).empty()) return std::move(idea);
  }
  return {};
}

Idea Search::combination() {
  std::vector<const Trial*> misses;
  for (const Trial& trial : trials_) {
    const Experiment& e = *trial.experiment;
    if (e.status == Status::kDiscard && e.gain && *e.gain > kNearMiss * situation_.sigma &&
        trial.changes.size() == 1 &&
        !same_value(trial.changes[0].value, knobs()[trial.changes[0].knob].value())) {
      misses.push_back(&trial);
    }
  }
  const auto gain = [](const Trial* trial) { return *trial->experiment->gain; };
  std::ranges::stable_sort(misses, std::greater{}, gain);
  for (size_t second = 1; second < misses.size(); ++second) {
    for (size_t first = 0; first < second; ++first) {
      const Changes both = {misses[first]->changes[0], misses[second]->changes[0]};
      if (both[0].knob == both[1].knob || moves_.first_new({both}).empty()) continue;
      return {both, "combination",
              fmt::format("combines the near misses {:04} and {:04}",
                          misses[first]->experiment->number, misses[second]->experiment->number)};
    }
  }
  return {};
}

Idea Search::pair_nearby() {
  std::vector<Changes> all;
  for (size_t a = 0; a < knobs().size(); ++a) {
    for (const std::string& first : nearest_values(knobs()[a])) {
      all.push_back({{a, first}});
      for (size_t b = a + 1; b < knobs().size(); ++b) {
        for (const std::string& second : nearest_values(knobs()[b])) {
          all.push_back({{a, first}, {b, second}});
        }
      }
    }
  }
  moves_.shuffle(all);
  return {moves_.first_new(all), "pair", "one of the last untried recipes two knobs away"};
}

Idea Search::far_away() {
  for (const size_t count : {size_t{3}, size_t{4}, knobs().size()}) {
    if (Changes changes = moves_.draw(count); !changes.empty()) {
      return {std::move(changes), "random", "all that is nearer to the best recipe was tried"};
    }
  }
  return {};
}

/// A share of its proposals is a language model's where lab.toml or --mix says so.
std::unique_ptr<Proposer> make_builtin(const Lab& lab, const ProposerOptions& options) {
  const LlmConfig& model = lab.config().llm;
  auto builtin = std::make_unique<BuiltinProposer>();
  const double mix = options.mix < 0 ? model.mix : options.mix;
  check(mix <= 1, "--mix must be at most 1, found {}", mix);
  if (mix == 0) return builtin;
  return std::make_unique<MixedProposer>(
      std::move(builtin), make_llm_proposer(model, options, /*shows_search=*/true), mix);
}

const Register<ProposerKind> registration(proposers(), "builtin", {make_builtin, /*mixes=*/true},
                                          "other values for the recipe's knobs, without a "
                                          "language model",
                                          "");

}  // namespace

Proposal BuiltinProposer::propose(const Situation& situation) {
  Proposal proposal;
  proposal.proposer = "builtin";
  try {
    Search search(situation);
    const Idea idea = search.idea();
    check(!idea.changes.empty(),
          "every recipe that the values to try allow has been tried; describe knobs of your own in "
          "train.cpp, or let an agent propose");
    const RecipeDescription after = *search.space().after(idea.changes);
    proposal.source = search.space().source(after);
    proposal.description = search.space().describe(after);
    proposal.intended = search.space().changed(after);
    proposal.expectation = idea.expectation;
    proposal.family = idea.family;
  } catch (const Error& error) {
    proposal.refusal = error.what();
  }
  return proposal;
}

}  // namespace tern::loop
