/// Reads documents as files are read, for variants_test.py: a line of standard input is a kind and a document
/// ("scenario {…}"), a line of standard output what is wrong with it, or "ok".
#include <fstream>
#include <iostream>
#include <string>

#include "architecture/architecture_reader.hpp"
#include "platform/platform_file.hpp"
#include "scenario/scenario_reader.hpp"
#include "upmem_des/util/error.hpp"

namespace {

std::string problem_of(const std::string& kind, const std::string& path) {
  try {
    if (kind == "scenario")
      upmem_des::load_scenario(path);
    else if (kind == "platform")
      upmem_des::read_platform_file(path);
    else
      upmem_des::read_architectures(path);
  } catch (const upmem_des::InputError& error) {
    return error.what();
  }
  return "ok";
}

}  // namespace

/// The folder to write the documents in.
int main(int argc, char** argv) {
  if (argc != 2) return 2;
  for (std::string line; std::getline(std::cin, line);) {
    const std::size_t space = line.find(' ');
    const std::string kind = line.substr(0, space);
    const std::string path = std::string(argv[1]) + "/" + kind + ".yaml";
    std::ofstream(path) << line.substr(space + 1) << "\n";
    std::cout << problem_of(kind, path) << "\n";
  }
  return 0;
}
