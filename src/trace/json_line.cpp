#include "trace/json_line.hpp"

#include <algorithm>
#include <cstring>

#include "util/suggest.hpp"

namespace upmem_des {

void JsonLine::check_object(std::string_view line, const JsonPlace& place) {
  const std::size_t first = line.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) place.fail("a blank line; expected one object a line");
  if (line[first] != '{') place.fail("not a JSON object; expected one object a line");
}

/// Which field of the table it is; `ignored` for one that begins with "x_".
std::size_t JsonLine::identify(simdjson::ondemand::field& field, std::size_t position, const JsonPlace& place) {
  if (position < last_order_.size()) {
    const std::string& guess = table_.names[last_order_[position]];
    const char* const raw = field.key().raw();  // ends in a quote, and padding follows the line
    if (std::memcmp(raw, guess.data(), guess.size()) == 0 && raw[guess.size()] == '"') return last_order_[position];
  }
  std::string_view key;
  if (const auto error = field.unescaped_key().get(key)) place.fail_syntax(error);
  const std::size_t index = look_up(key, place);
  if (index != ignored && position < table_.names.size()) {
    if (position >= last_order_.size()) last_order_.resize(position + 1, index);
    last_order_[position] = index;
  }
  return index;
}

std::size_t JsonLine::look_up(std::string_view key, const JsonPlace& place) const {
  const auto found = std::find(table_.names.begin(), table_.names.end(), key);
  if (found != table_.names.end()) return static_cast<std::size_t>(found - table_.names.begin());
  if (key.substr(0, 2) == "x_") return ignored;
  JsonPlace{place.where, key.substr(0, 60)}.fail("unknown field; expected one of " + listed(table_.names, 40) +
                                                 ", or x_…" + did_you_mean(key, table_.names));
}

void JsonLine::fail_missing(std::uint64_t seen, const JsonPlace& place) const {
  std::size_t index = 0;
  while (((table_.required & ~seen) >> index & 1U) == 0) ++index;
  JsonPlace{place.where, table_.names[index]}.fail("missing; expected a value");
}

}  // namespace upmem_des
