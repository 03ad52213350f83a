#include "tern/parallel/wait_policy.h"

#include <unistd.h>

#include <cstdlib>

namespace tern {

void prefer_short_spins(char** argv) {
  if (std::getenv("GOMP_SPINCOUNT") != nullptr || std::getenv("OMP_WAIT_POLICY") != nullptr) return;
  // libgomp's own choice of 300,000 turns costs nothing on an idle machine, but makes training six
  // times slower when another program wants a core: a waiting thread spins away the time that the
  // thread it waits for needs. A thousand turns still cover the gap between two kernels.
  ::setenv("GOMP_SPINCOUNT", "1000", 1);
  ::execv("/proc/self/exe", argv);
}

}  // namespace tern
