#include "tern/train/stop.h"

#include <pthread.h>

#include <atomic>
#include <csignal>
#include <thread>

#include "tern/base/timer.h"

namespace tern {
namespace {

std::atomic<bool> requested = false;

/// One request often comes twice: a terminal and timeout(1) send it to every process of the group,
/// and `tern train` passes it on.
constexpr double kSameRequest = 1;  // seconds

void wait_for_signals(sigset_t signals) {
  int signal = 0;
  sigwait(&signals, &signal);
  requested = true;
  const Timer since_first;
  do sigwait(&signals, &signal);
  while (since_first.seconds() < kSameRequest);
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  std::raise(signal);
}

}  // namespace

void catch_stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::thread(wait_for_signals, signals).detach();
}

bool stop_requested() { return requested; }

}  // namespace tern
