/// A golden case's files, read without the trace and scenario rooms.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "upmem_des/number/number_format.hpp"
#include "upmem_des/trace/layer_event.hpp"

namespace upmem_des::test {

struct GoldenCase {
  struct Target {
    std::string device;       ///< with underscores
    bool always = false;      ///< t
    bool by_counter = false;  ///< m
  };

  std::string folder;
  NumberFormat dtype = NumberFormat::bfloat16;
  std::string last_layer;
  std::string moe_end;
  std::int64_t experts_per_token = 0;
  std::optional<std::int64_t> num_key_value_heads;
  std::optional<std::int64_t> sliding_window;
  std::map<std::string, Target> mapping;
};

/// Names of the folders that hold a scenario, sorted.
std::vector<std::string> golden_names(const std::string& golden_folder);

/// Reads `folder`/scenario.yaml.
GoldenCase read_golden_case(const std::string& folder);

/// Calls `use` for each event of `folder`/trace.jsonl.gz. Throws std::runtime_error on an unreadable file.
void for_each_event(const std::string& folder, const std::function<void(const LayerEvent&)>& use);

}  // namespace upmem_des::test
