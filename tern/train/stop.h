#pragma once

namespace tern {

/// From now on SIGINT and SIGTERM ask the run to stop after its step; a second one ends it at once.
void catch_stop_signals();

/// True once a stop was asked for.
bool stop_requested();

}  // namespace tern
