#include "upmem_des/report/report_registry.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "report/csv_report.hpp"
#include "report/json_report.hpp"
#include "sample_result.hpp"
#include "support/temporary_folder.hpp"
#include "util/suggest.hpp"

using namespace upmem_des;
using namespace upmem_des::test;
using testing::ElementsAre;
using testing::IsEmpty;

namespace {

std::vector<std::string> names() {
  std::vector<std::string> all;
  for (const ReportFormat& format : report_formats()) all.push_back(format.name);
  return all;
}

}  // namespace

TEST(ReportRegistryTest, JsonAndCsvAreThereFromTheStart) {
  EXPECT_THAT(names(), ElementsAre("json", "csv", "cost-csv"));
  for (const ReportFormat& format : report_formats()) EXPECT_FALSE(format.description.empty());
}

TEST(ReportRegistryTest, FilesHoldTheReport) {
  const TemporaryFolder folder;
  write_report("json", sample_result(), folder.path("a.json"));
  write_json(sample_result(), folder.path("b.json"));
  write_csv(sample_result(), folder.path("c.csv"));
  EXPECT_EQ(read_bytes(folder.path("a.json")), result_json(sample_result()));
  EXPECT_EQ(read_bytes(folder.path("b.json")), result_json(sample_result()));
  EXPECT_EQ(read_bytes(folder.path("c.csv")), result_csv(sample_result()));
  EXPECT_THAT(folder.names(), ElementsAre("a.json", "b.json", "c.csv"));
}

TEST(ReportRegistryTest, MoreKindsCanBeAddedAndReplaced) {
  const TemporaryFolder folder;
  register_report({"name", "the scenario's name", [](const SimulationResult& result) { return result.scenario; }});
  EXPECT_THAT(names(), ElementsAre("json", "csv", "cost-csv", "name"));
  write_report("name", sample_result(), folder.path("out"));
  EXPECT_EQ(read_bytes(folder.path("out")), "A run, by hand");
  register_report({"csv", "nothing", [](const SimulationResult&) { return std::string("nothing"); }});
  EXPECT_THAT(names(), ElementsAre("json", "csv", "cost-csv", "name"));
  write_csv(sample_result(), folder.path("out"));
  EXPECT_EQ(read_bytes(folder.path("out")), "nothing");
  register_report({"csv", "as before", result_csv});
}

TEST(ReportRegistryTest, UnknownKinds) {
  const TemporaryFolder folder;
  const auto error = [&](const std::string& kind) {
    return input_error([&] { write_report(kind, sample_result(), folder.path("out")); });
  };
  EXPECT_EQ(error("jsn"), "unknown report 'jsn'; expected one of " + listed(names()) + "; did you mean 'json'?");
  EXPECT_EQ(error("perfetto"), "unknown report 'perfetto'; expected one of " + listed(names()));
  EXPECT_THAT(folder.names(), IsEmpty());
}

TEST(ReportRegistryTest, NothingIsLeftOfWhatCannotBeWritten) {
  const TemporaryFolder folder;
  const auto error = [](const std::string& path) { return input_error([&] { write_json(sample_result(), path); }); };
  EXPECT_EQ(error(folder.path("none/out.json")),
            folder.path("none/out.json") + ": no such folder: " + folder.path("none"));
  EXPECT_EQ(error(folder.make_folder("folder")), folder.path("folder") + ": a folder; expected a file to write");
  EXPECT_EQ(error(""), "an empty file name; expected a path to write to");
  EXPECT_EQ(error("/dev/full"), "/dev/full: cannot be written: No space left on device");
  EXPECT_THAT(folder.names(), ElementsAre("folder"));
  EXPECT_TRUE(std::filesystem::is_directory(folder.path("folder")));
  EXPECT_TRUE(std::filesystem::is_empty(folder.path("folder")));
}

TEST(ReportRegistryTest, AReportThatFailsKeepsTheFileThatWasThere) {
  const TemporaryFolder folder;
  folder.write("out", "old\n");
  register_report({"broken", "", [](const SimulationResult&) -> std::string { throw InputError("broken"); }});
  EXPECT_EQ(input_error([&] { write_report("broken", sample_result(), folder.path("out")); }), "broken");
  EXPECT_EQ(read_bytes(folder.path("out")), "old\n");
  EXPECT_THAT(folder.names(), ElementsAre("out"));
}
