/// A result of `run --json`, of a batch or of served requests, and the reports that are made of it.
#include <cctype>
#include <variant>

#include "fuzz/fuzzing.hpp"
#include "page/page_template.hpp"
#include "report/compared_runs.hpp"
#include "report/csv_report.hpp"
#include "report/json_report.hpp"
#include "report/served_comparison.hpp"
#include "upmem_des/report/comparison.hpp"
#include "upmem_des/report/html_report.hpp"
#include "upmem_des/report/json_result.hpp"
#include "upmem_des/report/serving_json.hpp"
#include "upmem_des/report/serving_text.hpp"
#include "upmem_des/report/text_report.hpp"

using namespace upmem_des;

namespace {

/// What is printed on a terminal holds nothing that steers it.
void expect_printable(const std::string& text) {
  for (const char c : text)
    if ((static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7f) fuzz::fail("a table with control characters");
}

void compare(const SimulationResult& result) {
  const std::vector<std::string> names = result_names({"a.json", "b/a.json"});
  const std::vector<NamedResult> named{{names[0], &result}, {names[1], &result}};
  expect_printable(compared_runs_text(named));
  expect_printable(comparison_text(with_short_names(named)));
}

void check(const ServingRun& run) {
  const std::string written = serving_json(run);
  AnyResult again;
  fuzz::expect_accepted("a served result that was read",
                        [&] { again = parse_any_result_json(written, "written.json"); });
  const ServingRun& same = std::get<ServingRun>(again);
  fuzz::expect(serving_json(same) == written, "a served result that is written and read again is the same");
  expect_printable(serving_text(run));
  fuzz::expect(serving_text(same) == serving_text(run), "its summary is the same");
  expect_printable(served_comparison_text({{"a", &run}, {"b", &same}}));
  if (has_page()) served_html_report({{"result", run}});
}

void check(const SimulationResult& result) {
  const std::string written = result_json(result);
  SimulationResult again;
  fuzz::expect_accepted("a result that was read", [&] { again = parse_result_json(written, "written.json"); });
  fuzz::expect(result_json(again) == written, "a result that is written and read again is the same");
  expect_printable(result_text(result));
  fuzz::expect(result_text(again) == result_text(result), "its summary is the same");
  fuzz::expect(result_csv(again) == result_csv(result), "its table is the same");
  compare(result);
  if (has_page()) html_report({{"result", result}}, "");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  AnyResult result;
  const std::string text = fuzz::text_of(data, size);
  if (!fuzz::accepts([&] { result = parse_any_result_json(text, "result.json"); })) return 0;
  std::visit([](const auto& one) { check(one); }, result);
  return 0;
}
