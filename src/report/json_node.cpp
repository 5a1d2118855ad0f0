#include "report/json_node.hpp"

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "upmem_des/util/error.hpp"
#include "upmem_des/util/stated.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

namespace {

using Json = nlohmann::json;

constexpr double largest = 1e100;

/// A value as messages show it: not much of a long one.
std::string shown(const Json& value) {
  constexpr std::size_t most_bytes = 40;
  if (value.is_object()) return "an object";
  if (value.is_array()) return "a list";
  std::string text = value.is_string() ? value.get<std::string>() : value.dump();
  if (text.size() > most_bytes) {
    std::size_t end = most_bytes;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;  // inside a character
    text = text.substr(0, end) + "…";
  }
  return value.is_string() ? "'" + text + "'" : text;
}

std::string where_parsing_stopped(const std::string& text, std::size_t byte) {
  if (byte > text.size()) return "ends in the middle";
  const auto stop = text.begin() + static_cast<std::ptrdiff_t>(byte == 0 ? 0 : byte - 1);
  return "no JSON on line " + std::to_string(1 + std::count(text.begin(), stop, '\n'));
}

}  // namespace

JsonNode::JsonNode(const Json& value, std::string origin, std::string path)
    : value_(&value), origin_(std::move(origin)), path_(std::move(path)) {}

void JsonNode::fail(const std::string& problem) const {
  if (path_.empty()) throw InputError({origin_}, problem);
  throw InputError({origin_}, path_, problem);
}

bool JsonNode::has(const std::string& key) const {
  return value_->is_object() && value_->contains(key);
}

JsonNode JsonNode::at(const std::string& key) const {
  expect_object();
  const auto member = value_->find(key);
  const std::string path = path_.empty() ? key : path_ + "." + key;
  if (member == value_->end()) throw InputError({origin_}, path, "missing; expected a value");
  return {*member, origin_, path};
}

std::vector<JsonNode> JsonNode::items() const {
  if (!value_->is_array()) fail("is " + shown(*value_) + "; expected a list");
  std::vector<JsonNode> nodes;
  for (const Json& item : *value_) nodes.emplace_back(item, origin_, path_ + "[" + std::to_string(nodes.size()) + "]");
  return nodes;
}

void JsonNode::expect_object() const {
  if (!value_->is_object()) fail("is " + shown(*value_) + "; expected an object");
}

bool JsonNode::is_null() const {
  return value_->is_null();
}

bool JsonNode::is_list() const {
  return value_->is_array();
}

double JsonNode::number() const {
  const double value = value_->is_number() ? value_->get<double>() : -1;
  if (value < 0 || value > largest) fail("is " + shown(*value_) + "; expected a number from 0 to 1e100");
  return value;
}

double JsonNode::number_or_not_stated() const {
  return is_null() ? not_stated : number();
}

std::int64_t JsonNode::count() const {
  constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
  // One that a program made is signed, one that was parsed is not.
  const bool is_count =
      value_->is_number_integer() &&
      (value_->is_number_unsigned() ? value_->get<std::uint64_t>() <= most : value_->get<std::int64_t>() >= 0);
  if (!is_count) fail("is " + shown(*value_) + "; expected a whole number from 0 to 2^63 - 1");
  return value_->get<std::int64_t>();
}

const std::string& JsonNode::text() const {
  if (!value_->is_string()) fail("is " + shown(*value_) + "; expected a text");
  return value_->get_ref<const std::string&>();
}

std::vector<std::string> JsonNode::keys() const {
  expect_object();
  std::vector<std::string> all;
  for (const auto& member : value_->items()) all.push_back(member.key());
  return all;
}

std::vector<std::pair<std::string, std::string>> JsonNode::texts() const {
  expect_object();
  std::vector<std::pair<std::string, std::string>> all;
  for (const auto& [key, value] : value_->items()) all.emplace_back(key, at(key).text());
  return all;
}

bool JsonNode::truth() const {
  if (!value_->is_boolean()) fail("is " + shown(*value_) + "; expected true or false");
  return value_->get<bool>();
}

std::size_t JsonNode::place_in(const std::map<std::string, std::size_t>& places, const std::string& list) const {
  const auto found = places.find(text());
  if (found != places.end()) return found->second;
  std::vector<std::string> names;
  for (const auto& [name, index] : places) names.push_back(name);
  fail("no " + key() + " " + shown(*value_) + " in \"" + list + "\"" +
       (names.empty() ? "" : "; expected one of " + listed(names)) + did_you_mean(text(), names));
}

void JsonNode::fail_unknown(const std::vector<std::string>& names) const {
  fail("unknown " + key() + " " + shown(*value_) + "; expected " + listed(names) + did_you_mean(text(), names));
}

std::string JsonNode::key() const {
  return path_.substr(path_.rfind('.') + 1);
}

JsonDocument::JsonDocument(const std::string& text, const std::string& origin, const std::string& expected)
    : json_(std::make_unique<Json>()), origin_(origin) {
  const std::string end = "; expected " + expected;
  if (text.empty()) throw InputError({origin}, "empty" + end);
  if (text.compare(0, 2, "\x1f\x8b") == 0) throw InputError({origin}, "compressed" + end);
  // The library's objects are sorted: those that keep an order look for a key by going through all, which takes too
  // long where a file has a million.
  std::string section;
  const auto keep_keys = [&](int depth, Json::parse_event_t event, Json& parsed) {
    if (event != Json::parse_event_t::key) return true;
    if (depth == 1) section = parsed.get<std::string>();
    if (depth == 2) keys_[section].push_back(parsed.get<std::string>());
    return true;
  };
  try {
    *json_ = Json::parse(text, keep_keys);
  } catch (const Json::parse_error& error) {
    throw InputError({origin}, where_parsing_stopped(text, error.byte) + end);
  } catch (const Json::out_of_range&) {
    throw InputError({origin}, "a number beyond 1.8e308" + end);
  }
}

JsonDocument::~JsonDocument() = default;

JsonNode JsonDocument::root() const {
  return {*json_, origin_, ""};
}

std::vector<std::string> JsonDocument::keys(const std::string& of) const {
  const JsonNode object = root().at(of);
  object.expect_object();
  const auto found = keys_.find(of);
  if (found == keys_.end()) return {};
  std::vector<std::string> sorted = found->second;
  std::sort(sorted.begin(), sorted.end());
  const auto twice = std::adjacent_find(sorted.begin(), sorted.end());
  if (twice != sorted.end()) object.at(*twice).fail("given twice; expected each name once");
  return found->second;
}

}  // namespace upmem_des
