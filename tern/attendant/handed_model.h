#pragma once

#include <functional>
#include <memory>

#include "tern/channel/requests.h"
#include "tern/data/eval_set.h"
#include "tern/data/token_source.h"
#include "tern/eval/score.h"
#include "tern/model/llama.h"
#include "tern/model/snapshot.h"

namespace tern {

/// The memory in which a run hands its model over, and the model in it, which is scored there.
class HandedModel {
 public:
  /// Makes sealed memory for models of this shape that compute in this type: the run can write it,
  /// and make it neither larger nor smaller.
  HandedModel(const LlamaConfig& config, DType compute);
  ~HandedModel();
  HandedModel(const HandedModel&) = delete;
  HandedModel& operator=(const HandedModel&) = delete;

  /// The open file, ours, and its size.
  int file() const { return file_; }
  int64_t bytes() const { return snapshot_.bytes(); }

  /// Scores the model that lies there on so many tokens (0: all); the perplexity may be infinite or
  /// no number. `on_progress` may throw.
  Score score(const EvaluateRequest& request, int64_t max_tokens, const EvalSet& set,
              const std::function<void()>& on_progress) const;
  /// Its loss on a window, in nats per token.
  double loss(const EvaluateRequest& request, const Batch& window) const;

 private:
  Llama model(const EvaluateRequest& request) const;

  Snapshot snapshot_;
  int file_ = -1;
  std::shared_ptr<std::byte> memory_;
};

}  // namespace tern
