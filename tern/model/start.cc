#include "tern/model/start.h"

namespace tern {
namespace {

const Register<Start> rounding(starts(), "rounding", {},
                               "the full-precision weights, plainly rounded", "");

}  // namespace

Registry<Start>& starts() {
  static Registry<Start> registry("start");
  return registry;
}

}  // namespace tern
