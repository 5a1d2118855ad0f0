/// The weights of a model in a folder, as Hugging Face lays them down.
#pragma once

#include <torch/torch.h>

#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "profiler/decoder/safetensors_file.hpp"

namespace upmem_des::profiler {

/// The tensors of model.safetensors.index.json's files, else of model.safetensors, else of every *.safetensors in the
/// folder.
class Checkpoint {
 public:
  /// The folder's weights; null where there is no .safetensors in it. Throws InputError on an index that is no JSON or
  /// names files outside the folder, files that are missing, tensors that the index or two files disagree on, and as
  /// SafetensorsFile does.
  static std::unique_ptr<Checkpoint> open(const std::string& folder);

  bool has(const std::string& name) const { return tensors_.count(name) > 0; }

  /// Reads the tensor into `into`, converting to its number format. Throws InputError on a missing tensor and on one of
  /// another shape.
  void read(const std::string& name, torch::Tensor& into);

  /// Reads elements of a tensor of the shape `whole` from `first` on. Throws as read() does.
  void read_part(const std::string& name, c10::IntArrayRef whole, std::int64_t first, torch::Tensor& into);

  /// Names of the tensors that were not read, in alphabetical order.
  std::vector<std::string> unread() const;

 private:
  struct Place {
    SafetensorsFile* file = nullptr;
    const StoredTensor* tensor = nullptr;
    bool read = false;
  };

  explicit Checkpoint(std::string folder);
  void open_index(const std::string& index);
  void open_files(const std::vector<std::string>& paths);

  std::string folder_;
  std::vector<std::unique_ptr<SafetensorsFile>> files_;
  std::unordered_map<std::string, Place> tensors_;
};

}  // namespace upmem_des::profiler
