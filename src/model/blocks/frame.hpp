/// What stands around a decoder's layers: table, rotary tables, last norm, head.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/blocks/calls.hpp"
#include "model/blocks/layer_builder.hpp"
#include "upmem_des/model/decoder_config.hpp"

namespace upmem_des {

struct Frame {
  std::string table_type = "Embedding";
  std::string table = "model.embed_tokens";
  std::string positions;  ///< a learned table of positions; empty: none
  std::string positions_type = "Embedding";
  std::int64_t position_rows = 0;
  bool counts_positions = false;  ///< they are a sum over the mask: a function is called for them
  /// Of the table where that is not as wide as the layers: linear layers after it and before the head; 0: as wide.
  std::int64_t table_width = 0;
  std::string project_in, project_out;
  std::string dropout;  ///< after the tables; empty: none
  std::string layers = "model.layers";
  std::string norm_type;
  operation::Norm::Kind norm_kind = operation::Norm::Kind::Rms;
  std::string norm = "model.norm";  ///< empty: none
  std::string rotary_type;          ///< empty: no such layer is called
  std::string rotary = "model.rotary_emb";
  std::int64_t rotary_width = 0;
  std::int64_t rotary_calls = 1;
  std::string head = "lm_head";
};

/// The model of `config` around its layers, which follow each other as given. Ids: the table's, the layers', those of
/// norm, rotary tables and head.
DecoderDescription frame(const Frame& around, const DecoderConfig& config, const std::vector<LayerGroup>& layers);

/// Runs of equal layers: `describe(i)` is called for the first layer of each run, `kind(i)` tells layers apart.
template <typename Kind, typename Describe>
std::vector<LayerGroup> grouped(std::int64_t layers, const Kind& kind, const Describe& describe) {
  std::vector<LayerGroup> groups;
  for (std::int64_t first = 0; first < layers;) {
    std::int64_t end = first + 1;
    while (end < layers && kind(end) == kind(first)) ++end;
    groups.push_back(describe(first, end - first));
    first = end;
  }
  return groups;
}

}  // namespace upmem_des
