#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "tern/attendant/run_meter.h"
#include "tern/channel/requests.h"
#include "tern/data/token_source.h"
#include "tern/lab_files/lab.h"
#include "tern/train/teacher_cache.h"

namespace tern {

/// Deals a lab's training text to a run, and what the lab keeps of its teacher's answers, and
/// counts both: a run has no other way to either.
class Dealer {
 public:
  /// `context` is the model's: no window is longer.
  Dealer(const Lab& lab, const LabManifest& manifest, int64_t context, RunMeter& meter)
      : lab_(lab), manifest_(manifest), context_(context), meter_(meter) {}

  /// Throws where the request makes no sense or goes beyond what the run may have.
  Batch windows(const WindowsRequest& request);
  /// The window of T tokens by which a run and its attendant compare their models: always the same
  /// one, as it is not counted.
  Batch comparison(int64_t seed, int64_t T);

  /// Opens the cache that answers a question, if there is one.
  TeacherAnswer open_teacher(const TeacherRequest& request);
  const TeacherCache* teacher() const { return teacher_.get(); }
  /// The record of a window whose text was dealt before to be trained on.
  std::string record(int64_t window) const;

 private:
  TokenSource& text(int64_t seed);
  std::unique_ptr<TokenSource> open_text(int64_t seed);

  const Lab& lab_;
  const LabManifest& manifest_;
  int64_t context_;
  RunMeter& meter_;
  std::unique_ptr<TokenSource> text_;  // in the order of seed_, once something was dealt
  int64_t seed_ = 0;
  std::optional<int64_t> compared_;  // tokens in the window of comparison()
  std::unique_ptr<TeacherCache> teacher_;
  std::map<int64_t, std::set<int64_t>> dealt_;  // windows, by T
  std::shared_ptr<bool> stream_read_ = std::make_shared<bool>(false);
};

}  // namespace tern
