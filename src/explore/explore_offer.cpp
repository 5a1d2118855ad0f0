#include "explore/explore_offer.hpp"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "architecture/architecture_reader.hpp"
#include "platform/platform_file.hpp"
#include "upmem_des/architecture/catalogue.hpp"
#include "upmem_des/model/decoder_run.hpp"
#include "upmem_des/util/data_folder.hpp"
#include "util/harmless_text.hpp"
#include "util/output_file.hpp"
#include "util/regular_file.hpp"

namespace upmem_des {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr const char* model_folder = "scenarios/models";
constexpr const char* platform_folder = "platforms";

std::string file_name(const std::string& path) {
  return fs::path(path).filename().string();
}

/// A machine for each group of a platform file.
std::vector<OfferedMachine> machines_of(const std::string& path, const YamlNode& changes = {}) {
  const PlatformFile file = read_platform_file(path, changes);
  std::vector<OfferedMachine> machines;
  for (const PlatformFile::Devices& group : file.devices) {
    const std::string name = file_name(path);
    machines.push_back({file.devices.size() == 1 ? name : name + " " + group.name, name,
                        file.name.empty() ? name : file.name, group.name, group.count,
                        canonical_device_name(group.architecture)});
  }
  return machines;
}

std::string model_name(const std::string& path, const std::vector<std::string>& offered) {
  const fs::path data = fs::path(data_folder()) / "scenarios";
  std::error_code error;
  for (const std::string& name : offered)
    if (fs::equivalent(path, data / name, error)) return name;
  const fs::path file(path);
  return file.filename() == "config.json" ? file.parent_path().filename().string() : file.filename().string();
}

std::string text_of(const std::optional<NumberFormat>& format) {
  return format ? to_string(*format) : std::string();
}

/// One number, or one for each row.
std::string prompts_of(const DecoderSettings& run) {
  if (run.prompts.empty()) return std::to_string(run.prompt_tokens);
  std::string list;
  for (const std::int64_t prompt : run.prompts) list += (list.empty() ? "[" : ", ") + std::to_string(prompt);
  return list + "]";
}

/// The device of the default, and the other lines that name it.
void add_mapping(const Scenario& scenario, ExploreOffer& offer) {
  if (!scenario.mapping.default_device) return;
  const std::string device = canonical_device_name(scenario.mapping.default_device->device);
  offer.device = device;
  const auto add = [&](const MappingEntry& line) {
    const bool is_default = line.section.empty() && line.layer == "default";
    // A dot in a layer's name would be one between keys.
    const bool can_be_set = line.layer.find('.') == std::string::npos && line.more.empty();
    if (!is_default && can_be_set && canonical_device_name(line.device) == device)
      offer.moved.push_back({line.key(), line.flags});
  };
  scenario.mapping.for_each(add);
  for (const MappingSection& section : scenario.phase_mapping) section.for_each(add);
}

void add_machine(const Scenario& scenario, ExploreOffer& offer) {
  const std::vector<OfferedMachine> groups = machines_of(scenario.platform, scenario.platform_changes);
  offer.platform = groups.front().title;
  offer.device.clear();
  offer.moved.clear();
  if (groups.size() != 1) return;
  offer.own_group = groups.front();
  offer.device = groups.front().architecture;
}

void add_workload(const Workload& workload, ExploreOffer& offer) {
  offer.has_model = !workload.model.empty();
  if (workload.batch) offer.batch = std::to_string(*workload.batch);
  offer.dtype = text_of(workload.dtype);
  offer.weight_dtype = text_of(workload.weight_dtype);
  offer.kv_dtype = text_of(workload.kv_dtype);
  if (!offer.has_model) return;
  const DecoderRun run = decoder_run(workload);
  offer.model = model_name(workload.model, offer.models);
  offer.prompt_tokens = prompts_of(run);
  offer.output_tokens = std::to_string(run.output_tokens);
  offer.batch = std::to_string(run.batch);
  offer.dtype = to_string(run.dtype);
}

Json machine_json(const OfferedMachine& machine) {
  return {{"name", machine.name},
          {"title", machine.title},
          {"group", machine.group},
          {"count", machine.count},
          {"architecture", machine.architecture}};
}

Json parallel_json(const ParallelSection& parallel) {
  return {{"tp", parallel.tensor},
          {"pp", parallel.pipeline},
          {"dp", parallel.data},
          {"cp", parallel.context},
          {"ep", parallel.experts}};
}

}  // namespace

ExploreOffer explore_offer(const Scenario& scenario) {
  ExploreOffer offer;
  offer.title = title_of(scenario);
  for (const std::string& path : data_files(model_folder, ".json")) offer.models.push_back("models/" + file_name(path));
  for (const std::string& path : data_files(platform_folder, ".yaml"))
    for (OfferedMachine& machine : machines_of(path)) offer.machines.push_back(std::move(machine));
  Catalogue catalogue = Catalogue::builtin();
  for (const std::string& path : scenario.architectures) catalogue.add_file(path);
  catalogue.change(scenario.architecture_changes);
  for (const Architecture& profile : catalogue.all())
    if (profile.name != "HOST")
      offer.devices.push_back({profile.name, profile.memory.bandwidth_Bps, profile.flops_per_s, profile.capacity_B});
  offer.formats = number_format_names();
  add_workload(scenario.workload, offer);
  add_mapping(scenario, offer);
  if (!scenario.platform.empty()) add_machine(scenario, offer);
  offer.parallel = scenario.parallel;
  return offer;
}

void check_explored(const Scenario& scenario) {
  const SourceLocation where{scenario.file};
  expect_regular_file(scenario.file, "a file, which is read anew for every run");
  if (scenario.workload.requests)
    throw InputError(where, "workload.requests", "is not explored; expected one batch, or upmem-des run");
  if (scenario.workload.profile)
    throw InputError(
        where, "workload",
        "is profiled anew for every run; expected a model that is not, or the trace that upmem-des profile "
        "writes");
}

std::string offer_json(const ExploreOffer& offer) {
  Json now = {{"model", offer.model},
              {"machine", offer.platform},
              {"device", offer.device},
              {"batch", offer.batch},
              {"prompt_tokens", offer.prompt_tokens},
              {"output_tokens", offer.output_tokens},
              {"dtype", offer.dtype},
              {"weight_dtype", offer.weight_dtype},
              {"kv_dtype", offer.kv_dtype}};
  now["group"] = offer.own_group ? machine_json(*offer.own_group) : Json();
  now["parallel"] = offer.parallel ? parallel_json(*offer.parallel) : Json();
  Json machines = Json::array();
  for (const OfferedMachine& machine : offer.machines) machines.push_back(machine_json(machine));
  Json devices = Json::array();
  for (const OfferedDevice& device : offer.devices)
    devices.push_back({{"name", device.name},
                       {"memory_Bps", device.memory_Bps},
                       {"flops_per_s", device.flops_per_s},
                       {"capacity_B", device.capacity_B ? Json(*device.capacity_B) : Json()}});
  const Json all = {{"format", "upmem-des-explore"},
                    {"version", 1},
                    {"program", "upmem-des " UPMEM_DES_VERSION},
                    {"scenario", offer.title},
                    {"has_model", offer.has_model},
                    {"models", offer.models},
                    {"machines", machines},
                    {"devices", devices},
                    {"formats", offer.formats},
                    {"now", now}};
  return harmless_json(all.dump(-1, ' ', false, Json::error_handler_t::replace));
}

}  // namespace upmem_des
