#pragma once

#include <sys/syscall.h>

#include <cstdint>

namespace tern {

// Numbers of newer kernels than the headers; from 424 on a call has one number everywhere.
inline constexpr uint32_t kFchmodat2 = 452, kFutexWake = 454, kFutexWait = 455, kFutexRequeue = 456;

/// Calls by which a program works on itself, on its own children, and on files that were opened to
/// it: what training, compilers, linkers, shells and the sanitizers make. Those whose arguments
/// decide are not among them (syscall_filter.cc). clone3 and openat2 keep theirs behind a pointer
/// that no filter can follow, so they are unknown, and C libraries fall back to clone and openat.
/// Where an architecture lacks an older call there is none to allow.
inline constexpr uint32_t kAllowedCalls[] = {
    // Open files.
    __NR_read,
    __NR_write,
    __NR_close,
    __NR_close_range,
    __NR_lseek,
    __NR_pread64,
    __NR_pwrite64,
    __NR_readv,
    __NR_writev,
    __NR_preadv,
    __NR_pwritev,
    __NR_preadv2,
    __NR_pwritev2,
    __NR_fstat,
    __NR_ftruncate,
    __NR_fallocate,
    __NR_fadvise64,
    __NR_readahead,
    __NR_fsync,
    __NR_fdatasync,
    __NR_sync_file_range,
    __NR_flock,
    __NR_getdents64,
    __NR_fchdir,
    __NR_fstatfs,
    __NR_dup,
    __NR_dup3,
    __NR_pipe2,
    __NR_sendfile,
    __NR_splice,
    __NR_tee,
    __NR_copy_file_range,
    // Files by path, which Landlock or mounts guard.
    __NR_newfstatat,
    __NR_statx,
    __NR_statfs,
    __NR_faccessat,
    __NR_faccessat2,
    __NR_readlinkat,
    __NR_getcwd,
    __NR_chdir,
    __NR_mkdirat,
    __NR_unlinkat,
    __NR_renameat2,
    __NR_linkat,
    __NR_symlinkat,
    __NR_truncate,
    __NR_umask,
    // Waiting.
    __NR_ppoll,
    __NR_pselect6,
    __NR_epoll_create1,
    __NR_epoll_ctl,
    __NR_epoll_pwait,
    __NR_epoll_pwait2,
    __NR_eventfd2,
    __NR_signalfd4,
    __NR_timerfd_create,
    __NR_timerfd_settime,
    __NR_timerfd_gettime,
    __NR_nanosleep,
    __NR_clock_nanosleep,
    __NR_futex,
    __NR_futex_waitv,
    kFutexWake,
    kFutexWait,
    kFutexRequeue,
    // The socket that it is given.
    __NR_sendto,
    __NR_recvfrom,
    __NR_sendmsg,
    __NR_recvmsg,
    __NR_sendmmsg,
    __NR_recvmmsg,
    __NR_shutdown,
    __NR_getsockopt,
    __NR_setsockopt,
    __NR_getsockname,
    __NR_getpeername,
    // Memory.
    __NR_munmap,
    __NR_mprotect,
    __NR_mremap,
    __NR_madvise,
    __NR_brk,
    __NR_msync,
    __NR_mincore,
    __NR_mlock,
    __NR_munlock,
    __NR_membarrier,
    // Processes and threads of its own.
    __NR_execve,
    __NR_execveat,
    __NR_wait4,
    __NR_waitid,
    __NR_exit,
    __NR_exit_group,
    __NR_getpid,
    __NR_gettid,
    __NR_getppid,
    __NR_getpgid,
    __NR_setpgid,
    __NR_getsid,
    __NR_setsid,
    __NR_set_tid_address,
    __NR_set_robust_list,
    __NR_rseq,
    __NR_getuid,
    __NR_geteuid,
    __NR_getgid,
    __NR_getegid,
    __NR_getresuid,
    __NR_getresgid,
    __NR_getgroups,
    __NR_capget,
    // Signals to itself.
    __NR_rt_sigaction,
    __NR_rt_sigprocmask,
    __NR_rt_sigpending,
    __NR_rt_sigsuspend,
    __NR_rt_sigtimedwait,
    __NR_rt_sigreturn,
    __NR_sigaltstack,
    __NR_restart_syscall,
    // Time and the machine, for reading.
    __NR_clock_gettime,
    __NR_clock_getres,
    __NR_gettimeofday,
    __NR_times,
    __NR_getitimer,
    __NR_setitimer,
    __NR_timer_create,
    __NR_timer_settime,
    __NR_timer_gettime,
    __NR_timer_getoverrun,
    __NR_timer_delete,
    __NR_getrusage,
    __NR_getrlimit,
    __NR_setrlimit,
    __NR_sysinfo,
    __NR_uname,
    __NR_getcpu,
    __NR_getrandom,
    __NR_sched_yield,
    __NR_sched_getaffinity,
    __NR_sched_getscheduler,
    __NR_sched_getparam,
    __NR_sched_get_priority_max,
    __NR_sched_get_priority_min,
    __NR_getpriority,
    __NR_get_mempolicy,
#ifdef __x86_64__
    __NR_arch_prctl,  // by which a program is allowed AMX
    __NR_stat,
    __NR_lstat,
    __NR_access,
    __NR_readlink,
    __NR_getdents,
    __NR_dup2,
    __NR_pipe,
    __NR_poll,
    __NR_select,
    __NR_epoll_create,
    __NR_epoll_wait,
    __NR_eventfd,
    __NR_signalfd,
    __NR_rename,
    __NR_renameat,
    __NR_mkdir,
    __NR_rmdir,
    __NR_link,
    __NR_unlink,
    __NR_symlink,
    __NR_fork,
    __NR_vfork,
    __NR_getpgrp,
    __NR_pause,
    __NR_alarm,
    __NR_time,
#endif
};

/// Owner, times and attributes of files, which Landlock does not guard. Copying programs know the
/// answer that they may not.
inline constexpr uint32_t kOwnersCalls[] = {
    __NR_fchownat,  __NR_fchown,      __NR_utimensat,    __NR_setxattr,     __NR_lsetxattr,
    __NR_fsetxattr, __NR_removexattr, __NR_lremovexattr, __NR_fremovexattr,
#ifdef __x86_64__
    __NR_chown,     __NR_lchown,      __NR_utime,        __NR_utimes,       __NR_futimesat,
#endif
};

/// Reading attributes of files: as on a file system that has none, which listing programs expect.
inline constexpr uint32_t kAttributeCalls[] = {__NR_getxattr,  __NR_lgetxattr,  __NR_fgetxattr,
                                               __NR_listxattr, __NR_llistxattr, __NR_flistxattr};

/// Also pairs of sockets: what waits in them is memory that nobody counts.
inline constexpr uint32_t kNetworkCalls[] = {__NR_socket, __NR_socketpair, __NR_connect, __NR_bind,
                                             __NR_listen, __NR_accept,     __NR_accept4};

}  // namespace tern
