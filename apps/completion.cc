#include "apps/completion.h"

#include <fmt/core.h>

#include <algorithm>

#include "tern/base/error.h"
#include "tern/base/text.h"

namespace tern {
namespace {

using Words = std::vector<std::string>;

/// What may come next on the command line.
struct Choices {
  std::string before;  // the words behind `tern` so far, each with a blank behind it
  Words words;         // flags that may stand anywhere behind these words, or else the next word
  bool flags = false;
};

void add_once(Words& words, const std::string& word) {
  if (std::ranges::find(words, word) == words.end()) words.push_back(word);
}

/// The words that follow `start` in the names of commands: "bench" behind "", "train" behind "bench
/// ".
Words next_words(const std::vector<Command>& commands, const std::string& start) {
  Words words;
  for (const Command& command : commands) {
    if (!command.name.starts_with(start)) continue;
    const std::string rest = command.name.substr(start.size());
    add_once(words, rest.substr(0, rest.find(' ')));
  }
  return words;
}

Words flags_of(const Command& command) {
  Flags flags(command.name, "");
  command.options(flags);
  return flags.names();
}

std::vector<Choices> choices_of(const std::vector<Command>& commands) {
  const Words first = next_words(commands, "");
  Words start = first;
  start.insert(start.end(), {"help", "--help", "--version", "--completion", "-C"});
  std::vector<Choices> all = {
      {"", start}, {"help ", first}, {"--completion ", {"bash", "zsh", "fish"}}};
  for (const Command& command : commands) {
    const size_t blank = command.name.find(' ');
    if (blank != std::string::npos) {
      const std::string group = command.name.substr(0, blank + 1);
      const auto known = std::ranges::find(all, group, &Choices::before);
      if (known == all.end()) {
        all.push_back({group, next_words(commands, group)});
        all.push_back({"help " + group, next_words(commands, group)});
      }
    }
    all.push_back({command.name + " ", flags_of(command), true});
  }
  return all;
}

/// A `case` of bash or zsh for each choice: `open` WORDS `close`.
std::string cases(const std::vector<Choices>& all, const char* open, const char* close) {
  std::string out;
  for (const Choices& choices : all) {
    out += fmt::format("    \"{}\"{}) {}{}{} ;;\n", choices.before, choices.flags ? "*" : "", open,
                       joined(choices.words), close);
  }
  return out;
}

std::string bash_script(const std::vector<Choices>& all) {
  return R"(# Completion of `tern` in bash: source <(tern --completion bash)
_tern() {
  local IFS=$' \t\n' word=${COMP_WORDS[COMP_CWORD]} before= words= first=1
  COMPREPLY=()
  while [[ ${COMP_WORDS[first]} == -C ]]; do ((first += 2)); done
  ((COMP_CWORD < first)) && return
  ((COMP_CWORD > first)) && before="${COMP_WORDS[*]:first:COMP_CWORD-first} "
  case "$before" in
)" + cases(all, "words='", "'") +
         R"(  esac
  [[ $words == -* && $word != -* ]] && return
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _tern tern
)";
}

std::string zsh_script(const std::vector<Choices>& all) {
  return R"(#compdef tern
# Completion of `tern` in zsh, behind compinit: source <(tern --completion zsh)
_tern() {
  local before= first=2
  local -a choices
  while [[ ${words[first]} == -C ]]; do ((first += 2)); done
  if ((CURRENT < first)); then
    _files -/
    return
  fi
  ((CURRENT > first)) && before="${words[first,CURRENT-1]} "
  case "$before" in
)" + cases(all, "choices=(", ")") +
         R"(  esac
  if [[ ${choices[1]} == -* && ${words[CURRENT]} != -* ]]; then
    _files
  else
    compadd -- $choices
  fi
}
compdef _tern tern
)";
}

std::string fish_script(const std::vector<Choices>& all) {
  std::string out = R"(# Completion of `tern` in fish: tern --completion fish | source
function __tern_behind
  set -l words (commandline -opc)
  set -e words[1]
  while test "$words[1]" = -C
    set -q words[2]; or return 1
    set -e words[1..2]
  end
  set words $words ''
  string match -q -- $argv[1] "$words"
end
)";
  for (const Choices& choices : all) {
    const std::string condition = fmt::format("complete -c tern -n '__tern_behind \"{}{}\"'",
                                              choices.before, choices.flags ? "*" : "");
    if (!choices.flags) {
      out += fmt::format("{} -f -a '{}'\n", condition, joined(choices.words));
      continue;
    }
    for (const std::string& flag : choices.words) {
      out += fmt::format("{} -l {}\n", condition, flag.substr(2));
    }
  }
  return out;
}

}  // namespace

std::string completion_script(const std::string& shell, const std::vector<Command>& commands) {
  const std::vector<Choices> all = choices_of(commands);
  if (shell == "bash") return bash_script(all);
  if (shell == "zsh") return zsh_script(all);
  check(shell == "fish", "--completion: expected bash, zsh or fish, found \"{}\"", shell);
  return fish_script(all);
}

}  // namespace tern
