// Whole tiny models against what PyTorch computed for them in float64: see tests/golden/README.md.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "tern/autograd/tape.h"
#include "tern/io/safetensors.h"
#include "tern/model/model_files.h"
#include "tern/model/model_test_util.h"
#include "tern/optim/adamw.h"
#include "tern/optim/gradients.h"
#include "tests/model_tolerance.h"

namespace tern {
namespace {

namespace fs = std::filesystem;

const fs::path kGolden = fs::path(TERN_SOURCE_DIR) / "tests/golden";
constexpr int64_t kSequences = 2;

template <class T>
std::vector<T> values_of(const SafetensorsEntry& entry) {
  std::vector<T> out(entry.bytes.size() / sizeof(T));
  std::memcpy(out.data(), entry.bytes.data(), entry.bytes.size());
  return out;
}

/// What one golden file holds for a model.
class Golden {
 public:
  explicit Golden(const char* file) : file_(kGolden / file) {}

  std::vector<int32_t> inputs() const { return values_of<int32_t>(*file_.find("input_ids")); }
  std::vector<int32_t> targets() const { return values_of<int32_t>(*file_.find("target_ids")); }
  std::vector<float> at(const std::string& name) const {
    const SafetensorsEntry* entry = file_.find(name);
    check(entry != nullptr, "{} has no {}", file_.path().string(), name);
    return values_of<float>(*entry);
  }

 private:
  SafetensorsFile file_;
};

void expect_close(std::span<const float> found, const std::vector<float>& expected,
                  double tolerance, const std::string& name) {
  ASSERT_EQ(found.size(), expected.size()) << name;
  double largest = 0, error = 0;
  for (size_t i = 0; i < expected.size(); ++i) {
    largest = std::max(largest, std::abs(double{expected[i]}));
    error = std::max(error, std::abs(double{found[i]} - expected[i]));
  }
  EXPECT_LE(error, tolerance * largest) << name;
}

void expect_golden(Llama& model, const Golden& golden) {
  const auto inputs = golden.inputs(), targets = golden.targets();
  const Tensor logits = model.logits(inputs, kSequences);
  const double forward = tolerance(model.compute(), kForward);
  expect_close(logits.values<float>(), golden.at("logits"), forward, "logits");
  Tape tape;
  const Tensor loss = model.loss(inputs, targets, kSequences);
  expect_close(loss.values<float>(), golden.at("loss"), forward, "loss");
  tape.backward(loss);
  for (const auto& [name, weight] : model.parameters().all()) {
    expect_close(weight.gradient_slot().values<float>(), golden.at("grad." + name),
                 tolerance(model.compute(), kBackward), "gradient of " + name);
  }
}

class GoldenModel : public ::testing::TestWithParam<DType> {
 protected:
  Llama load(const char* folder) { return load_llama(kGolden / folder, {.compute = GetParam()}); }
  void expect_ternary(float lambda, const char* file) {
    Llama model = load("tied");
    model.replace_linears<TestBitLinear>(Grouping{16}, lambda);
    expect_golden(model, Golden(file));
  }
};

TEST_P(GoldenModel, TiedHeadGivesPyTorchsLogitsLossAndGradients) {
  Llama model = load("tied");
  expect_golden(model, Golden("tied/golden.safetensors"));
}

TEST_P(GoldenModel, UntiedHeadWithScaledRopeGivesPyTorchsLogitsLossAndGradients) {
  Llama model = load("untied");
  expect_golden(model, Golden("untied/golden.safetensors"));
}

TEST_P(GoldenModel, TernaryLayersGivePyTorchsLogitsLossAndGradients) {
  expect_ternary(1.0f, "tied/ternary_1.0.safetensors");
}

TEST_P(GoldenModel, HalfwayTernaryLayersGivePyTorchsLogitsLossAndGradients) {
  expect_ternary(0.5f, "tied/ternary_0.5.safetensors");
}

INSTANTIATE_TEST_SUITE_P(InF32AndBf16, GoldenModel, ::testing::Values(DType::f32, DType::bf16),
                         [](const auto& info) { return std::string(name_of(info.param)); });

/// Ten steps on one batch as in make_golden.py. An element whose gradient is all rounding still
/// moves by up to the learning rate, so errors grow with the steps; in bf16 they would be as large
/// as the losses' own changes, so these are float32's.
void expect_golden_steps(const std::string& folder) {
  const Golden golden((folder + "/golden.safetensors").c_str());
  const auto inputs = golden.inputs(), targets = golden.targets();
  const auto losses = golden.at("step_losses"), norms = golden.at("step_gradient_norms");
  Llama model = load_llama(kGolden / folder, {});
  AdamW optimizer(groups_of(model.parameters()), {});
  for (size_t step = 0; step < losses.size(); ++step) {
    {
      Tape tape;
      tape.backward(model.loss(inputs, targets, kSequences));
    }
    const double norm = gradient_norm(model.parameters());
    optimizer.step({.lr = 1e-2f, .weight_decay = 0.1f, .gradient_scale = clip_factor(norm, 1.0)});
    const double loss = model.loss(inputs, targets, kSequences).item();
    const double relative = tolerance(DType::f32, kBackward * static_cast<double>(step + 1));
    EXPECT_NEAR(norm, norms[step], relative * norms[step]) << "step " << step;
    EXPECT_NEAR(loss, losses[step], relative * losses[step]) << "step " << step;
  }
}

TEST(GoldenTraining, TenStepsOfATiedModelGivePyTorchsLosses) { expect_golden_steps("tied"); }

TEST(GoldenTraining, TenStepsOfAnUntiedModelGivePyTorchsLosses) { expect_golden_steps("untied"); }

}  // namespace
}  // namespace tern
