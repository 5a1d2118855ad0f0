/// Puts a model's calls together: what each is, and whose results it reads.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "upmem_des/model/decoder_description.hpp"

namespace upmem_des {

/// Builds the calls of a prologue, a decoder layer or an epilogue, one after another. Each call's result is a Value,
/// which later calls read; the events of a run wait for each other accordingly.
class LayerBuilder {
 public:
  /// Which of a layer's lists calls go to.
  enum class Part { Calls, Experts, AfterExperts };

  LayerBuilder() = default;
  /// Modules get ids in the order in which they are constructed: these first, then others as they are called.
  explicit LayerBuilder(std::initializer_list<std::string_view> constructed);

  /// Adds a call of a layer (with a path) or a function (without one) and gives its result.
  Value add(Call call, std::initializer_list<Value> reads);
  Value add(Call call, const std::vector<Value>& reads);
  /// Adds a call whose result takes the place of `value`: the same computed in another way, or in another phase.
  Value add_instead(Value value, Call call, const std::vector<Value>& reads);
  /// A value that several calls may give, see add_instead().
  Value reserve();
  /// Adds a call that as kernels stands for the layers that give `result` and `gives`, where nobody asks for one of
  /// `fusion`. As a layer itself it has the id of the one at `first_path`.
  void add_fused(Value result, Call call, const std::vector<Value>& reads, const std::vector<Value>& gives,
                 std::vector<Name> fusion, const std::string& first_path);
  /// Adds a function that only kernels have. As layers its readers read `stands_for`.
  Value add_kernel(Call call, const std::vector<Value>& reads, const std::vector<Value>& stands_for);
  /// As kernels the latest call of `value` gives the residual stream, too, to which later results are added.
  void carry(Value value);
  /// Adds `value` to the residual stream, which the next layer reads.
  void add_to_hidden(Value value);
  /// The same as layers alone.
  void add_to_hidden_as_layer(Value value);

  void go_to(Part part) { part_ = part; }
  /// What the calls added from now on are a part of; norms, routers, heads and tables say so themselves.
  void enter(Block block) { block_ = block; }
  /// The experts of the layer; their calls are those added while at Part::Experts.
  void set_experts(std::string path, std::int64_t experts, std::int64_t chosen, std::int64_t groups = 1,
                   std::int64_t chosen_groups = 1);
  /// The order in which the modules of an expert are constructed, where it is not that of their calls.
  void construct_expert(std::initializer_list<std::string_view> constructed);

  /// What has been added, as a group of `layers` equal layers.
  LayerGroup group(std::int64_t layers, const std::string& path) const;
  /// The calls alone, of a prologue or epilogue; `first_id` is added to their ids.
  std::vector<Call> calls(std::int64_t first_id) const;
  std::int64_t modules() const;

 private:
  std::vector<Call>& target();
  Block block_of(const Call& call) const;
  /// Sets a flag of all calls that give `value`.
  void mark(Value value, bool Call::*flag);
  std::int64_t id_of(const std::string& path, bool is_expert);

  Part part_ = Part::Calls;
  Block block_ = Block::Other;
  LayerGroup group_;
  std::map<std::string, std::int64_t> ids_;         ///< by path
  std::map<std::string, std::int64_t> expert_ids_;  ///< by path within an expert
  std::int64_t taken_ = 0;                          ///< ids, but for the experts'
  Value next_ = first_value;
};

}  // namespace upmem_des
