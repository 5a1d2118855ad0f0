#include "profiler/module_weights.hpp"

#include <array>
#include <cstdint>
#include <optional>

#include "profiler/layer_operation.hpp"
#include "profiler/leaf_layer.hpp"
#include "profiler/libtorch_compat.hpp"

namespace upmem_des::profiler {

namespace {

namespace variants = libtorch::variants;

std::array<std::int64_t, 2> pair_of(const torch::ExpandingArray<2>& values) {
  return {(*values)[0], (*values)[1]};
}

/// Rows and columns that are put before the first of each.
std::array<std::int64_t, 2> padding_of(const torch::nn::detail::ConvNdOptions<2>& options) {
  if (const auto* sizes = variants::get_if<torch::ExpandingArray<2>>(&options.padding())) return pair_of(*sizes);
  if (!variants::holds_alternative<torch::enumtype::kSame>(options.padding())) return {0, 0};
  return same_padding(pair_of(options.dilation()), pair_of(options.kernel_size()));
}

/// Calls use(options) where the module is a convolution; false where it is none.
template <typename Use>
bool with_convolution(const torch::nn::Module& module, const Use& use) {
  const auto try_one = [&](const auto* convolution) {
    if (convolution != nullptr) use(convolution->options);
    return convolution != nullptr;
  };
  return try_one(dynamic_cast<const torch::nn::Conv1dImpl*>(&module)) ||
         try_one(dynamic_cast<const torch::nn::Conv2dImpl*>(&module)) ||
         try_one(dynamic_cast<const torch::nn::Conv3dImpl*>(&module)) ||
         try_one(dynamic_cast<const torch::nn::ConvTranspose1dImpl*>(&module)) ||
         try_one(dynamic_cast<const torch::nn::ConvTranspose2dImpl*>(&module)) ||
         try_one(dynamic_cast<const torch::nn::ConvTranspose3dImpl*>(&module));
}

template <std::size_t D>
std::int64_t places_of(const torch::nn::detail::ConvNdOptions<D>& options) {
  std::int64_t places = 1;
  for (const std::int64_t size : *options.kernel_size()) places *= size;
  return places;
}

template <std::size_t D>
void describe_kernel(const torch::nn::detail::ConvNdOptions<D>& options, LayerInfo& layer) {
  layer.weight = {1, places_of(options)};
  if constexpr (D == 2) {
    const auto kernel = pair_of(options.kernel_size());
    layer.weight = {kernel[0], kernel[1]};
    if (options.transposed()) return;
    layer.stride = pair_of(options.stride());
    layer.padding = padding_of(options);
  }
}

template <std::size_t D>
operation::Convolution convolution_of(const torch::nn::detail::ConvNdOptions<D>& options) {
  operation::Convolution convolution;
  convolution.groups = options.groups();
  convolution.bias = options.bias();
  convolution.is_transposed = options.transposed();
  convolution.dimensions = static_cast<std::int64_t>(D);
  if (D != 2) convolution.kernel = places_of(options);
  return convolution;
}

using Cell = operation::Recurrent::Cell;

template <typename Options>
operation::Recurrent recurrence_of(const Options& options, Cell cell) {
  operation::Recurrent found;
  found.cell = cell;
  found.hidden = options.hidden_size();
  found.layers = options.num_layers();
  found.directions = options.bidirectional() ? 2 : 1;
  found.bias = options.bias();
  found.is_batch_first = options.batch_first();
  return found;
}

template <typename Options>
operation::Recurrent step_of(const Options& options, Cell cell) {
  operation::Recurrent found;
  found.cell = cell;
  found.hidden = options.hidden_size();
  found.bias = options.bias();
  found.is_step = true;
  return found;
}

std::optional<operation::Recurrent> recurrence_of(const torch::nn::Module& module) {
  if (const auto* lstm = dynamic_cast<const torch::nn::LSTMImpl*>(&module)) {
    operation::Recurrent found = recurrence_of(lstm->options, Cell::Lstm);
    found.projection = lstm->options.proj_size();
    return found;
  }
  if (const auto* gru = dynamic_cast<const torch::nn::GRUImpl*>(&module)) return recurrence_of(gru->options, Cell::Gru);
  if (const auto* rnn = dynamic_cast<const torch::nn::RNNImpl*>(&module)) return recurrence_of(rnn->options, Cell::Rnn);
  if (const auto* cell = dynamic_cast<const torch::nn::LSTMCellImpl*>(&module))
    return step_of(cell->options, Cell::Lstm);
  if (const auto* cell = dynamic_cast<const torch::nn::GRUCellImpl*>(&module)) return step_of(cell->options, Cell::Gru);
  if (const auto* cell = dynamic_cast<const torch::nn::RNNCellImpl*>(&module)) return step_of(cell->options, Cell::Rnn);
  return std::nullopt;
}

}  // namespace

void describe_weight(const torch::nn::Module& module, LayerInfo& layer) {
  if (const auto* linear = dynamic_cast<const torch::nn::LinearImpl*>(&module)) {
    layer.weight = {linear->options.in_features(), linear->options.out_features()};
  } else if (is_rms_norm(layer)) {
    for (const auto& parameter : module.named_parameters(false))
      if (parameter.value().dim() == 1 && parameter.value().size(0) > 0)
        layer.weight = {parameter.value().size(0), parameter.value().size(0)};
  } else {
    with_convolution(module, [&layer](const auto& options) { describe_kernel(options, layer); });
  }
}

void note_use(const torch::nn::Module& module, ParameterTable& parameters) {
  if (const auto* table = dynamic_cast<const torch::nn::EmbeddingImpl*>(&module))
    if (auto* const found = parameters.find(table->weight)) found->is_table = true;
  if (const auto* linear = dynamic_cast<const torch::nn::LinearImpl*>(&module))
    if (auto* const found = parameters.find(linear->weight)) found->multiplies = true;
}

void describe_operation(const torch::nn::Module& module, LayerInfo& layer, ParameterTable& parameters,
                        TableLayers& tables) {
  if (const auto* linear = dynamic_cast<const torch::nn::LinearImpl*>(&module)) {
    const auto* const found = parameters.find(linear->weight);
    layer.operation = linear_operation(layer, linear->options.bias(), found != nullptr && found->is_tied());
  } else if (const auto* table = dynamic_cast<const torch::nn::EmbeddingImpl*>(&module)) {
    if (const auto* const found = parameters.find(table->weight); found != nullptr && table->weight.size(0) > 0)
      tables.add(layer, table->weight.size(0), *found);
  } else if (const auto* gelu = dynamic_cast<const torch::nn::GELUImpl*>(&module)) {
    layer.operation = gelu_operation(layer, gelu->options.approximate() == "tanh");
  } else if (const auto recurrence = recurrence_of(module)) {
    layer.operation = operation_unless_named(*recurrence, layer);
  } else {
    with_convolution(module, [&layer](const auto& options) {
      layer.operation = operation_unless_named(convolution_of(options), layer);
    });
  }
}

}  // namespace upmem_des::profiler
