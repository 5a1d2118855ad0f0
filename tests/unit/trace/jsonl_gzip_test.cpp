#include <gtest/gtest.h>
#include <sys/resource.h>

#include "trace_files.hpp"
#include "upmem_des/trace/jsonl_reader.hpp"
#include "upmem_des/trace/jsonl_writer.hpp"
#include "upmem_des/util/error.hpp"

using namespace upmem_des;

namespace {

std::string trace_text(int events) {
  std::string text = header_line;
  for (int i = 0; i < events; ++i) text += EventLine().set("seq", std::to_string(i)).str() + "\n";
  return text;
}

long peak_kib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

}  // namespace

TEST(JsonlGzip, IsKnownByContent) {
  const TemporaryFolder folder;
  EXPECT_EQ(read_events(folder.write("packed.jsonl", gzip(trace_text(5)))).size(), 5U);
  EXPECT_EQ(read_events(folder.write("plain.jsonl.gz", trace_text(5))).size(), 5U);
}

TEST(JsonlGzip, SeveralMembersAreOneText) {
  const TemporaryFolder folder;
  const std::string text = trace_text(5);
  const std::string path = folder.write("t.gz", gzip(text.substr(0, 300)) + gzip("") + gzip(text.substr(300)));
  EXPECT_EQ(read_events(path).size(), 5U);
}

TEST(JsonlGzip, TruncationAnywhereIsNoticed) {
  const TemporaryFolder folder;
  const std::string packed = gzip(trace_text(200));
  for (std::size_t size = 2; size < packed.size(); ++size)
    EXPECT_EQ(reading_error(folder.write("t.gz", packed.substr(0, size))),
              "F: truncated gzip data; expected the rest of the file")
        << size << " of " << packed.size();
  EXPECT_EQ(reading_error(folder.write("t.gz", packed)), "");
  EXPECT_EQ(reading_error(folder.write("t.gz", packed + packed.substr(0, 20))),
            "F: truncated gzip data; expected the rest of the file");
}

TEST(JsonlGzip, DamageIsNoticed) {
  const TemporaryFolder folder;
  const std::string packed = gzip(trace_text(200));
  std::string checksum = packed;
  checksum[checksum.size() - 6] ^= 1;
  EXPECT_EQ(reading_error(folder.write("t.gz", checksum)),
            "F: corrupt gzip data (incorrect data check); expected a whole gzip file");
  std::string length = packed;
  length[length.size() - 1] ^= 1;
  EXPECT_EQ(reading_error(folder.write("t.gz", length)),
            "F: corrupt gzip data (incorrect length check); expected a whole gzip file");
  EXPECT_EQ(reading_error(folder.write("t.gz", packed + "more")),
            "F: corrupt gzip data (other bytes after its end); expected nothing more");
  EXPECT_EQ(reading_error(folder.write("t.gz", packed + "m")),
            "F: corrupt gzip data (other bytes after its end); expected nothing more");
  EXPECT_EQ(reading_error(folder.write("t.gz", "\x1f\x8b\x07 and so on")),
            "F: corrupt gzip data (unknown compression method); expected a whole gzip file");
  for (std::size_t place = 10; place < packed.size(); ++place) {
    std::string damaged = packed;
    damaged[place] ^= 0x15;
    EXPECT_NE(reading_error(folder.write("t.gz", damaged)), "") << place;
  }
}

TEST(JsonlGzip, NothingPackedIsAnEmptyFile) {
  const TemporaryFolder folder;
  EXPECT_EQ(reading_error(folder.write("t.gz", gzip(""))), "F: empty; expected a header line and events");
}

TEST(JsonlGzip, MemoryDoesNotGrowWithTheLength) {
  const TemporaryFolder folder;
  const std::string path = folder.path("long.jsonl.gz");
  const auto run = [&path](std::int64_t count) {
    LayerEvent event = read_events(golden_traces().front()).front();
    JsonlWriter writer(path, TraceHeader{});
    for (event.seq = 0; event.seq < count; ++event.seq) writer.write(event);
    writer.finish();
    JsonlReader reader(path);
    std::int64_t read = 0;
    while (reader.next(event)) ++read;
    EXPECT_EQ(read, count);
  };
  run(2'000);
  const long before = peak_kib();
  run(200'000);  // 40 MB of text
  EXPECT_LT(peak_kib() - before, 4'000);
}
