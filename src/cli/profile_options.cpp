#include "cli/profile_options.hpp"

#include <algorithm>

#include "cli/call_report_options.hpp"
#include "cli/option_values.hpp"
#include "upmem_des/util/find_file.hpp"

namespace upmem_des {

namespace {

const std::vector<std::string> computed_types = {"float32", "bfloat16", "float16"};

constexpr double longest_s = 1e9;

using Given = std::vector<CLI::Option*>;

CLI::Option* add_count(CLI::App& command, const char* option, std::int64_t& value, std::int64_t least,
                       const char* text) {
  return command.add_option(option, value, text)->check(whole_number(least))->type_name("N")->capture_default_str();
}

CLI::Option* add_list(CLI::App& command, const char* option, std::vector<std::string>& values, const char* text) {
  return command.add_option(option, values, text)
      ->expected(1)
      ->allow_extra_args(false)  // else "[1x3,2x3]" would be two
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

/// The options of each way in, the one that names the network first.
struct Ways {
  Given script;
  Given exported;
  Given model;
};

void add_script_options(CLI::App& command, ProfileOptions& options, Ways& ways) {
  ways.script.push_back(
      command
          .add_option("--torchscript", options.torchscript, "Scripted or traced module to run: code, as a program is")
          ->option_text("FILE"));
  ways.exported.push_back(
      command
          .add_option("--exported", options.exported, "Archive of torch.export (.pt2) to run with Python: code, too")
          ->option_text("FILE"));
  CLI::Option* const input = add_list(command, "--input", options.inputs,
                                      "Input: 1x3x32x32, 2x7:int64:0..49, int:3, {NAME=INPUT,…} (repeatable)")
                                 ->option_text("SPEC");
  CLI::Option* const repeat =
      add_count(command, "--repeat", options.repeat, 1, "Forward passes; the first counts as prefill");
  for (Given* way : {&ways.script, &ways.exported}) way->insert(way->end(), {input, repeat});
  ways.script.push_back(add_list(command, "--operator-library", options.operator_libraries,
                                 "Library of operators that the module calls: code, too (repeatable)")
                            ->option_text("LIB.so"));
}

Given add_model_options(CLI::App& command, ProfileOptions& options) {
  options.run.dtype = to_string(NumberFormat::float32);
  Given added;
  added.push_back(command
                      .add_option("--model", options.model,
                                  "Shipped model's name, or folder: config.json, perhaps weights, tokenizer")
                      ->option_text("DIR"));
  const Given run = add_decoder_options(command, options.run, computed_types);
  added.insert(added.end(), run.begin(), run.end());
  command.get_option("--routing")->description("Experts by rule: " + listed(routing_names()))->default_str("");
  added.push_back(command.add_option("--temperature", options.sampling.temperature, "That logits are divided by")
                      ->check(number_between(least_temperature, highest_temperature))
                      ->option_text("X"));
  added.push_back(command.add_option("--top-k", options.sampling.top_k, "Draw among the N most likely tokens only")
                      ->check(whole_number(1))
                      ->option_text("N"));
  added.push_back(
      command.add_option("--top-p", options.sampling.top_p, "Draw among the likeliest tokens that have X together")
          ->check(positive_number(1))
          ->option_text("X"));
  added.push_back(
      command.add_option("--prompt", options.prompt, "Text to go on from; needs tokenizer.model or tokenizer.json")
          ->option_text("TEXT"));
  added.push_back(
      command.add_option("--prompt-ids", options.prompt_ids, "File of token ids to go on from, a line for each row")
          ->option_text("FILE"));
  return added;
}

void add_common_options(CLI::App& command, ProfileOptions& options) {
  add_count(command, "--warmup", options.warmup, 0, "Forward passes before, which are not recorded");
  command.add_option("--seed", options.seed, "Of random inputs, weights and samples")
      ->check(whole_number(0))
      ->type_name("N")
      ->capture_default_str();
  command.add_option("--threads", options.threads, "Threads to compute with; default: as libtorch chooses")
      ->check(whole_number(1, most_threads))
      ->option_text("N");
  command.add_option("--limit", options.limit_s, "Seconds after which the network is ended; default: none")
      ->check(positive_number(longest_s))
      ->option_text("SECONDS");
  command.add_flag("--sim-compute", options.sim_compute,
                   "Leave heavy operators out: same events, no results, no times");
  command.add_option("-o,--output", options.output, "Trace to write, .jsonl or .jsonl.gz; - is standard output")
      ->option_text("FILE");
  command.add_option("--json", options.json, "Write what was measured as JSON")->option_text("FILE");
  add_call_report_options(command, options.reports);
}

[[noreturn]] void refuse(const std::string& problem) {
  throw CLI::ParseError(problem, CLI::ExitCodes::ExcludesError);
}

/// Options that go with other ways in than the one that was taken.
void refuse_others(const Given& taken, const std::vector<const Given*>& ways) {
  for (const Given* way : ways)
    for (CLI::Option* const option : *way) {
      if (option->count() == 0 || std::find(taken.begin(), taken.end(), option) != taken.end()) continue;
      std::string with;
      for (const Given* other : ways)
        if (std::find(other->begin(), other->end(), option) != other->end())
          with += (with.empty() ? "" : " or ") + other->front()->get_name();
      refuse(option->get_name() + " does not go with " + taken.front()->get_name() + "; expected it with " + with +
             " only");
    }
}

void check_together(const CLI::App& command, const ProfileOptions& options, const Ways& given_ways) {
  const std::vector<const Given*> ways{&given_ways.script, &given_ways.exported, &given_ways.model};
  const Given* taken = nullptr;
  for (const Given* way : ways) {
    if (way->front()->count() == 0) continue;
    if (taken != nullptr)
      refuse("has both " + taken->front()->get_name() + " and " + way->front()->get_name() + "; expected one of them");
    taken = way;
  }
  if (taken == nullptr) refuse("needs --torchscript FILE, --exported FILE or --model DIR");
  refuse_others(*taken, ways);
  if (options.sim_compute && taken == &given_ways.exported)
    refuse("--sim-compute does not go with --exported; expected it with --torchscript or --model only");
  const auto given = [&](const char* option) { return command.count(option) > 0; };
  for (const char* option : {"--temperature", "--top-k", "--top-p"})
    if (given(option) && !options.run.run.sampling)
      refuse(std::string(option) + " does not go with the most likely token; expected it with --sampling only");
  if (given("--prompt") && given("--prompt-ids")) refuse("has both --prompt and --prompt-ids; expected one of them");
  for (const char* prompt : {"--prompt", "--prompt-ids"})
    for (const char* replaced : {"--prompt-tokens", "--batch"})
      if (given(prompt) && given(replaced))
        refuse(std::string(replaced) + " does not go with " + prompt + ", which says so itself; expected one of them");
  if (given("--prompt") && options.prompt.empty()) refuse("--prompt: an empty text; expected some words");
  if (options.trace_on_standard_output() && options.reports.any())
    refuse("a report beside the trace on standard output; expected -o FILE");
}

std::vector<InputValue> inputs_of(const ProfileOptions& options) {
  std::vector<InputValue> inputs;
  for (const std::string& input : options.inputs) inputs.push_back(parse_input(input, {"--input"}));
  return inputs;
}

}  // namespace

void add_profile_options(CLI::App& command, const std::shared_ptr<ProfileOptions>& options,
                         const std::function<void()>& parsed) {
  Ways ways;
  add_script_options(command, *options, ways);
  ways.model = add_model_options(command, *options);
  add_common_options(command, *options);
  command.callback([&command, options, ways, parsed] {
    options->prompt_given = command.count("--prompt") > 0;
    options->routed_by_rule = command.count("--routing") > 0;
    check_together(command, *options, ways);
    parsed();
  });
}

ProfileRequest profile_request(const ProfileOptions& options) {
  ProfileRequest request;
  request.seed = options.seed;
  request.sim_compute = options.sim_compute;
  request.threads = options.threads;
  if (!options.torchscript.empty()) {
    ScriptRequest script;
    script.file = options.torchscript;
    script.inputs = inputs_of(options);
    script.repeat = options.repeat;
    script.warmup = options.warmup;
    script.operator_libraries = options.operator_libraries;
    request.network = std::move(script);
    return request;
  }
  if (!options.exported.empty()) {
    request.network = ExportedRequest{options.exported, inputs_of(options), options.repeat, options.warmup};
    return request;
  }
  DecoderRequest decoder;
  decoder.folder = find_named_file(options.model, FileKind::model);
  decoder.run = decoder_run(options.run, computed_types);
  // Without results a router has nothing to choose by.
  decoder.route_by_rule = options.routed_by_rule || options.sim_compute;
  decoder.sampling = options.sampling;
  decoder.prompt = options.prompt;
  decoder.prompt_ids_file = options.prompt_ids;
  decoder.warmup = options.warmup;
  request.network = std::move(decoder);
  return request;
}

}  // namespace upmem_des
