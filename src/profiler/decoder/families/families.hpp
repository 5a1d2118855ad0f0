/// The families that can be run; what each is made of stands in its source, one file a family.
#pragma once

#include "profiler/decoder/runnable_family.hpp"

namespace upmem_des::profiler {

DecoderParts build_deepseek_v3(ModelBuilder& builder);
DecoderParts build_gemma3(ModelBuilder& builder);
DecoderParts build_gpt2(ModelBuilder& builder);
DecoderParts build_llama(ModelBuilder& builder);
DecoderParts build_mistral(ModelBuilder& builder);
DecoderParts build_mixtral(ModelBuilder& builder);
DecoderParts build_qwen2(ModelBuilder& builder);
DecoderParts build_qwen3(ModelBuilder& builder);
DecoderParts build_qwen3_moe(ModelBuilder& builder);

}  // namespace upmem_des::profiler
