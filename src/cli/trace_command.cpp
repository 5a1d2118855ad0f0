#include <spdlog/spdlog.h>

#include <charconv>
#include <memory>

#include "cli/commands.hpp"
#include "model/decoder_source.hpp"
#include "trace/jsonl_reader.hpp"
#include "trace/jsonl_writer.hpp"
#include "trace/trace_summary.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

namespace {

struct TraceOptions {
  std::string file;
  std::string model;
  DecoderRun run;
  std::string dtype = to_string(DataType::bfloat16);
  std::string attention = to_string(Attention::sdpa);
  std::string logits = to_string(Logits::all);
  std::string routing = to_string(Routing::round_robin);
  bool skip_empty_experts = false;
  std::string output = "-";
};

constexpr std::int64_t largest_count = 1'000'000'000;  // as in scenarios

/// CLI11 itself takes a number that is too large, or negative where none may be, for another one.
CLI::Validator whole_number(std::int64_t least) {
  const auto problem = [least](const std::string& text) {
    std::int64_t value = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (error == std::errc() && stop == end && value >= least && value <= largest_count) return std::string();
    return "'" + text + "'; expected a whole number from " + std::to_string(least) + " to " +
           std::to_string(largest_count);
  };
  return {problem, ""};
}

template <class Value>
Value parsed(const char* option, const std::string& text, const std::vector<std::string>& names,
             std::optional<Value> (*parse)(std::string_view)) {
  if (const auto value = parse(text)) return *value;
  throw InputError({option},
                   "unknown value '" + text + "'; expected one of " + listed(names) + did_you_mean(text, names));
}

void generate(const TraceOptions& options) {
  DecoderRun run = options.run;
  run.dtype = parsed("--dtype", options.dtype, data_type_names(), parse_data_type);
  run.attention = parsed("--attention", options.attention, attention_names(), parse_attention);
  run.logits = parsed("--logits", options.logits, logits_names(), parse_logits);
  run.routing = parsed("--routing", options.routing, routing_names(), parse_routing);
  run.call_empty_experts = !options.skip_empty_experts;
  const DecoderConfig config = read_model_config(options.model);
  refuse_overwriting(options.output, {options.model});
  for (const std::string& warning : config.warnings) spdlog::warn("{}", warning);
  DecoderSource source(config, run, {options.model});
  write_trace(options.output, source);
}

void add_generation(CLI::App& trace, TraceOptions& options) {
  trace.add_option("--model", options.model, "Hugging Face config.json to derive the events from")
      ->option_text("CONFIG");
  const auto number = [&](const char* option, auto& value, const char* text) {
    trace.add_option(option, value, text)->check(whole_number(1))->type_name("N")->capture_default_str();
  };
  number("--prompt-tokens", options.run.prompt_tokens, "Tokens in, for each row of the batch");
  number("--output-tokens", options.run.output_tokens, "Tokens out: forward passes, 1 prefill and N-1 decode");
  number("--batch", options.run.batch, "Rows that are generated side by side");
  trace.add_option("--dtype", options.dtype, listed(data_type_names()))->type_name("TYPE")->capture_default_str();
  trace.add_option("--attention", options.attention, "sdpa (one function) or eager (matmul, softmax, matmul)")
      ->type_name("KIND")
      ->capture_default_str();
  trace.add_option("--logits", options.logits, "Positions that lm_head computes in prefill: all or last")
      ->type_name("WHICH")
      ->capture_default_str();
  trace.add_flag("--sampling", options.run.sampling, "A softmax over the vocabulary after each pass");
  trace.add_option("--routing", options.routing, "How tokens find experts: " + listed(routing_names()))
      ->type_name("KIND")
      ->capture_default_str();
  trace.add_option("--routing-seed", options.run.routing_seed, "Seed of uniform_random")
      ->check(whole_number(0))
      ->option_text("N");
  trace.add_flag("--skip-empty-experts", options.skip_empty_experts, "Do not call experts that got no token");
  trace.add_option("-o,--output", options.output, "Trace to write, .jsonl or .jsonl.gz; - is standard output")
      ->type_name("FILE")
      ->capture_default_str();
}

}  // namespace

void add_trace_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<TraceOptions>();
  CLI::App* trace = app.add_subcommand("trace", "Derive a trace from a model's config.json, or summarise one");
  add_generation(*trace, *options);
  trace->require_subcommand(0, 1);

  CLI::App* show = trace->add_subcommand("show", "Summarise a trace: events by type, phases, passes, shapes");
  show->add_option("FILE", options->file, "Trace, .jsonl or .jsonl.gz")->required();
  show->callback([options, &action] {
    action = [options] {
      JsonlReader reader(options->file);
      print(to_text(summarise(reader)));
    };
  });
  trace->final_callback([show, options, &action] {
    if (show->parsed()) return;
    if (options->model.empty())
      throw CLI::ParseError("needs --model CONFIG, or the subcommand show", CLI::ExitCodes::RequiredError);
    action = [options] { generate(*options); };
  });
}

}  // namespace upmem_des
