#include "profiler/decoder/safetensors_file.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "upmem_des/util/error.hpp"

namespace upmem_des::profiler {

namespace {

constexpr std::int64_t chunk_bytes = std::int64_t{16} << 20U;

torch::ScalarType scalar_type(StoredType type) {
  switch (type) {
    case StoredType::F64:
      return torch::kFloat64;
    case StoredType::F32:
      return torch::kFloat32;
    case StoredType::F16:
      return torch::kFloat16;
    case StoredType::BF16:
      return torch::kBFloat16;
  }
  return torch::kFloat32;
}

}  // namespace

SafetensorsFile::SafetensorsFile(std::string path) : path_(std::move(path)) {
  std::error_code error;
  if (!std::filesystem::exists(path_, error)) throw InputError({path_}, "no such file");
  if (!std::filesystem::is_regular_file(path_, error)) throw InputError({path_}, "not a regular file");
  const auto bytes = static_cast<std::int64_t>(std::filesystem::file_size(path_, error));
  file_.open(path_, std::ios::binary);
  if (error || !file_) throw InputError({path_}, "cannot be read");
  tensors_ = read_safetensors_header(file_, bytes, path_);
}

void SafetensorsFile::read(const StoredTensor& tensor, torch::Tensor& into, std::int64_t first) {
  const torch::ScalarType type = scalar_type(tensor.type(path_));
  const std::int64_t bytes = bytes_of(tensor.type(path_));
  file_.clear();
  file_.seekg(tensor.begin + first * bytes);
  torch::Tensor flat = into.view({-1});
  const std::int64_t chunk = chunk_bytes / bytes;
  torch::Tensor stored = torch::empty({std::min(chunk, flat.numel())}, type);
  for (std::int64_t at = 0; at < flat.numel(); at += chunk) {
    const std::int64_t count = std::min(chunk, flat.numel() - at);
    file_.read(static_cast<char*>(stored.data_ptr()), count * bytes);
    if (file_.gcount() != count * bytes) throw InputError({path_}, "tensor '" + tensor.name + "'", "cannot be read");
    flat.narrow(0, at, count).copy_(stored.narrow(0, 0, count));
  }
}

}  // namespace upmem_des::profiler
