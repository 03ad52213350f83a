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
      for (int i = 0; i < 6; ++i) columns.emplace_back(RunTable::field(line, i));
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

TEST_F(Layers, AResumedRunMakesItsLaterRowsAgain) {
  LayersFile first(path(), -1);
  first.append(10, model_);
  first.append(20, model_);
  LayersFile(path(), 10).append(15, model_);
  EXPECT_EQ(flip_rate(10, first_), "");
  EXPECT_EQ(flip_rate(15, first_), "");
  EXPECT_EQ(flip_rate(20, first_), "no row");
}

}  // namespace
}  // namespace tern
