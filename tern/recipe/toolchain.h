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

  /// A hash of everything besides the source that decides what that command makes: the commands,
  /// and when the libraries and headers were last changed.
  std::string fingerprint() const;

 private:
  std::vector<std::string> compile_;
  std::vector<std::string> link_;
  std::vector<std::filesystem::path> archives_;
  std::filesystem::path headers_;
};

}  // namespace tern
