/// How long steps with equally many rows take, by what looks at sequences in them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "plan/tasks/step_demands.hpp"
#include "plan/tasks/step_plan.hpp"
#include "service/step_cost.hpp"
#include "simulation/step_meter.hpp"
#include "trace/step_calls.hpp"

namespace upmem_des {

/// The sequences of a step, and of each of its parts, where it has some.
struct StepSequences {
  using Slices = std::shared_ptr<const std::vector<Slice>>;
  Slices all;
  std::vector<Slices> parts;
};

/// Steps of as many new rows of as many sequences are the same but for what looks at each sequence by itself: attention
/// over caches of other lengths. Such a step is planned and measured once with nothing of that; each other one has its
/// own attention added. This is exact where devices work in lockstep: then a step is longer by what attention takes, as
/// often as one layer's waits for another's. Whether it is so is measured: the time of a step is convex in the times of
/// its pieces, so that a straight line through three points goes through all between them. The highest power is then
/// that without attention, or that of devices that compute attention at the same time; it is held against two of these
/// points. Parts of a step wait for each other or not as their lengths are: where a step has some, all of each step is
/// measured.
class StepForm {
 public:
  /// `calls` is a step of these sizes, `plan` how it was planned, `demands` how its demands were come by, `order` how a
  /// step in parts is run.
  StepForm(const StepCalls& calls, std::shared_ptr<const StepPlan> plan, std::shared_ptr<const StepDemands> demands,
           const PlatformSpec& platform, StepMeter& meter, QueueOrder order);

  /// What a size of a step is in proportion to.
  enum class Scale : std::uint8_t { Fixed, Rows, Sequences, Sampled };

  /// Of two steps that were planned, what their transfers' bytes are in proportion to, in order; none where they do not
  /// transfer alike, or where parts of them overlap.
  static std::optional<std::vector<Scale>> scales(const StepForm& a, const StepForm& b);

  /// A step of other sizes that calls the same as `like`, whose parts follow each other without overlapping and whose
  /// transfers grow as `scales` say: nothing is planned. Null where its events are shared in another way. `calls` has
  /// the sequence of like's.
  static std::unique_ptr<StepForm> derived(const StepForm& like, const std::vector<LayerEvent>& calls,
                                           const std::vector<Scale>& scales);

  /// Is the step's time the sum of its parts'?
  bool is_serial() const { return is_serial_; }

  /// Is a step's time that of one without attention and what attention adds, and so its highest power?
  bool is_additive() const { return is_additive_; }
  /// Sets `cost` to that of the step with these slices, which are of as many sequences and new rows as the step that
  /// was planned, by adding their attention; false where devices that had equal parts of it have unequal ones.
  bool add(const StepSequences& sequences, StepCost& cost);
  /// The same, however the parts of attention are, by measuring all of the step.
  void measure(const StepSequences& sequences, StepCost& cost);
  /// Nothing will be measured any more.
  void forget_plan() { plan_ = nullptr; }

 private:
  /// Slots that ask for the same in every step: parts of one call on devices that share it evenly.
  struct Group {
    std::vector<std::uint32_t> slots;
    double times = 0;  ///< how often such a piece is waited for in a step
    bool has(std::uint32_t slot) const { return std::find(slots.begin(), slots.end(), slot) != slots.end(); }
  };
  struct Use {
    DeviceIndex device = 0;
    std::uint32_t slot = 0;
    double times = 0;
  };
  struct Transfer {
    RouteIndex route = 0;
    double bytes = 0;
    double latency_s = 0;
    double time_s(const PlatformSpec& platform) const {
      return latency_s + bytes / platform.bandwidth_Bps(platform.routes[route]);
    }
  };
  StepForm(const StepForm& like, const std::vector<LayerEvent>& calls);
  /// Devices that work at the same time, and how often they compute each group's attention.
  struct Stage {
    StageSpan without;  ///< attention
    std::vector<DeviceIndex> devices;
    std::vector<double> times;  ///< by group
  };

  void find_calls();
  void find_stages(const std::vector<MeasuredStep::Span>& spans);
  void find_attention_at_once();
  static std::vector<Stage> stages_of(const std::vector<MeasuredStep::Span>& spans);
  void find_pieces();
  void find_times();
  void check_stages();
  void find_whether_serial();
  double summed_s() const;
  void sum_up();
  void set_sequences(std::vector<LayerEvent>& calls, const StepSequences::Slices& slices) const;
  const std::vector<Demand>& demands_of(const StepSequences& sequences);
  std::optional<double> time_s(const std::vector<Demand>& demands) const;
  MeasuredStep measured(const std::vector<double>& of_attention) const;
  double measured_s(const std::vector<double>& of_attention) const { return measured(of_attention).window.end_s; }
  double attention_W(const std::vector<Demand>& demands) const;
  double others_W() const;
  bool has_power_of(const MeasuredStep& step) const;
  void add_attention(const std::vector<Demand>& demands, StepCost& cost) const;

  StepCalls calls_;
  std::vector<std::size_t> looking_;  // calls that look at sequences
  std::vector<bool> is_looking_;      // the same by call
  std::shared_ptr<const StepPlan> plan_;
  std::shared_ptr<const StepDemands> demands_;
  const PlatformSpec& platform_;
  StepMeter& meter_;
  const QueueOrder order_;
  std::vector<Group> groups_;
  std::vector<Use> uses_;                  // of attention
  std::vector<Use> others_;                // of all else
  std::vector<std::vector<Use>> at_once_;  // those of attention that devices compute at the same time, by device
  std::vector<Transfer> transfers_;
  std::vector<Stage> stages_;
  std::int64_t rows_ = 0;
  std::int64_t sequences_ = 0;
  std::int64_t sampled_ = 0;        // rows that put out tokens
  std::vector<bool> is_attention_;  // by slot
  std::vector<Demand> now_;         // of the latest step
  Window without_;                  // attention
  double without_W_ = 0;            // the highest power, beside idle
  bool is_additive_ = false;
  bool is_serial_ = false;
};

}  // namespace upmem_des
