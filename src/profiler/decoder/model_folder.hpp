/// What a language model's folder holds.
#pragma once

#include <memory>
#include <string>

#include "profiler/decoder/checkpoint.hpp"

namespace upmem_des::profiler {

class ModelFolder {
 public:
  /// A folder with a config.json, or that file, or a configuration of another name: what lies beside such a one does
  /// not belong to it. Throws InputError where there is none.
  explicit ModelFolder(const std::string& path);

  const std::string& config_file() const { return config_file_; }

  /// The weights; null where there are none. Throws InputError as Checkpoint::open() does.
  std::unique_ptr<Checkpoint> checkpoint() const;

  /// A complete line for the user where the folder has weights in a format that is not read; else "".
  std::string other_weights() const;

 private:
  std::string path_;
  std::string config_file_;
  std::string folder_;  ///< empty: only a configuration
};

}  // namespace upmem_des::profiler
