/// What a language model is asked: token ids, a list for each batch row.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace upmem_des::profiler {

/// Rows of equal length.
using TokenRows = std::vector<std::vector<std::int64_t>>;

/// Ids from 0 to vocab_size − 1, evenly drawn from the seed.
TokenRows random_prompt(std::int64_t batch, std::int64_t tokens, std::int64_t vocab_size, std::uint64_t seed);

/// Reads ids that are separated by spaces or commas, a line for each batch row; blank lines are passed over. Throws
/// InputError ("file:line: …") on a file that cannot be read or is larger than 64 MiB, on what is no id below
/// vocab_size, on rows of different lengths and on a file without ids.
TokenRows read_prompt_ids(const std::string& path, std::int64_t vocab_size);

}  // namespace upmem_des::profiler
