#include "trace/parameters.hpp"

#include <algorithm>

#include "trace/event_error.hpp"
#include "upmem_des/trace/recognise.hpp"

namespace upmem_des {

namespace {

using Second = operation::Product::Second;

double matrices_of(const operation::Product& product) {
  return product.second == Second::Packed ? static_cast<double>(product.matrices) : 1;
}

double columns_of(const operation::Product& product, const LayerEvent& event) {
  const bool is_stated = product.second == Second::Weight;
  return static_cast<double>(is_stated ? weight_of(event)[1] : event.output_shape.from_end(0));
}

double output_channels(const operation::Convolution& convolution, const LayerEvent& event) {
  return static_cast<double>(event.output_shape.from_end(static_cast<std::size_t>(convolution.dimensions)));
}

/// For every gate one of the input's product and one of the state's.
double recurrent_biases(const operation::Recurrent& recurrent, const RecurrentSizes& sizes) {
  return 2 * static_cast<double>(recurrent.gates() * recurrent.directions * recurrent.layers) * sizes.hidden;
}

struct Parameters {
  const LayerEvent& event;
  std::int64_t embedding_rows;

  double operator()(const operation::Product& product) const {
    if (product.second == Second::Tensor) return 0;
    const bool is_stated = product.second == Second::Weight;
    const auto in = static_cast<double>(is_stated ? weight_of(event)[0] : event.input_shape.from_end(0));
    const double out = columns_of(product, event);
    if (product.inner > 0) return static_cast<double>(product.inner) * out + (product.bias ? out : 0);
    return matrices_of(product) * (in * out + (product.bias ? out : 0));
  }
  double operator()(const operation::Convolution& convolution) const {
    const double out = output_channels(convolution, event);
    return out * filter_elements(convolution, event) + (convolution.bias ? out : 0);
  }
  double operator()(const operation::Gather& gather) const {
    if (gather.kind != operation::Gather::Kind::Layer) return 0;
    const std::int64_t rows = gather.rows > 0 ? gather.rows : embedding_rows;
    return static_cast<double>(rows) * static_cast<double>(event.output_shape.from_end(0));
  }
  double operator()(const operation::Norm& norm) const { return norm_parameters(norm, event.input_shape); }
  double operator()(const operation::StateScan& scan) const { return scan.parameters; }
  double operator()(const operation::Counted& counted) const { return counted.parameters; }
  double operator()(const operation::Recurrent& recurrent) const {
    const RecurrentSizes sizes = recurrent_sizes(recurrent, event);
    const double gates = static_cast<double>(recurrent.gates()) * sizes.hidden;
    const auto directions = static_cast<double>(recurrent.directions);
    double parameters = 0;
    for (std::int64_t layer = 0; layer < recurrent.layers; ++layer) {
      parameters += gates * ((layer == 0 ? sizes.input : directions * sizes.output) + sizes.output);
      if (recurrent.projection > 0) parameters += sizes.hidden * sizes.output;
    }
    return directions * parameters + (recurrent.bias ? recurrent_biases(recurrent, sizes) : 0);
  }
  double operator()(const operation::Attention& attention) const {
    using Part = operation::Attention::Part;
    const bool adds_sinks = attention.sinks && (attention.part == Part::Fused || attention.part == Part::Softmax);
    return adds_sinks ? static_cast<double>(event.output_shape.from_end(2)) : 0;
  }
  template <typename Kind>
  double operator()(const Kind& /*kind*/) const {
    return 0;
  }
};

}  // namespace

double norm_parameters(const operation::Norm& norm, const Shape& input) {
  if (norm.is_plain) return 0;
  using Kind = operation::Norm::Kind;
  const auto columns = static_cast<double>(input.from_end(0));
  const auto channels = static_cast<double>(input.rank() >= 2 ? input[1] : input.from_end(0));
  switch (norm.kind) {
    case Kind::Rms:
    case Kind::RmsGated:
      return columns;
    case Kind::Layer:
      return 2 * columns;
    case Kind::Group:
    case Kind::Instance:
      return 2 * channels;
    case Kind::Batch:  // weight, bias, and the running mean and variance
      return 4 * channels;
    case Kind::L2:
    case Kind::Response:
      break;
  }
  return 0;
}

bool normalizes_rows(const operation::Norm& norm) {
  using Kind = operation::Norm::Kind;
  return norm.kind == Kind::Rms || norm.kind == Kind::RmsGated || norm.kind == Kind::L2 || norm.kind == Kind::Layer;
}

RecurrentSizes recurrent_sizes(const operation::Recurrent& recurrent, const LayerEvent& event) {
  const double width = static_cast<double>(event.output_shape.from_end(0)) / static_cast<double>(recurrent.directions);
  RecurrentSizes sizes;
  sizes.input = static_cast<double>(event.input_shape.from_end(0));
  sizes.hidden = recurrent.hidden > 0 ? static_cast<double>(recurrent.hidden) : width;
  sizes.output = recurrent.projection > 0 ? static_cast<double>(recurrent.projection) : sizes.hidden;
  if (sizes.output != width)
    event_error(event, "output_shape " + event.output_shape.str() + "; expected a last size of " +
                           std::to_string(static_cast<std::int64_t>(sizes.output) * recurrent.directions) +
                           ", what the directions give side by side");
  return sizes;
}

double matrices_read(const operation::Product& product, const LayerEvent& event, double rows) {
  if (product.second != Second::Packed) return 1;
  if (!event.experts.empty()) return static_cast<double>(event.experts.size());
  return std::min(rows, static_cast<double>(product.matrices));
}

double filter_elements(const operation::Convolution& convolution, const LayerEvent& event) {
  const auto in = static_cast<double>(event.input_shape.from_end(static_cast<std::size_t>(convolution.dimensions)));
  if (convolution.kernel == 0 && event.kind == EventKind::Function)
    event_error(event, "no kernel; expected an op with kernel=PLACES");
  const double kernel = convolution.kernel > 0 ? static_cast<double>(convolution.kernel) : weight_of(event).elements();
  return in / static_cast<double>(convolution.groups) * kernel;
}

double parameter_count(const LayerEvent& event, std::int64_t embedding_rows) {
  const Operation& operation = operation_of(event);
  // A function's parameters are somebody else's, but for those that its source gives it.
  if (event.kind != EventKind::Layer && event.operation == nullptr) return 0;
  return std::visit(Parameters{event, embedding_rows}, operation);
}

double bias_count(const LayerEvent& event) {
  if (const auto* convolution = as<operation::Convolution>(operation_of(event)))
    return convolution->bias ? output_channels(*convolution, event) : 0;
  if (const auto* recurrent = as<operation::Recurrent>(operation_of(event)))
    return recurrent->bias ? recurrent_biases(*recurrent, recurrent_sizes(*recurrent, event)) : 0;
  const auto* product = as<operation::Product>(operation_of(event));
  if (product == nullptr || !product->bias || product->second == Second::Tensor) return 0;
  return matrices_of(*product) * columns_of(*product, event);
}

bool has_weight_format(const LayerEvent& event) {
  const auto* product = as<operation::Product>(operation_of(event));
  return product != nullptr && product->format == operation::WeightFormat::OfWeights;
}

}  // namespace upmem_des
