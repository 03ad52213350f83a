#include "loop/propose/builtin_proposer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "loop/propose/random_proposer.h"
#include "tern/base/file.h"
#include "tern/base/temporary_folder.h"
#include "tests/simulated_recipe.h"

namespace tern::loop {
namespace {

using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class BuiltinProposerTest : public testing::Test {
 protected:
  BuiltinProposerTest() {
    write_file_atomically(folder_ / "lab.toml", "version = 1\n");
    write_file_atomically(folder_ / "program.md",
                          "## What to explore, in this order\n\n"
                          "1. **Warm-up.** `lambda_warmup`.\n2. **Rate.** `lr`, `nonsense`.\n");
  }

  SimulatedLab lab(uint64_t seed = 1, double sigma = 0.001) {
    return {simulated_landscape(seed, sigma), kSimulatedRecipe, 3, folder_.path()};
  }
  /// Descriptions of the next experiments when none of them is kept.
  std::vector<std::string> descriptions(int count) {
    auto flat = simulated_landscape(1, 0.001);
    flat.level = [](const Proposal&, int64_t number, double) { return number == 1 ? 0.0 : 0.1; };
    SimulatedLab lab(flat, kSimulatedRecipe, 3, folder_.path());
    for (int i = 0; i < count; ++i) lab.experiment(proposer, *policy);
    std::vector<std::string> descriptions;
    for (const Experiment& e : lab.history().experiments()) descriptions.push_back(e.description);
    descriptions.erase(descriptions.begin());
    return descriptions;
  }

  BuiltinProposer proposer;
  const std::unique_ptr<Policy> policy = make_policy("confirm", 3);

 private:
  TemporaryFolder folder_;
};

TEST_F(BuiltinProposerTest, BeginsWithThePrioritiesOneKnobAtATimeNearestValuesFirst) {
  EXPECT_THAT(descriptions(6), ElementsAre("lambda_warmup: 0.2 -> 0.3", "lr: 3e-4 -> 5e-4",
                                           "lambda_warmup: 0.2 -> 0.1", "lr: 3e-4 -> 2e-4",
                                           "batch_size: 8 -> 16", "lr_schedule: cosine -> linear"));
}

TEST_F(BuiltinProposerTest, GoesOnFromWhatWasKept) {
  auto rising = simulated_landscape(1, 0.001);
  rising.level = [](const Proposal& proposal, int64_t, double) {
    return proposal.source.find("lambda_warmup = 0.3;") == std::string::npos ? 0.5 : 0.0;
  };
  SimulatedLab lab(rising, kSimulatedRecipe, 3);
  std::vector<std::string> after;
  while (lab.experiment(proposer, *policy) && after.size() < 3) {
    if (lab.incumbent_level() == 0) after.push_back(lab.history().experiments().back().description);
  }
  EXPECT_EQ(after.at(0), "lambda_warmup: 0.2 -> 0.3");
  EXPECT_NE(lab.source().find("lambda_warmup = 0.3;"), std::string::npos);
}

TEST_F(BuiltinProposerTest, NothingIsEverTriedTwice) {
  SimulatedLab lab = this->lab();
  for (int i = 0; i < 300; ++i) ASSERT_TRUE(lab.experiment(proposer, *policy)) << i;
  std::set<std::string> programs;
  for (const Experiment& e : lab.history().experiments()) {
    EXPECT_TRUE(programs.insert(e.program).second) << e.number << ": " << e.description;
  }
}

TEST_F(BuiltinProposerTest, ChangesOneOrTwoLinesWhileSuchRecipesAreLeft) {
  SimulatedLab lab = this->lab(1, 0.02);
  for (int i = 0; i < 100; ++i) lab.experiment(proposer, *policy);
  std::set<std::string> families;
  for (const Experiment& e : lab.history().experiments()) {
    families.insert(e.family);
    EXPECT_LE(std::ranges::count(e.description, ':'), 2) << e.description;
  }
  for (const char* family : {"priority", "tpe", "neighbour", "ablation", "combination"}) {
    EXPECT_TRUE(families.contains(family)) << family;
  }
}

TEST_F(BuiltinProposerTest, TheSameHistoryGivesTheSameProposal) {
  SimulatedLab one = lab(), two = lab();
  for (int i = 0; i < 40; ++i) {
    one.experiment(proposer, *policy);
    BuiltinProposer another;
    two.experiment(another, *policy);
  }
  EXPECT_EQ(one.history().experiments().back().description,
            two.history().experiments().back().description);
}

TEST_F(BuiltinProposerTest, ASmallSpaceIsTriedToItsEndAndThenRefused) {
  auto flat = simulated_landscape(1, 0.001);
  flat.level = [](const Proposal&, int64_t number, double) { return number == 1 ? 0.0 : 0.1; };
  flat.describe = describes({made_up_knob("a", "bool", "true", {"true", "false"}),
                             made_up_knob("b", "int", "1", {"1", "2", "3"})});
  SimulatedLab lab(flat, made_up_recipe());
  int tried = 1;
  while (lab.experiment(proposer, *policy)) ++tried;
  EXPECT_EQ(tried, 6);
}

TEST_F(BuiltinProposerTest, ARecipeWithoutValuesToTryIsRefusedWithTheRemedy) {
  auto flat = simulated_landscape(1, 0.001);
  flat.level = [](const Proposal&, int64_t, double) { return 0.0; };
  const RecipeDescription recipe{.knobs = {made_up_knob("b", "int", "1")}};
  flat.describe = describes(recipe.knobs);
  SimulatedLab lab(flat, made_up_recipe());
  const Lab none;
  const Proposal proposal =
      proposer.propose({none, lab.history(), made_up_recipe(), recipe, 0.01, 2});
  EXPECT_THAT(proposal.refusal, HasSubstr("where train.cpp describes its own knobs"));
}

/// A recipe with a knob that acts beside another's value alone, and a length.
std::vector<KnobDescription> needy_knobs() {
  std::vector<KnobDescription> knobs = {
      made_up_knob("schedule", "std::string", "cosine", {"cosine", "wsd"}),
      made_up_knob("decay", "double", "0.3", {"0.02", "0.3", "40", "60"},
                   {beside("schedule", {"wsd"})}),
      made_up_knob("batch_size", "int", "8", {"8", "16"})};
  knobs[1].length = true;
  return knobs;
}

TEST_F(BuiltinProposerTest, OnlyProposesKnobsThatActAndSaysWhatItIntends) {
  auto rising = simulated_landscape(1, 0.001);
  rising.describe = describes(needy_knobs());
  rising.level = [](const Proposal& proposal, int64_t number, double) {
    const RecipeDescription recipe = made_up_description(needy_knobs(), proposal.source);
    for (const KnobDescription& knob : recipe.knobs) {
      EXPECT_TRUE(knob.acts || knob.value == knob.standard) << proposal.description;
    }
    for (const auto& [name, value] : proposal.intended) {
      EXPECT_TRUE(same_value(recipe.find(name)->value, value)) << proposal.description;
    }
    EXPECT_EQ(proposal.intended.empty(), number == 1);
    return recipe.find("schedule")->value == "wsd" && number > 4 ? 0.0 : 0.5;
  };
  SimulatedLab lab(rising, made_up_recipe());
  std::set<std::string> descriptions;
  while (lab.experiment(proposer, *policy)) {
    descriptions.insert(lab.history().experiments().back().description);
  }
  EXPECT_TRUE(descriptions.contains("schedule: cosine -> wsd, decay: 0.3 -> 0.02"));
  EXPECT_EQ(lab.history().next_number() - 1, 6) << "all recipes that differ: 2 batches x 3 ends";
}

TEST_F(BuiltinProposerTest, OffersNoLengthBeyondWhatTheIncumbentsRunsTook) {
  for (const bool random : {false, true}) {
    std::set<std::string> ends;
    auto flat = simulated_landscape(1, 0.001);
    flat.describe = describes(needy_knobs());
    flat.level = [&](const Proposal& proposal, int64_t number, double) {
      const RecipeDescription recipe = made_up_description(needy_knobs(), proposal.source);
      ends.insert(recipe.find("decay")->value);
      return number == 1 ? 0.0 : 0.1;
    };
    flat.steps = 50;
    SimulatedLab lab(flat, made_up_recipe());
    RandomProposer other;
    while (lab.experiment(random ? static_cast<Proposer&>(other) : proposer, *policy)) {
    }
    EXPECT_THAT(ends, ElementsAre("0.02", "0.3", "40"));
  }
}

TEST_F(BuiltinProposerTest, FindsABetterRecipeThanRandomSearchOnTheSameBudget) {
  double builtin_sum = 0, random_sum = 0;
  int wins = 0;
  for (uint64_t seed = 1; seed <= 12; ++seed) {
    SimulatedLab a = lab(seed, 0.005), b = lab(seed, 0.005);
    RandomProposer random;
    while (a.runs() < 100) a.experiment(proposer, *policy);
    while (b.runs() < 100) b.experiment(random, *policy);
    builtin_sum += a.incumbent_level();
    random_sum += b.incumbent_level();
    wins += a.incumbent_level() < b.incumbent_level();
  }
  EXPECT_LT(builtin_sum, random_sum);
  EXPECT_GE(wins, 11);
}

}  // namespace
}  // namespace tern::loop
