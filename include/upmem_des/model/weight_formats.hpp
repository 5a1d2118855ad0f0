/// In which formats a model's weights are stored, as its quantization_config says.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "upmem_des/number/number_format.hpp"

namespace upmem_des {

class ConfigFields;

/// Linear layers of blocks and experts have `format`, but for the modules that are left out; those, and all else
/// (embeddings, norms, routers, biases, in most models the head), keep the format of activations.
struct WeightFormats {
  std::optional<NumberFormat> format;  ///< none: nothing is quantized
  /// In which the inputs of these layers are multiplied, where they are quantized, too; none: in the run's dtype.
  std::optional<NumberFormat> activations;
  std::string method;                 ///< "fp8", "awq", … as the file says
  std::vector<std::string> left_out;  ///< parts of paths; "re:" begins a regular expression
  bool experts_only = false;          ///< mxfp4 of gpt-oss: all but the experts is left out

  /// Is the module at `path` ("model.layers.0.self_attn.q_proj") left out?
  bool leaves_out(std::string_view path) const;
};

/// Reads the quantization_config of a configuration, if it has one. Throws InputError on a method or a format that is
/// not known, with what would be.
WeightFormats read_weight_formats(const ConfigFields& fields);

}  // namespace upmem_des
