#include "model/blocks/attention.hpp"
#include "model/blocks/feed_forward.hpp"
#include "model/blocks/kernels.hpp"
#include "model/blocks/residual_stream.hpp"
#include "model/families/families.hpp"

namespace upmem_des {

namespace {

/// What stands behind the layers, by the head that the configuration names: a pooled first token, or every token.
class Heads {
 public:
  Heads(LayerBuilder& builder, const DecoderConfig& config) : builder_(builder), config_(config) {}

  void add() {
    switch (config_.head) {
      case Head::LanguageModel:  // a file that names none
      case Head::None:
        pooled("");
        break;
      case Head::Score:
        score("classifier", pooled("bert."), {Size::Kind::Batch}, config_.labels);
        break;
      case Head::TokenScore:
        score("classifier", hidden_state, token_rows(), config_.labels);
        break;
      case Head::PreTraining: {
        const Value pool = pooled("bert.");
        words();
        score("cls.seq_relationship", pool, {Size::Kind::Batch}, 2);
        break;
      }
      case Head::MaskedLanguage:
        words();
        break;
    }
  }

 private:
  Value pooled(const std::string& prefix) {
    const Sizes first{Size::Kind::Batch};
    LinearKind pooler;
    pooler.bias = true;
    const std::int64_t hidden = config_.hidden_size;
    const Value value = builder_.add(linear(prefix + "pooler.dense", first, hidden, hidden, pooler), {hidden_state});
    return builder_.add(activation("Tanh", prefix + "pooler.activation", operation::Pointwise::Function::Tanh,
                                   followed_by(first, hidden)),
                        {value});
  }

  void score(const char* path, Value of, const Sizes& rows, std::int64_t labels) {
    builder_.add(linear(path, rows, config_.hidden_size, labels, head(false)), {of});
  }

  void words() {
    const std::int64_t hidden = config_.hidden_size;
    LinearKind dense;
    dense.bias = true;
    Value value =
        builder_.add(linear("cls.predictions.transform.dense", token_rows(), hidden, hidden, dense), {hidden_state});
    value = builder_.add(activation(config_.activation.type, "cls.predictions.transform.transform_act_fn",
                                    config_.activation.function, followed_by(token_rows(), hidden)),
                         {value});
    value = builder_.add(
        norm("LayerNorm", "cls.predictions.transform.LayerNorm", operation::Norm::Kind::Layer, token_rows(), hidden),
        {value});
    builder_.add(linear("cls.predictions.decoder", token_rows(), hidden, config_.vocab_size, head(config_.is_tied)),
                 {value});
  }

  static LinearKind head(bool is_tied) {
    LinearKind kind;
    kind.bias = kind.is_head = true;
    kind.is_tied = is_tied;
    kind.format = operation::WeightFormat::OfActivations;
    return kind;
  }

  LayerBuilder& builder_;
  const DecoderConfig& config_;
};

}  // namespace

/// An encoder: every token sees every other, nothing is cached; LayerNorms after both parts; tables of words, positions
/// and token types.
DecoderDescription describe_bert(const DecoderConfig& config) {
  const std::int64_t hidden = config.hidden_size;
  const Sizes wide = followed_by(token_rows(), hidden);
  const auto layer_norm = [&](const std::string& path) {
    return norm("LayerNorm", path, operation::Norm::Kind::Layer, token_rows(), hidden);
  };

  const bool has_words = config.head == Head::MaskedLanguage || config.head == Head::PreTraining;
  const bool has_head = has_words || config.head == Head::Score || config.head == Head::TokenScore;
  const std::string prefix = has_head ? "bert." : "";
  DecoderDescription description;
  description.has_encoder = true;
  LayerBuilder before;
  const auto table = [&](const char* name, std::int64_t rows) {
    const bool is_tied = rows == config.vocab_size && has_words && config.is_tied;
    return before.add(embedding("Embedding", prefix + name, token_rows(), rows, hidden, is_tied), {previous_event});
  };
  const Value words = table("embeddings.word_embeddings", config.vocab_size);
  const Value types = table("embeddings.token_type_embeddings", config.count("type_vocab_size", 2));
  const Value positions = table("embeddings.position_embeddings", config.count("max_position_embeddings", 512));
  Value value =
      before.add(layer_norm(prefix + "embeddings.LayerNorm"), {add_sum(before, wide, {words, types, positions})});
  before.add_to_hidden(before.add(dropout(prefix + "embeddings.dropout", wide), {value}));
  description.prologue = before.calls(0);
  description.first_layer_id = before.modules();

  LayerBuilder layer;
  ResidualStream stream(layer, ResidualStream::Additions::Apart, hidden);
  AttentionBlock attention;
  attention.path = "attention";
  attention.hidden_size = hidden;
  attention.heads = attention.cache_heads = config.num_attention_heads;
  attention.head_dim = config.head_dim;
  attention.query = "self.query";
  attention.key = "self.key";
  attention.value = "self.value";
  attention.output = "output.dense";
  set_biases(attention, true);
  attention.operation.causal = attention.operation.is_cached = false;
  attention.operation.mask = operation::Attention::Mask::Full;
  attention.key_rows = Size::Kind::NewTokens;
  value = add_attention(layer, attention, stream.value());
  stream.add(layer.add(dropout("attention.output.dropout", wide), {value}));
  const Value attended = stream.norm(layer_norm("attention.output.LayerNorm"));
  stream.become(attended);
  PlainBlock mlp;
  mlp.first = "intermediate.dense";
  mlp.down = "output.dense";
  mlp.activation_path = "intermediate.intermediate_act_fn";
  mlp.activation = config.activation;
  mlp.hidden_size = hidden;
  mlp.inner_size = config.intermediate_size;
  value = add_plain(layer, mlp, attended);
  stream.add(layer.add(dropout("output.dropout", wide), {value}));
  stream.become(stream.norm(layer_norm("output.LayerNorm")));
  stream.end();
  description.groups.push_back(layer.group(config.num_hidden_layers, prefix + "encoder.layer"));

  LayerBuilder after;
  Heads(after, config).add();
  const LayerGroup& group = description.groups.front();
  description.epilogue = after.calls(description.first_layer_id + group.layers * group.modules);
  return description;
}

}  // namespace upmem_des
