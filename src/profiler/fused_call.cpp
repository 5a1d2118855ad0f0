#include "profiler/fused_call.hpp"

#include "profiler/attention_mask.hpp"
#include "profiler/contraction.hpp"
#include "profiler/event_shape.hpp"

namespace upmem_des::profiler {

namespace {

using Arguments = c10::ArrayRef<const c10::IValue>;

constexpr double flop_of_norm = 7;     ///< an element
constexpr double flop_of_softmax = 5;  ///< a score
constexpr double flop_of_gelu = 8;

Sizes sizes_of(const at::Tensor& tensor) {
  return tensor.sizes().vec();
}

std::vector<ContractionStep> steps_of(const OperatorInfo& info, Arguments arguments) {
  if (info.form == OperatorForm::Tensordot) {
    for (std::size_t i = 0; i < 2; ++i)
      if (!arguments[i].isTensor() || !arguments[i].toTensor().defined() || !arguments[i + 2].isIntList()) return {};
    return tensordot_steps(sizes_of(arguments[0].toTensor()), sizes_of(arguments[1].toTensor()),
                           arguments[2].toIntVector(), arguments[3].toIntVector());
  }
  if (!arguments[0].isString() || !arguments[1].isTensorList()) return {};
  std::vector<Sizes> operands;
  for (const c10::IValue& operand : arguments[1].toListRef()) {
    if (!operand.isTensor() || !operand.toTensor().defined()) return {};
    operands.push_back(sizes_of(operand.toTensor()));
  }
  const bool has_path = arguments.size() > 2 && arguments[2].isIntList();
  return einsum_steps(arguments[0].toStringRef(), operands,
                      has_path ? arguments[2].toIntVector() : std::vector<std::int64_t>());
}

/// Products are called as the operator is, what else there is by what it does.
std::vector<Piece> pieces_of_contraction(const OperatorInfo& info, Arguments arguments) {
  std::vector<Piece> pieces;
  for (const ContractionStep& step : steps_of(info, arguments)) {
    Piece piece;
    const bool is_product = step.kind == ContractionStep::Kind::Product;
    piece.type = is_product ? info.type : Name(step.kind == ContractionStep::Kind::Sum ? "sum" : "mul");
    if (is_product) {
      operation::Product product;
      product.second = operation::Product::Second::Tensor;
      piece.operation = &keep(product);
    }
    piece.input = event_shape(step.input);
    piece.output = event_shape(step.output);
    piece.work = step.flop();
    piece.reads = step.reads;
    piece.reads_inputs = step.reads_operands;
    pieces.push_back(std::move(piece));
  }
  return pieces;
}

class Pieces {
 public:
  Pieces(const OperatorInfo& info, Arguments arguments, ParameterTable* parameters)
      : info_(info), arguments_(arguments), parameters_(parameters) {}

  /// False where the arguments are others than expected.
  bool attention(const char* name_of_input) {
    const at::Tensor* const query = tensor(name_of_input);
    const at::Tensor* const in = tensor("qkv_weight");
    const at::Tensor* const out = tensor("proj_weight");
    const c10::IValue* const heads = argument(heads_key());
    if (query == nullptr || in == nullptr || out == nullptr || heads == nullptr || !heads->isInt()) return false;
    for (const char* other : {"key", "value"})
      if (const at::Tensor* given = tensor(other); given != nullptr && !given->is_same(*query)) return false;
    const std::int64_t width = query->dim() == 3 ? query->size(2) : 0;
    const std::int64_t count = heads->toInt();
    if (width < 1 || count < 1 || width % count != 0 || in->dim() != 2 || in->size(0) != 3 * width) return false;
    rows_ = {query->size(0), query->size(1), width};
    operation::Product product;
    product.columns = operation::Product::Columns::QueryKeyValue;
    product.query_columns = width;
    add_linear(product, *in, tensor("qkv_bias"));
    add_attention(count, width / count);
    add_linear(operation::Product(), *out, tensor("proj_bias"));
    return true;
  }

  bool encoder_layer() {
    const c10::IValue* const first = argument("norm_first");
    const c10::IValue* const gelu = argument("use_gelu");
    if (first == nullptr || !first->isBool() || gelu == nullptr || !gelu->isBool()) return false;
    if (tensor("ffn_weight_1") == nullptr || tensor("ffn_weight_2") == nullptr) return false;
    // The residual stream is what the call reads, then the last sum or, where norms come last, the last norm.
    std::optional<std::size_t> stream;
    const bool norm_first = first->toBool();
    const at::Tensor* const source = tensor("src");
    if (source == nullptr || source->dim() != 3) return false;
    rows_ = event_shape(*source);
    if (norm_first) add_norm("norm_weight_1");
    if (!attention("src")) return false;
    add_sum(stream);
    if (!norm_first) add_norm("norm_weight_1");
    stream = pieces_.size() - 1;
    if (norm_first) add_norm("norm_weight_2");
    add_linear(operation::Product(), *tensor("ffn_weight_1"), tensor("ffn_bias_1"));
    add_activation(gelu->toBool());
    add_linear(operation::Product(), *tensor("ffn_weight_2"), tensor("ffn_bias_2"));
    add_sum(stream);
    if (!norm_first) add_norm("norm_weight_2");
    return true;
  }

  std::vector<Piece> take() { return std::move(pieces_); }

 private:
  const c10::IValue* argument(const char* name) const { return info_.argument(name, arguments_); }

  const char* heads_key() const { return info_.place("num_heads") < arguments_.size() ? "num_heads" : "num_head"; }

  const at::Tensor* tensor(const char* name) const {
    const c10::IValue* const value = argument(name);
    if (value == nullptr || !value->isTensor()) return nullptr;
    const at::Tensor& found = value->toTensor();
    return found.defined() && !found.is_nested() ? &found : nullptr;
  }

  Name path_of(const at::Tensor& tensor) const {
    const auto* const found = parameters_ == nullptr ? nullptr : parameters_->find(tensor);
    return found == nullptr ? Name() : found->path;
  }

  /// The next piece reads the one before, and gives as many rows.
  Piece& add(const char* type) {
    Piece piece;
    piece.type = Name(type);
    piece.input = pieces_.empty() ? rows_ : pieces_.back().output;
    piece.output = piece.input;
    if (!pieces_.empty()) piece.reads = {pieces_.size() - 1};
    return pieces_.emplace_back(piece);
  }

  double elements() const { return static_cast<double>(pieces_.back().output.elements()); }

  void add_linear(operation::Product product, const at::Tensor& weight, const at::Tensor* bias) {
    product.second = operation::Product::Second::Implied;
    product.bias = bias != nullptr;
    Piece& piece = add("linear");
    piece.operation = &keep(product);
    piece.path = path_of(weight);
    piece.input = {rows_[0], rows_[1], weight.size(1)};
    piece.output = {rows_[0], rows_[1], weight.size(0)};
    piece.work = 2 * elements() * static_cast<double>(weight.size(1));
  }

  void add_attention(std::int64_t heads, std::int64_t width) {
    Piece& piece = add("scaled_dot_product_attention");
    piece.input = piece.output = {rows_[0], heads, rows_[1], width};
    if (rows_[1] > 1 && sees_both_ways()) {
      operation::Attention attention;
      attention.is_cached = false;
      piece.operation = &keep(attention);
      piece.causal = false;
    }
    const double scores = static_cast<double>(rows_[0] * heads * rows_[1]) * static_cast<double>(rows_[1]);
    piece.work = scores * (4 * static_cast<double>(width) + flop_of_softmax);
  }

  /// A mask of type 1 tells which rows are padding. Here a mask is true where a row does not see.
  bool sees_both_ways() const {
    const at::Tensor* const mask = tensor("mask");
    const c10::IValue* const type = argument("mask_type");
    if (mask == nullptr || (type != nullptr && type->isInt() && type->toInt() == 1)) return true;
    return sees_later_rows(mask->scalar_type() == at::kBool ? mask->logical_not() : *mask);
  }

  void add_norm(const char* weight) {
    Piece& piece = add("layer_norm");
    if (const at::Tensor* const found = tensor(weight)) piece.path = path_of(*found);
    piece.work = flop_of_norm * elements();
  }

  void add_activation(bool is_gelu) { add(is_gelu ? "gelu" : "relu").work = (is_gelu ? flop_of_gelu : 1) * elements(); }

  void add_sum(std::optional<std::size_t> stream) {
    Piece& piece = add("add");
    piece.work = elements();
    if (stream)
      piece.reads.insert(piece.reads.begin(), *stream);
    else
      piece.reads_inputs = true;
  }

  const OperatorInfo& info_;
  Arguments arguments_;
  ParameterTable* parameters_;
  Shape rows_;
  std::vector<Piece> pieces_;
};

}  // namespace

std::vector<Piece> pieces_of(const OperatorInfo& info, Arguments arguments, ParameterTable* parameters) {
  const bool is_contraction = info.form == OperatorForm::Einsum || info.form == OperatorForm::Tensordot;
  const bool is_block = info.form == OperatorForm::MultiHead || info.form == OperatorForm::EncoderLayer;
  if ((!is_contraction && !is_block) || arguments.size() != info.arguments) return {};
  if (is_contraction) return pieces_of_contraction(info, arguments);
  Pieces pieces(info, arguments, parameters);
  const bool is_known = info.form == OperatorForm::MultiHead ? pieces.attention("query") : pieces.encoder_layer();
  return is_known ? pieces.take() : std::vector<Piece>();
}

}  // namespace upmem_des::profiler
