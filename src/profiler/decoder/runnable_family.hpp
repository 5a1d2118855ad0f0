/// The families of models that can be run.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "profiler/decoder/decoder_layer.hpp"
#include "profiler/decoder/input_tables.hpp"
#include "profiler/decoder/linear.hpp"
#include "profiler/decoder/rotary_tables.hpp"

namespace upmem_des::profiler {

/// What a decoder is made of.
struct DecoderParts {
  std::unique_ptr<InputTables> tables;
  std::vector<RotaryTables> rotary;  ///< called in this order once a pass, after the tables
  std::vector<DecoderLayer> layers;
  std::unique_ptr<Norm> norm;
  std::unique_ptr<Linear> head;
};

/// Makes the decoder of builder.config(), a model of its family. Throws InputError where the configuration asks for
/// what is not computed, and as the source of weights does.
using RunnableFamily = DecoderParts (*)(ModelBuilder& builder);

/// By the `model_type` of configurations; null on one that cannot be run.
RunnableFamily runnable_family(const std::string& model_type);
/// All names, in alphabetical order.
const std::vector<std::string>& runnable_families();

/// The head `path`: a weight of its own, or that of the table of words where the configuration ties them.
std::unique_ptr<Linear> language_model_head(ModelBuilder& builder, const std::string& path, const InputTables& tables);

/// Throws InputError on heads of an odd size, which rotary embeddings cannot turn.
void check_even_heads(const DecoderConfig& config);

}  // namespace upmem_des::profiler
