// The recipe: how a full-precision Llama becomes a ternary one. This is the one file of a lab that
// a researcher, or an agent, edits; `tern train` builds it and runs it once. Every field of Recipe
// is also a flag (`tern train --lr 1e-4 --activation-bits 8`).
//
// From top to bottom: knobs, what they ask of the library, the ternary layer, a training step, the
// run. Techniques are pieces of the library, found by the value of a field (`tern train
// --list-arms`); a new one can be written right here. The score of record is made by `tern eval`.

#include <cmath>

#include "tern/tern.h"

using namespace tern;

// ---------------------------------------------------------------------------------------------
// The knobs. A comment `try:` lists values worth trying.

struct Recipe {
  // Length of the run (the first of these that is not 0) and its randomness.
  int64_t steps = 0;
  int64_t tokens = 0;
  double time_budget = 300;
  uint64_t seed = 1;

  // One step trains on batch_size * accumulation sequences.
  int64_t batch_size = 8;         // try: 2 4 8 16 32
  int64_t accumulation = 1;       // try: 1 2 4
  int64_t sequence_length = 256;  // try: 128 256 512 1024

  // Learning rate; factors of it for ternary matrices, learned scales and all else. A warm-up up to
  // 1 is a share of the run, above 1 a number of steps.
  float lr = 3e-4f;                    // try: 5e-5 1e-4 2e-4 3e-4 5e-4 1e-3 2e-3
  std::string lr_schedule = "cosine";  // try: constant linear cosine wsd
  double lr_warmup = 0.05;             // try: 0 0.02 0.05 0.1 0.2
  float lr_end = 0.1f;                 // try: 0 0.05 0.1 0.3
  double lr_decay = 0.3;               // try: 0.1 0.2 0.3 0.5
  float lr_matrices = 1.0f;            // try: 0.5 1 2
  float lr_scales = 1.0f;              // try: 0.1 0.3 1 3
  float lr_rest = 1.0f;                // try: 0.1 0.3 1

  // The optimizer.
  std::string optimizer = "adamw";      // try: adamw muon lion
  std::string optimizer_state = "f32";  // try: f32 bf16
  float beta1 = 0.9f;                   // try: 0.8 0.9 0.95
  float beta2 = 0.95f;                  // try: 0.9 0.95 0.98 0.99 0.999
  float momentum = 0.95f;               // try: 0.9 0.95
  float epsilon = 1e-8f;
  float weight_decay = 0.0f;      // try: 0 0.01 0.05 0.1
  double weight_decay_until = 1;  // try: 0.5 1
  float clip_norm = 1.0f;         // try: 0 0.5 1 2
  float clip_value = 0.0f;        // try: 0 0.01 0.1
  double average = 0;             // try: 0 0.9 0.99

  // Codes and scales of the weights.
  std::string quantizer = "rule";       // try: rule lsq elastic shift hestia
  std::string scale = "absmean";        // try: absmean absmedian absmax
  float threshold = 0.5f;               // try: 0.3 0.4 0.5 0.6 0.7
  std::string level = "scale";          // try: scale least-squares lloyd-max
  double zeros = 0;                     // try: 0 0.33 0.42 0.5
  std::string pattern = "none";         // try: none 3:4
  std::string rounding = "nearest";     // try: nearest stochastic
  std::string group = "64";             // try: 32 64 128 256 row tensor
  std::string learned_init = "method";  // try: method rule
  float temperature = 0.36f;            // try: 0.2 0.36 0.5 1

  // Lambda mixes what is quantized and its quantized value, of weights w + lambda (Q(w) - w).
  // try: none linear cosine exponential sigmoid step two-phase
  std::string lambda_schedule = "linear";
  double lambda_warmup = 0.2;  // try: 0.05 0.1 0.2 0.3 0.5
  double lambda_rate = 6;      // try: 4 6 8 10 25 100

  // Dead weights, whose code is 0.
  std::string dead_bias = "none";  // try: none tequila tequila-learned injected
  float dead_bias_scale = 1e-3f;   // try: 1e-3 1e-2 1e-1
  float dead_gradient = 1.0f;      // try: 1 2 4
  bool reactivate = false;         // try: false true
  double reactivate_above = 0.4;   // try: 0.35 0.4 0.5
  int64_t reactivate_every = 20;

  // Inputs of ternary layers (16 bits: as they are).
  int activation_bits = 16;                // try: 4 8 16
  std::string activation_scale = "token";  // try: token channel absmean
  float activation_clip = 1.0f;            // try: 0.8 0.9 1
  std::string activation_norm = "none";    // try: none rms

  // Distillation from the full-precision model.
  std::string distill = "none";           // try: none forward-kl reverse-kl cakld cakld-token tsld
  float distill_mix = 0.5f;               // try: 0.3 0.5 0.7 1
  float distill_temperature = 1.0f;       // try: 1 2 4
  int64_t distill_top_k = 32;             // try: 8 32 128
  std::string distill_features = "none";  // try: none cosine mse
  float distill_feature_weight = 1.0f;    // try: 0.1 1 10
  std::string distill_feature_layers = "all";  // try: all last
  float distill_relations = 0.0f;              // try: 0 0.1 1
  int64_t distill_relation_layer = -1;         // try: -1 -2

  // Structure, and what training starts from.
  std::string layers = "all";      // try: all inner growing
  int embedding_bits = 32;         // try: 2 8 16 32
  bool sub_norm = false;           // try: false true
  int64_t hadamard = 0;            // try: 0 64
  std::string start = "rounding";  // try: rounding gptq

  // Looking at the run, and keeping it.
  int64_t eval_every = 50;
  int64_t eval_tokens = 16384;
  int64_t save_every = 0;
  std::string dtype = "auto";
  bool recompute = false;

  TERN_FIELDS(steps, tokens, time_budget, seed, batch_size, accumulation, sequence_length, lr,
              lr_schedule, lr_warmup, lr_end, lr_decay, lr_matrices, lr_scales, lr_rest, optimizer,
              optimizer_state, beta1, beta2, momentum, epsilon, weight_decay, weight_decay_until,
              clip_norm, clip_value, average, quantizer, scale, threshold, level, zeros, pattern,
              rounding, group, learned_init, temperature, lambda_schedule, lambda_warmup,
              lambda_rate, dead_bias, dead_bias_scale, dead_gradient, reactivate, reactivate_above,
              reactivate_every, activation_bits, activation_scale, activation_clip, activation_norm,
              distill, distill_mix, distill_temperature, distill_top_k, distill_features,
              distill_feature_weight, distill_feature_layers, distill_relations,
              distill_relation_layer, layers, embedding_bits, sub_norm, hadamard, start, eval_every,
              eval_tokens, save_every, dtype, recompute)
};

// ---------------------------------------------------------------------------------------------
// What the knobs ask of the library.

int64_t tokens_per_step(const Recipe& r) {
  return r.batch_size * r.accumulation * r.sequence_length;
}

float lr_at(const Recipe& r, const Progress& now) {
  return LrSchedule{r.lr, r.lr_schedule, r.lr_warmup, r.lr_end, r.lr_decay}.at(now);
}

LambdaSchedule lambda_schedule(const Recipe& r) {
  return {r.lambda_schedule, r.lambda_warmup, r.lambda_rate};
}

TernaryWeightOptions weight_options(const Recipe& r) {
  const GroupRuleOptions rule = {r.scale, r.threshold, r.level, r.zeros, r.pattern, r.rounding};
  return {r.quantizer, rule, Grouping::parse(r.group), r.learned_init, r.seed};
}

InputOptions input_options(const Recipe& r) {
  return {r.activation_bits, r.activation_scale, r.activation_clip, r.activation_norm, r.hadamard};
}

DistillationOptions distillation_options(const Recipe& r) {
  DistillationOptions o = {r.distill, r.distill_mix, r.distill_temperature, r.distill_top_k};
  o.features = r.distill_features;
  o.feature_weight = r.distill_feature_weight;
  o.feature_layers = r.distill_feature_layers;
  o.relations = r.distill_relations;
  o.relation_layer = r.distill_relation_layer;
  return o;
}

OptimizerOptions optimizer_options(const Recipe& r) {
  const DType state = moment_type(r.optimizer_state), compute = compute_type(r.dtype);
  return {r.beta1, r.beta2, r.epsilon, r.momentum, state, compute};
}

// ---------------------------------------------------------------------------------------------
// The ternary layer.

/// What all ternary layers share.
struct Quantization {
  TernaryInfo info;  // what the packed model says of itself
  TernaryWeightOptions weights;
  std::vector<QuantizerState> blocks;  // moves as training goes on; of each block
  SharedInput inputs;
};

/// y = x w^T with both moved by lambda to Q(x) and Q(w), and perhaps a bias for dead weights.
class BitLinear : public LinearLayer {
 public:
  BitLinear(Llama& model, const Llama::Linear& linear, Quantization& how, const Recipe& r)
      : how_(how),
        latent_(model.parameters().at(linear.name)),
        gain_(sub_norm_gain(model, linear)),
        state_(how.blocks[model.block_of(linear)]),
        weight_(make_ternary_weight(linear.name, latent_, model.parameters(), how.weights, state_)),
        dead_bias_(
            dead_biases().at(r.dead_bias)(model.parameters(), linear.name, r.dead_bias_scale)) {}

  Tensor forward(const Tensor& x) override {
    const Tensor inputs = how_.inputs.prepare(x, how_.info.input, gain_, state_.lambda);
    Tensor bias;
    if (dead_bias_) bias = scale(dead_bias_->bias(*weight_), state_.lambda);
    return linear(inputs, weight_->effective(x.dtype()), bias);
  }

  /// What the file stores, and `tern eval` scores.
  std::optional<PackedTernary> pack() const override {
    PackedTernary packed = weight_->pack();
    if (gain_.defined()) packed.sub_norm = gain_.to_vector();
    if (dead_bias_) packed.bias = dead_bias_->bias(*weight_).to_vector();
    return packed;
  }

  /// Multiplies what reached dead weights; at lambda below 1 they are dead only to that part.
  void boost_dead(float factor) {
    boost_dead_gradient(latent_, weight_->codes(), 1 + state_.lambda * (factor - 1));
  }

  /// Lifts dead weights where more than this share is dead, once the layer is ternary throughout.
  void reactivate_above(double share) {
    if (state_.lambda == 1) reactivate(latent_, *weight_, how_.weights.grouping, share);
  }

 private:
  Quantization& how_;
  Tensor latent_;  // float32, what the optimizer moves
  Tensor gain_;    // of the norm in front, if any
  const QuantizerState& state_;
  std::unique_ptr<TernaryWeight> weight_;
  std::unique_ptr<DeadBias> dead_bias_;
};

Quantization make_quantization(const Recipe& r, int64_t blocks) {
  Quantization how;
  how.weights = weight_options(r);
  how.info.grouping = how.weights.grouping;
  how.info.input = input_options(r);
  how.info.embedding_bits = r.embedding_bits;
  how.info.dense_blocks = dense_blocks({r.layers}, blocks);
  how.blocks.resize(static_cast<size_t>(blocks));
  return how;
}

/// Moves all blocks to a point of the run; returns the lambda of the one that is furthest behind.
float move_to(Quantization& how, const Recipe& r, const Progress& now) {
  const auto blocks = static_cast<int64_t>(how.blocks.size());
  const LambdaSchedule lambda = lambda_schedule(r);
  float least = 1;
  for (int64_t block = 0; block < blocks; ++block) {
    const double t = block_progress({r.layers}, block, blocks, share_done(r.lambda_warmup, now));
    how.blocks[block] = {.lambda = lambda.of(t),
                         .temperature = falling_temperature(r.temperature, r.lambda_warmup, now),
                         .step = now.step};
    if (!how.info.is_dense(block)) least = std::min(least, how.blocks[block].lambda);
  }
  return least;
}

/// Refuses, before anything is loaded, what cannot be or makes no sense together.
void check_recipe(const Recipe& r, const LlamaConfig& model) {
  require_not_negative({{"steps", r.steps}, {"tokens", r.tokens}, {"time_budget", r.time_budget}});
  require_not_negative(
      {{"lr_matrices", r.lr_matrices}, {"lr_scales", r.lr_scales}, {"lr_rest", r.lr_rest}});
  require_not_negative(
      {{"weight_decay", r.weight_decay}, {"clip_norm", r.clip_norm}, {"clip_value", r.clip_value}});
  require_not_negative(
      {{"eval_every", r.eval_every}, {"eval_tokens", r.eval_tokens}, {"save_every", r.save_every}});
  require_positive({{"dead_gradient", r.dead_gradient}, {"temperature", r.temperature}});
  constexpr int64_t kMost = 1 << 20;  // far beyond use, and the product of all three is a number
  for (const int64_t size : {r.batch_size, r.accumulation, r.sequence_length}) {
    check(size > 0 && size <= kMost,
          "--batch-size, --accumulation, --sequence-length must be 1 to {}, found {}", kMost, size);
  }
  check(r.sequence_length <= model.max_position_embeddings,
        "--sequence-length must be at most the model's context, {}, found {}",
        model.max_position_embeddings, r.sequence_length);
  check(r.quantizer != "hestia" || !r.dead_bias.starts_with("tequila"),
        "--dead-bias {} counts weights a second time while --quantizer hestia is soft: choose one",
        r.dead_bias);
  check_reactivation(r.reactivate, r.reactivate_above, r.reactivate_every, weight_options(r).rule);
  check(r.layers != "growing" || (r.lambda_warmup > 0 && r.lambda_schedule != "none"),
        "--layers growing needs a warm-up of lambda for its blocks to grow in");
  check(r.start == "rounding" || (r.quantizer == "rule" && r.hadamard == 0 && r.layers != "inner"),
        "--start {} needs --quantizer rule, --hadamard 0 and no dense blocks", r.start);
  lr_at(r, {});
  until(r.weight_decay, r.weight_decay_until, {});
  lambda_schedule(r).at({});
  check_ternary_weight(weight_options(r));
  check_input_options(input_options(r));
  check_optimizer(r.optimizer, optimizer_options(r));
  dead_biases().at(r.dead_bias);
  starts().at(r.start);
  table_format(r.embedding_bits);
  make_quantization(r, model.num_hidden_layers);
}

// ---------------------------------------------------------------------------------------------
// Training.

/// All that changes while training; what a checkpoint keeps.
struct Training {
  Distillation distillation;
  Llama model;
  Quantization quantization;
  std::vector<BitLinear*> layers;  // the model's, those that are ternary
  std::unique_ptr<TokenSource> data;
  std::unique_ptr<Teacher> teacher;  // none where nothing is asked of it
  std::unique_ptr<Optimizer> optimizer;
  WeightAverage average;
  Budget budget;
  int64_t position = 0;  // sequences read so far
  double recent_loss = 0, best_ppl = 0;

  Training(Run& run, const Recipe& r)
      : distillation(distillation_options(r), run.model_config().num_hidden_layers),
        model(run.load_model({.compute = compute_type(r.dtype), .recompute = r.recompute},
                             r.batch_size * r.sequence_length,
                             {r.optimizer, optimizer_options(r), r.average > 0,
                              distillation.needs_teacher(), r.start, input_options(r)})),
        quantization(make_quantization(r, model.config().num_hidden_layers)),
        layers(make_ternary(run, r)),
        data(run.training_data(r.seed)),
        optimizer(make_optimizer(r.optimizer,
                                 groups_of(model.parameters(), model.linear_names(),
                                           {r.lr_matrices, r.lr_scales, r.lr_rest}),
                                 optimizer_options(r))),
        average(model.parameters(), static_cast<float>(r.average)),
        budget(Budget::of(r.steps, r.tokens, tokens_per_step(r), r.time_budget)) {
    if (distillation.needs_teacher()) {
      teacher = run.teacher(distillation.teacher_options(r.sequence_length));
      run.print(teacher->note());
    }
    if (run.resuming()) load(run);
  }

  /// Puts BitLinear in the place of the blocks' linear layers.
  std::vector<BitLinear*> make_ternary(Run& run, const Recipe& r) {
    run.move_to_start(r.start, model, quantization.weights, r.sequence_length);
    if (r.sub_norm) run.add_sub_norms(model, r.seed, r.sequence_length);
    use_table_format(model, r.embedding_bits, quantization.info.grouping);
    std::vector<BitLinear*> made;
    model.replace_linears([&](const Llama::Linear& linear) -> std::unique_ptr<LinearLayer> {
      const int64_t block = model.block_of(linear);
      const Tensor weight = model.parameters().at(linear.name);
      if (quantization.info.is_dense(block)) {
        return std::make_unique<DenseLinear>(weight, DType::bf16);
      }
      if (r.hadamard > 0) rotate_weights(weight, r.hadamard);
      auto layer = std::make_unique<BitLinear>(model, linear, quantization, r);
      made.push_back(layer.get());
      return layer;
    });
    return made;
  }

  std::vector<Parameter> tensors() const {
    std::vector<Parameter> all = model.parameters().all();
    for (const auto& state : {optimizer->state(), average.state()}) {
      all.insert(all.end(), state.begin(), state.end());
    }
    return all;
  }

  void save(Run& run) const {
    run.save_checkpoint(tensors(), Json::Object{{"step", budget.progress().step},
                                                {"seconds", budget.seconds_spent()},
                                                {"position", position},
                                                {"recent_loss", recent_loss},
                                                {"best_ppl", best_ppl}});
  }

  void load(Run& run) {
    const Json state = load_checkpoint(run.checkpoint(), tensors());
    const int64_t step = state.at("step").as_int();
    budget.restore(step, state.at("seconds").as_double());
    optimizer->set_steps_done(step);
    average.set_updates_done(step);
    position = state.at("position").as_int();
    recent_loss = state.at("recent_loss").as_double();
    best_ppl = state.at("best_ppl").as_double();
    run.resumed_at(step);
  }
};

/// Forward, backward and update on batch_size * accumulation sequences; returns the mean loss.
double train_step(Training& t, const Recipe& r, float lr) {
  const int64_t B = r.batch_size, T = r.sequence_length;
  const Progress now = t.budget.progress();
  std::vector<int32_t> inputs(B * T), targets(B * T);
  double loss = 0;
  for (int64_t pass = 0; pass < r.accumulation; ++pass) {
    t.data->fill(t.position, B, T, inputs, targets);
    const std::vector<int64_t> windows = t.data->windows(t.position, B, T);
    t.position += B;
    Tape tape;
    const Tensor part = t.distillation.loss(t.model, t.teacher.get(), inputs, targets, windows,
                                            1.0f / static_cast<float>(r.accumulation));
    loss += part.item();
    tape.backward(part);
  }
  require_finite(loss, now.step + 1, t.model);
  if (r.dead_gradient != 1) {
    for (BitLinear* layer : t.layers) layer->boost_dead(r.dead_gradient);
  }
  clip_by_value(t.model.parameters(), r.clip_value);
  const double norm = finite_gradient_norm(t.model, now.step + 1);
  t.optimizer->step({.lr = lr,
                     .weight_decay = until(r.weight_decay, r.weight_decay_until, now),
                     .gradient_scale = clip_factor(norm, r.clip_norm)});
  t.average.update();
  if (r.reactivate && now.step % r.reactivate_every == 0) {
    for (BitLinear* layer : t.layers) layer->reactivate_above(r.reactivate_above);
  }
  return loss;
}

/// Scores the model at its present lambda; prints it and writes it into results.tsv and layers.tsv.
Evaluation evaluate_and_report(Run& run, const Recipe& r, Training& t, float lambda, float lr) {
  const WithAverage averaged(t.average);
  for (QuantizerState& block : t.quantization.blocks) block.nearest = true;
  const Evaluation score = evaluate(t.model, run.eval_set(), r.eval_tokens);
  const int64_t step = t.budget.progress().step;
  require_finite(std::log(score.ppl), step, t.model);
  const auto [negative, zero, positive] = run.add_layers(step, t.model).shares();
  if (lambda == 1) t.best_ppl = t.best_ppl > 0 ? std::min(t.best_ppl, score.ppl) : score.ppl;
  run.add_result({.step = step,
                  .lambda = lambda,
                  .train_loss = step > 0 ? std::optional(t.recent_loss) : std::nullopt,
                  .eval_ppl = score.ppl,
                  .eval_bpb = score.bpb,
                  .lr = lr,
                  .time_s = t.budget.seconds_spent(),
                  .best_ppl = t.best_ppl,
                  .q_neg1 = negative,
                  .q_zero = zero,
                  .q_pos1 = positive,
                  .eval_tokens = score.tokens});
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
    const float lambda = move_to(t.quantization, r, now);
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
                  .lambda = lambda});
    const double tokens = static_cast<double>((then.step - first_step) * tokens_per_step(r));
    run.show_progress(then.step, then.fraction, tokens / (t.budget.seconds_spent() - first_seconds),
                      t.recent_loss, t.budget.seconds_left());
    if (due(r.eval_every) || due(r.save_every)) {
      t.budget.pause();
      if (due(r.eval_every) && !t.budget.finished()) evaluate_and_report(run, r, t, lambda, lr);
      if (due(r.save_every)) t.save(run);
      t.budget.resume();
    }
  }
  t.budget.pause();
}

/// The last evaluation, the packed model and the block of `key: value` lines.
void finish(Run& run, const Recipe& r, Training& t, const Timer& total) {
  const Progress end = t.budget.progress();
  const float lambda = move_to(t.quantization, r, end);
  t.quantization.info.lambda = lambda;
  const Evaluation score = evaluate_and_report(run, r, t, lambda, lr_at(r, end));
  if (lambda < 1) t.save(run);  // not to be packed, but to be resumed
  const WithAverage averaged(t.average);
  save_packed(t.model, t.quantization.info, run.model_folder());
  run.add_tokenizer(run.model_folder());

  run.print_summary({.score = score,
                     .best_ppl = t.best_ppl,
                     .train_loss = t.recent_loss,
                     .steps = end.step,
                     .tokens = t.position * r.sequence_length,
                     .training_seconds = t.budget.seconds_spent(),
                     .total_seconds = total.seconds()});
}

int train(Run& run, const Recipe& r) {
  const Timer total;
  check_recipe(r, run.model_config());
  Training training(run, r);
  if (!run.resuming()) run.add_layers(0, training.model);
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
