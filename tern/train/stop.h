#pragma once

namespace tern {

/// From now on SIGINT and SIGTERM ask the run to stop after its step; one that comes more than a
/// second later ends it at once. To be called before there are other threads.
///
/// A thread of its own waits for the signals, and no handler runs on those that train: inside its
/// matrix products oneDNN points the stack register into the heap, where the frame of a handler
/// would overwrite whatever lies below.
void catch_stop_signals();

/// True once a stop was asked for.
bool stop_requested();

}  // namespace tern
