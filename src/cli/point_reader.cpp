#include "cli/point_reader.hpp"

#include <iostream>

#include "json/json_node.hpp"
#include "util/bounded_file.hpp"

namespace upmem_des {

namespace {

constexpr const char* expected_point = R"(a JSON array of settings, such as ["workload.batch=8"])";

}  // namespace

PointReader::PointReader(const std::string& path)
    : where_{path == "-" ? "standard input" : path}, stream_(path == "-" ? std::cin : file_) {
  if (path == "-") return;
  expect_file_or_stream(path, "a file of points");
  file_.open(path, std::ios::binary);
  if (!file_) throw InputError(where_, "cannot be read");
}

bool PointReader::next(std::vector<std::string>& settings) {
  std::string line;
  if (!next_line(line)) {
    if (where_.line == 0) throw InputError(where_, "no points; expected a JSON array of settings on each line");
    return false;
  }
  const JsonDocument point(line, where_.file, expected_point, where_.line);
  if (!point.root().is_list()) throw InputError(where_, point.root().shown() + "; expected " + expected_point);
  settings.clear();
  for (const JsonNode& item : point.root().items()) {
    if (!item.is_text()) item.fail(item.shown() + "; expected " + expected_point);
    settings.push_back(item.text());
  }
  return true;
}

bool PointReader::next_line(std::string& line) {
  using Traits = std::istream::traits_type;
  std::streambuf& bytes = *stream_.rdbuf();
  Traits::int_type c = bytes.sbumpc();
  if (Traits::eq_int_type(c, Traits::eof())) return false;
  ++where_.line;
  for (; !Traits::eq_int_type(c, Traits::eof()) && c != '\n'; c = bytes.sbumpc()) {
    if (line.size() == max_line)
      throw InputError(where_,
                       "a line of more than " + std::to_string(max_line) + " bytes; expected " + expected_point);
    line += Traits::to_char_type(c);
  }
  return true;
}

}  // namespace upmem_des
