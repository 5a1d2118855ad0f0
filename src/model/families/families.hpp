/// The families of this project; what each is made of stands in its source, one file a family.
#pragma once

#include "upmem_des/model/decoder_config.hpp"
#include "upmem_des/model/decoder_description.hpp"

namespace upmem_des {

DecoderDescription describe_bert(const DecoderConfig& config);
DecoderDescription describe_deepseek(const DecoderConfig& config);
DecoderDescription describe_falcon(const DecoderConfig& config);
DecoderDescription describe_gemma2(const DecoderConfig& config);
DecoderDescription describe_gemma3(const DecoderConfig& config);
DecoderDescription describe_glm4_moe(const DecoderConfig& config);
DecoderDescription describe_gpt2(const DecoderConfig& config);
DecoderDescription describe_gpt_neox(const DecoderConfig& config);
DecoderDescription describe_gpt_oss(const DecoderConfig& config);
DecoderDescription describe_granite(const DecoderConfig& config);
DecoderDescription describe_jamba(const DecoderConfig& config);
DecoderDescription describe_llama(const DecoderConfig& config);
DecoderDescription describe_llama4(const DecoderConfig& config);
DecoderDescription describe_mamba(const DecoderConfig& config);
DecoderDescription describe_mamba2(const DecoderConfig& config);
DecoderDescription describe_minimax_m2(const DecoderConfig& config);
DecoderDescription describe_ministral3(const DecoderConfig& config);
DecoderDescription describe_mistral(const DecoderConfig& config);
DecoderDescription describe_mixtral(const DecoderConfig& config);
DecoderDescription describe_olmo2(const DecoderConfig& config);
DecoderDescription describe_opt(const DecoderConfig& config);
DecoderDescription describe_phi3(const DecoderConfig& config);
DecoderDescription describe_qwen2(const DecoderConfig& config);
DecoderDescription describe_qwen3(const DecoderConfig& config);
DecoderDescription describe_qwen3_5(const DecoderConfig& config);
DecoderDescription describe_qwen3_moe(const DecoderConfig& config);
DecoderDescription describe_qwen3_next(const DecoderConfig& config);
DecoderDescription describe_smollm3(const DecoderConfig& config);
DecoderDescription describe_vit(const DecoderConfig& config);
DecoderDescription describe_whisper(const DecoderConfig& config);

}  // namespace upmem_des
