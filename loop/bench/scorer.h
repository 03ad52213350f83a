#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "tern/lab_files/lab.h"
#include "tern/sandbox/sandbox.h"

namespace tern {

/// The score of record of a saved model, or why it has none.
struct ScoreOfRecord {
  std::optional<double> ppl, bpb;
  std::string refusal;  // one sentence; empty with a score
};

/// Makes the score of record: `tern eval` in a process of its own, which reads the model and the
/// evaluation tokens and nothing else. What the recipe's program said about itself plays no part.
class Scorer {
 public:
  /// `evaluator` is the tern program; `base` the folder of the lab's full-precision model.
  Scorer(std::filesystem::path evaluator, std::filesystem::path base, double max_bits,
         Sandbox::Kind sandbox);

  /// Scores `model` on the tokens in `tokens`; the evaluator's output goes to `log`. No score has a
  /// model that holds links, is of another architecture than the lab's, is not ternary, or takes
  /// more than max_bits per weight. `watch` may end it early, see Job.
  ScoreOfRecord score(const std::filesystem::path& model, const std::filesystem::path& tokens,
                      const std::filesystem::path& log,
                      const std::function<std::string(double)>& watch) const;
  /// Scores the lab's full-precision model itself.
  ScoreOfRecord reference(const std::filesystem::path& tokens, const std::filesystem::path& log,
                          const std::function<std::string(double)>& watch) const;

 private:
  ScoreOfRecord evaluate(const std::filesystem::path& model, const std::filesystem::path& tokens,
                         const std::filesystem::path& log,
                         const std::function<std::string(double)>& watch,
                         ScoreOfRecord (*judge)(const Json&, double)) const;

  std::filesystem::path evaluator_;
  std::filesystem::path base_;
  double max_bits_;
  Sandbox::Kind sandbox_;
};

/// Why a model's folder may not be scored: links, or anything but plain files. Empty when it may.
std::string refuse_model_folder(const std::filesystem::path& model);

/// Why config.json of a trained model is not that of its base, naming the key; empty when it is.
std::string refuse_architecture(const std::filesystem::path& model,
                                const std::filesystem::path& base);

}  // namespace tern
