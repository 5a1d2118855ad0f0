#include "cli/point_reader.hpp"

#include <iostream>
#include <nlohmann/json.hpp>

#include "util/bounded_file.hpp"

namespace upmem_des {

namespace {

constexpr const char* expected_point = R"(; expected a JSON array of settings, such as ["workload.batch=8"])";

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
  const auto point = nlohmann::json::parse(line, nullptr, false);
  if (point.is_discarded()) throw InputError(where_, std::string("not JSON") + expected_point);
  if (!point.is_array()) throw InputError(where_, std::string("not an array") + expected_point);
  settings.clear();
  for (const auto& item : point) {
    if (!item.is_string())
      throw InputError(where_, "item " + std::to_string(settings.size()) + " is no text" + expected_point);
    settings.push_back(item.get<std::string>());
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
      throw InputError(where_, "a line of more than " + std::to_string(max_line) + " bytes" + expected_point);
    line += Traits::to_char_type(c);
  }
  return true;
}

}  // namespace upmem_des
