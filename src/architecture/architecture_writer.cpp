#include "architecture/architecture_writer.hpp"

#include "architecture/pim_text.hpp"
#include "price/cost_writer.hpp"
#include "util/number_text.hpp"
#include "util/yaml.hpp"

namespace upmem_des {

namespace {

constexpr int digits = 9;

class Writer {
 public:
  void line(const char* key, double value) { text_ += std::string("  ") + key + ": " + number(value) + "\n"; }
  void line_if(const char* key, const std::optional<double>& value, double unit) {
    if (value) line(key, *value / unit);
  }
  void energy(const char* key, const EnergyFigure& energy, double unit) {
    if (energy.is_stated()) line(key, energy / unit);
  }
  void port(const std::string& name, const Port& port) {
    line((name + "_bw_GBs").c_str(), port.bandwidth_Bps / 1e9);
    energy((name + "_pj_per_bit").c_str(), port.energy_J_per_byte, 8e-12);
  }
  void add(const std::string& text) { text_ += text; }
  static std::string number(double value) { return rounded_plain(value, digits); }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

std::string rates_text(const Architecture& profile) {
  if (profile.flops_per_s_by_format.empty()) return Writer::number(profile.flops_per_s / 1e12);
  std::string text;
  for (const auto& [format, rate] : profile.flops_per_s_by_format)
    text += (text.empty() ? "{" : ", ") + std::string(format.name()) + ": " + Writer::number(rate / 1e12);
  return text + "}";
}

std::string note_yaml(const std::string& note) {
  YamlNode map = YamlNode::map();
  map.add("note", YamlNode::text(note));
  return emit_yaml(map);
}

/// The section, indented by two.
std::string cost_yaml(const ItemPrice& price) {
  YamlNode map = YamlNode::map();
  map.add("cost", item_price_node(price));
  std::string text = "  ";
  const std::string lines = emit_yaml(map);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    text += lines[i];
    if (lines[i] == '\n' && i + 1 < lines.size()) text += "  ";
  }
  return text;
}

void add_efficiency(const EfficiencyTable& table, Writer& out) {
  if (table.fitted.empty()) return;
  out.add("  efficiency:\n");
  for (const EfficiencyForm* form : efficiency_forms()) {
    bool is_first = true;
    for (const FittedForm& fitted : table.fitted) {
      if (fitted.form != form) continue;
      if (is_first) out.add(std::string("    ") + form->name() + ":\n");
      is_first = false;
      std::string values;
      for (std::size_t i = 0; i < fitted.values.size(); ++i) {
        const FormParameter& parameter = form->parameters()[i];
        if (fitted.values[i] == parameter.ideal) continue;
        values += (values.empty() ? "" : ", ") + std::string(parameter.key) + ": " + Writer::number(fitted.values[i]);
      }
      out.add(std::string("      ") + (fitted.format ? fitted.format->name() : "any") + ": {" + values + "}\n");
    }
  }
}

}  // namespace

std::string architecture_yaml(const Architecture& profile) {
  Writer out;
  out.add(profile.name + ":\n");
  out.add("  basis: " + name_of(profile.basis) + "\n");
  if (!profile.note.empty()) out.add("  " + note_yaml(profile.note));
  out.port("host_to_device", profile.host_to_device);
  out.port("device_to_host", profile.device_to_host);
  out.port("mem", profile.memory);
  out.add("  tflops: " + rates_text(profile) + "\n");
  out.line_if("tflops_int4", profile.flops_per_s_int4, 1e12);
  out.energy("pj_per_tflop", profile.energy_J_per_flop, 1e-24);
  out.line_if("softmax_ns_per_element", profile.softmax_s_per_element, 1e-9);
  out.line_if("SiLU_ns_per_element", profile.silu_s_per_element, 1e-9);
  out.line_if("RMSNorm_ns_per_element", profile.rmsnorm_s_per_element, 1e-9);
  if (profile.compute_efficiency < 1) out.line("compute_efficiency", profile.compute_efficiency);
  if (profile.memory_efficiency < 1) out.line("mem_efficiency", profile.memory_efficiency);
  if (profile.launch_overhead_s > 0) out.line("launch_overhead_ns", profile.launch_overhead_s * 1e9);
  out.line_if("capacity_GB", profile.capacity_B, 1e9);
  if (profile.idle_W > 0) out.line("idle_W", profile.idle_W);
  if (profile.active_W > 0) out.line("active_W", profile.active_W);
  out.line_if("power_limit_W", profile.power_limit_W, 1);
  if (profile.link_latency_s > 0) out.line("link_latency_ns", profile.link_latency_s * 1e9);
  if (profile.cores > 1) out.line("cores", profile.cores);
  if (profile.cache_B > 0) out.line("cache_MB", profile.cache_B / 1e6);
  if (profile.peer_Bps > 0) out.line("peer_bw_GBs", profile.peer_Bps / 1e9);
  add_efficiency(profile.efficiency, out);
  if (profile.pim) out.add(pim_yaml(*profile.pim));
  if (profile.price) out.add(cost_yaml(*profile.price));
  return out.text();
}

}  // namespace upmem_des
