#pragma once

#include "tern/autograd/parameters.h"
#include "tern/knobs/registry.h"
#include "tern/model/llama.h"
#include "tern/quant/grouping.h"

namespace tern {

class SafetensorsModel;
class StoredTensors;

/// How the tables of a model, its embedding and its head where that is not tied, are stored: a
/// value of the recipe's embedding_bits. What training computes with is what the file holds.
struct TableFormat {
  /// The table (V, C) f32 with the values that the file will hold, straight through.
  Tensor (*quantize)(const Tensor& table, Grouping grouping);
  void (*store)(const Parameter& table, Grouping grouping, StoredTensors& out);
  /// Fills the table from a file.
  void (*load)(const SafetensorsModel& file, const Parameter& table, Grouping grouping);
};

Registry<TableFormat>& table_formats();

/// The format of so many bits: 32, 16, 8 or 2; throws on anything else.
const TableFormat& table_format(int bits);

/// Lets a model compute with tables of so many bits.
void use_table_format(Llama& model, int bits, Grouping grouping);

/// Whether a parameter of this name is the embedding or the head.
bool is_table(const std::string& parameter);

}  // namespace tern
