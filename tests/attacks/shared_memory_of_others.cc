// tries: to make, find, use or remove System V and POSIX shared memory, semaphores and queues
//
// expect: refused

#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>

#include "tests/attacks/attack.h"

using namespace attack;

int main() {
  attempt("shmget", ::shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600));
  attempt("semget", ::semget(IPC_PRIVATE, 1, IPC_CREAT | 0600));
  attempt("msgget", ::msgget(IPC_PRIVATE, IPC_CREAT | 0600));
  for (int id = 0; id < 64; ++id) {
    shmid_ds segment{};
    char byte = 0;
    attempt("shmat", ::shmat(id, nullptr, 0) == reinterpret_cast<void*>(-1) ? -1 : 0);
    attempt("shmctl", ::shmctl(id, IPC_STAT, &segment));
    attempt("semctl", ::semctl(id, 0, GETVAL));
    attempt("msgrcv", ::msgrcv(id, &byte, 0, 0, IPC_NOWAIT));
    attempt("shmctl remove", ::shmctl(id, IPC_RMID, nullptr));
  }
  attempt_call("mq_open", SYS_mq_open, "tern-attack", O_RDWR | O_CREAT, 0600, nullptr);
}
