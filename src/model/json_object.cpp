#include "model/json_object.hpp"

#include <algorithm>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

namespace upmem_des {

namespace {

using Json = nlohmann::json;

constexpr std::size_t shown_length = 60;
/// A real file has fewer than a hundred; the bound keeps the search for duplicates quick whatever the file holds.
constexpr std::size_t max_members = 10'000;

/// For messages: printable ASCII, not too long. The input may be any bytes.
std::string printable(std::string_view text) {
  std::string shown(text.substr(0, shown_length));
  for (char& c : shown)
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7f) c = '?';
  return text.size() > shown_length ? shown + "..." : shown;
}

/// Walks over the text and leaves word of how far the parser has read: the library's callbacks do not tell.
class TrackedPosition {
 public:
  using iterator_category = std::forward_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  TrackedPosition(const char* at, const char** read_to) : at_(at), read_to_(read_to) {}
  reference operator*() const { return *at_; }
  TrackedPosition& operator++() {
    *read_to_ = ++at_;
    return *this;
  }
  TrackedPosition operator++(int) {
    TrackedPosition before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const TrackedPosition& a, const TrackedPosition& b) { return a.at_ == b.at_; }
  friend bool operator!=(const TrackedPosition& a, const TrackedPosition& b) { return a.at_ != b.at_; }

 private:
  const char* at_;
  const char** read_to_;
};

/// Collects the members of the outermost object and steps over what is nested.
class Collector : public nlohmann::json_sax<Json> {
 public:
  using Kind = JsonMember::Kind;

  Collector(std::string_view text, const std::string& origin, int first_line, std::vector<JsonMember>& members)
      : text_(text),
        origin_(origin),
        members_(members),
        read_to_(text.data()),
        counted_to_(text.data()),
        line_(first_line) {}

  const char** read_to() { return &read_to_; }

  bool null() override { return value(Kind::Null, "null"); }
  bool boolean(bool truth) override { return value(Kind::Truth, truth ? "true" : "false", truth ? 1 : 0); }
  bool number_integer(number_integer_t number) override { return value(Kind::Integer, std::to_string(number), number); }
  bool number_unsigned(number_unsigned_t number) override {
    if (number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
      return value(Kind::Number, std::to_string(number));
    return value(Kind::Integer, std::to_string(number), static_cast<std::int64_t>(number));
  }
  bool number_float(number_float_t, const string_t& as_written) override { return value(Kind::Number, as_written); }
  bool string(string_t& text) override { return value(Kind::Text, text); }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override {
    if (depth_ == 1) {
      value(Kind::Object, "");
      members_.back().value_line = line_here();
      object_ = read_to_ - 1;
    }
    ++depth_;
    return true;
  }
  bool end_object() override {
    if (--depth_ == 1 && members_.back().kind == Kind::Object) members_.back().text.assign(object_, read_to_);
    return true;
  }
  bool start_array(std::size_t) override {
    if (depth_ == 1) {
      value(Kind::List, "");
      members_.back().value_line = line_here();
      object_ = read_to_ - 1;
    } else {
      value(Kind::List, "");
    }
    ++depth_;
    return true;
  }
  bool end_array() override {
    if (--depth_ == 1 && members_.back().kind == Kind::List) members_.back().text.assign(object_, read_to_);
    return depth_ >= 0;
  }

  bool key(string_t& name) override {
    if (depth_ != 1) return true;
    const int line = line_here();
    const auto first =
        std::find_if(members_.begin(), members_.end(), [&](const JsonMember& member) { return member.key == name; });
    if (first != members_.end())
      throw InputError({origin_, line}, printable(name),
                       "duplicate key, first given on line " + std::to_string(first->line) + "; expected it once");
    if (members_.size() == max_members)
      throw InputError({origin_, line},
                       "more than " + std::to_string(max_members) + " keys; expected those of a model's configuration");
    JsonMember member;
    member.key = name;
    member.line = line;
    members_.push_back(std::move(member));
    return true;
  }

  bool parse_error(std::size_t position, const std::string&, const Json::exception&) override {
    // The position counts the bytes up to the one that cannot be, that one included.
    if (position > text_.size()) {
      read_to_ = text_.data() + text_.size();
      throw InputError({origin_, line_here()}, "the text ends in the middle; expected a whole JSON object");
    }
    read_to_ = text_.data() + (position == 0 ? 0 : position - 1);
    throw InputError({origin_, line_here()}, "not JSON at '" + line_up_to(position) + "'; expected a JSON object");
  }

 private:
  bool value(Kind kind, std::string text, std::int64_t integer = 0) {
    if (depth_ == 0)
      throw InputError({origin_, line_here()}, "the file holds no JSON object; expected {\"model_type\": …}");
    // Inside a list or an object the last member is the one that they belong to.
    if (depth_ == 1) {
      members_.back().kind = kind;
      members_.back().text = std::move(text);
      members_.back().integer = integer;
    }
    return true;
  }

  /// The end of the text before `position`, at most its last line.
  std::string line_up_to(std::size_t position) const {
    std::string_view line = text_.substr(0, position);
    const std::size_t line_break = line.find_last_of('\n', position < 2 ? 0 : position - 2);
    if (position > 1 && line_break != std::string_view::npos) line.remove_prefix(line_break + 1);
    if (line.size() > shown_length) line.remove_prefix(line.size() - shown_length);
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    return printable(line);
  }

  /// The line that the parser has read to. It only ever reads on, so each byte is counted once.
  int line_here() {
    if (read_to_ > counted_to_) {
      line_ += static_cast<int>(std::count(counted_to_, read_to_, '\n'));
      counted_to_ = read_to_;
    }
    return line_;
  }

  std::string_view text_;
  const std::string& origin_;
  std::vector<JsonMember>& members_;
  const char* read_to_;
  const char* counted_to_;
  const char* object_ = nullptr;  ///< the opening brace of the value that is being read
  int line_;
  int depth_ = 0;
};

/// Python writes Infinity where a number has no bound, which is no JSON: a number as long, beyond all that is read
/// here, in its place.
std::string with_numbers(std::string_view text) {
  constexpr std::string_view word = "Infinity";
  constexpr std::string_view number = "1e308   ";
  std::string all(text);
  bool in_text = false;
  for (std::size_t at = 0; at < all.size(); ++at) {
    if (in_text && all[at] == '\\')
      ++at;
    else if (all[at] == '"')
      in_text = !in_text;
    else if (!in_text && all.compare(at, word.size(), word) == 0)
      all.replace(at, word.size(), number);
  }
  return all;
}

}  // namespace

JsonObject::JsonObject(std::string_view given, std::string origin, int first_line) : origin_(std::move(origin)) {
  const bool is_pythons = given.find("Infinity") != std::string_view::npos;
  const std::string changed = is_pythons ? with_numbers(given) : std::string();
  const std::string_view text = is_pythons ? std::string_view(changed) : given;
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos)
    throw InputError(where(), "empty; expected a JSON object");
  Collector collector(text, origin_, first_line, members_);
  Json::sax_parse(TrackedPosition(text.data(), collector.read_to()),
                  TrackedPosition(text.data() + text.size(), collector.read_to()), &collector);
}

const JsonMember* JsonObject::find(std::string_view key) const {
  for (const JsonMember& member : members_)
    if (member.key == key) return &member;
  return nullptr;
}

std::vector<std::string> JsonObject::keys() const {
  std::vector<std::string> all;
  all.reserve(members_.size());
  for (const JsonMember& member : members_) all.push_back(member.key);
  return all;
}

std::vector<JsonMember> list_items(const JsonMember& list) {
  std::vector<JsonMember> items;
  for (const Json& value : Json::parse(list.text)) {
    JsonMember item;
    item.key = list.key;
    item.line = list.line;
    if (value.is_string()) {
      item.kind = JsonMember::Kind::Text;
      item.text = value.get<std::string>();
    } else if (value.is_boolean()) {
      item.kind = JsonMember::Kind::Truth;
      item.integer = value.get<bool>() ? 1 : 0;
      item.text = value.dump();
    } else if (value.is_number_integer() && value <= std::numeric_limits<std::int64_t>::max()) {
      item.kind = JsonMember::Kind::Integer;
      item.integer = value.get<std::int64_t>();
      item.text = value.dump();
    } else if (value.is_number()) {
      item.kind = JsonMember::Kind::Number;
      item.text = value.dump();
    } else if (!value.is_null()) {
      item.kind = value.is_array() ? JsonMember::Kind::List : JsonMember::Kind::Object;
    }
    items.push_back(std::move(item));
  }
  return items;
}

std::string shown(const JsonMember& member) {
  switch (member.kind) {
    case JsonMember::Kind::List:
      return "a list";
    case JsonMember::Kind::Object:
      return "an object";
    case JsonMember::Kind::Text:
      return "'" + printable(member.text) + "'";
    default:
      return printable(member.text);
  }
}

}  // namespace upmem_des
