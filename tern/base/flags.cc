#include "tern/base/flags.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cmath>
#include <concepts>
#include <limits>
#include <numeric>

#include "tern/base/error.h"
#include "tern/base/text.h"

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

/// How the help shows a value, and what an error calls it.
struct ValueWords {
  const char* placeholder;
  const char* expected;
};

template <class T>
constexpr ValueWords kWords = {"TEXT", "a value"};
template <std::signed_integral T>
constexpr ValueWords kWords<T> = {"INT", "a whole number"};
template <std::unsigned_integral T>
constexpr ValueWords kWords<T> = {"UINT", "a whole number"};
template <std::floating_point T>
constexpr ValueWords kWords<T> = {"FLOAT", "a number"};
template <class T>
constexpr ValueWords kWords<std::optional<T>> = kWords<T>;

/// What should have been in the place of a text that is no T, or lies outside of its range.
template <std::integral T>
std::string expected_number(const std::string& text, bool out_of_range) {
  const bool below = text.starts_with('-');
  // An unsigned number has no sign, whatever its size.
  if (!out_of_range && !(below && std::unsigned_integral<T>)) return kWords<T>.expected;
  using Range = std::numeric_limits<T>;
  return below ? fmt::format("a whole number of {} or more", Range::min())
               : fmt::format("a whole number of at most {}", Range::max());
}

template <std::floating_point T>
std::string expected_number(const std::string&, bool out_of_range) {
  using Range = std::numeric_limits<T>;
  return out_of_range ? fmt::format("a number of size {:.2g} to {:.2g}", Range::min(), Range::max())
                      : kWords<T>.expected;
}

/// Reads what was given for the flag or argument `name`.
template <class T>
void read_value(std::string_view name, const std::string& text, T& value) {
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error == std::errc() && stop == end && !std::isnan(value)) return;
  const bool out_of_range = error == std::errc::result_out_of_range && stop == end;
  fail("{}: expected {}, found \"{}\"", name, expected_number<T>(text, out_of_range), text);
}

void read_value(std::string_view, const std::string& text, std::string& value) { value = text; }

void read_value(std::string_view name, const std::string& text, bool& value) {
  value = text == "true" || text == "yes" || text == "on" || text == "1";
  check(value || text == "false" || text == "no" || text == "off" || text == "0",
        "{}: expected true or false, found \"{}\"", name, text);
}

template <class T>
void read_value(std::string_view name, const std::string& text, std::optional<T>& value) {
  read_value(name, text, value.emplace());
}

/// What the help shows as the default; empty: nothing.
template <class T>
std::string default_text(const T& value) {
  return fmt::format("{}", value);
}

template <class T>
std::string default_text(const std::optional<T>& value) {
  return value ? default_text(*value) : "";
}

/// Hands what CLI11 has read to read_value().
template <class T>
CLI::callback_t reader(std::string name, T& value) {
  return [name = std::move(name), &value](const CLI::results_t& given) {
    read_value(name, given.back(), value);
    return true;
  };
}

/// Whether an argument is meant as a flag: "-1" is a number and "-" standard input.
bool looks_like_flag(const std::string& argument) {
  return argument.size() > 1 && argument[0] == '-' && argument[1] != '.' &&
         (argument[1] < '0' || argument[1] > '9');
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

std::string listed(const std::vector<std::string>& words) { return joined(words, ", "); }

std::string name_hint(std::string_view word, const std::vector<std::string>& candidates) {
  const std::string near = nearest(word, candidates);
  return near.empty() ? "choose one of " + listed(candidates) : "did you mean " + near + "?";
}

struct Flags::State {
  struct Flag {
    std::string name;
    const char* expected;
    bool in_help;
  };
  struct Argument {
    std::string name, help;
  };

  CLI::App app;
  std::vector<Flag> flags;
  std::vector<Argument> arguments;
  std::vector<std::string>* rest = nullptr;

  State(const std::string& program, const std::string& description) : app(description, program) {}

  /// The name as CLI11 gets it, once it is known to be free.
  std::string unused(std::string name) const {
    check(app.get_option_no_throw(name) == nullptr,
          "{}: expected flags of different names, found {} twice; rename one of the two",
          app.get_name(), name);
    return name;
  }

  [[noreturn]] void refuse_extra(const std::string& found) const {
    if (!looks_like_flag(found)) {
      fail("unexpected argument \"{}\"; --help says what this command takes", found);
    }
    std::vector<std::string> names;
    for (const Flag& flag : flags) names.push_back(flag.name);
    const std::string best = nearest(found.substr(0, found.find('=')), names);
    fail("unknown flag \"{}\"; {}", found,
         best.empty() ? "--help lists the flags" : "did you mean " + best + "?");
  }

  /// CLI11 misses a value where the arguments end.
  [[noreturn]] void refuse_missing_value(const std::string& last) const {
    const std::string name = last.substr(0, last.find('='));
    const auto flag = std::ranges::find(flags, name, &Flag::name);
    fail("{}: expected {}, found nothing", name, flag == flags.end() ? "a value" : flag->expected);
  }

  [[noreturn]] void refuse_missing_argument() const {
    const auto missing = std::ranges::find_if(
        arguments, [this](const Argument& argument) { return app.count(argument.name) == 0; });
    fail("expected {} ({}), found nothing", missing->name, missing->help);
  }
};

Flags::Flags(std::string program, std::string description)
    : state_(std::make_unique<State>(program, description)) {}

Flags::~Flags() = default;

template <class T>
void Flags::add_value(std::string_view name, T& value, std::string_view help) {
  const std::string flag = state_->unused(flag_name(name));
  state_->flags.push_back({flag, kWords<T>.expected, true});
  CLI::Option* option = state_->app.add_option(flag, reader(flag, value), std::string(help));
  // A flag given twice counts as it was given last, so a resumed run can override its old flags.
  option->type_name(kWords<T>.placeholder)->default_str(default_text(value))->take_last();
}

template <class T>
void Flags::add_switch(std::string_view name, T& value, std::string_view help) {
  const std::string on = state_->unused(flag_name(name));
  const std::string off = state_->unused("--no-" + on.substr(2));
  const bool shows_off = value == true;
  const auto add = [&](const std::string& flag, bool meaning, const std::string& text) {
    const auto set = [&value, flag, meaning](const CLI::results_t& given) {
      bool stated = false;
      read_value(flag, given.back(), stated);
      value = stated == meaning;
      return true;
    };
    const bool in_help = meaning != shows_off;
    state_->flags.push_back({flag, "true or false", in_help});
    CLI::Option* option = state_->app.add_option(flag, set, text);
    // By itself CLI11 takes the two in order of declaration, and the last one given has to count.
    option->expected(0)->take_last()->trigger_on_parse();
    if (!in_help) option->group("");
  };
  add(on, true, std::string(help));
  add(off, false, "do not " + std::string(help));
}

template <class T>
void Flags::add_argument(std::string_view name, T& value, std::string_view help) {
  const std::string argument(name);
  state_->arguments.push_back({argument, std::string(help)});
  CLI::Option* option =
      state_->app.add_option(argument, reader(argument, value), std::string(help));
  option->type_name(kWords<T>.placeholder)->required();
}

void Flags::add(std::string_view name, bool& value, std::string_view help) {
  add_switch(name, value, help);
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
void Flags::add(std::string_view name, std::optional<bool>& value, std::string_view help) {
  add_switch(name, value, help);
}
void Flags::add(std::string_view name, std::optional<int64_t>& value, std::string_view help) {
  add_value(name, value, help);
}
void Flags::add(std::string_view name, std::optional<std::string>& value, std::string_view help) {
  add_value(name, value, help);
}

void Flags::add_json(bool& json) { add("json", json, "print JSON, for programs to read"); }

void Flags::add_positional(std::string_view name, std::string& value, std::string_view help) {
  add_argument(name, value, help);
}
void Flags::add_positional(std::string_view name, int64_t& value, std::string_view help) {
  add_argument(name, value, help);
}

void Flags::hide(std::string_view name) {
  const std::string on = flag_name(name), off = "--no-" + on.substr(2);
  check(state_->app.get_option_no_throw(on) != nullptr, "{}: there is no flag {} to hide",
        state_->app.get_name(), on);
  for (State::Flag& flag : state_->flags) {
    if (flag.name != on && flag.name != off) continue;
    flag.in_help = false;
    state_->app.get_option(flag.name)->group("");
  }
}

void Flags::pass_through(std::vector<std::string>& rest) {
  state_->rest = &rest;
  state_->app.allow_extras();
}

void Flags::set_footer(std::string_view text) { state_->app.footer(std::string(text)); }

bool Flags::parse(const std::vector<std::string>& arguments) {
  std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
  const CLI::App& app = state_->app;
  try {
    state_->app.parse(reversed);
  } catch (const CLI::CallForHelp&) {
    return false;
  } catch (const CLI::ExtrasError&) {
    state_->refuse_extra(app.remaining().front());
  } catch (const CLI::ArgumentMismatch&) {
    state_->refuse_missing_value(arguments.back());
  } catch (const CLI::RequiredError&) {
    // A flag that does not exist is the likelier mistake.
    if (app.remaining_size() > 0) state_->refuse_extra(app.remaining().front());
    state_->refuse_missing_argument();
  } catch (const CLI::ParseError& e) {
    throw Error(e.what());
  }
  if (state_->rest != nullptr) *state_->rest = app.remaining();
  return true;
}

std::string Flags::help() const {
  std::string text = state_->app.help();
  text.erase(text.find_last_not_of('\n') + 1);
  return text + "\n";
}

std::vector<std::string> Flags::names() const {
  std::vector<std::string> names = {"--help"};
  for (const State::Flag& flag : state_->flags) {
    if (flag.in_help) names.push_back(flag.name);
  }
  return names;
}

}  // namespace tern
