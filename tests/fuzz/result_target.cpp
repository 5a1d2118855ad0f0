/// A result of `run --json`, and the reports that are made of it.
#include <cctype>

#include "fuzz/fuzzing.hpp"
#include "page/page_template.hpp"
#include "report/compared_runs.hpp"
#include "report/comparison.hpp"
#include "report/csv_report.hpp"
#include "report/html_report.hpp"
#include "report/json_report.hpp"
#include "report/json_result.hpp"
#include "report/text_report.hpp"

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

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  SimulationResult result;
  const std::string text = fuzz::text_of(data, size);
  if (!fuzz::accepts([&] { result = parse_result_json(text, "result.json"); })) return 0;
  const std::string written = result_json(result);
  SimulationResult again;
  fuzz::expect_accepted("a result that was read", [&] { again = parse_result_json(written, "written.json"); });
  fuzz::expect(result_json(again) == written, "a result that is written and read again is the same");
  expect_printable(result_text(result));
  fuzz::expect(result_text(again) == result_text(result), "its summary is the same");
  fuzz::expect(result_csv(again) == result_csv(result), "its table is the same");
  compare(result);
  if (has_page()) html_report({{"result", result}}, "");
  return 0;
}
