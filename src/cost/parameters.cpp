#include "cost/parameters.hpp"

#include <map>
#include <string_view>

#include "cost/checks.hpp"

namespace upmem_des {

namespace {

using Rule = double (*)(const LayerEvent& event, std::int64_t embedding_rows);

double linear(const LayerEvent& event, std::int64_t /*embedding_rows*/) {
  const Shape& weight = weight_of(event);
  return static_cast<double>(weight[0]) * static_cast<double>(weight[1]);
}

double convolution(const LayerEvent& event, std::int64_t /*embedding_rows*/) {
  return static_cast<double>(event.output_shape.from_end(2)) * static_cast<double>(event.input_shape.from_end(2)) *
         weight_of(event).elements();
}

double embedding(const LayerEvent& event, std::int64_t embedding_rows) {
  return static_cast<double>(embedding_rows) * static_cast<double>(event.output_shape.from_end(0));
}

template <int vectors>
double over_last_size(const LayerEvent& event, std::int64_t /*embedding_rows*/) {
  return vectors * static_cast<double>(event.input_shape.from_end(0));
}

template <int vectors>
double over_channels(const LayerEvent& event, std::int64_t /*embedding_rows*/) {
  const Shape& input = event.input_shape;
  return vectors * static_cast<double>(input.rank() >= 2 ? input[1] : input.from_end(0));
}

const std::map<std::string_view, Rule>& rules() {
  static const std::map<std::string_view, Rule> all{
      {"Linear", linear},
      {"Conv1D", linear},
      {"Conv2d", convolution},
      {"Embedding", embedding},
      {"RMSNorm", over_last_size<1>},
      {"LlamaRMSNorm", over_last_size<1>},
      {"MistralRMSNorm", over_last_size<1>},
      {"MixtralRMSNorm", over_last_size<1>},
      {"Qwen2RMSNorm", over_last_size<1>},
      {"Qwen2MoeRMSNorm", over_last_size<1>},
      {"Qwen3RMSNorm", over_last_size<1>},
      {"Phi3RMSNorm", over_last_size<1>},
      {"GemmaRMSNorm", over_last_size<1>},
      {"Gemma2RMSNorm", over_last_size<1>},
      {"LayerNorm", over_last_size<2>},
      {"GroupNorm", over_channels<2>},
      {"BatchNorm1d", over_channels<4>},
      {"BatchNorm2d", over_channels<4>},
      {"BatchNorm3d", over_channels<4>},
  };
  return all;
}

}  // namespace

double parameter_count(const LayerEvent& event, std::int64_t embedding_rows) {
  if (event.kind != EventKind::Layer) return 0;
  const auto rule = rules().find(event.type.str());
  return rule == rules().end() ? 0 : rule->second(event, embedding_rows);
}

}  // namespace upmem_des
