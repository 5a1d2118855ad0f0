#include "profiler/recorded_operators.hpp"

#include <ATen/core/function_schema.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include "profiler/event_shape.hpp"

namespace upmem_des::profiler {

namespace {

constexpr std::string_view common_domain = "aten::";

/// Allocate without filling, or read sizes and single numbers.
constexpr std::array<std::string_view, 24> free_operators{"empty",
                                                          "empty_like",
                                                          "new_empty",
                                                          "empty_strided",
                                                          "new_empty_strided",
                                                          "_local_scalar_dense",
                                                          "item",
                                                          "size",
                                                          "stride",
                                                          "dim",
                                                          "numel",
                                                          "storage_offset",
                                                          "is_floating_point",
                                                          "is_complex",
                                                          "is_same_size",
                                                          "is_contiguous",
                                                          "is_leaf",
                                                          "output_nr",
                                                          "_version",
                                                          "sym_size",
                                                          "sym_numel",
                                                          "result_type",
                                                          "can_cast",
                                                          "requires_grad_"};

/// What they give has the storage of what they are given; `reshape` alone makes a copy where it must.
constexpr std::array<std::string_view, 24> views{
    "t",      "transpose", "numpy_T", "mT",     "permute", "view",       "view_as",   "reshape",
    "expand", "expand_as", "slice",   "select", "narrow",  "squeeze",    "unsqueeze", "unflatten",
    "chunk",  "split",     "unbind",  "detach", "alias",   "as_strided", "swapaxes",  "movedim"};

constexpr std::string_view quantised_domain = "quantized::";

bool starts_with(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

void drop_end(std::string_view& text, std::string_view end) {
  if (text.size() > end.size() && text.substr(text.size() - end.size()) == end) text.remove_suffix(end.size());
}

/// "quantized::conv2d_relu" → "conv2d", as others are called; empty of what is no quantised product or convolution.
std::string_view quantised_name(std::string_view name) {
  if (!starts_with(name, quantised_domain)) return {};
  name.remove_prefix(quantised_domain.size());
  drop_end(name, "_fp16");
  drop_end(name, "_dynamic");
  drop_end(name, "_relu");
  const bool is_convolution = starts_with(name, "conv") && name.back() == 'd' && name.size() >= 6;
  return name == "linear" || is_convolution ? name : std::string_view();
}

/// "aten::add_" → "add"; "my_ops::add_" and "aten::__and__" stay.
std::string recorded_name(std::string_view name) {
  if (const std::string_view quantised = quantised_name(name); !quantised.empty()) return std::string(quantised);
  if (!starts_with(name, common_domain)) return std::string(name);
  name.remove_prefix(common_domain.size());
  const bool in_place = name.size() > 1 && name.back() == '_' && name[name.size() - 2] != '_';
  if (in_place) name.remove_suffix(1);
  return std::string(name == "_scaled_dot_product_attention" ? "scaled_dot_product_attention" : name);
}

struct NamedForm {
  std::string_view name;
  OperatorForm form;
};

constexpr std::array<NamedForm, 33> named_forms{{{"scaled_dot_product_attention", OperatorForm::Attention},
                                                 {"_scaled_dot_product_attention", OperatorForm::Attention},
                                                 {"linear", OperatorForm::Linear},
                                                 {"matmul", OperatorForm::Product},
                                                 {"mm", OperatorForm::Product},
                                                 {"bmm", OperatorForm::Product},
                                                 {"addmm", OperatorForm::AddedProduct},
                                                 {"baddbmm", OperatorForm::AddedProduct},
                                                 {"addbmm", OperatorForm::AddedProduct},
                                                 {"einsum", OperatorForm::Einsum},
                                                 {"tensordot", OperatorForm::Tensordot},
                                                 {"embedding", OperatorForm::Table},
                                                 {"conv1d", OperatorForm::Convolution},
                                                 {"conv2d", OperatorForm::Convolution},
                                                 {"conv3d", OperatorForm::Convolution},
                                                 {"convolution", OperatorForm::Convolution},
                                                 {"_convolution", OperatorForm::Convolution},
                                                 {"_convolution_mode", OperatorForm::Convolution},
                                                 {"conv_transpose1d", OperatorForm::Convolution},
                                                 {"conv_transpose2d", OperatorForm::Convolution},
                                                 {"conv_transpose3d", OperatorForm::Convolution},
                                                 {"lstm", OperatorForm::Recurrence},
                                                 {"gru", OperatorForm::Recurrence},
                                                 {"quantized_lstm", OperatorForm::Recurrence},
                                                 {"quantized_gru", OperatorForm::Recurrence},
                                                 {"rnn_tanh", OperatorForm::Recurrence},
                                                 {"rnn_relu", OperatorForm::Recurrence},
                                                 {"lstm_cell", OperatorForm::RecurrentCell},
                                                 {"gru_cell", OperatorForm::RecurrentCell},
                                                 {"rnn_tanh_cell", OperatorForm::RecurrentCell},
                                                 {"rnn_relu_cell", OperatorForm::RecurrentCell},
                                                 {"_native_multi_head_attention", OperatorForm::MultiHead},
                                                 {"_transformer_encoder_layer_fwd", OperatorForm::EncoderLayer}}};

void read_schema(const c10::FunctionSchema& schema, OperatorInfo& info) {
  const auto& arguments = schema.arguments();
  info.arguments = arguments.size();
  info.returns = schema.returns().size();
  const bool writes = std::any_of(arguments.begin(), arguments.end(), [](const c10::Argument& argument) {
    return argument.alias_info() != nullptr && argument.alias_info()->isWrite();
  });
  const bool common = starts_with(info.full_name, common_domain);
  info.may_be_view = common && !writes;
  if (!quantised_name(info.full_name).empty()) info.form = OperatorForm::Quantised;
  if (!common) return;
  const std::string_view name = std::string_view(info.full_name).substr(common_domain.size());
  info.free = std::find(free_operators.begin(), free_operators.end(), name) != free_operators.end();
  info.looks = std::find(views.begin(), views.end(), name) != views.end();
  info.never_copies = info.looks && info.may_be_view && name != "reshape";
  info.reads_number = name == "_local_scalar_dense";
  for (const NamedForm& known : named_forms)
    if (known.name == name) info.form = known.form;
  if (info.form != OperatorForm::Other) info.schema = std::make_shared<const c10::FunctionSchema>(schema);
}

}  // namespace

Name operator_key(std::string_view name) {
  std::string key;
  for (const char c : name)
    if (c != '_') key += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return Name(key);
}

std::size_t OperatorInfo::place(const char* argument) const {
  return static_cast<std::size_t>(schema->argumentIndexWithName(argument).value_or(-1));
}

const c10::IValue* OperatorInfo::argument(const char* name, c10::ArrayRef<const c10::IValue> values) const {
  const std::size_t at = place(name);
  return at < values.size() ? &values[at] : nullptr;
}

const OperatorInfo& RecordedOperators::find(const at::RecordFunction& call) {
  const char* name = call.name();
  OperatorInfo& info = by_address_[name];
  if (info.full_name == name && !info.full_name.empty()) return info;
  // New, or what had a name at this address is gone.
  info = OperatorInfo();
  info.full_name = name;
  info.type = event_name(recorded_name(name));
  info.key = operator_key(info.type.str());
  if (const auto schema = call.operator_schema()) read_schema(*schema, info);
  return info;
}

}  // namespace upmem_des::profiler
