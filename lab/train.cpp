// The recipe: how a full-precision Llama becomes a ternary one. This is the one file of a lab that
// a researcher, or an agent, edits; `tern train` builds it and runs it once.
//
// From top to bottom: the knobs, the ternary layer, a training step, the run. Each knob is a flag
// too (`tern train --lr 1e-4 --activation-bits 8`); `tern train --list-arms` tells what they all
// mean. The library counts, saves and reports; the score of record is made by `tern eval`.

#include "tern/tern.h"

using namespace tern;

// ---------------------------------------------------------------------------------------------
// The knobs. Each member describes its own, beside the code of the library that uses them.

struct Recipe {
  RunPlan run;                   // length, seed, batches, evaluations
  ComputeOptions compute;        // type of matrix products, memory
  LrSchedule lr;                 // the learning rate
  LrFactors lr_factors;          // of it, for groups of parameters
  OptimizerOptions optimizer;    // AdamW, Muon or Lion, and an average of weights
  WeightDecay decay;             // and the point where it ends
  ClipOptions clip;              // of gradients
  LambdaSchedule lambda;         // mixes weights and their quantized values: w + lambda (Q(w) - w)
  TernaryWeightOptions weights;  // their codes and scales
  DeadWeightOptions dead;        // what becomes of weights whose code is 0
  InputOptions inputs;           // of ternary layers
  StructureOptions structure;    // which layers, and what training starts from
  DistillationOptions distill;   // from the full-precision model

  /// What this lab does otherwise than Tern's own recipe, a line a knob.
  void override_values() {
    // overrides begin
    // overrides end
  }

  /// A knob of this recipe's own is a member above and one line here, such as
  ///   knobs.add(TERN_KNOB(smoothing),
  ///             {.meaning = "of the targets", .tries = "0 0.05 0.1", .bends_curve = true});
  /// where the last says that losses of two values cannot be compared midway (see KnobNote).
  void describe(Knobs& knobs) {
    TERN_KNOB_GROUPS(knobs, run, compute, lr, lr_factors, optimizer, decay, clip, lambda, weights,
                     dead, inputs, structure, distill);
  }

  /// Refuses, before anything runs, what makes no sense together.
  void check() const {
    dead.check_with(weights);
    structure.check_with(weights, inputs);
    tern::check(structure.layers != "growing" || (lambda.warmup > 0 && lambda.curve != "none"),
                "--layers growing needs a warm-up of lambda for its blocks to grow in");
  }
};

// ---------------------------------------------------------------------------------------------
// The ternary layer.

/// y = x w^T with both moved by lambda to Q(x) and Q(w), and perhaps a bias for dead weights.
class BitLinear : public LinearLayer {
 public:
  BitLinear(Llama& model, const Llama::Linear& linear, Quantization& how,
            const DeadWeightOptions& dead)
      : how_(how),
        latent_(model.parameters().at(linear.name)),
        gain_(sub_norm_gain(model, linear)),
        state_(how.blocks[model.block_of(linear)]),
        weight_(make_ternary_weight(linear.name, latent_, model.parameters(), how.weights, state_)),
        dead_bias_(dead_biases().at(dead.bias)(model.parameters(), linear.name, dead.bias_scale)) {}

  Tensor forward(const Tensor& x) override {
    const EffectiveLinear now = effective(x.dtype());
    return linear(how_.inputs.prepare(x, how_.info.input, gain_, state_.lambda), now.weight,
                  now.bias);
  }

  /// What forward() computes with now; an evaluation scores it.
  EffectiveLinear effective(DType compute) const override {
    Tensor bias;
    if (dead_bias_) bias = scale(dead_bias_->bias(*weight_), state_.lambda);
    return {weight_->effective(compute), bias, gain_, state_.lambda};
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
    if (state_.lambda == 1) reactivate(latent_, *weight_, how_.weights.grouping(), share);
  }

 private:
  Quantization& how_;
  Tensor latent_;  // float32, what the optimizer moves
  Tensor gain_;    // of the norm in front, if any
  const QuantizerState& state_;
  std::unique_ptr<TernaryWeight> weight_;
  std::unique_ptr<DeadBias> dead_bias_;
};

/// Moves the weights to where training starts, and puts BitLinear in the place of the blocks'
/// linear layers.
std::vector<BitLinear*> make_ternary(Run& run, Llama& model, Quantization& how, const Recipe& r) {
  run.move_to_start(model, r.structure, how.weights, r.run);
  std::vector<BitLinear*> made;
  model.replace_linears([&](const Llama::Linear& linear) -> std::unique_ptr<LinearLayer> {
    const Tensor weight = model.parameters().at(linear.name);
    if (how.info.is_dense(model.block_of(linear))) {
      return std::make_unique<DenseLinear>(weight, DType::bf16);
    }
    if (r.inputs.hadamard > 0) rotate_weights(weight, r.inputs.hadamard);
    auto layer = std::make_unique<BitLinear>(model, linear, how, r.dead);
    made.push_back(layer.get());
    return layer;
  });
  return made;
}

/// Moves all blocks to a point of the run; returns the lambda of the one that is furthest behind.
float move_to(Quantization& how, const Recipe& r, const Progress& now) {
  const auto blocks = static_cast<int64_t>(how.blocks.size());
  const double warm = share_done(r.lambda.warmup, now);
  float least = 1;
  for (int64_t block = 0; block < blocks; ++block) {
    const float lambda = r.lambda.of(block_progress(r.structure, block, blocks, warm));
    how.blocks[block] = {
        .lambda = lambda,
        .temperature = falling_temperature(r.weights.temperature, r.lambda.warmup, now),
        .step = now.step};
    if (!how.info.is_dense(block)) least = std::min(least, lambda);
  }
  return least;
}

// ---------------------------------------------------------------------------------------------
// Training.

std::unique_ptr<Optimizer> optimizer_of(Llama& model, const Recipe& r) {
  OptimizerOptions options = r.optimizer;
  options.compute = model.compute();
  return make_optimizer(groups_of(model.parameters(), model.linear_names(), r.lr_factors), options);
}

/// All that changes while training.
struct Training {
  Distillation distillation;
  Llama model;
  Quantization quantization;
  std::vector<BitLinear*> layers;  // the model's, those that are ternary
  Batches batches;
  std::unique_ptr<Optimizer> optimizer;
  WeightAverage average;
  std::unique_ptr<Teacher> teacher;  // none where nothing is asked of it

  Training(Run& run, const Recipe& r)
      : distillation(r.distill, run.model_config().num_hidden_layers),
        model(run.load_model(r.compute, r.run,
                             {.optimizer = r.optimizer,
                              .teacher = distillation.needs_teacher(),
                              .start = r.structure.start,
                              .inputs = r.inputs})),
        quantization(r.weights, r.inputs, r.structure, r.run.seed,
                     model.config().num_hidden_layers),
        layers(make_ternary(run, model, quantization, r)),
        batches(run.batches(r.run)),
        optimizer(optimizer_of(model, r)),
        average(model.parameters(), static_cast<float>(r.optimizer.average)),
        teacher(run.teacher(distillation, r.run)) {}
};

/// Forward, backward and update on batch_size * accumulation sequences; returns the mean loss.
double train_step(Training& t, const Recipe& r, const Progress& now, float lr) {
  double loss = 0;
  for (int64_t pass = 0; pass < r.run.accumulation; ++pass) {
    const Batch batch = t.batches.next();
    Tape tape;
    const Tensor part =
        t.distillation.loss(t.model, t.teacher.get(), batch.inputs, batch.targets, batch.windows,
                            1.0f / static_cast<float>(r.run.accumulation));
    loss += part.item();
    tape.backward(part);
  }
  require_finite(loss, now.step + 1, t.model);
  if (r.dead.gradient != 1) {
    for (BitLinear* layer : t.layers) layer->boost_dead(r.dead.gradient);
  }
  clip_by_value(t.model.parameters(), r.clip.value);
  const double norm = finite_gradient_norm(t.model, now.step + 1);
  t.optimizer->step({.lr = lr,
                     .weight_decay = r.decay.at(now),
                     .gradient_scale = clip_factor(norm, r.clip.norm)});
  t.average.update();
  if (r.dead.reactivate && now.step % r.dead.reactivate_every == 0) {
    for (BitLinear* layer : t.layers) layer->reactivate_above(r.dead.reactivate_above);
  }
  return loss;
}

int train(Run& run, const Recipe& r) {
  Training t(run, r);
  TrainingLoop loop(run, r.run, {t.model, t.quantization, t.batches, *t.optimizer, t.average});
  while (loop.next()) {
    const Progress now = loop.now();
    const float lr = r.lr.at(now);
    const float lambda = move_to(t.quantization, r, now);
    const double loss = train_step(t, r, now, lr);
    loop.done({.loss = loss, .lr = lr, .lambda = lambda});
  }
  const Progress end = loop.now();
  return loop.finish(move_to(t.quantization, r, end), r.lr.at(end));
}

int main(int argc, char** argv) { return run_recipe<Recipe>(argc, argv, train); }
