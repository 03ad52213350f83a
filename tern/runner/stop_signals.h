#pragma once

namespace tern {

/// Counts SIGINT and SIGTERM from now on instead of ending the process. For processes that train
/// nothing themselves (see tern/train/stop.h for those that do).
void count_stop_signals();

/// How many have come.
int stop_signals();

}  // namespace tern
