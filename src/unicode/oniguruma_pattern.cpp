#include "unicode/oniguruma_pattern.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <map>
#include <vector>

#include "unicode/regex.hpp"

namespace upmem_des {

namespace {

const std::string space_set = R"(\x09-\x0d\x{85}\p{Z})";
const std::string word_set = R"(\p{Alphabetic}\p{M}\p{Nd}\p{Pc})";
const std::string hex_set = "0-9a-fA-F";

/// Names in brackets: [[:alpha:]].
const std::map<std::string, std::string>& posix_sets() {
  static const std::map<std::string, std::string> sets{
      {"alpha", R"(\p{Alphabetic})"}, {"digit", R"(\p{Nd})"},        {"alnum", R"(\p{Alphabetic}\p{Nd})"},
      {"upper", R"(\p{Uppercase})"},  {"lower", R"(\p{Lowercase})"}, {"space", space_set},
      {"punct", R"(\p{P}$+<=>\^`|~)"}};
  return sets;
}

/// Properties that are neither a category nor a script.
constexpr std::array<const char*, 7> properties{"Alphabetic", "Any",      "ASCII", "Emoji", "Extended_Pictographic",
                                                "Lowercase",  "Uppercase"};

class Translation {
 public:
  explicit Translation(const std::string& pattern) : pattern_(pattern) {}

  std::string run() {
    while (at_ < pattern_.size()) {
      if (in_set_)
        set_item();
      else
        item();
    }
    if (in_set_) fail("a set without end");
    return std::move(out_);
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw RegexError("the regular expression '" + pattern_.substr(0, 80) + "' is not supported (" + what + ")");
  }

  bool next_is(const std::string& text) const { return pattern_.compare(at_, text.size(), text) == 0; }

  /// The characters up to one that ends them, which is passed over.
  std::string until(char end) {
    const std::size_t found = pattern_.find(end, at_);
    if (found == std::string::npos) fail(std::string("no ") + end);
    std::string text = pattern_.substr(at_, found - at_);
    at_ = found + 1;
    return text;
  }

  void atom(const std::string& text) {
    atom_ = out_.size();
    out_ += text;
  }

  void item() {
    const char letter = pattern_[at_];
    switch (letter) {
      case '\\':
        ++at_;
        escape();
        return;
      case '[':
        ++at_;
        atom("[");
        in_set_ = true;
        if (next_is("^")) {
          out_ += '^';
          ++at_;
        }
        if (next_is("]")) fail("a set that begins with ]");
        return;
      case '(':
        ++at_;
        group();
        return;
      case ')':
        if (groups_.empty()) fail("a ) without (");
        out_ += ')';
        atom_ = groups_.back();
        groups_.pop_back();
        ++at_;
        return;
      case '{':
        interval();
        return;
      case '*':
      case '+':
      case '?':
      case '|':
      case '^':
      case '$':
        out_ += letter;
        ++at_;
        return;
      default:
        character();
    }
  }

  /// One character with all its bytes.
  void character() {
    atom(std::string(1, pattern_[at_++]));
    while (at_ < pattern_.size() && (static_cast<unsigned char>(pattern_[at_]) & 0xc0U) == 0x80)
      out_ += pattern_[at_++];
  }

  void group() {
    static const std::array<const char*, 6> kinds{"?:", "?=", "?!", "?>", "?<=", "?<!"};
    const std::size_t start = out_.size();
    if (next_is("*")) fail("(*");
    if (!next_is("?")) {
      groups_.push_back(start);
      out_ += '(';
      return;
    }
    for (const char* kind : kinds)
      if (next_is(kind)) {
        groups_.push_back(start);
        out_ += '(';
        out_ += kind;
        at_ += std::string(kind).size();
        return;
      }
    std::string options = "(?";
    for (++at_; at_ < pattern_.size(); ++at_) {
      const char letter = pattern_[at_];
      if (letter == 'i' || letter == '-')
        options += letter;
      else if (letter == 'm')
        options += 's';
      else
        break;
    }
    if (next_is(":"))
      groups_.push_back(start);
    else if (!next_is(")") || options == "(?")
      fail("a group of a kind that is not known");
    out_ += options + pattern_[at_++];
  }

  void interval() {
    const std::size_t end = pattern_.find('}', at_);
    const std::string inside = end == std::string::npos ? "" : pattern_.substr(at_ + 1, end - at_ - 1);
    const std::size_t comma = inside.find(',');
    const bool is_interval = !inside.empty() && inside != "," &&
                             inside.find_first_not_of("0123456789,") == std::string::npos &&
                             (comma == std::string::npos || comma == inside.rfind(','));
    if (!is_interval) {
      atom("\\{");
      ++at_;
      return;
    }
    out_ += "{" + (comma == 0 ? "0" : std::string()) + inside + "}";
    at_ = end + 1;
    // No possessive interval, and a fixed one is not lazy: what follows repeats it.
    if (next_is("+") || next_is("*") || (comma == std::string::npos && next_is("?"))) {
      out_.insert(atom_, "(?:");
      out_ += ')';
    }
  }

  void escape() {
    if (at_ == pattern_.size()) fail("a \\ at the end");
    const char letter = pattern_[at_++];
    const std::string word = "[" + word_set + "]";
    switch (letter) {
      case 's':
        return atom("[" + space_set + "]");
      case 'S':
        return atom("[^" + space_set + "]");
      case 'w':
        return atom(word);
      case 'W':
        return atom("[^" + word_set + "]");
      case 'h':
        return atom("[" + hex_set + "]");
      case 'H':
        return atom("[^" + hex_set + "]");
      case 'b':
        return atom("(?:(?<=" + word + ")(?!" + word + ")|(?<!" + word + ")(?=" + word + "))");
      case 'B':
        return atom("(?:(?<=" + word + ")(?=" + word + ")|(?<!" + word + ")(?!" + word + "))");
      case 'A':
      case 'z':
      case 'Z':
      case 'R':
      case 'X':
        return atom(std::string("\\") + letter);
      default:
        atom(common_escape(letter));
    }
  }

  /// What stands for the same in a set and out of it.
  std::string common_escape(char letter) {
    switch (letter) {
      case 'd':
        return R"(\p{Nd})";
      case 'D':
        return R"(\P{Nd})";
      case 'p':
      case 'P':
        return property(letter == 'P');
      case 'u':
        return hexadecimal(4);
      case 'x':
        return next_is("{") ? (++at_, "\\x{" + until('}') + "}") : hexadecimal(2);
      case 't':
      case 'n':
      case 'r':
      case 'f':
      case 'a':
      case 'e':
        return std::string("\\") + letter;
      case 'v':
        return "\\x0b";
      default:
        break;
    }
    if (std::isalnum(static_cast<unsigned char>(letter)) != 0) fail(std::string("\\") + letter);
    if (static_cast<unsigned char>(letter) >= 0x80) {
      --at_;
      return {};
    }
    return std::string("\\") + letter;
  }

  std::string hexadecimal(std::size_t digits) {
    const std::string text = pattern_.substr(at_, digits);
    if (text.size() < digits || text.find_first_not_of("0123456789abcdefABCDEF") != std::string::npos)
      fail("a \\ with too few hexadecimal digits");
    // Bytes of characters are no characters.
    if (digits == 2 && text[0] >= '8') fail("\\x" + text);
    at_ += digits;
    return "\\x{" + text + "}";
  }

  std::string property(bool is_negated) {
    if (!next_is("{")) fail("\\p without {");
    ++at_;
    std::string name = until('}');
    if (!name.empty() && name.front() == '^') {
      is_negated = !is_negated;
      name.erase(0, 1);
    }
    const std::string begin = is_negated ? "\\P{" : "\\p{";
    if (name.size() <= 2 || std::find(properties.begin(), properties.end(), name) != properties.end())
      return begin + name + "}";
    return begin + "sc:" + name + "}";
  }

  void set_item() {
    const char letter = pattern_[at_];
    if (letter == ']') {
      out_ += ']';
      in_set_ = false;
      ++at_;
    } else if (next_is("[:")) {
      at_ += 2;
      const std::string name = until(':');
      const auto set = posix_sets().find(name);
      if (set == posix_sets().end() || !next_is("]")) fail("[:" + name + ":]");
      ++at_;
      out_ += set->second;
    } else if (letter == '[') {
      fail("a set in a set");
    } else if (next_is("&&")) {
      fail("an intersection of sets");
    } else if (letter == '\\') {
      ++at_;
      set_escape();
    } else {
      out_ += letter;
      ++at_;
    }
  }

  void set_escape() {
    if (at_ == pattern_.size()) fail("a \\ at the end");
    const char letter = pattern_[at_++];
    switch (letter) {
      case 's':
        out_ += space_set;
        return;
      case 'w':
        out_ += word_set;
        return;
      case 'h':
        out_ += hex_set;
        return;
      case 'S':
        out_ += "\\S";
        return;
      case 'b':
        out_ += "\\x08";
        return;
      default:
        out_ += common_escape(letter);
    }
  }

  const std::string& pattern_;
  std::size_t at_ = 0;
  std::string out_;
  std::size_t atom_ = 0;             ///< where in out_ the last thing that can be repeated begins
  std::vector<std::size_t> groups_;  ///< where in out_ those begin that have not ended
  bool in_set_ = false;
};

}  // namespace

std::string pcre2_pattern(const std::string& pattern) {
  return Translation(pattern).run();
}

}  // namespace upmem_des
