#include "tern/model/stored_tensors.h"
#include "tern/model/table_format.h"
#include "tern/ops/op.h"
#include "tern/quant/int8_rows.h"

namespace tern {
namespace {

Tensor quantize(const Tensor& table, Grouping) {
  const Zone zone("int8 table");
  const Tensor quantized = Tensor::empty(table.shape(), DType::f32);
  fake_quantize_int8_rows(table.data<const float>(), table.rows(), table.cols(),
                          quantized.data<float>());
  share_gradient(table, quantized);
  return quantized;
}

void store(const Parameter& table, Grouping, StoredTensors& out) {
  const int64_t rows = table.tensor.rows(), cols = table.tensor.cols();
  Int8Rows packed = quantize_int8_rows(table.tensor.data<const float>(), rows, cols);
  validate_int8_rows(packed, table.name);
  out.add(table.name + ".codes", {rows, cols}, std::move(packed.codes));
  out.add(table.name + ".scales", {rows}, std::move(packed.scales));
}

void load(const SafetensorsModel& file, const Parameter& table, Grouping) {
  const int64_t rows = table.tensor.rows(), cols = table.tensor.cols();
  const SafetensorsEntry& codes = file.at(table.name + ".codes");
  const Int8Rows packed{rows, cols, numbers_of<int8_t>(codes),
                        numbers_of<f16>(file.at(table.name + ".scales"))};
  validate_int8_rows(packed, table.name);
  check_shape(codes, {rows, cols});
  unpack_int8_rows(packed, table.tensor.data<float>());
}

const Register<TableFormat> int8_table(table_formats(), "8", {quantize, store, load},
                                       "8 bits by the largest magnitude of each token's row",
                                       "llama.cpp's Q8_0, a row being the block");

}  // namespace
}  // namespace tern
