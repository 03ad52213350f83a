#include "loop/research/display.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/base/printable.h"

namespace tern::loop {
namespace {

std::string clock_text(double seconds) {
  const auto total = static_cast<int64_t>(std::lround(std::max(0.0, seconds)));
  return fmt::format("{}:{:02}", total / 60, total % 60);
}

}  // namespace

std::filesystem::path status_file(const Lab& lab) { return lab.root() / ".tern" / "status.json"; }

std::string progress_text(const BenchView& view, const Experiment* best) {
  std::string out = view.experiment > 0
                        ? fmt::format("{:04} run {} {}", view.experiment, view.run, view.stage)
                        : view.stage;
  if (view.steps > 0) {
    constexpr int kWidth = 20;
    const int filled = std::clamp(static_cast<int>(view.fraction * kWidth), 0, kWidth);
    out += fmt::format(" [{}{}] {:3.0f} %  loss {:.3f}", std::string(filled, '#'),
                       std::string(kWidth - filled, '.'), 100 * view.fraction, view.loss);
  } else {
    out += fmt::format(" for {}", clock_text(view.seconds));
  }
  if (best != nullptr && best->val_ppl()) {
    out += fmt::format("  best {:.4f} ({:04})", *best->val_ppl(), best->number);
  }
  if (view.fraction > 0) {
    const double left = view.trained_s * (1 - view.fraction) / view.fraction;
    out += fmt::format("  {} left", clock_text(left));
  }
  return out;
}

Display::Display(const Lab& lab, std::FILE* out)
    : lab_(lab), out_(out), terminal_(::isatty(STDERR_FILENO) != 0) {}

Display::~Display() {
  std::error_code ignored;
  std::filesystem::remove(status_file(lab_), ignored);
}

void Display::line(std::string_view text) {
  status_.clear();
  fmt::print(out_, "{}\n", printable(text));
  std::fflush(out_);
}

void Display::say_stopping() {
  if (stopping_) return;
  stopping_ = true;
  line("stopping after this experiment; once more (Ctrl-C or SIGTERM) stops at once");
}

void Display::show(const BenchView& view, const History& history) {
  const std::string text = progress_text(view, history.incumbent());
  if (terminal_ && status_.due()) status_.show(text);
  if (since_file_.seconds() < 1) return;
  since_file_.reset();
  const Json now = Json::Object{{"pid", int64_t{::getpid()}},
                                {"experiment", view.experiment},
                                {"run", view.run},
                                {"stage", view.stage},
                                {"seconds", view.seconds},
                                {"fraction", view.fraction},
                                {"steps", view.steps},
                                {"loss", view.loss},
                                {"text", text}};
  try {
    write_file_atomically(status_file(lab_), now.dump() + "\n");
  } catch (const Error&) {
    // It is for a person who looks; a loop does not end because nobody can.
  }
}

}  // namespace tern::loop
