#include "loop/research/session.h"

#include <cstdlib>
#include <ctime>

#include "loop/propose/builtin_proposer.h"
#include "loop/propose/proposers.h"
#include "tern/base/error.h"
#include "tern/base/home.h"
#include "tern/runner/sandbox_choice.h"

namespace tern::loop {
namespace fs = std::filesystem;
namespace {

/// A tag of its own for a new line of research: today's, as "nov22".
std::string todays_tag() {
  const std::time_t now = std::time(nullptr);
  std::tm day{};
  ::localtime_r(&now, &day);
  char text[16];
  std::strftime(text, sizeof text, "%b%d", &day);
  text[0] = static_cast<char>(text[0] - 'A' + 'a');
  return text;
}

std::string tag_of(const History& history, const std::string& asked) {
  if (history.tag().empty()) return asked.empty() ? todays_tag() : asked;
  check(asked.empty() || asked == history.tag(),
        "this lab's research is on the branch tern/{}; leave --tag out to go on with it, or make "
        "another lab for another line",
        history.tag());
  return history.tag();
}

fs::path home_of(const SessionOptions& options) {
  return options.home.empty() ? tern_home() : options.home;
}

fs::path evaluator_of(const SessionOptions& options) {
  return options.evaluator.empty() ? fs::read_symlink("/proc/self/exe") : options.evaluator;
}

/// Whether somebody asked to stop at once.
std::function<bool()> now(const SessionOptions& options) {
  return [stops = options.bounds.stops] { return stops && stops() > 1; };
}

}  // namespace

Session::Session(const Lab& lab, const SessionOptions& options)
    : lab_(lab),
      lock_(lab),
      display_(lab, options.out),
      journal_(lab),
      branch_(lab, tag_of(journal_.history(), options.tag),
              [this](std::string_view line) { display_.line(line); }),
      guard_(lab, home_of(options), evaluator_of(options)),
      bench_(lab, {.home = home_of(options),
                   .evaluator = evaluator_of(options),
                   .sandbox =
                       choose_sandbox(true, [this](std::string_view line) { display_.line(line); }),
                   .interrupted = [stops = options.bounds.stops] { return stops && stops() > 1; },
                   .show =
                       [this, stops = options.bounds.stops](const BenchView& view) {
                         if (stops && stops() == 1) display_.say_stopping();
                         display_.show(view, journal_.history());
                       }}),
      proposer_(make_proposer(lab, {.name = options.proposer,
                                    .mix = options.mix,
                                    .home = home_of(options),
                                    .interrupted = now(options)})),
      fallback_(std::make_unique<BuiltinProposer>()),
      policy_(make_policy(options.policy.empty() ? lab.config().research.policy : options.policy,
                          lab.config().research.repeats)) {
  research_ = std::make_unique<Research>(ResearchParts{.lab = lab_,
                                                       .journal = journal_,
                                                       .branch = branch_,
                                                       .bench = bench_,
                                                       .guard = guard_,
                                                       .proposer = *proposer_,
                                                       .fallback = *fallback_,
                                                       .policy = *policy_},
                                         options.bounds,
                                         [this](std::string_view line) { display_.line(line); });
}

}  // namespace tern::loop
