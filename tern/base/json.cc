#include "tern/base/json.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tern/base/error.h"
#include "tern/base/file.h"

namespace tern {
namespace {

/// Builds the tree while nlohmann-json reads, so that no second tree is held.
class TreeBuilder : public nlohmann::json_sax<nlohmann::json> {
 public:
  TreeBuilder(Json& root, std::string_view source) : root_(root), source_(source) {}

  bool null() override { return put(Json()); }
  bool boolean(bool value) override { return put(value); }
  bool number_integer(int64_t value) override { return put(value); }
  bool number_unsigned(uint64_t value) override {
    return value <= uint64_t{INT64_MAX} ? put(static_cast<int64_t>(value))
                                        : put(static_cast<double>(value));
  }
  bool number_float(double value, const std::string&) override { return put(value); }
  bool string(std::string& value) override { return put(std::move(value)); }
  bool binary(nlohmann::json::binary_t&) override { return false; }
  bool start_object(size_t) override { return open(Json::object()); }
  bool start_array(size_t) override { return open(Json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(std::string& value) override {
    key_ = std::move(value);
    return true;
  }
  bool parse_error(size_t, const std::string&, const nlohmann::json::exception& e) override {
    const std::string_view what = e.what();
    // Without the library's name and number of the error, "[json.exception...] ".
    fail("{}: not valid JSON ({})", source_, what.substr(what.find("] ") + 2));
  }

 private:
  Json* place(Json value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    Json& parent = *open_.back();
    if (parent.is_array()) {
      parent.items().push_back(std::move(value));
      return &parent.items().back();
    }
    parent.members().emplace_back(std::move(key_), std::move(value));
    return &parent.members().back().second;
  }
  bool put(Json value) {
    place(std::move(value));
    return true;
  }
  bool open(Json value) {
    check(open_.size() < 200, "{}: JSON is nested more than 200 deep", source_);
    open_.push_back(place(std::move(value)));
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }

  Json& root_;
  std::string_view source_;
  std::vector<Json*> open_;
  std::string key_;
};

nlohmann::ordered_json to_nlohmann(const Json& json) {
  if (json.is_null()) return nullptr;
  if (json.is_bool()) return json.as_bool();
  if (json.is_int()) return json.as_int();
  if (json.is_number()) return json.as_double();
  if (json.is_string()) return json.as_string();
  if (json.is_array()) {
    auto out = nlohmann::ordered_json::array();
    for (const Json& item : json.items()) out.push_back(to_nlohmann(item));
    return out;
  }
  nlohmann::ordered_json::object_t out;
  // Not emplace(), which would look through all keys for each one.
  for (const auto& [key, value] : json.members()) out.push_back({key, to_nlohmann(value)});
  return out;
}

std::string print(const Json& json, int indent) {
  return to_nlohmann(json).dump(indent, ' ', false, nlohmann::json::error_handler_t::replace);
}

template <class T, class Value>
auto& held(Value& value, const char* wanted, const char* found) {
  auto* pointer = std::get_if<T>(&value);
  check(pointer != nullptr, "expected a JSON {}, found {}", wanted, found);
  return *pointer;
}

/// Reads the member `key` with `read`, naming the key in the error.
template <class T, class Read>
T member_or(const Json& json, std::string_view key, T fallback, Read read) {
  const Json* value = json.find(key);
  if (value == nullptr || value->is_null()) return fallback;
  try {
    return read(*value);
  } catch (const Error& e) {
    fail("\"{}\": {}", key, e.what());
  }
}

}  // namespace

Json::Json() = default;
Json::~Json() = default;
Json::Json(const Json& other) = default;
Json::Json(Json&& other) noexcept = default;
Json& Json::operator=(const Json& other) = default;
Json& Json::operator=(Json&& other) noexcept = default;

Json::Json(bool value) : value_(value) {}
Json::Json(int value) : value_(int64_t{value}) {}
Json::Json(int64_t value) : value_(value) {}
Json::Json(uint64_t value) : value_(static_cast<int64_t>(value)) {}
Json::Json(double value) : value_(value) {}
Json::Json(const char* value) : value_(std::string(value)) {}
Json::Json(std::string value) : value_(std::move(value)) {}
Json::Json(std::string_view value) : value_(std::string(value)) {}
Json::Json(Array value) : value_(std::move(value)) {}
Json::Json(Object value) : value_(std::move(value)) {}

const char* Json::kind() const {
  static constexpr const char* kKinds[] = {"null",   "boolean", "integer", "number",
                                           "string", "array",   "object"};
  return kKinds[value_.index()];
}

bool Json::as_bool() const { return held<bool>(value_, "boolean", kind()); }
int64_t Json::as_int() const { return held<int64_t>(value_, "integer", kind()); }
double Json::as_double() const {
  return is_int() ? static_cast<double>(as_int()) : held<double>(value_, "number", kind());
}
const std::string& Json::as_string() const { return held<std::string>(value_, "string", kind()); }
const Json::Array& Json::items() const { return held<Array>(value_, "array", kind()); }
Json::Array& Json::items() { return held<Array>(value_, "array", kind()); }
const Json::Object& Json::members() const { return held<Object>(value_, "object", kind()); }
Json::Object& Json::members() { return held<Object>(value_, "object", kind()); }

const Json* Json::find(std::string_view key) const {
  if (!is_object()) return nullptr;
  for (const auto& [name, value] : members()) {
    if (name == key) return &value;
  }
  return nullptr;
}

const Json& Json::at(std::string_view key) const {
  const Json* value = find(key);
  check(value != nullptr, "\"{}\" is missing", key);
  return *value;
}

Json& Json::set(std::string_view key, Json value) {
  for (auto& [name, old] : members()) {
    if (name == key) return old = std::move(value);
  }
  return members().emplace_back(std::string(key), std::move(value)).second;
}

bool Json::get(std::string_view key, bool fallback) const {
  return member_or(*this, key, fallback, [](const Json& v) { return v.as_bool(); });
}
int64_t Json::get(std::string_view key, int64_t fallback) const {
  return member_or(*this, key, fallback, [](const Json& v) { return v.as_int(); });
}
double Json::get(std::string_view key, double fallback) const {
  return member_or(*this, key, fallback, [](const Json& v) { return v.as_double(); });
}
std::string Json::get(std::string_view key, const char* fallback) const {
  return member_or(*this, key, std::string(fallback), [](const Json& v) { return v.as_string(); });
}

std::string Json::dump() const { return print(*this, -1); }
std::string Json::dump_pretty() const { return print(*this, 2); }

Json Json::parse(std::string_view text, std::string_view source) {
  Json root;
  TreeBuilder builder(root, source);
  nlohmann::json::sax_parse(text.begin(), text.end(), &builder);
  return root;
}

Json Json::read(const std::filesystem::path& path) {
  const std::string text = read_file(path);
  return parse(text, path.string());
}

}  // namespace tern
