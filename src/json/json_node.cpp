#include "json/json_node.hpp"

#include <algorithm>
#include <charconv>

#include "upmem_des/util/stated.hpp"
#include "util/number_text.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

namespace {

constexpr double largest = 1e100;

std::string range_text(std::int64_t least, std::int64_t most) {
  const bool is_unbounded = most == std::numeric_limits<std::int64_t>::max();
  if (is_unbounded && least == std::numeric_limits<std::int64_t>::min()) return "a whole number of 64 bits";
  return "a whole number from " + std::to_string(least) + " to " + (is_unbounded ? "2^63 - 1" : std::to_string(most));
}

}  // namespace

bool JsonNode::is_number() const {
  return kind() == JsonKind::Integer || kind() == JsonKind::WideInteger || kind() == JsonKind::Number;
}

SourceLocation JsonNode::where() const {
  const bool is_document = place_ == JsonTree::root && is_object();
  return {tree_->origin(), is_document ? 0 : tree_->line(place_)};
}

std::string JsonNode::shown() const {
  if (is_list()) return "a list";
  if (is_object()) return "an object";
  JsonScalar scalar;
  scalar.kind = kind();
  if (kind() == JsonKind::Integer || kind() == JsonKind::Truth)
    scalar.integer = tree_->integer(place_);
  else if (!is_null())
    scalar.text = tree_->text(place_);
  return upmem_des::shown(scalar);
}

void JsonNode::fail(const std::string& problem) const {
  if (place_ == JsonTree::root) throw InputError(where(), problem);
  throw InputError(where(), path(), problem);
}

void JsonNode::fail(std::string_view key, const std::string& problem) const {
  expect_object();
  if (const JsonTree::Place member = tree_->find(place_, key); member != JsonTree::none)
    JsonNode(*tree_, member).fail(problem);
  throw InputError(where(), (place_ == JsonTree::root ? "" : path() + ".") + std::string(key), problem);
}

std::optional<JsonNode> JsonNode::find(std::string_view key) const {
  expect_object();
  const JsonTree::Place member = tree_->find(place_, key);
  if (member == JsonTree::none || tree_->kind(member) == JsonKind::Null) return std::nullopt;
  return JsonNode(*tree_, member);
}

JsonNode JsonNode::at(std::string_view key) const {
  expect_object();
  const JsonTree::Place member = tree_->find(place_, key);
  if (member == JsonTree::none) fail(key, "missing; expected a value");
  return JsonNode(*tree_, member);
}

void JsonNode::expect_object() const {
  if (!is_object()) fail(shown() + "; expected an object");
}

std::vector<std::string> JsonNode::keys() const {
  std::vector<std::string> all;
  for (const JsonNode& member : members()) all.emplace_back(tree_->key(member.place_));
  return all;
}

JsonItems JsonNode::members() const {
  expect_object();
  return JsonItems(*this);
}

JsonItems JsonNode::items() const {
  if (!is_list()) fail(shown() + "; expected a list");
  return JsonItems(*this);
}

std::string JsonNode::key() const {
  if (tree_->is_member(place_)) return std::string(tree_->key(place_));
  const std::string whole = path();
  return whole.substr(whole.rfind('.') + 1);
}

double JsonNode::number() const {
  return number(0, largest, "a number from 0 to 1e100");
}

double JsonNode::number_or_not_stated() const {
  return is_null() ? not_stated : number();
}

double JsonNode::number(double least, double most, const std::string& expected) const {
  const bool is_good = is_number();
  const double value = is_good ? any_number() : 0;
  if (!is_good || value < least || value > most) fail(shown() + "; expected " + expected);
  return value;
}

double JsonNode::any_number() const {
  if (!is_number()) fail(shown() + "; expected a number");
  if (kind() == JsonKind::Integer) return static_cast<double>(tree_->integer(place_));
  double value = 0;
  parse_number(tree_->text(place_), value);
  return value;
}

std::int64_t JsonNode::count(std::int64_t least, std::int64_t most) const {
  const bool is_integer = kind() == JsonKind::Integer;
  const std::int64_t value = is_integer ? tree_->integer(place_) : 0;
  if (!is_integer || value < least || value > most) fail(shown() + "; expected " + range_text(least, most));
  return value;
}

std::uint64_t JsonNode::unsigned_integer() const {
  if (kind() == JsonKind::Integer && tree_->integer(place_) >= 0)
    return static_cast<std::uint64_t>(tree_->integer(place_));
  std::uint64_t value = 0;
  if (kind() == JsonKind::WideInteger) {
    const std::string_view digits = tree_->text(place_);
    const char* const end = digits.data() + digits.size();
    if (const auto [stop, error] = std::from_chars(digits.data(), end, value); error == std::errc() && stop == end)
      return value;
  }
  fail(shown() + "; expected a whole number from 0 to 2^64 - 1");
}

std::string_view JsonNode::text_view() const {
  if (!is_text()) fail(shown() + "; expected a text");
  return tree_->text(place_);
}

std::vector<std::pair<std::string, std::string>> JsonNode::texts() const {
  std::vector<std::pair<std::string, std::string>> all;
  for (const JsonNode& member : members()) all.emplace_back(member.key(), member.text());
  std::sort(all.begin(), all.end());
  return all;
}

bool JsonNode::truth() const {
  if (kind() != JsonKind::Truth) fail(shown() + "; expected true or false");
  return tree_->integer(place_) != 0;
}

std::string JsonNode::text(std::string_view key, std::string_view otherwise) const {
  const std::optional<JsonNode> found = find(key);
  return found ? found->text() : std::string(otherwise);
}

bool JsonNode::truth(std::string_view key, bool otherwise) const {
  const std::optional<JsonNode> found = find(key);
  return found ? found->truth() : otherwise;
}

std::size_t JsonNode::place_in(const std::map<std::string, std::size_t>& places, const std::string& list) const {
  const auto found = places.find(text());
  if (found != places.end()) return found->second;
  std::vector<std::string> names;
  for (const auto& [name, index] : places) names.push_back(name);
  fail("no " + key() + " " + shown() + " in \"" + list + "\"" +
       (names.empty() ? "" : "; expected one of " + listed(names)) + did_you_mean(text(), names));
}

void JsonNode::fail_unknown(const std::vector<std::string>& names) const {
  fail("unknown " + key() + " " + shown() + "; expected " + listed(names) + did_you_mean(text(), names));
}

JsonNode JsonItems::operator[](std::size_t index) const {
  Iterator at = begin();
  for (std::size_t i = 0; i < index; ++i) ++at;
  return *at;
}

}  // namespace upmem_des
