#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>

#include "tern/channel/channel.h"
#include "tern/channel/requests.h"
#include "tern/data/token_source.h"
#include "tern/model/llama.h"
#include "tern/train/teacher_cache.h"

namespace tern {

/// Of models that take more to hand over, neither the gradients stay in memory while they are
/// handed over nor the copy afterwards: both come back at the price of touching their pages again.
inline constexpr int64_t kLargeHandover = int64_t{1} << 30;  // bytes

/// What a recipe's process knows of its attendant: the process outside the sandbox that has the
/// lab's texts, deals those to train on and counts them, scores the model on the others, and keeps
/// the rows of results.tsv. It stands behind standard input, where `tern train` puts it.
class Attendant {
 public:
  /// Throws an Error that says to use `tern train` where there is none.
  Attendant();
  ~Attendant();
  Attendant(const Attendant&) = delete;
  Attendant& operator=(const Attendant&) = delete;

  /// Folder of the lab's full-precision model.
  const std::filesystem::path& model() const { return model_; }
  /// False where nobody would resume the run.
  bool saves() const { return saves_; }

  /// The training text in the order of this seed; a step of the run trains on so many tokens. It
  /// must not outlive the attendant.
  std::unique_ptr<TokenSource> text(uint64_t seed, WindowUse use, int64_t step_tokens = 0);

  /// What the lab keeps of the teacher's answers to a question, if anything, and a line that says
  /// so. It must not outlive the attendant.
  std::unique_ptr<TeacherRecords> teacher(const TeacherRequest& question, std::string& note);

  /// Hands the model over as it computes now, and waits until it is scored. Its gradients may be
  /// zero afterwards.
  EvaluateAnswer evaluate(Llama& model, const EvaluateRequest& request);

  void end(const RunSummary& summary);

 private:
  std::span<std::byte> memory_for(const LlamaConfig& config, DType compute);

  Channel channel_;
  std::filesystem::path model_;
  bool saves_ = true;
  std::span<std::byte> memory_;  // mapped for models of compute_
  DType compute_ = DType::f32;
};

}  // namespace tern
