/// A decoder as data: which layers and functions a forward pass calls, in which order, on which shapes. A family of
/// models is a function from a DecoderConfig to this; DecoderSource makes the stream of events from it.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "upmem_des/model/decoder_run.hpp"
#include "upmem_des/operation/operation.hpp"
#include "upmem_des/operation/shape.hpp"
#include "upmem_des/trace/phase.hpp"
#include "upmem_des/util/name.hpp"
#include "upmem_des/workload/slice.hpp"

namespace upmem_des {

/// One size of a shape: a number, or one that a pass decides.
struct Size {
  /// What it depends on.
  enum class Kind : std::uint8_t {
    Constant,
    Batch,        ///< B
    NewTokens,    ///< T: the tokens that this pass works on, for each batch row
    TotalTokens,  ///< L: cached and new ones
    LogitTokens,  ///< T, or 1 where only the last position's logits are computed (more where drafts are verified)
    Sampled,      ///< rows that put out tokens: B, more where drafts are verified
    Rows,         ///< N = B·T
    ExpertRows,   ///< n: the rows that the router sent to this expert
  };

  /// A constant.
  Size(std::int64_t number) : value(number) {}  // NOLINT(google-explicit-constructor): {Size::batch, 4096} reads well
  /// One that a pass decides.
  Size(Kind of_pass) : kind(of_pass) {}  // NOLINT(google-explicit-constructor)

  Kind kind = Kind::Constant;
  std::int64_t value = 0;  ///< of a Constant
};

/// What the sizes of one pass are.
struct PassSizes {
  std::int64_t batch = 1;  ///< sequences
  /// Sequences of different lengths: all their tokens are the rows of one batch row, as servers lay them out.
  bool is_flat = false;
  std::int64_t new_tokens = 1;
  std::int64_t total_tokens = 1;
  std::int64_t logit_tokens = 1;
  std::int64_t sampled = 1;
  std::int64_t expert_rows = 0;

  /// `slices`: not empty, flat where there are several; `logits` of all new tokens, or of each sequence's
  /// logit_rows.
  static PassSizes of_slices(const std::vector<Slice>& slices, Logits logits, bool flat = false);

  /// What a size is in the pass.
  std::int64_t of(const Size& size) const;
  /// What sizes are in the pass.
  Shape of(const std::vector<Size>& sizes) const;
};

/// The result of a call, numbered within a layer. Other calls read it; where several calls have the same, it is that of
/// the latest.
using Value = std::uint16_t;
inline constexpr Value hidden_state = 0;    ///< the residual stream, as all that was added to it before this layer
inline constexpr Value previous_event = 1;  ///< whatever was called before
inline constexpr Value first_value = 2;     ///< of a layer's calls
inline constexpr Value last_value = 255;

/// What a call is a part of, for those who count.
enum class Block : std::uint8_t { Embedding, Attention, FeedForward, Experts, Router, StateSpace, Norm, Head, Other };
/// "embedding", "attention", …
const char* to_string(Block block);

/// One call of a layer or a function. `id` and `path` count from what the call belongs to: the model for prologue and
/// epilogue, the decoder layer, the expert.
struct Call {
  EventKind kind = EventKind::Layer;
  Name type;
  Name name;
  std::string path;                ///< "self_attn.q_proj"; empty: events without a path, as functions are
  std::optional<std::int64_t> id;  ///< functions have none
  std::vector<Size> input;         ///< at most Shape::max_rank sizes
  std::optional<Shape> weight;
  std::vector<Size> output;
  std::optional<Attention> attention;  ///< only made with this kind of attention; none: always
  /// Only made in this phase; none: in both.
  std::optional<Phase> phase;
  const Operation* operation = nullptr;      ///< what it computes; nullptr: what its names say
  double parameters = 0;                     ///< that no rule of its operation counts: learned positions
  double learned_rows = 0;                   ///< of these, rows that join every sequence, as a class token does
  std::vector<Value> reads{previous_event};  ///< the results that it waits for
  Value result = last_value;                 ///< what it gives; last_value: nobody reads it by name
  Block block = Block::Other;
  bool adds_to_hidden = false;  ///< is its result added to the residual stream?

  // What engines run in place of layers: docs/models.md, Kernels.
  /// Whether it is made as a layer, or as a kernel; Fused and Apart: where the layers of `fusion` are one kernel, and
  /// where they are not, as they never are as layers.
  enum class When : std::uint8_t { Always, Layers, Kernels, Fused, Apart, ApartKernels };
  When when = When::Always;
  std::vector<Name> fusion;                     ///< of Fused: names and types of the layers
  std::vector<Value> gives{};                   ///< of Fused: results of these layers beside `result`
  std::vector<Value> stands_for{};              ///< of Kernels: what its readers read where it is not made
  std::vector<Value> kernel_reads{};            ///< in place of `reads` as a kernel; empty: the same
  const Operation* kernel_operation = nullptr;  ///< in place of `operation` as a kernel; nullptr: the same
  bool adds_as_layer = false;   ///< as a layer its result is added to the residual stream, as a kernel it is not
  bool carries_stream = false;  ///< as a kernel it gives the residual stream, too, to which later results are added
};

/// The experts of one decoder layer. Their modules follow each other.
struct ExpertGroup {
  std::int64_t experts = 0;        ///< how many; 0: the layer has none
  std::int64_t chosen = 0;         ///< how many of them each token goes to
  std::int64_t groups = 1;         ///< equal ones that they are in …
  std::int64_t chosen_groups = 1;  ///< … and how many of these a token's experts are from
  std::int64_t first_id = 0;       ///< of the first expert's first module, within the layer
  std::int64_t modules = 0;        ///< that each expert constructs
  std::string path;                ///< of expert e, within the layer: "PATH.e"
  std::vector<Call> calls;         ///< made by each expert in turn; may have ExpertRows in their shapes
};

/// Equal decoder layers that follow each other.
struct LayerGroup {
  std::int64_t layers = 0;
  std::int64_t modules = 0;           ///< that each layer constructs, its experts' included
  std::string path = "model.layers";  ///< of layer l, counted among all groups of this path: "PATH.l"
  bool is_numbered = true;            ///< else its one layer's path is "PATH"
  std::vector<Call> calls;            ///< of each layer, before its experts
  ExpertGroup experts;
  std::vector<Call> after_experts;
  std::optional<Phase> phase;  ///< only called in this phase; none: in both. An encoder runs in prefill only.
};

/// A whole model. Ids count the modules in construction order from 0, which need not be the order of the calls.
struct DecoderDescription {
  std::vector<Call> prologue;       ///< before the layers
  std::int64_t first_layer_id = 0;  ///< of the first module of the first layer
  std::vector<LayerGroup> groups;
  std::vector<Call> epilogue;   ///< after the layers
  bool has_encoder = false;     ///< the layers, or those before the decoder's, are no decoder's
  std::int64_t vocab_size = 0;  ///< width of the logits that a token is sampled from
};

/// Hands out ids in construction order.
class ModuleIds {
 public:
  /// The id of the next module; the `count` − 1 after it are taken, too.
  std::int64_t next(std::int64_t count = 1) {
    const std::int64_t first = taken_;
    taken_ += count;
    return first;
  }
  /// How many are taken.
  std::int64_t taken() const { return taken_; }

 private:
  std::int64_t taken_ = 0;
};

}  // namespace upmem_des
