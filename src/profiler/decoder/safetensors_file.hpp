/// A .safetensors file whose tensors are read one by one.
#pragma once

#include <torch/torch.h>

#include <fstream>
#include <string>
#include <vector>

#include "safetensors/safetensors_header.hpp"

namespace upmem_des::profiler {

class SafetensorsFile {
 public:
  /// Reads and checks the header. Throws InputError on a file that cannot be read and as read_safetensors_header()
  /// does.
  explicit SafetensorsFile(std::string path);

  const std::string& path() const { return path_; }
  const std::vector<StoredTensor>& tensors() const { return tensors_; }

  /// Fills `into`, contiguous, with the tensor's elements from `first` on, converting to its number format; takes no
  /// more memory than 16 MiB beside it. Throws InputError where the data cannot be read or is of a type that weights
  /// are not read from.
  void read(const StoredTensor& tensor, torch::Tensor& into, std::int64_t first = 0);

 private:
  std::string path_;
  std::ifstream file_;
  std::vector<StoredTensor> tensors_;
};

}  // namespace upmem_des::profiler
