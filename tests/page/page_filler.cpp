/// Makes a page of saved results: page_filler OUT.html TIMELINE.json|- LABEL A.json [LABEL B.json …]
#include <exception>
#include <fstream>
#include <iostream>
#include <sstream>

#include "upmem_des/report/html_report.hpp"
#include "upmem_des/report/json_result.hpp"

namespace {

std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) throw std::runtime_error("cannot read " + path);
  return text.str();
}

void fill(const std::vector<std::string>& words) {
  std::vector<upmem_des::PageResult> results;
  for (std::size_t i = 2; i + 1 < words.size(); i += 2) {
    results.push_back({words[i], upmem_des::parse_result_json(content(words[i + 1]), words[i + 1])});
  }
  std::ofstream page(words[0], std::ios::binary);
  page << upmem_des::html_report(results, words[1] == "-" ? "" : content(words[1]));
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() < 4) return 2;
  try {
    fill(words);
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
  return 0;
}
