#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>

namespace tern::kernels {

/// Working memory that grows and is kept, because a first touch of a page costs more than most
/// kernels. Meant as a thread_local; 64-byte aligned.
template <class T>
class Scratch {
 public:
  /// At least `count` elements, uninitialised. Invalidates what an earlier call returned.
  T* at_least(int64_t count) {
    if (count > capacity_) {
      constexpr size_t kAlignment = 64;
      const size_t bytes = static_cast<size_t>(count) * sizeof(T);
      data_.reset();
      capacity_ = 0;
      void* block = std::aligned_alloc(kAlignment, (bytes + kAlignment - 1) & ~(kAlignment - 1));
      if (block == nullptr) throw std::bad_alloc();
      data_.reset(static_cast<T*>(block));
      capacity_ = count;
    }
    return data_.get();
  }

 private:
  struct Free {
    void operator()(T* data) const { std::free(data); }
  };
  std::unique_ptr<T, Free> data_;
  int64_t capacity_ = 0;
};

}  // namespace tern::kernels
