#include "requests/arrivals/arrivals.hpp"

#include <stdexcept>
#include <utility>

namespace upmem_des {

void ArrivalProcess::ended(std::int64_t, double) {}

const std::vector<ArrivalForm>& arrival_forms() {
  static const std::vector<ArrivalForm> forms{poisson_arrivals(), gamma_arrivals(), constant_arrivals(),
                                              burst_arrivals(),   closed_loop(),    stage_arrivals(),
                                              session_arrivals()};
  return forms;
}

const ArrivalForm& arrival_form(const std::string& name) {
  for (const ArrivalForm& form : arrival_forms())
    if (form.name == name) return form;
  throw std::logic_error("no process '" + name + "'");
}

NumberRule rate_rule() {
  return {"rate", least_rate_per_s, most_rate_per_s};
}

NumberRule seconds_rule(std::string key) {
  return {std::move(key), 0, most_seconds};
}

NumberRule optional_rule(NumberRule rule) {
  rule.need = NumberRule::Need::optional;
  return rule;
}

}  // namespace upmem_des
