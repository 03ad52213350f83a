#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>

#include "tern/base/timer.h"

namespace tern {

struct HubProgress {
  std::string file;  ///< HubFile::describe()
  uint64_t done = 0;
  uint64_t total = 0;  ///< 0 while unknown
  double bytes_per_second = 0;
};

/// Told about ten times a second, and at the end, how far a download is. False stops it: the call
/// throws, and the same call later goes on from there. May be empty.
using HubProgressSink = std::function<bool(const HubProgress&)>;

/// Counts the bytes of one download and tells a sink, which must outlive it.
class HubMeter {
 public:
  HubMeter(const HubProgressSink& sink, std::string file, uint64_t total) : sink_(sink) {
    state_.file = std::move(file);
    state_.total = total;
  }

  /// Bytes that an earlier try brought, which do not count for the speed.
  void begin_at(uint64_t done) {
    state_.done = begun_ = done;
    since_begin_.reset();
  }
  void advance(uint64_t bytes) { state_.done += bytes; }
  /// Reports now; false when the download should stop.
  bool report() {
    if (!sink_) return true;
    const double seconds = std::max(since_begin_.seconds(), 1e-6);
    state_.bytes_per_second = static_cast<double>(state_.done - begun_) / seconds;
    since_report_.reset();
    return sink_(state_);
  }
  /// Reports if the last report is a tenth of a second old; false when the download should stop.
  bool keep_going() { return since_report_.seconds() < 0.1 || report(); }

 private:
  const HubProgressSink& sink_;
  HubProgress state_;
  uint64_t begun_ = 0;
  Timer since_begin_, since_report_;
};

}  // namespace tern
