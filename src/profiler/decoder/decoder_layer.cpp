#include "profiler/decoder/decoder_layer.hpp"

#include <utility>

namespace upmem_des::profiler {

namespace {

torch::Tensor normed(const std::unique_ptr<Norm>& norm, const torch::Tensor& input) {
  return norm == nullptr ? input : norm->forward(input);
}

}  // namespace

DecoderLayer::DecoderLayer(DecoderLayerParts parts) : parts_(std::move(parts)) {}

torch::Tensor DecoderLayer::forward(const torch::Tensor& input, const ForwardPass& pass) const {
  const torch::Tensor mixed = parts_.mixer->forward(normed(parts_.before_mixer, input), pass);
  const torch::Tensor attended = input + normed(parts_.after_mixer, mixed);
  const torch::Tensor made = parts_.feed_forward->forward(normed(parts_.before_feed_forward, attended), pass);
  return attended + normed(parts_.after_feed_forward, made);
}

}  // namespace upmem_des::profiler
