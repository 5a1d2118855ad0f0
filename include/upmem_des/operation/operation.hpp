/// What a call computes: the one meaning that costs, splits over devices, capacity, dependencies and reports read.
#pragma once

#include <cstdint>
#include <tuple>
#include <variant>

#include "upmem_des/operation/operator_class.hpp"

namespace upmem_des {

/// Operations by their kinds. A call's shapes say how large its operands are; these say all else. Where a rule of
/// docs/models.md needs a number that no shape tells, it is here.
namespace operation {

/// Known by its type's name alone: a rule that register_operator() has added prices it, or none does.
struct Opaque {
  OperatorClass looks_like = OperatorClass::Other;  ///< as far as the name tells

  auto tie() const { return std::tie(looks_like); }
};

/// A look at a tensor in another shape, or what does nothing at inference: view, Dropout.
struct Nothing {
  auto tie() const { return std::tie(); }
};

/// Numbers that are moved or written, not computed.
struct Movement {
  enum class Kind : std::uint8_t {
    Copy,  ///< what is written has been read: cat, index, clone
    Fill   ///< written only: zeros, arange
  };
  Kind kind = Kind::Copy;

  auto tie() const { return std::tie(kind); }
};

/// Numbers that are stored in a format of their own where the run's weights have a narrower one.
enum class WeightFormat : std::uint8_t {
  OfWeights,     ///< the run's weight_dtype: linear layers of blocks, experts
  OfActivations  ///< the run's dtype: embeddings, heads, norms, routers, biases
};

/// What weights are stored in, where they say it of themselves, as those of quantized layers do.
enum class StoredAs : std::uint8_t { Run, Int4, Int8, Fp8, Float16, Bfloat16, Float32 };

/// Bytes of a weight; `otherwise` where the run says.
double stored_bytes(StoredAs stored, double otherwise);

/// Engines compute all experts of a layer in one kernel. A call of each expert is a part of it.
enum class ExpertKernel : std::uint8_t {
  None,    ///< no part of one
  Before,  ///< a router's, which that kernel follows
  In,      ///< gate and up, which take the rows in
  Out      ///< what gives them out
};

/// Rows times a matrix: [.., r, in] times [in, out].
struct Product {
  enum class Second : std::uint8_t {
    Weight,   ///< a layer's parameter, of its weight_shape
    Implied,  ///< a function's parameter, whose sizes follow from the other two operands
    Packed,   ///< for each row one of `matrices` such parameters, as of experts: those of the event's `experts`
    Tensor    ///< another tensor, with leading sizes where the first has them
  };
  /// What the columns of the result are, which devices that share them take in whole.
  enum class Columns : std::uint8_t {
    None,
    QueryHeads,
    CacheHeads,
    QueryKeyValue,  ///< `query_columns` of the query's heads, then the keys' and as many of the values'
    GateUp          ///< two halves, of which devices have the same places
  };

  Second second = Second::Weight;
  Columns columns = Columns::None;
  bool bias = false;       ///< `out` numbers more; only where it is known that there is one
  bool is_head = false;    ///< gives the logits
  bool is_router = false;  ///< chooses experts: logits of all of them, whose softmax and top-k are counted with it
  bool is_tied = false;    ///< the matrix is the embedding's table
  ExpertKernel experts = ExpertKernel::None;
  WeightFormat format = WeightFormat::OfWeights;
  std::int64_t matrices = 0;       ///< of Packed
  std::int64_t query_columns = 0;  ///< of QueryKeyValue
  /// Products that are summed for each number of the result, where that is not the last size of the input: 1 of an
  /// outer product, the sizes over which tensordot sums. 0: the input's last size.
  std::int64_t inner = 0;
  StoredAs stored = StoredAs::Run;  ///< of Weight, Implied and Packed

  auto tie() const {
    return std::tie(second, columns, bias, is_head, is_router, is_tied, experts, format, matrices, query_columns, inner,
                    stored);
  }
};

/// Queries against the rows of a cache (or of what was computed just now, where nothing is cached).
struct Attention {
  /// Which part of attention.
  enum class Part : std::uint8_t {
    Fused,    ///< scores, softmax and output in one function
    Scores,   ///< of eager attention: queries times keys
    Softmax,  ///< over the scores
    Output    ///< scores times values
  };
  /// Which rows a query sees.
  enum class Mask : std::uint8_t {
    Run,     ///< the run's sliding window, if it has one
    Full,    ///< all rows before its own
    Window,  ///< the last `window` rows
    Chunk    ///< the rows of its own chunk: positions are cut every `window` rows
  };
  Part part = Part::Fused;
  Mask mask = Mask::Run;
  std::int64_t window = 0;       ///< of Window and Chunk
  bool causal = true;            ///< does a row see only those before it?
  std::int64_t cache_heads = 0;  ///< that the cache holds where the run does not say; 0: as many as are shown
  bool is_cached = true;         ///< are keys and values kept for later passes? Not in encoders.
  bool is_cross = false;         ///< keys and values are of another sequence, an encoder's, and do not grow
  /// Multi-head latent attention: the cache has one row of this many numbers a token, from which both keys and values
  /// are made; 0: keys and values, a row of each for every head.
  std::int64_t latent_width = 0;
  bool is_expanded = false;  ///< keys and values were made of the latent rows just now, for every head, as in prefill
  bool sinks = false;        ///< a learned logit a head joins every softmax
  bool softcap = false;      ///< scores pass through tanh

  auto tie() const {
    return std::tie(part, mask, window, causal, is_cached, is_cross, cache_heads, latent_width, is_expanded, sinks,
                    softcap);
  }
};

/// Numbers are brought to one scale.
struct Norm {
  enum class Kind : std::uint8_t {
    Rms,       ///< over the last size, with a weight for each of its places
    RmsGated,  ///< the same times SiLU of a gate as large
    L2,        ///< over the last size, without weights
    Layer,     ///< over the last size, weight and bias
    Group,     ///< weight and bias for each channel
    Batch,     ///< weight, bias, mean and variance for each channel
    Instance,  ///< over each channel of each sequence by itself, weight and bias for each
    Response   ///< by the neighbouring channels' squares, without weights
  };
  Kind kind = Kind::Rms;
  /// Are two tensors added first, and is their sum written beside the result?
  bool adds = false;
  /// Of norms over each head, [.., heads, width]: whose heads they are, see Product.
  Product::Columns columns = Product::Columns::None;
  bool is_plain = false;  ///< has no weights of its own

  auto tie() const { return std::tie(kind, adds, columns, is_plain); }
};

/// Functions of each element alone, of two tensors element by element, or along a size.
struct Pointwise {
  enum class Function : std::uint8_t {
    Silu,
    GeluErf,
    GeluTanh,
    QuickGelu,
    Relu,
    Relu6,
    Sigmoid,
    Tanh,
    Activation,      ///< other layers: one flop an element
    ActivationPass,  ///< other functions, like Pass
    Softmax,
    ClampedGlu,  ///< gpt-oss' SwiGLU of gate and up side by side, clamped
    Binary,      ///< two operands: add, mul
    Pass,        ///< what goes through its tensor once: exp, sum, max
    Pooling,     ///< each element of the input once
    Residual,    ///< Binary: what a block gives is added to the residual stream
    Glu,         ///< one half of a size times the sigmoid of the other
    Resample     ///< each element of the output is a sum of `taps` of the input, times a weight each
  };
  Function function = Function::Pass;
  bool gated = false;       ///< the result times a second operand as large: the up of gate and up
  bool in_experts = false;  ///< is a part of the kernel that computes all experts of a layer
  bool last_rows = false;   ///< of a larger input each sequence's last row: what a token is sampled from
  std::int64_t taps = 0;    ///< of Resample: 2 linear, 4 bilinear, 8 trilinear, 16 bicubic

  auto tie() const { return std::tie(function, gated, in_experts, last_rows, taps); }
};

/// Rows of a table.
struct Gather {
  enum class Kind : std::uint8_t {
    Layer,     ///< the input is ids
    Function,  ///< the input is the table
    Rotary     ///< cosines and sines of positions, which are computed
  };
  Kind kind = Kind::Layer;
  std::int64_t rows = 0;  ///< of the table; 0: not told
  bool is_tied = false;   ///< the head's matrix is this table
  bool is_bag = false;    ///< rows are summed: the output has a row for a bag of ids

  auto tie() const { return std::tie(kind, rows, is_tied, is_bag); }
};

/// Queries and keys, [.., heads, width], are turned by the angles of their positions, in place.
struct Rotate {
  std::int64_t width = 0;  ///< numbers of each head that are turned
  /// Of the heads, which are those of queries, keys and values, so many are values', and as many keys': values are not
  /// turned. 0: all are queries'.
  std::int64_t value_heads = 0;
  bool one_key = false;  ///< beside the heads one key of all of them is turned, as of latent attention

  auto tie() const { return std::tie(width, value_heads, one_key); }
};

/// Rows of keys and values, [.., heads, width of both], are put into the cache.
struct CacheWrite {
  bool is_latent = false;  ///< one row of all heads, which every device has that has some of them

  auto tie() const { return std::tie(is_latent); }
};

/// A kernel that goes along one or more sizes.
struct Convolution {
  std::int64_t groups = 1;
  bool bias = false;
  std::int64_t dimensions =
      2;                    ///< sizes that it goes along: 1 of [channels, length], 2 of [channels, rows, columns], …
  std::int64_t kernel = 0;  ///< places of the kernel; 0: those of the weight_shape
  bool is_transposed = false;  ///< every element of the input is spread over the kernel's places
  StoredAs stored = StoredAs::Run;

  auto tie() const { return std::tie(groups, bias, dimensions, kernel, is_transposed, stored); }
};

/// Layers that take the rows of a sequence one after the other, each with what the row before gave.
struct Recurrent {
  enum class Cell : std::uint8_t { Lstm, Gru, Rnn };
  Cell cell = Cell::Lstm;
  std::int64_t hidden = 0;      ///< numbers of the state; 0: the output's last size, shared by the directions
  std::int64_t layers = 1;      ///< one on another
  std::int64_t directions = 1;  ///< 2: forwards and backwards, side by side in the output
  std::int64_t projection = 0;  ///< numbers that an LSTM's state is projected to before it goes on; 0: none
  bool bias = false;            ///< one of the input's product, one of the state's
  bool is_batch_first = false;  ///< [batch, steps, width]; else [steps, batch, width]
  bool is_step = false;         ///< [batch, width]: a cell, which is called for each row
  StoredAs stored = StoredAs::Run;

  /// Products of each cell that are as wide as the state.
  std::int64_t gates() const { return cell == Cell::Lstm ? 4 : cell == Cell::Gru ? 3 : 1; }

  auto tie() const {
    return std::tie(cell, hidden, layers, directions, projection, bias, is_batch_first, is_step, stored);
  }
};

/// Work that whoever wrote the trace has counted, where neither shapes nor words tell it: a transform of Fourier, a
/// chain of products.
struct Counted {
  OperatorClass looks_like = OperatorClass::Other;
  double flop = 0;
  double elements = 0;    ///< read and written; 0: those of input and output
  double parameters = 0;  ///< that belong to it, read once

  auto tie() const { return std::tie(looks_like, flop, elements, parameters); }
};

/// A recurrence along the sequence, which keeps a state of fixed size for each sequence: Mamba, gated DeltaNet.
struct StateScan {
  double state_elements = 0;  ///< for each sequence, read and written by each pass
  double flop_per_row = 0;
  double parameters = 0;  ///< that belong to it: decays, skips, convolutions

  auto tie() const { return std::tie(state_elements, flop_per_row, parameters); }
};

/// Kinds are compared field by field.
template <typename Kind>
auto operator==(const Kind& a, const Kind& b) -> decltype(a.tie() == b.tie()) {
  return a.tie() == b.tie();
}
template <typename Kind>
auto operator<(const Kind& a, const Kind& b) -> decltype(a.tie() < b.tie()) {
  return a.tie() < b.tie();
}

}  // namespace operation

/// What an event computes.
using Operation =
    std::variant<operation::Opaque, operation::Nothing, operation::Movement, operation::Product, operation::Attention,
                 operation::Norm, operation::Pointwise, operation::Gather, operation::Convolution, operation::StateScan,
                 operation::Rotate, operation::CacheWrite, operation::Recurrent, operation::Counted>;

/// The copy of an operation that lives as long as the process, one for all that are equal, so that events may point to
/// it. Give it what a network has some dozens of, not what every call has.
const Operation& keep(const Operation& operation);

/// What sort of work it is.
OperatorClass operator_class(const Operation& operation);

/// The operation as one kind, or nullptr.
template <typename Kind>
const Kind* as(const Operation& operation) {
  return std::get_if<Kind>(&operation);
}

}  // namespace upmem_des
