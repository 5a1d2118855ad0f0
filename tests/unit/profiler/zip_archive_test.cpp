#include "profiler/script/zip_archive.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <stdexcept>

#include "support/temporary_folder.hpp"
#include "unit/profiler/script_networks.hpp"

using namespace upmem_des;
using namespace upmem_des::profiler;
using namespace upmem_des::test;

namespace {

/// What is wrong with leaf.pt, changed; "" where nothing is.
std::string problem(const std::function<void(std::string& bytes, const ZipArchive::Record& record)>& change) {
  const TemporaryFolder folder;
  std::string bytes = read_bytes(network_file("leaf"));
  change(bytes, ZipArchive(network_file("leaf")).records().front());
  try {
    ZipArchive(folder.write("changed.pt", bytes)).check_bytes();
    return "";
  } catch (const std::runtime_error& error) {
    return error.what();
  }
}

/// In the directory: `record`'s entry, whose fixed part is 46 bytes long and comes before the name.
std::size_t entry(const std::string& bytes, const ZipArchive::Record& record) {
  return bytes.rfind(record.name) - 46;
}

/// A byte of the directory's end, and of its wide form, which some versions of torch write.
void set_at_end(std::string& bytes, std::size_t narrow, std::size_t wide, char value) {
  bytes[bytes.rfind("PK\5\6") + narrow] = value;
  if (const std::size_t end = bytes.rfind("PK\6\6"); end != std::string::npos) bytes[end + wide] = value;
}

}  // namespace

TEST(ZipArchive, Records) {
  ZipArchive archive(network_file("leaf"));
  EXPECT_NO_THROW(archive.check_bytes());
  EXPECT_TRUE(archive.has("data.pkl"));
  EXPECT_TRUE(archive.has("data/0"));
  EXPECT_FALSE(archive.has("0"));
  const ZipArchive weights = std::move(archive);
  for (const ZipArchive::Record& record : weights.records()) {
    if (record.name == "leaf/data/0") {
      EXPECT_EQ(record.size, 4U * 3U * 4U);
    }
  }
}

TEST(ZipArchive, Contradictions) {
  const std::string name = ZipArchive(network_file("leaf")).records().front().name;
  const std::string damaged = "damaged: record '" + name + "' ";
  EXPECT_EQ(problem([](std::string&, const auto&) {}), "");
  EXPECT_EQ(problem([](std::string& bytes, const auto& record) { ++bytes[record.begin]; }),
            damaged + "has bytes that were not stored: their checksum differs");
  EXPECT_EQ(problem([](std::string& bytes, const auto& record) { ++bytes[record.header + 30]; }),
            damaged + "has two names");
  EXPECT_EQ(problem([](std::string& bytes, const auto& record) { ++bytes[record.header]; }),
            damaged + "is not where the directory says");
  EXPECT_EQ(problem([](std::string& bytes, const auto& record) { ++bytes[entry(bytes, record) + 24]; }),
            damaged + "has two sizes");
  EXPECT_EQ(problem([](std::string& bytes, const auto& record) {
              for (const std::size_t field : {20U, 24U}) bytes[entry(bytes, record) + field + 3] = '\x7f';
            }),
            damaged + "reaches beyond the records");
  EXPECT_EQ(problem([](std::string& bytes, const auto& record) { bytes[entry(bytes, record) + 8] |= 1; }),
            damaged + "is encrypted");
  EXPECT_EQ(problem([](std::string& bytes, const auto& record) { bytes[entry(bytes, record) + 10] = 8; }),
            damaged + "is and is not compressed");
  EXPECT_EQ(problem([](std::string& bytes, const auto& record) { bytes[entry(bytes, record) + 10] = 12; }),
            damaged + "is packed in an unknown way");
  EXPECT_EQ(problem([](std::string& bytes, const auto& record) { ++bytes[entry(bytes, record)]; }),
            "damaged: its directory has an entry that is none");
  EXPECT_EQ(problem([](std::string& bytes, const auto&) { set_at_end(bytes, 11, 34, '\xff'); }),
            "damaged: its directory ends too early");
  EXPECT_EQ(problem([](std::string& bytes, const auto&) { set_at_end(bytes, 19, 51, '\x7f'); }),
            "damaged: its directory lies beyond its end");
  EXPECT_EQ(problem([](std::string& bytes, const auto&) { bytes.resize(bytes.size() - 1); }), "truncated or damaged");
}

TEST(ZipArchive, CompressedRecords) {
  const TemporaryFolder folder;
  const std::string whole = read_bytes(network_file("compressed"));
  ZipArchive archive(network_file("compressed"));
  EXPECT_NO_THROW(archive.check_bytes());
  const ZipArchive::Record record = archive.records().front();
  ASSERT_TRUE(record.compressed);
  const auto check = [&](const std::string& bytes) -> std::string {
    try {
      ZipArchive(folder.write("changed.pt", bytes)).check_bytes();
      return "";
    } catch (const std::runtime_error& error) {
      return error.what();
    }
  };
  for (std::size_t at = record.begin; at < record.begin + record.stored; ++at) {
    std::string bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ 4);
    EXPECT_EQ(check(bytes).substr(0, 15), "damaged: record") << at;
  }
  std::string larger = whole;
  ++larger[entry(larger, record) + 24];
  EXPECT_EQ(check(larger), "damaged: record '" + record.name + "' does not unpack to what was stored");
  std::string huge = whole;
  huge[entry(huge, record) + 27] = '\x40';
  EXPECT_EQ(check(huge), "its compressed records unpack to more than 1 GiB");
}
