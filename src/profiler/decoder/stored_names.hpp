/// What a checkpoint calls a model's tensors.
#pragma once

#include <torch/torch.h>

#include <optional>
#include <string>
#include <vector>

#include "profiler/decoder/checkpoint.hpp"

namespace upmem_des::profiler {

/// The name in the checkpoint of what Hugging Face's causal model calls `name`: the same; that of the text model within
/// a multimodal one ("model.language_model.layers…", "language_model.model.layers…"); or that of the model without its
/// head ("layers…", "h.0…"). The first that is there; `name` where none is.
std::string stored_name(const Checkpoint& checkpoint, const std::string& name);

/// A part of a tensor.
struct StoredPart {
  std::string name;
  std::vector<std::int64_t> whole;  ///< shape of the tensor
  std::int64_t first = 0;           ///< element that the part begins with; it is contiguous
};

/// The place of an expert's weight "….experts.E.gate_proj.weight", up_proj or down_proj, of `sizes` [out, in], where a
/// checkpoint has packed tensors instead, as transformers 5 does in memory: "….experts.gate_up_proj" [experts, 2 · out,
/// in], gate first, and "….experts.down_proj" [experts, out, in]. None for any other tensor, and where the checkpoint
/// has the expert's own.
std::optional<StoredPart> packed_part(const Checkpoint& checkpoint, const std::string& name, std::int64_t experts,
                                      c10::IntArrayRef sizes);

}  // namespace upmem_des::profiler
