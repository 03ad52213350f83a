// The recipe: how a full-precision Llama becomes a ternary one. This is the one file of a lab that
// a researcher, or an agent, edits. `tern train` builds it and runs it once; every field of Recipe
// is also a flag (`tern train --lr 1e-4 --activation-bits 8`).
//
// From top to bottom: the knobs, the schedules, the quantizer and the layer that uses it, one
// training step, and the run. The score of record is not made here: `tern eval` makes it, in a
// process of its own, from the packed model that this program saves.

#include <cmath>
#include <numbers>

#include "tern/tern.h"

using namespace tern;

// ---------------------------------------------------------------------------------------------
// The knobs. A comment `try:` lists values worth trying.

struct Recipe {
  // Length of the run and its randomness.
  int64_t steps = 0;
  int64_t tokens = 0;
  double time_budget = 300;
  uint64_t seed = 1;

  // One step trains on batch_size * accumulation sequences.
  int64_t batch_size = 8;         // try: 2 4 8 16 32
  int64_t accumulation = 1;       // try: 1 2 4
  int64_t sequence_length = 256;  // try: 128 256 512 1024

  // Learning rate. A warm-up up to 1 is a share of the run, above 1 a number of steps.
  float lr = 3e-4f;                    // try: 5e-5 1e-4 2e-4 3e-4 5e-4 1e-3 2e-3
  std::string lr_schedule = "cosine";  // try: constant linear cosine
  double lr_warmup = 0.05;             // try: 0 0.02 0.05 0.1 0.2
  float lr_end = 0.1f;                 // try: 0 0.05 0.1 0.3

  // AdamW.
  float beta1 = 0.9f;   // try: 0.8 0.9 0.95
  float beta2 = 0.95f;  // try: 0.9 0.95 0.98 0.99 0.999
  float epsilon = 1e-8f;
  float weight_decay = 0.0f;  // try: 0 0.01 0.05 0.1
  float clip_norm = 1.0f;     // try: 0 0.5 1 2

  // Quantization of weights, and of the inputs of ternary layers (16: none).
  std::string quantizer = "absmean";       // try: absmean absmax
  std::string group = "64";                // try: 32 64 128 256 row tensor
  float threshold = 0.5f;                  // try: 0.3 0.4 0.5 0.6 0.7
  int activation_bits = 16;                // try: 8 16
  std::string activation_scale = "token";  // try: token channel

  // Lambda mixes the weight w and its quantized value Q(w): w + lambda (Q(w) - w).
  std::string lambda_schedule = "linear";  // try: none linear cosine exponential step two-phase
  double lambda_warmup = 0.2;              // try: 0.05 0.1 0.2 0.3 0.5

  // Looking at the run, and keeping it.
  int64_t eval_every = 50;
  int64_t eval_tokens = 16384;
  int64_t save_every = 0;
  std::string dtype = "auto";

  template <class Field>
  void fields(Field&& field) {
    field("steps", steps, "steps to train; 0: as many as --tokens take");
    field("tokens", tokens, "tokens to train on; 0: until --time-budget is spent");
    field("time_budget", time_budget, "seconds of training when --steps and --tokens are 0");
    field("seed", seed, "seed of the order of the data");
    field("batch_size", batch_size, "sequences in one pass");
    field("accumulation", accumulation, "passes whose gradients make one step");
    field("sequence_length", sequence_length, "tokens in a sequence");
    field("lr", lr, "peak learning rate");
    field("lr_schedule", lr_schedule, "constant, linear or cosine");
    field("lr_warmup", lr_warmup, "linear warm-up: share of the run up to 1, steps above");
    field("lr_end", lr_end, "last learning rate as a share of the peak");
    field("beta1", beta1, "AdamW: decay of the first moment");
    field("beta2", beta2, "AdamW: decay of the second moment");
    field("epsilon", epsilon, "AdamW: added to the root of the second moment");
    field("weight_decay", weight_decay, "AdamW: decay of matrices");
    field("clip_norm", clip_norm, "largest norm of all gradients together; 0: no limit");
    field("quantizer", quantizer, "absmean or absmax");
    field("group", group, "weights that share a scale: 32, 64, 128, 256, row or tensor");
    field("threshold", threshold, "weights below threshold * scale become 0");
    field("activation_bits", activation_bits, "bits of a ternary layer's input, 2 to 8; 16: none");
    field("activation_scale", activation_scale, "one scale a token or a channel");
    field("lambda_schedule", lambda_schedule,
          "none (1 from the start), linear, cosine, exponential, step or two-phase");
    field("lambda_warmup", lambda_warmup,
          "until lambda is 1: share of the run up to 1, steps above");
    field("eval_every", eval_every, "steps between evaluations; 0: only at the end");
    field("eval_tokens", eval_tokens, "tokens of an evaluation while training; 0: all");
    field("save_every", save_every, "steps between checkpoints; 0: only when stopped");
    field("dtype", dtype, "operands of matrix products: auto, bf16 or f32");
  }
};

void check_recipe(const Recipe& r) {
  check(r.steps >= 0 && r.tokens >= 0, "--steps and --tokens must be 0 or more, found {} and {}",
        r.steps, r.tokens);
  check(r.time_budget >= 0, "--time-budget must be 0 seconds or more, found {}", r.time_budget);
  constexpr int64_t kMost = 1 << 20;  // far beyond use, and the product of all three is a number
  for (const int64_t size : {r.batch_size, r.accumulation, r.sequence_length}) {
    check(size > 0 && size <= kMost,
          "--batch-size, --accumulation and --sequence-length must be 1 to {}, found {}", kMost,
          size);
  }
  check(r.lr > 0 && std::isfinite(r.lr), "--lr must be above 0, found {}", r.lr);
  check(r.lr_warmup >= 0 && r.lambda_warmup >= 0, "a warm-up cannot be negative");
  check(r.lr_end >= 0 && r.lr_end <= 1, "--lr-end must be between 0 and 1, found {}", r.lr_end);
  check(r.beta1 >= 0 && r.beta1 < 1 && r.beta2 >= 0 && r.beta2 < 1,
        "--beta1 and --beta2 must be at least 0 and below 1, found {} and {}", r.beta1, r.beta2);
  check(r.epsilon > 0 && r.weight_decay >= 0 && r.clip_norm >= 0,
        "--epsilon must be above 0, --weight-decay and --clip-norm 0 or more");
  check(r.quantizer == "absmean" || r.quantizer == "absmax",
        "--quantizer must be absmean or absmax, found {}", r.quantizer);
  check(r.threshold > 0 && r.threshold < 3, "--threshold must lie between 0 and 3, found {}",
        r.threshold);
  check(r.activation_bits == 16 || (r.activation_bits >= 2 && r.activation_bits <= 8),
        "--activation-bits must be 2 to 8, or 16 for none, found {}", r.activation_bits);
  check(r.activation_scale == "token" || r.activation_scale == "channel",
        "--activation-scale must be token or channel, found {}", r.activation_scale);
  check(r.eval_every >= 0 && r.eval_tokens >= 0 && r.save_every >= 0,
        "--eval-every, --eval-tokens and --save-every must be 0 or more");
}

int64_t tokens_per_step(const Recipe& r) {
  return r.batch_size * r.accumulation * r.sequence_length;
}

/// Length of the run; 0 when the time budget decides.
int64_t steps_of(const Recipe& r) {
  if (r.steps > 0 || r.tokens == 0) return r.steps;
  return (r.tokens - 1) / tokens_per_step(r) + 1;
}

// ---------------------------------------------------------------------------------------------
// Schedules: functions of how far the run is.

/// Share of a warm-up that is done, 0 to 1. `length` up to 1 is a share of the run, above 1 steps.
double warmup_done(double length, const Progress& now) {
  if (length <= 0) return 1;
  const double done = length <= 1 ? now.fraction : static_cast<double>(now.step);
  return std::min(1.0, done / length);
}

float lr_at(const Recipe& r, const Progress& now) {
  const double warm = warmup_done(r.lr_warmup, now);
  if (warm < 1) {
    // The first step moves a little too: half a step into the warm-up at the least.
    return r.lr * static_cast<float>(std::max(warm, r.lr_warmup > 1 ? 0.5 / r.lr_warmup : 0.02));
  }
  const double start = r.lr_warmup <= 1 ? r.lr_warmup : 0;
  const double t = std::clamp((now.fraction - start) / std::max(1e-9, 1 - start), 0.0, 1.0);
  double share = 1;
  if (r.lr_schedule == "linear") {
    share = 1 - t;
  } else if (r.lr_schedule == "cosine") {
    share = 0.5 * (1 + std::cos(std::numbers::pi * t));
  } else {
    check(r.lr_schedule == "constant", "--lr-schedule must be constant, linear or cosine, found {}",
          r.lr_schedule);
  }
  return r.lr * static_cast<float>(r.lr_end + (1 - r.lr_end) * share);
}

float lambda_at(const Recipe& r, const Progress& now) {
  const double t = warmup_done(r.lambda_warmup, now);
  if (r.lambda_schedule == "none") return 1;
  if (r.lambda_schedule == "linear") return static_cast<float>(t);
  if (r.lambda_schedule == "cosine") {
    return static_cast<float>(0.5 * (1 - std::cos(std::numbers::pi * t)));
  }
  if (r.lambda_schedule == "exponential") {
    constexpr double kRate =
        6;  // of 4, 6, 8 and 10 in Hugging Face's study of warm-ups, the middle
    return static_cast<float>((1 - std::exp(-kRate * t)) / (1 - std::exp(-kRate)));
  }
  if (r.lambda_schedule == "step") return static_cast<float>(std::floor(4 * t) / 4);
  if (r.lambda_schedule == "two-phase") {
    // Fast to 0.8 in the first third, then slow.
    return static_cast<float>(t < 1.0 / 3 ? 2.4 * t : 0.8 + 0.3 * (t - 1.0 / 3));
  }
  fail("--lambda-schedule must be none, linear, cosine, exponential, step or two-phase, found {}",
       r.lambda_schedule);
}

// ---------------------------------------------------------------------------------------------
// Quantization.

/// Codes {-1, 0, +1} and the scale of one group of weights. Plain C++ that the compiler vectorises:
/// write another rule here.
struct Quantizer {
  bool by_largest = false;
  float threshold = 0.5f;

  float operator()(const float* w, int64_t n, int8_t* codes) const {
    return by_largest ? Absmax{threshold}(w, n, codes) : Absmean{threshold}(w, n, codes);
  }
};

/// What all layers share; lambda moves as training goes on.
struct Quantization {
  Quantizer quantizer;
  TernaryInfo info;
  float lambda = 0;
};

/// y = Q(x) W^T with W = w + lambda (Q(w) - w). The gradient passes straight through both Q.
class BitLinear : public LinearLayer {
 public:
  BitLinear(Tensor weight, const Quantization& how) : weight_(std::move(weight)), how_(how) {}

  Tensor forward(const Tensor& x) override {
    const Tensor inputs = prepare_input(x, how_.info.input);
    return linear(
        inputs, fake_quantize(weight_, how_.quantizer, how_.info.grouping, how_.lambda, x.dtype()));
  }

  std::optional<PackedTernary> pack() const override {
    return quantize_and_pack(weight_.data<float>(), weight_.rows(), weight_.cols(),
                             how_.info.grouping, how_.quantizer);
  }

 private:
  Tensor weight_;
  const Quantization& how_;
};

Quantization make_quantization(const Recipe& r) {
  Quantization how;
  how.quantizer = {.by_largest = r.quantizer == "absmax", .threshold = r.threshold};
  how.info.grouping = Grouping::parse(r.group);
  how.info.input = {.bits = r.activation_bits, .scale = r.activation_scale};
  return how;
}

// ---------------------------------------------------------------------------------------------
// Training.

/// All that changes while training; what a checkpoint keeps.
struct Training {
  Llama model;
  Quantization quantization;
  AdamW optimizer;
  Budget budget;
  std::unique_ptr<TokenSource> data;
  int64_t position = 0;  // sequences read so far
  double recent_loss = 0;
  double best_ppl = 0;

  Training(Run& run, const Recipe& r)
      : model(run.load_model(compute_type(r.dtype), r.batch_size * r.sequence_length)),
        quantization(make_quantization(r)),
        optimizer(model.parameters(), {.beta1 = r.beta1,
                                       .beta2 = r.beta2,
                                       .epsilon = r.epsilon,
                                       .weight_decay = r.weight_decay}),
        budget(steps_of(r), r.time_budget),
        data(run.training_data(r.seed)) {
    const int64_t context = model.config().max_position_embeddings;
    check(r.sequence_length <= context,
          "--sequence-length must be at most the model's context, {}, found {}", context,
          r.sequence_length);
    model.replace_linears<BitLinear>(quantization);
    if (run.resuming()) load(run);
  }

  std::vector<Parameter> tensors() const {
    std::vector<Parameter> all = model.parameters().all();
    for (const Parameter& moment : optimizer.state()) all.push_back(moment);
    return all;
  }

  void save(Run& run) const {
    Json state = Json::object();
    state.set("step", budget.progress().step);
    state.set("seconds", budget.seconds_spent());
    state.set("position", position);
    state.set("recent_loss", recent_loss);
    state.set("best_ppl", best_ppl);
    run.save_checkpoint(tensors(), state);
  }

  void load(Run& run) {
    const Json state = load_checkpoint(run.checkpoint(), tensors());
    const int64_t step = state.at("step").as_int();
    budget.restore(step, state.at("seconds").as_double());
    optimizer.set_steps_done(step);
    position = state.at("position").as_int();
    recent_loss = state.at("recent_loss").as_double();
    best_ppl = state.at("best_ppl").as_double();
    run.resumed_at(step);
  }
};

/// Forward, backward and update on batch_size * accumulation sequences; returns the mean loss.
double train_step(Training& t, const Recipe& r, float lr) {
  const int64_t B = r.batch_size, T = r.sequence_length;
  std::vector<int32_t> inputs(B * T), targets(B * T);
  double loss = 0;
  for (int64_t pass = 0; pass < r.accumulation; ++pass) {
    t.data->fill(t.position, B, T, inputs, targets);
    t.position += B;
    Tape tape;
    const Tensor part = t.model.loss(inputs, targets, B, 1.0f / static_cast<float>(r.accumulation));
    loss += part.item();
    tape.backward(part);
  }
  const int64_t step = t.budget.progress().step + 1;
  require_finite(loss, step, t.model);
  const double norm = finite_gradient_norm(t.model, step);
  t.optimizer.step(lr, clip_factor(norm, r.clip_norm));
  return loss;
}

/// Scores the model at its present lambda, prints the line, and writes the row of results.tsv and
/// those of layers.tsv.
Evaluation evaluate_and_report(Run& run, const Recipe& r, Training& t, float lr) {
  const Evaluation score = evaluate(t.model, run.eval_set(), r.eval_tokens);
  const int64_t step = t.budget.progress().step;
  require_finite(std::log(score.ppl), step, t.model);
  const auto [negative, zero, positive] = run.add_layers(step, t.model).shares();
  t.best_ppl = t.best_ppl == 0 ? score.ppl : std::min(t.best_ppl, score.ppl);
  run.print(
      fmt::format("step {} lambda={:.3f} loss={:.4f} eval_ppl={:.4f} eval_bpb={:.4f} lr={:.3g} "
                  "quant=[-1:{:.3f} 0:{:.3f} +1:{:.3f}]",
                  step, t.quantization.lambda, t.recent_loss, score.ppl, score.bpb, lr, negative,
                  zero, positive));
  run.add_result({.step = step,
                  .lambda = t.quantization.lambda,
                  .train_loss = step > 0 ? std::optional(t.recent_loss) : std::nullopt,
                  .eval_ppl = score.ppl,
                  .eval_bpb = score.bpb,
                  .lr = lr,
                  .time_s = t.budget.seconds_spent(),
                  .best_ppl = t.best_ppl,
                  .q_neg1 = negative,
                  .q_zero = zero,
                  .q_pos1 = positive});
  return score;
}

/// Trains until the budget is spent or a stop is asked for.
void train_loop(Run& run, const Recipe& r, Training& t) {
  const auto due = [&](int64_t every) {
    return every > 0 && t.budget.progress().step % every == 0;
  };
  const int64_t first_step = t.budget.progress().step;
  const double first_seconds = t.budget.seconds_spent();
  t.budget.resume();
  while (!t.budget.finished() && !stop_requested()) {
    const Progress now = t.budget.progress();
    const float lr = lr_at(r, now);
    t.quantization.lambda = lambda_at(r, now);
    const double loss = train_step(t, r, lr);
    t.budget.step_done();

    constexpr double kSmoothing = 0.9;
    t.recent_loss = now.step == 0 ? loss : kSmoothing * t.recent_loss + (1 - kSmoothing) * loss;
    const Progress then = t.budget.progress();
    run.add_step({.step = then.step,
                  .tokens = t.position * r.sequence_length,
                  .seconds = t.budget.seconds_spent(),
                  .loss = loss,
                  .lr = lr,
                  .lambda = t.quantization.lambda});
    const double tokens = static_cast<double>((then.step - first_step) * tokens_per_step(r));
    run.show_progress(then.step, then.fraction, tokens / (t.budget.seconds_spent() - first_seconds),
                      t.recent_loss, t.budget.seconds_left());
    if (due(r.eval_every) || due(r.save_every)) {
      t.budget.pause();
      if (due(r.eval_every) && !t.budget.finished()) evaluate_and_report(run, r, t, lr);
      if (due(r.save_every)) t.save(run);
      t.budget.resume();
    }
  }
  t.budget.pause();
}

/// The last evaluation, the packed model and the block of `key: value` lines.
void finish(Run& run, const Recipe& r, Training& t, const Timer& total) {
  const Progress end = t.budget.progress();
  t.quantization.lambda = lambda_at(r, end);
  t.quantization.info.lambda = t.quantization.lambda;
  const Evaluation score = evaluate_and_report(run, r, t, lr_at(r, end));
  if (t.quantization.lambda < 1) t.save(run);  // not to be packed, but to be resumed
  save_packed(t.model, t.quantization.info, run.model_folder());
  run.add_tokenizer(run.model_folder());

  const int64_t tokens = t.position * r.sequence_length;
  const double seconds = t.budget.seconds_spent();
  const double rate = seconds > 0 ? static_cast<double>(tokens) / seconds : 0;
  run.print_summary({{"eval_ppl", fmt::format("{:.6f}", score.ppl)},
                     {"eval_bpb", fmt::format("{:.6f}", score.bpb)},
                     {"best_ppl", fmt::format("{:.6f}", t.best_ppl)},
                     {"train_loss", fmt::format("{:.6f}", t.recent_loss)},
                     {"steps", std::to_string(end.step)},
                     {"tokens", std::to_string(tokens)},
                     {"tokens_per_s", fmt::format("{:.1f}", rate)},
                     {"training_seconds", fmt::format("{:.2f}", seconds)},
                     {"total_seconds", fmt::format("{:.2f}", total.seconds())},
                     {"peak_memory_gb", fmt::format("{:.3f}", peak_resident_memory() / 1e9)},
                     {"model", run.model_folder().string()}});
}

int train(Run& run, const Recipe& r) {
  const Timer total;
  check_recipe(r);
  lr_at(r,
        {.step = 1 << 30, .fraction = 1});  // an unknown schedule is named before the model loads
  lambda_at(r, {});
  Training training(run, r);
  train_loop(run, r, training);
  if (!training.budget.finished()) {
    training.save(run);
    run.print(fmt::format("stopped after step {}; go on with: tern train --resume",
                          training.budget.progress().step));
    return kStopped;
  }
  finish(run, r, training, total);
  return kSuccess;
}

int main(int argc, char** argv) { return run_recipe<Recipe>(argc, argv, train); }
