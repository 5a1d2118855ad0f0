/// A tokenizer.json, and texts in its tokens.
#include <cstdint>
#include <memory>
#include <vector>

#include "fuzz/fuzzing.hpp"
#include "token_pipeline/token_pipeline.hpp"

using namespace upmem_des;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::unique_ptr<const TokenPipeline> pipeline;
  const std::string json = fuzz::text_of(data, size);
  if (!fuzz::accepts([&] { pipeline = std::make_unique<const TokenPipeline>(json, "tokenizer.json"); })) return 0;
  for (const char* text :
       {"", "Hello, world!  12345", "Ünïcode \xF0\x9F\x99\x82 \xE4\xBD\xA0\xE5\xA5\xBD\n\t'll", "</s><s> [MASK]"}) {
    std::vector<std::int64_t> ids;
    if (!fuzz::accepts([&] { ids = pipeline->encode(text); })) continue;
    for (const std::int64_t id : ids) fuzz::expect(id >= 0, "ids are not negative");
    fuzz::accepts([&] { pipeline->decode(ids); });
  }
  fuzz::accepts([&] { pipeline->decode({0, 1, 2, 1'000'000'000}); });
  fuzz::expect(!fuzz::accepts([&] { pipeline->encode("\xFF"); }), "a text that is not UTF-8 is refused");
  return 0;
}
