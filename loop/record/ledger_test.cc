#include "loop/record/ledger.h"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>

#include "tern/base/error.h"
#include "tern/base/file.h"
#include "tern/base/temporary_folder.h"

namespace tern::loop {
namespace {
namespace fs = std::filesystem;

Json event(int number) { return Json::Object{{"event", "again"}, {"experiment", number}}; }

class LedgerTest : public testing::Test {
 protected:
  fs::path path() const { return folder_ / ".tern" / "ledger.jsonl"; }
  std::vector<int64_t> numbers() const {
    std::vector<int64_t> all;
    for (const Json& e : read_ledger(path())) all.push_back(e.at("experiment").as_int());
    return all;
  }

  TemporaryFolder folder_;
};

/// Lets no file grow beyond `bytes`, as a full disk would.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &old_);
    const struct rlimit limit { bytes, old_.rlim_max };
    ::signal(SIGXFSZ, SIG_IGN);
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &old_);
    ::signal(SIGXFSZ, SIG_DFL);
  }

 private:
  struct rlimit old_ {};
};

TEST_F(LedgerTest, WhatWasAppendedIsReadInItsOrderWithItsTime) {
  Ledger ledger(path());
  ledger.append(event(1));
  ledger.append(event(2));
  EXPECT_EQ(numbers(), (std::vector<int64_t>{1, 2}));
  EXPECT_GT(read_ledger(path())[1].at("time").as_int(), 1'600'000'000);
}

TEST_F(LedgerTest, ALabWithoutALedgerHasNoEvents) { EXPECT_TRUE(read_ledger(path()).empty()); }

TEST_F(LedgerTest, ALineTornByACrashIsLeftOutAndThenCutOff) {
  Ledger(path()).append(event(1));
  const std::string whole = read_file(path());
  append_file(path(), R"({"event": "again", "exper)");
  EXPECT_EQ(numbers(), (std::vector<int64_t>{1}));
  Ledger ledger(path());
  EXPECT_EQ(read_file(path()), whole);
  ledger.append(event(2));
  EXPECT_EQ(numbers(), (std::vector<int64_t>{1, 2}));
}

TEST_F(LedgerTest, ALedgerOfOneTornLineBecomesEmpty) {
  fs::create_directories(path().parent_path());
  write_file_atomically(path(), "{\"ev");
  Ledger ledger(path());
  ledger.append(event(1));
  EXPECT_EQ(numbers(), (std::vector<int64_t>{1}));
}

TEST_F(LedgerTest, AnythingElseThatIsNoEventIsNamedByItsLine) {
  Ledger(path()).append(event(1));
  append_file(path(), "<<<<<<< HEAD\n");
  try {
    read_ledger(path());
    FAIL();
  } catch (const Error& e) {
    EXPECT_NE(std::string(e.what()).find("ledger.jsonl, line 2"), std::string::npos) << e.what();
  }
}

TEST_F(LedgerTest, NothingIsAppendedToALedgerThatSomebodyElseChanged) {
  Ledger ledger(path());
  ledger.append(event(1));
  append_file(path(), event(9).dump() + "\n");
  EXPECT_THROW(ledger.append(event(2)), Error);
  EXPECT_EQ(numbers(), (std::vector<int64_t>{1, 9}));
}

TEST_F(LedgerTest, ARemovedLedgerIsNotBegunAnewInSilence) {
  Ledger ledger(path());
  ledger.append(event(1));
  fs::remove(path());
  EXPECT_THROW(ledger.append(event(2)), Error);
}

TEST_F(LedgerTest, AFullDiskLeavesNoHalfLineAndTheLedgerGoesOnOnceThereIsRoom) {
  Ledger ledger(path());
  ledger.append(event(1));
  const std::string before = read_file(path());
  {
    const FullDisk disk(before.size() + 10);
    EXPECT_THROW(ledger.append(event(2)), Error);
  }
  EXPECT_EQ(read_file(path()), before);
  ledger.append(event(2));
  EXPECT_EQ(numbers(), (std::vector<int64_t>{1, 2}));
}

}  // namespace
}  // namespace tern::loop
