#include "report/tensorboard.h"

#include <fmt/core.h>

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstring>
#include <string_view>

#include "report/crc32c.h"
#include "tern/base/file.h"

namespace tern {
namespace fs = std::filesystem;
namespace {

static_assert(std::endian::native == std::endian::little, "the formats below are little-endian");

template <class T>
std::string bytes_of(T value) {
  std::string bytes(sizeof value, '\0');
  std::memcpy(bytes.data(), &value, sizeof value);
  return bytes;
}

// Protocol buffers: a field is a key (number and wire type) and a value.
std::string varint(uint64_t value) {
  std::string bytes;
  for (; value >= 0x80; value >>= 7) bytes += static_cast<char>(value | 0x80);
  return bytes + static_cast<char>(value);
}
std::string key(uint32_t field, uint32_t wire_type) { return varint(field << 3 | wire_type); }
std::string integer(uint32_t field, int64_t value) {
  return key(field, 0) + varint(static_cast<uint64_t>(value));
}
std::string float64(uint32_t field, double value) { return key(field, 1) + bytes_of(value); }
std::string text(uint32_t field, std::string_view value) {
  return key(field, 2) + varint(value.size()).append(value);
}
std::string float32(uint32_t field, float value) { return key(field, 5) + bytes_of(value); }

/// The mask keeps the CRC of data that holds CRCs from being trivial.
std::string masked_crc(std::string_view bytes) {
  const uint32_t crc = crc32c(bytes);
  return bytes_of<uint32_t>(((crc >> 15) | (crc << 17)) + 0xA282EAD8u);
}

std::string record(const std::string& event) {
  const std::string length = bytes_of<uint64_t>(event.size());
  return length + masked_crc(length) + event + masked_crc(event);
}

/// An event under construction: the values of one step that are numbers.
class StepEvent {
 public:
  void add(std::string_view tag, double value) {
    if (!std::isfinite(value)) return;
    // Summary.value (1) { tag (1), simple_value (2) }
    values_ += text(1, text(1, tag) + float32(2, static_cast<float>(value)));
  }
  /// Event { wall_time (1), step (2), summary (5) }
  std::string finish(double time, int64_t step) const {
    if (values_.empty()) return "";
    return record(float64(1, time) + integer(2, step) + text(5, values_));
  }

 private:
  std::string values_;
};

/// The seconds of training at a step, by the rows of steps.tsv, which come in order.
class Clock {
 public:
  Clock(const RunCurves& curves, int64_t time) : steps_(curves.steps), time_(time) {}

  double at(int64_t step) {
    for (; next_ < steps_.size() && steps_[next_].step <= step; ++next_) {
      if (std::isfinite(steps_[next_].seconds)) seconds_ = steps_[next_].seconds;
    }
    return static_cast<double>(time_) + seconds_;
  }

 private:
  const std::vector<StepRow>& steps_;
  int64_t time_;
  size_t next_ = 0;
  double seconds_ = 0;
};

/// When a file was last written, in seconds since 1970; 0 when it is not there.
int64_t time_of(const fs::path& file) {
  std::error_code none;
  const auto time = fs::last_write_time(file, none);
  if (none) return 0;
  const auto system = std::chrono::file_clock::to_sys(time).time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(system).count();
}

/// Writes a run's event file unless it is newer than the tables that it is made from.
void write_run(const fs::path& run, const fs::path& file, int64_t time) {
  int64_t latest = 0;
  for (const char* table : {"steps.tsv", "results.tsv", "layers.tsv"}) {
    latest = std::max(latest, time_of(run / table));
  }
  if (latest == 0 || time_of(file) > latest) return;
  const RunCurves curves = read_run_curves(run);
  if (curves.empty()) return;
  fs::create_directories(file.parent_path());
  write_file_atomically(file, tensorboard_events(curves, time));
}

}  // namespace

std::string tensorboard_events(const RunCurves& curves, int64_t time) {
  // The first event says the format: file_version (3).
  std::string out = record(float64(1, static_cast<double>(time)) + text(3, "brain.Event:2"));
  Clock clock(curves, time);
  for (const StepRow& row : curves.steps) {
    StepEvent event;
    event.add("train/loss", row.loss);
    event.add("train/lr", row.lr);
    event.add("train/lambda", row.lambda);
    event.add("train/tokens", static_cast<double>(row.tokens));
    out += event.finish(clock.at(row.step), row.step);
  }
  Clock evaluation_clock(curves, time);
  for (const auto& [row, tokens] : curves.evaluations) {
    StepEvent event;
    event.add("eval/ppl", row.eval_ppl);
    event.add("eval/bpb", row.eval_bpb);
    event.add("codes/neg1", row.q_neg1);
    event.add("codes/zero", row.q_zero);
    event.add("codes/pos1", row.q_pos1);
    out += event.finish(evaluation_clock.at(row.step), row.step);
  }
  Clock layer_clock(curves, time);
  for (const LayerRow& row : curves.layers) {
    if (!row.flip_rate) continue;
    StepEvent event;
    event.add("flip_rate/" + row.layer, *row.flip_rate);
    out += event.finish(layer_clock.at(row.step), row.step);
  }
  return out;
}

fs::path write_tensorboard(const Lab& lab, const loop::History& history) {
  const fs::path root = lab.root() / ".tern" / "tensorboard";
  for (const loop::Experiment& e : history.experiments()) {
    const fs::path folder = lab.experiment(e.number);
    const int64_t begin = time_of(folder / "train.cpp");
    for (const loop::RunRecord& run : e.runs) {
      const fs::path file = root / fmt::format("{:04}.{}", e.number, run.number) /
                            fmt::format("events.out.tfevents.{}.tern", begin);
      write_run(folder / std::to_string(run.number) / "run", file, begin);
    }
  }
  return root;
}

}  // namespace tern
