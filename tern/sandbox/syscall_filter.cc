#include "tern/sandbox/syscall_filter.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "tern/base/error.h"

namespace tern {
namespace {

#if defined(__x86_64__)
constexpr uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#else
constexpr uint32_t kArchitecture = 0;
#endif

// The headers may be older than the kernel; from 424 on a call has one number everywhere.
constexpr uint32_t kFchmodat2 = 452;
constexpr uint32_t kFirstUnknownCall = 463;  // setxattrat of Linux 6.13

constexpr uint32_t kNewNamespaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |
                                    CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;
constexpr uint32_t kSetIdBits = S_ISUID | S_ISGID;

// Calls that no training program, compiler or shell needs. Where an architecture lacks an older
// call there is nothing to deny.
constexpr uint32_t kDenied[] = {
    // The network. socketpair() remains, see SyscallFilter.
    __NR_socket,
    __NR_connect,
    __NR_bind,
    __NR_listen,
    __NR_accept,
    __NR_accept4,
    __NR_io_uring_setup,
    __NR_io_uring_enter,
    __NR_io_uring_register,
    // Other processes and the kernel's insides.
    __NR_ptrace,
    __NR_process_vm_readv,
    __NR_process_vm_writev,
    __NR_process_madvise,
    __NR_kcmp,
    __NR_pidfd_getfd,
    __NR_bpf,
    __NR_perf_event_open,
    __NR_userfaultfd,
    __NR_syslog,
    __NR_lookup_dcookie,
    __NR_fanotify_init,
    __NR_name_to_handle_at,
    __NR_open_by_handle_at,
    // Namespaces and mounts.
    __NR_unshare,
    __NR_setns,
    __NR_mount,
    __NR_umount2,
    __NR_pivot_root,
    __NR_chroot,
    __NR_move_mount,
    __NR_open_tree,
    __NR_fsopen,
    __NR_fsconfig,
    __NR_fsmount,
    __NR_fspick,
    __NR_mount_setattr,
    __NR_quotactl,
    __NR_acct,
    // Keys and the machine.
    __NR_add_key,
    __NR_request_key,
    __NR_keyctl,
    __NR_kexec_load,
    __NR_reboot,
    __NR_swapon,
    __NR_swapoff,
    __NR_init_module,
    __NR_finit_module,
    __NR_delete_module,
    __NR_settimeofday,
    __NR_clock_settime,
    __NR_clock_adjtime,
    __NR_adjtimex,
    __NR_sethostname,
    __NR_setdomainname,
    __NR_vhangup,
    // Owner, times and attributes of files, which Landlock does not guard.
    __NR_fchownat,
    __NR_fchown,
    __NR_utimensat,
    __NR_setxattr,
    __NR_lsetxattr,
    __NR_fsetxattr,
    __NR_removexattr,
    __NR_lremovexattr,
    __NR_fremovexattr,
    // Memory that outlives the program or that is in no process's resident size.
    __NR_memfd_create,
    __NR_shmget,
    __NR_msgget,
    __NR_semget,
    __NR_mq_open,
#ifdef __NR_kexec_file_load
    __NR_kexec_file_load,
#endif
#ifdef __NR_memfd_secret
    __NR_memfd_secret,
#endif
#ifdef __NR_chown
    __NR_chown,
    __NR_lchown,
    __NR_utime,
    __NR_utimes,
    __NR_futimesat,
#endif
#ifdef __NR_uselib
    __NR_uselib,
    __NR__sysctl,
    __NR_iopl,
    __NR_ioperm,
    __NR_modify_ldt,
#endif
};

constexpr uint32_t kNetworkCalls[] = {__NR_socket, __NR_connect, __NR_bind,
                                      __NR_listen, __NR_accept,  __NR_accept4};

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

/// Datagram pairs could still send to any local address.
Program check_socketpair() {
  constexpr uint32_t kTypeBits = 0xf;
  return {load_argument(1),
          BPF_STMT(BPF_ALU | BPF_AND | BPF_K, kTypeBits),
          jump(BPF_JEQ, 1 /* SOCK_STREAM */, 2, 0),
          jump(BPF_JEQ, 5 /* SOCK_SEQPACKET */, 1, 0),
          refuse(EACCES),
          allow()};
}

bool is_network(uint32_t call) {
  for (const uint32_t other : kNetworkCalls) {
    if (call == other) return true;
  }
  return false;
}

void add_files(Program& program, bool modes) {
  for_call(program, __NR_openat, check_open(2));
  // Its flags are behind a pointer; C libraries fall back to openat.
  for_call(program, __NR_openat2, {refuse(ENOSYS)});
  for_call(program, __NR_mknodat, refuse_bits(2, kSetIdBits));
  // On an open file, as std::filesystem::copy_file does.
  for_call(program, __NR_fchmod, refuse_bits(1, kSetIdBits));
  for_call(program, __NR_fchmodat, modes ? refuse_bits(2, kSetIdBits) : Program{refuse(EPERM)});
  for_call(program, kFchmodat2, modes ? refuse_bits(2, kSetIdBits) : Program{refuse(EPERM)});
#ifdef __NR_open
  for_call(program, __NR_open, check_open(1));
  for_call(program, __NR_creat, refuse_bits(1, kSetIdBits));
  for_call(program, __NR_mknod, refuse_bits(1, kSetIdBits));
  for_call(program, __NR_chmod, modes ? refuse_bits(1, kSetIdBits) : Program{refuse(EPERM)});
#endif
}

}  // namespace

bool SyscallFilter::supported() { return kArchitecture != 0; }

SyscallFilter::SyscallFilter(const FilterOptions& options) {
  if (!supported()) return;
  program_ = {load(offsetof(seccomp_data, arch)), jump(BPF_JEQ, kArchitecture, 1, 0), refuse(EPERM),
              load(offsetof(seccomp_data, nr)),
              // Also the numbers of x32, a second way to each call.
              jump(BPF_JGE, kFirstUnknownCall, 0, 1), refuse(ENOSYS)};
  for (const uint32_t call : kDenied) {
    for_call(program_, call, {refuse(is_network(call) ? EACCES : EPERM)});
  }
  for_call(program_, __NR_socketpair, check_socketpair());
  for_call(program_, __NR_clone, refuse_bits(0, kNewNamespaces));
  // Its flags are behind a pointer; C libraries fall back to clone.
  for_call(program_, __NR_clone3, {refuse(ENOSYS)});
  for_call(program_, __NR_personality, refuse_unless_equal(0, 0xffffffff));
  for_call(program_, __NR_prlimit64, refuse_unless_equal(0, 0));
  add_files(program_, options.modes);
  if (!options.signals) {
    for (const uint32_t call : {__NR_kill, __NR_tgkill}) {
      own_pid_at_.push_back(program_.size() + 2);
      for_call(program_, call, refuse_unless_equal(0, 0));
    }
    for (const uint32_t call :
         {__NR_tkill, __NR_rt_sigqueueinfo, __NR_rt_tgsigqueueinfo, __NR_pidfd_send_signal}) {
      for_call(program_, call, {refuse(EPERM)});
    }
  }
  program_.push_back(allow());
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
