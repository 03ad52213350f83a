#include "loop/propose/random_proposer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/simulated_recipe.h"

namespace tern::loop {
namespace {

TEST(RandomProposer, StaysOneOrTwoKnobsFromTheBaselineWhateverWasKept) {
  SimulatedLab lab(simulated_landscape(1, 0.001), kSimulatedRecipe);
  RandomProposer proposer;
  const std::unique_ptr<Policy> policy = make_policy("greedy", 1);
  for (int i = 0; i < 60; ++i) ASSERT_TRUE(lab.experiment(proposer, *policy));
  ASSERT_GT(lab.history().incumbent()->number, 1) << "something was kept";
  const auto& baseline = lab.history().at(1).knobs;
  std::set<std::string> programs;
  for (const Experiment& e : lab.history().experiments()) {
    EXPECT_TRUE(programs.insert(e.program).second) << e.description;
    int differences = 0;
    for (size_t i = 0; i < baseline.size(); ++i) differences += e.knobs[i] != baseline[i];
    EXPECT_LE(differences, 2);
  }
}

}  // namespace
}  // namespace tern::loop
