#include "tern/sandbox/process_tree.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <thread>

namespace tern {
namespace {

/// A program that is ended with the test.
class Started {
 public:
  explicit Started(const char* script) : id(::fork()) {
    if (id == 0) {
      ::setsid();
      ::execl("/usr/bin/env", "env", "TERN_TEST_MARK=/abc/d", "/bin/sh", "-c", script, nullptr);
      ::_exit(127);
    }
  }
  ~Started() {
    for (const pid_t process : descendants_of(id)) ::kill(process, SIGKILL);
    ::kill(id, SIGKILL);
    ::waitpid(id, nullptr, 0);
  }
  /// Its descendants once there are that many.
  std::vector<pid_t> descendants(size_t count) const {
    std::vector<pid_t> found;
    for (int i = 0; i < 1000 && (found = descendants_of(id)).size() < count; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return found;
  }

  const pid_t id;
};

bool contains(const std::vector<pid_t>& processes, pid_t process) {
  return std::find(processes.begin(), processes.end(), process) != processes.end();
}

TEST(ProcessTree, FindsChildrenAndTheirChildren) {
  const Started program("sh -c 'sleep 100; true' & sleep 100 & wait");
  const std::vector<pid_t> found = program.descendants(3);
  EXPECT_EQ(found.size(), 3u);
  EXPECT_FALSE(contains(found, program.id));
}

TEST(ProcessTree, FindsChildrenStartedByAnyThread) {
  pid_t child = 0;
  std::thread([&] {
    child = ::fork();
    if (child == 0) {
      ::pause();
      ::_exit(0);
    }
    EXPECT_TRUE(contains(descendants_of(::getpid()), child));
  }).join();
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
}

TEST(ProcessTree, CountsTheThreadsOfAProcess) {
  const int64_t before = tasks_of(::getpid());
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) threads.emplace_back([] { ::usleep(300'000); });
  EXPECT_EQ(tasks_of(::getpid()), before + 3);
  for (std::thread& thread : threads) thread.join();
}

TEST(ProcessTree, AProcessThatIsGoneHasNoMemoryTasksOrChildren) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(0);
  ::waitpid(child, nullptr, 0);
  EXPECT_EQ(resident_bytes(child), 0);
  EXPECT_EQ(tasks_of(child), 0);
  EXPECT_TRUE(descendants_of(child).empty());
  EXPECT_GT(resident_bytes(::getpid()), 1 << 20);
}

TEST(ProcessTree, AMarkFindsItsProcessesAndNoOthers) {
  const Started program("exec sleep 100");
  while (marked_processes("TERN_TEST_MARK", "/abc/d").empty()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  EXPECT_EQ(marked_processes("TERN_TEST_MARK", "/abc/d"), std::vector<pid_t>{program.id});
  EXPECT_EQ(marked_processes("TERN_TEST_MARK", "/abc"), std::vector<pid_t>{program.id});
  EXPECT_TRUE(marked_processes("TERN_TEST_MARK", "/ab").empty());
  EXPECT_TRUE(marked_processes("TEST_MARK", "/abc/d").empty());
}

}  // namespace
}  // namespace tern
