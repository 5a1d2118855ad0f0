/// Sizes of one kernel, as far as its time depends on them.
#pragma once

#include <variant>

namespace upmem_des {

/// [m, k] times [k, n].
struct ProductSizes {
  double m = 0, n = 0, k = 0;
  double bytes = 0;            ///< operands and result
  double quantized_bytes = 0;  ///< read and written to bring the first operand into a narrower format; 0: it is in it
};

/// Queries against the rows of a cache: all sequences of a step together. Those with one new row are its decodes, the
/// others its prompts.
struct AttentionSizes {
  double query_heads = 0, cache_heads = 0, width = 0;
  double flop = 0;   ///< of prompts
  double bytes = 0;  ///< of keys, values, queries and outputs, of all
  double prompts = 0;
  double tiles = 0;          ///< blocks of 128 queries of prompts, of every head
  double grouped_tiles = 0;  ///< the same where the queries of all heads that share a cache's are together
  double decodes = 0;
  double decode_rows = 0;  ///< of caches that decodes see, together
  double decode_flop = 0;
  double decode_bytes = 0;    ///< of `bytes`, those of decodes
  double longest = 0;         ///< rows of the longest sequence
  double longest_prompt = 0;  ///< of `longest`, of prompts
  double longest_decode = 0;  ///< and of decodes
};

/// What goes through memory once: rows that are `width` wide.
struct ElementwiseSizes {
  /// Which function.
  enum class Kind { Add, Gated, Norm, Rotary, Gather, Other };
  Kind kind = Kind::Other;
  double width = 0;
  double bytes = 0;
  double passes = 1;  ///< how often what is in the cache is used again
};

/// Experts of a layer that a device holds: three products each.
struct ExpertSizes {
  double flop = 0;
  double weight_bytes = 0;     ///< of experts with a row at least
  double active = 0;           ///< those
  double row_bytes = 0;        ///< of inputs, outputs and what is between, of the rows of these experts
  double other_row_bytes = 0;  ///< the same of rows that go to experts of other devices
  bool is_launched = true;     ///< else a part of a kernel whose launch is counted elsewhere
};

/// What devices of a node do together with a tensor of so many bytes.
struct CollectiveSizes {
  /// Which collective.
  enum class Kind { AllReduce, AllGather, ReduceScatter, AllToAll, SendReceive, OneShotAllReduce };
  Kind kind = Kind::AllReduce;
  double devices = 2;
  double bytes = 0;
};

/// Of a kernel of any kind.
using KernelSizes = std::variant<ProductSizes, AttentionSizes, ElementwiseSizes, ExpertSizes, CollectiveSizes>;

/// What a device could reach at most.
struct DeviceRates {
  double flops_per_s = 0;  ///< in the kernel's format
  double memory_Bps = 0;
  double cache_B = 0;   ///< last level of cache; 0: not known, and without effect
  double cores = 1;     ///< streaming multiprocessors, compute units …
  double link_Bps = 0;  ///< to other devices of its node, each way; 0: not known
};

}  // namespace upmem_des
