#pragma once

#include <unistd.h>

#include <filesystem>
#include <string>
#include <utility>

#include "tern/base/file.h"
#include "tern/sandbox/supervise.h"

namespace tern {

/// For tests: a folder that goes away with it, with a folder `run` in which jobs may write.
class Workplace {
 public:
  Workplace() {
    std::string pattern = (std::filesystem::temp_directory_path() / "tern-job-XXXXXX").string();
    root = std::filesystem::canonical(::mkdtemp(pattern.data()));
    run = root / "run";
    std::filesystem::create_directory(run);
  }
  ~Workplace() {
    std::error_code ignored;
    std::filesystem::remove_all(root, ignored);
  }
  Workplace(const Workplace&) = delete;
  Workplace& operator=(const Workplace&) = delete;

  /// A job that runs a shell script, or a program in another language, in `run`.
  Job job(const std::string& script, const std::string& shell = "/bin/sh") const {
    Job job;
    job.command = {shell, "-c", script};
    job.folder = run;
    job.log = root / "log";
    job.environment = {{"PATH", "/usr/bin:/bin"}, {"TMPDIR", run.string()}, {kJobMark, mark()}};
    job.limits.seconds = 60;
    return job;
  }
  std::string mark() const { return root.filename().string(); }
  std::string log() const { return read_file(root / "log"); }

  std::filesystem::path root, run;
};

}  // namespace tern
