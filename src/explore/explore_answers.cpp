#include "explore/explore_answers.hpp"

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>

#include "explore/explore_settings.hpp"
#include "explore/shell_words.hpp"
#include "upmem_des/util/error.hpp"
#include "util/json_text.hpp"
#include "util/number_text.hpp"

namespace upmem_des {

namespace {

constexpr int failed = 1;
constexpr int bad_input = 2;
constexpr const char* program = "upmem-des";
constexpr std::string_view error_mark = "upmem-des: error: ";
constexpr std::string_view warning_mark = "upmem-des: warning: ";

/// The lines that begin with a mark, without it.
std::vector<std::string> marked_lines(const std::string& text, std::string_view mark) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = std::string_view(text).substr(at, end - at);
    if (line.substr(0, mark.size()) == mark) lines.emplace_back(line.substr(mark.size()));
    at = end + 1;
  }
  return lines;
}

/// On one line: line breaks stand only between tokens.
std::string on_one_line(const std::string& json) {
  std::string line;
  line.reserve(json.size());
  bool is_indentation = false;
  for (const char c : json) {
    is_indentation = c == '\n' || (is_indentation && c == ' ');
    if (!is_indentation) line += c;
  }
  return line;
}

std::string json_list(const std::vector<std::string>& texts) {
  std::string list = "[";
  for (const std::string& text : texts) list += (list.size() > 1 ? "," : "") + json_text(text);
  return list + "]";
}

std::vector<std::string> with(std::vector<std::string> words, const std::vector<std::string>& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

}  // namespace

std::string explore_error(const std::string& begin, const std::string& message, int code) {
  return begin + "\"error\":" + json_text(message) + ",\"control\":" + json_text(control_of(message)) +
         ",\"code\":" + std::to_string(code) + "}";
}

ExploreAnswers::ExploreAnswers(Explored explored, RunWorker& worker) : explored_(std::move(explored)), worker_(worker) {
  offer();
}

std::string ExploreAnswers::offer() {
  const std::lock_guard<std::mutex> lock(mutex_);
  const Scenario scenario = explored_.load();
  check_explored(scenario);
  offer_ = std::make_shared<const ExploreOffer>(explore_offer(scenario));
  return offer_json(*offer_);
}

std::shared_ptr<const ExploreOffer> ExploreAnswers::known() {
  const std::lock_guard<std::mutex> lock(mutex_);
  return offer_;
}

std::vector<std::string> ExploreAnswers::arguments_of(const ExploreChoices& choices,
                                                      const std::vector<std::string>& more) {
  std::vector<std::string> words = with({"run"}, explored_.words);
  for (const std::string& setting : explore_settings(choices, *known())) words = with(words, {"--set", setting});
  return with(words, more);
}

/// `shown` is the command that is shown, `hidden` what the run has beside it.
std::string ExploreAnswers::answer(const std::string& begin, const std::vector<std::string>& shown,
                                   const std::vector<std::string>& hidden, const Obsolete& obsolete) {
  const auto start = std::chrono::steady_clock::now();
  const std::string head = begin + "\"command\":" + json_text(shell_command(with({program}, shown))) + ",";
  RunOutcome outcome;
  try {
    outcome = worker_.run(with(shown, hidden), obsolete);
  } catch (const SimulationError& error) {
    return explore_error(head, error.what(), failed);
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  switch (outcome.end) {
    case RunOutcome::End::Obsolete:
      return begin + "\"obsolete\":true}";
    case RunOutcome::End::TookTooLong:
      return explore_error(head, "the run took longer than allowed; expected a smaller one, or explore --limit",
                           failed);
    case RunOutcome::End::Lost:
      return explore_error(head, "the process that runs was ended; the next run starts another", failed);
    case RunOutcome::End::Exited:
      break;
  }
  if (outcome.code != 0) {
    const std::vector<std::string> errors = marked_lines(outcome.words, error_mark);
    const std::string message =
        errors.empty() ? "the run ended with exit code " + std::to_string(outcome.code) : errors.back();
    return explore_error(head, message, outcome.code);
  }
  return head + "\"warnings\":" + json_list(marked_lines(outcome.words, warning_mark)) +
         ",\"seconds\":" + number_text(seconds) + ",\"result\":" + on_one_line(outcome.output) + "}";
}

std::string ExploreAnswers::run(const ExploreRequest& request, const Obsolete& obsolete) {
  try {
    std::vector<std::string> more;
    if (request.allow_overflow) more = {"--set", "simulation.allow_overflow=true"};
    std::vector<std::string> hidden{"--json", "-"};
    if (request.what_if) hidden.emplace_back("--what-if");
    return answer("{", arguments_of(request.choices, more), hidden, obsolete);
  } catch (const InputError& error) {
    return explore_error("{", error.what(), bad_input);
  }
}

std::string ExploreAnswers::curve_command(const ExploreRequest& request) {
  std::string batches;
  for (const std::int64_t batch : request.batches) batches += " " + std::to_string(batch);
  return "for batch in" + batches + "; do " +
         shell_command(with({program}, arguments_of(request.choices.without("batch"), {}))) +
         " --set workload.batch=\"$batch\" --json -; done";
}

std::string ExploreAnswers::point(const ExploreRequest& request, std::int64_t batch, const Obsolete& obsolete) {
  const std::string begin = "{\"batch\":" + std::to_string(batch) + ",";
  try {
    const std::string setting = "workload.batch=" + std::to_string(batch);
    return answer(begin, arguments_of(request.choices.without("batch"), {"--set", setting}), {"--json", "-"}, obsolete);
  } catch (const InputError& error) {
    return explore_error(begin, error.what(), bad_input);
  }
}

}  // namespace upmem_des
