#include "scenario/workload_reader.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

#include "scenario/read_values.hpp"
#include "scenario/requests_reader.hpp"
#include "upmem_des/util/find_file.hpp"

namespace upmem_des {

namespace fs = std::filesystem;

namespace {

/// What a workload can be, as bits.
enum Source : unsigned { from_trace = 1, from_model = 2, from_profiled_model = 4, from_script = 8, from_exported = 16 };

constexpr unsigned any_model = from_model | from_profiled_model;
constexpr unsigned any_file = from_script | from_exported;
constexpr unsigned with_libtorch = from_profiled_model | from_script;
constexpr unsigned any_profile = from_profiled_model | any_file;

struct Key {
  const char* name;
  unsigned sources;  ///< that it goes with
};

constexpr std::array<Key, 28> keys{{{"dtype", ~0U},
                                    {"weight_dtype", ~0U},
                                    {"kv_dtype", ~0U},
                                    {"batch", ~0U},
                                    {"prompt_tokens", any_model},
                                    {"output_tokens", any_model},
                                    {"requests", from_model},
                                    {"attention", any_model},
                                    {"logits", any_model},
                                    {"sampling", any_model},
                                    {"routing", any_model},
                                    {"routing_seed", any_model},
                                    {"routing_exponent", any_model},
                                    {"call_empty_experts", any_model},
                                    {"detail", from_model},
                                    {"last_layer", ~0U},
                                    {"profile", any_model},
                                    {"prompt_ids", from_profiled_model},
                                    {"temperature", from_profiled_model},
                                    {"top_k", from_profiled_model},
                                    {"top_p", from_profiled_model},
                                    {"inputs", any_file},
                                    {"operator_libraries", from_script},
                                    {"repeat", any_file},
                                    {"warmup", any_profile},
                                    {"seed", any_profile},
                                    {"threads", any_profile},
                                    {"sim_compute", with_libtorch}}};

std::string expected_with(unsigned sources) {
  if (sources == any_model) return "; expected it with a model only";
  if (sources == from_script) return "; expected it with torchscript only";
  if (sources == any_file) return "; expected it with torchscript or exported only";
  if (sources == from_model) return "; expected it with a model that is not profiled";
  if (sources == from_profiled_model) return "; expected it with a model and profile: true only";
  return std::string("; expected it with torchscript") + (sources == any_profile ? ", exported" : "") +
         ", or with a model and profile: true";
}

std::string does_not_go_with(Source source, unsigned sources) {
  if (source == from_trace) return "does not go with a trace, which says so itself";
  if (source == from_script) return "does not go with torchscript";
  if (source == from_exported) return "does not go with exported";
  if (source == from_profiled_model && sources == from_model) return "does not go with profile: true";
  return source == from_model ? "does not go with a model that is not profiled" : "does not go with a model";
}

/// Asks for every key, so that a misspelt one is told from all that there are.
void check_keys(YamlMap& map, Source source) {
  for (const Key& key : keys) {
    const YamlNode* node = map.optional(key.name);
    if (node != nullptr && (key.sources & source) == 0)
      yaml_error(*node, does_not_go_with(source, key.sources) + expected_with(key.sources));
  }
}

class WorkloadReader {
 public:
  WorkloadReader(const YamlNode& node, const std::string& file) : node_(node), file_(file), map_(node) {}

  Workload read() {
    const Source source = read_source();
    check_keys(map_, source);
    read_common();
    if (const YamlNode* requests = map_.optional("requests")) read_instead_of_batch(*requests);
    if ((source & any_model) != 0) read_model_run(source);
    if (source == from_profiled_model) read_profiled_model();
    if (source == from_script) read_script();
    if (source == from_exported) read_exported();
    map_.done();
    return std::move(workload_);
  }

 private:
  Source read_source() {
    std::vector<std::string> given;
    const YamlNode* source = nullptr;
    for (const char* name : {"model", "torchscript", "exported", "trace"})
      if (const YamlNode* found = map_.optional(name)) {
        given.emplace_back(name);
        source = found;
      }
    if (source == nullptr)
      yaml_error(node_, "has neither a model nor a trace; expected one of them, or a torchscript or exported");
    if (given.size() > 1) yaml_error(node_, "has both " + given[0] + " and " + given[1] + "; expected one of them");
    workload_.source_where = source->where;
    const std::string path = resolve_path(*source, file_, given[0] == "model" ? FileKind::model : FileKind::other);
    if (given[0] == "trace") workload_.trace = path;
    if (given[0] == "model") workload_.model = path;
    if (given[0] == "trace") return from_trace;
    if (given[0] == "torchscript") {
      script_.file = path;
      return from_script;
    }
    if (given[0] == "exported") {
      exported_.file = path;
      return from_exported;
    }
    bool profile = false;
    read_truth(map_, "profile", profile);
    return profile ? from_profiled_model : from_model;
  }

  void read_common() {
    workload_.dtype = read_number_format(map_, "dtype");
    workload_.weight_dtype = read_number_format(map_, "weight_dtype");
    workload_.kv_dtype = read_number_format(map_, "kv_dtype");
    if (const YamlNode* batch = map_.optional("batch"))
      workload_.batch = yaml_integer(*batch, 1, most_rows(map_.optional("model") != nullptr));
    workload_.batch_where = node_.find("batch") != nullptr ? node_.find("batch")->where : node_.where;
    workload_.last_layer_where = node_.where;
    if (const YamlNode* last = map_.optional("last_layer")) {
      workload_.last_layer = yaml_text(*last);
      workload_.last_layer_where = last->where;
    }
  }

  /// Requests are of any size and come when they come.
  void read_instead_of_batch(const YamlNode& requests) {
    for (const char* name : {"prompt_tokens", "output_tokens", "batch"})
      if (const YamlNode* fixed = map_.optional(name))
        yaml_error(*fixed, "does not go with requests, which say so themselves; expected one of them");
    workload_.requests = read_requests(requests, file_);
  }

  void read_model_run(Source source) {
    if (!workload_.requests) read_sizes(source);
    DecoderSettings& run = workload_.run;
    read_choice(map_, "attention", attention_names(), parse_attention, run.attention);
    read_choice(map_, "logits", logits_names(), parse_logits, run.logits);
    read_truth(map_, "sampling", run.sampling);
    read_choice(map_, "routing", routing_names(), parse_routing, run.routing);
    run.routing_seed = static_cast<std::uint64_t>(number_from(0, "routing_seed", 0, largest_count));
    if (const YamlNode* exponent = map_.optional("routing_exponent")) {
      if (run.routing != Routing::zipf)
        yaml_error(*exponent, "does not go with routing: " + std::string(to_string(run.routing)) +
                                  "; expected it with routing: zipf only");
      run.routing_exponent = yaml_number(*exponent, NumberRange::not_negative(100));
    }
    read_truth(map_, "call_empty_experts", run.call_empty_experts);
    read_choice(map_, "detail", detail_names(), parse_detail, run.detail);
  }

  void read_sizes(Source source) {
    const YamlNode* ids = map_.optional("prompt_ids");
    if (source == from_profiled_model && ids != nullptr) {
      if (const YamlNode* tokens = map_.optional("prompt_tokens"))
        yaml_error(*tokens, "does not go with prompt_ids, which says so itself; expected one of them");
    } else {
      read_prompts(map_.required("prompt_tokens"), source);
    }
    workload_.run.output_tokens = yaml_integer(map_.required("output_tokens"), 1, most_run_tokens);
  }

  /// A number for all rows of the batch, or a list with one for each.
  void read_prompts(const YamlNode& node, Source source) {
    DecoderSettings& run = workload_.run;
    if (node.kind != YamlNode::Kind::Sequence) {
      run.prompt_tokens = yaml_integer(node, 1, most_run_tokens);
      return;
    }
    if (source == from_profiled_model)
      yaml_error(node, "is a list, but libtorch runs prompts of one length; expected a number with profile: true");
    if (node.items.empty()) yaml_error(node, "is empty; expected a number, or one for each row of the batch");
    for (const YamlNode& item : node.items) run.prompts.push_back(yaml_integer(item, 1, most_run_tokens));
    run.prompt_tokens = *std::max_element(run.prompts.begin(), run.prompts.end());
    if (workload_.batch && *workload_.batch != static_cast<std::int64_t>(run.prompts.size()))
      yaml_error(node, "has " + std::to_string(run.prompts.size()) + " prompts, but the batch has " +
                           std::to_string(*workload_.batch) + " rows; expected one for each, or no batch");
  }

  void read_profiled_model() {
    ProfileRequest request = read_profile();
    DecoderRequest decoder;
    decoder.folder = workload_.model;
    // Without results a router has nothing to choose by.
    decoder.route_by_rule = map_.optional("routing") != nullptr || request.sim_compute;
    read_sampling(decoder.sampling);
    if (const YamlNode* ids = map_.optional("prompt_ids")) decoder.prompt_ids_file = resolve_path(*ids, file_);
    decoder.warmup = number_from(0, "warmup", 0, largest_count);
    workload_.profile = std::move(request);
    decoder.run = decoder_run(workload_);
    workload_.profile->network = std::move(decoder);
  }

  void read_sampling(SamplingOptions& sampling) {
    for (const char* key : {"temperature", "top_k", "top_p"})
      if (const YamlNode* node = map_.optional(key); node != nullptr && !workload_.run.sampling)
        yaml_error(*node, "does not go with the most likely token; expected it with sampling: true only");
    if (const YamlNode* node = map_.optional("temperature"))
      sampling.temperature = yaml_number(*node, {least_temperature, highest_temperature});
    sampling.top_k = number_from(sampling.top_k, "top_k", 1, largest_count);
    if (const YamlNode* node = map_.optional("top_p")) sampling.top_p = yaml_number(*node, NumberRange::positive(1));
  }

  void read_script() {
    ProfileRequest request = read_profile();
    read_calls(script_);
    if (map_.optional("last_layer") == nullptr) workload_.last_layer.clear();
    if (const YamlNode* libraries = map_.optional("operator_libraries"))
      for (const YamlNode& item : yaml_sequence(*libraries))
        script_.operator_libraries.push_back(resolve_path(item, file_));
    request.network = std::move(script_);
    workload_.profile = std::move(request);
  }

  void read_exported() {
    ProfileRequest request = read_profile();
    read_calls(exported_);
    request.network = std::move(exported_);
    workload_.profile = std::move(request);
  }

  /// On what the network of a file is called, and how often.
  template <typename Request>
  void read_calls(Request& request) {
    if (const YamlNode* inputs = map_.optional("inputs"))
      for (const YamlNode& item : yaml_sequence(*inputs)) request.inputs.push_back(read_input(item));
    request.repeat = number_from(1, "repeat", 1, largest_count);
    request.warmup = number_from(0, "warmup", 0, largest_count);
  }

  ProfileRequest read_profile() {
    ProfileRequest request;
    request.seed = static_cast<std::uint64_t>(number_from(0, "seed", 0, largest_count));
    request.threads = number_from(0, "threads", 1, most_threads);
    read_truth(map_, "sim_compute", request.sim_compute);
    return request;
  }

  static InputValue read_input(const YamlNode& node) {
    const std::string text = yaml_text(node);
    try {
      return parse_input(text, {});
    } catch (const InputError& error) {
      yaml_error(node, error.what());
    }
  }

  std::int64_t number_from(std::int64_t otherwise, const char* key, std::int64_t least, std::int64_t most) {
    const YamlNode* node = map_.optional(key);
    return node == nullptr ? otherwise : yaml_integer(*node, least, most);
  }

  const YamlNode& node_;
  const std::string& file_;
  YamlMap map_;
  Workload workload_;
  ScriptRequest script_;
  ExportedRequest exported_;
};

std::string folder_of(const std::string& file) {
  const fs::path folder = fs::path(file).parent_path();
  return folder.empty() ? "." : folder.string();
}

}  // namespace

std::string resolve_path(const YamlNode& node, const std::string& scenario_file, FileKind kind) {
  const std::string path = yaml_text(node);
  const bool from_option = node.where.file != scenario_file;
  const std::string beside = from_option ? "." : folder_of(scenario_file);
  std::string found = find_data_file(path, beside, kind);
  std::error_code error;
  if (!fs::exists(found, error)) yaml_error(node, "no such file: " + found + similar_data_file(path, beside, kind));
  if (fs::equivalent(found, scenario_file, error)) yaml_error(node, "the scenario names itself; expected another file");
  return found;
}

Workload read_workload(const YamlNode& node, const std::string& file) {
  return WorkloadReader(node, file).read();
}

}  // namespace upmem_des
