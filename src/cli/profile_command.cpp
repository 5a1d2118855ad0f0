#include <spdlog/spdlog.h>

#include <algorithm>
#include <memory>

#include "cli/commands.hpp"
#include "cli/output_files.hpp"
#include "cli/profile_options.hpp"
#include "profile/profiler_process.hpp"
#include "report/measured_run.hpp"
#include "tokenizer/prompt_text.hpp"
#include "upmem_des/model/decoder_config.hpp"
#include "upmem_des/trace/jsonl_reader.hpp"
#include "upmem_des/trace/jsonl_writer.hpp"
#include "upmem_des/util/find_file.hpp"
#include "util/harmless_text.hpp"
#include "util/output_file.hpp"
#include "util/unnamed_file.hpp"

namespace upmem_des {

namespace {

/// What a network wrote must not steer the terminal; it may have lines.
std::string printable(const std::string& text) {
  std::string shown;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find_first_of("\n\t", at), text.size());
    shown += one_line(text.substr(at, end - at)) + text.substr(end, 1);
    at = end + 1;
  }
  return shown;
}

/// The generated text, each row of a batch after its number; the first token ids where there is no tokenizer.
std::string generated_text(const ProfileReply& reply) {
  constexpr std::size_t most_rows = 8;
  constexpr std::size_t most_ids = 16;
  const bool has_text = !reply.texts.empty();
  const std::size_t rows = has_text ? reply.texts.size() : reply.token_ids.size();
  std::string text;
  for (std::size_t row = 0; row < std::min(rows, has_text ? rows : most_rows); ++row) {
    if (rows > 1) text += "row " + std::to_string(row) + ": ";
    if (has_text) {
      text += printable(reply.texts[row]) + "\n";
      continue;
    }
    const std::vector<std::int64_t>& ids = reply.token_ids[row];
    text += "token ids";
    for (std::size_t i = 0; i < std::min(ids.size(), most_ids); ++i) text += " " + std::to_string(ids[i]);
    text += (ids.size() > most_ids ? " … (" + std::to_string(ids.size()) + ")" : "") + "\n";
  }
  if (!has_text && rows > most_rows) text += "… (" + std::to_string(rows) + " rows)\n";
  return text;
}

void check_outputs_of(const ProfileOptions& options) {
  std::vector<std::string> read = {options.torchscript, options.exported, options.prompt_ids};
  read.insert(read.end(), options.operator_libraries.begin(), options.operator_libraries.end());
  if (!options.model.empty()) read.push_back(model_config_path(find_named_file(options.model, FileKind::model)));
  check_outputs({options.trace_on_standard_output() ? "" : options.output, options.json}, read);
}

ProfileReply run_network(const ProfileOptions& options, const CommonOptions& common, const UnnamedFile& trace) {
  const ProfileRequest request = profile_request(options);
  check_files(request);
  check_outputs_of(options);
  spdlog::debug("starting {}", one_line(programs_of(request).front()));
  const PromptText text(request);
  ProfileReply reply = run_profiler(text.with_token_ids(), trace, {common.verbose, options.limit_s});
  text.add_texts(reply);
  return reply;
}

void profile(const ProfileOptions& options, const CommonOptions& common) {
  const UnnamedFile trace;
  const ProfileReply reply = run_network(options, common, trace);
  for (const std::string& warning : reply.warnings) print_warning(warning);
  spdlog::debug("recorded {} events", reply.events);

  JsonlReader reader(trace.path());
  const MeasuredRun measured{reader.header(), reply};
  if (!options.output.empty()) write_trace(options.trace_on_standard_output() ? "-" : options.output, reader);
  if (!options.json.empty()) write_file(options.json, measured_json(measured));
  if (options.trace_on_standard_output() || is_standard_output(options.json)) return;
  if (options.reports.any()) {
    JsonlReader events(trace.path());
    write_call_reports(events, options.reports, options.sim_compute, write_standard_output);
    if (!common.quiet) write_standard_output("\n");
  }
  const std::string generated = common.quiet && !options.prompt_given ? "" : generated_text(reply);
  write_standard_output(generated);
  if (!common.quiet) write_standard_output((generated.empty() ? "" : "\n") + measured_text(measured));
  print("");
}

}  // namespace

void add_profile_command(CLI::App& app, const CommonOptions& common, Action& action) {
  auto options = std::make_shared<ProfileOptions>();
  CLI::App* command =
      app.add_subcommand("profile", "Run a network on this machine's CPU; time its layers and functions");
  command->footer(
      "A scenario with workload: { trace: FILE } simulates the trace.\n"
      "TorchScript is code, as are archives of torch.export and libraries of operators: profile only files that\n"
      "you would run as programs. TorchScript's operators on files are refused.\n"
      "With -q only what was asked for by an option is printed; -v tells what is done.");
  add_profile_options(*command, options,
                      [options, &common, &action] { action = [options, &common] { profile(*options, common); }; });
}

}  // namespace upmem_des
