#include "unit/profiler/script_networks.hpp"

#include "operation/operation_text.hpp"
#include "profiler/profile_network.hpp"
#include "support/temporary_folder.hpp"
#include "upmem_des/trace/jsonl_reader.hpp"
#include "upmem_des/trace/recognise.hpp"

namespace upmem_des::test {

using namespace profiler;

namespace {

std::string line(const LayerEvent& event) {
  std::string text = std::string(to_string(event.kind)) + " " + event.type.str();
  if (event.kind == EventKind::Layer) {
    text += " " + event.path.str() + " " + std::to_string(*event.id);
    EXPECT_EQ(event.name.str(),
              event.path.empty() ? event.type.str() : event.path.str().substr(event.path.str().rfind('.') + 1));
  }
  text += " " + event.input_shape.str();
  if (event.weight_shape) text += " * " + event.weight_shape->str();
  text += " = " + event.output_shape.str();
  const auto add_pair = [&text](const char* name, const auto& pair) {
    if (pair) text += std::string(" ") + name + " " + std::to_string((*pair)[0]) + " " + std::to_string((*pair)[1]);
  };
  add_pair("stride", event.stride);
  add_pair("padding", event.padding);
  if (event.causal) text += *event.causal ? " causal 1" : " causal 0";
  if (event.step > 0) text += " step " + std::to_string(event.step);
  return text;
}

}  // namespace

std::string network_file(const std::string& name) {
  return std::string(NETWORKS_DIR) + "/" + name + ".pt";
}

ScriptRequest network_request(const std::string& name, const std::vector<std::string>& inputs) {
  ScriptRequest script;
  script.file = network_file(name);
  for (const std::string& input : inputs) script.inputs.push_back(parse_input(input, {"--input"}));
  return script;
}

Profiled profiled(const ScriptRequest& script, bool sim_compute) {
  const TemporaryFolder folder;
  ProfileRequest request;
  request.sim_compute = sim_compute;
  Profiled result;
  result.reply = profile_script(script, request, folder.path("trace.jsonl"));
  JsonlReader reader(folder.path("trace.jsonl"));
  result.header = reader.header();
  for (LayerEvent event; reader.next(event);) result.events.push_back(event);
  return result;
}

Profiled profiled(const std::string& name, const std::vector<std::string>& inputs) {
  return profiled(network_request(name, inputs));
}

std::vector<std::string> lines(const std::vector<LayerEvent>& events) {
  std::vector<std::string> all;
  for (const LayerEvent& event : events) all.push_back(line(event));
  return all;
}

std::vector<std::string> operations(const std::vector<LayerEvent>& events) {
  std::vector<std::string> all;
  for (const LayerEvent& event : events)
    all.push_back((event.path.empty() ? event.type : event.path).str() + ": " + text_of(operation_of(event)));
  return all;
}

std::vector<std::string> deps(const std::vector<LayerEvent>& events) {
  std::vector<std::string> all;
  for (const LayerEvent& event : events) {
    std::string text = std::to_string(event.seq) + ":";
    if (event.deps.empty()) text += event.waits_for_nothing ? " nothing" : " before";
    for (const std::int64_t dep : event.deps) text += " " + std::to_string(dep);
    all.push_back(text);
  }
  return all;
}

}  // namespace upmem_des::test
