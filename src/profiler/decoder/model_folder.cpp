#include "profiler/decoder/model_folder.hpp"

#include <filesystem>

#include "upmem_des/model/decoder_config.hpp"
#include "upmem_des/util/error.hpp"
#include "util/regular_file.hpp"

namespace upmem_des::profiler {

namespace fs = std::filesystem;

ModelFolder::ModelFolder(const std::string& path) : path_(path), config_file_(model_config_path(path)) {
  std::error_code error;
  if (!fs::exists(path, error))
    throw InputError({path}, "no such file; expected a folder with a config.json" + did_you_mean_file(path));
  if (fs::is_directory(config_file_, error)) throw InputError({path}, "no config.json in this folder; expected one");
  const fs::path file(config_file_);
  if (file.filename() == "config.json") folder_ = file.has_parent_path() ? file.parent_path().string() : ".";
}

std::unique_ptr<Checkpoint> ModelFolder::checkpoint() const {
  return folder_.empty() ? nullptr : Checkpoint::open(folder_);
}

std::string ModelFolder::other_weights() const {
  std::error_code error;
  if (folder_.empty()) return {};
  for (const char* name : {"pytorch_model.bin", "pytorch_model.bin.index.json", "consolidated.00.pth"})
    if (fs::exists(fs::path(folder_) / name, error))
      return InputError({path_}, std::string(name) + " is not read; weights are random, for there is no .safetensors")
          .what();
  return {};
}

}  // namespace upmem_des::profiler
