/// Texts of others (names, paths, what a library says) made harmless for those who look at them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace upmem_des {

/// `text` with an escape for everything that steers a terminal, changes the order in which other characters are shown
/// or ends a line: control characters (C0, DEL, C1), the marks and overrides of bidirectional text, line and paragraph
/// separators become "\u009b", bytes that are no UTF-8 "\x9b". What is shown is one line that can neither forge a
/// second message nor hide what it says; a harmless text stays as it is.
std::string one_line(std::string_view text);

/// How many bytes of `text` are UTF-8 before the first that are not: text.size() where all of them are.
std::size_t utf8_bytes(std::string_view text);

/// A text as a cell of a CSV file: as one_line(), with an apostrophe before what spreadsheets take for a formula (=, +,
/// -, @, a tab or a carriage return comes first), in quotes where it needs them.
std::string csv_cell(std::string_view text);

/// JSON, or a text of YAML in double quotes, in which the same characters stand as \u009b: equal to whoever parses it,
/// and harmless to whoever looks at it. Control characters below a blank have been escaped, or part values.
std::string harmless_json(std::string json);

}  // namespace upmem_des
