#include "trace_files.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <zlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "upmem_des/trace/jsonl_reader.hpp"
#include "upmem_des/trace/layer_event.hpp"
#include "upmem_des/util/error.hpp"

namespace fs = std::filesystem;
using namespace upmem_des;

const std::string header_line =
    "{\"format\":\"upmem-des-trace\",\"version\":1,\"model\":\"m\",\"dtype\":\"int8\",\"batch\":1,\"source\":\"s\"}\n";

TemporaryFolder::TemporaryFolder() : folder_(testing::TempDir() + "/upmem-des-trace-XXXXXX") {
  if (::mkdtemp(folder_.data()) == nullptr) throw std::runtime_error("no temporary folder");
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code error;
  fs::remove_all(folder_, error);
}

std::string TemporaryFolder::write(const std::string& name, std::string_view bytes) const {
  std::ofstream(path(name), std::ios::binary) << bytes;
  return path(name);
}

std::vector<std::string> TemporaryFolder::files() const {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder_)) names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

EventLine::EventLine()
    : fields_{{"seq", "0"},
              {"kind", "\"layer\""},
              {"type", "\"Linear\""},
              {"name", "\"q_proj\""},
              {"id", "3"},
              {"phase", "\"prefill\""},
              {"step", "0"},
              {"input_shape", "[1,4,8]"},
              {"weight_shape", "[8,16]"},
              {"output_shape", "[1,4,16]"}} {}

EventLine EventLine::function() {
  EventLine line;
  line.set("kind", "\"function\"").set("type", "\"softmax\"").set("name", "\"attn_weights\"").set("id", "null");
  line.set("input_shape", "[2,3]").set("weight_shape", "null").set("output_shape", "[2,3]");
  return line;
}

EventLine& EventLine::set(const std::string& key, const std::string& json) {
  for (auto& field : fields_)
    if (field.first == key) {
      field.second = json;
      return *this;
    }
  fields_.emplace_back(key, json);
  return *this;
}

EventLine& EventLine::remove(const std::string& key) {
  fields_.erase(std::remove_if(fields_.begin(), fields_.end(), [&](const auto& field) { return field.first == key; }),
                fields_.end());
  return *this;
}

std::string EventLine::str() const {
  std::string text = "{";
  for (const auto& [key, json] : fields_) text += (text.size() == 1 ? "\"" : ",\"") + key + "\":" + json;
  return text + "}";
}

std::string read_bytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string read_text(const std::string& path) {
  const gzFile file = ::gzopen(path.c_str(), "rb");
  std::string text, chunk(1 << 16, '\0');
  for (int count = 0; (count = ::gzread(file, chunk.data(), static_cast<unsigned>(chunk.size()))) > 0;)
    text.append(chunk, 0, static_cast<std::size_t>(count));
  EXPECT_EQ(::gzclose(file), Z_OK) << path;
  return text;
}

std::string gzip(std::string_view text) {
  z_stream stream{};
  ::deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string packed(::deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  EXPECT_EQ(::deflate(&stream, Z_FINISH), Z_STREAM_END);
  packed.resize(stream.total_out);
  ::deflateEnd(&stream);
  return packed;
}

std::vector<LayerEvent> read_events(const std::string& path) {
  JsonlReader reader(path);
  std::vector<LayerEvent> events;
  LayerEvent event;
  while (reader.next(event)) events.push_back(event);
  EXPECT_FALSE(reader.next(event));
  return events;
}

std::string reading_error(const std::string& path) {
  try {
    read_events(path);
  } catch (const InputError& error) {
    std::string message = error.what();
    if (message.compare(0, path.size(), path) == 0) message.replace(0, path.size(), "F");
    return message;
  }
  return {};
}

std::vector<std::string> golden_traces() {
  std::vector<std::string> paths;
  for (const auto& entry : fs::directory_iterator(GOLDEN_DIR))
    if (fs::exists(entry.path() / "expected.json")) paths.push_back((entry.path() / "trace.jsonl.gz").string());
  std::sort(paths.begin(), paths.end());
  return paths;
}
