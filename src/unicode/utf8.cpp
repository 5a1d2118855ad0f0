#include "unicode/utf8.hpp"

namespace upmem_des {

namespace {

/// How a character that begins with this byte goes on: how many bytes follow, and between what the first of them lies.
struct Lead {
  std::size_t following = 0;
  unsigned lowest = 0x80;
  unsigned highest = 0xbf;
  bool is_lead = true;
};

Lead lead_of(unsigned byte) {
  if (byte < 0x80) return {};
  if (byte >= 0xc2 && byte <= 0xdf) return {1, 0x80, 0xbf, true};
  if (byte == 0xe0) return {2, 0xa0, 0xbf, true};
  if (byte == 0xed) return {2, 0x80, 0x9f, true};  // no surrogates
  if (byte >= 0xe1 && byte <= 0xef) return {2, 0x80, 0xbf, true};
  if (byte == 0xf0) return {3, 0x90, 0xbf, true};
  if (byte >= 0xf1 && byte <= 0xf3) return {3, 0x80, 0xbf, true};
  if (byte == 0xf4) return {3, 0x80, 0x8f, true};
  return {0, 0, 0, false};
}

unsigned byte_at(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]);
}

}  // namespace

Utf8Step utf8_step(std::string_view text, std::size_t at) {
  const unsigned first = byte_at(text, at);
  const Lead lead = lead_of(first);
  if (!lead.is_lead) return {};
  if (lead.following == 0) return {1, true, first};
  char32_t code_point = first & (0x3fU >> lead.following);
  for (std::size_t next = 1; next <= lead.following; ++next) {
    const unsigned lowest = next == 1 ? lead.lowest : 0x80;
    const unsigned highest = next == 1 ? lead.highest : 0xbf;
    if (at + next >= text.size() || byte_at(text, at + next) < lowest || byte_at(text, at + next) > highest)
      return {next, false, 0xfffd};
    code_point = code_point << 6U | (byte_at(text, at + next) & 0x3fU);
  }
  return {lead.following + 1, true, code_point};
}

bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const Utf8Step step = utf8_step(text, at);
    if (!step.is_character) return false;
    at += step.length;
  }
  return true;
}

std::string lossy_utf8(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  for (std::size_t at = 0; at < bytes.size();) {
    const Utf8Step step = utf8_step(bytes, at);
    if (step.is_character)
      text.append(bytes.substr(at, step.length));
    else
      append_utf8(text, 0xfffd);
    at += step.length;
  }
  return text;
}

std::u32string code_points(std::string_view text) {
  std::u32string points;
  points.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const Utf8Step step = utf8_step(text, at);
    points += step.code_point;
    at += step.length;
  }
  return points;
}

void append_utf8(std::string& text, char32_t code_point) {
  const auto add = [&text](char32_t byte) { text += static_cast<char>(byte); };
  if (code_point < 0x80) {
    add(code_point);
  } else if (code_point < 0x800) {
    add(0xc0U | code_point >> 6U);
    add(0x80U | (code_point & 0x3fU));
  } else if (code_point < 0x10000) {
    add(0xe0U | code_point >> 12U);
    add(0x80U | (code_point >> 6U & 0x3fU));
    add(0x80U | (code_point & 0x3fU));
  } else {
    add(0xf0U | code_point >> 18U);
    add(0x80U | (code_point >> 12U & 0x3fU));
    add(0x80U | (code_point >> 6U & 0x3fU));
    add(0x80U | (code_point & 0x3fU));
  }
}

std::string utf8_text(char32_t code_point) {
  std::string text;
  append_utf8(text, code_point);
  return text;
}

}  // namespace upmem_des
