#include "tern/parallel/wait_policy.h"

#include <unistd.h>

#include <cstdlib>

namespace tern {

void prefer_short_spins(char** argv) {
  if (std::getenv("GOMP_SPINCOUNT") != nullptr || std::getenv("OMP_WAIT_POLICY") != nullptr) return;
  // With libgomp's own choice of 300,000 turns a waiting thread spins away the time that the thread
  // it waits for needs, once another program wants a core: four times slower beside a busy build. A
  // thousand turns cost 4 % on an idle machine, on the demo's small kernels.
  ::setenv("GOMP_SPINCOUNT", "1000", 1);
  ::execv("/proc/self/exe", argv);
}

}  // namespace tern
