// tries: to cut, grow or seal the memory that it hands models over in
//
// expect: refused EPERM

#include <signal.h>
#include <sys/mman.h>

#include "tests/attacks/attack.h"

using namespace attack;

int main() {
  ::signal(SIGXFSZ, SIG_IGN);
  begin();
  const Answer made = memory();
  attempt("cut", ::ftruncate(made.file, 0));
  attempt("grow", ::ftruncate(made.file, 1 << 30));
  attempt("allocate", ::fallocate(made.file, 0, 0, 1 << 30));
  attempt("seal", ::fcntl(made.file, F_ADD_SEALS, F_SEAL_WRITE));
  if (!ask(Evaluation{}.text()).came) reached("the attendant has ended");
}
