#include <algorithm>

#include "scenario/scenario.hpp"
#include "upmem_des/model/decoder_config.hpp"

namespace upmem_des {

NumberFormat computed_type(std::optional<NumberFormat> dtype) {
  return dtype && (*dtype == NumberFormat::bfloat16 || *dtype == NumberFormat::float16) ? *dtype
                                                                                        : NumberFormat::float32;
}

DecoderRun decoder_run(const Workload& workload) {
  DecoderRun run;
  static_cast<DecoderSettings&>(run) = workload.run;
  run.batch = workload.batch.value_or(std::max<std::int64_t>(1, static_cast<std::int64_t>(run.prompts.size())));
  run.dtype = workload.profile ? computed_type(workload.dtype) : workload.dtype.value_or(run.dtype);
  run.weight_dtype = workload.weight_dtype;
  return run;
}

std::vector<std::string> files_of(const Workload& workload) {
  std::vector<std::string> files;
  const auto add = [&](const std::string& file) {
    if (!file.empty()) files.push_back(file);
  };
  if (!workload.model.empty()) add(model_config_path(workload.model));
  add(workload.trace);
  if (workload.requests) {
    if (workload.requests->file) add(workload.requests->file->path);
    for (const auto& lengths : {workload.requests->prompt_tokens, workload.requests->output_tokens})
      if (lengths) add(lengths->file);
  }
  if (!workload.profile) return files;
  if (const auto* script = std::get_if<ScriptRequest>(&workload.profile->network)) {
    add(script->file);
    for (const std::string& library : script->operator_libraries) add(library);
  } else if (const auto* exported = std::get_if<ExportedRequest>(&workload.profile->network)) {
    add(exported->file);
  } else {
    add(std::get<DecoderRequest>(workload.profile->network).prompt_ids_file);
  }
  return files;
}

std::string title_of(const Scenario& scenario) {
  constexpr std::size_t most_named = 4;
  std::string text;
  std::size_t named = 0, others = 0;
  for (const ChangedKey& change : scenario.changes) {
    if (change.key == "name") continue;
    if (named == most_named) {
      ++others;
      continue;
    }
    ++named;
    text += (text.empty() ? "" : ", ") + change.key + "=" + change.value;
  }
  if (others > 0) text += " and " + std::to_string(others) + " more";
  return text.empty() ? scenario.name : scenario.name + " (" + text + ")";
}

std::vector<std::string> files_of(const Scenario& scenario) {
  std::vector<std::string> files{scenario.file};
  if (!scenario.platform.empty()) files.push_back(scenario.platform);
  files.insert(files.end(), scenario.architectures.begin(), scenario.architectures.end());
  const std::vector<std::string> workload = files_of(scenario.workload);
  files.insert(files.end(), workload.begin(), workload.end());
  if (scenario.serving && scenario.serving->speculative && !scenario.serving->speculative->model.empty())
    files.push_back(model_config_path(scenario.serving->speculative->model));
  return files;
}

}  // namespace upmem_des
