#include "loop/record/tables.h"

#include <gtest/gtest.h>

#include "loop/record/history.h"
#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/base/temporary_folder.h"
#include "tern/contract/experiment_row.h"
#include "tern/contract/results_row.h"
#include "tern/contract/table.h"

namespace tern::loop {
namespace {
namespace fs = std::filesystem;

const std::string kColumns = table_header<ExperimentRow>();
const std::string kResultsColumns = table_header<ResultsRow>();

const Evaluations kEvaluations{{{.step = 50, .lambda = 1, .eval_ppl = 8.125, .q_pos1 = 0.3},
                                {.step = 100, .eval_ppl = 8, .eval_tokens = 4096}}};

/// The rows of those evaluations under a run's name.
std::string evaluation_rows(const char* run) {
  std::string rows;
  for (ResultsRow row : kEvaluations.rows) {
    row.experiment = run;
    row.commit = "0123456";
    rows += table_row(row);
  }
  return rows;
}

Json plan_event(int number) {
  return Json::parse(R"({"event": "planned", "experiment": )" + std::to_string(number) +
                         R"(, "proposer": "builtin", "family": "priority",
      "description": "lr: 1 -> 2", "expectation": "a\tlower\nloss", "base": 0,
      "commit": "0123456789abcdef", "program": "p)" +
                         std::to_string(number) + R"("})",
                     "planned");
}

Json run_event(int experiment, int number) {
  return Json::parse(fmt::format(R"({{"event": "run", "experiment": {}, "run": {},
      "comparison": {}, "seed": {}}})",
                                 experiment, number, experiment, number),
                     "run");
}

Json ran_event(int experiment, int number, double ppl) {
  return Json::parse(
      fmt::format(R"({{"event": "ran", "experiment": {}, "run": {},
      "outcome": "scored", "val_ppl": {}, "val_bpb": 1.25, "steps": {}, "tokens": 4096,
      "time_s": 12.34, "memory_gb": {},
      "evaluations": {}}})",
                  experiment, number, ppl, 10 * number, 0.5 * number, json_of(kEvaluations).dump()),
      "ran");
}

Json interrupted_event(int experiment, int number) {
  Json event = ran_event(experiment, number, 1.0);
  event.set("outcome", "interrupted");
  return event;
}

Json end_event(int experiment, const char* status) {
  return Json::parse(fmt::format(R"({{"event": "ended", "experiment": {}, "status": "{}",
      "reason": "better", "gain": 0.1, "sigma": 0.01}})",
                                 experiment, status),
                     "ended");
}

class TablesTest : public testing::Test {
 protected:
  TablesTest() : lab_(make_lab(folder_.path())) {}

  static Lab make_lab(const fs::path& folder) {
    write_file_atomically(folder / "lab.toml", "version = 1\n");
    return Lab::find(folder);
  }
  std::string experiments() const { return read_file(lab_.experiments_table()); }
  std::string results() const { return read_file(lab_.results()); }

  /// Goes on as the loop does: ledger first, then the tables.
  void record(Tables& tables, History& history, const Json& event) {
    history.apply(event);
    tables.add(event_from(event), history);
  }

  const std::vector<Json> night_ = {
      plan_event(1),        run_event(1, 1),          ran_event(1, 1, 8.0),
      run_event(1, 2),      ran_event(1, 2, 8.0),     end_event(1, "baseline"),
      plan_event(2),        end_event(2, "rejected"), plan_event(3),
      run_event(3, 1),      ran_event(3, 1, 7.0),     run_event(1, 3),
      ran_event(1, 3, 9.0), end_event(3, "keep")};
  TemporaryFolder folder_;
  Lab lab_;
};

TEST_F(TablesTest, BeginWithTheirColumns) {
  write_tables(lab_, {});
  EXPECT_EQ(experiments(), kColumns);
  EXPECT_EQ(results(), kResultsColumns);
}

TEST_F(TablesTest, AnExperimentHasOneRowOfWhatWasMeasured) {
  write_tables(lab_, {plan_event(1), run_event(1, 1), ran_event(1, 1, 8.0), run_event(1, 2),
                      ran_event(1, 2, 8.0), end_event(1, "baseline")});
  EXPECT_EQ(
      experiments(),
      kColumns +
          "0123456\t8.0000\t1.00\tbaseline\tlr: 1 -> 2\t0001\t1.2500\t15\t4096\t12.3\t0.0800\t"
          "9.516\t2\tbuiltin\tpriority\ta lower loss\tbetter\n");
}

TEST_F(TablesTest, WhatWasNotMeasuredIsEmptyAndARunningExperimentHasNoRow) {
  Json end = end_event(1, "rejected");
  end.set("gain", Json());
  write_tables(lab_, {plan_event(1), end, plan_event(2), run_event(2, 1)});
  EXPECT_EQ(experiments(), kColumns +
                               "0123456\t\t\trejected\tlr: 1 -> 2\t0001\t\t\t\t\t\t\t0\tbuiltin\t"
                               "priority\ta lower loss\tbetter\n");
}

TEST_F(TablesTest, AProposalThatNeverBecameACommitKeepsItsColumns) {
  Json plan = plan_event(1);
  plan.set("commit", "");
  write_tables(lab_, {plan, end_event(1, "rejected")});
  EXPECT_EQ(experiments().find(kColumns + "\t\t\trejected\t"), 0U) << experiments();
}

TEST_F(TablesTest, EveryEvaluationHasARowUnderItsRun) {
  write_tables(lab_, {plan_event(1), run_event(1, 1), ran_event(1, 1, 8.0), run_event(1, 2),
                      ran_event(1, 2, 8.0)});
  EXPECT_EQ(results(), kResultsColumns + evaluation_rows("0001") + evaluation_rows("0001.2"));
}

TEST_F(TablesTest, RowsOfOtherWritersStayBeforeTheLoops) {
  const std::string first = "5\t1\t\t\t9\t\t\t\t\t\t\t\ttrain-0007\tabc\n";
  const std::string later = "7\t1\t\t\t9\t\t\t\t\t\t\t\tmine\tabc-dirty\n";
  write_file_atomically(lab_.results(), kResultsColumns + first);
  const std::vector<Json> events = {plan_event(1), run_event(1, 1), ran_event(1, 1, 8.0)};
  write_tables(lab_, events);
  const std::string ours = results().substr((kResultsColumns + first).size());
  append_file(lab_.results(), later);
  write_tables(lab_, events);
  EXPECT_EQ(results(), kResultsColumns + first + later + ours);
}

TEST_F(TablesTest, RowsOfAnOlderTernStayAndGetTheColumnsThatItDidNotKnow) {
  const std::string newest = "eval_tokens";
  const std::string older = kResultsColumns.substr(0, kResultsColumns.find("\t" + newest));
  const std::string row = "5\t1\t\t\t9\t1\t0.1\t1.000\t\t0.3\t0.4\t0.3\ttrain-0007\tabc";
  write_file_atomically(lab_.results(), older + "\n" + row + "\n");
  write_tables(lab_, {});
  EXPECT_EQ(results(), kResultsColumns + row + "\t\n");
}

TEST_F(TablesTest, ARowAtATimeGivesWhatMakingThemAnewGives) {
  Tables tables(lab_, {});
  History history;
  for (const Json& event : night_) record(tables, history, event);
  const std::string appended = experiments() + results();
  write_tables(lab_, night_);
  EXPECT_EQ(experiments() + results(), appended);
}

TEST_F(TablesTest, AKillAfterAnyEventLeavesTheTablesOfAnUninterruptedNight) {
  write_tables(lab_, night_);
  const std::string whole = experiments() + results();
  for (size_t killed = 0; killed < night_.size(); ++killed) {
    fs::remove(lab_.results());
    const std::vector<Json> before(night_.begin(), night_.begin() + static_cast<long>(killed));
    write_tables(lab_, before);
    append_file(lab_.results(), "50\t1\t\t\t8.1");  // torn in the middle of a row
    append_file(lab_.experiments_table(), "01234");
    if (killed == 3) write_file_atomically(lab_.experiments_table(), "commit\tval");
    Tables tables(lab_, before);
    History history(before);
    for (size_t i = killed; i < night_.size(); ++i) record(tables, history, night_[i]);
    EXPECT_EQ(experiments() + results(), whole) << "killed before event " << killed;
  }
}

TEST_F(TablesTest, ARunThatWasInterruptedAndRepeatedLeavesNoTrace) {
  write_tables(lab_,
               {plan_event(1), run_event(1, 1), ran_event(1, 1, 8.0), end_event(1, "baseline")});
  const std::string smooth = results();
  Json again = Json::object();
  again.set("event", "again");
  again.set("experiment", 1);
  write_tables(lab_, {plan_event(1), run_event(1, 1), interrupted_event(1, 1), again,
                      run_event(1, 2), ran_event(1, 2, 8.0), end_event(1, "baseline")});
  EXPECT_EQ(results(), smooth);
  EXPECT_NE(experiments().find("\t9.516\t1\tbuiltin"), std::string::npos) << experiments();
}

TEST_F(TablesTest, ATableThatTheUserRemovedBeginsAnew) {
  Tables tables(lab_, {});
  fs::remove(lab_.experiments_table());
  tables.add(event_from(end_event(1, "rejected")),
             History({plan_event(1), end_event(1, "rejected")}));
  EXPECT_EQ(experiments().find(kColumns), 0U);
}

TEST_F(TablesTest, AnotherKindOfFileIsNotOverwritten) {
  write_file_atomically(lab_.results(), "my notes\n");
  EXPECT_THROW(write_tables(lab_, {}), Error);
  fs::remove(lab_.results());
  write_file_atomically(lab_.experiments_table(), "my notes\n");
  EXPECT_THROW(write_tables(lab_, {}), Error);
  EXPECT_EQ(experiments(), "my notes\n");
}

}  // namespace
}  // namespace tern::loop
