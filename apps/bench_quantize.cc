#include <fmt/core.h>

#include <algorithm>
#include <cstring>

#include "apps/shapes.h"
#include "tern/base/command.h"
#include "tern/base/error.h"
#include "tern/base/flags.h"
#include "tern/base/json.h"
#include "tern/base/rng.h"
#include "tern/base/timer.h"
#include "tern/parallel/parallel.h"
#include "tern/quant/absmean.h"
#include "tern/quant/quantize.h"
#include "tern/tensor/compute_type.h"
#include "tern/tensor/tensor.h"

namespace tern {
namespace {

/// Seconds of the median of `repeats` calls, after one that is not counted.
template <class Body>
double median_seconds(int64_t repeats, Body&& body) {
  std::vector<double> seconds;
  body();
  for (int64_t i = 0; i < repeats; ++i) {
    Timer timer;
    body();
    seconds.push_back(timer.seconds());
  }
  std::sort(seconds.begin(), seconds.end());
  return seconds[seconds.size() / 2];
}

int bench_quantize(const std::vector<std::string>& arguments) {
  std::string shape = "smollm-135m", group = "64", dtype = "auto";
  int threads = 0;
  int64_t repeats = 11;
  bool as_json = false;
  Flags flags(
      "tern bench quantize",
      "Fake-quantizing all linear weights of a model, beside a plain copy of the same bytes.");
  flags.add("shape", shape, "smollm-135m, llama-3.2-1b or demo");
  flags.add("group", group, "weights that share a scale");
  flags.add("dtype", dtype, "auto, bf16 or f32");
  flags.add("threads", threads, "threads; 0: all cores");
  flags.add("repeats", repeats, "passes measured; the median counts");
  flags.add("json", as_json, "print JSON");
  if (!flags.parse(arguments)) {
    fmt::print("{}", flags.help());
    return kSuccess;
  }
  check(repeats > 0 && threads >= 0, "--repeats must be 1 or more and --threads 0 or more");
  if (threads > 0) set_thread_count(threads);
  const Grouping grouping = Grouping::parse(group);
  const DType type = compute_type(dtype);
  const LlamaConfig config = known_shape(shape);
  const int64_t cols = config.hidden_size;
  const int64_t rows = config.linear_parameter_count() / cols;

  const Tensor w = Tensor::empty({rows, cols}, DType::f32),
               copy = Tensor::empty({rows, cols}, DType::f32);
  const Tensor effective = Tensor::empty({rows, cols}, type);
  Rng rng(1);
  for (float& value : w.values<float>()) value = static_cast<float>(rng.uniform() - 0.5);
  const double copying = median_seconds(repeats, [&] {
    parallel_for(rows, 64, [&](int64_t begin, int64_t end) {
      std::memcpy(copy.data<float>() + begin * cols, w.data<float>() + begin * cols,
                  static_cast<size_t>((end - begin) * cols) * sizeof(float));
    });
  });
  const double quantizing = median_seconds(repeats, [&] {
    if (type == DType::bf16) {
      fake_quantize_rows(w.data<float>(), rows, cols, grouping, Absmean{}, 1.0f,
                         effective.data<bf16>());
    } else {
      fake_quantize_rows(w.data<float>(), rows, cols, grouping, Absmean{}, 1.0f,
                         effective.data<float>());
    }
  });

  Json json = Json::object();
  json.set("shape", shape);
  json.set("weights", w.size());
  json.set("group", group);
  json.set("dtype", name_of(type));
  json.set("threads", thread_count());
  json.set("quantize_seconds", quantizing);
  json.set("copy_seconds", copying);
  json.set("ratio", quantizing / copying);
  json.set("gb_per_s", static_cast<double>(w.bytes() + effective.bytes()) / quantizing / 1e9);
  if (as_json) {
    fmt::print("{}\n", json.dump_pretty());
  } else {
    fmt::print("{:.1f} M weights, group {}, to {}, {} threads\n",
               static_cast<double>(w.size()) / 1e6, group, name_of(type), thread_count());
    fmt::print("fake quantization {:.4f} s ({:.1f} GB/s), plain copy {:.4f} s: ratio {:.2f}\n",
               quantizing, json.at("gb_per_s").as_double(), copying, quantizing / copying);
  }
  return kSuccess;
}

const RegisterCommand registration({"bench quantize", "fake quantization beside a memory copy",
                                    bench_quantize});

}  // namespace
}  // namespace tern
