/// upmem_des._native: what the Python module answers in its own process.
#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include <optional>
#include <string>

#include "architecture/architecture_reader.hpp"
#include "model/model_json.hpp"
#include "platform/platform_file.hpp"
#include "python/trace_columns.hpp"
#include "upmem_des/number/number_format.hpp"
#include "upmem_des/util/data_folder.hpp"
#include "upmem_des/util/error.hpp"
#include "upmem_des/util/find_file.hpp"
#include "util/suggest.hpp"

namespace py = pybind11;

namespace upmem_des {

namespace {

template <typename Value>
py::object maybe(const std::optional<Value>& value) {
  return value ? py::object(py::cast(*value)) : py::object(py::none());
}

py::object energy(const EnergyFigure& figure) {
  return figure.is_stated() ? py::object(py::float_(double(figure))) : py::object(py::none());
}

py::dict figures(const Architecture& profile) {
  py::dict dict;
  dict["name"] = profile.name;
  dict["host_to_device_Bps"] = profile.host_to_device.bandwidth_Bps;
  dict["host_to_device_J_per_byte"] = energy(profile.host_to_device.energy_J_per_byte);
  dict["device_to_host_Bps"] = profile.device_to_host.bandwidth_Bps;
  dict["device_to_host_J_per_byte"] = energy(profile.device_to_host.energy_J_per_byte);
  dict["memory_Bps"] = profile.memory.bandwidth_Bps;
  dict["memory_J_per_byte"] = energy(profile.memory.energy_J_per_byte);
  dict["capacity_B"] = maybe(profile.capacity_B);
  dict["flops_per_s"] = profile.flops_per_s;
  py::dict rates;
  for (const auto& [format, rate] : profile.flops_per_s_by_format) rates[format.name()] = rate;
  dict["flops_per_s_by_format"] = rates;
  dict["flops_per_s_int4"] = maybe(profile.flops_per_s_int4);
  dict["J_per_flop"] = energy(profile.energy_J_per_flop);
  dict["idle_W"] = profile.idle_W;
  dict["active_W"] = profile.active_W;
  dict["power_limit_W"] = maybe(profile.power_limit_W);
  dict["ideal"] = profile.is_ideal();
  dict["basis"] = name_of(profile.basis);
  dict["note"] = profile.note;
  return dict;
}

py::list architectures_of(const std::string& path) {
  py::list list;
  for (const Architecture& profile : read_architectures(path)) list.append(figures(profile));
  return list;
}

py::dict platform_of(const std::string& path) {
  const PlatformFile file = read_platform_file(path);
  py::dict devices;
  for (const PlatformFile::Devices& group : file.devices)
    devices[py::str(group.name)] = py::make_tuple(group.count, group.architecture);
  py::dict dict;
  dict["title"] = file.name;
  dict["devices"] = devices;
  dict["path"] = file.path;
  return dict;
}

NumberFormat format_of(const char* key, const std::string& text) {
  if (const auto format = parse_number_format(text)) return *format;
  throw InputError({key}, "unknown value '" + text + "'; expected one of " + listed(number_format_names()) +
                              did_you_mean(text, number_format_names()));
}

py::tuple model_of(const std::string& path, const std::string& dtype, const std::optional<std::string>& weight_dtype,
                   const std::optional<std::string>& kv_dtype) {
  FactFormats formats;
  formats.activations = format_of("dtype", dtype);
  if (weight_dtype) formats.weights = format_of("weight_dtype", *weight_dtype);
  if (kv_dtype) formats.cache = format_of("kv_dtype", *kv_dtype);
  const DecoderConfig config = read_model_config(find_named_file(path, FileKind::model));
  return py::make_tuple(model_json(config, model_facts(config, formats)), config.warnings);
}

}  // namespace

}  // namespace upmem_des

PYBIND11_MODULE(_native, module) {
  using namespace upmem_des;
  module.attr("version") = UPMEM_DES_VERSION;
  // The package turns them into its ScenarioError and SimulationError.
  py::register_exception<InputError>(module, "InputError");
  py::register_exception<SimulationError>(module, "FailedError");
  module.def("data_folder", &data_folder);
  module.def("architectures", &architectures_of);
  module.def("platform", &platform_of);
  module.def("model", &model_of);
  module.def("trace", &trace_columns);
}
