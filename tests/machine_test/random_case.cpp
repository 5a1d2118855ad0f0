#include "random_case.hpp"

#include <algorithm>
#include <regex>

#include "random_machine.hpp"

namespace upmem_des::test {

namespace {

std::string joined(const std::vector<std::string>& parts, const std::string& between) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : between) + part;
  return text;
}

std::vector<std::int64_t> divisors_of(std::int64_t number) {
  std::vector<std::int64_t> divisors;
  for (std::int64_t i = 1; i <= number; ++i)
    if (number % i == 0) divisors.push_back(i);
  return divisors;
}

std::int64_t some_divisor(Dice& dice, std::int64_t number) {
  const std::vector<std::int64_t> divisors = divisors_of(number);
  return divisors[static_cast<std::size_t>(dice.below(static_cast<std::int64_t>(divisors.size())))];
}

/// A Llama, one of its kin, or a Mixtral of a few layers, or a GLM, which has a shared expert. How wide they are costs
/// no time; of a few bytes SimGrid, which counts in 2^-20 of one, would see a third or a seventh only to eight digits.
struct Model {
  explicit Model(Dice& dice)
      : layers(1 + dice.below(3)), experts(dice.one_in(3) ? 2 + dice.below(3) : 0), chosen(1 + dice.below(2)) {
    const std::int64_t heads = 1 + dice.below(8);
    const std::int64_t kv_heads = some_divisor(dice, heads);
    const std::int64_t width = 32 << dice.below(3);
    has_shared = experts > 0 && dice.one_in(2);
    const std::string family = has_shared    ? "glm4_moe"
                               : experts > 0 ? "mixtral"
                                             : dice.one_of({"llama", "llama", "mistral", "qwen2", "qwen3"});
    const auto number = [](const char* key, std::int64_t value) {
      return std::string(", \"") + key + "\": " + std::to_string(value);
    };
    text = "{\"model_type\": \"" + family + "\", \"hidden_act\": \"silu\"" + number("hidden_size", heads * width) +
           number("head_dim", width) + number("intermediate_size", 256 + 4 * dice.below(500)) +
           number("num_hidden_layers", layers) + number("num_attention_heads", heads) +
           number("num_key_value_heads", kv_heads) + number("vocab_size", 500 + dice.below(3000)) +
           number("max_position_embeddings", 128) + ", \"rms_norm_eps\": 1e-05, \"rope_theta\": 10000.0";
    if (has_shared)
      text += number("n_routed_experts", experts) + number("n_shared_experts", 1 + dice.below(2)) +
              number("moe_intermediate_size", 256 + 4 * dice.below(100)) +
              number("first_k_dense_replace", dice.below(2));
    else if (experts > 0)
      text += number("num_local_experts", experts);
    if (experts > 0) text += number("num_experts_per_tok", chosen);
    if (family == "mistral") text += number("sliding_window", 2 + dice.below(8));
    text += std::string(", \"tie_word_embeddings\": ") + (dice.one_in(4) ? "true" : "false") + "}\n";
  }

  std::int64_t layers = 1;
  std::int64_t experts = 0;  ///< none of a model without
  std::int64_t chosen = 0;   ///< experts that a token goes to
  bool has_shared = false;   ///< an expert of all tokens
  std::string text;
};

/// The lines of a mapping.
class MappingWriter {
 public:
  MappingWriter(Dice& dice, const RandomMachine& machine, const Model& model, bool published, bool shares_tokens)
      : dice_(dice), machine_(machine), model_(model), published_(published), shares_tokens_(shares_tokens) {}

  /// Axes over all devices of a group.
  std::string parallel() {
    const RandomMachine::Group& group =
        machine_.groups[static_cast<std::size_t>(dice_.below(static_cast<std::int64_t>(machine_.groups.size())))];
    std::int64_t stages = some_divisor(dice_, group.count);
    if (stages > model_.layers) stages = 1;
    const std::int64_t in_stage = group.count / stages;
    const std::int64_t tensor = some_divisor(dice_, in_stage);
    const std::int64_t groups = in_stage / tensor;
    const std::int64_t context = shares_tokens_ && dice_.one_in(3) ? some_divisor(dice_, groups) : 1;
    std::string text = "tp: " + std::to_string(tensor) + ", dp: " + std::to_string(groups / context) +
                       ", pp: " + std::to_string(stages) + ", ep: " + std::to_string(some_divisor(dice_, in_stage)) +
                       ", order: " + dice_.one_of({"[tp, cp, dp, pp]", "[dp, tp, pp, cp]", "[pp, cp, tp, dp]"}) +
                       ", devices: " + group.name;
    if (context > 1) text += ", cp: " + std::to_string(context);
    if (tensor > 1 && dice_.one_in(3)) text += ", sequence_parallel: true";
    return text;
  }

  /// Beside axes: some names.
  std::string write_names() {
    std::vector<std::string> lines;
    if (dice_.one_in(2)) add_names(lines);
    return joined(lines, ", ");
  }

  std::string write() {
    std::vector<std::string> lines = section(true);
    if (!published_)
      for (const char* phase : {"prefill", "decode"})
        if (dice_.one_in(4)) lines.push_back(std::string(phase) + ": {" + joined(section(false), ", ") + "}");
    return joined(lines, ", ");
  }

 private:
  std::string some_device() { return dice_.one_of(machine_.names()); }

  /// Some of the devices, in some order.
  std::string devices_in_any_order() {
    std::vector<std::string> names = machine_.names();
    if (dice_.one_in(5)) names.push_back("HOST");
    for (std::size_t i = names.size(); i > 1; --i)
      std::swap(names[i - 1], names[static_cast<std::size_t>(dice_.below(static_cast<std::int64_t>(i)))]);
    names.resize(1 + static_cast<std::size_t>(dice_.below(static_cast<std::int64_t>(names.size()))));
    return joined(names, "+");
  }

  std::string some_of_a_group() {
    const RandomMachine::Group& group =
        machine_.groups[static_cast<std::size_t>(dice_.below(static_cast<std::int64_t>(machine_.groups.size())))];
    if (group.count == 1 || dice_.one_in(2)) return group.name;
    const std::int64_t first = dice_.below(group.count);
    const std::int64_t last = first + dice_.below(group.count - first);
    return group.name + "[" + std::to_string(first) + ".." + std::to_string(last) + "]";
  }

  std::string devices() {
    if (published_) return dice_.one_in(5) ? "HOST" : some_device();
    switch (dice_.below(8)) {
      case 0:
      case 1:
        return some_device();
      case 2:
        return "HOST";
      case 3:
        return devices_in_any_order();
      case 4:
        return machine_.groups.size() == 2 ? "a+b" : "a";
      default:
        return some_of_a_group();
    }
  }

  /// A grid: groups of devices that share the rows, sometimes unequally.
  std::string grid() {
    const RandomMachine::Group& group =
        machine_.groups[static_cast<std::size_t>(dice_.below(static_cast<std::int64_t>(machine_.groups.size())))];
    const std::int64_t replicas = some_divisor(dice_, group.count);
    std::string text = "devices: " + group.name + ", replicas: " + std::to_string(replicas);
    if (replicas < group.count && dice_.one_in(2)) text += ", sequence_parallel: true";
    if (shares_tokens_ && dice_.one_in(2)) text += ", context: " + std::to_string(some_divisor(dice_, replicas));
    if (dice_.one_in(2)) return text;
    if (dice_.one_in(4)) return text + ", shares: by_rate";
    std::vector<std::string> shares{std::to_string(1 + dice_.below(3))};
    for (std::int64_t i = 1; i < group.count; ++i) shares.push_back(std::to_string(dice_.below(4)));
    return text + ", shares: [" + joined(shares, ", ") + "]";
  }

  /// Experts over groups of devices that share each of them.
  std::string expert_groups() {
    const RandomMachine::Group& group =
        machine_.groups[static_cast<std::size_t>(dice_.below(static_cast<std::int64_t>(machine_.groups.size())))];
    return "devices: " + group.name + ", split: experts, groups: " + std::to_string(some_divisor(dice_, group.count));
  }

  std::string place(const std::string& flags, bool of_expert = false) {
    if (!published_ && of_expert && dice_.one_in(3))
      return "{" + expert_groups() + (flags.empty() ? "" : ", flags: " + flags) + "}";
    if (!published_ && !of_expert && dice_.one_in(4))
      return "{" + grid() + (flags.empty() ? "" : ", flags: " + flags) + "}";
    std::string text = "{devices: '" + devices() + "'";
    if (!published_) {
      const std::string split = dice_.one_of({"", "", "tensor", "replicas", of_expert ? "experts" : ""});
      if (!split.empty()) text += ", split: " + split;
    }
    if (!flags.empty()) text += ", flags: " + flags;
    return text + "}";
  }

  std::string flags(bool of_expert) {
    if (of_expert && dice_.one_in(3)) return dice_.one_in(3) ? "mt" : "m";
    return dice_.one_in(8) ? "t" : "";
  }

  void add_names(std::vector<std::string>& lines) {
    std::vector<std::string> names = {"embed_tokens", "q_proj", "k_proj", "v_proj", "o_proj", "norm", "lm_head"};
    const std::vector<std::string> more = {"input_layernorm", "post_attention_layernorm",     "rotary_emb",
                                           "Linear",          "scaled_dot_product_attention", "softmax"};
    names.insert(names.end(), more.begin(), more.end());
    const bool has_dense = model_.experts == 0 || model_.has_shared;
    if (has_dense) names.insert(names.end(), {"gate_proj", "up_proj", "down_proj", "SiLU"});
    if (model_.experts > 0)
      names.insert(names.end(), {"gate", model_.has_shared ? "Glm4MoeRMSNorm" : "MixtralRMSNorm"});
    const std::int64_t rarity = dice_.one_in(3) ? 3 : 10;
    for (const std::string& name : names)
      if (dice_.one_in(rarity)) lines.push_back(name + ": " + place(flags(false)));
    if (has_dense) return;
    for (const char* name : {"w1", "w2", "w3"})
      if (dice_.one_in(rarity)) lines.push_back(std::string(name) + ": " + place(flags(true), true));
  }

  /// Ranges of layers without gaps: stages of a pipeline.
  std::string stages() {
    std::vector<std::string> ranges;
    for (std::int64_t first = 0; first < model_.layers;) {
      const std::int64_t last = first + dice_.below(model_.layers - first);
      const std::string range = std::to_string(first) + (last > first ? ".." + std::to_string(last) : "");
      ranges.push_back(range + ": " + place(""));
      first = last + 1;
    }
    return "layers: {" + joined(ranges, ", ") + "}";
  }

  std::vector<std::string> section(bool common) {
    std::vector<std::string> lines;
    if (common ? !dice_.one_in(10) : dice_.one_in(2)) lines.push_back("default: " + place(""));
    add_names(lines);
    if (published_) return lines;
    if (dice_.one_in(3)) lines.push_back(stages());
    if (model_.experts > 0 && !dice_.one_in(3)) lines.push_back("experts: " + place(flags(true), true));
    return lines;
  }

  Dice& dice_;
  const RandomMachine& machine_;
  const Model& model_;
  bool published_;
  bool shares_tokens_;  // those of eager attention are refused
};

std::string random_workload(Dice& dice, std::int64_t batch, bool published) {
  std::string text = "model: config.json, prompt_tokens: " + std::to_string(2 + dice.below(11)) +
                     ", output_tokens: " + std::to_string(2 + dice.below(5)) + ", batch: " + std::to_string(batch) +
                     ", dtype: " + dice.one_of({"bfloat16", "bfloat16", "int8", "int4"});
  if (!published && dice.one_in(3)) text += ", weight_dtype: " + dice.one_of({"int8", "int4"});
  if (!published && dice.one_in(3)) text += ", kv_dtype: " + dice.one_of({"int8", "bfloat16"});
  if (dice.one_in(3)) text += ", attention: eager";
  if (dice.one_in(3)) text += ", logits: " + dice.one_of({"all", "last"});
  if (dice.one_in(3)) text += ", sampling: true";
  if (dice.one_in(2)) text += ", routing: " + dice.one_of({"round_robin", "uniform_random", "zipf"});
  if (dice.one_in(2)) text += ", call_empty_experts: false";
  return text;
}

std::string random_assumptions(Dice& dice, bool published) {
  std::vector<std::string> parts;
  if (published) parts.push_back("cost_model: reference");
  if (dice.one_in(8)) parts.push_back("ideal_devices: true");
  if (dice.one_in(8)) parts.push_back("sliding_window: " + std::to_string(2 + dice.below(6)));
  if (dice.one_in(2)) parts.push_back("allow_overflow: true");
  return joined(parts, ", ");
}

std::string random_schedule(Dice& dice, std::int64_t batch, bool published) {
  if (published || dice.one_in(4)) return "schedule: sequential";
  std::string text = "schedule: dataflow";
  // What is refused beside chunks, micro-batches and prefetching.
  if (batch > 1 && dice.one_in(3))
    return text + ", interleave: " + std::to_string(batch % 2 == 0 && dice.one_in(2) ? 2 : batch);
  if (dice.one_in(3)) text += ", chunks: " + dice.one_of({"2", "4", "8"});
  if (batch > 1 && dice.one_in(2))
    text += ", microbatches: " + std::to_string(batch % 2 == 0 && dice.one_in(2) ? 2 : batch);
  // Weights are of some hundred bytes to a megabyte.
  if (dice.one_in(3))
    text += ", prefetch_weights: " +
            dice.one_of({"true", "{buffer_MB: 0.0005}", "{buffer_MB: 0.02}", "{buffer_MB: 0.3}", "{buffer_MB: 1000}"});
  return text;
}

/// Gives the rows of the batch prompts of different lengths, where nothing splits the batch.
void make_ragged(Dice& dice, std::int64_t batch, RandomCase& one) {
  const auto says = [&](const char* word) {
    return one.scenario.find(word) != std::string::npos || one.schedule.find(word) != std::string::npos;
  };
  if (one.published || batch == 1 || says("replicas") || says("dp: ") || says("microbatches") || says("interleave") ||
      says("eager"))
    return;
  if (dice.one_in(2)) return;
  std::vector<std::string> prompts;
  for (std::int64_t row = 0; row < batch; ++row) prompts.push_back(std::to_string(1 + dice.below(12)));
  one.scenario = std::regex_replace(one.scenario, std::regex("prompt_tokens: [0-9]+"),
                                    "prompt_tokens: [" + joined(prompts, ", ") + "]");
}

/// Kernels in place of layers, of further families, and work of the host. Of dice of their own: other cases stay as
/// they are.
void add_kernels(unsigned seed, bool is_dense, RandomCase& one) {
  Dice dice(seed + 1'000'000'007U);
  if (dice.one_in(3))
    one.assumed += std::string(one.assumed.empty() ? "" : ", ") +
                   "step_overhead_us: " + std::to_string(dice.below(40)) +
                   ", per_sequence_overhead_us: " + std::to_string(dice.below(4));
  if (dice.one_in(2)) return;
  one.scenario = std::regex_replace(one.scenario, std::regex("workload: \\{"), "workload: {detail: kernels, ");
  if (is_dense && dice.one_in(2))
    one.model = std::regex_replace(
        one.model, std::regex("\"model_type\": \"[a-z0-9]*\""),
        "\"model_type\": \"" +
            dice.one_of({"gemma2", "gpt_neox", "granite", "olmo2", "phi3", "smollm3", "gemma3_text", "llama"}) + "\"");
}

/// Shares of weights and caches that other devices keep.
std::string random_offload(Dice& dice, const RandomMachine& machine, bool has_shared_sequences) {
  std::vector<std::string> parts;
  for (const std::string what : {"weights", "kv_cache"})
    if (!dice.one_in(3) && (what == "weights" || !has_shared_sequences))
      parts.push_back(what + ": {to: '" + (dice.one_in(3) ? dice.one_of(machine.names()) : "HOST") +
                      "', share: " + dice.one_of({"1", "0.5", "0.37", "0.015625"}) + "}");
  return parts.empty() ? "" : "offload: {" + joined(parts, ", ") + "}\n";
}

}  // namespace

std::string RandomCase::scenario_with(const std::string& how) const {
  return scenario + "simulation: {" + assumed + (assumed.empty() ? "" : ", ") + how + "}\n";
}

std::string RandomCase::text() const {
  return "--- devices.yaml\n" + devices + "--- platform.yaml\n" + platform + "--- config.json\n" + model +
         "--- scenario.yaml\n" + scenario_with(schedule);
}

RandomCase random_case(unsigned seed) {
  Dice dice(seed);
  RandomCase one;
  one.published = dice.one_in(8);
  const RandomMachine machine = random_machine(dice);
  const Model model(dice);
  const std::int64_t batch = dice.one_in(3) ? 1 : 1 + dice.below(6);
  one.devices = machine.devices;
  one.platform = machine.platform;
  one.model = model.text;
  const std::string workload = random_workload(dice, batch, one.published);
  const bool is_eager = workload.find("eager") != std::string::npos;
  one.scenario = "platform: platform.yaml\narchitectures: [devices.yaml]\nworkload: {" + workload + "}\n";
  MappingWriter mapping(dice, machine, model, one.published, !is_eager);
  if (!one.published && dice.one_in(4))
    one.scenario += "parallel: {" + mapping.parallel() + "}\nmapping: {" + mapping.write_names() + "}\n";
  else
    one.scenario += "mapping: {" + mapping.write() + "}\n";
  if (model.experts > 0)
    one.scenario += std::string("moe: {end: ") + (model.has_shared ? "down_proj" : "w2") +
                    ", experts_per_token: " + std::to_string(model.chosen) + "}\n";
  one.assumed = random_assumptions(dice, one.published);
  one.schedule = random_schedule(dice, batch, one.published);
  make_ragged(dice, batch, one);
  if (!one.published) add_kernels(seed, model.experts == 0, one);
  if (!one.published && dice.one_in(4))
    one.scenario += random_offload(
        dice, machine,
        one.scenario.find("context") != std::string::npos || one.scenario.find("cp: ") != std::string::npos);
  return one;
}

}  // namespace upmem_des::test
