#include "timeline/chart/chart_part.hpp"

#include <fmt/format.h>

#include "util/json_text.hpp"
#include "util/number_text.hpp"

namespace upmem_des {

void ChartPart::choose(const std::string& window_text) {
  if (list_.all_fit()) {
    whole_ = window_text.empty();
    text_ = whole_ ? std::string("all of ") + to_string(phase_) : window_text;
    return;
  }
  if (!window_text.empty()) {
    text_ = fmt::format("the first {} activities of {}; the others are left out", list_.size(), window_text);
  } else if (list_.keep_whole_steps()) {
    text_ = list_.steps_text() +
            (list_.lacks_steps() ? "; later ones are left out" : "; the transfer that ends the run is left out");
  } else {
    const double time_s = list_.end_s() - list_.start_s();
    const Scale scale = scale_for(time_s, "s");
    const std::string step = list_.steps_text();
    text_ = fmt::format("the first {} {}{}; the rest is left out", rounded_plain(time_s / scale.factor, 3), scale.unit,
                        step.empty() ? "" : " of " + step);
  }
}

std::string ChartPart::json() const {
  return fmt::format(
      "{{\"phase\": \"{}\", \"window\": {{\"text\": {}, \"whole\": {}, \"start_s\": {}, \"end_s\": {}, "
      "\"activities\": {}}},\n{}}}",
      to_string(phase_), json_text(text_), whole_, list_.start_s(), list_.end_s(), list_.size(), list_.json());
}

}  // namespace upmem_des
