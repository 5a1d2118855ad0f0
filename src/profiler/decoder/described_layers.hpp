/// The layers that a model's description calls, by their paths.
#pragma once

#include <string>
#include <unordered_map>

#include "profiler/recorder.hpp"
#include "upmem_des/model/decoder_description.hpp"

namespace upmem_des::profiler {

/// Types, names, ids and sizes of layers stand in the description alone; modules that run them look them up here.
class DescribedLayers {
 public:
  explicit DescribedLayers(const DecoderDescription& description);

  struct Entry {
    LayerInfo info;
    const Operation* operation = nullptr;  ///< null: what the names say
  };
  /// `path` as named_modules() of Hugging Face's model prints it. Throws std::logic_error where no layer of it is
  /// described.
  const Entry& at(const std::string& path) const;

 private:
  void add(const Call& call, const std::string& prefix, std::int64_t first_id);
  void add(const LayerGroup& group, std::int64_t number, std::int64_t first_id);

  std::unordered_map<std::string, Entry> entries_;
};

}  // namespace upmem_des::profiler
