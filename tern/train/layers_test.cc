#include "tern/train/layers.h"

#include <gtest/gtest.h>

#include <sstream>

#include "tern/base/file.h"
#include "tern/base/temporary_folder.h"
#include "tern/model/model_test_util.h"

namespace tern {
namespace {

class Layers : public ::testing::Test {
 protected:
  Layers() { model_.replace_linears<TestBitLinear>(Grouping{32}); }

  std::filesystem::path path() const { return folder_ / "layers.tsv"; }
  /// The columns of the row of this step and layer; empty without one.
  std::vector<std::string> row(int64_t step, const std::string& layer) const {
    std::istringstream rows(read_file(path()));
    for (std::string line; std::getline(rows, line);) {
      std::vector<std::string> columns;
      for (int i = 0; i < 8; ++i) columns.emplace_back(RunTable::field(line, i));
      if (columns[0] == std::to_string(step) && columns[1] == layer) return columns;
    }
    return {};
  }
  std::string flip_rate(int64_t step, const std::string& layer) const {
    const auto columns = row(step, layer);
    return columns.empty() ? "no row" : columns[5];
  }

  Llama model_ = random_model(tiny_config());
  const std::string first_ = model_.linears()[0].name, second_ = model_.linears()[1].name;
  TemporaryFolder folder_;
};

TEST_F(Layers, EveryTernaryLayerHasARowWithTheSharesOfItsCodes) {
  const CodeCounts all = LayersFile(path(), -1).append(7, model_);
  CodeCounts sum;
  for (const Llama::Linear& linear : model_.linears()) {
    const CodeCounts counts = count_codes(*linear.layer->pack());
    sum += counts;
    const auto columns = row(7, linear.name);
    ASSERT_FALSE(columns.empty()) << linear.name;
    for (int i = 0; i < 3; ++i) EXPECT_NEAR(std::stod(columns[2 + i]), counts.shares()[i], 1e-4);
  }
  EXPECT_EQ(all.shares(), sum.shares());
  EXPECT_EQ(all.total(), sum.total());
}

/// All codes of the first layer's first row change sign; those that are 0 stay.
TEST_F(Layers, TheFlipRateIsTheShareOfCodesThatChangedSinceTheEvaluationBefore) {
  LayersFile file(path(), -1);
  file.append(10, model_);
  const Llama::Linear& linear = model_.linears()[0];
  const PackedTernary before = *linear.layer->pack();
  int64_t moved = 0;
  float* weights = model_.parameters().at(first_).data<float>();
  for (int64_t i = 0; i < linear.I; ++i) {
    moved += before.code(0, i) != 0;
    weights[i] = -weights[i];
  }
  ASSERT_GT(moved, 0);
  file.append(20, model_);
  file.append(30, model_);
  EXPECT_EQ(flip_rate(10, first_), "");
  EXPECT_NEAR(std::stod(flip_rate(20, first_)),
              static_cast<double>(moved) / static_cast<double>(linear.O * linear.I), 1e-6);
  EXPECT_EQ(flip_rate(20, second_), "0");
  EXPECT_EQ(flip_rate(30, first_), "0");
}

TEST_F(Layers, ALayerThatIsNotTernaryHasNone) {
  const Llama dense = random_model(tiny_config());
  EXPECT_EQ(LayersFile(path(), -1).append(1, dense).total(), 0);
  EXPECT_TRUE(row(1, first_).empty());
}

/// A run that looks at steps 10, 20 and 30 while its weights move, saved at step 20.
class ResumedLayers : public Layers {
 protected:
  void move_weights(float by) {
    for (float& w : model_.parameters().at(first_).values<float>()) w = 1.5f * w + by;
  }
  /// The looks at 10 and 20, kept as with a checkpoint.
  void look_twice() {
    LayersFile file(path(), -1);
    file.append(10, model_);
    move_weights(0.1f);
    file.append(20, model_);
    file.keep();
  }
  std::string resume_and_look(int64_t resumed_step) {
    LayersFile file(path(), resumed_step);
    file.append(resumed_step + 10, model_);
    file.keep();
    return read_file(path());
  }
};

TEST_F(ResumedLayers, GoOnWithTheRowsOfARunThatNeverStopped) {
  const std::vector<float> start = numbers(model_.parameters().at(first_));
  std::string whole;
  {
    LayersFile file(path(), -1);
    file.append(10, model_);
    move_weights(0.1f);
    file.append(20, model_);
    move_weights(0.6f);
    file.append(30, model_);
    whole = read_file(path());
  }
  EXPECT_GT(std::stod(flip_rate(30, first_)), 0);
  EXPECT_GT(std::stod(row(30, first_)[6]), 2);  // the scales grew by 1.5 twice
  EXPECT_LT(std::stod(row(30, first_)[7]), 1);

  std::ranges::copy(start, model_.parameters().at(first_).data<float>());
  look_twice();
  move_weights(0.6f);
  EXPECT_EQ(resume_and_look(20), whole);
}

TEST_F(ResumedLayers, KnowTheStartHoweverOftenTheyAreResumed) {
  look_twice();
  resume_and_look(20);
  resume_and_look(30);
  EXPECT_GT(std::stod(row(40, first_)[6]), 1.4);
  EXPECT_EQ(flip_rate(40, first_), "0");
}

TEST_F(ResumedLayers, MakeLaterRowsAgainAndStillKnowTheStart) {
  look_twice();
  resume_and_look(15);
  EXPECT_EQ(flip_rate(20, first_), "no row");
  EXPECT_EQ(flip_rate(25, first_), "");  // the codes of step 10 are no longer known
  EXPECT_GT(std::stod(row(25, first_)[6]), 1.4);
}

TEST_F(ResumedLayers, SayNothingOfAStartThatIsNotKnown) {
  look_twice();
  std::filesystem::remove(folder_ / "layers.safetensors");
  resume_and_look(20);
  resume_and_look(30);
  for (const int step : {30, 40}) {
    EXPECT_EQ(row(step, first_)[6], "");
    EXPECT_EQ(row(step, first_)[7], "");
  }
}

TEST_F(ResumedLayers, SayNothingOfAStartInOtherGroups) {
  look_twice();
  model_.replace_linears<TestBitLinear>(Grouping{64});
  resume_and_look(20);
  EXPECT_EQ(row(30, first_)[6], "");
}

TEST_F(ResumedLayers, KeepWhatARunKnewThatIsSavedBeforeItsFirstLook) {
  look_twice();
  LayersFile(path(), 20).keep();
  resume_and_look(20);
  EXPECT_GT(std::stod(row(30, first_)[6]), 1.4);
  EXPECT_EQ(flip_rate(30, first_), "0");
}

TEST_F(ResumedLayers, LeaveNothingBehindWhereThereIsNothingToResume) {
  LayersFile(path(), -1).append(10, model_);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "layers.safetensors"));
}

}  // namespace
}  // namespace tern
