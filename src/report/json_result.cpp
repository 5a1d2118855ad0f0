#include "upmem_des/report/json_result.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <optional>

#include "json/json_node.hpp"
#include "report/cost_json.hpp"
#include "report/energy_json.hpp"
#include "report/json_report.hpp"
#include "report/json_serving.hpp"
#include "report/what_was_run_json.hpp"
#include "upmem_des/trace/layer_event.hpp"
#include "upmem_des/util/error.hpp"
#include "util/bounded_file.hpp"

namespace upmem_des {

namespace {

constexpr const char* expected_file = "a result, as `run --json` writes it";

constexpr std::array phases{Phase::Prefill, Phase::Decode};
constexpr std::array event_kinds{EventKind::Layer, EventKind::Function, EventKind::Communication};

/// A link's kind, which results have as text.
enum class Direction { HostToDevice, DeviceToHost, DeviceToDevice };
constexpr std::array directions{Direction::HostToDevice, Direction::DeviceToHost, Direction::DeviceToDevice};

const char* to_string(Direction direction) {
  constexpr std::array names{"host_to_device", "device_to_host", "device_to_device"};
  return names[static_cast<std::size_t>(direction)];
}

void check_format(const JsonNode& root) {
  const JsonNode format = root.at("format");
  if (format.text() == "upmem-des-profile") format.fail(std::string("a measured run; expected ") + expected_file);
  if (format.text() != "upmem-des-result") format.fail("not a result of this program");
  const JsonNode version = root.at("version");
  if (version.count() != 1) version.fail("unknown version; expected 1");
}

class ResultReader {
 public:
  explicit ResultReader(const JsonNode& root) : root_(root) {}

  SimulationResult read() {
    read_header();
    for (const Phase phase : phases) read(root_.at("phases").at(to_string(phase)), result_.phase(phase));
    read_architectures();
    for (const JsonNode& device : root_.at("devices").members()) read_device(device);
    for (const JsonNode& link : root_.at("links").members()) result_.links.push_back(read_link(link));
    for (const JsonNode& events : root_.at("event_classes").items())
      result_.event_classes.push_back(read_class(events));
    for (const JsonNode& use : root_.at("operators").items()) result_.operators.push_back(read_operator(use));
    check_sums();
    return std::move(result_);
  }

 private:
  using Places = std::map<std::string, std::size_t>;

  void read_header() {
    result_.scenario = root_.at("scenario").text();
    result_.what_was_run = read_what_was_run(root_);
    result_.model = root_.at("model").text();
    result_.cost_model = root_.at("cost_model").text();
    result_.schedule = root_.at("schedule").text();
    result_.dtype = root_.at("dtype").one_of(number_formats());
    // Results of earlier programs have one format for both.
    const bool has_own = root_.has("weight_dtype");
    result_.weight_dtype = has_own ? root_.at("weight_dtype").one_of(number_formats()) : result_.dtype;
    result_.batch = root_.at("batch").count();
    if (root_.has("unknown_operators")) {
      const JsonNode unknown = root_.at("unknown_operators");
      result_.unknown.handling = unknown.at("handling").text();
      result_.unknown.events = unknown.at("events").count();
      for (const JsonNode& type : unknown.at("types").items()) result_.unknown.types.push_back(type.text());
    }
    if (root_.has("all_devices_ideal")) result_.all_devices_ideal = root_.at("all_devices_ideal").truth();
    result_.energy_gaps = read_energy_gaps(root_);
    if (root_.has("cost")) result_.cost = read_cost_json(root_.at("cost"));
    if (root_.has("collectives"))
      for (const JsonNode& use : root_.at("collectives").items())
        result_.collectives.push_back({use.at("collective").text(), use.at("devices").text(),
                                       use.at("algorithm").text(), use.at("least_bytes").number(),
                                       use.at("most_bytes").number()});
    if (root_.has("what_if"))
      for (const JsonNode& node : root_.at("what_if").items())
        result_.what_if.push_back(
            {node.at("what").text(),
             node.at("factor").number(),
             node.at("time_s").number(),
             {node.at("phases").at("prefill").number(), node.at("phases").at("decode").number()}});
    result_.time_s = root_.at("time_s").number();
    result_.events = root_.at("events").count();
    const JsonNode passes = root_.at("forward_passes");
    result_.forward_passes = passes.count();
    if (result_.batch > 0 && result_.forward_passes > std::numeric_limits<std::int64_t>::max() / result_.batch)
      passes.fail("times the batch is more than 2^63 - 1 tokens; expected fewer");
  }

  /// Time that is next to nothing makes rates without bound of numbers that are none.
  void check_sums() const {
    for (const double value : {result_.power_W(), result_.phase(Phase::Prefill).power_W(),
                               result_.phase(Phase::Decode).power_W(), result_.tokens_per_s()})
      if (std::isinf(value)) root_.fail("power or tokens/s are beyond 1.8e308; expected a time to suit the energy");
  }

  static void read(const JsonNode& node, BusyTimes& busy) {
    busy.host_to_device_s = node.at("host_to_device").number();
    busy.device_to_host_s = node.at("device_to_host").number();
    busy.device_to_device_s = node.at("device_to_device").number();
    busy.compute_s = node.at("compute").number();
    busy.mem_transfer_s = node.at("mem_transfer").number();
    busy.kv_load_s = node.at("kv_load").number();
  }

  static void read(const JsonNode& node, MovedBytes& moved) {
    moved.host_to_device_B = node.at("host_to_device").number();
    moved.device_to_host_B = node.at("device_to_host").number();
    moved.device_to_device_B = node.at("device_to_device").number();
  }

  template <class Part>
  static void read_parts(const JsonNode& node, Part& part) {
    part.energy = read_energy(node.at("energy_J"));
    read(node.at("busy_s"), part.busy);
    read(node.at("moved_bytes"), part.moved);
  }

  /// Results of earlier programs have none.
  static std::optional<double> read_peak_power(const JsonNode& node) {
    if (!node.has("peak_power_W")) return std::nullopt;
    return node.at("peak_power_W").number_or_not_stated();
  }

  static TimeUse read_time_use(const JsonNode& node) {
    return {node.at("compute").number(), node.at("memory").number(), node.at("overhead").number(),
            node.at("communication").number(), node.at("waiting").number()};
  }

  static void read(const JsonNode& node, PhaseResult& phase) {
    phase.time_s = node.at("time_s").number();
    phase.events = node.at("events").count();
    phase.peak_power_W = read_peak_power(node);
    read_parts(node, phase);
  }

  static void read(const JsonNode& node, MemoryUse& memory) {
    memory.weights_B = node.at("weights").number();
    memory.kv_cache_B = node.at("kv_cache").number();
    memory.activations_B = node.at("activations").number();
    if (node.has("streams")) memory.streams_B = node.at("streams").number();
    if (!node.at("capacity").is_null()) memory.capacity_B = node.at("capacity").number();
  }

  void read_architectures() {
    if (!root_.has("architectures") || !root_.has("operators"))
      root_.fail("no \"architectures\" and \"operators\": a result of an earlier program; run the scenario again");
    for (const JsonNode& node : root_.at("architectures").members()) {
      architecture_places_.emplace(node.key(), result_.architectures.size());
      result_.architectures.push_back(
          {node.key(), node.at("devices").count(), node.at("flops_per_s").number(), node.at("memory_Bps").number()});
    }
  }

  void read_device(const JsonNode& node) {
    DeviceResult device;
    device.name = node.key();
    device.architecture = node.at("architecture").place_in(architecture_places_, "architectures");
    device.events = node.at("events").count();
    read_parts(node, device);
    for (const Phase phase : phases) {
      const JsonNode of_phase = node.at("phases").at(to_string(phase));
      device.phase_energy[static_cast<std::size_t>(phase)] = read_energy(of_phase.at("energy_J"));
      device.phase_peak_power_W[static_cast<std::size_t>(phase)] = read_peak_power(of_phase);
      if (of_phase.has("time_s"))
        device.phase_use[static_cast<std::size_t>(phase)] = read_time_use(of_phase.at("time_s"));
    }
    read(node.at("memory_bytes"), device.memory);
    device_places_.emplace(device.name, result_.devices.size());
    result_.devices.push_back(std::move(device));
  }

  static void read_by_phase(const JsonNode& node, double (JsonNode::*number)() const,
                            std::array<double, phase_count>& values) {
    for (const Phase phase : phases) values[static_cast<std::size_t>(phase)] = (node.at(to_string(phase)).*number)();
  }

  LinkResult read_link(const JsonNode& node) const {
    LinkResult link;
    link.name = node.key();
    link.kind = to_string(node.at("kind").one_of(directions));
    if (!node.at("device").is_null()) link.owner = node.at("device").place_in(device_places_, "devices");
    link.bandwidth_Bps = node.at("bandwidth_Bps").number();
    read_by_phase(node.at("energy_J"), &JsonNode::number_or_not_stated, link.energy_J);
    read_by_phase(node.at("moved_bytes"), &JsonNode::number, link.moved_B);
    return link;
  }

  /// What classes of events and operators are alike in.
  template <class Kind>
  static void read_identity(const JsonNode& node, Kind& events) {
    events.phase = node.at("phase").one_of(phases);
    events.kind = node.at("kind").one_of(event_kinds);
    events.type = Name(node.at("type").text());
    events.name = Name(node.at("name").text());
    events.count = node.at("count").count();
  }

  static EventClass read_class(const JsonNode& node) {
    EventClass events;
    read_identity(node, events);
    events.cost.time_s = node.at("time_s").number();
    events.cost.flop = node.at("flop").number();
    events.cost.memory_bytes = node.at("memory_bytes").number();
    read_parts(node, events.cost);
    return events;
  }

  OperatorUse read_operator(const JsonNode& node) const {
    OperatorUse use;
    use.architecture = node.at("architecture").place_in(architecture_places_, "architectures");
    read_identity(node, use);
    use.operator_class = node.at("class").one_of(operator_classes);
    use.time_s = node.at("time_s").number();
    use.compute_s = node.at("compute_s").number();
    use.memory_s = node.at("memory_s").number();
    use.flop = node.at("flop").number();
    use.memory_bytes = node.at("memory_bytes").number();
    use.energy_J = node.at("energy_J").number_or_not_stated();
    return use;
  }

  JsonNode root_;
  SimulationResult result_;
  Places architecture_places_;
  Places device_places_;
};

}  // namespace

AnyResult parse_any_result_json(const std::string& text, const std::string& origin) {
  const JsonDocument document(text, origin, expected_file);
  const JsonNode root = document.root();
  check_format(root);
  if (root.has("serving")) return read_served(root);
  return ResultReader(root).read();
}

AnyResult read_any_result_file(const std::string& path) {
  return parse_any_result_json(read_bounded_stream(path == "-" ? "/dev/stdin" : path, max_result_MiB, expected_file),
                               path);
}

SimulationResult parse_result_json(const std::string& text, const std::string& origin) {
  AnyResult result = parse_any_result_json(text, origin);
  if (auto* of_batch = std::get_if<SimulationResult>(&result)) return std::move(*of_batch);
  throw InputError({origin}, "serving", "of served requests; expected the result of a batch");
}

SimulationResult read_result_file(const std::string& path) {
  return parse_result_json(read_bounded_stream(path, max_result_MiB, expected_file), path);
}

}  // namespace upmem_des
