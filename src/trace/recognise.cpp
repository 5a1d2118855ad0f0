#include "trace/recognise.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

namespace upmem_des {

namespace {

using operation::Attention;
using operation::Convolution;
using operation::Gather;
using operation::Movement;
using operation::Norm;
using operation::Nothing;
using operation::Opaque;
using operation::Pointwise;
using operation::Product;
using operation::WeightFormat;
using Function = Pointwise::Function;

Product product(Product::Second second) {
  Product product;
  product.second = second;
  return product;
}

Attention attention(Attention::Part part) {
  Attention attention;
  attention.part = part;
  return attention;
}

struct Types {
  Operation operation;
  std::vector<const char*> names;
};

// clang-format off
const std::vector<Types>& known_types() {
  static const std::vector<Types> types{
      {product(Product::Second::Weight), {"Linear", "Conv1D"}},
      {product(Product::Second::Implied), {"linear", "mm"}},
      {product(Product::Second::Tensor), {"matmul", "bmm"}},
      {attention(Attention::Part::Fused), {"scaled_dot_product_attention"}},
      {Norm{Norm::Kind::Rms},
       {"RMSNorm", "LlamaRMSNorm", "MistralRMSNorm", "MixtralRMSNorm", "Qwen2RMSNorm", "Qwen2MoeRMSNorm",
        "Qwen3RMSNorm", "Phi3RMSNorm", "GemmaRMSNorm", "Gemma2RMSNorm"}},
      {Norm{Norm::Kind::Layer}, {"LayerNorm", "layer_norm"}},
      {Norm{Norm::Kind::Group}, {"GroupNorm", "group_norm"}},
      {Norm{Norm::Kind::Batch}, {"BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "batch_norm"}},
      {Pointwise{Function::Silu}, {"SiLU", "SiLUActivation", "silu"}},
      {Pointwise{Function::GeluErf}, {"GELU", "GELUActivation", "gelu"}},
      {Pointwise{Function::GeluTanh}, {"NewGELUActivation", "FastGELUActivation", "PytorchGELUTanh", "GELUTanh"}},
      {Pointwise{Function::QuickGelu}, {"QuickGELUActivation"}},
      {Pointwise{Function::Relu}, {"ReLU", "relu"}},
      {Pointwise{Function::Relu6}, {"ReLU6", "relu6"}},
      {Pointwise{Function::Sigmoid}, {"Sigmoid", "sigmoid"}},
      {Pointwise{Function::Tanh}, {"Tanh", "tanh"}},
      {Pointwise{Function::Softmax}, {"softmax", "Softmax", "log_softmax", "LogSoftmax"}},
      {Pointwise{Function::Activation}, {"LeakyReLU", "Hardtanh", "Hardsigmoid", "Hardswish"}},
      {Pointwise{Function::ActivationPass},
       {"elu", "hardtanh", "hardswish", "hardsigmoid", "leaky_relu", "mish", "softplus"}},
      {Pointwise{Function::Binary},
       {"add", "sub", "rsub", "mul", "div", "floor_divide", "remainder", "maximum", "minimum", "logical_and",
        "logical_or"}},
      {Pointwise{Function::Pass},
       {"abs", "ceil", "clamp", "clamp_max", "clamp_min", "cos", "erf", "exp", "floor", "ge", "gt", "le", "log",
        "log1p", "logical_not", "lt", "ne", "neg", "eq", "pow", "reciprocal", "round", "rsqrt", "sign", "sin", "sqrt",
        "square", "masked_fill", "where", "tril", "triu", "bitwise_not", "isnan", "all", "amax", "amin", "any",
        "argmax", "argmin", "cumsum", "max", "mean", "min", "norm", "prod", "std", "sum", "topk", "var", "sort"}},
      {Pointwise{Function::Pooling},
       {"MaxPool2d", "AvgPool2d", "AdaptiveMaxPool2d", "AdaptiveAvgPool2d", "max_pool2d", "avg_pool2d",
        "adaptive_max_pool2d", "adaptive_avg_pool2d", "MaxPool1d", "AvgPool1d", "max_pool1d", "avg_pool1d"}},
      {Gather{Gather::Kind::Layer}, {"Embedding"}},
      {Gather{Gather::Kind::Function}, {"embedding"}},
      {Gather{Gather::Kind::Rotary},
       {"LlamaRotaryEmbedding", "MistralRotaryEmbedding", "MixtralRotaryEmbedding", "Qwen2RotaryEmbedding",
        "Qwen3RotaryEmbedding"}},
      {Convolution{}, {"Conv2d"}},
      {Movement{Movement::Kind::Copy},
       {"_to_copy", "cat", "clone", "constant_pad_nd", "contiguous", "copy", "flip", "gather", "index", "index_select",
        "one_hot", "pad", "pixel_shuffle", "repeat", "repeat_interleave", "roll", "scatter", "stack", "tile", "to",
        "type_as"}},
      {Movement{Movement::Kind::Fill},
       {"arange", "fill", "full", "full_like", "linspace", "normal", "ones", "ones_like", "rand", "randn",
        "scalar_tensor", "zero", "zeros", "zeros_like", "new_zeros", "new_ones", "new_full"}},
      {Nothing{},
       {"Dropout", "dropout", "Identity", "Flatten", "flatten", "Unflatten", "reshape", "view", "permute", "transpose",
        "squeeze", "unsqueeze", "dropout1d", "dropout2d", "Dropout2d"}},
  };
  return types;
}
// clang-format on

/// A router as a module of its own: its trace tells no weight, whose sizes follow from its input and its output.
Product router() {
  Product router = product(Product::Second::Implied);
  router.is_router = true;
  router.format = WeightFormat::OfActivations;
  return router;
}

/// Classes of families that derive from a known one are named after it, at the end.
Operation by_ending(std::string_view type) {
  struct Ending {
    std::string_view end;
    Operation operation;
  };
  static const std::array<Ending, 10> endings{{{"Router", router()},
                                               {"RMSNormGated", Norm{Norm::Kind::RmsGated}},
                                               {"RMSNorm", Norm{Norm::Kind::Rms}},
                                               {"L2Norm", Norm{Norm::Kind::L2}},
                                               {"LayerNorm", Norm{Norm::Kind::Layer}},
                                               {"Norm", Opaque{OperatorClass::Normalization}},
                                               {"RotaryEmbedding", Gather{Gather::Kind::Rotary}},
                                               {"Embedding", Gather{Gather::Kind::Layer}},
                                               {"Linear", product(Product::Second::Weight)},
                                               {"Dropout", Nothing{}}}};
  for (const Ending& ending : endings)
    if (type.size() >= ending.end.size() && type.substr(type.size() - ending.end.size()) == ending.end)
      return ending.operation;
  return Opaque{};
}

Operation by_type(const std::string& type) {
  for (const Types& known : known_types())
    for (const char* name : known.names)
      if (type == name) return known.operation;
  return by_ending(type);
}

Operation by_name(Operation operation, const std::string& name) {
  if (auto* product = std::get_if<Product>(&operation)) {
    const bool is_function = product->second == Product::Second::Tensor;
    if (is_function && name == "attn_weights") return attention(Attention::Part::Scores);
    if (is_function && name == "attn_output") return attention(Attention::Part::Output);
    if (product->second != Product::Second::Weight) return operation;
    if (name == "q_proj") product->columns = Product::Columns::QueryHeads;
    if (name == "k_proj" || name == "v_proj") product->columns = Product::Columns::CacheHeads;
    product->is_head = name == "lm_head";
    if (product->is_head || name == "gate" || name == "router") product->format = WeightFormat::OfActivations;
  }
  const auto* pointwise = std::get_if<Pointwise>(&operation);
  if (pointwise != nullptr && pointwise->function == Function::Softmax && name == "attn_weights")
    return attention(Attention::Part::Softmax);
  return operation;
}

/// The names that by_name() knows.
constexpr std::array<const char*, 8> telling_names{"attn_weights", "attn_output", "q_proj", "k_proj",
                                                   "v_proj",       "lm_head",     "gate",   "router"};

/// What has been recognised: by type, then by name where the type leaves it open. Grows with the types that occur; a
/// thread has its own, so that nobody waits.
class Recognised {
 public:
  Recognised() {
    for (std::size_t i = 0; i < telling_names.size(); ++i) {
      const std::size_t index = Name(telling_names[i]).index();
      if (names_.size() <= index) names_.resize(index + 1, 0);
      names_[index] = static_cast<std::uint8_t>(i + 1);
    }
  }

  const Operation& find(Name type, Name name) {
    if (types_.size() <= type.index()) types_.resize(type.index() + 1);
    Type& known = types_[type.index()];
    if (known[0] == nullptr) fill(known, type.str());
    return *known[name.index() < names_.size() ? names_[name.index()] : 0];
  }

 private:
  /// By name: 0 is any that tells nothing.
  using Type = std::array<const Operation*, telling_names.size() + 1>;

  static void fill(Type& known, const std::string& type) {
    const Operation operation = by_type(type);
    known.fill(&keep(operation));
    const auto* product = std::get_if<Product>(&operation);
    const auto* pointwise = std::get_if<Pointwise>(&operation);
    if (product == nullptr && (pointwise == nullptr || pointwise->function != Function::Softmax)) return;
    for (std::size_t i = 0; i < telling_names.size(); ++i) known[i + 1] = &keep(by_name(operation, telling_names[i]));
  }

  std::vector<std::uint8_t> names_;  ///< by Name::index(): 1 + the place in telling_names; 0: tells nothing
  std::vector<Type> types_;          ///< by Name::index()
};

}  // namespace

const Operation& operation_of(const LayerEvent& event) {
  return event.operation != nullptr ? *event.operation : operation_by_names(event);
}

const std::array<Name, 2>& cache_reader_names() {
  static const std::array<Name, 2> names{Name("attn_output"), Name("scaled_dot_product_attention")};
  return names;
}

const Operation& operation_by_names(const LayerEvent& event) {
  thread_local Recognised recognised;
  return recognised.find(event.type, event.name);
}

Operation completed_by(const TraceHeader& header, Operation operation) {
  if (auto* attention = std::get_if<operation::Attention>(&operation)) {
    attention->cache_heads = header.num_key_value_heads.value_or(attention->cache_heads);
    attention->window = header.sliding_window.value_or(attention->window);
  }
  auto* gather = std::get_if<operation::Gather>(&operation);
  if (gather != nullptr && gather->kind == operation::Gather::Kind::Layer)
    gather->rows = header.vocab_size.value_or(gather->rows);
  return operation;
}

const Operation& EventContext::expected(const LayerEvent& event) {
  static const Name grouped("grouped_mm");
  const Operation& by_names = operation_by_names(event);
  if (event.type == grouped && experts_ > 0) {
    Product packed = product(Product::Second::Packed);
    packed.matrices = experts_;
    return keep(packed);
  }
  if (const auto* attention = as<Attention>(by_names)) {
    if (attention->part == Attention::Part::Fused && event.input_shape.from_end(0) == LatentWidths::key &&
        event.output_shape.from_end(0) == LatentWidths::value)
      return latent(event);
    return completed(by_names, event.phase != Phase::Prefill || event.causal != false);
  }
  return std::holds_alternative<Gather>(by_names) ? completed(by_names, true) : by_names;
}

const Operation& EventContext::completed(const Operation& by_names, bool is_cached) {
  const Operation*& found = completed_[{&by_names, is_cached}];
  if (found == nullptr) {
    Operation operation = completed_by(header_, by_names);
    if (auto* attention = std::get_if<Attention>(&operation)) attention->is_cached = is_cached;
    found = &keep(operation);
  }
  return *found;
}

/// One row of queries reads the latent rows as they are; for more, keys and values have been made of them.
const Operation& EventContext::latent(const LayerEvent& event) const {
  Attention latent = attention(Attention::Part::Fused);
  latent.latent_width = LatentWidths::cached;
  latent.is_expanded = event.output_shape.from_end(1) > 1;
  return keep(latent);
}

void EventContext::see(const LayerEvent& event) {
  if (event.kind != EventKind::Layer) return;
  const auto* router = as<Product>(operation_of(event));
  if (router != nullptr && router->is_router && !event.output_shape.empty()) experts_ = event.output_shape.from_end(0);
}

void EventContext::complete(LayerEvent& event) {
  if (event.operation == nullptr) {
    const Operation& found = expected(event);
    if (&found != &operation_by_names(event)) event.operation = &found;
  }
  see(event);
}

std::vector<std::string> recognised_types() {
  std::vector<std::string> types;
  for (const Types& known : known_types()) types.insert(types.end(), known.names.begin(), known.names.end());
  std::sort(types.begin(), types.end());
  return types;
}

}  // namespace upmem_des
