#include <torch/csrc/jit/runtime/print_handler.h>
#include <torch/script.h>

#include <filesystem>
#include <iostream>
#include <optional>

#include "profile/pass_meter.hpp"
#include "profile/reached_place.hpp"
#include "profiler/event_shape.hpp"
#include "profiler/event_writer.hpp"
#include "profiler/libtorch_message.hpp"
#include "profiler/machine.hpp"
#include "profiler/profile_network.hpp"
#include "profiler/script/operator_library.hpp"
#include "profiler/script/script_file.hpp"
#include "profiler/script/script_inputs.hpp"
#include "profiler/script/script_run.hpp"
#include "profiler/skip_heavy.hpp"
#include "trace/last_layer.hpp"

namespace upmem_des::profiler {

namespace {

/// What a network prints must not get between what the program prints.
void print_aside(const std::string& text) {
  std::cerr << text;
}

/// Of the first tensor in it with a floating point.
std::optional<at::ScalarType> floating_type(const c10::IValue& value) {
  std::optional<at::ScalarType> type;
  value.visit([&type](const c10::IValue& part) {
    if (!type && part.isTensor() && part.toTensor().is_floating_point()) type = part.toTensor().scalar_type();
    return type.has_value();
  });
  return type;
}

/// Of the first parameter with a floating point, else of the first input with one.
std::optional<at::ScalarType> computed_type(const torch::jit::Module& network, const std::vector<c10::IValue>& inputs) {
  for (const at::Tensor& parameter : network.parameters())
    if (parameter.is_floating_point()) return parameter.scalar_type();
  for (const c10::IValue& input : inputs)
    if (const auto type = floating_type(input)) return type;
  return std::nullopt;
}

NumberFormat data_type(at::ScalarType type, ProfileReply& reply) {
  if (type == at::kBFloat16) return NumberFormat::bfloat16;
  if (type == at::kHalf) return NumberFormat::float16;
  if (type != at::kFloat)
    reply.warnings.push_back(std::string("the network computes in ") +
                             (type == at::kDouble ? "float64" : c10::toString(type)) +
                             ", which traces do not know; the trace says float32");
  return NumberFormat::float32;
}

TraceHeader header_of(const ScriptRequest& script, const torch::jit::Module& network,
                      const std::vector<c10::IValue>& inputs, ProfileReply& reply) {
  TraceHeader header;
  header.model = event_name(std::filesystem::path(script.file).stem().string()).str();
  header.source = event_name("profiled: " + script.file).str();
  header.dtype = data_type(computed_type(network, inputs).value_or(at::kFloat), reply);
  for (const InputValue& input : script.inputs)
    if (const InputTensor* const tensor = first_tensor(input)) {
      header.batch = tensor->shape[0];
      break;
    }
  return header;
}

}  // namespace

ProfileReply profile_script(const ScriptRequest& script, const ProfileRequest& request, const std::string& trace_path) {
  ProfileReply reply;
  set_threads(request.threads);
  torch::manual_seed(request.seed);
  torch::jit::setPrintHandler(print_aside);
  for (const std::string& library : script.operator_libraries) {
    reached_place().load_library(library);
    load_operator_library(library);
  }
  reached_place().set_stage(ReachedPlace::Stage::Reading);
  torch::jit::Module network = open_script(script.file);
  reached_place().set_stage(ReachedPlace::Stage::Running);
  network.eval();
  const std::vector<c10::IValue> inputs =
      make_inputs(network.get_method("forward").function().getSchema(), script.inputs, {script.file});
  EventWriter writer(trace_path, header_of(script, network, inputs, reply), script.file);
  std::optional<SkipHeavyOperators> skip;
  if (request.sim_compute) skip.emplace();

  const c10::InferenceMode inference;
  ScriptRun run(network, script.file);
  for (std::int64_t pass = 0; pass < script.warmup; ++pass) run.forward(inputs);
  PassMeter meter;
  bool is_marked = false;
  run.recorder().record(true);
  for (std::int64_t pass = 0; pass < script.repeat; ++pass) {
    run.recorder().set_step(pass);
    meter.start(pass == 0 ? Phase::Prefill : Phase::Decode);
    const c10::IValue result = run.forward(inputs);
    meter.stop();
    std::vector<LayerEvent> events = run.take();
    if (pass == 0) {
      const std::string last_layer = last_layer_in(events);
      writer.set_last_layer(last_layer);
      // Functions come after the last layer, or no layer tells where a pass ends.
      is_marked = !events.empty() && !ends_pass(events.back(), Name(last_layer));
      if (is_marked) writer.mark_passes();
    }
    if (is_marked && !events.empty()) events.back().ends_pass = true;
    writer.write(events);
  }
  writer.finish(reply);
  meter.fill(reply);
  describe_machine(reply);
  reply.sim_compute = request.sim_compute;
  return reply;
}

}  // namespace upmem_des::profiler
