/// How a described model is run: the sizes that are no property of the model.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "upmem_des/number/number_format.hpp"
#include "upmem_des/util/error.hpp"
#include "upmem_des/workload/slice.hpp"

namespace upmem_des {

struct DecoderDescription;

/// Of a described model: tokens in or out of a row, and rows of a batch.
inline constexpr std::int64_t most_run_tokens = 100'000'000;
inline constexpr std::int64_t most_run_rows = 1'000'000;

/// Which functions compute attention: one fused call, or two matrix products with a softmax between them.
enum class Attention { sdpa, eager };

/// Which positions lm_head computes in prefill: all, as Hugging Face 4.44 does, or the last only, as servers do.
enum class Logits { all, last };

/// What events stand for: the layers and functions of a model's code, or the kernels that an engine runs for them.
enum class Detail { layers, kernels };

/// How tokens find their experts, see ExpertRouter.
enum class Routing { round_robin, balanced, uniform_random, zipf };

/// The names are the enumerators': "sdpa".
const char* to_string(Attention attention);
/// "all", "last".
const char* to_string(Logits logits);
/// "round_robin", "balanced", …
const char* to_string(Routing routing);
/// "layers", "kernels".
const char* to_string(Detail detail);
/// By its name; none where there is none of that name.
std::optional<Attention> parse_attention(std::string_view text);
/// By its name; none where there is none of that name.
std::optional<Logits> parse_logits(std::string_view text);
/// By its name; none where there is none of that name.
std::optional<Routing> parse_routing(std::string_view text);
/// By its name; none where there is none of that name.
std::optional<Detail> parse_detail(std::string_view text);
/// All names, in the order of the enumeration.
const std::vector<std::string>& attention_names();
/// All names, in the order of the enumeration.
const std::vector<std::string>& logits_names();
/// All names, in the order of the enumeration.
const std::vector<std::string>& routing_names();
/// All names, in the order of the enumeration.
const std::vector<std::string>& detail_names();

/// All but the batch and the number format.
struct DecoderSettings {
  std::int64_t prompt_tokens = 64;  ///< for each batch row, 1 to most_run_tokens; where they differ, the most
  /// Of each batch row, where they differ: as many numbers as there are rows, and fused attention only.
  std::vector<std::int64_t> prompts;
  std::int64_t output_tokens = 16;  ///< forward passes: 1 prefill and output_tokens − 1 decode; 1 to most_run_tokens
  Attention attention = Attention::sdpa;
  Logits logits = Logits::all;
  bool sampling = false;  ///< a softmax over the vocabulary after each pass
  Routing routing = Routing::round_robin;
  std::uint64_t routing_seed = 0;  ///< of uniform_random and zipf
  double routing_exponent = 1;     ///< of zipf: the n-th most popular expert is drawn in proportion to n^−exponent
  bool call_empty_experts = true;  ///< call experts that no token was sent to, as Hugging Face 4.44 does
  Detail detail = Detail::layers;
  std::int64_t last_layers = 0;  ///< so many of its layers alone, the last ones, between embedding and head; 0: all
  /// Names and types of layers that somebody asks for: as kernels, too, they are events of their own.
  std::vector<std::string> asked_for;
};

/// A run of a described model.
struct DecoderRun : DecoderSettings {
  std::int64_t batch = 1;  ///< rows; 1 to 1e6
  NumberFormat dtype = NumberFormat::bfloat16;
  std::optional<NumberFormat> weight_dtype;  ///< in place of what the model's quantization_config says
  /// The decode passes before this one (1 is the first) are left out.
  std::int64_t first_decode_pass = 1;
};

/// The slices of the run's first pass.
std::vector<Slice> first_slices(const DecoderRun& run);

/// The name of the first setting in which they differ; empty where they do not.
std::string difference(const DecoderSettings& a, const DecoderSettings& b);

/// The same run cut to its prefill and its last decode pass, which is the largest: every layer and function that the
/// whole run calls occurs in it (with call_empty_experts off and random routing, not every expert).
DecoderRun shortened(DecoderRun run);

/// Throws InputError ("where: option: …") when a number of `run` is out of its range, when a tensor of its largest
/// passes would be larger than Shape's bounds, when the model's layers and experts make more than max_paths calls in a
/// pass, or when drawing random routes for one pass would take more than 1e10 draws. `where` tells what the options
/// belong to, for the message.
void check(const DecoderRun& run, const DecoderDescription& description, const SourceLocation& where = {});

}  // namespace upmem_des
