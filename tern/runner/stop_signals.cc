#include "tern/runner/stop_signals.h"

#include <csignal>

namespace tern {
namespace {

volatile std::sig_atomic_t signals = 0;

}  // namespace

void count_stop_signals() {
  struct sigaction action {};
  action.sa_handler = [](int) { signals = signals + 1; };
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
}

int stop_signals() { return signals; }

}  // namespace tern
