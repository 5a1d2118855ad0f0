#include <fmt/format.h>

#include <memory>

#include "cli/commands.hpp"
#include "cli/option_values.hpp"
#include "cli/output_files.hpp"
#include "model/model_json.hpp"
#include "upmem_des/model/model_facts.hpp"
#include "upmem_des/util/find_file.hpp"
#include "util/output_file.hpp"
#include "util/text_table.hpp"

namespace upmem_des {

namespace {

struct ModelOptions {
  std::string config;
  std::string dtype = "bfloat16";
  std::string weight_dtype;
  std::string kv_dtype;
  std::string json;
};

NumberFormat format_of(const char* option, const std::string& text) {
  return parsed(option, text, number_format_names(), parse_number_format);
}

/// Whole numbers with commas between thousands.
std::string grouped(double number) {
  std::string text = fmt::format("{:.0f}", number);
  for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3)
    text.insert(static_cast<std::size_t>(at), ",");
  return text;
}

std::string text_of(const DecoderConfig& config, const ModelFacts& facts) {
  using Align = TextTable::Align;
  std::string text =
      config.model + " (" + config.model_type + ", " + std::to_string(config.num_hidden_layers) + " layers)\n";
  for (const std::string& note : config.notes) text += note + "\n";
  text += "\n";
  TextTable totals({Align::Left, Align::Right, Align::Left});
  totals.row({"parameters", grouped(facts.parameters), ""});
  totals.row({"active for a token", grouped(facts.active_parameters), ""});
  totals.row({"weights", grouped(facts.weights_B), "B"});
  for (const FormatFacts& format : facts.formats)
    totals.row({std::string("  ") + format.format.name(), grouped(format.bytes),
                fmt::format("B, {:.5g} bits each", format.format.bits())});
  totals.row({"KV cache of a token", grouped(facts.kv_B_per_token), "B"});
  if (facts.kv_B_beyond_window) totals.row({"  beyond all windows", grouped(*facts.kv_B_beyond_window), "B"});
  totals.row({"state of a sequence", grouped(facts.state_B_per_sequence), "B"});
  totals.row({"linear flop of a token", grouped(facts.decode_linear_flop_per_token), ""});
  text += totals.str() + "\n";
  TextTable table({Align::Left, Align::Right, Align::Right, Align::Right, Align::Right, Align::Right});
  table.row({"part", "layers called", "parameters", "active", "weights B", "linear flop"});
  table.rule();
  for (const BlockFacts& block : facts.blocks)
    table.row({to_string(block.block), std::to_string(block.calls), grouped(block.parameters),
               grouped(block.active_parameters), grouped(block.weights_B), grouped(block.linear_flop_per_token)});
  return text + table.str();
}

void show(const ModelOptions& options) {
  const DecoderConfig config = read_model_config(find_named_file(options.config, FileKind::model));
  for (const std::string& warning : config.warnings) print_warning(warning);
  FactFormats formats;
  formats.activations = format_of("--dtype", options.dtype);
  if (!options.weight_dtype.empty()) formats.weights = format_of("--weight-dtype", options.weight_dtype);
  if (!options.kv_dtype.empty()) formats.cache = format_of("--kv-dtype", options.kv_dtype);
  const ModelFacts facts = model_facts(config, formats);
  if (options.json.empty()) return print(text_of(config, facts));
  const std::string json = model_json(config, facts);
  check_outputs({options.json}, {config.source});
  write_file(options.json, json);
}

}  // namespace

void add_model_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<ModelOptions>();
  CLI::App* model = app.add_subcommand("model", "Parameters, weights and cache of a model, from its config.json");
  model->require_subcommand(1);
  CLI::App* command = model->add_subcommand("show", "Count one model");
  command->add_option("CONFIG", options->config, "Hugging Face config.json, its folder, or a shipped model's name")
      ->required();
  command->add_option("--dtype", options->dtype, "Format of activations, and of weights with no format of their own")
      ->option_text("TYPE")
      ->capture_default_str();
  command->add_option("--weight-dtype", options->weight_dtype, "Format of linear layers, in place of the file's")
      ->option_text("TYPE");
  command->add_option("--kv-dtype", options->kv_dtype, "Format of the KV cache")->option_text("TYPE");
  command->add_option("--json", options->json, "Write the counts as JSON; - is standard output")->option_text("FILE");
  command->callback([options, &action] { action = [options] { show(*options); }; });
}

}  // namespace upmem_des
