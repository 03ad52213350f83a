#include "tern/train/layers.h"

#include <gtest/gtest.h>

#include <optional>

#include "tern/base/file.h"
#include "tern/base/temporary_folder.h"
#include "tern/contract/table_test_util.h"
#include "tern/model/model_test_util.h"

namespace tern {
namespace {

class Layers : public ::testing::Test {
 protected:
  Layers() { model_.replace_linears<TestBitLinear>(Grouping{32}); }

  std::filesystem::path path() const { return folder_ / "layers.tsv"; }
  /// The row of this step and layer; none without one.
  std::optional<LayerRow> row(int64_t step, const std::string& layer) const {
    for (const LayerRow& row : read_table<LayerRow>(path())) {
      if (row.step == step && row.layer == layer) return row;
    }
    return std::nullopt;
  }
  std::optional<double> flip_rate(int64_t step, const std::string& layer) const {
    return row(step, layer).value().flip_rate;
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
    const auto found = row(7, linear.name);
    ASSERT_TRUE(found) << linear.name;
    const auto [negative, zero, positive] = counts.shares();
    EXPECT_NEAR(found->q_neg1, negative, 1e-4);
    EXPECT_NEAR(found->q_zero, zero, 1e-4);
    EXPECT_NEAR(found->q_pos1, positive, 1e-4);
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
  EXPECT_EQ(flip_rate(10, first_), std::nullopt);
  EXPECT_NEAR(flip_rate(20, first_).value(),
              static_cast<double>(moved) / static_cast<double>(linear.O * linear.I), 1e-6);
  EXPECT_EQ(flip_rate(20, second_), 0);
  EXPECT_EQ(flip_rate(30, first_), 0);
}

TEST_F(Layers, ALayerThatIsNotTernaryHasNone) {
  const Llama dense = random_model(tiny_config());
  EXPECT_EQ(LayersFile(path(), -1).append(1, dense).total(), 0);
  EXPECT_FALSE(row(1, first_));
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
  EXPECT_GT(flip_rate(30, first_), 0);
  EXPECT_GT(row(30, first_)->scale_ratio.value(), 2);  // the scales grew by 1.5 twice
  EXPECT_LT(row(30, first_)->sign_agreement.value(), 1);

  std::ranges::copy(start, model_.parameters().at(first_).data<float>());
  look_twice();
  move_weights(0.6f);
  EXPECT_EQ(resume_and_look(20), whole);
}

TEST_F(ResumedLayers, KnowTheStartHoweverOftenTheyAreResumed) {
  look_twice();
  resume_and_look(20);
  resume_and_look(30);
  EXPECT_GT(row(40, first_)->scale_ratio.value(), 1.4);
  EXPECT_EQ(flip_rate(40, first_), 0);
}

TEST_F(ResumedLayers, MakeLaterRowsAgainAndStillKnowTheStart) {
  look_twice();
  resume_and_look(15);
  EXPECT_FALSE(row(20, first_));
  EXPECT_EQ(flip_rate(25, first_), std::nullopt);  // the codes of step 10 are no longer known
  EXPECT_GT(row(25, first_)->scale_ratio.value(), 1.4);
}

TEST_F(ResumedLayers, SayNothingOfAStartThatIsNotKnown) {
  look_twice();
  std::filesystem::remove(folder_ / "layers.safetensors");
  resume_and_look(20);
  resume_and_look(30);
  for (const int step : {30, 40}) {
    EXPECT_FALSE(row(step, first_)->scale_ratio);
    EXPECT_FALSE(row(step, first_)->sign_agreement);
  }
}

TEST_F(ResumedLayers, SayNothingOfAStartInOtherGroups) {
  look_twice();
  model_.replace_linears<TestBitLinear>(Grouping{64});
  resume_and_look(20);
  EXPECT_FALSE(row(30, first_)->scale_ratio);
}

TEST_F(ResumedLayers, KeepWhatARunKnewThatIsSavedBeforeItsFirstLook) {
  look_twice();
  LayersFile(path(), 20).keep();
  resume_and_look(20);
  EXPECT_GT(row(30, first_)->scale_ratio.value(), 1.4);
  EXPECT_EQ(flip_rate(30, first_), 0);
}

TEST_F(ResumedLayers, LeaveNothingBehindWhereThereIsNothingToResume) {
  LayersFile(path(), -1).append(10, model_);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "layers.safetensors"));
}

}  // namespace
}  // namespace tern
