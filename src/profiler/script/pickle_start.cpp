#include "profiler/script/pickle_start.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace upmem_des::profiler {

namespace {

/// The instructions of a pickle, one after the other.
class Instructions {
 public:
  explicit Instructions(std::string_view bytes) : left_(bytes) {}

  /// False at the end, and at an instruction that is not known here.
  bool next() {
    if (left_.empty()) return false;
    code_ = left_.front();
    left_.remove_prefix(1);
    switch (code_) {
      case '(':     // a mark
      case ')':     // an empty tuple
      case ']':     // an empty list
      case '}':     // an empty dictionary
      case 'N':     // None
      case '\x88':  // true
      case '\x89':  // false
      case 't':     // tuples
      case '\x85':
      case '\x86':
      case '\x87':
      case 'a':  // put into a list or dictionary
      case 'e':
      case 's':
      case 'u':
      case 'R':  // a call, an object and its state
      case 'b':
      case '\x81':
      case 'Q':     // something kept outside
      case '\x93':  // a global, by two texts
      case '\x94':  // remember this
      case '.':     // the end
        return take(0);
      case '\x80':  // the version
      case 'K':     // a number of one byte, of two, of four, of eight
      case 'q':     // remember this
      case 'h':     // what was remembered
        return take(1);
      case 'M':
        return take(2);
      case 'J':
      case 'r':
      case 'j':
        return take(4);
      case 'G':
      case '\x95':  // how long what follows is
        return take(8);
      case '\x8a':  // a long number; a short text
      case '\x8c':
      case 'U':
        return take_counted(1);
      case 'X':
        return take_counted(4);
      case 'c':
        return take_global();
      default:
        return false;
    }
  }

  char code() const { return code_; }
  /// A text, or of a global its module and name with a dot between them.
  const std::string& text() const { return text_; }
  std::string_view left() const { return left_; }

 private:
  bool take(std::size_t count) {
    if (count > left_.size()) return false;
    text_.assign(left_.substr(0, count));
    left_.remove_prefix(count);
    return true;
  }

  bool take_counted(std::size_t count_size) {
    if (count_size > left_.size()) return false;
    std::size_t count = 0;
    for (std::size_t i = count_size; i-- > 0;) count = count << 8U | static_cast<unsigned char>(left_[i]);
    left_.remove_prefix(count_size);
    return take(count);
  }

  bool take_global() {
    const std::size_t first = left_.find('\n');
    const std::size_t second = first == std::string_view::npos ? first : left_.find('\n', first + 1);
    if (second == std::string_view::npos) return false;
    text_ = std::string(left_.substr(0, first)) + "." + std::string(left_.substr(first + 1, second - first - 1));
    left_.remove_prefix(second + 1);
    return true;
  }

  std::string_view left_;
  char code_ = 0;
  std::string text_;
};

/// Behind the end of a pickle; empty where it has none.
std::string_view behind_pickle(std::string_view bytes) {
  Instructions instructions(bytes);
  while (instructions.next())
    if (instructions.code() == '.') return instructions.left();
  return {};
}

}  // namespace

PickleStart pickle_start(std::string_view bytes) {
  using Kind = PickleStart::Kind;
  Instructions instructions(bytes);
  std::string before;  // the text before the last one
  std::string last;
  while (instructions.next()) switch (instructions.code()) {
      case '}':
        return {Kind::Dictionary, {}};
      case ']':
        return {Kind::List, {}};
      case ')':
        return {Kind::Tuple, {}};
      case 'c':
        return {Kind::Object, instructions.text()};
      case '\x93':
        return {Kind::Object, before + "." + last};
      case '\x8c':
      case 'X':
        before = last;
        last = instructions.text();
        break;
      case '\x80':
      case '\x94':
      case '\x95':
      case '(':
      case 'q':
      case 'r':
        break;
      default:
        return {};
    }
  return {};
}

std::string_view behind_old_torch_header(std::string_view bytes) {
  constexpr std::array<char, 14> mark{'\x80', 2,      '\x8a', 10,     '\x6c', '\xfc', '\x9c',
                                      '\x46', '\xf9', '\x20', '\x6a', '\xa8', '\x50', '\x19'};
  if (bytes.substr(0, mark.size()) != std::string_view(mark.data(), mark.size())) return {};
  return behind_pickle(behind_pickle(behind_pickle(bytes)));
}

}  // namespace upmem_des::profiler
