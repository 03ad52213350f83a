#include "loop/research/context.h"

#include <chrono>
#include <thread>

namespace tern::loop {

void Context::wait_for_room() const {
  bool waited = false;
  for (std::string why; !(why = bench.missing_room()).empty() && stops() == 0; waited = true) {
    if (!waited) say(why + ": waiting until there is room");
    std::this_thread::sleep_for(std::chrono::seconds(1));
  }
  if (waited && stops() == 0) say("there is room on the disk again: going on");
}

}  // namespace tern::loop
