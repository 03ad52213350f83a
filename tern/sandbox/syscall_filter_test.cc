#include "tern/sandbox/syscall_filter.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/fs.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <functional>

namespace tern {
namespace {

/// What `call` gives in a process under the filter: 0, or its errno.
int error_of(const std::function<long()>& call, const FilterOptions& options = {}) {
  const pid_t child = ::fork();
  if (child == 0) {
    SyscallFilter filter(options);
    if (!filter.install()) ::_exit(255);
    ::_exit(call() < 0 ? errno : 0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

class SyscallFilterTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!SyscallFilter::supported()) GTEST_SKIP() << "no filter for this processor";
  }
};

TEST_F(SyscallFilterTest, DoesNotKnowWaysIntoTheKernelAndOtherProcesses) {
  for (const long call : {__NR_bpf, __NR_ptrace, __NR_perf_event_open, __NR_process_vm_readv,
                          __NR_io_uring_setup, __NR_keyctl, __NR_mount, __NR_unshare,
                          __NR_init_module, __NR_memfd_create, __NR_userfaultfd, __NR_setns}) {
    EXPECT_EQ(error_of([&] { return ::syscall(call, 0, 0, 0, 0, 0); }), ENOSYS) << call;
  }
  EXPECT_EQ(error_of([] { return ::syscall(__NR_socket, 2, 1, 0); }), EACCES);
}

TEST_F(SyscallFilterTest, KnowsNoSystemVIpc) {
  for (const long call : {__NR_shmget, __NR_shmat, __NR_shmdt, __NR_shmctl, __NR_semget, __NR_semop,
                          __NR_semctl, __NR_msgget, __NR_msgsnd, __NR_msgrcv, __NR_msgctl}) {
    EXPECT_EQ(error_of([&] { return ::syscall(call, 0, 0, 0, 0, 0); }), ENOSYS) << call;
  }
}

TEST_F(SyscallFilterTest, SchedulesNobodyElse) {
  EXPECT_EQ(error_of([] {
              cpu_set_t cores;
              return ::sched_getaffinity(0, sizeof cores, &cores) < 0
                         ? -1
                         : ::sched_setaffinity(0, sizeof cores, &cores);
            }),
            0);
  EXPECT_EQ(error_of([] {
              cpu_set_t cores;
              CPU_ZERO(&cores);
              CPU_SET(0, &cores);
              return ::sched_setaffinity(::getppid(), sizeof cores, &cores);
            }),
            EPERM);
  const sched_param idle{};
  EXPECT_EQ(error_of([&] { return ::sched_setscheduler(::getppid(), SCHED_IDLE, &idle); }), ENOSYS);
  EXPECT_EQ(error_of([] { return ::setpriority(PRIO_PROCESS, ::getppid(), 19); }), ENOSYS);
  constexpr int kOfProcess = 1;
  EXPECT_EQ(error_of([] { return ::syscall(__NR_ioprio_set, kOfProcess, ::getppid(), 0); }),
            ENOSYS);
}

TEST_F(SyscallFilterTest, SetsNoFlagsOfFilesAndTypesIntoNoTerminal) {
  const int file = ::open("/proc/self/exe", O_RDONLY);
  char buffer[64] = {};
  constexpr unsigned long kCommands[] = {FS_IOC_SETFLAGS, FS_IOC_FSSETXATTR, TIOCSTI, TIOCLINUX};
  for (const unsigned long command : kCommands) {
    // With a bit above the 32 that the kernel reads of it, too.
    for (const unsigned long above : {0ul, 1ul << 32}) {
      EXPECT_EQ(error_of([&] { return ::syscall(__NR_ioctl, file, command | above, buffer); }),
                ENOTTY)
          << command;
    }
  }
  ::close(file);
}

TEST_F(SyscallFilterTest, AFileSignalsNobodyAndHoldsNobodyUp) {
  const int file = ::open("/proc/self/exe", O_RDONLY);
  EXPECT_EQ(error_of([&] { return ::fcntl(file, F_SETOWN, ::getppid()); }), EPERM);
  EXPECT_EQ(error_of([&] { return ::fcntl(file, F_SETSIG, SIGKILL); }), EPERM);
  EXPECT_EQ(error_of([&] { return ::fcntl(file, F_SETLEASE, F_RDLCK); }), EPERM);
  EXPECT_EQ(error_of([&] { return ::fcntl(file, F_DUPFD_CLOEXEC, 0); }), 0);
  ::close(file);
}

TEST_F(SyscallFilterTest, AProcessNamesItselfButAdoptsNoOrphansAndLetsNobodyTraceIt) {
  EXPECT_EQ(error_of([] { return ::prctl(PR_SET_NAME, "worker"); }), 0);
  EXPECT_EQ(error_of([] { return ::prctl(PR_SET_CHILD_SUBREAPER, 1); }), EPERM);
  EXPECT_EQ(error_of([] { return ::prctl(PR_SET_PTRACER, ::getppid()); }), EPERM);
}

TEST_F(SyscallFilterTest, CodeMadeAtRunTimeRunsAsMatrixProductsNeedIt) {
  EXPECT_EQ(error_of([] {
              void* page =
                  ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
              return ::mprotect(page, 4096, PROT_READ | PROT_EXEC);
            }),
            0);
}

TEST_F(SyscallFilterTest, AttributesOfFilesReadAsWhereThereAreNone) {
  char value[16];
  EXPECT_EQ(error_of([&] { return ::getxattr("/", "user.x", value, sizeof value); }), EOPNOTSUPP);
}

TEST_F(SyscallFilterTest, RefusesNewNamespacesButNotNewProcesses) {
  EXPECT_EQ(error_of([] { return ::syscall(__NR_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0); }),
            EPERM);
  EXPECT_EQ(error_of([] {
              const pid_t child = ::fork();
              if (child == 0) ::_exit(0);
              return static_cast<long>(::waitpid(child, nullptr, 0));
            }),
            0);
}

TEST_F(SyscallFilterTest, DoesNotKnowCallsOfNewerKernels) {
  EXPECT_EQ(error_of([] { return ::syscall(463, 0, 0, 0, 0, 0); }), ENOSYS);
  EXPECT_EQ(error_of([] { return ::syscall(100000, 0, 0, 0, 0, 0); }), ENOSYS);
}

TEST_F(SyscallFilterTest, RefusesOtherPersonalitiesButTellsTheOwn) {
  EXPECT_EQ(error_of([] { return ::personality(ADDR_NO_RANDOMIZE); }), EPERM);
  EXPECT_EQ(error_of([] { return ::personality(0xffffffff); }), 0);
}

TEST_F(SyscallFilterTest, LimitsCanBeSetForOneselfOnly) {
  rlimit limit{};
  EXPECT_EQ(error_of([&] { return ::getrlimit(RLIMIT_CORE, &limit); }), 0);
  EXPECT_EQ(error_of([&] { return ::prlimit(::getppid(), RLIMIT_CORE, nullptr, &limit); }), EPERM);
}

TEST_F(SyscallFilterTest, WithoutTheRightToSignalAProcessReachesItselfAlone) {
  EXPECT_EQ(error_of([] { return ::kill(::getpid(), 0); }), 0);
  EXPECT_EQ(error_of([] { return ::kill(::getppid(), 0); }), EPERM);
  EXPECT_EQ(error_of([] { return ::syscall(__NR_tgkill, ::getppid(), ::getppid(), 0); }), EPERM);
  EXPECT_EQ(error_of([] { return ::kill(::getppid(), 0); }, {.signals = true}), 0);
  EXPECT_EQ(error_of([] { return ::raise(SIGURG); }), 0);
}

#if defined(__x86_64__)
TEST_F(SyscallFilterTest, AProcessIsGrantedMatrixTilesWhereTheProcessorHasThem) {
  constexpr int kRequestPermission = 0x1023, kTiles = 18;
  const auto request = [] { return ::syscall(__NR_arch_prctl, kRequestPermission, kTiles); };
  const int unfiltered = request() < 0 ? errno : 0;
  EXPECT_EQ(error_of(request), unfiltered);
}

/// A call by the door of 32-bit programs.
long call_as_i386(long number, long first, long second, long third) {
  long result = 0;
  asm volatile("int $0x80"
               : "=a"(result)
               : "a"(number), "b"(first), "c"(second), "d"(third)
               : "memory");
  errno = static_cast<int>(-result);
  return result < 0 ? -1L : 0L;
}

/// A kernel without that door ends the process instead.
bool has_calls_of_i386() {
  const pid_t child = ::fork();
  constexpr long kGetPid = 20;
  if (child == 0) ::_exit(call_as_i386(kGetPid, 0, 0, 0) < 0 ? 1 : 0);
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

TEST_F(SyscallFilterTest, RefusesTheCallsOfA32BitProgram) {
  if (!has_calls_of_i386()) GTEST_SKIP() << "this kernel has none";
  constexpr long kSocket = 359;
  EXPECT_EQ(error_of([] { return call_as_i386(kSocket, 1, 1, 0); }), EPERM);
}
#endif

TEST_F(SyscallFilterTest, OpensFilesAsEverButForTruncationWithoutWriting) {
  EXPECT_EQ(error_of([] { return ::open("/dev/null", O_RDONLY); }), 0);
  EXPECT_EQ(error_of([] { return ::open("/dev/null", O_WRONLY | O_CREAT | O_TRUNC, 0644); }), 0);
  EXPECT_EQ(error_of([] { return ::open("/dev/null", O_RDWR | O_TRUNC); }), 0);
  EXPECT_EQ(error_of([] { return ::open("/dev/null", O_RDONLY | O_TRUNC); }), EACCES);
  EXPECT_EQ(error_of([] { return ::open("/dev/null", O_ACCMODE | O_TRUNC); }), EACCES);
  EXPECT_EQ(error_of([] { return ::open("/dev/null", O_WRONLY | O_CREAT, 04755); }), EPERM);
}

TEST_F(SyscallFilterTest, RefusesMemoryThatIsSharedAndHasNoFile) {
  const auto map = [](int flags) {
    return error_of([flags] {
      void* const made = ::mmap(nullptr, 4096, PROT_READ, flags | MAP_ANONYMOUS, -1, 0);
      return made == MAP_FAILED ? -1L : 0L;
    });
  };
  EXPECT_EQ(map(MAP_SHARED), EPERM);
  EXPECT_EQ(map(MAP_SHARED_VALIDATE), EPERM);
  EXPECT_EQ(map(MAP_PRIVATE), 0);
}

TEST_F(SyscallFilterTest, WhereChildrenAreCountedTheirEndCannotBeIgnored) {
  const auto set = [](int signal, bool counts) {
    return error_of([signal] { return ::signal(signal, SIG_IGN) == SIG_ERR ? -1L : 0L; },
                    {.counts_children = counts});
  };
  EXPECT_EQ(set(SIGCHLD, true), EPERM);
  EXPECT_EQ(set(SIGUSR1, true), 0);
  EXPECT_EQ(set(SIGCHLD, false), 0);
}

TEST_F(SyscallFilterTest, ModesChangeOnlyWhereSomethingElseGuardsThem) {
  EXPECT_EQ(error_of([] { return ::chmod("/no/such/file", 0644); }), EPERM);
  EXPECT_EQ(error_of([] { return ::chmod("/no/such/file", 0644); }, {.files = true}), ENOENT);
  EXPECT_EQ(error_of([] { return ::chmod("/no/such/file", 04755); }, {.files = true}), EPERM);
  EXPECT_EQ(error_of([] { return ::fchmod(-1, 0644); }), EPERM);
  EXPECT_EQ(error_of([] { return ::fchmod(-1, 0644); }, {.files = true}), EBADF);
  EXPECT_EQ(error_of([] { return ::fchmod(-1, 04755); }, {.files = true}), EPERM);
}

}  // namespace
}  // namespace tern
