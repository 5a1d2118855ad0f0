#include "cli/decoder_options.hpp"

#include <algorithm>

#include "cli/option_values.hpp"

namespace upmem_des {

std::vector<CLI::Option*> add_decoder_options(CLI::App& command, DecoderRunOptions& options,
                                              const std::vector<std::string>& dtypes) {
  std::vector<CLI::Option*> added;
  const auto number = [&](const char* option, auto& value, std::int64_t most, const char* text) {
    added.push_back(
        command.add_option(option, value, text)->check(whole_number(1, most))->type_name("N")->capture_default_str());
  };
  const auto choice = [&](const char* option, std::string& value, const std::string& text, const std::string& kind,
                          const std::vector<std::string>& names) {
    added.push_back(command.add_option(option, value, text)
                        ->option_text(value.empty() ? kind : kind + "=" + value)
                        ->check(offered(names)));
  };
  added.push_back(command
                      .add_option("--prompt-tokens", options.prompt_tokens,
                                  "Tokens in, for all rows of the batch or N,N,… for each")
                      ->check(whole_number(1, most_run_tokens))
                      ->delimiter(',')
                      ->allow_extra_args(false)
                      ->type_name("N")
                      ->default_str(std::to_string(options.prompt_tokens.front())));
  number("--output-tokens", options.run.output_tokens, most_run_tokens,
         "Tokens out: forward passes, 1 prefill and N-1 decode");
  number("--batch", options.run.batch, most_run_rows, "Rows that are generated side by side");
  choice("--dtype", options.dtype, listed(dtypes, 6), "TYPE", dtypes);
  choice("--attention", options.attention, "sdpa (one function) or eager (matmul, softmax, matmul)", "KIND",
         attention_names());
  choice("--logits", options.logits, "Positions that lm_head computes in prefill: all or last", "WHICH",
         logits_names());
  added.push_back(
      command.add_flag("--sampling", options.run.sampling, "A softmax over the vocabulary after each pass"));
  choice("--routing", options.routing, "How tokens find experts: " + listed(routing_names()), "KIND", routing_names());
  added.push_back(command.add_option("--routing-seed", options.run.routing_seed, "Seed of uniform_random and zipf")
                      ->check(whole_number(0))
                      ->option_text("N"));
  added.push_back(
      command.add_option("--routing-exponent", options.run.routing_exponent, "How uneven zipf is: 0 is even")
          ->option_text("X"));
  added.push_back(
      command.add_flag("--skip-empty-experts", options.skip_empty_experts, "Do not call experts that got no token"));
  return added;
}

DecoderRun decoder_run(const DecoderRunOptions& options, const std::vector<std::string>& dtypes) {
  DecoderRun run = options.run;
  run.prompt_tokens = *std::max_element(options.prompt_tokens.begin(), options.prompt_tokens.end());
  if (options.prompt_tokens.size() > 1) {
    run.prompts = options.prompt_tokens;
    if (run.batch == 1) run.batch = static_cast<std::int64_t>(run.prompts.size());
  }
  const std::optional<NumberFormat> format = parse_number_format(options.dtype);
  if (!format || std::find(dtypes.begin(), dtypes.end(), format->name()) == dtypes.end())
    parsed<NumberFormat>("--dtype", options.dtype, dtypes,
                         [](std::string_view) { return std::optional<NumberFormat>(); });
  run.dtype = *format;
  run.attention = parsed("--attention", options.attention, attention_names(), parse_attention);
  run.logits = parsed("--logits", options.logits, logits_names(), parse_logits);
  run.routing = parsed("--routing", options.routing, routing_names(), parse_routing);
  run.call_empty_experts = !options.skip_empty_experts;
  return run;
}

}  // namespace upmem_des
