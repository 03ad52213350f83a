#include "loop/git/branch.h"

#include <ctime>

#include "tern/base/error.h"
#include "tern/base/file.h"

namespace tern::loop {
namespace fs = std::filesystem;
namespace {

constexpr const char* kRecipe = "train.cpp";

int64_t now() { return static_cast<int64_t>(std::time(nullptr)); }

std::string ref_of(const std::string& branch) { return "refs/heads/" + branch; }

}  // namespace

std::string experiment_ref(int64_t number) { return fmt::format("refs/tern/exp/{:04}", number); }

Branch::Branch(const Lab& lab, std::string tag, LogSink log)
    : lab_(lab), tag_(std::move(tag)), log_(std::move(log)), repository_(lab.root()) {}

std::string Branch::tip() const { return repository_.resolve(ref_of(name())); }

void Branch::begin() {
  const std::string head = repository_.resolve("HEAD");
  check(!head.empty(), "{} has no commit to start from; commit the lab's files first",
        lab_.root().string());
  repository_.set_ref(ref_of(name()), head);
}

std::string Branch::open(std::string tip, bool with_recipe) {
  if (repository_.head_branch() != name()) {
    repository_.set_head(name());
    log_line(log_, fmt::format("checked out the branch {}", name()));
  }
  for (const char* file : {"lab.toml", "program.md", ".gitignore", kRecipe}) {
    if (file == kRecipe && !with_recipe) continue;
    const fs::path path = lab_.root() / file;
    if (!fs::exists(path)) continue;
    const std::string text = read_file(path);
    if (repository_.file_at(tip, file) == text) continue;
    tip = repository_.commit_file(tip, file, text, fmt::format("{} as found", file), now());
    repository_.set_ref(ref_of(name()), tip);
    repository_.refresh_index(file);
  }
  return tip;
}

std::string Branch::commit(const std::string& tip, int64_t number, const std::string& source,
                           const std::string& message) const {
  const std::string made = repository_.commit_file(tip, kRecipe, source, message, now());
  repository_.set_ref(experiment_ref(number), made);
  return made;
}

void Branch::move_to(const std::string& commit) {
  const fs::path path = lab_.root() / kRecipe;
  const std::string wanted = recipe_at(commit);
  const std::string found = fs::exists(path) ? read_file(path) : "";
  if (found != wanted) {
    if (found != repository_.file_at(tip(), kRecipe).value_or("")) put_aside(found);
    write_file_atomically(path, wanted);
  }
  if (tip() == commit && found == wanted) return;
  repository_.set_ref(ref_of(name()), commit);
  repository_.refresh_index(kRecipe);
}

void Branch::put_aside(const std::string& text) const {
  if (text.empty()) return;
  const fs::path kept = lab_.root() / ".tern" / "found" / fmt::format("train-{}.cpp", now());
  fs::create_directories(kept.parent_path());
  write_file_atomically(kept, text);
  log_line(log_,
           fmt::format("train.cpp was edited by another hand; that text is kept in {}, and the "
                       "branch's recipe put back",
                       kept.string()));
}

std::string Branch::recipe_at(const std::string& commit) const {
  const std::optional<std::string> text = repository_.file_at(commit, kRecipe);
  check(text.has_value(), "the commit {} has no train.cpp", commit);
  return *text;
}

std::string Branch::diff(const std::string& from, const std::string& to, bool color) const {
  return repository_.diff(from, to, kRecipe, color);
}

}  // namespace tern::loop
