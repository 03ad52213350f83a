#pragma once

#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

namespace tern {

/// Threads that parallel_for and the matrix products use. Starts as the number of cores that this
/// process may run on.
int thread_count();
/// Sets it for the whole process; 1 or more.
void set_thread_count(int threads);
/// True inside a parallel_for body; a nested parallel_for then runs serially.
bool in_parallel();

/// Starts this program again, once, with threads that sleep soon when they wait for one another,
/// unless the user has chosen (GOMP_SPINCOUNT or OMP_WAIT_POLICY). libgomp reads its settings
/// before main(), so a running program cannot change them. The first line of a main().
void prefer_short_spins(char** argv);

namespace detail {
using RangeBody = void (*)(void* context, int64_t begin, int64_t end);
void run_ranges(int64_t count, int64_t grain, RangeBody body, void* context);
}  // namespace detail

/// Splits [0, count) into at most thread_count() contiguous ranges of at least `grain` items and
/// runs body(begin, end) on each. The split depends on count, grain and thread_count() alone.
/// An exception in a body is rethrown here once all ranges have ended.
template <class Body>
void parallel_for(int64_t count, int64_t grain, Body&& body) {
  using Decayed = std::remove_reference_t<Body>;
  detail::run_ranges(
      count, grain,
      [](void* context, int64_t begin, int64_t end) {
        (*static_cast<Decayed*>(context))(begin, end);
      },
      const_cast<std::remove_const_t<Decayed>*>(std::addressof(body)));
}

}  // namespace tern
