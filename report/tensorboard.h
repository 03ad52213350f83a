#pragma once

#include <filesystem>
#include <string>

#include "loop/record/history.h"
#include "report/run_curves.h"
#include "tern/lab_files/lab.h"

namespace tern {

/// A run's curves as a TensorBoard event file. `time` (seconds since 1970) is the run's begin; a
/// step's wall time is that plus its seconds of training. Tags: train/loss, train/lr, train/lambda,
/// train/tokens, eval/ppl, eval/bpb, codes/neg1, codes/zero, codes/pos1, and flip_rate/<layer>.
///
/// A file is a row of records {u64 length, masked CRC-32C of it, an Event protobuf, masked CRC-32C
/// of that}; see tensorflow/core/lib/io/record_writer.h and tensorflow/core/util/event.proto.
std::string tensorboard_events(const RunCurves& curves, int64_t time);

/// Writes .tern/tensorboard/NNNN.R/events.out.tfevents.<time>.tern for every run R of an experiment
/// NNNN that has curves, unless what is there is newer than they are. <time> is the experiment's
/// begin. Returns .tern/tensorboard.
std::filesystem::path write_tensorboard(const Lab& lab, const loop::History& history);

}  // namespace tern
