/// The residual stream of a layer, to which what its blocks give is added.
#pragma once

#include <cstdint>
#include <optional>

#include "model/blocks/calls.hpp"
#include "model/blocks/layer_builder.hpp"

namespace upmem_des {

/// As layers additions are no calls: who reads the stream reads what was added last. As kernels they are: engines add
/// in the RMSNorm that reads the sum, which writes it beside its result; in front of another norm, or of none, in a
/// kernel of its own.
class ResidualStream {
 public:
  enum class Additions { InNorms, Apart };

  /// Of rows of `width` numbers.
  ResidualStream(LayerBuilder& builder, Additions how, std::int64_t width, Sizes rows = token_rows());

  /// The stream as it is, for who reads it without a norm; not with additions in norms.
  Value value() const { return value_; }
  /// A norm of the stream.
  Value norm(Call norm);
  /// Adds what a block gives.
  void add(Value value);
  /// Adds what blocks beside each other give.
  void add_both(Value first, Value second);
  /// From here on the stream is `value`, as after a norm of it.
  void become(Value value) { value_ = value; }
  /// The next layer reads the stream as it is now.
  void end();

 private:
  Value sum(Value value, const std::vector<Value>& stands_for);

  LayerBuilder& builder_;
  Additions how_;
  Sizes sizes_;
  Value value_ = hidden_state;    ///< of additions apart
  std::optional<Value> open_;     ///< that the next norm adds
  std::optional<Value> carrier_;  ///< the norm that has added latest
};

}  // namespace upmem_des
