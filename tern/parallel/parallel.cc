#include "tern/parallel/parallel.h"

#include <omp.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <exception>

#include "tern/base/error.h"

namespace tern {

int thread_count() { return omp_get_max_threads(); }

void set_thread_count(int threads) {
  check(threads >= 1 && threads <= 1024, "threads must be between 1 and 1024, found {}", threads);
  omp_set_dynamic(0);
  omp_set_num_threads(threads);
}

bool in_parallel() { return omp_in_parallel() != 0; }

void prefer_short_spins(char** argv) {
  if (std::getenv("GOMP_SPINCOUNT") != nullptr || std::getenv("OMP_WAIT_POLICY") != nullptr) return;
  // With libgomp's own choice of 300,000 turns a waiting thread spins away the time that the thread
  // it waits for needs, once another program wants a core: four times slower beside a busy build. A
  // thousand turns cost 4 % on an idle machine, on the demo's small kernels.
  ::setenv("GOMP_SPINCOUNT", "1000", 1);
  ::execv("/proc/self/exe", argv);
}

namespace detail {

void run_ranges(int64_t count, int64_t grain, RangeBody body, void* context) {
  if (count <= 0) return;
  const int64_t most = (count + std::max<int64_t>(grain, 1) - 1) / std::max<int64_t>(grain, 1);
  const int64_t ranges = in_parallel() ? 1 : std::min<int64_t>(thread_count(), most);
  if (ranges == 1) {
    body(context, 0, count);
    return;
  }
  std::exception_ptr failure;
#pragma omp parallel for num_threads(static_cast <int>(ranges)) schedule(static, 1)
  for (int64_t i = 0; i < ranges; ++i) {
    try {
      body(context, count * i / ranges, count * (i + 1) / ranges);
    } catch (...) {
#pragma omp critical
      failure = std::current_exception();
    }
  }
  if (failure) std::rethrow_exception(failure);
}

}  // namespace detail
}  // namespace tern
