#pragma once

#include <deque>
#include <memory>
#include <string>

#include "tests/fake_lab.h"

namespace tern::loop {

/// Runs the baseline and these proposals, one experiment each, and keeps what came of it.
class Outcomes {
 public:
  explicit Outcomes(std::deque<std::string> sources, const std::string& toml = "")
      : fake_(toml), proposer_(std::move(sources)) {
    bounds_.stops = [this] {
      const bool done = loop_ && history().unfinished() == nullptr &&
                        history().next_number() > static_cast<int64_t>(proposer_.size()) + 1;
      return done ? 1 : 0;
    };
    loop_ = std::make_unique<FakeLoop>(fake_, proposer_, proposer_, "confirm", bounds_);
    try {
      loop_->research().run();
    } catch (const Error& e) {
      error_ = e.what();
    }
  }

  const Experiment& operator[](int64_t number) const { return loop_->history().at(number); }
  Status status(int64_t number = 2) const { return (*this)[number].status; }
  const std::string& reason(int64_t number = 2) const { return (*this)[number].reason; }
  const std::string& error() const { return error_; }
  const FakeLab& fake() const { return fake_; }
  const History& history() const { return loop_->history(); }

 private:
  FakeLab fake_;
  ScriptedProposer proposer_;
  Bounds bounds_;
  std::unique_ptr<FakeLoop> loop_;
  std::string error_;
};

/// A better recipe that does something besides.
inline std::string doing(const std::string& act) { return fake_recipe("0.3", act); }

}  // namespace tern::loop
