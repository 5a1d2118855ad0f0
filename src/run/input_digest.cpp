#include "run/input_digest.hpp"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <vector>

#include "price/cost_writer.hpp"
#include "profile/profiler_process.hpp"
#include "scenario/scenario_writer.hpp"
#include "upmem_des/util/error.hpp"
#include "util/digest.hpp"

namespace upmem_des {

namespace {

// All that the machine is made of. Each structure is taken apart whole, so that a member that is added to one of them
// does not compile until it is added here.

void add(Digest& digest, const std::optional<double>& value) {
  digest.add_count(value ? 1 : 0);
  if (value) digest.add_number(*value);
}

void add(Digest& digest, const std::optional<std::size_t>& value) {
  digest.add_count(value ? 1 : 0);
  if (value) digest.add_count(*value);
}

/// One that is not stated is no number.
void add(Digest& digest, const EnergyFigure& energy) {
  if (energy.is_stated())
    digest.add_number(energy);
  else
    digest.add_text("not stated");
}

void add(Digest& digest, const Port& port) {
  const auto& [bandwidth_Bps, energy_J_per_byte] = port;
  digest.add_number(bandwidth_Bps);
  add(digest, energy_J_per_byte);
}

void add(Digest& digest, const PimController& controller) {
  const auto& [flops_per_s, bandwidth_Bps, energy_J_per_byte, is_serial] = controller;
  digest.add_count(is_serial ? 1 : 0);
  digest.add_number(flops_per_s);
  digest.add_number(bandwidth_Bps);
  add(digest, energy_J_per_byte);
}

void add(Digest& digest, const PimBanks& pim) {
  const auto& [rows_per_weight_pass, banks, cache_banks, bank_per_output, row_B, row_open_s, row_open_J, input_Bps,
               input_copies, output_Bps, classes, controller] = pim;
  digest.add_count(static_cast<std::uint64_t>(rows_per_weight_pass.value_or(0)));
  digest.add_count(bank_per_output ? 1 : 0);
  for (const double value : {banks, cache_banks, row_B, row_open_s, row_open_J, input_Bps, input_copies, output_Bps})
    digest.add_number(value);
  digest.add_count(classes.size());
  for (const OperatorClass kind : classes) digest.add_count(static_cast<std::uint64_t>(kind));
  digest.add_count(controller ? 1 : 0);
  if (controller) add(digest, *controller);
}

void add(Digest& digest, const ItemPrice& price) {
  digest.add_text(emit_yaml(item_price_node(price)));
}

void add(Digest& digest, const Architecture& architecture) {
  const auto& [name, host_to_device, device_to_host, memory, flops_per_s, flops_per_s_int4, flops_by_format,
               energy_J_per_flop, softmax_s_per_element, silu_s_per_element, rmsnorm_s_per_element, compute_efficiency,
               memory_efficiency, launch_overhead_s, capacity_B, idle_W, active_W, power_limit_W, link_latency_s, cores,
               cache_B, peer_Bps, efficiency, pim, price, basis, note, where] = architecture;
  digest.add_text(name);
  for (const Port* port : {&host_to_device, &device_to_host, &memory}) add(digest, *port);
  digest.add_number(flops_per_s);
  add(digest, energy_J_per_flop);
  for (const double value : {compute_efficiency, memory_efficiency, launch_overhead_s, idle_W, active_W, link_latency_s,
                             cores, cache_B, peer_Bps})
    digest.add_number(value);
  for (const auto* value : {&flops_per_s_int4, &softmax_s_per_element, &silu_s_per_element, &rmsnorm_s_per_element,
                            &capacity_B, &power_limit_W})
    add(digest, *value);
  digest.add_count(flops_by_format.size());
  for (const auto& [format, rate] : flops_by_format) {
    digest.add_text(format.name());
    digest.add_number(rate);
  }
  digest.add_count(efficiency.fitted.size());
  for (const FittedForm& fitted : efficiency.fitted) {
    digest.add_text(fitted.form->name());
    digest.add_text(fitted.format ? fitted.format->name() : "");
    for (const double value : fitted.values) digest.add_number(value);
  }
  if (pim) add(digest, *pim);
  if (price) add(digest, *price);
}

void add(Digest& digest, const DeviceRatings& ratings) {
  const auto& [flops_per_s, arithmetic_W, vector_W, memory_Bps, memory_W] = ratings;
  for (const double value : {flops_per_s, arithmetic_W, vector_W, memory_Bps, memory_W}) digest.add_number(value);
}

void add(Digest& digest, const LinkSpec& link) {
  const auto& [name, bandwidth_Bps, latency_s, power_W, role, owner, medium, stated_J_per_byte] = link;
  digest.add_text(name);
  for (const double value : {bandwidth_Bps, latency_s, power_W}) digest.add_number(value);
  digest.add_count(static_cast<std::uint64_t>(role));
  add(digest, owner);
  add(digest, medium);
  add(digest, stated_J_per_byte);
}

void add(Digest& digest, const DeviceSpec& device) {
  const auto& [name, architecture, ratings, memory, from_host, to_host, under] = device;
  digest.add_text(name);
  add(digest, architecture);
  add(digest, ratings);
  add(digest, memory);
  for (const auto* index : {&from_host, &to_host, &under}) add(digest, *index);
}

void add(Digest& digest, const MediumSpec& medium) {
  const auto& [name, bandwidth_Bps] = medium;
  digest.add_text(name);
  digest.add_number(bandwidth_Bps);
}

void add(Digest& digest, const RouteSpec& route) {
  const auto& [from, to, links, collective, ends, arrives] = route;
  digest.add_count(from);
  digest.add_count(to.size());
  for (const DeviceIndex device : to) digest.add_count(device);
  digest.add_count(links.size());
  for (const LinkIndex link : links) digest.add_count(link);
  if (!route.is_collective()) return;
  digest.add_text(collective);
  for (const RouteSpec::End& end : ends) {
    digest.add_count(end.device);
    digest.add_number(end.moved);
  }
  digest.add_number(arrives);
}

void add(Digest& digest, const std::vector<std::size_t>& counts) {
  digest.add_count(counts.size());
  for (const std::size_t count : counts) digest.add_count(count);
}

void add(Digest& digest, const NetworkShape& shape) {
  const auto& [dimensions, down, up, links, groups, chassis, routers, nodes] = shape;
  for (const auto* counts : {&dimensions, &down, &up, &links}) add(digest, *counts);
  for (const auto* many : {&groups, &chassis, &routers})
    for (const std::size_t count : {many->count, many->links}) digest.add_count(count);
  digest.add_count(nodes);
}

/// Its ways, which follow from what it is.
void add(Digest& digest, const NetworkSpec& network) {
  const auto& [name, topology, devices, link, link_count, level, group, nic_count, shape, measured, middle] = network;
  digest.add_count(static_cast<std::uint64_t>(topology));
  add(digest, devices);
  add(digest, shape);
  for (const std::size_t count : {link, link_count, level, nic_count}) digest.add_count(count);
  add(digest, middle);
  digest.add_count(measured.has_value());
  if (measured) {
    digest.add_number(measured->base_s);
    digest.add_number(measured->per_log2_s);
  }
}

template <class Item>
void add(Digest& digest, const std::vector<Item>& items) {
  digest.add_count(items.size());
  for (const Item& item : items) add(digest, item);
}

/// Nothing where there are none.
void add(Digest& digest, const PlatformPrices& prices) {
  const auto& [machine, host_share, parts] = prices;
  if (machine) add(digest, *machine);
  if (host_share != 1) digest.add_number(host_share);
  for (const PlatformPrices::Part& part : parts) {
    digest.add_text(part.name);
    digest.add_count(part.count);
    add(digest, part.price);
  }
}

/// Title, groups, shared links and networks' names are for those who show the machine; the others, routes of
/// collectives among them, say the same.
void add(Digest& digest, const PlatformSpec& platform) {
  const auto& [name, devices, links, media, routes, groups, shared_links, networks, collectives, prices] = platform;
  add(digest, devices);
  add(digest, links);
  add(digest, media);
  routes.for_each_stated([&](RouteIndex, const RouteSpec& route) { add(digest, route); });
  add(digest, networks);
  add(digest, prices);
}

void sort(MappingSection& section) {
  std::sort(section.lines.begin(), section.lines.end(),
            [](const MappingEntry& a, const MappingEntry& b) { return a.layer < b.layer; });
  std::sort(section.layers.begin(), section.layers.end(),
            [](const LayerRangeEntry& a, const LayerRangeEntry& b) { return a.first < b.first; });
}

/// The scenario without what its names and places of files are, and with its mapping in one order.
Scenario without_names(Scenario scenario) {
  const auto hide = [](std::string& path, const char* what) {
    if (!path.empty()) path = what;
  };
  scenario.name = "scenario";
  Workload& workload = scenario.workload;
  hide(workload.model, "/model");
  hide(workload.trace, "/trace");
  if (workload.requests) {
    RequestsSection& requests = *workload.requests;
    if (requests.file) hide(requests.file->path, "/requests");
    for (auto* lengths : {&requests.prompt_tokens, &requests.output_tokens})
      if (*lengths) hide((*lengths)->file, "/lengths");
  }
  if (workload.profile) {
    if (auto* script = std::get_if<ScriptRequest>(&workload.profile->network)) {
      hide(script->file, "/torchscript");
      for (std::string& library : script->operator_libraries) hide(library, "/operator_library");
    } else if (auto* exported = std::get_if<ExportedRequest>(&workload.profile->network)) {
      hide(exported->file, "/exported");
    } else {
      hide(std::get<DecoderRequest>(workload.profile->network).prompt_ids_file, "/prompt_ids");
    }
  }
  if (scenario.serving && scenario.serving->speculative) hide(scenario.serving->speculative->model, "/draft");
  hide(scenario.platform, "/platform");
  scenario.platform_changes = scenario.architecture_changes = YamlNode();  // they are in the machine
  for (std::string& file : scenario.architectures) hide(file, "/architectures");
  sort(scenario.mapping);
  for (MappingSection& section : scenario.phase_mapping) sort(section);
  return scenario;
}

/// What runs the network; nothing where that is not there, which the run will say.
std::vector<std::string> profiler_files(const Workload& workload) {
  if (!workload.profile) return {};
  try {
    return programs_of(*workload.profile);
  } catch (const InputError&) {
    return {};
  }
}

}  // namespace

const std::string& program_digest() {
  static const std::string found = [] {
    Digest digest;
    digest.add_text(UPMEM_DES_VERSION);
    std::error_code error;
    const char* const self = "/proc/self/exe";
    if (std::filesystem::exists(self, error)) digest.add_text(file_digest(self));
    return digest.hex();
  }();
  return found;
}

std::string input_digest(const Scenario& scenario, const PlatformSpec& platform, const InputFiles& files) {
  const Workload& workload = scenario.workload;
  Digest digest;
  digest.add_text(program_digest());
  for (const std::string& file : profiler_files(workload)) digest.add_text(file_digest(file));
  digest.add_text(scenario_yaml(without_names(scenario)));
  std::vector<std::string> names = files_of(scenario);
  names.erase(names.begin());  // the scenario itself
  for (std::string& file : weights_of(workload)) names.push_back(std::move(file));
  for (const std::string& file : names) {
    const bool was_read = workload.contents && file == workload.trace && !workload.contents->digest().empty();
    digest.add_text(was_read ? workload.contents->digest() : files.digest(file));
  }
  add(digest, platform);
  return digest.hex();
}

std::string input_digest(const Scenario& scenario, const PlatformSpec& platform) {
  return input_digest(scenario, platform, InputFiles(scenario, InputFiles::Extent::WithNetwork));
}

}  // namespace upmem_des
