#pragma once

#include <algorithm>
#include <string_view>

namespace tern {

/// Calls visit(name, value) for each value, `names` being the list of their names.
template <class Visit, class... Values>
void visit_fields(Visit&& visit, std::string_view names, Values&... values) {
  const auto next = [&names] {
    const size_t begin = names.find_first_not_of(", \\\n");
    const size_t end = std::min(names.find(',', begin), names.size());
    const std::string_view name = names.substr(begin, end - begin);
    names.remove_prefix(end);
    return name;
  };
  (visit(next(), values), ...);
}

/// In a struct: the fields that are written down and read back, each named once. What visits them
/// (JSON, tables) is written once for all such structs.
#define TERN_FIELDS(...)                                    \
  template <class Visit>                                    \
  void fields(Visit&& visit) {                              \
    ::tern::visit_fields(visit, #__VA_ARGS__, __VA_ARGS__); \
  }                                                         \
  template <class Visit>                                    \
  void fields(Visit&& visit) const {                        \
    ::tern::visit_fields(visit, #__VA_ARGS__, __VA_ARGS__); \
  }

/// A struct that names its fields.
template <class T>
concept HasFields = requires(const T& value) {
  value.fields([](std::string_view, const auto&) {});
};

}  // namespace tern
