#include "tern/model/stored_ternary.h"
#include "tern/model/table_format.h"
#include "tern/ops/fake_quantize.h"
#include "tern/quant/absmean.h"

namespace tern {
namespace {

Tensor quantize(const Tensor& table, Grouping grouping) {
  return fake_quantize(table, Absmean{}, grouping, /*lambda=*/1, DType::f32);
}

void store(const Parameter& table, Grouping grouping, StoredTensors& out) {
  const Tensor& w = table.tensor;
  store_ternary(table.name,
                quantize_and_pack(w.data<const float>(), w.rows(), w.cols(), grouping, Absmean{}),
                out);
}

void load(const SafetensorsModel& file, const Parameter& table, Grouping grouping) {
  const Tensor& w = table.tensor;
  const PackedTernary packed = load_ternary(file, table.name, w.rows(), w.cols(), grouping);
  check(packed.shifts.empty() && packed.bias.empty() && packed.sub_norm.empty(),
        "{}: a table has codes and scales alone", table.name);
  unpack_ternary(packed, w.data<float>());
}

const Register<TableFormat> ternary_table(
    table_formats(), "2", {quantize, store, load}, "ternary by absmean, in groups as the layers",
    "Prism's Bonsai 2, as reconstructed: its embedding is data-free absmean");

}  // namespace
}  // namespace tern
