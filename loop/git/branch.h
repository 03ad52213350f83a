#pragma once

#include <filesystem>
#include <string>

#include "loop/git/repository.h"
#include "tern/base/log.h"
#include "tern/lab_files/lab.h"

namespace tern::loop {

/// The branch tern/<tag> and the lab's train.cpp, which always show the recipe that is being tried,
/// or the incumbent. Every tried commit stays reachable under refs/tern/exp/NNNN.
class Branch {
 public:
  Branch(const Lab& lab, std::string tag, LogSink log);

  std::string name() const { return "tern/" + tag_; }
  bool exists() const { return !tip().empty(); }
  /// The commit that the branch stands at; empty before begin().
  std::string tip() const;

  /// Makes the branch at HEAD's commit.
  void begin();
  /// Checks the branch out, and commits the lab's own files (lab.toml, program.md, .gitignore, and
  /// `with_recipe` train.cpp) where they differ from `tip`. Returns the commit it now stands at.
  std::string open(std::string tip, bool with_recipe);
  /// A commit of this recipe on top of `tip`, kept as the ref of experiment `number`.
  std::string commit(const std::string& tip, int64_t number, const std::string& source,
                     const std::string& message) const;
  /// Moves the branch and train.cpp. An edit by another hand is put aside first, and said.
  void move_to(const std::string& commit);
  /// The recipe in a commit. Throws when it has none.
  std::string recipe_at(const std::string& commit) const;
  std::string diff(const std::string& from, const std::string& to, bool color) const;
  const Repository& repository() const { return repository_; }

 private:
  void put_aside(const std::string& text) const;

  const Lab& lab_;
  std::string tag_;
  LogSink log_;
  Repository repository_;
};

/// The ref under which an experiment's commit is kept.
std::string experiment_ref(int64_t number);

}  // namespace tern::loop
