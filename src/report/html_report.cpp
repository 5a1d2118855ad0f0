#include "upmem_des/report/html_report.hpp"

#include <fmt/format.h>

#include <string_view>

#include "page/page_template.hpp"
#include "report/json_report.hpp"
#include "upmem_des/report/serving_json.hpp"
#include "upmem_des/util/error.hpp"
#include "util/harmless_text.hpp"
#include "util/json_text.hpp"

namespace upmem_des {

namespace {

/// Text of a document, whatever stands in it.
std::string html_text(const std::string& text) {
  std::string escaped;
  for (const char c : one_line(text)) {
    if (c == '&') {
      escaped += "&amp;";
    } else if (c == '<') {
      escaped += "&lt;";
    } else if (c == '>') {
      escaped += "&gt;";
    } else {
      escaped += c;
    }
  }
  return escaped;
}

/// JSON as it may stand in a script element: '<' occurs only inside strings, where \u003c is the same; without one
/// neither "</script" nor "<!--" can end or change the element. Line breaks occur only between tokens, and go with
/// the indentation that follows them.
std::string script_json(const std::string& json) {
  std::string safe;
  safe.reserve(json.size());
  bool indentation = false;
  for (const char c : json) {
    indentation = c == '\n' || (indentation && c == ' ');
    if (indentation) continue;
    if (c == '<') {
      safe += "\\u003c";
    } else {
      safe += c;
    }
  }
  return safe;
}

/// A result as JSON, and what the page calls it.
struct LabelledJson {
  std::string label;
  std::string json;
};

std::string page_data(const std::vector<LabelledJson>& results, const std::string& timeline_json) {
  std::string data =
      R"({"format":"upmem-des-page","version":1,"program":"upmem-des )" UPMEM_DES_VERSION R"(","results":[)";
  for (std::size_t i = 0; i < results.size(); ++i) {
    if (i > 0) data += ',';
    data += R"({"label":)" + json_text(results[i].label) + R"(,"result":)" + results[i].json + '}';
  }
  return data + R"(],"timeline":)" + (timeline_json.empty() ? "null" : timeline_json) + '}';
}

std::string filled_page(const std::vector<LabelledJson>& results, const std::string& timeline_json) {
  if (results.empty()) throw InputError("a page needs a result; there is none");
  require_page();
  const std::string title =
      results.size() == 1 ? results.front().label : fmt::format("{} results compared", results.size());
  const std::string_view page = page_template();
  const std::size_t title_at = page.find(page_title_mark);
  const std::size_t data_at = page.find(page_data_mark);
  std::string document(page.substr(0, title_at));
  document += html_text(title);
  document += page.substr(title_at + page_title_mark.size(), data_at - title_at - page_title_mark.size());
  document += script_json(page_data(results, timeline_json));
  document += page.substr(data_at + page_data_mark.size());
  return document;
}

}  // namespace

void require_page() {
  if (!has_page())
    throw InputError("this program was built without the page (UPMEM_DES_PAGE); build it with -DUPMEM_DES_PAGE=ON");
}

std::string html_report(const std::vector<PageResult>& results, const std::string& timeline_json) {
  std::vector<LabelledJson> labelled;
  for (const PageResult& one : results) labelled.push_back({one.label, result_json(one.result)});
  return filled_page(labelled, timeline_json);
}

std::string served_html_report(const std::vector<ServedPageResult>& results) {
  std::vector<LabelledJson> labelled;
  for (const ServedPageResult& one : results) labelled.push_back({one.label, serving_json(one.run)});
  return filled_page(labelled, "");
}

}  // namespace upmem_des
