#include "tern/model/ternary_weight.h"

#include "tern/model/ternary_weight_kind.h"
#include "tern/ops/linear.h"
#include "tern/ops/mse_loss.h"
#include "tern/ops/op_test_util.h"
#include "tern/quant/quant_test_util.h"

namespace tern {
namespace {

constexpr int64_t kRows = 6, kCols = 70;

/// A layer of its own: latent weight, what is learned besides, and the state that moves.
struct Layer {
  Parameters parameters;
  QuantizerState state{.lambda = 1};
  std::unique_ptr<TernaryWeight> weight;

  explicit Layer(const TernaryWeightOptions& options, const std::string& name = "layer.weight",
                 int64_t rows = kRows, int64_t cols = kCols) {
    parameters.allocate({{name, {rows, cols}}});
    const Tensor& w = parameters.at(name);
    std::ranges::copy(random_leaf(w.shape(), 1, 0.02).values<float>(), w.data<float>());
    weight = make_ternary_weight(name, w, parameters, options, state);
  }
  const Tensor& latent() const { return parameters.all()[0].tensor; }
  std::vector<double> effective(DType type = DType::f32) const {
    return to_doubles(weight->effective(type));
  }
  template <class T = float>
  std::vector<double> stored() const {
    std::vector<T> out(static_cast<size_t>(latent().size()));
    unpack_ternary(weight->pack(), out.data());
    return to_doubles_of(out);
  }
  template <class T>
  static std::vector<double> to_doubles_of(const std::vector<T>& values) {
    std::vector<double> out;
    for (const T value : values) out.push_back(static_cast<float>(value));
    return out;
  }

  /// Steps of signed gradient descent on the parameters from `first` on; the loss before the last.
  double train(const std::function<Tensor()>& loss_of, int steps, float lr, size_t first = 0) {
    double loss = 0;
    for (state.step = 0; state.step < steps; ++state.step) {
      Tape tape;
      const Tensor at = loss_of();
      loss = at.item();
      tape.backward(at);
      const float now = lr * (1 - static_cast<float>(state.step) / static_cast<float>(steps));
      for (size_t p = first; p < parameters.all().size(); ++p) {
        const Tensor& x = parameters.all()[p].tensor;
        for (int64_t i = 0; i < x.size(); ++i) {
          const float g = x.gradient_slot().data<float>()[i];
          x.data<float>()[i] -= now * static_cast<float>((g > 0) - (g < 0));
        }
      }
      parameters.zero_gradients();
    }
    return loss;
  }
};

/// Weights that move away from where they were quantized at first, so that learned scales and what
/// they start from differ.
void move(Layer& layer) {
  for (const Parameter& p : layer.parameters.all()) {
    for (float& x : p.tensor.values<float>()) x = 1.25f * x + 0.001f;
  }
}

TEST(TernaryWeight, PackingStoresWhatTrainingUsesWhateverTheQuantizerAndTheGroups) {
  for (const std::string& quantizer : ternary_weights().values()) {
    for (const char* group : {"32", "64", "128", "row", "tensor"}) {
      Layer layer({.quantizer = quantizer, .group = group});
      move(layer);
      EXPECT_NO_THROW(validate_ternary(layer.weight->pack(), quantizer));
      EXPECT_EQ(layer.effective(), layer.stored()) << quantizer << " by " << group;
      EXPECT_EQ(layer.effective(DType::bf16), layer.stored<bf16>()) << quantizer << " by " << group;
    }
  }
}

TEST(TernaryWeight, ItsCodesAreThePackedOnes) {
  for (const std::string& quantizer : ternary_weights().values()) {
    const Layer layer({.quantizer = quantizer});
    const PackedTernary packed = layer.weight->pack();
    const Tensor codes = layer.weight->codes();
    for (int64_t i = 0; i < codes.size(); ++i) {
      ASSERT_EQ(codes.data<int8_t>()[i], packed.code(i / kCols, i % kCols)) << quantizer;
    }
  }
}

TEST(TernaryWeight, LambdaMixesFromTheLatentWeightToItsQuantizedValue) {
  for (const std::string& quantizer : ternary_weights().values()) {
    Layer layer({.quantizer = quantizer});
    const std::vector<double> quantized = layer.effective(), latent = to_doubles(layer.latent());
    layer.state.lambda = 0.25f;
    const std::vector<double> mixed = layer.effective();
    for (size_t i = 0; i < mixed.size(); ++i) {
      EXPECT_NEAR(mixed[i], latent[i] + 0.25 * (quantized[i] - latent[i]), 1e-8) << quantizer;
    }
    layer.state.lambda = 0;
    EXPECT_EQ(layer.effective(), latent) << quantizer;
  }
}

/// The inputs' products with a hidden ternary matrix, from latent weights that know nothing of it.
struct TernaryTask {
  static constexpr int64_t kInputs = 16, kOutputs = 4, kTokens = 64;
  static constexpr int kSteps = 200;
  Tensor x = random_leaf({kTokens, kInputs}, 7), y;

  TernaryTask() {
    const Tensor hidden = random_leaf({kOutputs, kInputs}, 8);
    x.set_requires_grad(false);
    hidden.set_requires_grad(false);
    for (float& w : hidden.values<float>()) w = w > 0.5f ? 0.05f : w < -0.5f ? -0.05f : 0.0f;
    y = linear(x, hidden);
  }

  /// The loss of the stored weights after training, over that before. `move` sets the state for a
  /// share of the run.
  double loss_left(const TernaryWeightOptions& options,
                   const std::function<void(QuantizerState&, float)>& move) const {
    Layer layer(options, "w", kOutputs, kInputs);
    const auto loss = [&] { return mse_loss(linear(x, layer.weight->effective(DType::f32)), y); };
    const auto stored_loss = [&] {
      layer.state.lambda = 1;
      layer.state.temperature = 0;
      layer.state.nearest = true;
      return loss().item();
    };
    const double before = stored_loss();
    layer.state.nearest = false;
    layer.train(
        [&] {
          move(layer.state, static_cast<float>(layer.state.step) / kSteps);
          return loss();
        },
        kSteps, 2e-3f);
    return stored_loss() / before;
  }
};

void stay(QuantizerState&, float) {}

TEST(TernaryWeight, EveryQuantizerLearnsATernaryTask) {
  const TernaryTask task;
  for (const std::string& quantizer : ternary_weights().values()) {
    EXPECT_LT(task.loss_left({.quantizer = quantizer, .group = "32"}, stay), 0.5) << quantizer;
  }
}

TEST(TernaryWeight, EveryPartOfTheGroupRuleLearnsATernaryTask) {
  const TernaryTask task;
  for (const auto& [name, rule] : rules_of_every_part()) {
    EXPECT_LT(task.loss_left({.rule = rule, .group = "32"}, stay), 0.5) << name;
  }
}

TEST(TernaryWeight, HestiaLearnsATernaryTaskWhileItsPressureRisesAndItsTemperatureFalls) {
  const auto ramp = [](QuantizerState& state, float done) {
    state.lambda = std::min(1.0f, done / 0.3f);
    state.temperature = 0.5f * std::max(0.0f, 1 - done / 0.75f);
  };
  EXPECT_LT(TernaryTask().loss_left({.quantizer = "hestia", .group = "32"}, ramp), 0.5);
}

/// Lets what is learned besides the latent weight alone move levels to factor * level + shift: the
/// distance falls, and the parameter `learned` has its part in it.
void expect_learned_numbers_to_help(const std::string& quantizer, const std::string& learned,
                                    float factor, float shift) {
  Layer layer({.quantizer = quantizer});
  // Far from thresholds, so that codes stay as levels move.
  for (float& w : layer.latent().values<float>())
    w = w > 0.01f ? 0.06f : w < -0.01f ? -0.06f : 0.0f;
  const Tensor target = layer.weight->effective(DType::f32).clone();
  for (float& w : target.values<float>()) w = factor * w + shift;
  const auto loss = [&] { return mse_loss(layer.weight->effective(DType::f32), target); };
  const Tensor moving = layer.parameters.at("layer.weight." + learned);
  const std::vector<double> start = to_doubles(moving);
  const double before = loss().item();
  const double after = layer.train(loss, 300, 5e-4f, /*first=*/1);
  EXPECT_LT(after, 0.3 * before) << quantizer;
  EXPECT_NE(to_doubles(moving), start) << quantizer;
}

TEST(TernaryWeight, ALearnedScaleMovesToWhereTheLevelsAreWanted) {
  for (const char* quantizer : {"lsq", "elastic", "shift"}) {
    expect_learned_numbers_to_help(quantizer, "learned_scale", 1.2f, 0.0f);
  }
}

TEST(TernaryWeight, ALearnedShiftMovesToWhereTheLevelsAreWanted) {
  expect_learned_numbers_to_help("shift", "learned_shift", 1.0f, 0.01f);
}

TEST(TernaryWeight, LearnedScalesAreParametersNamedAfterTheWeight) {
  const auto names = [](const std::string& quantizer) {
    std::vector<std::string> out;
    const Layer layer({.quantizer = quantizer});
    for (const Parameter& p : layer.parameters.all()) out.push_back(p.name);
    return out;
  };
  using Names = std::vector<std::string>;
  EXPECT_EQ(names("rule"), Names{"layer.weight"});
  EXPECT_EQ(names("hestia"), Names{"layer.weight"});
  EXPECT_EQ(names("lsq"), (Names{"layer.weight", "layer.weight.learned_scale"}));
  EXPECT_EQ(names("elastic"), (Names{"layer.weight", "layer.weight.learned_scale"}));
  EXPECT_EQ(names("shift"),
            (Names{"layer.weight", "layer.weight.learned_scale", "layer.weight.learned_shift"}));
}

TEST(TernaryWeight, LearnedScalesStartAtTheLevelOfTheGroupRule) {
  const GroupRuleOptions twn{.threshold = 0.7f, .level = "least-squares"};
  const auto scales = [](const PackedTernary& packed) {
    std::vector<float> out;
    for (const f16 scale : packed.scales) out.push_back(static_cast<float>(scale));
    return out;
  };
  const auto want = scales(Layer({.rule = twn}).weight->pack());
  const std::pair<const char*, const char*> starts[] = {
      {"lsq", "rule"}, {"elastic", "rule"}, {"shift", "method"}};
  for (const auto& [quantizer, learned_init] : starts) {
    const Layer layer({.quantizer = quantizer, .rule = twn, .learned_init = learned_init});
    const auto got = scales(layer.weight->pack());
    for (size_t i = 0; i < got.size(); ++i) {
      EXPECT_NEAR(got[i], want[i], want[i] * 0x1p-11) << quantizer;
    }
  }
}

TEST(TernaryWeight, LsqStartsAtTwiceTheMean) {
  const Layer layer({.quantizer = "lsq", .group = "tensor"});
  double sum = 0;
  for (const double w : to_doubles(layer.latent())) sum += std::abs(w);
  EXPECT_NEAR(layer.parameters.all()[1].tensor.item(), 2 * sum / (kRows * kCols), 1e-7);
}

TEST(TernaryWeight, TheCodesOfShiftAreThoseOfTheGroupRuleWhateverItsScalesLearn) {
  for (const auto& [name, rule] : rules_of_every_part()) {
    if (rule.rounding != "nearest") continue;
    const Layer plain({.rule = rule}), shifted({.quantizer = "shift", .rule = rule});
    for (float& scale : shifted.parameters.at("layer.weight.learned_scale").values<float>()) {
      scale *= 3;
    }
    EXPECT_EQ(shifted.weight->pack().codes, plain.weight->pack().codes) << name;
  }
}

TEST(TernaryWeight, ElasticStartsAtTheLargestWeight) {
  const Layer layer({.quantizer = "elastic", .group = "tensor"});
  double largest = 0;
  for (const double w : to_doubles(layer.latent())) largest = std::max(largest, std::abs(w));
  EXPECT_NEAR(layer.parameters.all()[1].tensor.item(), largest, 1e-7);
  EXPECT_NEAR(static_cast<float>(layer.weight->pack().scales[0]), largest * 2 / 3, largest * 1e-3);
}

TEST(TernaryWeight, AGroupOfZerosStaysZeroUnderALearnedScale) {
  for (const char* quantizer : {"lsq", "elastic", "shift"}) {
    Parameters parameters;
    parameters.allocate({{"w", {1, 8}}});
    std::ranges::fill(parameters.at("w").values<float>(), 0.0f);
    const QuantizerState state{.lambda = 1};
    const auto weight =
        make_ternary_weight("w", parameters.at("w"), parameters, {.quantizer = quantizer}, state);
    EXPECT_EQ(to_doubles(weight->effective(DType::f32)), std::vector<double>(8, 0.0)) << quantizer;
    EXPECT_GT(parameters.at("w.learned_scale").item(), 0) << quantizer;
  }
}

TEST(TernaryWeight, StochasticRoundingDrawsAnewForEachStepAndLayerAndNotForEvaluation) {
  const TernaryWeightOptions options{.rule = {.rounding = "stochastic"}};
  Layer layer(options), other(options, "other.weight");
  const std::vector<double> first = layer.effective();
  EXPECT_EQ(layer.effective(), first) << "recomputing a step repeats it";
  EXPECT_NE(other.effective(), first);
  layer.state.step = 1;
  EXPECT_NE(layer.effective(), first);
  EXPECT_NE(layer.effective(), layer.stored());
  layer.state.nearest = true;
  EXPECT_EQ(layer.effective(), layer.stored());
}

TEST(TernaryWeight, HestiaIsSoftUntilItsTemperatureIsZero) {
  Layer layer({.quantizer = "hestia"});
  layer.state.temperature = 0.5f;
  EXPECT_NE(layer.effective(), layer.stored());
  layer.state.temperature = 0;
  EXPECT_EQ(layer.effective(), layer.stored());
}

TEST(TernaryWeight, RefusesValuesThatAreNotThere) {
  const std::pair<TernaryWeightOptions, const char*> cases[] = {
      {{.quantizer = "lsd"},
       "--quantizer must be one of elastic, hestia, lsq, rule, shift; found lsd"},
      {{.quantizer = "lsq", .learned_init = "max"},
       "--learned-init must be one of method, rule; found max"},
      {{.rule = {.zeros = 2}}, "--zeros must be at least 0 and below 1, found 2"}};
  for (const auto& [options, sentence] : cases) {
    try {
      options.check();
      ADD_FAILURE() << "no error, expected: " << sentence;
    } catch (const Error& e) {
      EXPECT_STREQ(e.what(), sentence);
    }
  }
}

/// A lab whose own rule is not absmean tries them by one change.
TEST(TernaryWeight, QuantizersThatCutByThemselvesDoSoWhateverTheRuleSays) {
  const GroupRuleOptions twn = {.threshold = 0.7f, .level = "least-squares"};
  for (const char* quantizer : {"lsq", "elastic", "hestia"}) {
    Layer alone({.quantizer = quantizer}), beside({.quantizer = quantizer, .rule = twn});
    EXPECT_EQ(beside.effective(), alone.effective()) << quantizer;
    EXPECT_EQ(beside.stored(), alone.stored()) << quantizer;
  }
}

}  // namespace
}  // namespace tern
