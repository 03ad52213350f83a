#pragma once

#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tern/io/safetensors.h"
#include "tern/tensor/tensor.h"

// What the .cc files share that write and read packed models.

namespace tern {

/// Tensors to write; their numbers are kept until then.
class StoredTensors {
 public:
  template <class T>
  void add(const std::string& name, Shape shape, std::vector<T> numbers) {
    auto kept = std::make_shared<const std::vector<T>>(std::move(numbers));
    tensors_.push_back({name, dtype_of<T>(), std::move(shape), kept->data()});
    owners_.push_back(std::move(kept));
  }
  void add(const std::string& name, const Tensor& tensor) {
    tensors_.push_back({name, tensor.dtype(), tensor.shape(), tensor.raw()});
    owners_.push_back(std::make_shared<const Tensor>(tensor));
  }

  const std::vector<SafetensorsTensor>& all() const { return tensors_; }

 private:
  std::vector<SafetensorsTensor> tensors_;
  std::vector<std::shared_ptr<const void>> owners_;
};

/// The numbers of a tensor in a file; throws unless it has this type.
template <class T>
std::vector<T> numbers_of(const SafetensorsEntry& entry) {
  check(entry.dtype == dtype_of<T>(), "{}: expected {}, found {}", entry.name,
        name_of(dtype_of<T>()), name_of(entry.dtype));
  std::vector<T> out(entry.bytes.size() / sizeof(T));
  std::memcpy(static_cast<void*>(out.data()), entry.bytes.data(), entry.bytes.size());
  return out;
}

inline void check_shape(const SafetensorsEntry& entry, const Shape& shape) {
  check(entry.shape == shape, "{}: expected the shape {}, found {}", entry.name, to_string(shape),
        to_string(entry.shape));
}

}  // namespace tern
