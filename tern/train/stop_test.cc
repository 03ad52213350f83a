#include "tern/train/stop.h"

#include <gtest/gtest.h>
#include <pthread.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <thread>

#include "tern/parallel/parallel.h"

namespace tern {
namespace {

bool blocked_here(int signal) {
  sigset_t blocked;
  pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
  return sigismember(&blocked, signal) == 1;
}

TEST(Stop, ASignalAsksForAStopAndReachesNoThreadThatTrains) {
  catch_stop_signals();
  set_thread_count(4);
  std::atomic<int> reached = 0;
  parallel_for(
      4, 1, [&](int64_t, int64_t) { reached += !blocked_here(SIGINT) || !blocked_here(SIGTERM); });
  EXPECT_EQ(reached, 0);

  EXPECT_FALSE(stop_requested());
  kill(getpid(), SIGTERM);
  while (!stop_requested()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

}  // namespace
}  // namespace tern
