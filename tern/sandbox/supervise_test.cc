#include "tern/sandbox/supervise.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <chrono>
#include <thread>

#include "tern/base/error_message_test_util.h"
#include "tern/sandbox/job_test_util.h"
#include "tern/sandbox/process_tree.h"

namespace tern {
namespace {

namespace fs = std::filesystem;

bool anything_left(const Workplace& place) {
  return !marked_processes(kJobMark, place.mark()).empty();
}

pid_t number_in(const fs::path& file) { return static_cast<pid_t>(std::stol(read_file(file))); }

/// Whether a parent waits for its children, as a shell does, or lets them go.
TEST(Supervise, CountsTheProcessorTimeOfAllItsProcesses) {
  const Workplace place;
  for (const char* program :
       {"import time\nwhile time.process_time() < 0.5: pass",
        "import os, time\nif os.fork() == 0:\n  while time.process_time() < 0.5: pass\nelse: "
        "os.wait()",
        "import os, signal, time\nsignal.signal(signal.SIGCHLD, signal.SIG_IGN)\n"
        "if os.fork() == 0:\n  while time.process_time() < 0.5: pass\nelse: time.sleep(3)"}) {
    const JobResult result = supervise(place.job(program, "/usr/bin/python3"));
    EXPECT_GT(result.processor_seconds, 0.35) << program;
    EXPECT_LT(result.processor_seconds, 2) << program;
  }
}

TEST(Supervise, TellsTheExitCodeAndKeepsWhatWasPrinted) {
  const Workplace place;
  const JobResult result = supervise(place.job("echo out; echo err >&2; exit 3"));
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_EQ(result.limit + result.stopped, "");
  EXPECT_EQ(place.log(), "out\nerr\n");
}

TEST(Supervise, TellsTheSignalThatEndedAProgram) {
  const Workplace place;
  EXPECT_EQ(supervise(place.job("kill -SEGV $$")).exit_code, 128 + SIGSEGV);
}

TEST(Supervise, RunsInItsFolderWithoutInputAndWithItsOwnEnvironmentOnly) {
  const Workplace place;
  ::setenv("TERN_TEST_SECRET", "sk-123", 1);
  supervise(place.job("pwd; cat; env | sort"));
  ::unsetenv("TERN_TEST_SECRET");
  const std::string folder = place.run.string();
  EXPECT_EQ(place.log(), folder + "\nPATH=/usr/bin:/bin\nPWD=" + folder +
                             "\nTERN_JOB=" + place.mark() + "\nTMPDIR=" + folder + "\n");
}

TEST(Supervise, ShowsTheOutputAsItComesBesidesTheLog) {
  const Workplace place;
  Job job = place.job("echo first; while [ ! -e seen ]; do sleep 0.01; done; echo last");
  std::string shown;
  job.show = [&](std::string_view piece) {
    shown += piece;
    if (shown == "first\n") write_file_atomically(place.run / "seen", "");
  };
  EXPECT_EQ(supervise(job).exit_code, 0);
  EXPECT_EQ(shown, "first\nlast\n");
  EXPECT_EQ(place.log(), shown);
}

TEST(Supervise, GivesAProgramTheInputThatIsMeantForIt) {
  const Workplace place;
  write_file_atomically(place.root / "text", "a story\n");
  Job job = place.job("cat");
  job.input = ::open((place.root / "text").c_str(), O_RDONLY | O_CLOEXEC);
  supervise(job);
  ::close(job.input);
  EXPECT_EQ(place.log(), "a story\n");
}

TEST(Supervise, WithoutAGraceWaitsUntilItIsToldToEndNow) {
  const Workplace place;
  Job job = place.job("trap 'echo warned' TERM; echo ready; while :; do sleep 0.01; done");
  job.limits.grace_seconds = 0;
  place.end_once_it_prints("ready", job);
  int asked = 0;
  job.end_now = [&] { return ++asked > 10; };
  const JobResult result = supervise(job);
  EXPECT_EQ(result.stopped, "enough");
  EXPECT_GT(result.seconds, 1);
  EXPECT_NE(place.log().find("warned"), std::string::npos);
}

TEST(Supervise, InheritsNoOpenFile) {
  const Workplace place;
  const int secret = ::open("/etc/passwd", O_RDONLY);
  supervise(place.job("ls /proc/self/fd"));
  ::close(secret);
  EXPECT_EQ(place.log(), "0\n1\n2\n3\n");  // 3 is the folder that ls reads
}

TEST(Supervise, SaysWhyAProgramCannotBeStarted) {
  const Workplace place;
  Job job = place.job("");
  job.command = {"/no/such/program"};
  EXPECT_EQ(error_message([&] { supervise(job); }),
            "/no/such/program cannot be executed: No such file or directory");
  job.command = {"no-such-program"};
  EXPECT_EQ(error_message([&] { supervise(job); }),
            "there is no program no-such-program in /usr/bin:/bin");
  job = place.job("true");
  job.folder = place.root / "missing";
  EXPECT_EQ(error_message([&] { supervise(job); }),
            "/bin/sh cannot go to its folder: No such file or directory");
}

TEST(Supervise, EndsAProgramThatHangs) {
  const Workplace place;
  Job job = place.job("sleep 100");
  job.limits.seconds = 0.3;
  const JobResult result = supervise(job);
  EXPECT_EQ(result.limit, "it ran longer than 0.3 s");
  EXPECT_EQ(result.exit_code, 128 + SIGTERM);
  EXPECT_FALSE(anything_left(place));
}

TEST(Supervise, AProgramMayUseItsWarningToSave) {
  const Workplace place;
  Job job = place.job("trap 'echo saved; exit 5' TERM; echo ready; while :; do sleep 0.05; done");
  place.end_once_it_prints("ready", job);
  EXPECT_EQ(supervise(job).exit_code, 5);
  EXPECT_NE(place.log().find("saved\n"), std::string::npos);
}

TEST(Supervise, KillsOneThatIgnoresItsWarning) {
  const Workplace place;
  Job job = place.job("trap '' TERM; echo ready; while :; do sleep 0.05; done");
  place.end_once_it_prints("ready", job);
  job.limits.grace_seconds = 0.3;
  EXPECT_EQ(supervise(job).exit_code, 128 + SIGKILL);
  EXPECT_FALSE(anything_left(place));
}

TEST(Supervise, EndsAProgramThatFellSilent) {
  const Workplace place;
  Job job = place.job("for i in 1 2 3 4 5; do echo $i; sleep 0.2; done; sleep 100");
  job.limits.idle_seconds = 0.6;
  EXPECT_EQ(supervise(job).limit, "it printed nothing for 0.6 s");
  EXPECT_EQ(place.log(), "1\n2\n3\n4\n5\n");
}

TEST(Supervise, GrandchildrenThatHoldTheOutputDelayNothing) {
  const Workplace place;
  Job job = place.job("sleep 100 & sleep 100 & echo done");
  job.limits.seconds = 50;
  EXPECT_EQ(supervise(job).limit, "");
  EXPECT_EQ(place.log(), "done\n");
  EXPECT_FALSE(anything_left(place));
}

TEST(Supervise, ADaemonWithoutAMarkInAnotherSessionDoesNotSurvive) {
  const Workplace place;
  EXPECT_EQ(supervise(place.job(place.daemon(), "/usr/bin/python3")).exit_code, 0);
  EXPECT_FALSE(place.daemon_lives());
}

TEST(Supervise, LeavesOtherChildrenOfTheCallerAlone) {
  const Workplace place;
  const pid_t other = ::fork();
  if (other == 0) {
    ::execl("/bin/sleep", "sleep", "100", nullptr);
    ::_exit(127);
  }
  supervise(place.job("sleep 100 & exit 0"));
  EXPECT_EQ(::waitpid(other, nullptr, WNOHANG), 0);
  ::kill(other, SIGKILL);
  ::waitpid(other, nullptr, 0);
}

TEST(Supervise, EndsAForkBomb) {
  const Workplace place;
  Job job = place.job("i=0; while [ $i -lt 200 ]; do sleep 100 & i=$((i+1)); done; wait");
  job.limits.tasks = 50;
  const JobResult result = supervise(job);
  EXPECT_NE(result.limit.find("processes and threads at once; the limit is 50"), std::string::npos);
  EXPECT_FALSE(anything_left(place));
}

TEST(Supervise, CountsThreadsWithProcesses) {
  const Workplace place;
  Job job = place.job(
      "import threading, time\n"
      "for i in range(40): threading.Thread(target=time.sleep, args=(2,)).start()",
      "/usr/bin/python3");
  job.limits.tasks = 41;
  EXPECT_EQ(supervise(job).limit, "");
  job.limits.tasks = 40;
  EXPECT_EQ(supervise(job).limit, "it had 41 processes and threads at once; the limit is 40");
}

TEST(Supervise, EndsAProgramThatFillsTheDisk) {
  const Workplace place;
  Job job =
      place.job("i=0; while :; do head -c 1000000 /dev/zero > f$i; i=$((i+1)); sleep 0.01; done");
  job.limits.folder_bytes = 20 << 20;
  EXPECT_EQ(supervise(job).limit, "its files took more than 20.0 MiB of the disk");
}

TEST(Supervise, CountsFilesInFoldersButNotBehindLinks) {
  const Workplace place;
  Job job = place.job("ln -s /usr usr; ln -s .. up; sleep 1.5");
  job.limits.folder_bytes = 1 << 20;
  EXPECT_EQ(supervise(job).limit, "");
  job = place.job("mkdir -p a/b; head -c 2000000 /dev/zero > a/b/c; sleep 100");
  job.limits.folder_bytes = 1 << 20;
  EXPECT_EQ(supervise(job).limit, "its files took more than 1.0 MiB of the disk");
}

TEST(Supervise, EndsAProgramThatWritesOneHugeFile) {
  const Workplace place;
  Job job = place.job("exec head -c 100000000 /dev/zero > huge");
  job.limits.file_bytes = 1 << 20;
  EXPECT_EQ(supervise(job).exit_code, 128 + SIGXFSZ);
  EXPECT_EQ(fs::file_size(place.run / "huge"), 1u << 20);
}

TEST(Supervise, KeepsTheLogSmallHoweverMuchIsPrinted) {
  const Workplace place;
  Job job = place.job("echo first; head -c 50000000 /dev/zero; echo last");
  job.limits.log_bytes = 1 << 16;
  const JobResult result = supervise(job);
  EXPECT_EQ(result.exit_code, 0);
  const std::string log = place.log();
  EXPECT_LT(log.size(), (1u << 16) + 100);
  EXPECT_EQ(log.substr(0, 6), "first\n");
  EXPECT_EQ(log.substr(log.size() - 5), "last\n");
  EXPECT_NE(log.find("bytes of output were left out here"), std::string::npos);
}

TEST(Supervise, EndsAProgramThatTakesTooMuchMemory) {
  const Workplace place;
  Job job = place.job("import time\nx = b'x' * 200_000_000\ntime.sleep(100)", "/usr/bin/python3");
  job.limits.memory_bytes = 100 << 20;
  const JobResult result = supervise(job);
  EXPECT_NE(result.limit.find("of memory; the limit is 100.0 MiB"), std::string::npos);
  EXPECT_GT(result.peak_memory, 100 << 20);
}

TEST(Supervise, CountsTheMemoryOfAllProcessesTogether) {
  const Workplace place;
  Job job = place.job(
      "for i in 1 2 3; do python3 -c 'import time; x = b\"x\" * 50_000_000; time.sleep(100)' & "
      "done; wait");
  job.limits.memory_bytes = 120 << 20;
  EXPECT_NE(supervise(job).limit.find("of memory"), std::string::npos);
}

TEST(Supervise, AWatcherEndsAJobWithItsOwnWords) {
  const Workplace place;
  Job job = place.job("sleep 100");
  job.watch = [](double seconds) { return seconds > 0.2 ? "the loss is NaN" : ""; };
  const JobResult result = supervise(job);
  EXPECT_EQ(result.stopped, "the loss is NaN");
  EXPECT_EQ(result.limit, "");
}

volatile sig_atomic_t interrupted = 0;

TEST(Supervise, ASignalToTheCallerReachesItsHandlerAndNotTheJob) {
  const Workplace place;
  struct sigaction action {
  }, old{};
  action.sa_handler = [](int) { interrupted = 1; };
  ::sigaction(SIGINT, &action, &old);
  Job job = place.job("trap 'echo hit; exit 1' INT; sleep 0.5; echo finished");
  job.watch = [&](double seconds) {
    // Ctrl-C goes to the whole group of processes at the terminal; the test's is that of its own
    // shell, so only the process itself gets it here.
    if (seconds > 0.2 && interrupted == 0) ::kill(::getpid(), SIGINT);
    return "";
  };
  EXPECT_EQ(supervise(job).exit_code, 0);
  ::sigaction(SIGINT, &old, nullptr);
  EXPECT_EQ(interrupted, 1);
  EXPECT_EQ(place.log(), "finished\n");
}

TEST(Supervise, TheProgramGetsOrdinarySignalsWhateverTheCallerBlocks) {
  const Workplace place;
  sigset_t term, old;
  sigemptyset(&term);
  sigaddset(&term, SIGTERM);
  ::sigprocmask(SIG_BLOCK, &term, &old);
  const auto old_pipe = ::signal(SIGPIPE, SIG_IGN);
  const uint64_t ignore[4] = {1},
                 standard[4] = {};  // the C library's own signal, by the kernel's call
  ::syscall(SYS_rt_sigaction, 33, ignore, nullptr, 8);
  Job job = place.job("grep -E 'Sig(Blk|Ign)' /proc/self/status");
  supervise(job);
  ::syscall(SYS_rt_sigaction, 33, standard, nullptr, 8);
  ::signal(SIGPIPE, old_pipe);
  ::sigprocmask(SIG_SETMASK, &old, nullptr);
  EXPECT_EQ(place.log(), "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

bool lives(pid_t process) {
  for (int i = 0; i < 400 && resident_bytes(process) > 0; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return resident_bytes(process) > 0;
}

TEST(KillLeftovers, KillsTheMarkedTheirDescendantsAndOrphansOfTheirSession) {
  const Workplace place;
  const std::string orphan = (place.run / "orphan").string();
  const pid_t job = ::fork();
  if (job == 0) {
    ::setsid();
    const std::string mark = std::string(kJobMark) + "=" + place.mark();
    const std::string script = "env -i setsid sleep 100 & (env -i sleep 100 & echo $! > " + orphan +
                               ".new); mv " + orphan + ".new " + orphan + "; wait";
    ::execl("/usr/bin/env", "env", mark.c_str(), "/bin/sh", "-c", script.c_str(), nullptr);
    ::_exit(127);
  }
  while (!fs::exists(orphan)) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  std::vector<pid_t> others = descendants_of(job);
  others.push_back(number_in(orphan));
  EXPECT_GE(others.size(), 2u);
  kill_leftovers(place.mark());
  ::waitpid(job, nullptr, 0);
  EXPECT_FALSE(anything_left(place));
  for (const pid_t other : others) EXPECT_FALSE(lives(other)) << other;
}

TEST(Supervise, AJobThatKillsItsParentIsEndedToo) {
  const Workplace place;
  // Where it has a PID namespace its parent is out of its reach.
  ::setenv("TERN_SANDBOX", "-pid", 1);
  const JobResult result = supervise(place.job("sleep 100 & kill -KILL $PPID; sleep 100"));
  ::unsetenv("TERN_SANDBOX");
  EXPECT_EQ(result.exit_code, 128 + SIGKILL);
  EXPECT_FALSE(anything_left(place));
}

}  // namespace
}  // namespace tern
