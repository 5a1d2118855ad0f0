/// What to profile: which network, on which inputs, how often. Plain data, so that it can be handed to another process.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "profile/input_value.hpp"
#include "upmem_des/model/decoder_run.hpp"

namespace upmem_des {

inline constexpr std::int64_t most_threads = 1024;
// What is beyond makes of logits nothing that differs.
inline constexpr double least_temperature = 1e-6;
inline constexpr double highest_temperature = 1000;

/// A scripted or traced module and its inputs.
struct ScriptRequest {
  std::string file;
  std::vector<InputValue> inputs;               ///< one for each argument of forward
  std::int64_t repeat = 1;                      ///< recorded forward passes; the first is prefill, later ones decode
  std::int64_t warmup = 0;                      ///< passes before, not recorded
  std::vector<std::string> operator_libraries;  ///< files with operators of others, loaded before the module is read
};

/// A program that torch.export.save() has written, which Python runs.
struct ExportedRequest {
  std::string file;
  std::vector<InputValue> inputs;  ///< none: the example inputs that the archive has
  std::int64_t repeat = 1;         ///< recorded calls; the first is prefill, later ones decode
  std::int64_t warmup = 0;         ///< calls before, not recorded
};

/// How the next token is taken from the logits.
struct SamplingOptions {
  double temperature = 1;  ///< least_temperature to highest_temperature
  std::int64_t top_k = 0;  ///< only the k most likely; 0: all
  double top_p = 1;        ///< only the most likely that together have this probability
};

/// A language model: a folder with config.json and, if it has them, weights and a tokenizer.
struct DecoderRequest {
  std::string folder;
  /// Sizes, attention, logits and sampling. run.dtype is float32, bfloat16 or float16: what is computed with. Those of
  /// a prompt or a file of ids replace prompt_tokens, a file's rows the batch; a prompt is given to every row.
  DecoderRun run;
  /// Chooses experts by rule, as run.routing says, instead of asking the router.
  bool route_by_rule = false;
  SamplingOptions sampling;              ///< used where run.sampling is on; else the most likely token is taken
  std::string prompt;                    ///< text, needs tokenizer.model or tokenizer.json; empty: none
  std::vector<std::int64_t> prompt_ids;  ///< one row; what PromptText makes of `prompt`; empty: none
  std::string prompt_ids_file;           ///< token ids, a line for each batch row; empty: none
  std::int64_t warmup = 0;               ///< prefill passes before, not recorded
};

struct ProfileRequest {
  std::variant<ScriptRequest, DecoderRequest, ExportedRequest> network;
  std::uint64_t seed = 0;  ///< of random inputs, weights and sampling
  /// Heavy operators are not computed: shapes are right, values and times are not. Not of an ExportedRequest.
  bool sim_compute = false;
  std::int64_t threads = 0;  ///< that libtorch computes with; 0: its own choice
};

}  // namespace upmem_des
