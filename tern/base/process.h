#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace tern {

struct CapturedRun {
  int exit_code = 0;   // or 128 + the signal that ended it
  std::string output;  // standard output and standard error, in the order written
  std::string errors;  // standard error, where it was asked for apart
};

/// Runs a program (found through PATH unless it holds a slash) without input and collects what it
/// prints; `show_errors` leaves its standard error to this process's own. `folder`, if any, is its
/// working directory. SIGINT and SIGTERM that reach this process meanwhile are passed on, and this
/// process goes on to wait.
CapturedRun capture_process(const std::vector<std::string>& command, bool show_errors = false,
                            const std::filesystem::path& folder = {});

/// Runs a small tool of ours: it reads `input`, its standard error comes apart from its output, and
/// signals to this process (a Ctrl-C at the terminal too) do not disturb it. Whoever wants to stop
/// this process waits for the tool.
CapturedRun capture_tool(const std::vector<std::string>& command, std::string_view input = {});

/// The last line of an output that says something, of at most 300 characters, as plain text.
std::string last_line(const std::string& output);

}  // namespace tern
