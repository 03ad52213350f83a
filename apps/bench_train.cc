#include <fmt/core.h>

#include <algorithm>
#include <optional>

#include "apps/answers.h"
#include "apps/bench_gemm_replay.h"
#include "apps/bench_median.h"
#include "apps/bench_recipe.h"
#include "apps/published_recipe.h"
#include "apps/shapes.h"
#include "tern/base/command.h"
#include "tern/base/error.h"
#include "tern/base/flags.h"
#include "tern/base/json.h"
#include "tern/base/memory.h"
#include "tern/base/profile.h"
#include "tern/base/rng.h"
#include "tern/base/timer.h"
#include "tern/contract/json_form.h"
#include "tern/kernels/gemm.h"
#include "tern/model/llama.h"
#include "tern/ops/fake_quantize.h"
#include "tern/ops/linear.h"
#include "tern/optim/gradients.h"
#include "tern/optim/optimizer.h"
#include "tern/parallel/parallel.h"
#include "tern/quant/absmean.h"
#include "tern/runner/sandbox_choice.h"
#include "tern/tensor/compute_type.h"
#include "tern/train/memory_estimate.h"
#include "tern/train/run.h"

namespace tern {
namespace {

struct TrainBenchOptions {
  std::string shape = "smollm-135m";
  int64_t batch_size = 8;
  int64_t accumulation = 1;
  int64_t sequence_length = 256;
  std::string group = "64";
  std::string dtype = "auto";
  std::string optimizer = "adamw";
  std::string optimizer_state = "f32";
  bool recompute = false;
  int threads = 0;
  std::optional<int64_t> warmup;
  std::optional<int64_t> steps;
  bool json = false;
  std::string recipe, arms;
  std::optional<std::string> against;
  bool undistilled = false;
  bool cached = false;
  bool sandbox = true;
  std::optional<int64_t> repeats;

  void add_to(Flags& flags) {
    flags.add("shape", shape, "shape of the model: smollm-135m, llama-3.2-1b or demo");
    flags.add("batch_size", batch_size, "sequences in one pass");
    flags.add("accumulation", accumulation, "passes whose gradients make one step");
    flags.add("sequence_length", sequence_length, "tokens in a sequence");
    flags.add("group", group, "weights that share a scale: 32, 64, 128, 256, row or tensor");
    flags.add("dtype", dtype, "type of matrix operands: bf16, f32, or auto for this CPU's");
    flags.add("optimizer", optimizer, "the optimizer: " + listed(optimizers().values()));
    flags.add("optimizer_state", optimizer_state, "type of the optimizer's moments: f32 or bf16");
    flags.add("recompute", recompute, "make activations again in the backward pass");
    flags.add("threads", threads, "threads to use; 0: all cores");
    flags.add("warmup", warmup, "steps before those measured; 3 if not given, 1 with a recipe");
    flags.add("steps", steps,
              "steps to measure, of which the median counts; 5 if not given, 4 with a recipe");
    flags.add_json(json);
    flags.add("recipe", recipe, "measure runs of this published recipe beside those of a baseline");
    flags.add("arms", arms,
              "measure runs with these flags of train.cpp, such as \"--optimizer muon\", beside "
              "those of a baseline");
    flags.add("against", against,
              "flags of the baseline, --recipe NAME among them; without it the baseline is absmean "
              "at lambda "
              "1 with this command's other flags");
    flags.add("undistilled", undistilled, "let the baseline be the recipe without distillation");
    flags.add("cached", cached, "let a recipe that distils read its teacher's answers from a file");
    flags.add("sandbox", sandbox, kNoSandboxHelp);
    flags.add("repeats", repeats, "runs of the recipe and of the baseline; 2 if not given");
  }

  void check() const {
    check_numbers();
    for (const auto& [flag, given] :
         {std::pair("against", against.has_value()), std::pair("undistilled", undistilled),
          std::pair("cached", cached), std::pair("repeats", repeats.has_value())}) {
      tern::check(compares() || !given, "{} goes with --recipe or --arms", flag_name(flag));
    }
    if (!recipe.empty()) PublishedRecipe::find(recipes_folder(), recipe);
    known_shape(shape);
    compute_type(dtype);
    Grouping::parse(group);
  }

  void check_numbers() const {
    require_positive({{"batch_size", static_cast<double>(batch_size)},
                      {"accumulation", static_cast<double>(accumulation)},
                      {"sequence_length", static_cast<double>(sequence_length)},
                      {"steps", static_cast<double>(steps.value_or(1))},
                      {"repeats", static_cast<double>(repeats.value_or(1))}});
    require_not_negative(
        {{"warmup", static_cast<double>(warmup.value_or(0))}, {"threads", threads}});
  }

  int64_t tokens_per_step() const { return batch_size * accumulation * sequence_length; }

  bool compares() const { return !recipe.empty() || !arms.empty(); }

  /// What both runs of a comparison have; ternary from the first step.
  std::vector<std::string> shared_flags() const {
    std::vector<std::string> shared = {"--batch-size",      std::to_string(batch_size),
                                       "--accumulation",    std::to_string(accumulation),
                                       "--sequence-length", std::to_string(sequence_length),
                                       "--group",           group,
                                       "--dtype",           dtype,
                                       "--optimizer",       optimizer,
                                       "--optimizer-state", optimizer_state,
                                       "--lambda-schedule", "none"};
    if (recompute) shared.push_back("--recompute");
    return shared;
  }
};

/// The layer of the shipped recipe at lambda 1.
class TernaryLinear : public LinearLayer {
 public:
  TernaryLinear(Tensor weight, const Grouping& grouping)
      : weight_(std::move(weight)), grouping_(grouping) {}
  Tensor forward(const Tensor& x) override {
    return linear(x, fake_quantize(weight_, Absmean{}, grouping_, 1.0f, x.dtype()));
  }

 private:
  Tensor weight_;
  Grouping grouping_;
};

/// What was measured.
struct Measurement {
  std::vector<double> seconds;  // of each step
  std::vector<kernels::GemmCall> products;
  std::map<std::string, ZoneTotal> zones;
  double gemm_seconds = 0;
  double peak_memory_gb = 0;  // of training alone, before the products get buffers of their own
};

OptimizerOptions optimizer_options(const TrainBenchOptions& o) {
  return {.kind = o.optimizer, .state = o.optimizer_state, .compute = compute_type(o.dtype)};
}

Measurement measure(Llama& model, const TrainBenchOptions& o) {
  const auto optimizer =
      make_optimizer(groups_of(model.parameters(), model.linear_names()), optimizer_options(o));
  Rng rng(1);
  const int64_t N = o.batch_size * o.sequence_length;
  std::vector<int32_t> inputs(N), targets(N);
  const auto step = [&] {
    for (int64_t i = 0; i < N; ++i) {
      inputs[i] = static_cast<int32_t>(rng.below(model.config().vocab_size));
      targets[i] = static_cast<int32_t>(rng.below(model.config().vocab_size));
    }
    Timer timer;
    for (int64_t pass = 0; pass < o.accumulation; ++pass) {
      Tape tape;
      tape.backward(model.loss(inputs, targets, o.batch_size, 1.0f / o.accumulation));
    }
    optimizer->step({.lr = 1e-4f,
                     .weight_decay = 0.1f,
                     .gradient_scale = clip_factor(gradient_norm(model.parameters()), 1)});
    return timer.seconds();
  };

  Measurement m;
  for (int64_t i = 0; i < o.warmup.value_or(3); ++i) step();
  {
    const kernels::GemmRecorder recorder(
        [&](const kernels::GemmCall& call) { m.products.push_back(call); });
    step();
  }
  m.peak_memory_gb = static_cast<double>(peak_resident_memory()) / 1e9;
  set_profiling(true);
  reset_profile();
  GemmReplay replay(m.products);
  std::vector<double> gemm_seconds;
  // Steps and bare products in turn, so that a noisy neighbour slows both alike.
  for (int64_t i = 0; i < o.steps.value_or(5); ++i) {
    m.seconds.push_back(step());
    gemm_seconds.push_back(replay.run());
  }
  m.zones = profile_totals();
  m.gemm_seconds = median(gemm_seconds);
  return m;
}

BenchTrainAnswer answer_of(const TrainBenchOptions& o, const LlamaConfig& config, DType dtype,
                           const Measurement& m) {
  const double step = median(m.seconds);
  const auto tokens = static_cast<double>(o.tokens_per_step());
  double flops = 0, all = 0;
  for (const kernels::GemmCall& call : m.products) flops += call.flops();
  for (const double s : m.seconds) all += s;
  BenchTrainAnswer answer = {.shape = o.shape,
                             .parameters = config.parameter_count(),
                             .batch_size = o.batch_size,
                             .accumulation = o.accumulation,
                             .sequence_length = o.sequence_length,
                             .group = o.group,
                             .dtype = std::string(name_of(dtype)),
                             .optimizer = o.optimizer,
                             .optimizer_state = o.optimizer_state,
                             .recompute = o.recompute,
                             .threads = thread_count(),
                             .gemm_library = std::string(kernels::gemm_library()),
                             .tokens_per_s = tokens / step,
                             .step_seconds = step,
                             .fastest_step_seconds = std::ranges::min(m.seconds),
                             .slowest_step_seconds = std::ranges::max(m.seconds),
                             .gemm_only_tokens_per_s = tokens / m.gemm_seconds,
                             .gemm_share = m.gemm_seconds / step,
                             .gemm_gflops_per_s = flops / m.gemm_seconds / 1e9,
                             .peak_memory_gb = m.peak_memory_gb};
  for (const auto& [name, total] : m.zones) answer.shares.set(name, total.seconds / all);
  return answer;
}

void print_answer(const BenchTrainAnswer& a) {
  fmt::print("{} ({:.1f} M parameters), {} x {} x {} tokens, group {}, {}, {} threads, {}\n\n",
             a.shape, static_cast<double>(a.parameters) / 1e6, a.accumulation, a.batch_size,
             a.sequence_length, a.group, a.dtype, a.threads, a.gemm_library);
  fmt::print("training step        {:8.3f} s  ({:.3f} to {:.3f})\n", a.step_seconds,
             a.fastest_step_seconds, a.slowest_step_seconds);
  fmt::print("tokens/s             {:8.1f}\n", a.tokens_per_s);
  fmt::print("products alone       {:8.1f} tokens/s at {:.0f} GFLOP/s\n", a.gemm_only_tokens_per_s,
             a.gemm_gflops_per_s);
  fmt::print("products' share      {:8.1f} % of the step\n", 100 * a.gemm_share);
  fmt::print("peak memory          {:>8}\n\n", size_text(1e9 * a.peak_memory_gb));
  std::vector<std::pair<double, std::string>> shares;
  for (const auto& [name, share] : a.shares.members()) shares.emplace_back(share.as_double(), name);
  std::sort(shares.rbegin(), shares.rend());
  for (const auto& [share, name] : shares) fmt::print("  {:<18} {:5.1f} %\n", name, 100 * share);
}

RecipeBenchOptions comparison_of(const TrainBenchOptions& o) {
  RecipeBenchOptions comparison = {.shape = o.shape,
                                   .shared = o.shared_flags(),
                                   .recipe = o.recipe,
                                   .arms = o.arms,
                                   .against = o.against.value_or(""),
                                   .undistilled = o.undistilled,
                                   .cached = o.cached,
                                   .sandbox = o.sandbox,
                                   .threads = o.threads};
  comparison.warmup = o.warmup.value_or(comparison.warmup);
  comparison.steps = o.steps.value_or(comparison.steps);
  comparison.repeats = o.repeats.value_or(comparison.repeats);
  return comparison;
}

/// Measures runs of train.cpp in place of the steps of this program.
int compare(const TrainBenchOptions& options, const LlamaConfig& config) {
  const BenchRecipeAnswer answer = bench_recipe(comparison_of(options), config);
  if (options.json) {
    fmt::print("{}\n", json_of(answer).dump_pretty());
  } else {
    print_answer(answer);
  }
  return kSuccess;
}

int bench_train(const TrainBenchOptions& options) {
  if (options.threads > 0) set_thread_count(options.threads);
  const LlamaConfig config = known_shape(options.shape);
  if (options.compares()) return compare(options, config);
  const DType dtype = compute_type(options.dtype);
  const LlamaOptions model_options{.compute = dtype, .recompute = options.recompute};
  const MemoryEstimate memory =
      estimate_memory(config, model_options, options.batch_size * options.sequence_length,
                      {.optimizer = optimizer_options(options)});
  fmt::print(stderr, "{}\n", memory.to_string());
  require_memory(memory.total(), "training this shape");
  Llama model(config, model_options);
  model.initialize(1);
  model.replace_linears<TernaryLinear>(Grouping::parse(options.group));
  const BenchTrainAnswer answer = answer_of(options, config, dtype, measure(model, options));
  if (options.json) {
    fmt::print("{}\n", json_of(answer).dump_pretty());
  } else {
    print_answer(answer);
  }
  return kSuccess;
}

const RegisterCommand bench_train_command(
    {.name = "bench train",
     .summary = "time training steps and their matrix products alone",
     .group = CommandGroup::kMachine,
     .place = 2,
     .description =
         "Measures training steps on random weights and tokens, beside the time of their "
         "matrix products alone, in\nturn; or, with --recipe or --arms, the steps of "
         "train.cpp with a recipe beside those of a baseline.",
     .options = runs(bench_train)});

}  // namespace
}  // namespace tern
