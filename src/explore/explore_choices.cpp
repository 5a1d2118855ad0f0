#include "explore/explore_choices.hpp"

#include <algorithm>
#include <utility>

#include "json/json_node.hpp"
#include "upmem_des/util/error.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

namespace {

constexpr std::size_t longest_choice = 200;
constexpr std::size_t longest_page_name = 64;
constexpr const char* origin = "request";

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

bool is_known(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// An object with these keys and no others.
JsonNode checked_root(const JsonDocument& document, const std::vector<std::string>& known) {
  const JsonNode root = document.root();
  for (const std::string& key : root.keys())
    if (!is_known(known, key))
      throw InputError({origin},
                       "unknown key '" + key + "'; expected one of " + listed(known) + did_you_mean(key, known));
  return root;
}

ExploreRequest read_common(const JsonNode& root) {
  ExploreRequest request;
  request.page = root.at("page").text();
  if (request.page.empty() || request.page.size() > longest_page_name)
    root.at("page").fail("expected a text of 1 to " + std::to_string(longest_page_name) + " bytes");
  if (root.has("choices")) request.choices = ExploreChoices(root.at("choices").texts());
  return request;
}

}  // namespace

const std::vector<std::string>& explore_controls() {
  static const std::vector<std::string> names{
      "model", "machine",       "device",        "tp",    "pp",           "dp",      "cp", "ep",
      "batch", "prompt_tokens", "output_tokens", "dtype", "weight_dtype", "kv_dtype"};
  return names;
}

ExploreChoices::ExploreChoices(std::vector<std::pair<std::string, std::string>> choices)
    : choices_(std::move(choices)) {
  for (std::size_t i = 0; i < choices_.size(); ++i) {
    const auto& [control, text] = choices_[i];
    const SourceLocation where{origin};
    if (!is_known(explore_controls(), control))
      throw InputError(where, "choices." + control,
                       "is no control; expected one of " + listed(explore_controls(), explore_controls().size()) +
                           did_you_mean(control, explore_controls()));
    for (std::size_t other = 0; other < i; ++other)
      if (choices_[other].first == control) throw InputError(where, "choices." + control, "is chosen twice");
    if (text.size() > longest_choice || std::any_of(text.begin(), text.end(), is_control))
      throw InputError(
          where, "choices." + control,
          "expected a text of at most " + std::to_string(longest_choice) + " bytes without control characters");
  }
}

const std::string* ExploreChoices::find(const std::string& control) const {
  for (const auto& [name, text] : choices_)
    if (name == control) return &text;
  return nullptr;
}

ExploreChoices ExploreChoices::without(const std::string& control) const {
  auto choices = choices_;
  choices.erase(std::remove_if(choices.begin(), choices.end(), [&](const auto& one) { return one.first == control; }),
                choices.end());
  return ExploreChoices(std::move(choices));
}

ExploreRequest read_explore_run(const std::string& json) {
  const JsonDocument document(json, origin, "a request", no_lines);
  const JsonNode root = checked_root(document, {"page", "choices", "what_if", "allow_overflow"});
  ExploreRequest request = read_common(root);
  request.what_if = root.has("what_if") && root.at("what_if").truth();
  request.allow_overflow = root.has("allow_overflow") && root.at("allow_overflow").truth();
  return request;
}

ExploreRequest read_explore_curve(const std::string& json) {
  const JsonDocument document(json, origin, "a request", no_lines);
  const JsonNode root = checked_root(document, {"page", "choices", "batches"});
  ExploreRequest request = read_common(root);
  const JsonNode list = root.at("batches");
  for (const JsonNode& batch : list.items()) request.batches.push_back(batch.count());
  if (request.batches.empty() || request.batches.size() > most_curve_points ||
      std::count(request.batches.begin(), request.batches.end(), 0) > 0)
    list.fail("expected 1 to " + std::to_string(most_curve_points) + " batches, each from 1");
  return request;
}

}  // namespace upmem_des
