#include "upmem_des/trace/recognise.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include "trace/known_types.hpp"

namespace upmem_des {

namespace {

using operation::Attention;
using operation::Gather;
using operation::Movement;
using operation::Norm;
using operation::Nothing;
using operation::Opaque;
using operation::Pointwise;
using operation::Product;
using operation::WeightFormat;
using Function = Pointwise::Function;

/// A router as a module of its own: its trace tells no weight, whose sizes follow from its input and its output.
Product router() {
  Product router = product(Product::Second::Implied);
  router.is_router = true;
  router.format = WeightFormat::OfActivations;
  return router;
}

/// [b, m, k] times [b, k, n], summed over b: [m, n].
Product sum_of_products(const LayerEvent& event) {
  Product sum = product(Product::Second::Tensor);
  const double rows = static_cast<double>(std::max<std::int64_t>(event.output_shape[0], 1));
  sum.inner = static_cast<std::int64_t>(event.input_shape.elements() / rows);
  return sum;
}

/// Classes of families that derive from a known one are named after it, at the end.
Operation by_ending(std::string_view type) {
  struct Ending {
    std::string_view end;
    Operation operation;
  };
  static const std::vector<Ending> endings{{"Router", router()},
                                           {"RMSNormGated", Norm{Norm::Kind::RmsGated}},
                                           {"RMSNorm", Norm{Norm::Kind::Rms}},
                                           {"L2Norm", Norm{Norm::Kind::L2}},
                                           {"WeightNorm", Norm{Norm::Kind::L2}},
                                           {"LayerNorm", Norm{Norm::Kind::Layer}},
                                           {"GroupNorm", Norm{Norm::Kind::Group}},
                                           {"GlobalResponseNorm", Norm{Norm::Kind::Group}},
                                           {"Norm", Opaque{OperatorClass::Normalization}},
                                           {"RotaryEmbedding", Gather{Gather::Kind::Rotary}},
                                           {"Embedding", Gather{Gather::Kind::Layer}},
                                           {"PositionalEncoding", Pointwise{Function::Binary}},
                                           {"PositionBias", Movement{}},
                                           {"Linear", product(Product::Second::Weight)},
                                           {"Dropout", Nothing{}},
                                           {"DropPath", Nothing{}},
                                           {"SamePadLayer", Nothing{}},
                                           {"Scale", Pointwise{Function::Pass}},
                                           {"Pool", Pointwise{Function::Pooling}},
                                           {"Pool2d", Pointwise{Function::Pooling}},
                                           {"Activation", Pointwise{Function::Activation}}};
  for (const Ending& ending : endings)
    if (type.size() >= ending.end.size() && type.substr(type.size() - ending.end.size()) == ending.end)
      return ending.operation;
  return Opaque{};
}

/// PyTorch has operators whose names begin with an underscore for itself, and those that end with one work in place.
std::string_view without_underscores(std::string_view type) {
  const std::size_t first = std::min(type.find_first_not_of('_'), type.size());
  const std::size_t last = type.find_last_not_of('_');
  return last == std::string_view::npos ? std::string_view() : type.substr(first, last + 1 - first);
}

const Operation* known_type(std::string_view type) {
  for (const KnownTypes& known : known_types())
    for (const char* name : known.names)
      if (type == name) return &known.operation;
  return nullptr;
}

Operation by_type(const std::string& type) {
  if (const Operation* known = known_type(type)) return *known;
  if (const Operation* known = known_type(without_underscores(type))) return *known;
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
  static const Name grouped("grouped_mm"), summed("addbmm");
  const Operation& by_names = operation_by_names(event);
  if (event.type == summed && event.input_shape.rank() == 3 && event.output_shape.rank() == 2)
    return keep(sum_of_products(event));
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
  for (const KnownTypes& known : known_types()) types.insert(types.end(), known.names.begin(), known.names.end());
  std::sort(types.begin(), types.end());
  return types;
}

}  // namespace upmem_des
