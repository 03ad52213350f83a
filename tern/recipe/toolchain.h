#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace tern {

/// How a recipe is compiled against this Tern: the compiler, flags and libraries that Tern itself
/// was built with, as CMake left them in <home>/share/tern/toolchain.json.
class Toolchain {
 public:
  /// `home` is Tern's folder, see tern_home().
  static Toolchain read(const std::filesystem::path& home);

  /// The command that compiles and links one source file into a program.
  std::vector<std::string> command(const std::filesystem::path& source,
                                   const std::filesystem::path& program) const;
  /// What that command reads besides the system's files: headers and libraries.
  std::vector<std::filesystem::path> inputs() const;

  /// Compiles and links one source file into a program. Throws an Error with the compiler's
  /// messages when it does not compile.
  void build(const std::filesystem::path& source, const std::filesystem::path& program) const;

  /// A hash of everything besides the source that decides what build() makes: the commands, and
  /// when the libraries and headers were last changed.
  std::string fingerprint() const;

 private:
  std::vector<std::string> compile_;
  std::vector<std::string> link_;
  std::vector<std::filesystem::path> archives_;
  std::filesystem::path headers_;
};

/// The program of a recipe, built if it is not there already for the same text and toolchain.
/// Programs are kept in `cache`; `built` tells whether it had to be compiled.
std::filesystem::path build_recipe(const Toolchain& toolchain, const std::filesystem::path& source,
                                   const std::filesystem::path& cache, bool* built = nullptr);

}  // namespace tern
