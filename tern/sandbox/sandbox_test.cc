#include "tern/sandbox/sandbox.h"

#include <fcntl.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <ostream>
#include <regex>

#include "tern/base/error_message_test_util.h"
#include "tern/sandbox/job_test_util.h"
#include "tern/sandbox/landlock.h"
#include "tern/sandbox/sandbox_wish.h"

namespace tern {
namespace {

namespace fs = std::filesystem;
using Kind = Sandbox::Kind;

/// Sets TERN_SANDBOX for its lifetime.
class Wish {
 public:
  explicit Wish(const std::string& value) { ::setenv("TERN_SANDBOX", value.c_str(), 1); }
  ~Wish() { ::unsetenv("TERN_SANDBOX"); }
};

constexpr const char* kBare = "-user,-pid,-ipc,-network,-mounts,-proc";

/// A kind of sandbox, and the parts that it has to do without.
struct Way {
  const char* name;
  Kind kind;
  const char* without;
};

void PrintTo(const Way& way, std::ostream* out) { *out << way.name; }

/// The same promises for all kinds of sandbox.
class SandboxTest : public testing::TestWithParam<Way> {
 protected:
  void SetUp() override {
    if (GetParam().kind == Kind::kLandlock && landlock_abi() == 0) {
      GTEST_SKIP() << "this kernel has no Landlock";
    }
    if (GetParam().kind == Kind::kBubblewrap &&
        std::system("bwrap --unshare-all --ro-bind / / true >/dev/null 2>&1") != 0) {
      GTEST_SKIP() << "bubblewrap is not installed or does not work here";
    }
    write_file_atomically(place.root / "secret", "the confirm data\n");
    fs::create_directory(place.root / "lab");
    write_file_atomically(place.root / "lab/tokens", "tokens\n");
  }

  Job job(const std::string& script, const std::string& shell = "/bin/sh") const {
    Job job = place.job(script, shell);
    job.sandbox.kind = GetParam().kind;
    job.sandbox.read = system_folders();
    job.sandbox.read.push_back(place.root / "lab");
    job.sandbox.write = {place.run};
    return job;
  }
  /// What a shell script in the sandbox printed.
  std::string said(const std::string& script) const {
    supervise(job(script));
    return place.log();
  }
  /// What a python program in the sandbox printed, or the name of its last exception.
  std::string python(const std::string& program) const {
    supervise(job("import os, socket\ndef attempt():\n  " + program +
                      "\ntry:\n  attempt(); print('done')\n"
                      "except Exception as e: print(type(e).__name__)",
                  "/usr/bin/python3"));
    return place.log();
  }
  std::string in_root(const std::string& name) const { return (place.root / name).string(); }

  /// Whether something besides the filter keeps a program from changing modes and times of files.
  bool guards_files() const {
    return GetParam().kind == Kind::kBubblewrap || namespaces_for(GetParam().kind).mounts;
  }

  Wish wish{GetParam().without};
  Workplace place;
};

INSTANTIATE_TEST_SUITE_P(Kinds, SandboxTest,
                         testing::Values(Way{"Landlock", Kind::kLandlock, ""},
                                         Way{"LandlockAlone", Kind::kLandlock, kBare},
                                         Way{"Bubblewrap", Kind::kBubblewrap, ""}),
                         testing::PrintToStringParamName());

TEST_P(SandboxTest, AProgramReadsWhatItMayAndWritesItsFolder) {
  EXPECT_EQ(said("cat " + in_root("lab/tokens") +
                 "; echo new > file; mkdir -p a/b; mv file a/b; ln a/b/file c; cat c; rm -r a"),
            "tokens\nnew\n");
}

TEST_P(SandboxTest, ASecretFileCannotBeRead) {
  EXPECT_EQ(said("cat " + in_root("secret") + " 2>/dev/null; echo $?"), "1\n");
}

TEST_P(SandboxTest, HomeAndPasswordsCannotBeRead) {
  EXPECT_EQ(said("ls /root /home >/dev/null 2>&1 || echo no; cat /etc/passwd 2>/dev/null || "
                 "echo no; cat /etc/shadow 2>/dev/null || echo no"),
            "no\nno\nno\n");
}

TEST_P(SandboxTest, NothingOutsideItsFolderCanBeWritten) {
  const std::string lab = in_root("lab");
  said("touch " + lab + "/new; echo x > " + lab + "/tokens; echo x >> " + lab + "/tokens; rm " +
       lab + "/tokens; mv " + lab + "/tokens .; mkdir " + in_root("folder") + "; rm " +
       in_root("secret") + "; touch /tmp/tern-sandbox-test /usr/tern-sandbox-test");
  EXPECT_EQ(read_file(place.root / "lab/tokens"), "tokens\n");
  EXPECT_EQ(std::distance(fs::directory_iterator(place.root / "lab"), {}), 1);
  EXPECT_FALSE(fs::exists(place.root / "folder"));
  EXPECT_TRUE(fs::exists(place.root / "secret"));
  EXPECT_FALSE(fs::exists("/tmp/tern-sandbox-test"));
  EXPECT_FALSE(fs::exists("/usr/tern-sandbox-test"));
}

TEST_P(SandboxTest, ReadableFilesCannotBeCutOffByOpeningThemToRead) {
  python("os.open('" + in_root("lab/tokens") + "', os.O_RDONLY | os.O_TRUNC)");
  python("os.truncate('" + in_root("lab/tokens") + "', 0)");
  EXPECT_EQ(read_file(place.root / "lab/tokens"), "tokens\n");
}

TEST_P(SandboxTest, ModeOwnerAndTimesOfOtherFilesStay) {
  struct stat before {
  }, after{};
  ::stat(in_root("lab/tokens").c_str(), &before);
  const std::string file = "'" + in_root("lab/tokens") + "'";
  python("os.chmod(" + file + ", 0o777)");
  python("os.utime(" + file + ", (1, 1))");
  python("os.chown(" + file + ", os.getuid(), os.getgid())");
  python("os.fchmod(os.open(" + file + ", os.O_RDONLY), 0o777)");
  ::stat(in_root("lab/tokens").c_str(), &after);
  EXPECT_EQ(after.st_mode, before.st_mode);
  EXPECT_EQ(after.st_ctim.tv_sec, before.st_ctim.tv_sec);
  EXPECT_EQ(after.st_ctim.tv_nsec, before.st_ctim.tv_nsec);
}

TEST_P(SandboxTest, APlantedLinkDoesNotOpenASecret) {
  EXPECT_EQ(said("ln -s " + in_root("secret") + " link; cat link 2>/dev/null; echo $?"), "1\n");
}

TEST_P(SandboxTest, AHardLinkToAnOutsideFileFails) {
  EXPECT_EQ(said("ln " + in_root("secret") + " a 2>/dev/null; ln " + in_root("lab/tokens") +
                 " b 2>/dev/null; ls"),
            "");
}

TEST_P(SandboxTest, ThereAreNoSockets) {
  for (const char* family : {"AF_INET", "AF_INET6", "AF_UNIX", "AF_NETLINK"}) {
    EXPECT_EQ(python("socket.socket(socket." + std::string(family) + ")"), "PermissionError\n")
        << family;
  }
}

TEST_P(SandboxTest, ThereAreNoPairsOfSocketsInWhichDataCouldPileUp) {
  for (const char* type : {"SOCK_STREAM", "SOCK_SEQPACKET", "SOCK_DGRAM"}) {
    EXPECT_EQ(python("socket.socketpair(type=socket." + std::string(type) + ")"),
              "PermissionError\n");
  }
}

volatile sig_atomic_t signals_received = 0;

TEST_P(SandboxTest, TheHarnessCannotBeSignalled) {
  const auto old = ::signal(SIGUSR1, [](int) { signals_received = signals_received + 1; });
  signals_received = 0;
  said("kill -USR1 " + std::to_string(::getpid()) + " $PPID");
  ::signal(SIGUSR1, old);
  EXPECT_EQ(signals_received, 0);
}

TEST_P(SandboxTest, AProgramCanSignalItself) {
  EXPECT_EQ(supervise(job("kill -ABRT $$")).exit_code, 128 + SIGABRT);
}

TEST_P(SandboxTest, TheHarnesssEnvironmentMemoryAndFilesCannotBeReachedThroughProc) {
  ASSERT_EQ(supervise(job("cat /proc/self/environ >/dev/null")).exit_code, 0);
  const std::string harness = "/proc/" + std::to_string(::getpid());
  for (const std::string name : {"environ", "maps", "mem", "root/etc/passwd", "cwd/.", "fd/0"}) {
    EXPECT_NE(supervise(job("exec cat " + harness + "/" + name)).exit_code, 0) << name;
    EXPECT_EQ(place.log().find("PATH="), std::string::npos);
  }
}

TEST_P(SandboxTest, ThereIsNoWayOutByNamespacesMountsOrPrivileges) {
  EXPECT_EQ(said("for way in 'unshare -Ur true' 'unshare -m true' 'mount -t tmpfs x .' "
                 "'chroot . true' 'mknod d c 1 3'; do "
                 "$way 2>/dev/null && echo \"$way\"; done; "
                 "grep -E 'Cap(Prm|Eff)|NoNewPrivs|Seccomp:' /proc/self/status"),
            "CapPrm:\t0000000000000000\nCapEff:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2\n");
}

TEST_P(SandboxTest, AProgramCannotMakeOneThatRunsAsItsOwner) {
  python("os.open('a', os.O_CREAT | os.O_WRONLY, 0o4755)");
  python("os.chmod('run', 0o4755)");
  python("os.fchmod(os.open('b', os.O_CREAT | os.O_WRONLY), 0o4755)");
  for (const auto& entry : fs::directory_iterator(place.run)) {
    EXPECT_EQ(entry.status().permissions() & fs::perms::set_uid, fs::perms::none);
  }
}

TEST_P(SandboxTest, DevicesThatEveryProgramUsesWork) {
  EXPECT_EQ(said("echo x > /dev/null && head -c 4 /dev/random | wc -c && "
                 "head -c 4 /dev/urandom | wc -c && nproc >/dev/null && wc -l < /proc/cpuinfo "
                 ">/dev/null && echo fine"),
            "4\n4\nfine\n");
}

TEST_P(SandboxTest, SharedMemoryIsAMebibyteOfItsOwn) {
  if (!guards_files()) {
    EXPECT_EQ(python("open('/dev/shm/tern-test', 'w')"), "PermissionError\n");
    return;
  }
  EXPECT_EQ(said("ls -A /dev/shm; echo x > /dev/shm/tern-test; head -c 3000000 /dev/urandom "
                 "2>/dev/null > /dev/shm/more; du -B 1M --apparent-size /dev/shm/more | cut -f 1"),
            "1\n");
  EXPECT_FALSE(fs::exists("/dev/shm/tern-test"));
}

TEST_P(SandboxTest, ThereIsNoOtherPlaceToWrite) {
  EXPECT_EQ(said("for place in / /dev /tmp /var/tmp /run /usr; do touch $place/tern-test "
                 "2>/dev/null && echo $place; done"),
            "");
}

TEST_P(SandboxTest, AnOrdinaryProgramCompilesAndRuns) {
  write_file_atomically(place.run / "a.cc", R"(
#include <atomic>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <thread>
int main() {
  std::atomic<int> sum = 0;
  int more = 0;
#pragma omp parallel for reduction(+ : more)
  for (int i = 0; i < 1000; ++i) more += i;
  std::thread([&] { sum += more; }).join();
  namespace fs = std::filesystem;
  fs::create_directories("x/y");
  std::ofstream("x/y/out") << sum;
  fs::rename("x/y/out", "moved");
  fs::resize_file("moved", 3);
  fs::remove_all("x");
  std::cout << std::ifstream("moved").rdbuf() << std::endl;
})");
  EXPECT_EQ(said("g++ -std=c++20 -fopenmp -fuse-ld=lld a.cc -o a && ./a"), "499\n");
}

TEST_P(SandboxTest, CopiesKeepModeAndTimesWhereMountsGuardAllOtherFiles) {
  if (!guards_files()) GTEST_SKIP() << "the filter alone guards those, and lets nobody set them";
  EXPECT_EQ(said("echo x > a; chmod 640 a; touch -d @9 a; cp -p a b; stat -c '%a %Y' b"),
            "640 9\n");
}

TEST_P(SandboxTest, FilesBelongToTheCaller) {
  said("touch file");
  struct stat info {};
  ::stat((place.run / "file").c_str(), &info);
  EXPECT_EQ(info.st_uid, ::geteuid());
  EXPECT_EQ(info.st_gid, ::getegid());
}

TEST_P(SandboxTest, OtherProcessesAreNotEvenSeenWhereItHasItsOwn) {
  if (GetParam().kind == Kind::kLandlock && !namespaces_for(Kind::kLandlock).proc) GTEST_SKIP();
  EXPECT_NE(supervise(job("ls /proc/" + std::to_string(::getpid()))).exit_code, 0);
  EXPECT_NE(said("echo $$"), "1\n");  // the first process hears no signals
}

TEST_P(SandboxTest, APathThatIsALinkStandsForItsTarget) {
  fs::create_directory_symlink(place.root / "lab", place.root / "link");
  fs::create_directory(place.root / "real");
  fs::create_directory_symlink(place.root / "real", place.root / "out");
  Job linked = job("cat " + in_root("link/tokens") + "; echo x > " + in_root("out/file"));
  linked.sandbox.read.back() = place.root / "link";
  linked.sandbox.write.push_back(place.root / "out");
  EXPECT_EQ(supervise(linked).exit_code, 0) << place.log();
  EXPECT_EQ(place.log(), "tokens\n");
  EXPECT_EQ(read_file(place.root / "real/file"), "x\n");
}

TEST_P(SandboxTest, ASingleFileCanBeOpenedAlone) {
  write_file_atomically(place.root / "lab/other", "other\n");
  Job one = job("cat " + in_root("lab/tokens") + "; cat " + in_root("lab/other") + " 2>/dev/null");
  one.sandbox.read.back() = place.root / "lab/tokens";
  supervise(one);
  EXPECT_EQ(place.log(), "tokens\n");
}

TEST_P(SandboxTest, AFolderToWriteInsideOneToReadIsWritable) {
  fs::create_directory(place.root / "lab/run");
  Job nested = job("echo x > " + in_root("lab/run/file") + "; echo x > " + in_root("lab/file"));
  nested.sandbox.write.push_back(place.root / "lab/run");
  supervise(nested);
  EXPECT_TRUE(fs::exists(place.root / "lab/run/file"));
  EXPECT_FALSE(fs::exists(place.root / "lab/file"));
}

TEST_P(SandboxTest, AWarningReachesTheProgram) {
  Job warned = job("trap 'echo saved; exit 5' TERM; echo ready; while :; do sleep 0.05; done");
  place.end_once_it_prints("ready", warned);
  EXPECT_EQ(supervise(warned).exit_code, 5);
}

TEST_P(SandboxTest, AMissingPathIsNamed) {
  Job missing = job("true");
  missing.sandbox.read.push_back(place.root / "missing");
  EXPECT_EQ(error_message([&] { supervise(missing); }),
            in_root("missing") +
                " is to be opened to a sandboxed program, but there is no such file or folder");
}

class WithoutPart : public testing::TestWithParam<const char*> {};

TEST_P(WithoutPart, AProgramRunsAndIsKeptFromWhatItMustNotTouch) {
  if (landlock_abi() == 0) GTEST_SKIP() << "this kernel has no Landlock";
  const Wish wish(std::string("landlock,-") + GetParam());
  const Workplace place;
  write_file_atomically(place.root / "secret", "the confirm data\n");
  Job job = place.job("trap 'exit 5' TERM; cat " + (place.root / "secret").string() +
                      " 2>/dev/null; touch ../more 2>/dev/null; echo fine; while :; do sleep "
                      "0.05; done");
  job.sandbox = {.kind = available_sandbox(), .read = system_folders(), .write = {place.run}};
  place.end_once_it_prints("fine", job);
  EXPECT_EQ(supervise(job).exit_code, 5);
  EXPECT_EQ(place.log().substr(0, 5), "fine\n");
  EXPECT_FALSE(fs::exists(place.root / "more"));
}

TEST_P(WithoutPart, ItIsNamedAsMissing) {
  const Wish wish(std::string("landlock,-") + GetParam());
  for (const NamedNamespace& named : named_namespaces()) {
    if (named.word != std::string(GetParam())) continue;
    for (const SandboxPart& part : sandbox_parts(Kind::kLandlock)) {
      EXPECT_FALSE(part.name == named.name && part.holds);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Parts, WithoutPart,
                         testing::Values("user", "pid", "ipc", "network", "mounts", "proc"),
                         [](const auto& info) { return std::string(info.param); });

/// CI is root, and most users are not: for them the kernel grants other things in other ways.
TEST(AnOrdinaryUser, GetsTheSamePromises) {
  if (::geteuid() != 0) GTEST_SKIP() << "this is one";
  const Workplace place;
  const fs::path log = place.root / "log";
  const pid_t child = ::fork();
  if (child == 0) {
    constexpr uid_t kNobody = 65534;
    const int file = ::open(log.c_str(), O_WRONLY | O_CREAT, 0600);
    for (const int output : {1, 2}) ::dup2(file, output);
    if (::setgroups(0, nullptr) != 0 || ::setgid(kNobody) != 0 || ::setuid(kNobody) != 0) _exit(1);
    ::execl("/proc/self/exe", "sandbox_test", "--gtest_brief=1",
            "--gtest_filter=*Sandbox*:*WithoutPart*:*Killed*:*Daemon*:*Warning*", nullptr);
    ::_exit(1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  // By its mark of a test that was skipped, ctest would take this one for skipped as well.
  const std::string said =
      std::regex_replace(read_file(log), std::regex("\\[  SKIPPED \\]"), "skipped:");
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << said;
}

TEST(AvailableSandbox, FollowsTheEnvironmentVariable) {
  EXPECT_EQ((Wish("none"), available_sandbox()), Kind::kNone);
  EXPECT_EQ((Wish("landlock"), available_sandbox()), Kind::kLandlock);
  EXPECT_EQ((Wish("bubblewrap"), available_sandbox()), Kind::kBubblewrap);
  EXPECT_EQ((Wish("landlock,-pid"), available_sandbox()), Kind::kLandlock);
  const Wish wish("chroot");
  EXPECT_EQ(error_message([] { available_sandbox(); }),
            "TERN_SANDBOX says \"chroot\"; it may say landlock, bubblewrap or none, -user, -pid, "
            "-ipc, -network, -mounts, -proc, with commas between");
}

TEST(AvailableSandbox, IsLandlockWhereTheKernelHasANewOne) {
  if (landlock_abi() < kLandlockScopesSignals) GTEST_SKIP() << "this kernel has an older Landlock";
  EXPECT_EQ(available_sandbox(), Kind::kLandlock);
  EXPECT_EQ(describe(Kind::kLandlock), "Landlock (ABI " + std::to_string(landlock_abi()) + ")");
}

}  // namespace
}  // namespace tern
