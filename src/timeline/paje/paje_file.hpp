/// Lines of a Paje trace. Internal to the room.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "timeline/operator_colour.hpp"
#include "util/output_file.hpp"

namespace upmem_des {

/// What a state says beyond its name.
struct PajeDetails {
  std::int64_t seq = 0;   ///< of the event; −1 for the transfer that ends a run
  std::int64_t step = 0;  ///< the same
  const char* operator_class = "";
  double flop = 0;
  double bytes = 0;
  double energy_J = 0;
};

/// Writes the events that the header defines, each in a line. Types, containers and keys are named by aliases: letters
/// and digits. Names and values are any text, and changed by paje_string(). The format: "Paje trace file", B. de
/// Oliveira Stein, J. Chassin de Kergommeaux, G. Mounié, 2002; field names are those of Schnorr's "strict" revision.
class PajeFile {
 public:
  /// Throws InputError where OutputFile does; so do all others when the disk is full.
  /// Without energies where not all devices state theirs: then states have no such field.
  explicit PajeFile(std::string path, bool has_energy = true) : file_(std::move(path)), has_energy_(has_energy) {}

  /// Says which fields the lines have. No comments: ViTE warns of them.
  void write_header();

  void define_container_type(std::string_view alias, std::string_view parent, std::string_view name);
  void define_state_type(std::string_view alias, std::string_view container_type, std::string_view name);
  void define_variable_type(std::string_view alias, std::string_view container_type, std::string_view name,
                            const OperatorColour& colour);
  void define_link_type(std::string_view alias, std::string_view container_type, std::string_view start_type,
                        std::string_view end_type, std::string_view name);
  /// A value needs no alias: states and links give its name.
  void define_value(std::string_view type, std::string_view name, const OperatorColour& colour);

  void create_container(double time_s, std::string_view alias, std::string_view type, std::string_view parent,
                        std::string_view name);
  void destroy_container(double time_s, std::string_view alias, std::string_view type);

  void set_variable(double time_s, std::string_view type, std::string_view container, double value);
  void push_state(double time_s, std::string_view type, std::string_view container, std::string_view value);
  void push_state(double time_s, std::string_view type, std::string_view container, std::string_view value,
                  const PajeDetails& details);
  void pop_state(double time_s, std::string_view type, std::string_view container);
  void start_link(double time_s, std::string_view type, std::string_view container, std::string_view start,
                  std::string_view value, std::string_view key, double bytes);
  void end_link(double time_s, std::string_view type, std::string_view container, std::string_view end,
                std::string_view value, std::string_view key);

  void commit() { file_.commit(); }

 private:
  OutputFile file_;
  const bool has_energy_;
};

}  // namespace upmem_des
