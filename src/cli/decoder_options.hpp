/// The options that say how a language model is run, shared by `trace` and `profile`.
#pragma once

#include <CLI/App.hpp>
#include <string>
#include <vector>

#include "upmem_des/model/decoder_run.hpp"

namespace upmem_des {

struct DecoderRunOptions {
  DecoderRun run;
  std::vector<std::int64_t> prompt_tokens{DecoderRun().prompt_tokens};
  std::string dtype;
  std::string attention = to_string(Attention::sdpa);
  std::string logits = to_string(Logits::all);
  std::string routing = to_string(Routing::round_robin);
  bool skip_empty_experts = false;
};

/// Adds --prompt-tokens, --output-tokens, --batch, --dtype, --attention, --logits, --sampling, --routing,
/// --routing-seed and --skip-empty-experts to a subcommand, and gives them; `options`, whose values are the defaults,
/// outlives it.
std::vector<CLI::Option*> add_decoder_options(CLI::App& command, DecoderRunOptions& options,
                                              const std::vector<std::string>& dtypes);

/// Throws InputError ("--dtype: unknown value …") on names that there are not.
DecoderRun decoder_run(const DecoderRunOptions& options, const std::vector<std::string>& dtypes);

}  // namespace upmem_des
