/// Runs a fuzz target on the files of a folder, without libFuzzer. The last name printed is that of the file at fault.
#include <algorithm>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <vector>

#include "fuzz/fuzzing.hpp"

int main(int argc, char** argv) {
  std::vector<std::filesystem::path> files;
  LLVMFuzzerInitialize(&argc, &argv);
  for (int i = 1; i < argc; ++i) {
    if (!std::filesystem::is_directory(argv[i])) {
      files.emplace_back(argv[i]);
      continue;
    }
    for (const auto& entry : std::filesystem::directory_iterator(argv[i])) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  if (files.empty()) {
    std::cerr << "no files; expected those of a corpus\n";
    return 2;
  }
  for (const std::filesystem::path& path : files) {
    std::cout << path.string() << std::endl;
    std::ifstream file(path, std::ios::binary);
    const std::vector<char> content{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    try {
      LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(content.data()), content.size());
    } catch (const std::exception& error) {
      std::cerr << "finding: thrown: " << error.what() << '\n';
      return 1;
    }
  }
  return 0;
}
