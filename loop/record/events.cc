#include "loop/record/events.h"

#include "tern/base/error.h"
#include "tern/base/printable.h"
#include "tern/base/secrets.h"
#include "tern/contract/json_form.h"
#include "tern/contract/table.h"

namespace tern::loop {
namespace {

template <class Field>
constexpr bool may_be_missing() {
  return std::is_same_v<Field, std::string> || std::is_same_v<Field, Json> ||
         std::is_same_v<Field, Evaluations> || detail::is_optional<Field>;
}

template <class Kind>
Kind read(const Json& json) {
  Kind event;
  event.fields([&]<class Field>(std::string_view name, Field& field) {
    const Json* found = json.find(name);
    if (may_be_missing<Field>() && (found == nullptr || found->is_null())) {
      field = Field();
      return;
    }
    check(found != nullptr, "\"{}\" is missing", name);
    try {
      read_json(*found, field);
    } catch (const Error& e) {
      fail("{}: {}", name, e.what());
    }
  });
  return event;
}

/// What enters or leaves the ledger: all of its texts printable, so that whoever shows them need
/// not ask where they come from, and without anything of a key.
Json plain(const Json& json, const Secrets& secrets) {
  const auto text = [&](std::string_view value) { return secrets.redact(printable(value)); };
  if (json.is_string()) return text(json.as_string());
  if (json.is_array()) {
    Json items = Json::array();
    for (const Json& item : json.items()) items.push_back(plain(item, secrets));
    return items;
  }
  if (!json.is_object()) return json;
  Json members = Json::object();
  for (const auto& [name, value] : json.members()) members.set(text(name), plain(value, secrets));
  return members;
}

/// The event of that name among the kinds of a variant.
template <class... Kinds>
std::variant<Kinds...> read_any(const Json& json, std::variant<Kinds...>*) {
  const std::string& name = json.at("event").as_string();
  std::variant<Kinds...> event;
  const bool known = ((Kinds::kName == name && (event = read<Kinds>(json), true)) || ...);
  check(known, "the ledger has an event \"{}\", which this Tern does not know; update Tern", name);
  return event;
}

}  // namespace

Json json_of(const Evaluations& evaluations) {
  Json all = Json::array();
  for (const ResultsRow& row : evaluations.rows) {
    Json cells = Json::object();
    row.fields([&](std::string_view name, const auto& field) {
      if (std::string cell = cell_of(field); !cell.empty()) cells.set(name, std::move(cell));
    });
    all.push_back(std::move(cells));
  }
  return all;
}

void read_json(const Json& json, Evaluations& out) {
  out.rows.clear();
  for (const Json& row : json.items()) {
    Cells header, cells;
    for (const auto& [name, cell] : row.members()) {
      header.push_back(name);
      cells.push_back(cell.as_string());
    }
    if (auto read = parse_untrusted_row<ResultsRow>(header, cells)) {
      out.rows.push_back(std::move(*read));
    }
  }
}

Json to_json(const Event& event) {
  const Secrets secrets = Secrets::of_environment();
  return std::visit(
      [&](const auto& kind) {
        const Json fields = json_of(kind);
        Json json = Json::Object{{"event", kind.kName}};
        for (const auto& [name, value] : fields.members()) json.set(name, plain(value, secrets));
        return json;
      },
      event);
}

Event event_from(const Json& json) {
  return read_any(plain(json, Secrets::of_environment()), static_cast<Event*>(nullptr));
}

}  // namespace tern::loop
