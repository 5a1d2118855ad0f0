#include <spdlog/spdlog.h>

#include <memory>

#include "cli/call_report_options.hpp"
#include "cli/commands.hpp"
#include "cli/decoder_options.hpp"
#include "cli/option_values.hpp"
#include "model/decoder_source.hpp"
#include "trace/trace_summary.hpp"
#include "upmem_des/trace/jsonl_reader.hpp"
#include "upmem_des/trace/jsonl_writer.hpp"
#include "upmem_des/util/find_file.hpp"

namespace upmem_des {

namespace {

struct TraceOptions {
  std::string file;
  std::string model;
  DecoderRunOptions run;
  std::string detail = to_string(Detail::layers);
  std::string output = "-";
  CallReports reports;
};

void generate(const TraceOptions& options) {
  DecoderRun run = decoder_run(options.run, number_format_names());
  run.detail = parsed("--detail", options.detail, detail_names(), parse_detail);
  const DecoderConfig config = read_model_config(find_named_file(options.model, FileKind::model));
  refuse_overwriting(options.output, {config.source});
  for (const std::string& warning : config.warnings) print_warning(warning);
  DecoderSource source(config, run, {config.source});
  write_trace(options.output, source);
}

void add_generation(CLI::App& trace, TraceOptions& options) {
  trace.add_option("--model", options.model, "config.json, its folder or a shipped model's name, to make events from")
      ->option_text("CONFIG");
  options.run.dtype = to_string(NumberFormat::bfloat16);
  add_decoder_options(trace, options.run, number_format_names());
  trace.add_option("--detail", options.detail, "Calls of the model's code, layers, or kernels as engines run them")
      ->option_text("WHICH=" + options.detail)
      ->check(offered(detail_names()));
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

  CLI::App* show = trace->add_subcommand("show", "Summarise a trace, or report on its measured times");
  show->add_option("FILE", options->file, "Trace, .jsonl or .jsonl.gz")->required();
  add_call_report_options(*show, options->reports);
  show->footer("Without an option: events by type, phases, passes, shapes.");
  show->callback([options, &action] {
    action = [options] {
      JsonlReader reader(options->file);
      if (!options->reports.any()) return print(to_text(summarise(reader)));
      write_call_reports(reader, options->reports, false, write_standard_output);
      print("");
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
