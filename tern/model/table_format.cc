#include "tern/model/table_format.h"

#include "tern/model/model_files.h"
#include "tern/model/stored_tensors.h"

namespace tern {

Registry<TableFormat>& table_formats() {
  static Registry<TableFormat> all("embedding_bits");
  return all;
}

const TableFormat& table_format(int bits) { return table_formats().at(std::to_string(bits)); }

void use_table_format(Llama& model, int bits, Grouping grouping) {
  if (bits == 32) return;
  const auto quantize = table_format(bits).quantize;
  model.quantize_tables([=](const Tensor& table) { return quantize(table, grouping); });
}

bool is_table(const std::string& parameter) {
  return parameter == "model.embed_tokens.weight" || parameter == "lm_head.weight";
}

namespace {

const Register<TableFormat> f32(table_formats(), "32",
                                {[](const Tensor& table, Grouping) { return table; },
                                 [](const Parameter& table, Grouping, StoredTensors& out) {
                                   out.add(table.name, table.tensor);
                                 },
                                 [](const SafetensorsModel& file, const Parameter& table,
                                    Grouping) { read_parameter(file, table); }},
                                "float32, as trained", "");

}  // namespace
}  // namespace tern
