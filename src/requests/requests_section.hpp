/// What a scenario says of its requests (workload.requests), as plain data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "requests/number_rules.hpp"
#include "upmem_des/util/error.hpp"

namespace upmem_des {

/// A part of a day at one rate.
struct ArrivalStage {
  double rate_per_s = 0;
  double duration_s = 0;
};

/// When requests arrive: a process of arrival_forms() and its numbers.
struct ArrivalsSection {
  std::string process = "poisson";
  NamedNumbers numbers;
  std::vector<ArrivalStage> stages;  ///< of process stages
};

/// How many tokens: a form of length_forms() and its numbers.
struct LengthsSection {
  std::string form = "fixed";
  NamedNumbers numbers;
  std::string file;  ///< of form empirical: a CSV file, and its column
  std::string column;
  SourceLocation where;  ///< with the key, for messages: "workload.requests.prompt_tokens.normal"
  std::string key;
};

/// The first tokens of a prompt, the same for all requests of a group and before what lengths say.
struct PrefixSection {
  enum class Choice { random, round_robin };

  std::int64_t groups = 1;
  std::int64_t tokens = 1;
  Choice choice = Choice::random;
};

/// A file of requests, and what is taken of it.
struct RequestFileSection {
  enum class Use { all, lengths, times };

  std::string path;
  Use use = Use::all;
  double scale = 1;                          ///< of the time between requests: 0.5 is twice the rate
  std::int64_t offset = 0;                   ///< this many rows are left out at the start
  std::optional<std::int64_t> limit;         ///< at most this many rows after them
  std::optional<std::int64_t> block_tokens;  ///< of a hash id; absent: what the file says, else 512
};

struct RequestsSection {
  std::optional<ArrivalsSection> arrivals;      ///< absent: those of `file`
  std::optional<LengthsSection> prompt_tokens;  ///< both absent: those of `file`
  std::optional<LengthsSection> output_tokens;
  std::optional<PrefixSection> prefix;
  std::optional<RequestFileSection> file;
  std::optional<std::int64_t> count;  ///< requests end with this many,
  std::optional<double> duration_s;   ///< or before this time
  std::uint64_t seed = 0;
  SourceLocation where;
};

}  // namespace upmem_des
