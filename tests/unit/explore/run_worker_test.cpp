#include "explore/run_worker.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <thread>

using namespace upmem_des;
using testing::HasSubstr;
using testing::StartsWith;
using Clock = std::chrono::steady_clock;
using End = RunOutcome::End;

namespace {

const std::string scenario = PROJECT_DIR "/scenarios/llama-2-7b_4chip.yaml";

RunWorker::Options options(std::size_t runs = 2, std::chrono::seconds limit = std::chrono::seconds(300)) {
  return {UPMEM_DES_PROGRAM, runs, limit};
}

/// Nobody waits for its end.
std::vector<std::string> long_run() {
  return {"run",    scenario,
          "--set",  "workload.output_tokens=10000000",
          "--set",  "simulation.segments=false",
          "--set",  "simulation.allow_overflow=true",
          "--json", "-"};
}

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// The children of this process.
std::vector<pid_t> children() {
  const std::string self = std::to_string(::getpid());
  std::vector<pid_t> list;
  for (const auto& task : {self}) {
    std::ifstream file("/proc/" + self + "/task/" + task + "/children");
    for (pid_t child = 0; file >> child;) list.push_back(child);
  }
  return list;
}

}  // namespace

TEST(RunWorkerTest, ARunsOutputAndWhatItSays) {
  RunWorker worker(options());
  const Obsolete wanted;
  const RunOutcome good = worker.run({"run", scenario, "--json", "-"}, wanted);
  EXPECT_EQ(good.end, End::Exited);
  EXPECT_EQ(good.code, 0);
  EXPECT_EQ(good.words, "");
  EXPECT_THAT(good.output, StartsWith("{"));
  EXPECT_THAT(good.output, HasSubstr("\"format\": \"upmem-des-result\""));
  const RunOutcome bad = worker.run({"run", scenario, "--set", "workload.batch=0", "--json", "-"}, wanted);
  EXPECT_EQ(bad.code, 2);
  EXPECT_EQ(bad.output, "");
  EXPECT_EQ(bad.words, "upmem-des: error: --set: workload.batch: '0'; expected a whole number from 1 to 1000000\n");
}

TEST(RunWorkerTest, AnObsoleteRunEndsSoon) {
  RunWorker worker(options(1));
  worker.start();
  Obsolete obsolete;
  const Clock::time_point start = Clock::now();
  std::thread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    worker.make(obsolete);
  });
  EXPECT_EQ(worker.run(long_run(), obsolete).end, End::Obsolete);
  other.join();
  EXPECT_LT(seconds_since(start), 60);
  // Its seat is free again, and one that is obsolete from the beginning does not start.
  EXPECT_EQ(worker.run(long_run(), obsolete).end, End::Obsolete);
  EXPECT_EQ(worker.run({"run", scenario, "--dry-run"}, Obsolete()).code, 0);
}

TEST(RunWorkerTest, ARunThatWaitsForASeatCanBeObsolete) {
  RunWorker worker(options(1));
  Obsolete first;
  Obsolete second;
  std::thread running([&] { EXPECT_EQ(worker.run(long_run(), first).end, End::Obsolete); });
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  std::thread waiting([&] { EXPECT_EQ(worker.run(long_run(), second).end, End::Obsolete); });
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  worker.make(second);
  waiting.join();
  worker.make(first);
  running.join();
}

TEST(RunWorkerTest, ARunHasALimit) {
  RunWorker worker(options(2, std::chrono::seconds(1)));
  const Clock::time_point start = Clock::now();
  EXPECT_EQ(worker.run(long_run(), Obsolete()).end, End::TookTooLong);
  EXPECT_GE(seconds_since(start), 1);
  EXPECT_LT(seconds_since(start), 60);
}

TEST(RunWorkerTest, AWorkerThatIsKilledIsStartedAgain) {
  RunWorker worker(options());
  worker.start();
  const std::vector<pid_t> before = children();
  ASSERT_EQ(before.size(), 1U);
  std::thread killer([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    ::kill(before.front(), SIGKILL);
  });
  EXPECT_EQ(worker.run(long_run(), Obsolete()).end, End::Lost);
  killer.join();
  EXPECT_EQ(worker.run({"run", scenario, "--dry-run"}, Obsolete()).code, 0);
}

TEST(RunWorkerTest, SeveralThreadsGetTheirOwnAnswers) {
  RunWorker worker(options(2));
  std::vector<std::thread> threads;
  for (int batch = 1; batch <= 6; ++batch)
    threads.emplace_back([&worker, batch] {
      const RunOutcome outcome =
          worker.run({"run", scenario, "--set", "workload.batch=" + std::to_string(batch), "--json", "-"}, Obsolete());
      EXPECT_THAT(outcome.output, HasSubstr("\"batch\": " + std::to_string(batch) + ","));
    });
  for (std::thread& thread : threads) thread.join();
}

TEST(RunWorkerTest, NothingGoesOnWithoutIt) {
  {
    RunWorker worker(options());
    worker.start();
    ASSERT_EQ(children().size(), 1U);
  }
  EXPECT_TRUE(children().empty());
}

TEST(RunWorkerTest, AProgramThatThereIsNot) {
  RunWorker worker({"/nowhere/upmem-des", 1, std::chrono::seconds(1)});
  EXPECT_THROW(worker.start(), std::exception);
}
