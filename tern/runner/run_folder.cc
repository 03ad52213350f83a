#include "tern/runner/run_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "tern/base/error.h"
#include "tern/sandbox/supervise.h"
#include "tern/sandbox/untrusted_file.h"

namespace tern {
namespace fs = std::filesystem;
namespace {

constexpr uint64_t kMostBytes = 1 << 20;

}  // namespace

RunLock::RunLock(const fs::path& folder) {
  // The folder itself, so that the program, which may write in it, cannot take the lock away.
  fd_ = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  check(fd_ >= 0, "cannot open {}: {}", folder.string(), std::strerror(errno));
  if (::flock(fd_, LOCK_EX | LOCK_NB) != 0) {
    ::close(fd_);
    fail("another process is training in {}; wait for its end, or stop it first", folder.string());
  }
  kill_leftovers(folder.string());
}

RunLock::~RunLock() { ::close(fd_); }

RunSummary read_run_summary(const fs::path& folder) {
  return RunSummary::parse_untrusted(
      read_untrusted(folder / RunSummary::kFile, kMostBytes).value_or(""));
}

ResultsRow score_row(ResultsRow row, const EvalAnswer& score) {
  row.eval_ppl = score.eval_ppl;
  row.eval_bpb = score.eval_bpb;
  row.eval_tokens = score.tokens;
  row.q_neg1 = score.q_neg1.value_or(0);
  row.q_zero = score.q_zero.value_or(0);
  row.q_pos1 = score.q_pos1.value_or(0);
  return row;
}

void record_score(const fs::path& folder, const std::optional<EvalAnswer>& score) {
  const fs::path file = folder / RunSummary::kFile;
  if (!fs::exists(fs::symlink_status(file))) return;
  RunSummary summary = read_run_summary(folder);
  summary.score = score;
  replace_untrusted(file, summary.to_text());
}

}  // namespace tern
