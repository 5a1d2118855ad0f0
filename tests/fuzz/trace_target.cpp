/// A trace, plain or gzip.
#include <zlib.h>

#include "fuzz/fuzzing.hpp"
#include "trace/event_compare.hpp"
#include "trace/trace_summary.hpp"
#include "upmem_des/trace/jsonl_reader.hpp"
#include "upmem_des/trace/jsonl_writer.hpp"

using namespace upmem_des;

namespace {

struct Read {
  TraceHeader header;
  std::vector<LayerEvent> events;
  std::string problem;
};

/// Events up to the first problem. `file` is taken out of its message.
Read read(const std::string& file) {
  Read found;
  found.problem = fuzz::problem_of([&] {
    JsonlReader reader(file);
    found.header = reader.header();
    for (LayerEvent event; reader.next(event);) found.events.push_back(event);
  });
  if (found.problem.compare(0, file.size(), file) == 0) found.problem.erase(0, file.size());
  return found;
}

std::string gzip(const std::string& plain) {
  z_stream stream{};
  fuzz::expect(::deflateInit2(&stream, 1, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK, "zlib starts");
  std::string packed(::deflateBound(&stream, plain.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
  stream.avail_in = static_cast<uInt>(plain.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  fuzz::expect(::deflate(&stream, Z_FINISH) == Z_STREAM_END, "zlib packs");
  packed.resize(packed.size() - stream.avail_out);
  ::deflateEnd(&stream);
  return packed;
}

void expect_same(const Read& a, const Read& b, const std::string& what) {
  const TraceHeader& x = a.header;
  const TraceHeader& y = b.header;
  fuzz::expect(a.problem == b.problem, what + " has the same problem: '" + a.problem + "', '" + b.problem + "'");
  fuzz::expect(x.model == y.model && x.dtype == y.dtype && x.batch == y.batch && x.source == y.source &&
                   x.num_key_value_heads == y.num_key_value_heads && x.sliding_window == y.sliding_window &&
                   x.vocab_size == y.vocab_size && x.weight_dtype == y.weight_dtype &&
                   x.activation_dtype == y.activation_dtype && x.marks_passes == y.marks_passes &&
                   x.last_layer == y.last_layer,
               what + " has the same header");
  fuzz::expect(a.events.size() == b.events.size(), what + " has as many events");
  for (std::size_t i = 0; i < a.events.size(); ++i) {
    const std::string difference = first_difference(a.events[i], b.events[i]);
    if (!difference.empty()) fuzz::fail(what + " differs: " + difference);
  }
}

void expect_written_the_same(const std::string& file, const Read& first) {
  const std::string written = fuzz::scratch_path("written.jsonl");
  fuzz::expect_accepted("a trace that was read", [&] {
    JsonlReader reader(file);
    write_trace(written, reader);
  });
  expect_same(first, read(written), "what was written");
}

void expect_summary(const std::string& file) {
  fuzz::expect_accepted("a trace that was read", [&] {
    JsonlReader reader(file);
    to_text(summarise(reader));
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string content = fuzz::text_of(data, size);
  const std::string file = fuzz::scratch_file("trace.jsonl", content);
  const Read first = read(file);
  const bool is_gzip = content.compare(0, 2, "\x1f\x8b") == 0;
  if (!is_gzip && !content.empty())
    expect_same(first, read(fuzz::scratch_file("trace.jsonl.gz", gzip(content))), "the packed trace");
  if (!first.problem.empty()) return 0;
  expect_written_the_same(file, first);
  expect_summary(file);
  return 0;
}
