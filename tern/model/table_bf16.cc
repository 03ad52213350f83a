#include "tern/model/model_files.h"
#include "tern/model/stored_tensors.h"
#include "tern/model/table_format.h"
#include "tern/ops/cast.h"

namespace tern {
namespace {

Tensor quantize(const Tensor& table, Grouping) { return weight_as(table, DType::bf16, DType::f32); }

void store(const Parameter& table, Grouping, StoredTensors& out) {
  out.add(table.name, weight_as(table.tensor, DType::bf16));
}

void load(const SafetensorsModel& file, const Parameter& table, Grouping) {
  const DType found = file.at(table.name).dtype;
  check(found == DType::bf16, "{}: expected bf16, as embedding_bits 16 says, found {}", table.name,
        name_of(found));
  read_parameter(file, table);
}

const Register<TableFormat> bf16_table(table_formats(), "16", {quantize, store, load}, "bf16", "");

}  // namespace
}  // namespace tern
