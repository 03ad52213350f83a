#include "tern/ops/teacher_tokens.h"

#include <cmath>
#include <string>

#include "tern/kernels/top_tokens.h"
#include "tern/ops/head_chunks.h"

namespace tern {
namespace {

size_t index_of(const TopTokens& tokens, float temperature) {
  std::string known;
  for (size_t i = 0; i < tokens.temperatures.size(); ++i) {
    if (tokens.temperatures[i] == temperature) return i;
    known += fmt::format("{}{}", known.empty() ? "" : ", ", tokens.temperatures[i]);
  }
  fail("the teacher's tokens are kept for the temperatures {}, found {}; choose one of them", known,
       temperature);
}

template <class T>
void append_to(std::vector<T>& to, const std::vector<T>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

}  // namespace

void TeacherTokens::append(const TeacherTokens& more) {
  check(k == more.k && temperature == more.temperature,
        "tokens of a teacher with k {} at temperature {} do not fit those with {} at {}", more.k,
        more.temperature, k, temperature);
  append_to(ids, more.ids);
  append_to(log_probabilities, more.log_probabilities);
  append_to(log_rest, more.log_rest);
  append_to(log_gold, more.log_gold);
}

TopTokens head_top_tokens(const Tensor& x, const Tensor& w, std::span<const int32_t> targets,
                          int64_t k, std::span<const float> temperatures) {
  const Zone zone("top_tokens");
  check_head_arguments(x, w, targets);
  check(k >= 1, "a teacher keeps 1 token or more, found {}", k);
  for (const float t : temperatures) {
    check(t > 0 && std::isfinite(t), "a temperature must be above 0, found {}", t);
  }
  TopTokens out;
  out.k = std::min(k, w.dim(0));
  out.temperatures.assign(temperatures.begin(), temperatures.end());
  const auto N = targets.size(), kept = static_cast<size_t>(out.k);
  out.ids.resize(N * kept);
  out.log_probabilities.resize(N * kept);
  out.log_rest.resize(N * temperatures.size());
  out.log_gold.resize(N);
  for_float_type("top_tokens", x.dtype(), [&]<class T>() {
    for_each_head_chunk<T>(x, w, targets, [&](int64_t begin, auto logits, auto chunk_targets) {
      const int64_t first = begin * out.k;
      kernels::top_tokens(
          logits, chunk_targets, out.k, temperatures,
          {out.ids.data() + first, out.log_probabilities.data() + first,
           out.log_rest.data() + begin * std::ssize(temperatures), out.log_gold.data() + begin});
    });
  });
  return out;
}

TeacherTokens at_temperature(const TopTokens& tokens, float temperature) {
  const size_t index = index_of(tokens, temperature), kinds = tokens.temperatures.size();
  const auto k = static_cast<size_t>(tokens.k);
  TeacherTokens out{tokens.k, temperature, tokens.ids, {}, {}, tokens.log_gold};
  out.log_probabilities.resize(tokens.ids.size());
  out.log_rest.resize(tokens.log_gold.size());
  for (size_t n = 0; n < tokens.log_gold.size(); ++n) {
    // Sums to 1 over what is kept, roundings included. Lower than kLowestLog is no mass either way.
    const float log_rest = tokens.log_rest[n * kinds + index];
    double sum = std::exp(double{log_rest});
    for (size_t i = n * k; i < (n + 1) * k; ++i) {
      out.log_probabilities[i] = std::max(
          kernels::kLowestLog, static_cast<float>(tokens.log_probabilities[i]) / temperature);
      sum += std::exp(double{out.log_probabilities[i]});
    }
    const auto log_sum = static_cast<float>(std::log(sum));
    for (size_t i = n * k; i < (n + 1) * k; ++i) out.log_probabilities[i] -= log_sum;
    out.log_rest[n] = log_rest - log_sum;
  }
  return out;
}

}  // namespace tern
