#include "profiler/decoder/memory_need.hpp"

#include <algorithm>
#include <fstream>
#include <limits>

#include "upmem_des/number/number_format.hpp"
#include "upmem_des/util/error.hpp"
#include "util/number_text.hpp"

namespace upmem_des::profiler {

double memory_need(const DecoderConfig& config, const DecoderRun& run, const ModelElements& elements) {
  constexpr double float32_bytes = 4;
  const double bytes = bytes_per_element(run.dtype);
  const auto batch = static_cast<double>(run.batch);
  const auto prompt = static_cast<double>(run.prompt_tokens);
  const auto total = static_cast<double>(run.prompt_tokens + run.output_tokens);
  const auto heads = static_cast<double>(config.num_attention_heads);
  const double cache = batch * total * elements.cache_row * bytes;
  const double logits =
      batch * (run.logits == Logits::all ? prompt : 1) * static_cast<double>(config.vocab_size) * bytes;
  const double scores = batch * heads * std::max(prompt * prompt, total) * (float32_bytes + bytes);
  const double expanded = batch * prompt * elements.expanded_row * bytes;
  const double mlp = 3 * batch * prompt * static_cast<double>(config.intermediate_size) * bytes;
  return elements.weights * bytes + cache + std::max({logits, scores + expanded, mlp});
}

double available_memory(const std::string& file) {
  std::ifstream input(file);
  constexpr double kibibyte = 1024;
  for (std::string line; std::getline(input, line);) {
    constexpr const char* key = "MemAvailable:";
    if (line.rfind(key, 0) != 0) continue;
    double kibibytes = 0;
    std::string number = line.substr(std::string(key).size());
    number.erase(0, number.find_first_not_of(" \t"));
    if (parse_number(number.substr(0, number.find(' ')), kibibytes)) return kibibytes * kibibyte;
  }
  return std::numeric_limits<double>::infinity();
}

void check_memory(const DecoderConfig& config, double need, double available) {
  if (need <= available) return;
  throw InputError({config.source}, "running this model takes " + quantity_text(need, "B", 3) + " of memory and " +
                                        quantity_text(available, "B", 3) +
                                        " are free; expected a smaller model or run, a shorter dtype, or sim_compute");
}

}  // namespace upmem_des::profiler
