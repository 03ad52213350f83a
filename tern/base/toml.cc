#include "tern/base/toml.h"

#include <toml++/toml.h>

#include "tern/base/error.h"
#include "tern/base/file.h"

namespace tern {
namespace {

Json to_json(const toml::node& node, std::string_view source) {
  if (const auto* table = node.as_table()) {
    Json object = Json::object();
    for (const auto& [key, value] : *table) object.set(key.str(), to_json(value, source));
    return object;
  }
  if (const auto* array = node.as_array()) {
    Json items = Json::array();
    for (const toml::node& item : *array) items.push_back(to_json(item, source));
    return items;
  }
  if (const auto* text = node.as_string()) return Json(text->get());
  if (const auto* integer = node.as_integer()) return Json(integer->get());
  if (const auto* number = node.as_floating_point()) return Json(number->get());
  if (const auto* boolean = node.as_boolean()) return Json(boolean->get());
  fail("{}: line {}: dates and times are not used here", source, node.source().begin.line);
}

}  // namespace

Json parse_toml(std::string_view text, std::string_view source) {
  try {
    return to_json(toml::parse(text), source);
  } catch (const toml::parse_error& e) {
    fail("{}: line {}: {}", source, e.source().begin.line, e.description());
  }
}

Json read_toml(const std::filesystem::path& path) {
  return parse_toml(read_file(path), path.string());
}

}  // namespace tern
