#include "profiler/function_call.hpp"

#include <string>
#include <string_view>

#include "profiler/attention_mask.hpp"
#include "profiler/event_shape.hpp"
#include "profiler/packed_weights.hpp"

namespace upmem_des::profiler {

namespace {

using Arguments = c10::ArrayRef<const c10::IValue>;

constexpr std::int64_t most_matrices = 1'000'000'000;

bool is_tensor(const c10::IValue& value) {
  return value.isTensor() && value.toTensor().defined() && !value.toTensor().is_nested();
}

/// A call whose arguments are as its operator's schema says.
class Call {
 public:
  Call(const OperatorInfo& info, Arguments arguments, ParameterTable* parameters, FunctionFacts& facts)
      : info_(info), arguments_(arguments), parameters_(parameters), facts_(facts) {}

  void describe() {
    switch (info_.form) {
      case OperatorForm::Attention:
        return describe_attention();
      case OperatorForm::Linear:
        return describe_product(0, arguments_.size() > 2 && is_tensor(arguments_[2]));
      case OperatorForm::Product:
        return describe_product(0, false);
      case OperatorForm::AddedProduct:
        return describe_product(1, true);
      case OperatorForm::Table:
        return describe_table();
      case OperatorForm::Convolution:
        return describe_convolution();
      case OperatorForm::Quantised:
        return describe_quantised();
      case OperatorForm::Recurrence:
        return describe_recurrence();
      case OperatorForm::RecurrentCell:
        return describe_cell();
      default:
        return;
    }
  }

 private:
  const c10::IValue* argument(const char* name) const { return info_.argument(name, arguments_); }

  ParameterTable::Parameter* parameter(const at::Tensor& tensor) const {
    return parameters_ == nullptr ? nullptr : parameters_->find(tensor);
  }

  /// Has each of several matrices rows of its own? One input that all of them multiply, and products that are summed
  /// (addbmm), are what their types say.
  bool has_rows_for_each(const at::Tensor& rows, const at::Tensor& matrices) const {
    return matrices.dim() == 3 && rows.dim() >= 3 && rows.size(-3) == matrices.size(0) && info_.type.str() != "addbmm";
  }

  /// What is multiplied stands at `first`, the matrix behind it.
  void describe_product(std::size_t first, bool has_bias) {
    if (!is_tensor(arguments_[first]) || !is_tensor(arguments_[first + 1])) return;
    const at::Tensor& rows = arguments_[first].toTensor();
    facts_.input = event_shape(rows);
    const at::Tensor& matrix = arguments_[first + 1].toTensor();
    ParameterTable::Parameter* const found = parameter(matrix);
    if (found == nullptr || parameter(rows) != nullptr) return;
    operation::Product product;
    product.bias = has_bias;
    if (matrix.dim() == 2) {
      product.second = operation::Product::Second::Implied;
      found->multiplies = true;
      if (found->is_tied()) {
        product.is_tied = product.is_head = true;
        product.format = operation::WeightFormat::OfActivations;
      }
    } else if (has_rows_for_each(rows, matrix) && matrix.size(0) > 0 && matrix.size(0) <= most_matrices) {
      product.second = operation::Product::Second::Packed;
      product.matrices = matrix.size(0);
    } else {
      return;
    }
    facts_.path = found->path;
    facts_.operation = &keep(product);
  }

  void describe_table() {
    if (!is_tensor(arguments_[0]) || !is_tensor(arguments_[1])) return;
    const at::Tensor& table = arguments_[0].toTensor();
    if (table.dim() != 2 || table.size(0) < 1 || table.size(0) > most_matrices) return;
    operation::Gather gather;
    gather.rows = table.size(0);
    if (ParameterTable::Parameter* const found = parameter(table)) {
      found->is_table = true;
      gather.is_tied = found->is_tied();
      facts_.path = found->path;
    }
    facts_.input = event_shape(arguments_[1].toTensor());
    facts_.operation = &keep(gather);
  }

  void describe_convolution() {
    const c10::IValue* const weight = argument("weight");
    const c10::IValue* const bias = argument("bias");
    const c10::IValue* const groups = argument("groups");
    if (weight == nullptr || !is_tensor(*weight) || groups == nullptr || !groups->isInt()) return;
    const at::Tensor& filters = weight->toTensor();
    if (filters.dim() < 3 || filters.dim() > 5 || filters.numel() == 0) return;
    const c10::IValue* const told = argument("transposed");
    const bool is_transposed =
        told != nullptr ? told->isBool() && told->toBool() : info_.type.str().find("transpose") != std::string::npos;
    operation::Convolution convolution;
    convolution.groups = groups->toInt();
    convolution.bias = bias != nullptr && is_tensor(*bias);
    convolution.dimensions = filters.dim() - 2;
    convolution.kernel = filters.numel() / (filters.size(0) * filters.size(1));
    const std::string sizes = std::to_string(convolution.dimensions) + "d";
    facts_.type = Name((is_transposed ? "conv_transpose" : "conv") + sizes);
    facts_.input = event_shape(arguments_[0].toTensor());
    if (ParameterTable::Parameter* const found = parameter(filters)) facts_.path = found->path;
    convolution.is_transposed = is_transposed;
    facts_.operation = &keep(convolution);
  }

  /// Weights that no attribute holds were packed just now.
  void describe_quantised() {
    if (arguments_.size() < 2 || !is_tensor(arguments_[0])) return;
    const auto* const known = parameters_ == nullptr ? nullptr : parameters_->find_packed(arguments_[1]);
    const auto found = known == nullptr ? packed_weights(arguments_[1]) : known->weights;
    if (!found) return;
    if (known != nullptr) facts_.path = known->path;
    if (info_.type == "linear") {
      operation::Product product;
      product.second = operation::Product::Second::Implied;
      product.bias = found->bias;
      product.stored = found->stored;
      facts_.operation = &keep(product);
      return;
    }
    operation::Convolution convolution;
    convolution.groups = found->groups;
    convolution.bias = found->bias;
    convolution.dimensions = info_.type.str().find("1d") != std::string::npos ? 1 : found->dimensions();
    convolution.kernel = found->kernel();
    convolution.is_transposed = found->is_transposed;
    convolution.stored = found->stored;
    facts_.operation = &keep(convolution);
  }

  operation::Recurrent recurrence() const {
    constexpr std::string_view quantised = "quantized_";
    std::string_view name = info_.type.str();
    operation::Recurrent recurrence;
    if (name.substr(0, quantised.size()) == quantised) {
      name.remove_prefix(quantised.size());
      const c10::IValue* const type = argument("dtype");
      const bool is_half =
          type != nullptr && type->isInt() && type->toInt() == static_cast<std::int64_t>(c10::ScalarType::Half);
      recurrence.stored = is_half ? operation::StoredAs::Float16 : operation::StoredAs::Int8;
    }
    using Cell = operation::Recurrent::Cell;
    recurrence.cell = name[0] == 'l' ? Cell::Lstm : name[0] == 'g' ? Cell::Gru : Cell::Rnn;
    return recurrence;
  }

  /// The state; of an LSTM the second of its two, which no projection makes smaller.
  std::optional<at::Tensor> state(bool is_second) const {
    const c10::IValue* const states = argument("hx");
    if (states == nullptr) return std::nullopt;
    if (!states->isTensorList()) return first_tensor(*states);
    const auto both = states->toTensorVector();
    return both.size() == 2 ? std::optional(both[is_second ? 1 : 0]) : std::nullopt;
  }

  /// Of sequences that are not packed.
  void describe_recurrence() {
    const c10::IValue* const batch_first = argument("batch_first");
    const auto hidden = state(true);
    const auto given = state(false);
    const c10::IValue* const layers = argument("num_layers");
    if (batch_first == nullptr || !hidden || !given || layers == nullptr || !layers->isInt()) return;
    operation::Recurrent found = recurrence();
    found.hidden = hidden->size(-1);
    if (given->size(-1) != found.hidden) found.projection = given->size(-1);
    found.layers = layers->toInt();
    found.directions = is_on("bidirectional") ? 2 : 1;
    found.bias = is_on("has_biases");
    found.is_batch_first = is_on("batch_first");
    facts_.operation = &keep(found);
  }

  void describe_cell() {
    const auto hidden = state(true);
    const c10::IValue* const bias = argument("b_ih");
    if (!hidden || hidden->dim() < 1) return;
    operation::Recurrent found = recurrence();
    found.hidden = hidden->size(-1);
    found.bias = bias != nullptr && is_tensor(*bias);
    found.is_step = true;
    facts_.operation = &keep(found);
  }

  bool is_on(const char* name) const {
    const c10::IValue* const value = argument(name);
    return value != nullptr && value->isBool() && value->toBool();
  }

  /// Heads of the keys are repeated to the query's.
  void describe_attention() {
    const c10::IValue* const query = argument("query");
    const c10::IValue* const key = argument("key");
    const c10::IValue* const mask = argument("attn_mask");
    const c10::IValue* const causal = argument("is_causal");
    if (query == nullptr || key == nullptr || mask == nullptr || causal == nullptr) return;
    if (!is_tensor(*query) || !is_tensor(*key)) return;
    facts_.input = event_shape(key->toTensor());
    const at::Tensor& queries = query->toTensor();
    const std::int64_t rank = queries.dim();
    if (rank >= 3 && key->toTensor().dim() == rank) {
      auto sizes = key->toTensor().sizes().vec();
      sizes[static_cast<std::size_t>(rank) - 3] = queries.size(-3);
      facts_.input = event_shape(sizes);
    }
    if (rank < 2 || queries.size(-2) < 2 || !causal->isBool() || causal->toBool()) return;
    if (mask->isNone() || !is_tensor(*mask) || sees_later_rows(mask->toTensor())) facts_.causal = false;
    // Rows that all see each other are no prompt's, so that no pass keeps them for a later one.
    if (facts_.causal != false || queries.size(-2) != key->toTensor().size(-2)) return;
    operation::Attention attention;
    attention.is_cached = false;
    facts_.operation = &keep(attention);
  }

  const OperatorInfo& info_;
  Arguments arguments_;
  ParameterTable* parameters_;
  FunctionFacts& facts_;
};

}  // namespace

FunctionFacts function_facts(const OperatorInfo& info, Arguments arguments, ParameterTable* parameters) {
  FunctionFacts facts;
  facts.type = info.type;
  facts.input = shape_of_first(arguments);
  if (info.form != OperatorForm::Other && arguments.size() == info.arguments)
    Call(info, arguments, parameters, facts).describe();
  return facts;
}

}  // namespace upmem_des::profiler
