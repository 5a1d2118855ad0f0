/// Bytes as letters, as GPT-2's vocabulary has them.
#pragma once

#include <string>
#include <string_view>

namespace upmem_des {

/// Each byte as the character that stands for it: printable ones of Latin-1 for themselves, the others for those from
/// U+0100 on.
std::string byte_letters(std::string_view bytes);

/// The bytes that the characters of a token stand for; the token's own bytes where one stands for none.
std::string bytes_of_letters(std::string_view token);

}  // namespace upmem_des
