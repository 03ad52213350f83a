#include "loop/propose/trials.h"

#include <gtest/gtest.h>

#include "loop/propose/described_test_util.h"
#include "loop/propose/refuse_recipe.h"

namespace tern::loop {
namespace {

RecipeDescription three_knobs() {
  return {.knobs = {made_up_knob("lr", "float", "1e-3", {"1e-3", "2e-3", "4e-3"}),
                    made_up_knob("bits", "int", "16", {"8", "16"}),
                    made_up_knob("clip", "float", "1", {"0.8", "1"}, {beside("bits", {"8"})})}};
}

/// One experiment after another, each based on the incumbent.
class Story {
 public:
  Story() { add("baseline", "1e-3", "baseline", {}); }

  void add(const char* proposer, const char* lr, const char* status, std::optional<double> gain,
           const char* bits = "16", const char* clip = "1") {
    const Experiment* base = history.incumbent();
    const int64_t number = history.next_number();
    history.apply(Json(Json::Object{
        {"event", "planned"},
        {"experiment", number},
        {"base", base == nullptr ? int64_t{0} : base->number},
        {"proposer", proposer},
        {"knobs", Json::Object{{"lr", lr}, {"bits", bits}, {"clip", clip}, {"steps", "0"}}},
    }));
    Json::Object end = {{"event", "ended"}, {"experiment", number}, {"status", status}};
    if (gain) end.emplace_back("gain", *gain);
    history.apply(Json(std::move(end)));
  }

  History history;
  SearchSpace space{three_knobs(), made_up_recipe()};

  bool tried(const Changes& changes) const {
    return tried_keys(history, space).contains(values_key(*space.after(changes)));
  }
};

TEST(Trials, TellWhatEachExperimentChangedAndWonOverTheBaseline) {
  Story story;
  story.add("builtin", "2e-3", "keep", 0.1);
  story.add("builtin", "4e-3", "discard", -0.02);
  const std::vector<Trial> trials = trials_of(story.history, story.space);
  ASSERT_EQ(trials.size(), 3u);
  EXPECT_EQ(*trials[0].level, 0);
  EXPECT_NEAR(*trials[1].level, 0.1, 1e-12);
  EXPECT_NEAR(*trials[2].level, 0.08, 1e-12);
  ASSERT_EQ(trials[2].changes.size(), 1u);
  EXPECT_EQ(trials[2].changes[0].value, "4e-3");
}

TEST(Trials, ACrashHasNoLevelAndWhatWasRefusedIsNoTrial) {
  Story story;
  story.add("builtin", "2e-3", "crash", {});
  story.add("builtin", "4e-3", "rejected", {});
  const std::vector<Trial> trials = trials_of(story.history, story.space);
  ASSERT_EQ(trials.size(), 2u);
  EXPECT_FALSE(trials[1].level);
}

TEST(TriedKeys, HoldTheRecipesOfTheIncumbentsCodeRefusedOnesIncluded) {
  Story story;
  story.add("builtin", "0.002", "rejected", {});
  EXPECT_TRUE(story.tried({{0, "2e-3"}}));
  EXPECT_FALSE(story.tried({{0, "4e-3"}}));
}

TEST(TriedKeys, TheSameKnobsInARewrittenProgramAreAnotherTry) {
  Story story;
  story.add("builtin", "2e-3", "discard", -0.1);
  story.add("agent", "1e-3", "keep", 0.1);
  EXPECT_FALSE(story.tried({{0, "2e-3"}}));
  EXPECT_TRUE(story.tried({}));
}

TEST(TriedKeys, KnobsWithoutEffectMakeNoOtherRecipe) {
  Story story;
  story.add("builtin", "1e-3", "discard", -0.1, "8", "0.8");
  story.add("builtin", "2e-3", "discard", -0.1, "16", "0.8");
  EXPECT_TRUE(story.tried({{0, "2e-3"}}));
  EXPECT_TRUE(story.tried({{1, "8"}, {2, "0.8"}}));
  EXPECT_FALSE(story.tried({{1, "8"}}));
}

TEST(Trials, TellWhichKnobsHadAnEffect) {
  Story story;
  story.add("builtin", "1e-3", "discard", -0.1, "8", "0.8");
  const std::vector<Trial> trials = trials_of(story.history, story.space);
  EXPECT_FALSE(trials[0].acts[2]);
  EXPECT_TRUE(trials[1].acts[2]);
}

}  // namespace
}  // namespace tern::loop
