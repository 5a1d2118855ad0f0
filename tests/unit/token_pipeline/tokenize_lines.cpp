/// What TokenPipeline makes of texts, for scripts/compare_tokenizers.py:
///   tokenize_lines TOKENIZER.JSON < TEXTS
/// Each line of TEXTS is a JSON text; the answer is a line {"ids": […], "text": "…"}, or {"error": "…"}. At the end the
/// seconds of CPU that encoding took go to standard error.
#include <ctime>
#include <fstream>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>

#include "token_pipeline/token_pipeline.hpp"
#include "upmem_des/util/error.hpp"

namespace {

double cpu_s() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) return 2;
  try {
    std::ifstream file(arguments[1], std::ios::binary);
    const std::string json((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    const double start_s = cpu_s();
    const upmem_des::TokenPipeline pipeline(json, arguments[1]);
    const double loading_s = cpu_s() - start_s;
    double encoding_s = 0;
    std::size_t bytes = 0;
    for (std::string line; std::getline(std::cin, line);) {
      const std::string text = nlohmann::json::parse(line).get<std::string>();
      nlohmann::json answer;
      try {
        const double before_s = cpu_s();
        const std::vector<std::int64_t> ids = pipeline.encode(text);
        encoding_s += cpu_s() - before_s;
        bytes += text.size();
        answer = {{"ids", ids}, {"text", pipeline.decode(ids)}};
      } catch (const upmem_des::InputError& error) {
        answer = {{"error", error.what()}};
      }
      std::cout << answer.dump() << "\n";
    }
    std::cerr << "loaded in " << loading_s << " s; " << bytes << " bytes encoded in " << encoding_s << " s\n";
  } catch (const upmem_des::InputError& error) {
    std::cerr << error.what() << "\n";
    return 2;
  }
  return 0;
}
