/// Results as a page of charts.
#pragma once

#include <string>
#include <vector>

#include "upmem_des/result/serving_result.hpp"
#include "upmem_des/result/simulation_result.hpp"

namespace upmem_des {

/// A result and what the page calls it.
struct PageResult {
  std::string label;
  SimulationResult result;
};

/// The same of requests that were served.
struct ServedPageResult {
  std::string label;
  ServingRun run;
};

/// Throws InputError in a program without the page.
void require_page();

/// One HTML document that needs nothing else, with the numbers of write_json(); two or more results stand side by
/// side. `timeline_json`: what the first one's run did in the course of time, the "timeline" of the page's data; "" for
/// none. Throws InputError where there are no results, and as require_page() does.
std::string html_report(const std::vector<PageResult>& results, const std::string& timeline_json);

/// The same with the numbers of serving_json(). What went on over time is in the results.
std::string served_html_report(const std::vector<ServedPageResult>& results);

}  // namespace upmem_des
