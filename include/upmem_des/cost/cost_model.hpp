/// From an event and a device to time and energy.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "upmem_des/architecture/device_ratings.hpp"
#include "upmem_des/cost/demand.hpp"
#include "upmem_des/number/number_format.hpp"
#include "upmem_des/trace/phase.hpp"

namespace upmem_des {

struct Architecture;
struct LayerEvent;

/// What to do with a layer or function of a trace that has no rule.
enum class UnknownOperators {
  Error,   ///< stop before anything is simulated
  Memory,  ///< its input is read and its output written
  Skip     ///< leave it out, as if it took no time
};

/// What holds for a whole run.
struct CostOptions {
  NumberFormat dtype = NumberFormat::bfloat16;      ///< of activations, and of weights that keep a format of their own
  NumberFormat kv_dtype = NumberFormat::bfloat16;   ///< of the KV cache; `reference` ignores it
  std::optional<NumberFormat> weight_dtype;         ///< of the weights of linear layers; none: dtype
  std::optional<NumberFormat> activation_dtype;     ///< that their products compute their inputs in; none: dtype
  std::optional<std::int64_t> num_key_value_heads;  ///< heads that the KV cache holds
  std::optional<std::int64_t> sliding_window;       ///< rows that attention sees at most

  UnknownOperators unknown_operators = UnknownOperators::Error;  ///< `reference` ignores it

  /// Of linear layers' weights.
  NumberFormat weights() const { return weight_dtype.value_or(dtype); }
};

/// What a device does of an attention whose sequences several devices share. Masks are evened out, as where each has
/// early and late tokens.
struct ContextPart {
  double share = 1;       ///< of the tokens, and so of the pairs of a query and a key
  bool has_keys = false;  ///< its own queries see all keys, which it has been sent; else all queries see its own keys
};

/// What holds for one event besides its own fields.
struct CostState {
  Phase phase = Phase::Prefill;    ///< the phase that the event's cost is counted in
  std::int64_t cached_tokens = 0;  ///< rows in the KV cache before this pass
  /// Heads of the cache that the event reads, where it is a part of an attention that several devices share; they need
  /// not divide the part's query heads. None: those of the run.
  std::optional<std::int64_t> held_key_value_heads = std::nullopt;
  ContextPart context{};
};

/// How tensors move, and which unusual mapping flags are let pass.
enum class TransferRules {
  Published,  ///< exactly as the published tool (quirks 10 to 13 and 19)
  ByValues    ///< to where they are needed, and nothing twice
};

/// A cost model: pure functions of event and device, so that a stream can be planned twice.
class CostModel {
 public:
  CostModel() = default;
  CostModel(const CostModel&) = delete;
  CostModel& operator=(const CostModel&) = delete;
  virtual ~CostModel() = default;

  /// As in scenarios: "roofline".
  virtual std::string name() const = 0;

  /// Time and energy of `event` on `device`. Throws InputError where the model has no rule for the event's type.
  virtual Demand cost(const LayerEvent& event, const Architecture& device, const CostState& state) const = 0;

  /// Bytes of the event's input when it moves between host and device.
  virtual double input_bytes(const LayerEvent& event) const = 0;

  /// Does cost() look at nothing of such an event but its kind, type, name, operation, shapes, slices, kv_length,
  /// stride, padding, causal and how many experts it names? Then what it gave once may be taken again, for events that
  /// agree in these.
  virtual bool costs_by_sizes(const LayerEvent& /*event*/) const { return false; }

  /// May cost() look at how many rows are cached, which CostState says?
  virtual bool depends_on_cache(const LayerEvent& /*event*/) const { return true; }

  /// Does the model know what such an event does? One that it does not is an error, or what CostOptions says.
  virtual bool has_rule(const LayerEvent& /*event*/) const { return true; }

  /// The peak rates and powers that events of this model may ask of a device.
  virtual DeviceRatings ratings(const Architecture& device) const = 0;

  /// The profile that HOST has under this model, given the one of the catalogue.
  virtual Architecture host_profile(const Architecture& catalogue_host) const;

  /// How tensors move under this model.
  virtual TransferRules transfer_rules() const { return TransferRules::ByValues; }

  /// Does the model take KV heads and sliding window from the trace's header where the scenario gives none?
  virtual bool uses_trace_attention_shape() const { return true; }
};

/// Makes a cost model with the options of a run.
using CostModelFactory = std::function<std::unique_ptr<CostModel>(const CostOptions&)>;

/// Adds a cost model under a name, or replaces the one of that name. `reference` and `roofline` are there from the
/// start. Call it before scenarios are loaded.
void register_cost_model(const std::string& name, CostModelFactory factory);

/// Throws InputError on an unknown name, with the nearest known one.
std::unique_ptr<CostModel> make_cost_model(const std::string& name, const CostOptions& options);

/// All names, sorted.
std::vector<std::string> cost_model_names();

}  // namespace upmem_des
