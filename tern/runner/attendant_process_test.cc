#include "tern/runner/attendant_process.h"

#include <gtest/gtest.h>

#include "tern/base/file.h"
#include "tern/contract/json_form.h"
#include "tern/runner/run_folder.h"

namespace tern {
namespace {

namespace fs = std::filesystem;

/// A run that is a line of shell, and an attendant that is a script: it notes what it is told,
/// waits for the end of the run, and does `at_end`.
class AttendantProcessTest : public ::testing::Test {
 protected:
  AttendedRun run(const std::string& script, const std::string& at_end) const {
    write_file_atomically(program(), R"(#!/bin/bash
echo "$@" > )" + told().string() + R"(
while [ $# -gt 1 ]; do
  case $1 in --report) report=$2;; --channel) channel=$2;; esac
  shift
done
read -r -u $channel
)" + at_end + "\n");
    fs::permissions(program(), fs::perms::owner_all);
    fs::create_directories(folder_ / "run");
    Job job;
    job.command = {"/bin/sh", "-c", script};
    job.folder = folder_ / "run";
    job.log = folder_ / "log";
    return run_attended(job, {.program = program(),
                              .lab = "/lab",
                              .results_file = "/rows",
                              .experiment = {},
                              .commit = {},
                              .tokens = 640,
                              .log = folder_ / "attendant.log"});
  }
  static std::string write(const AttendantReport& report) {
    return "cat > $report <<END\n" + json_of(report).dump() + "\nEND";
  }
  fs::path program() const { return folder_ / "tern"; }
  fs::path told() const { return folder_ / "told"; }

  TemporaryFolder folder_;
};

TEST_F(AttendantProcessTest, WhatItMeasuredIsToldWithTheResultOfTheRun) {
  const AttendedRun ended = run("exit 3", write({.tokens = 128}));
  EXPECT_EQ(ended.result.exit_code, 3);
  ASSERT_TRUE(ended.report);
  EXPECT_EQ(ended.report->tokens, 128);
  EXPECT_FALSE(fs::exists(folder_ / "run/summary.json"));
}

TEST_F(AttendantProcessTest, ItIsToldOfTheLabAndTheBudget) {
  run("true", "");
  const std::string words = read_file(told());
  for (const char* word : {"attend", "--lab /lab", "--results-file /rows", "--tokens 640"}) {
    EXPECT_NE(words.find(word), words.npos) << words;
  }
}

TEST_F(AttendantProcessTest, TheRunTalksToItThroughStandardInput) {
  const AttendedRun ended = run("echo hello >&0", "echo $REPLY > " + told().string());
  EXPECT_EQ(ended.result.exit_code, 0);
  EXPECT_EQ(read_file(told()), "hello\n");
}

TEST_F(AttendantProcessTest, TheSummaryIsItsAndNotWhatTheProgramLeft) {
  AttendantReport report;
  report.summary.emplace().steps = 8;
  run("echo '{\"version\": 2, \"steps\": 99}' > summary.json", write(report));
  EXPECT_EQ(read_run_summary(folder_ / "run").steps, 8);
  run("ln -sf ../mine summary.json", write({}));
  EXPECT_FALSE(fs::exists(fs::symlink_status(folder_ / "run/summary.json")));
  EXPECT_FALSE(fs::exists(folder_ / "mine"));
}

TEST_F(AttendantProcessTest, OneThatSomebodyEndsTellsNothing) {
  EXPECT_FALSE(run("true", "kill -KILL $$").report);
}

TEST_F(AttendantProcessTest, OneThatDoesNotEndIsEnded) {
  EXPECT_FALSE(run("true", "exec sleep 1000").report);
}

}  // namespace
}  // namespace tern
