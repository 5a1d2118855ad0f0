#include "golden_trace.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>
#include <sstream>
#include <stdexcept>

#include "lines/byte_source.hpp"

namespace upmem_des {

namespace {

using Json = nlohmann::json;
using Keys = std::map<std::string, std::function<void(const Json&)>>;

/// Gives every value to the function of its key; a key without one is an error that names it.
void read_keys(const Json& object, const std::string& where, const Keys& keys) {
  for (const auto& [key, value] : object.items()) {
    const auto known = keys.find(key);
    if (known == keys.end()) throw std::runtime_error(where + ": unknown key '" + key + "'");
    try {
      known->second(value);
    } catch (const Json::exception& error) {
      throw std::runtime_error(where + ": " + key + ": " + error.what());
    }
  }
}

template <class Value>
std::function<void(const Json&)> into(Value& to) {
  return [&to](const Json& value) { to = value.get<Value>(); };
}

SchedulerOptions read_options(const Json& config, const std::string& where) {
  SchedulerOptions options;
  options.async = false;
  std::int64_t blocks = 0;
  read_keys(config, where,
            {{"block_size", into(options.block_tokens)},
             {"num_blocks", into(blocks)},
             {"max_num_batched_tokens", into(options.max_num_batched_tokens)},
             {"max_num_seqs", into(options.max_num_seqs)},
             {"async", into(options.async)},
             {"prefix", into(options.prefix_caching)},
             {"long_threshold", into(options.long_prefill_threshold)},
             {"reserve_full_isl", into(options.reserve_full_prompt)},
             {"chunked", into(options.chunked_prefill)},
             {"max_model_len", into(options.max_model_len)},
             {"watermark", into(options.watermark)}});
  // One of them is nobody's.
  options.kv_blocks = blocks - 1;
  return options;
}

void read_request(const Json& json, const std::string& where, GoldenTrace& trace) {
  Request request;
  request.prompt_tokens = 0;
  std::string name;
  int arrival_step = 0;
  read_keys(json, where,
            {{"id", into(name)},
             {"prompt", into(request.prompt_tokens)},
             {"output", into(request.output_tokens)},
             {"arrive_step", into(arrival_step)},
             {"tokens", [&](const Json& tokens) {
                for (const Json& token : tokens) request.content.push_back({token.get<std::int64_t>(), 1});
              }}});
  const auto tokens = static_cast<std::int64_t>(request.content.size());
  if (request.prompt_tokens == 0) request.prompt_tokens = tokens;
  if (request.prompt_tokens < 1 || (tokens > 0 && tokens != request.prompt_tokens))
    throw std::runtime_error(where + ": " + name + ": has " + std::to_string(tokens) + " tokens and a prompt of " +
                             std::to_string(request.prompt_tokens));
  trace.requests.push_back(std::move(request));
  trace.arrival_steps.push_back(arrival_step);
  trace.names.push_back(name);
}

template <class Value>
void reorder(std::vector<Value>& values, const std::vector<std::size_t>& order) {
  std::vector<Value> ordered;
  for (const std::size_t index : order) ordered.push_back(std::move(values[index]));
  values = std::move(ordered);
}

void sort_by_arrival(GoldenTrace& trace) {
  std::vector<std::size_t> order(trace.requests.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t left, std::size_t right) {
    return trace.arrival_steps[left] < trace.arrival_steps[right];
  });
  reorder(trace.requests, order);
  reorder(trace.arrival_steps, order);
  reorder(trace.names, order);
  for (std::size_t index = 0; index < order.size(); ++index) {
    trace.requests[index].id = static_cast<std::int64_t>(index);
    trace.requests[index].arrival_s = trace.arrival_steps[index];
  }
}

GoldenTrace read_trace(const Json& json, const std::string& path) {
  GoldenTrace trace;
  trace.name = json.value("name", "");
  const std::string where = path + ": " + trace.name;
  read_keys(json, where,
            {{"name", [](const Json&) {}},
             {"_source", [](const Json&) {}},
             {"config", [&](const Json& config) { trace.options = read_options(config, where + ": config"); }},
             {"requests",
              [&](const Json& requests) {
                for (const Json& request : requests) read_request(request, where + ": requests", trace);
              }},
             {"trace", into(trace.steps)}});
  if (!json.contains("config") || trace.requests.empty() || trace.steps.empty())
    throw std::runtime_error(where + ": expected config, requests and trace");
  sort_by_arrival(trace);
  return trace;
}

void add_traces(const Json& json, const std::string& path, std::vector<GoldenTrace>& traces) {
  if (json.is_array()) {
    for (const Json& each : json) add_traces(each, path, traces);
  } else if (json.contains("examples")) {
    add_traces(json.at("examples"), path, traces);
  } else if (json.size() != 1 || !json.contains("_source")) {
    traces.push_back(read_trace(json, path));
  }
}

std::string read_all(const std::string& path) {
  ByteSource source(path);
  std::string text;
  char part[65536];
  while (const std::size_t size = source.read(part, sizeof part)) text.append(part, size);
  return text;
}

}  // namespace

std::vector<GoldenTrace> read_golden_traces(const std::string& path) {
  const std::string text = read_all(path);
  std::vector<GoldenTrace> traces;
  if (const Json whole = Json::parse(text, nullptr, false); !whole.is_discarded()) {
    add_traces(whole, path, traces);
    return traces;
  }
  std::istringstream lines(text);
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.empty()) continue;
    const Json json = Json::parse(line, nullptr, false);
    if (json.is_discarded()) throw std::runtime_error(path + ":" + std::to_string(number) + ": is no JSON");
    add_traces(json, path + ":" + std::to_string(number), traces);
  }
  return traces;
}

}  // namespace upmem_des
