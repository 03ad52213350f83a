#include "tern/train/progress_line.h"

#include <fmt/core.h>
#include <unistd.h>

#include <cmath>
#include <cstdlib>

#include "tern/base/terminal.h"
#include "tern/contract/recipe_environment.h"

namespace tern {

namespace {

/// With a bar in front where the terminal is wide enough for both.
std::string with_bar(double fraction, const std::string& numbers, int columns) {
  constexpr int kWidth = 24;
  if (std::ssize(numbers) + kWidth + 4 > columns) return numbers;
  const int filled = static_cast<int>(fraction * kWidth);
  return fmt::format("[{}{}] {}", std::string(filled, '#'), std::string(kWidth - filled, '.'),
                     numbers);
}

}  // namespace

std::string clock_text(double seconds) {
  const auto total = static_cast<int64_t>(std::lround(seconds));
  const int64_t hours = total / 3600, minutes = total / 60 % 60;
  if (hours > 0) return fmt::format("{}:{:02}:{:02}", hours, minutes, total % 60);
  return fmt::format("{}:{:02}", minutes, total % 60);
}

ProgressLine::ProgressLine(std::FILE* out)
    : out_(out),
      terminal_(isatty(fileno(out)) != 0 ||
                (out == stdout && std::getenv(kDrawProgress) != nullptr)) {}

void ProgressLine::update(int64_t step, double fraction, double tokens_per_s, double loss,
                          double seconds_left) {
  // Often enough to look alive on a terminal, seldom enough to keep a log readable.
  const double interval = terminal_ ? 0.1 : 10.0;
  if (!first_ && since_last_.seconds() < interval) return;
  first_ = false;
  since_last_.reset();
  const std::string numbers =
      fmt::format("step {} ({:.0f} %)  loss {:.4f}  {:.0f} tokens/s  {} left", step, 100 * fraction,
                  loss, tokens_per_s, clock_text(seconds_left));
  if (terminal_) {
    const int columns = terminal_width(fileno(out_));
    clear();
    fmt::print(out_, "{}", fitting(with_bar(fraction, numbers, columns), columns));
    drawn_ = true;
  } else {
    fmt::print(out_, "{}\n", numbers);
  }
  std::fflush(out_);
}

void ProgressLine::print(const std::string& line) {
  clear();
  fmt::print(out_, "{}\n", line);
  std::fflush(out_);
}

void ProgressLine::clear() {
  if (drawn_) fmt::print(out_, "\r\033[K");
  drawn_ = false;
}

}  // namespace tern
