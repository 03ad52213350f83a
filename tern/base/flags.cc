#include "tern/base/flags.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <limits>
#include <numeric>

#include "tern/base/error.h"

namespace tern {
namespace {

int64_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<int64_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (size_t i = 1; i <= a.size(); ++i) {
    int64_t diagonal = std::exchange(row[0], static_cast<int64_t>(i));
    for (size_t j = 1; j <= b.size(); ++j) {
      const int64_t replace = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = row[j];
      row[j] = std::min({replace, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

/// CLI11 takes what does not fit into T for the nearest number that does; this refuses it.
template <class T>
std::string whole_number(const std::string& text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole ? ""
               : fmt::format("expected a whole number from {} to {}, found {}",
                             std::numeric_limits<T>::min(), std::numeric_limits<T>::max(), text);
}

}  // namespace

std::string flag_name(std::string_view field) {
  std::string out = "--" + std::string(field);
  std::replace(out.begin(), out.end(), '_', '-');
  return out;
}

void require_not_negative(std::initializer_list<NamedNumber> fields) {
  for (const auto& [name, value] : fields) {
    check(value >= 0, "{} must be 0 or more, found {}", flag_name(name), value);
  }
}

void require_positive(std::initializer_list<NamedNumber> fields) {
  for (const auto& [name, value] : fields) {
    check(value > 0, "{} must be above 0, found {}", flag_name(name), value);
  }
}

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
  const int64_t near = std::max<int64_t>(2, static_cast<int64_t>(word.size()) / 3);
  std::string best;
  int64_t least = near + 1;
  for (const std::string& candidate : candidates) {
    const int64_t distance = edit_distance(word, candidate);
    if (distance < least) least = distance, best = candidate;
  }
  return best;
}

std::string listed(const std::vector<std::string>& words) {
  std::string all;
  for (const std::string& word : words) all += (all.empty() ? "" : ", ") + word;
  return all;
}

std::string name_hint(std::string_view word, const std::vector<std::string>& candidates) {
  const std::string near = nearest(word, candidates);
  return near.empty() ? "choose one of " + listed(candidates) : "did you mean " + near + "?";
}

struct Flags::State {
  CLI::App app;
  std::vector<std::string> names;
  std::vector<std::string>* rest = nullptr;

  State(const std::string& program, const std::string& description) : app(description, program) {}

  /// The name as CLI11 gets it, once it is known to be free.
  std::string unused(std::string name) const {
    check(app.get_option_no_throw(name) == nullptr,
          "{}: expected flags of different names, found {} twice; rename one of the two",
          app.get_name(), name);
    return name;
  }
};

Flags::Flags(std::string program, std::string description)
    : state_(std::make_unique<State>(program, description)) {}

Flags::~Flags() = default;

template <class T>
void Flags::add_value(std::string_view name, T& value, std::string_view help) {
  const std::string flag = state_->unused(flag_name(name));
  state_->names.push_back(flag);
  // A flag given twice counts as it was given last, so a resumed run can override its old flags.
  CLI::Option* option = state_->app.add_option(flag, value, std::string(help));
  option->capture_default_str()->take_last();
  if constexpr (std::is_integral_v<T>) option->check(whole_number<T>);
}

void Flags::add(std::string_view name, bool& value, std::string_view help) {
  const std::string on = state_->unused(flag_name(name));
  const std::string off = state_->unused("--no-" + on.substr(2));
  state_->names.insert(state_->names.end(), {on, off});
  CLI::Option* set = state_->app.add_flag_function(
      on, [&](int64_t count) { value = count > 0; }, std::string(help));
  CLI::Option* unset = state_->app.add_flag_function(
      off, [&](int64_t count) { value = count <= 0; }, "do not: " + std::string(help));
  // By itself CLI11 takes them in order of declaration, and the last one given has to count.
  set->trigger_on_parse();
  unset->trigger_on_parse();
  // The help shows the one that changes something.
  (value ? set : unset)->group("");
}
void Flags::add(std::string_view name, int& value, std::string_view help) {
  add_value(name, value, help);
}
void Flags::add(std::string_view name, int64_t& value, std::string_view help) {
  add_value(name, value, help);
}
void Flags::add(std::string_view name, uint64_t& value, std::string_view help) {
  add_value(name, value, help);
}
void Flags::add(std::string_view name, float& value, std::string_view help) {
  add_value(name, value, help);
}
void Flags::add(std::string_view name, double& value, std::string_view help) {
  add_value(name, value, help);
}
void Flags::add(std::string_view name, std::string& value, std::string_view help) {
  add_value(name, value, help);
}

void Flags::add_positional(std::string_view name, std::string& value, std::string_view help,
                           bool required) {
  state_->app.add_option(std::string(name), value, std::string(help))->required(required);
}

void Flags::add_positional(std::string_view name, int64_t& value, std::string_view help,
                           bool required) {
  CLI::Option* option = state_->app.add_option(std::string(name), value, std::string(help));
  option->required(required)->check(whole_number<int64_t>);
}

void Flags::pass_through(std::vector<std::string>& rest) {
  state_->rest = &rest;
  state_->app.allow_extras();
}

void Flags::set_footer(std::string_view text) { state_->app.footer(std::string(text)); }

bool Flags::parse(const std::vector<std::string>& arguments) {
  std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
  try {
    state_->app.parse(reversed);
  } catch (const CLI::CallForHelp&) {
    return false;
  } catch (const CLI::ExtrasError&) {
    const std::string found = state_->app.remaining().front();
    const std::string best = nearest(found.substr(0, found.find('=')), state_->names);
    const std::string hint = best.empty() ? "--help lists the flags" : "did you mean " + best + "?";
    fail("unknown flag \"{}\"; {}", found, hint);
  } catch (const CLI::ParseError& e) {
    throw Error(e.what());
  }
  if (state_->rest != nullptr) *state_->rest = state_->app.remaining();
  return true;
}

bool Flags::given(std::string_view name) const {
  const std::string on = flag_name(name);
  const CLI::Option* off = state_->app.get_option_no_throw("--no-" + on.substr(2));
  return state_->app.count(on) > 0 || (off != nullptr && off->count() > 0);
}

std::string Flags::help() const { return state_->app.help(); }

}  // namespace tern
