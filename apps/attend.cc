#include "tern/attendant/attend.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "tern/base/command.h"
#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/base/flags.h"
#include "tern/contract/json_form.h"
#include "tern/parallel/parallel.h"

namespace tern {
namespace {

struct AttendOptions {
  std::string lab = ".";
  std::string results_file, experiment, commit;
  int64_t tokens = 0;
  double seconds = 0;
  int64_t evaluations = 0, eval_tokens = 0;
  bool saves = true;
  int threads = 0;
  std::string report, summary;
  int channel = -1;
  std::vector<std::string> program;

  void add_to(Flags& flags) {
    flags.add("lab", lab, "the lab's folder");
    flags.add("results_file", results_file, "gets a row at each evaluation");
    flags.add("experiment", experiment, "the run's name in those rows");
    flags.add("commit", commit, "the recipe's commit, for the same rows");
    flags.add("tokens", tokens, "that the run may train on; 0: no limit");
    flags.add("seconds", seconds, "that it may train for; 0: no limit");
    flags.add("evaluations", evaluations, "that it may ask for; 0: no limit");
    flags.add("eval_tokens", eval_tokens, "that one of them may score; 0: no limit");
    flags.add("saves", saves, "whether the run may be resumed");
    flags.add("threads", threads, "threads to score with; 0: all cores");
    flags.add("report", report, "gets what was measured, as JSON, when the run has ended");
    flags.add("summary", summary, "gets the summary of a run that came to its own end");
    flags.add("channel", channel, "an open socket to the run's program");
    flags.pass_through(program);
  }
  void check() const {
    tern::check((channel >= 0) != !program.empty(),
                "expected --channel, or behind all flags the program of a run to start");
    require_not_negative({{"tokens", static_cast<double>(tokens)},
                          {"seconds", seconds},
                          {"evaluations", static_cast<double>(evaluations)},
                          {"eval_tokens", static_cast<double>(eval_tokens)},
                          {"threads", threads}});
  }
};

int attend_run(const AttendOptions& options, int channel_file) {
  if (options.threads > 0) set_thread_count(options.threads);
  Channel channel(channel_file, /*most_data=*/0, /*takes_files=*/false);
  const AttendantReport report =
      attend(channel, Lab::find(options.lab),
             {.results_file = options.results_file,
              .experiment = options.experiment,
              .commit = options.commit,
              .bounds = {options.tokens, options.seconds, options.evaluations, options.eval_tokens},
              .saves = options.saves});
  if (!options.report.empty()) {
    write_file_atomically(options.report, json_of(report).dump_pretty() + "\n");
  }
  if (!options.summary.empty() && report.summary) {
    write_file_atomically(options.summary, report.summary->to_text());
  }
  return kSuccess;
}

/// Becomes the program itself, so that a debugger or a signal meets that, with the attendant as a
/// child that ends with it.
int become_program(const AttendOptions& options) {
  const SocketPair sockets = make_socket_pair();
  const pid_t child = ::fork();
  check(child >= 0, "cannot start a process: {}", std::strerror(errno));
  if (child == 0) {
    ::close(sockets.theirs);
    ::setsid();
    try {
      ::_exit(attend_run(options, sockets.ours));
    } catch (const Error& e) {
      fmt::print(stderr, "tern attend: {}\n", e.what());
      ::_exit(kFailure);
    }
  }
  ::dup2(sockets.theirs, STDIN_FILENO);
  std::vector<std::string> words = options.program;
  if (words[0] == "--") words.erase(words.begin());
  check(!words.empty(), "expected a program behind --, found nothing");
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  ::execv(arguments[0], arguments.data());
  fail("cannot run {}: {}", words[0], std::strerror(errno));
}

int attend_command(const AttendOptions& options) {
  return options.channel >= 0 ? attend_run(options, options.channel) : become_program(options);
}

const RegisterCommand attend_registration(
    {.name = "attend",
     .summary = "deal a run its text and score it",
     .group = CommandGroup::kTraining,
     .description =
         "Serves one run of a recipe's program: deals its training text, scores its model, writes "
         "its rows.\n`tern train` and `tern research` start it themselves. Given a program with "
         "its flags it starts that\nbeside itself, without a sandbox, as a debugger needs it:\n\n"
         "  tern attend -- gdb --args .tern/cache/train-... --run-dir /tmp/run --steps 8",
     .hidden = true,
     .options = runs(attend_command)});

}  // namespace
}  // namespace tern
