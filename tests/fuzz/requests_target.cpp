/// A file of requests, CSV or a JSON object a line, read whole and then one by one.
#include <cmath>
#include <cstdint>

#include "fuzz/fuzzing.hpp"
#include "requests/request_source.hpp"
#include "requests/requests_section.hpp"

using namespace upmem_des;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text = fuzz::text_of(data, size);
  const bool is_json = !text.empty() && text.front() == '{';
  RequestsSection section;
  section.file.emplace();
  section.file->path = fuzz::scratch_file(is_json ? "requests.jsonl" : "requests.csv", text);
  RequestFileFacts facts;
  if (!fuzz::accepts([&] { facts = check_request_file(section); })) return 0;
  fuzz::expect_accepted("a file that was checked", [&] {
    const auto source = make_request_source(section);
    std::int64_t requests = 0;
    double before_s = 0;
    for (; const auto arrival_s = source->next_arrival_s(); ++requests) {
      const Request request = source->take();
      fuzz::expect(std::isfinite(*arrival_s) && *arrival_s >= before_s, "requests come in order of time");
      fuzz::expect(request.prompt_tokens > 0 && request.output_tokens > 0, "requests have tokens");
      fuzz::expect(request.prompt_tokens + request.output_tokens <= facts.most_tokens,
                   "no request has more than the most");
      before_s = *arrival_s;
    }
    fuzz::expect(requests == facts.requests, "there are as many requests as were counted");
  });
  return 0;
}
