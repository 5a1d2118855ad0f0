// A language model of one's own, in miniature: bytes in, bytes out, one decoder layer with a KV cache. Profiles a loop
// of greedy generation and simulates it on a 4-chip PIM-AI.
#include <upmem_des/profiler/profiler.hpp>
#include <upmem_des/upmem_des.hpp>

#include <cstdio>
#include <vector>

namespace nn = torch::nn;

constexpr std::int64_t vocabulary = 256;
constexpr std::int64_t hidden = 128;

// A leaf module that runs several operators: ModuleCall makes one layer of them.
struct RMSNormImpl : nn::Module {
  torch::Tensor forward(const torch::Tensor& x) {
    upmem_des::ModuleCall call(*this, x);
    return call.done(x * torch::rsqrt(x.pow(2).mean(-1, true) + 1e-6) * weight);
  }

  torch::Tensor weight = register_parameter("weight", torch::ones({hidden}));
};
TORCH_MODULE(RMSNorm);

struct Attention : nn::Module {
  torch::Tensor forward(const torch::Tensor& x) {
    const torch::Tensor key = k_proj(x);
    const torch::Tensor value = v_proj(x);
    keys = keys.defined() ? torch::cat({keys, key}, 1) : key;
    values = values.defined() ? torch::cat({values, value}, 1) : value;
    torch::Tensor scores = torch::matmul(q_proj(x), keys.transpose(1, 2));
    const std::int64_t rows = scores.size(1);
    const std::int64_t cached = scores.size(2) - rows;
    scores = scores + torch::full_like(scores, -1e9).triu(cached + 1);
    return o_proj(torch::matmul(torch::softmax(scores / std::sqrt(double(hidden)), -1), values));
  }

  nn::Linear projection(const char* name) {
    return register_module(name, nn::Linear(nn::LinearOptions(hidden, hidden).bias(false)));
  }
  nn::Linear q_proj = projection("q_proj");
  nn::Linear k_proj = projection("k_proj");
  nn::Linear v_proj = projection("v_proj");
  nn::Linear o_proj = projection("o_proj");
  torch::Tensor keys, values;
};

struct LanguageModel : nn::Module {
  torch::Tensor forward(const torch::Tensor& tokens) {
    torch::Tensor x = embed_tokens(tokens);
    x = x + attention->forward(input_layernorm(x));
    x = x + down_proj(torch::silu(up_proj(post_attention_layernorm(x))));
    return lm_head(norm(x));
  }

  nn::Embedding embed_tokens = register_module("embed_tokens", nn::Embedding(vocabulary, hidden));
  std::shared_ptr<Attention> attention = register_module("attention", std::make_shared<Attention>());
  nn::Linear up_proj = register_module("up_proj", nn::Linear(hidden, 4 * hidden));
  nn::Linear down_proj = register_module("down_proj", nn::Linear(4 * hidden, hidden));
  RMSNorm input_layernorm = register_module("input_layernorm", RMSNorm());
  RMSNorm post_attention_layernorm = register_module("post_attention_layernorm", RMSNorm());
  RMSNorm norm = register_module("norm", RMSNorm());
  nn::Linear lm_head = register_module("lm_head", nn::Linear(hidden, vocabulary));
};

int main() {
  torch::manual_seed(0);
  const torch::NoGradGuard no_gradients;
  LanguageModel model;
  torch::Tensor tokens = torch::tensor({{'H', 'e', 'l', 'l', 'o', ',', ' '}}, torch::kLong);

  // lm_head ends a pass, as Profiler::Options::last_layer says by default: the first is prefill, the others are decode.
  upmem_des::Profiler profiler;
  profiler.start(model);
  for (int pass = 0; pass < 8; ++pass) {
    const torch::Tensor logits = model.forward(tokens);
    tokens = logits.slice(1, -1).argmax(-1);
  }
  const upmem_des::RecordedTrace trace = profiler.end();

  upmem_des::write_trace("generation.jsonl", trace);
  const upmem_des::LoadedScenario scenario(trace, {{"lm_head", "PIM-AI-4chip,t"}}, "PIM-AI-4chip");
  std::fputs(upmem_des::result_text(upmem_des::run(scenario)).c_str(), stdout);
}
