#include "tern/parallel/parallel.h"

#include <omp.h>

#include <algorithm>
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
