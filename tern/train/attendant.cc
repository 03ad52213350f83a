#include "tern/train/attendant.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <limits>

#include "tern/base/error.h"
#include "tern/contract/json_form.h"
#include "tern/model/snapshot.h"
#include "tern/train/teacher_record.h"

namespace tern {
namespace {

/// The socket to the attendant, which standard input must be.
int attendant_socket() {
  struct stat info {};
  check(::fstat(STDIN_FILENO, &info) == 0 && S_ISSOCK(info.st_mode),
        "this program needs Tern beside it, which deals the text and scores the model; start it "
        "with `tern train` in its lab");
  return ::dup(STDIN_FILENO);
}

template <class Request>
Message ask(Channel& channel, const Request& request) {
  std::fflush(stdout);  // the attendant prints on the same terminal
  Json body = json_of(request);
  body.set("ask", Request::kAsk);
  channel.send(body);
  std::optional<Message> answer = channel.receive();
  check(answer.has_value(), "Tern, which deals the text and scores the model, has ended");
  if (const Json* error = answer->body.find("error")) fail("{}", error->as_string());
  return *std::move(answer);
}

class DealtText : public TokenSource {
 public:
  DealtText(Channel& channel, uint64_t seed, WindowUse use, int64_t step_tokens)
      : channel_(channel),
        seed_(static_cast<int64_t>(seed)),
        use_(use),
        step_tokens_(step_tokens) {}

  Batch batch(int64_t position, int64_t B, int64_t T) override {
    const Message answer = ask(channel_, WindowsRequest{.use = static_cast<int64_t>(use_),
                                                        .seed = seed_,
                                                        .position = position,
                                                        .B = B,
                                                        .T = T,
                                                        .step_tokens = step_tokens_});
    Batch batch{std::vector<int32_t>(B * T), std::vector<int32_t>(B * T), std::vector<int64_t>(B)};
    const char* from = answer.data.data();
    const auto take = [&]<class Number>(std::vector<Number>& numbers) {
      std::memcpy(numbers.data(), from, numbers.size() * sizeof(Number));
      from += numbers.size() * sizeof(Number);
    };
    check(answer.data.size() == B * sizeof(int64_t) + 2 * B * T * sizeof(int32_t),
          "Tern dealt {} bytes for {} windows of {} tokens; is it of another version than the "
          "libraries of this program?",
          answer.data.size(), B, T);
    take(batch.windows), take(batch.inputs), take(batch.targets);
    return batch;
  }

 private:
  Channel& channel_;
  int64_t seed_;
  WindowUse use_;
  int64_t step_tokens_;
};

class DealtRecords : public TeacherRecords {
 public:
  DealtRecords(Channel& channel, const Message& opened, int64_t windows)
      : TeacherRecords("the teacher's cache",
                       parse_teacher_header(std::as_bytes(std::span(opened.data)), "teacher"),
                       windows),
        channel_(channel) {}

  std::string record(int64_t window) const override {
    return ask(channel_, RecordRequest{.window = window}).data;
  }

 private:
  Channel& channel_;
};

}  // namespace

Attendant::Attendant()
    : channel_(attendant_socket(), std::numeric_limits<int32_t>::max(), /*takes_files=*/true) {
  const auto begun = from_json<BeginAnswer>(ask(channel_, BeginRequest{}).body);
  model_ = begun.model;
  saves_ = begun.saves;
}

Attendant::~Attendant() {
  if (!memory_.empty()) ::munmap(memory_.data(), memory_.size());
}

std::unique_ptr<TokenSource> Attendant::text(uint64_t seed, WindowUse use, int64_t step_tokens) {
  return std::make_unique<DealtText>(channel_, seed, use, step_tokens);
}

std::unique_ptr<TeacherRecords> Attendant::teacher(const TeacherRequest& question,
                                                   std::string& note) {
  const Message opened = ask(channel_, question);
  const auto answer = from_json<TeacherAnswer>(opened.body);
  note = answer.note;
  if (answer.windows == 0) return nullptr;
  return std::make_unique<DealtRecords>(channel_, opened, answer.windows);
}

std::span<std::byte> Attendant::memory_for(const LlamaConfig& config, DType compute) {
  if (!memory_.empty() && compute == compute_) return memory_;
  if (!memory_.empty()) ::munmap(memory_.data(), memory_.size());
  const Message made = ask(channel_, MemoryRequest{.compute = std::string(name_of(compute))});
  const auto bytes = static_cast<size_t>(Snapshot(config, compute).bytes());
  void* const mapped = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, made.file, 0);
  ::close(made.file);
  check(mapped != MAP_FAILED, "cannot map {} bytes to hand the model over: {}", bytes,
        std::strerror(errno));
  memory_ = {static_cast<std::byte*>(mapped), bytes};
  compute_ = compute;
  return memory_;
}

EvaluateAnswer Attendant::evaluate(Llama& model, const EvaluateRequest& request) {
  const std::span<std::byte> memory = memory_for(model.config(), model.compute());
  const bool large = std::ssize(memory) > kLargeHandover;
  if (large) model.parameters().release_gradients();
  Snapshot(model.config(), model.compute()).write(model, memory);
  EvaluateRequest complete = request;
  const Batch batch =
      text(static_cast<uint64_t>(request.seed), WindowUse::kComparison)->batch(0, 1, request.T);
  complete.own_loss = model.loss(batch.inputs, batch.targets, 1).item();
  const auto answer = from_json<EvaluateAnswer>(ask(channel_, complete).body);
  if (large) ::madvise(memory.data(), memory.size(), MADV_REMOVE);
  return answer;
}

void Attendant::end(const RunSummary& summary) { ask(channel_, EndRequest{summary}); }

}  // namespace tern
