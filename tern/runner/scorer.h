#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "tern/contract/eval_answer.h"
#include "tern/sandbox/sandbox.h"

namespace tern {

/// The score of record of a saved model, or why it has none.
struct ScoreOfRecord {
  std::optional<EvalAnswer> answer;
  std::string refusal;     // one sentence; empty with a score
  bool timed_out = false;  // the evaluator hit its limit
};

struct ScorerOptions {
  std::filesystem::path evaluator;  // the tern program
  std::filesystem::path base;       // folder of the lab's full-precision model
  Sandbox::Kind sandbox = Sandbox::Kind::kNone;
  double max_bits = 0;     // per weight of the blocks; above, there is no score; 0: no limit
  int64_t max_tokens = 0;  // score on so many only; 0: all
  std::filesystem::path cache = {};  // folder of kept scores; empty: none is kept
};

/// Makes the score of record: `tern eval` in a process of its own, which reads the model and the
/// evaluation tokens and nothing else. What the recipe's program said about itself plays no part.
/// A kept score goes by the contents of model, evaluation tokens, evaluator, and what the model has
/// to be like.
class Scorer {
 public:
  using Watch = std::function<std::string(double seconds)>;

  explicit Scorer(ScorerOptions options) : options_(std::move(options)) {}

  /// Scores `model` on the tokens in `tokens`; the evaluator's output goes to `log`. No score has a
  /// model that holds links, has another shape or tokenizer than the lab's, is not ternary, or
  /// takes more than max_bits per weight. `watch` may end it early, see Job.
  ScoreOfRecord score(const std::filesystem::path& model, const std::filesystem::path& tokens,
                      const std::filesystem::path& log, const Watch& watch) const;
  /// Scores the lab's full-precision model itself.
  ScoreOfRecord reference(const std::filesystem::path& tokens, const std::filesystem::path& log,
                          const Watch& watch) const;

 private:
  ScoreOfRecord answer_to(const std::filesystem::path& model, const std::filesystem::path& tokens,
                          const std::filesystem::path& log, const Watch& watch) const;
  ScoreOfRecord ask(const std::filesystem::path& model, const std::filesystem::path& tokens,
                    const std::filesystem::path& log, const Watch& watch) const;
  std::filesystem::path kept_score(const std::filesystem::path& model,
                                   const std::filesystem::path& tokens) const;

  ScorerOptions options_;
};

/// Why a model's folder may not be scored: links, or anything but plain files. Empty when it may.
std::string refuse_model_folder(const std::filesystem::path& model);

}  // namespace tern
