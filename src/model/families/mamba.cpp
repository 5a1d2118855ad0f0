#include "model/blocks/frame.hpp"
#include "model/blocks/residual_stream.hpp"
#include "model/blocks/state_space.hpp"
#include "model/families/families.hpp"

namespace upmem_des {

namespace {

Frame mamba_frame(const std::string& norm_type) {
  Frame around;
  around.table = "backbone.embeddings";
  around.norm_type = norm_type;
  around.norm = "backbone.norm_f";
  return around;
}

template <typename Mixer>
DecoderDescription describe(const DecoderConfig& config, const std::string& norm_type, const Mixer& mixer) {
  LayerBuilder layer;
  ResidualStream stream(layer, ResidualStream::Additions::InNorms, config.hidden_size);
  stream.add(
      mixer(layer, stream.norm(norm(norm_type, "norm", operation::Norm::Kind::Rms, token_rows(), config.hidden_size))));
  stream.end();
  return frame(mamba_frame(norm_type), config, {layer.group(config.num_hidden_layers, "backbone.layers")});
}

}  // namespace

DecoderDescription describe_mamba(const DecoderConfig& config) {
  MambaBlock block;
  block.hidden_size = config.hidden_size;
  block.inner_size = config.count("intermediate_size", config.count("expand", 2) * config.hidden_size);
  block.state_size = config.count("state_size", 16);
  block.kernel = config.count("conv_kernel", 4);
  block.step_rank = config.count_unless_auto("time_step_rank", (config.hidden_size + 15) / 16);
  block.bias = config.truth("use_bias", false);
  block.convolution_bias = config.truth("use_conv_bias", true);
  return describe(config, "MambaRMSNorm",
                  [&](LayerBuilder& layer, Value input) { return add_mamba(layer, block, input); });
}

DecoderDescription describe_mamba2(const DecoderConfig& config) {
  Mamba2Block block;
  block.norm_type = "MambaRMSNormGated";
  block.hidden_size = config.hidden_size;
  block.heads = config.count("num_heads", 128);
  block.head_dim = config.count("head_dim", 64);
  block.state_size = config.count("state_size", 128);
  block.groups = config.count("n_groups", 8);
  block.kernel = config.count("conv_kernel", 4);
  block.bias = config.truth("use_bias", false);
  block.convolution_bias = config.truth("use_conv_bias", true);
  return describe(config, "Mamba2RMSNorm",
                  [&](LayerBuilder& layer, Value input) { return add_mamba2(layer, block, input); });
}

}  // namespace upmem_des
