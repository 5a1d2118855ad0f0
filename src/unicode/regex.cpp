#include "unicode/regex.hpp"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <array>
#include <cstdint>
#include <new>

#include "unicode/oniguruma_pattern.hpp"
#include "unicode/utf8.hpp"

namespace upmem_des {

namespace {

constexpr std::size_t max_pattern_bytes = 1U << 16U;
constexpr std::uint32_t max_steps = 1'000'000;
constexpr std::uint32_t max_heap_kib = 64 * 1024;
constexpr std::size_t first_stack_bytes = std::size_t{32} * 1024;
constexpr std::size_t max_stack_bytes = std::size_t{8} * 1024 * 1024;

std::string message_of(int code) {
  std::array<PCRE2_UCHAR, 256> buffer{};
  pcre2_get_error_message(code, buffer.data(), buffer.size());
  return reinterpret_cast<const char*>(buffer.data());
}

std::string shown(const std::string& pattern) {
  constexpr std::size_t most = 80;
  return "'" + (pattern.size() > most ? lossy_utf8(pattern.substr(0, most)) + "..." : pattern) + "'";
}

std::string escaped(const std::string& text) {
  static const std::string special = "\\^$.[]|()?*+{}-#";
  std::string pattern;
  for (const char letter : text) {
    if (special.find(letter) != std::string::npos) pattern += '\\';
    pattern += letter;
  }
  return pattern;
}

}  // namespace

struct Regex::Compiled {
  template <typename T, void (*release)(T*)>
  struct Released {
    void operator()(T* owned) const { release(owned); }
  };
  template <typename T, void (*release)(T*)>
  using Owner = std::unique_ptr<T, Released<T, release>>;

  Owner<pcre2_code, pcre2_code_free> code;
  Owner<pcre2_match_context, pcre2_match_context_free> context;
  Owner<pcre2_jit_stack, pcre2_jit_stack_free> stack;
  Owner<pcre2_match_data, pcre2_match_data_free> found;

  int match(std::string_view text, std::size_t from, std::uint32_t options) const {
    return pcre2_match(code.get(), reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), from, options, found.get(),
                       context.get());
  }
};

Regex::Regex(const std::string& pattern) : pattern_(pattern) {
  if (pattern.size() > max_pattern_bytes)
    throw RegexError("a regular expression of " + std::to_string(pattern.size()) + " bytes; expected at most " +
                     std::to_string(max_pattern_bytes));
  const std::string translated = pcre2_pattern(pattern);
  const Compiled::Owner<pcre2_compile_context, pcre2_compile_context_free> context(
      pcre2_compile_context_create(nullptr));
  if (!context) throw std::bad_alloc();
  pcre2_set_newline(context.get(), PCRE2_NEWLINE_LF);
  int error = 0;
  std::size_t where = 0;
  auto compiled = std::make_shared<Compiled>();
  // Oniguruma's ^ and $ are those of lines.
  compiled->code.reset(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(translated.data()), translated.size(),
                                     PCRE2_UTF | PCRE2_UCP | PCRE2_MULTILINE | PCRE2_NEVER_BACKSLASH_C, &error, &where,
                                     context.get()));
  if (!compiled->code)
    throw RegexError("the regular expression " + shown(pattern) + " is not supported (" + message_of(error) + ")");
  // Where there is no compiler for it, matching is slower.
  pcre2_jit_compile(compiled->code.get(), PCRE2_JIT_COMPLETE);
  compiled->context.reset(pcre2_match_context_create(nullptr));
  compiled->stack.reset(pcre2_jit_stack_create(first_stack_bytes, max_stack_bytes, nullptr));
  compiled->found.reset(pcre2_match_data_create(1, nullptr));
  if (!compiled->context || !compiled->found) throw std::bad_alloc();
  pcre2_set_match_limit(compiled->context.get(), max_steps);
  pcre2_set_heap_limit(compiled->context.get(), max_heap_kib);
  pcre2_jit_stack_assign(compiled->context.get(), nullptr, compiled->stack.get());
  compiled_ = std::move(compiled);
}

Regex Regex::literal(const std::string& text) {
  return Regex(escaped(text));
}

std::vector<TextRange> Regex::find_all(std::string_view text) const {
  std::vector<TextRange> matches;
  bool has_match = false;
  for (std::size_t from = 0; from <= text.size();) {
    int found = compiled_->match(text, from, PCRE2_NO_UTF_CHECK);
    if (found == PCRE2_ERROR_JIT_STACKLIMIT) found = compiled_->match(text, from, PCRE2_NO_UTF_CHECK | PCRE2_NO_JIT);
    if (found == PCRE2_ERROR_NOMATCH) break;
    if (found < 0)
      throw RegexError("the regular expression " + shown(pattern_) + " takes too long on this text (" +
                       message_of(found) + ")");
    const PCRE2_SIZE* places = pcre2_get_ovector_pointer(compiled_->found.get());
    const TextRange match{places[0], places[1]};
    if (match.begin > match.end || match.begin < from)
      throw RegexError("the regular expression " + shown(pattern_) + " has matches that begin before others end");
    if (match.begin == match.end && has_match && matches.back().end == match.end) {
      from += from < text.size() ? utf8_step(text, from).length : 1;
      continue;
    }
    matches.push_back(match);
    has_match = true;
    from = match.end;
  }
  return matches;
}

}  // namespace upmem_des
