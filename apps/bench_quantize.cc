#include <fmt/core.h>

#include <algorithm>
#include <cstring>
#include <functional>
#include <limits>

#include "apps/answers.h"
#include "apps/shapes.h"
#include "tern/base/command.h"
#include "tern/base/error.h"
#include "tern/base/flags.h"
#include "tern/base/json.h"
#include "tern/base/rng.h"
#include "tern/base/timer.h"
#include "tern/contract/json_form.h"
#include "tern/parallel/parallel.h"
#include "tern/quant/absmean.h"
#include "tern/quant/group_rule.h"
#include "tern/quant/group_rule_parts.h"
#include "tern/quant/quantize.h"
#include "tern/tensor/compute_type.h"
#include "tern/tensor/tensor.h"

namespace tern {
namespace {

struct QuantizeBenchOptions {
  std::string shape = "smollm-135m";
  std::string group = "64";
  GroupRuleOptions rule;
  std::string dtype = "auto";
  int threads = 0;
  int64_t repeats = 11;
  bool json = false;

  /// The rule's fields have the names of the recipe's.
  void add_to(Flags& flags) {
    flags.add("shape", shape, "shape of the model: smollm-135m, llama-3.2-1b or demo");
    flags.add("group", group, "weights that share a scale: 32, 64, 128, 256, row or tensor");
    flags.add("scale", rule.scale,
              "statistic of a group that scales its threshold: " + listed(group_scales().values()));
    flags.add("threshold", rule.threshold, "weights up to threshold * scale become 0");
    flags.add("level", rule.level,
              "what is stored for a group's weights: " + listed(group_levels().values()));
    flags.add("zeros", rule.zeros, "share of a group that becomes 0; 0: as the threshold says");
    flags.add("pattern", rule.pattern,
              "which weights may be other than 0: " + listed(group_patterns().values()));
    flags.add("dtype", dtype, "type of the result: bf16, f32, or auto for this CPU's");
    flags.add("threads", threads, "threads to use; 0: all cores");
    flags.add("repeats", repeats, "passes to measure; the fastest counts");
    flags.add_json(json);
  }
  void check() const {
    require_positive({{"repeats", static_cast<double>(repeats)}});
    require_not_negative({{"threads", threads}});
    rule.check();
    Grouping::parse(group);
    known_shape(shape);
    compute_type(dtype);
  }
};

/// Seconds of each job's fastest call, after one that is not counted. The jobs take turns, so that
/// a machine that slows down for a while does so for all of them; what else runs on its cores only
/// adds, and to a longer job more often.
std::vector<double> fastest_seconds(int64_t repeats,
                                    const std::vector<std::function<void()>>& jobs) {
  std::vector<double> fastest(jobs.size(), std::numeric_limits<double>::infinity());
  for (const auto& job : jobs) job();
  for (int64_t i = 0; i < repeats; ++i) {
    for (size_t j = 0; j < jobs.size(); ++j) {
      Timer timer;
      jobs[j]();
      fastest[j] = std::min(fastest[j], timer.seconds());
    }
  }
  return fastest;
}

/// Weights from a normal distribution, as a model's are about.
Tensor normal_weights(int64_t rows, int64_t cols) {
  const Tensor w = Tensor::empty({rows, cols}, DType::f32);
  parallel_for(rows, 64, [&](int64_t begin, int64_t end) {
    for (int64_t row = begin; row < end; ++row) {
      Rng rng(static_cast<uint64_t>(row));
      float* values = w.data<float>() + row * cols;
      for (int64_t i = 0; i < cols; ++i) values[i] = static_cast<float>(0.02 * rng.normal());
    }
  });
  return w;
}

struct Seconds {
  double copy, absmean, rule;
};

Seconds measure(const Tensor& w, DType type, Grouping grouping, const GroupRule& rule,
                int64_t repeats) {
  const Tensor copy = Tensor::empty(w.shape(), DType::f32);
  const Tensor effective = Tensor::empty(w.shape(), type);
  const int64_t rows = w.rows(), cols = w.cols();
  const auto copying = [&] {
    parallel_for(rows, 64, [&](int64_t begin, int64_t end) {
      std::memcpy(copy.data<float>() + begin * cols, w.data<float>() + begin * cols,
                  static_cast<size_t>((end - begin) * cols) * sizeof(float));
    });
  };
  const auto quantizing = [&](const auto& quantizer) {
    return [&] {
      if (type == DType::bf16) {
        fake_quantize_rows(w.data<float>(), rows, cols, grouping, quantizer, 1.0f,
                           effective.data<bf16>());
      } else {
        fake_quantize_rows(w.data<float>(), rows, cols, grouping, quantizer, 1.0f,
                           effective.data<float>());
      }
    };
  };
  const Absmean absmean;
  const auto fastest = fastest_seconds(repeats, {copying, quantizing(absmean), quantizing(rule)});
  return {fastest[0], fastest[1], fastest[2]};
}

BenchQuantizeAnswer answer_of(const QuantizeBenchOptions& o, int64_t size, DType type,
                              const Seconds& seconds) {
  const auto weights = static_cast<double>(size);
  const auto bytes = weights * static_cast<double>(size_of(DType::f32) + size_of(type));
  return {.shape = o.shape,
          .weights = size,
          .group = o.group,
          .scale = o.rule.scale,
          .threshold = o.rule.threshold,
          .level = o.rule.level,
          .zeros = o.rule.zeros,
          .pattern = o.rule.pattern,
          .dtype = std::string(name_of(type)),
          .threads = thread_count(),
          .quantize_seconds = seconds.rule,
          .absmean_seconds = seconds.absmean,
          .copy_seconds = seconds.copy,
          .ns_per_weight = seconds.rule / weights * 1e9,
          .ratio_to_absmean = seconds.rule / seconds.absmean,
          .ratio = seconds.rule / seconds.copy,
          .gb_per_s = bytes / seconds.rule / 1e9};
}

void print_answer(const BenchQuantizeAnswer& a) {
  const auto weights = static_cast<double>(a.weights);
  fmt::print("{:.1f} M weights, group {}, to {}, {} threads\n", weights / 1e6, a.group, a.dtype,
             a.threads);
  fmt::print("fake quantization {:.4f} s ({:.1f} GB/s), plain copy {:.4f} s: ratio {:.2f}\n",
             a.quantize_seconds, a.gb_per_s, a.copy_seconds, a.ratio);
  fmt::print("{:.2f} ns a weight, absmean {:.2f}: ratio {:.2f}\n", a.ns_per_weight,
             a.absmean_seconds / weights * 1e9, a.ratio_to_absmean);
}

int bench_quantize(const QuantizeBenchOptions& options) {
  if (options.threads > 0) set_thread_count(options.threads);
  const GroupRule rule(options.rule);
  const Grouping grouping = Grouping::parse(options.group);
  const DType type = compute_type(options.dtype);
  const LlamaConfig config = known_shape(options.shape);
  const int64_t cols = config.hidden_size;
  const Tensor w = normal_weights(config.linear_parameter_count() / cols, cols);
  const BenchQuantizeAnswer answer =
      answer_of(options, w.size(), type, measure(w, type, grouping, rule, options.repeats));
  if (options.json) {
    fmt::print("{}\n", json_of(answer).dump_pretty());
  } else {
    print_answer(answer);
  }
  return kSuccess;
}

const RegisterCommand bench_quantize_command(
    {.name = "bench quantize",
     .summary = "time fake quantization and a memory copy",
     .group = CommandGroup::kMachine,
     .place = 3,
     .description =
         "Measures fake-quantizing all linear weights of a model by a group rule, beside "
         "absmean and a plain\ncopy of the same bytes.",
     .options = runs(bench_quantize)});

}  // namespace
}  // namespace tern
