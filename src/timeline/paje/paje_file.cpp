#include "timeline/paje/paje_file.hpp"

#include <fmt/format.h>

#include "timeline/paje/paje_text.hpp"

namespace upmem_des {

namespace {

/// The numbers that lines begin with.
enum class Line {
  DefineContainerType,
  DefineStateType,
  DefineVariableType,
  DefineLinkType,
  DefineEntityValue,
  CreateContainer,
  DestroyContainer,
  SetVariable,
  PushState,
  PushStateWithDetails,
  PopState,
  StartLink,
  EndLink
};

constexpr const char* definitions = R"(%EventDef PajeDefineContainerType 0
% Alias string
% Type string
% Name string
%EndEventDef
%EventDef PajeDefineStateType 1
% Alias string
% Type string
% Name string
%EndEventDef
%EventDef PajeDefineVariableType 2
% Alias string
% Type string
% Name string
% Color color
%EndEventDef
%EventDef PajeDefineLinkType 3
% Alias string
% Type string
% StartContainerType string
% EndContainerType string
% Name string
%EndEventDef
%EventDef PajeDefineEntityValue 4
% Type string
% Name string
% Color color
%EndEventDef
%EventDef PajeCreateContainer 5
% Time date
% Alias string
% Type string
% Container string
% Name string
%EndEventDef
%EventDef PajeDestroyContainer 6
% Time date
% Type string
% Name string
%EndEventDef
%EventDef PajeSetVariable 7
% Time date
% Type string
% Container string
% Value double
%EndEventDef
%EventDef PajePushState 8
% Time date
% Type string
% Container string
% Value string
%EndEventDef
%EventDef PajePushState 9
% Time date
% Type string
% Container string
% Value string
% Class string
% Seq int
% Step int
% Flop double
% Bytes double
% Energy double
%EndEventDef
%EventDef PajePopState 10
% Time date
% Type string
% Container string
%EndEventDef
%EventDef PajeStartLink 11
% Time date
% Type string
% Container string
% StartContainer string
% Value string
% Key string
% Bytes double
%EndEventDef
%EventDef PajeEndLink 12
% Time date
% Type string
% Container string
% EndContainer string
% Value string
% Key string
%EndEventDef
)";

constexpr const char* energy_field = "% Energy double\n";

/// "0 0.45 0.7" in quotes: parts of 1.
std::string colour_text(const OperatorColour& colour) {
  return fmt::format("\"{:.3g} {:.3g} {:.3g}\"", colour.red / 255.0, colour.green / 255.0, colour.blue / 255.0);
}

template <typename... Fields>
void write_line(OutputFile& file, Line line, const Fields&... fields) {
  std::string text = std::to_string(static_cast<int>(line));
  ((text += ' ', text += fields), ...);
  text += '\n';
  file.write(text);
}

}  // namespace

void PajeFile::write_header() {
  std::string text = definitions;
  if (!has_energy_) text.erase(text.find(energy_field), std::string(energy_field).size());
  file_.write(text);
}

void PajeFile::define_container_type(std::string_view alias, std::string_view parent, std::string_view name) {
  write_line(file_, Line::DefineContainerType, alias, parent, paje_string(name));
}

void PajeFile::define_state_type(std::string_view alias, std::string_view container_type, std::string_view name) {
  write_line(file_, Line::DefineStateType, alias, container_type, paje_string(name));
}

void PajeFile::define_variable_type(std::string_view alias, std::string_view container_type, std::string_view name,
                                    const OperatorColour& colour) {
  write_line(file_, Line::DefineVariableType, alias, container_type, paje_string(name), colour_text(colour));
}

void PajeFile::define_link_type(std::string_view alias, std::string_view container_type, std::string_view start_type,
                                std::string_view end_type, std::string_view name) {
  write_line(file_, Line::DefineLinkType, alias, container_type, start_type, end_type, paje_string(name));
}

void PajeFile::define_value(std::string_view type, std::string_view name, const OperatorColour& colour) {
  write_line(file_, Line::DefineEntityValue, type, paje_string(name), colour_text(colour));
}

void PajeFile::create_container(double time_s, std::string_view alias, std::string_view type, std::string_view parent,
                                std::string_view name) {
  write_line(file_, Line::CreateContainer, paje_time(time_s), alias, type, parent, paje_string(name));
}

void PajeFile::destroy_container(double time_s, std::string_view alias, std::string_view type) {
  write_line(file_, Line::DestroyContainer, paje_time(time_s), type, alias);
}

void PajeFile::set_variable(double time_s, std::string_view type, std::string_view container, double value) {
  write_line(file_, Line::SetVariable, paje_time(time_s), type, container, paje_number(value));
}

void PajeFile::push_state(double time_s, std::string_view type, std::string_view container, std::string_view value) {
  write_line(file_, Line::PushState, paje_time(time_s), type, container, paje_string(value));
}

void PajeFile::push_state(double time_s, std::string_view type, std::string_view container, std::string_view value,
                          const PajeDetails& details) {
  const std::string bytes = paje_number(details.bytes);
  write_line(file_, Line::PushStateWithDetails, paje_time(time_s), type, container, paje_string(value),
             paje_string(details.operator_class), std::to_string(details.seq), std::to_string(details.step),
             paje_number(details.flop), has_energy_ ? bytes + " " + paje_number(details.energy_J) : bytes);
}

void PajeFile::pop_state(double time_s, std::string_view type, std::string_view container) {
  write_line(file_, Line::PopState, paje_time(time_s), type, container);
}

void PajeFile::start_link(double time_s, std::string_view type, std::string_view container, std::string_view start,
                          std::string_view value, std::string_view key, double bytes) {
  write_line(file_, Line::StartLink, paje_time(time_s), type, container, start, paje_string(value), key,
             paje_number(bytes));
}

void PajeFile::end_link(double time_s, std::string_view type, std::string_view container, std::string_view end,
                        std::string_view value, std::string_view key) {
  write_line(file_, Line::EndLink, paje_time(time_s), type, container, end, paje_string(value), key);
}

}  // namespace upmem_des
