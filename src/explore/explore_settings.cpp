#include "explore/explore_settings.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "platform/platform_file.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

namespace {

constexpr std::array<const char*, 5> axes{"tp", "pp", "dp", "cp", "ep"};

std::vector<std::string> names_of(const std::vector<OfferedMachine>& machines) {
  std::vector<std::string> names;
  for (const OfferedMachine& machine : machines) names.push_back(machine.name);
  return names;
}

std::vector<std::string> names_of(const std::vector<OfferedDevice>& devices) {
  std::vector<std::string> names;
  for (const OfferedDevice& device : devices) names.push_back(device.name);
  return names;
}

void expect_one_of(const std::string& control, const std::string& text, const std::vector<std::string>& names) {
  if (std::find(names.begin(), names.end(), text) == names.end())
    throw InputError({control}, "'" + text + "'; expected one of " + listed(names) + did_you_mean(text, names));
}

[[noreturn]] void fail_axis(const std::string& axis, const std::string& text) {
  throw InputError({axis}, "'" + text + "'; expected a whole number from 1 to " + std::to_string(most_devices));
}

std::size_t axis_size(const std::string& axis, const std::string& text) {
  std::size_t size = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, size);
  if (error != std::errc() || stop != end || size < 1 || size > most_devices) fail_axis(axis, text);
  return size;
}

/// "{tp: 4, dp: 2, devices: gpu[0..7]}"
std::string layout(const ExploreChoices& choices, const OfferedMachine& machine) {
  std::size_t devices = 1;
  std::string text = "{";
  for (const char* const axis : axes) {
    const std::string* const chosen = choices.find(axis);
    const std::size_t size = chosen == nullptr ? 1 : axis_size(axis, *chosen);
    if (axis != std::string("ep")) devices *= size;
    if (devices > most_devices) fail_axis(axis, *chosen);
    if (size > 1) text += std::string(axis) + ": " + std::to_string(size) + ", ";
  }
  std::string name = machine.group;
  if (machine.count > 1 || devices > 1) {
    if (devices == 1) name += "[0]";
    if (devices > 1 && devices != machine.count) name += "[0.." + std::to_string(devices - 1) + "]";
  }
  return text + "devices: \"" + name + "\"}";
}

class Settings {
 public:
  Settings(const ExploreChoices& choices, const ExploreOffer& offer) : choices_(choices), offer_(offer) {}

  std::vector<std::string> take() {
    add_model();
    if (const std::string* const machine = choices_.find("machine"))
      add_machine(*machine);
    else
      add_own_machine();
    for (const char* const count : {"batch", "prompt_tokens", "output_tokens"})
      if (const std::string* const text = choices_.find(count)) set(std::string("workload.") + count, *text);
    for (const char* const format : {"dtype", "weight_dtype", "kv_dtype"}) {
      const std::string* const text = choices_.find(format);
      if (text == nullptr) continue;
      expect_one_of(format, *text, offer_.formats);
      set(std::string("workload.") + format, *text);
    }
    return std::move(settings_);
  }

 private:
  void set(const std::string& key, const std::string& value) { settings_.push_back(key + "=" + value); }

  void add_model() {
    const std::string* const model = choices_.find("model");
    if (model == nullptr) return;
    if (!offer_.has_model) throw InputError({"model"}, "the scenario runs a trace; expected no other model");
    expect_one_of("model", *model, offer_.models);
    set("workload.model", *model);
  }

  void add_machine(const std::string& name) {
    expect_one_of("machine", name, names_of(offer_.machines));
    const OfferedMachine& machine = *std::find_if(offer_.machines.begin(), offer_.machines.end(),
                                                  [&](const OfferedMachine& one) { return one.name == name; });
    set("platform", machine.platform);
    add_architecture(machine.group);
    set("mapping", "{}");
    set("parallel", layout(choices_, machine));
  }

  void add_architecture(const std::string& group) {
    const std::string* const device = choices_.find("device");
    if (device == nullptr) return;
    expect_one_of("device", *device, names_of(offer_.devices));
    set("platform.devices." + group + ".architecture", *device);
  }

  /// Of the scenario as it is.
  void add_own_machine() {
    if (choices_.find("device") != nullptr) {
      if (offer_.own_group)
        add_architecture(offer_.own_group->group);
      else if (offer_.platform.empty())
        add_device();
      else
        throw InputError({"device"}, "the scenario's machine has several kinds of devices; expected another machine");
    }
    for (const char* const axis : axes) {
      const std::string* const size = choices_.find(axis);
      if (size == nullptr) continue;
      if (!offer_.parallel)
        throw InputError({axis}, "the scenario lays out nothing in parallel; expected another machine");
      set(std::string("parallel.") + axis, std::to_string(axis_size(axis, *size)));
    }
  }

  void add_device() {
    const std::string& device = *choices_.find("device");
    expect_one_of("device", device, names_of(offer_.devices));
    set("mapping.default", device);
    for (const MovedLine& line : offer_.moved) set(line.key, device + (line.flags.empty() ? "" : "," + line.flags));
  }

  const ExploreChoices& choices_;
  const ExploreOffer& offer_;
  std::vector<std::string> settings_;
};

}  // namespace

std::vector<std::string> explore_settings(const ExploreChoices& choices, const ExploreOffer& offer) {
  return Settings(choices, offer).take();
}

std::string control_of(const std::string& message) {
  // Of those that begin alike the longer one first.
  static const std::vector<std::pair<std::string, std::string>> places{{"workload.model", "model"},
                                                                       {"workload.batch", "batch"},
                                                                       {"workload.prompt_tokens", "prompt_tokens"},
                                                                       {"workload.output_tokens", "output_tokens"},
                                                                       {"workload.weight_dtype", "weight_dtype"},
                                                                       {"workload.kv_dtype", "kv_dtype"},
                                                                       {"workload.dtype", "dtype"},
                                                                       {"parallel.tp", "tp"},
                                                                       {"parallel.pp", "pp"},
                                                                       {"parallel.dp", "dp"},
                                                                       {"parallel.cp", "cp"},
                                                                       {"parallel.ep", "ep"},
                                                                       {"parallel.devices", "tp"},
                                                                       {"parallel.order", "tp"},
                                                                       {"parallel:", "tp"},
                                                                       {"platform.devices.", "device"},
                                                                       {"platform", "machine"},
                                                                       {"mapping.", "device"},
                                                                       {"capacity: ", "device"}};
  std::string text = message;
  for (const char* const origin : {"--set: ", "request: choices."})
    if (text.rfind(origin, 0) == 0) text.erase(0, std::string(origin).size());
  for (const std::string& control : explore_controls())
    if (text.rfind(control + ": ", 0) == 0) return control;
  for (const auto& [beginning, control] : places)
    if (text.rfind(beginning, 0) == 0) return control;
  return "";
}

}  // namespace upmem_des
