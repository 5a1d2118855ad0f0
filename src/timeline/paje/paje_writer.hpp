/// A timeline as a Paje trace, for ViTE, pj_dump and scripts/plot_timeline.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "timeline/paje/paje_file.hpp"
#include "timeline/paje/paje_hierarchy.hpp"
#include "upmem_des/timeline/timeline_files.hpp"

namespace upmem_des {

/// Streams: keeps what the platform and the names of layers make, nothing that grows with the length of the run.
/// docs/timelines.md says what containers, states, variables and arrows mean.
class PajeWriter : public TimelineFile {
 public:
  /// `title` names the machine, for people; empty: "machine". `platform` outlives the writer. Throws InputError where
  /// `path` cannot be written; so do all others when the disk is full.
  PajeWriter(std::string path, const PlatformSpec& platform, const std::string& title);

  void on_begin(double time_s) override;
  void on_phase(Phase phase, double time_s) override;
  void on_start(const ActivityRecord& activity) override;
  void on_end(const ActivityRecord& activity) override;
  void on_change(const QuantityChange& change) override;
  void on_finish(double time_s) override;

  /// Puts the file in place, after on_finish().
  void commit() override { file_.commit(); }

 private:
  void define_types();
  std::string label_of(const ActivityRecord& activity);
  void define_value(const std::string& type, const std::string& label, const OperatorColour& colour);
  const PajeContainer& stream_of(const ActivityRecord& activity, double time_s);
  std::string state_type(const PajeContainer& container) const;
  std::string link_type(DeviceIndex from, DeviceIndex to);
  void start_arrows(const ActivityRecord& activity, const std::string& label);
  void end_arrows(const ActivityRecord& activity, const std::string& label);
  void set(Quantity quantity, std::size_t index, double time_s, double value);

  PajeFile file_;
  const PlatformSpec& platform_;
  const PajeHierarchy hierarchy_;
  bool has_phase_ = false;
  std::map<std::pair<Quantity, std::size_t>, double> told_;                // of quantities that were not always 0
  std::map<RouteIndex, PajeContainer> routes_;                             // that were used
  std::map<std::string, const OperatorColour*> colour_of_label_;           // that it had first
  std::set<std::pair<std::string, std::string>> values_;                   // type and name, as written
  std::map<std::pair<std::size_t, std::size_t>, std::string> link_types_;  // by types of its ends
};

}  // namespace upmem_des
