#include <vector>

#include "tern/kernels/gemm.h"
#include "tern/model/start.h"
#include "tern/model/watch_inputs.h"
#include "tern/ops/op.h"
#include "tern/quant/ternary_fit.h"

namespace tern {
namespace {

/// Adds up x x^T of the inputs that several layers in a row share, such as query, key and value.
class GramCollector {
 public:
  /// The Gram matrix (I, I) to which x was added.
  Tensor add(const Tensor& x) {
    if (last_.defined() && last_.same_as(x)) return gram_;
    last_ = x;
    gram_ = Tensor::zeros({x.cols(), x.cols()});
    for_float_type("gptq", x.dtype(), [&]<class T>() {
      kernels::gemm(matrix<const T>(x).t(), matrix<const T>(x), matrix<float>(gram_),
                    kernels::Into::accumulate);
    });
    return gram_;
  }

 private:
  Tensor last_;  // held, so that no other input gets its address meanwhile
  Tensor gram_;
};

void fit(Llama& model, std::span<const int32_t> ids, int64_t B, Grouping grouping,
         const GroupRule& rule) {
  const Zone zone("gptq");
  GramCollector collector;
  std::vector<Tensor> grams(model.linears().size());
  watch_inputs(model, ids, B, [&](size_t i, const Tensor& x) { grams[i] = collector.add(x); });
  for (size_t i = 0; i < grams.size(); ++i) {
    const bool shared = i > 0 && grams[i - 1].same_as(grams[i]);
    if (!shared) factor_gram(matrix<float>(grams[i]));
    if (i > 0 && !shared) grams[i - 1] = Tensor();
    fit_ternary(matrix<float>(model.parameters().at(model.linears()[i].name)),
                matrix<const float>(grams[i]), grouping, rule);
  }
}

/// The Gram matrices of all layers.
double gram_bytes(const LlamaConfig& c) {
  const auto square = [](int64_t n) { return static_cast<double>(n) * static_cast<double>(n); };
  // Inputs of query, key and value; of the attention's output; of gate and up; of down.
  const double block = 2 * square(c.hidden_size) + square(c.head_dim * c.num_attention_heads) +
                       square(c.intermediate_size);
  return 4 * static_cast<double>(c.num_hidden_layers) * block;
}

const Register<Start> registration(
    starts(), "gptq", {.move = fit, .memory = gram_bytes},
    "each layer fitted to its inputs on the first text: errors of rounding are made up for",
    "Frantar et al. 2022, arXiv 2210.17323; before QAT: arXiv 2601.14888");

}  // namespace
}  // namespace tern
