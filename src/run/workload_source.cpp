#include "run/workload_source.hpp"

#include "model/decoder_source.hpp"
#include "model/run_description.hpp"
#include "trace/event_steps.hpp"
#include "trace/recorded_source.hpp"
#include "upmem_des/model/family_registry.hpp"
#include "upmem_des/trace/jsonl_reader.hpp"

namespace upmem_des {

WorkloadSource::WorkloadSource(const Workload& workload) : workload_(workload) {
  if (!workload.model.empty() && !workload.profiled) {
    config_ = read_model_config(workload.model);
    const DecoderSource source(*config_, decoder_run(workload), workload.source_where);
    header_ = source.header();
    expected_events_ = source.expected_events();
    return;
  }
  header_ = open()->header();
  if (workload.batch && *workload.batch != header_.batch)
    throw InputError(workload.batch_where, "workload.batch",
                     std::to_string(*workload.batch) + " rows, but the trace was recorded with " +
                         std::to_string(header_.batch) + "; expected the trace's or no batch");
}

std::set<std::string> WorkloadSource::other_names() const {
  return config_ && workload_.run.detail == Detail::kernels ? fused_layers(*config_) : std::set<std::string>();
}

std::vector<std::string> WorkloadSource::warnings() const {
  if (!config_) return {};
  std::vector<std::string> all = config_->warnings;
  for (const std::string& note : config_->notes)
    all.emplace_back(InputError({config_->source}, note + "; all else of it is not simulated").what());
  const std::int64_t prompt = workload_.run.prompt_tokens;
  if (config_->max_positions > 0 && prompt > config_->max_positions)
    all.emplace_back(InputError(workload_.source_where, "workload.prompt_tokens",
                                std::to_string(prompt) + "; the model was made for " +
                                    std::to_string(config_->max_positions) + " positions (" +
                                    family_keys(config_->model_type).positions + ")")
                         .what());
  return all;
}

Name WorkloadSource::last_layer() const {
  static const std::string usual = Workload().last_layer;
  if (workload_.last_layer != usual) return Name(workload_.last_layer);
  if (header_.marks_passes) return {};
  return Name(header_.last_layer.empty() ? usual : header_.last_layer);
}

std::unique_ptr<DecoderSource> WorkloadSource::open_model(const DecoderRun& run) const {
  return std::make_unique<DecoderSource>(*config_, run, workload_.source_where);
}

std::unique_ptr<EventSource> WorkloadSource::open() const {
  if (config_) return open_model(decoder_run(workload_));
  if (workload_.recorded) return std::make_unique<RecordedSource>(workload_.recorded);
  return std::make_unique<JsonlReader>(workload_.profiled ? workload_.profiled->path() : workload_.trace,
                                       workload_.contents);
}

std::unique_ptr<CallSource> WorkloadSource::open_steps() const {
  if (config_) return open_model(decoder_run(workload_));
  return std::make_unique<OwningEventSteps>(open());
}

std::unique_ptr<CallSource> WorkloadSource::open_steps(std::unique_ptr<StepSource> steps) const {
  return std::make_unique<DecoderSource>(*config_, decoder_run(workload_), std::move(steps), workload_.source_where);
}

std::unique_ptr<EventSource> WorkloadSource::open_survey() const {
  if (!config_) return open();
  DecoderRun run = shortened(decoder_run(workload_));
  // Which experts two passes reach is chance; devices have to hold all of them.
  run.call_empty_experts = true;
  return open_model(run);
}

}  // namespace upmem_des
