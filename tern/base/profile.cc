#include "tern/base/profile.h"

#include <chrono>

namespace tern {
namespace {

bool enabled = false;
thread_local Zone* innermost = nullptr;

std::map<std::string, ZoneTotal>& totals() {
  static std::map<std::string, ZoneTotal> instance;
  return instance;
}

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

void set_profiling(bool on) { enabled = on; }
std::map<std::string, ZoneTotal> profile_totals() { return totals(); }
void reset_profile() { totals().clear(); }

Zone::Zone(const char* name) {
  if (!enabled) return;
  name_ = name;
  parent_ = innermost;
  innermost = this;
  start_ = now();
}

Zone::~Zone() {
  if (name_ == nullptr) return;
  const double elapsed = now() - start_;
  ZoneTotal& total = totals()[name_];
  total.seconds += elapsed - inner_;
  ++total.calls;
  if (parent_ != nullptr) parent_->inner_ += elapsed;
  innermost = parent_;
}

}  // namespace tern
