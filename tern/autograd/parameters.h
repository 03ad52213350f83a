#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tern/tensor/tensor.h"

namespace tern {

/// A named float32 tensor that training changes.
struct Parameter {
  std::string name;
  Tensor tensor;
};

/// The parameters of a model. All weights of one allocate() call lie in one flat buffer and all
/// their gradients in another, so that clipping, zeroing and saving are passes over plain memory.
class Parameters {
 public:
  struct Declaration {
    std::string name;
    Shape shape;
  };

  /// Makes these parameters, weights uninitialised and gradients zero; without gradients, which
  /// take as much memory again, they can only be read. Throws on a name that is already there.
  void allocate(const std::vector<Declaration>& declarations, bool with_gradients = true);

  /// Adds one on memory of its own, which can only be read.
  void add(const std::string& name, const Tensor& tensor);

  const std::vector<Parameter>& all() const { return parameters_; }
  /// The parameter of that name; throws when there is none.
  const Tensor& at(std::string_view name) const;
  int64_t count() const;
  void zero_gradients();
  /// The same, by giving their memory back to the system until the next backward pass.
  void release_gradients();

 private:
  std::vector<Parameter> parameters_;
  std::vector<Tensor> gradient_buffers_;
};

}  // namespace tern
