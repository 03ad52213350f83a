#include "tern/sandbox/syscall_filter.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <iterator>
#include <span>
#include <utility>

#include "tern/base/error.h"
#include "tern/sandbox/allowed_calls.h"

namespace tern {
namespace {

#if defined(__x86_64__)
constexpr uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#else
constexpr uint32_t kArchitecture = 0;
#endif

constexpr uint32_t kNewNamespaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |
                                    CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;
constexpr uint32_t kSetIdBits = S_ISUID | S_ISGID;

/// What fcntl() may do: no signals to others by way of a file, and no leases, which block whoever
/// opens it next.
constexpr uint32_t kFileCommands[] = {
    F_DUPFD,  F_GETFD,         F_SETFD,     F_GETFL,     F_SETFL,      F_GETLK,      F_SETLK,
    F_SETLKW, F_DUPFD_CLOEXEC, F_OFD_GETLK, F_OFD_SETLK, F_OFD_SETLKW, F_GETPIPE_SZ, F_SETPIPE_SZ};
/// What ioctl() may do: neither flags of a file, which its owner could set through a descriptor for
/// reading, nor anything to a terminal but to ask whether it is one.
constexpr uint32_t kDeviceCommands[] = {FIOCLEX, FIONCLEX, FIONBIO, FIONREAD, TCGETS, TIOCGWINSZ};
/// What prctl() may do, all of it to the caller alone.
constexpr uint32_t kProcessCommands[] = {PR_SET_NAME,         PR_GET_NAME,         PR_SET_PDEATHSIG,
                                         PR_GET_PDEATHSIG,    PR_GET_DUMPABLE,     PR_SET_DUMPABLE,
                                         PR_SET_NO_NEW_PRIVS, PR_GET_NO_NEW_PRIVS, PR_CAPBSET_READ,
                                         PR_SET_TIMERSLACK,   PR_GET_TIMERSLACK,   PR_GET_SECCOMP,
                                         PR_SET_THP_DISABLE,  PR_GET_THP_DISABLE};

constexpr sock_filter load(size_t offset) {
  return BPF_STMT(BPF_LD | BPF_W | BPF_ABS, static_cast<uint32_t>(offset));
}
/// The lower half of an argument, which is all that flags and ids use.
constexpr sock_filter load_argument(int index) {
  return load(offsetof(seccomp_data, args) + 8 * static_cast<size_t>(index));
}
constexpr sock_filter jump(uint16_t test, uint32_t value, uint8_t if_true, uint8_t if_false) {
  return BPF_JUMP(static_cast<uint16_t>(BPF_JMP | test | BPF_K), value, if_true, if_false);
}
constexpr sock_filter refuse(int error) {
  return BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<uint32_t>(error));
}
constexpr sock_filter allow() { return BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW); }

using Program = std::vector<sock_filter>;

/// For one call: `body`, which ends in a verdict.
void for_call(Program& program, uint32_t call, const Program& body) {
  program.push_back(jump(BPF_JEQ, call, 0, static_cast<uint8_t>(body.size())));
  program.insert(program.end(), body.begin(), body.end());
}

Program refuse_bits(int argument, uint32_t bits) {
  return {load_argument(argument), jump(BPF_JSET, bits, 0, 1), refuse(EPERM), allow()};
}

Program refuse_unless_equal(int argument, uint32_t value) {
  return {load_argument(argument), jump(BPF_JEQ, value, 1, 0), refuse(EPERM), allow()};
}

/// open() with a mode that sets ids, or that cuts a file off without asking to write it: kernels
/// before Landlock's third version would let that pass on any readable file.
Program check_open(int flags) {
  return {load_argument(flags),
          jump(BPF_JSET, O_TRUNC, 0, 4),
          BPF_STMT(BPF_ALU | BPF_AND | BPF_K, O_ACCMODE),
          jump(BPF_JEQ, O_WRONLY, 2, 0),
          jump(BPF_JEQ, O_RDWR, 1, 0),
          refuse(EACCES),
          load_argument(flags),
          jump(BPF_JSET, O_CREAT | (O_TMPFILE & ~O_DIRECTORY), 0, 3),
          load_argument(flags + 1),
          jump(BPF_JSET, kSetIdBits, 0, 1),
          refuse(EPERM),
          allow()};
}

/// Memory that is shared and has no file is counted with a process only while that looks at it, and
/// can stay without.
Program check_mmap() {
  return {load_argument(3), jump(BPF_JSET, MAP_ANONYMOUS, 0, 2), jump(BPF_JSET, MAP_SHARED, 0, 1),
          refuse(EPERM), allow()};
}

/// Children whose end is of no interest to their parent are counted by nobody when they have ended.
Program check_signal_action() {
  constexpr size_t kUpperHalf = 4;
  const sock_filter load_upper = load(offsetof(seccomp_data, args) + 8 + kUpperHalf);
  return {load_argument(0), jump(BPF_JEQ, SIGCHLD, 0, 5), load_argument(1), jump(BPF_JEQ, 0, 0, 2),
          load_upper,       jump(BPF_JEQ, 0, 1, 0),       refuse(EPERM),    allow()};
}

/// An argument that must be one of `values`, else `error`.
Program allow_among(int argument, std::span<const uint32_t> values, int error) {
  Program body = {load_argument(argument)};
  for (size_t i = 0; i < values.size(); ++i) {
    body.push_back(jump(BPF_JEQ, values[i], static_cast<uint8_t>(values.size() - i), 0));
  }
  body.push_back(refuse(error));
  body.push_back(allow());
  return body;
}

/// Lets these calls pass, neighbouring numbers together.
void allow_calls(Program& program, std::vector<uint32_t> calls) {
  std::sort(calls.begin(), calls.end());
  for (size_t begin = 0, end; begin < calls.size(); begin = end) {
    for (end = begin + 1; end < calls.size() && calls[end] <= calls[end - 1] + 1;) ++end;
    program.push_back(jump(BPF_JGE, calls[begin], 0, 2));
    program.push_back(jump(BPF_JGT, calls[end - 1], 1, 0));
    program.push_back(allow());
  }
}

void add_files(Program& program, bool guarded_otherwise) {
  const auto set_mode = [&](uint32_t call, int mode) {
    // The file may be one that is only to be read, open or not, and its owner may change it even
    // so.
    for_call(program, call,
             guarded_otherwise ? refuse_bits(mode, kSetIdBits) : Program{refuse(EPERM)});
  };
  for (const uint32_t call : kOwnersCalls) {
    for_call(program, call, {guarded_otherwise ? allow() : refuse(EPERM)});
  }
  for_call(program, __NR_openat, check_open(2));
  for_call(program, __NR_mknodat, refuse_bits(2, kSetIdBits));
  set_mode(__NR_fchmod, 1);
  set_mode(__NR_fchmodat, 2);
  set_mode(kFchmodat2, 2);
#ifdef __NR_open
  for_call(program, __NR_open, check_open(1));
  for_call(program, __NR_creat, refuse_bits(1, kSetIdBits));
  for_call(program, __NR_mknod, refuse_bits(1, kSetIdBits));
  set_mode(__NR_chmod, 1);
#endif
}

}  // namespace

bool SyscallFilter::supported() { return kArchitecture != 0; }

SyscallFilter::SyscallFilter(const FilterOptions& options) {
  if (!supported()) return;
  program_ = {load(offsetof(seccomp_data, arch)), jump(BPF_JEQ, kArchitecture, 1, 0), refuse(EPERM),
              load(offsetof(seccomp_data, nr))};
  for (const uint32_t call : kNetworkCalls) for_call(program_, call, {refuse(EACCES)});
  for (const uint32_t call : kAttributeCalls) for_call(program_, call, {refuse(EOPNOTSUPP)});
  for_call(program_, __NR_mmap, check_mmap());
  if (options.counts_children) for_call(program_, __NR_rt_sigaction, check_signal_action());
  for_call(program_, __NR_clone, refuse_bits(0, kNewNamespaces));
  for_call(program_, __NR_personality, refuse_unless_equal(0, 0xffffffff));
  for_call(program_, __NR_prlimit64, refuse_unless_equal(0, 0));
  for_call(program_, __NR_sched_setaffinity, refuse_unless_equal(0, 0));
  for_call(program_, __NR_fcntl, allow_among(1, kFileCommands, EPERM));
  for_call(program_, __NR_ioctl, allow_among(1, kDeviceCommands, ENOTTY));
  for_call(program_, __NR_prctl, allow_among(0, kProcessCommands, EPERM));
  add_files(program_, options.files);
  std::vector<uint32_t> allowed(std::begin(kAllowedCalls), std::end(kAllowedCalls));
  const std::initializer_list<uint32_t> signals = {__NR_kill, __NR_tgkill};
  if (options.signals) {
    allowed.insert(allowed.end(), signals);
  } else {
    for (const uint32_t call : signals) {
      own_pid_at_.push_back(program_.size() + 2);
      for_call(program_, call, refuse_unless_equal(0, 0));
    }
  }
  allow_calls(program_, std::move(allowed));
  program_.push_back(refuse(ENOSYS));
}

bool SyscallFilter::install() noexcept {
  for (const size_t at : own_pid_at_) program_[at].k = static_cast<uint32_t>(::getpid());
  const sock_fprog program = {static_cast<unsigned short>(program_.size()), program_.data()};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

int SyscallFilter::open_program() const {
  const int file = ::memfd_create("tern-filter", MFD_CLOEXEC);
  const size_t bytes = program_.size() * sizeof(sock_filter);
  const bool written = file >= 0 &&
                       ::write(file, program_.data(), bytes) == static_cast<ssize_t>(bytes) &&
                       ::lseek(file, 0, SEEK_SET) == 0;
  if (!written && file >= 0) ::close(file);
  check(written, "cannot keep the filter of system calls for bwrap: {}", std::strerror(errno));
  return file;
}

}  // namespace tern
