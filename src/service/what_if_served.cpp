#include "service/what_if_served.hpp"

#include <variant>

#include "run/child_answer.hpp"
#include "run/what_if.hpp"
#include "service/checked_serving.hpp"
#include "upmem_des/report/json_result.hpp"
#include "upmem_des/report/serving_json.hpp"

namespace upmem_des {

namespace {

std::optional<double> mean_of(const SpreadOf& spread) {
  return spread.count > 0 ? std::optional(spread.mean) : std::nullopt;
}

ServingRun serve_isolated(const Scenario& scenario) {
  const auto work = [&scenario] {
    const CheckedServing checked = check_serving(scenario, [](const std::string&) {});
    return serving_json(serve(*checked.prepared, *checked.requests, {}));
  };
  return std::get<ServingRun>(parse_any_result_json(answer_of_child(work), "simulation"));
}

}  // namespace

std::vector<ServedWhatIf> what_if_served_twice(const Scenario& scenario) {
  std::vector<ServedWhatIf> answers;
  for (const auto& [what, factor, faster] : each_twice_as_fast(scenario)) {
    const ServingResult served = serve_isolated(faster).serving;
    answers.push_back({what, factor, mean_of(served.time_to_first_token_s), mean_of(served.time_per_output_token_s),
                       served.per_second(served.output_tokens)});
  }
  return answers;
}

}  // namespace upmem_des
