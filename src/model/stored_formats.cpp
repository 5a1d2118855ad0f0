#include "model/stored_formats.hpp"

#include <map>
#include <string>
#include <utility>

namespace upmem_des {

namespace {

using operation::Product;
using operation::WeightFormat;

/// Whether each of a list's calls is left out, at a layer's path.
std::vector<bool> left_out(const WeightFormats& formats, const std::vector<Call>& calls, const std::string& prefix,
                           bool are_experts) {
  std::vector<bool> all;
  for (const Call& call : calls) {
    const auto* product = call.operation == nullptr ? nullptr : as<Product>(*call.operation);
    const bool has_format = product != nullptr && product->format == WeightFormat::OfWeights;
    all.push_back(has_format && ((formats.experts_only && !are_experts) || formats.leaves_out(prefix + call.path)));
  }
  return all;
}

void take_out(const std::vector<bool>& which, std::vector<Call>& calls) {
  for (std::size_t i = 0; i < calls.size(); ++i) {
    if (!which[i]) continue;
    Product product = *as<Product>(*calls[i].operation);
    product.format = WeightFormat::OfActivations;
    calls[i].operation = &keep(product);
  }
}

using Choice = std::vector<std::vector<bool>>;

Choice choice_of(const WeightFormats& formats, const LayerGroup& group, std::int64_t layer) {
  const std::string prefix = group.path + (group.is_numbered ? "." + std::to_string(layer) : "") + ".";
  return {left_out(formats, group.calls, prefix, false),
          left_out(formats, group.experts.calls, prefix + group.experts.path + ".0.", true),
          left_out(formats, group.after_experts, prefix, false)};
}

}  // namespace

void leave_out(const WeightFormats& formats, DecoderDescription& description) {
  if (!formats.format || (formats.left_out.empty() && !formats.experts_only)) return;
  std::vector<LayerGroup> groups;
  std::map<std::string, std::int64_t> layers;  // before a group, by its path
  for (const LayerGroup& group : description.groups) {
    std::int64_t& number = layers[group.path];
    for (std::int64_t first = 0; first < group.layers;) {
      const Choice choice = choice_of(formats, group, number + first);
      std::int64_t end = first + 1;
      while (end < group.layers && choice_of(formats, group, number + end) == choice) ++end;
      LayerGroup run = group;
      run.layers = end - first;
      take_out(choice[0], run.calls);
      take_out(choice[1], run.experts.calls);
      take_out(choice[2], run.after_experts);
      groups.push_back(std::move(run));
      first = end;
    }
    number += group.layers;
  }
  description.groups = std::move(groups);
  take_out(left_out(formats, description.prologue, "", false), description.prologue);
  take_out(left_out(formats, description.epilogue, "", false), description.epilogue);
}

}  // namespace upmem_des
