#include "tern/model/stored_ternary.h"

namespace tern {
namespace {

Shape scales_shape(const PackedTernary& packed) {
  if (packed.grouping.whole_tensor()) return {1};
  return {packed.rows, packed.grouping.groups_per_row(packed.cols)};
}

/// The numbers of a part that a matrix may have, or none.
template <class T>
std::vector<T> part_of(const SafetensorsModel& file, const std::string& name) {
  const SafetensorsEntry* entry = file.find(name);
  return entry == nullptr ? std::vector<T>() : numbers_of<T>(*entry);
}

}  // namespace

void store_ternary(const std::string& name, PackedTernary packed, StoredTensors& out) {
  validate_ternary(packed, name);
  const int64_t rows = packed.rows, cols = packed.cols;
  const Shape scales = scales_shape(packed);
  out.add(name + ".codes", {rows, PackedTernary::bytes_per_row(cols)}, std::move(packed.codes));
  out.add(name + ".scales", scales, std::move(packed.scales));
  if (!packed.shifts.empty()) out.add(name + ".shifts", scales, std::move(packed.shifts));
  if (!packed.bias.empty()) out.add(name + ".bias", {rows}, std::move(packed.bias));
  if (!packed.sub_norm.empty()) out.add(name + ".sub_norm", {cols}, std::move(packed.sub_norm));
}

PackedTernary load_ternary(const SafetensorsModel& file, const std::string& name, int64_t rows,
                           int64_t cols, Grouping grouping) {
  PackedTernary packed{.rows = rows, .cols = cols, .grouping = grouping, .codes = {}, .scales = {}};
  const SafetensorsEntry& codes = file.at(name + ".codes");
  packed.codes = numbers_of<uint8_t>(codes);
  packed.scales = numbers_of<f16>(file.at(name + ".scales"));
  packed.shifts = part_of<f16>(file, name + ".shifts");
  packed.bias = part_of<float>(file, name + ".bias");
  packed.sub_norm = part_of<float>(file, name + ".sub_norm");
  validate_ternary(packed, name);
  check_shape(codes, {rows, PackedTernary::bytes_per_row(cols)});
  return packed;
}

}  // namespace tern
