/// Events and devices with round numbers, so that results can be worked out by hand.
#pragma once

#include <string>

#include "upmem_des/architecture/architecture.hpp"
#include "upmem_des/cost/cost_model.hpp"
#include "upmem_des/trace/layer_event.hpp"

namespace upmem_des::test {

inline LayerEvent layer(const char* type, const char* name, const Shape& input, const Shape& weight,
                        const Shape& output) {
  LayerEvent event;
  event.seq = 12;
  event.kind = EventKind::Layer;
  event.type = Name(type);
  event.name = Name(name);
  event.input_shape = input;
  event.weight_shape = weight;
  event.output_shape = output;
  return event;
}

inline LayerEvent function(const char* type, const char* name, const Shape& input, const Shape& output) {
  LayerEvent event = layer(type, name, input, {}, output);
  event.kind = EventKind::Function;
  event.weight_shape.reset();
  return event;
}

/// 2 TFLOP/s (int4: 8) at 0.5 pJ/FLOP, memory 100 GB/s at 10 pJ/byte; no times per element.
inline Architecture plain_device() {
  Architecture device;
  device.name = "plain";
  device.host_to_device = {10e9, 200e-12};
  device.device_to_host = {20e9, 100e-12};
  device.memory = {100e9, 10e-12};
  device.flops_per_s = 2e12;
  device.flops_per_s_int4 = 8e12;
  device.energy_J_per_flop = 0.5e-12;
  return device;
}

/// The same with times per element: softmax 0.1 ns, SiLU 0.2 ns, RMSNorm 0.4 ns.
inline Architecture vector_device() {
  Architecture device = plain_device();
  device.name = "vector";
  device.softmax_s_per_element = 0.1e-9;
  device.silu_s_per_element = 0.2e-9;
  device.rmsnorm_s_per_element = 0.4e-9;
  return device;
}

inline CostOptions options(NumberFormat dtype = NumberFormat::bfloat16) {
  CostOptions all;
  all.dtype = dtype;
  all.kv_dtype = dtype;
  return all;
}

constexpr CostState prefill_state{Phase::Prefill, 0};

inline CostState decode_state(std::int64_t cached_tokens) {
  return {Phase::Decode, cached_tokens};
}

/// The text of the InputError that `call` throws, or "" where it throws none.
template <typename Call>
std::string error_of(Call&& call) {
  try {
    call();
  } catch (const InputError& error) {
    return error.what();
  }
  return {};
}

}  // namespace upmem_des::test
