#include "profiler/decoder/checkpoint.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <utility>

#include "json/json_node.hpp"
#include "upmem_des/util/error.hpp"
#include "util/bounded_file.hpp"

namespace upmem_des::profiler {

namespace {

constexpr std::size_t max_index_mib = 64;
constexpr const char* expected_index = "an index of tensors";
constexpr const char* index_name = "model.safetensors.index.json";

/// The files of an index by tensor.
std::map<std::string, std::string> index_files(const std::string& path) {
  const JsonDocument index(read_bounded_file(path, max_index_mib, expected_index), path, expected_index);
  std::map<std::string, std::string> files;
  for (const JsonNode& file : index.root().at("weight_map").members()) {
    const std::string name = file.text();
    if (name.empty() || name == "." || name == ".." || name.find_first_of(std::string("/\\\0", 3)) != std::string::npos)
      file.fail(file.shown() + "; expected the name of a file beside the index");
    files[file.key()] = name;
  }
  if (files.empty()) index.root().fail("weight_map", "empty; expected an object of tensors and their files");
  return files;
}

std::string shape_text(c10::IntArrayRef sizes) {
  std::string text = "[";
  for (const std::int64_t size : sizes) text += (text.size() > 1 ? ", " : "") + std::to_string(size);
  return text + "]";
}

}  // namespace

std::unique_ptr<Checkpoint> Checkpoint::open(const std::string& folder) {
  namespace fs = std::filesystem;
  std::unique_ptr<Checkpoint> checkpoint(new Checkpoint(folder));
  std::error_code error;
  const std::string index = (fs::path(folder) / index_name).string();
  const std::string single = (fs::path(folder) / "model.safetensors").string();
  if (fs::exists(index, error)) {
    checkpoint->open_index(index);
    return checkpoint;
  }
  std::vector<std::string> paths;
  if (fs::exists(single, error)) {
    paths.push_back(single);
  } else {
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
      if (at->path().extension() == ".safetensors") paths.push_back(at->path().string());
    std::sort(paths.begin(), paths.end());
  }
  if (paths.empty()) return nullptr;
  checkpoint->open_files(paths);
  return checkpoint;
}

Checkpoint::Checkpoint(std::string folder) : folder_(std::move(folder)) {}

void Checkpoint::open_index(const std::string& index) {
  const std::map<std::string, std::string> by_tensor = index_files(index);
  std::set<std::string> names;
  for (const auto& entry : by_tensor) names.insert(entry.second);
  std::vector<std::string> paths;
  for (const std::string& name : names) {
    paths.push_back((std::filesystem::path(folder_) / name).string());
    std::error_code error;
    if (!std::filesystem::exists(paths.back(), error))
      throw InputError({index}, "weight_map", "'" + name + "' is not there; expected all files of the index beside it");
  }
  open_files(paths);
  for (const auto& [tensor, name] : by_tensor) {
    const auto found = tensors_.find(tensor);
    const std::string path = (std::filesystem::path(folder_) / name).string();
    if (found == tensors_.end() || found->second.file->path() != path)
      throw InputError({path}, "missing tensor '" + tensor + "', which the index places there");
  }
}

void Checkpoint::open_files(const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    files_.push_back(std::make_unique<SafetensorsFile>(path));
    for (const StoredTensor& tensor : files_.back()->tensors()) {
      const auto [place, is_new] = tensors_.emplace(tensor.name, Place{files_.back().get(), &tensor, false});
      if (!is_new)
        throw InputError({path}, "tensor '" + tensor.name + "'",
                         "is in " + place->second.file->path() + " too; expected each tensor once");
    }
  }
}

void Checkpoint::read(const std::string& name, torch::Tensor& into) {
  read_part(name, into.sizes(), 0, into);
}

void Checkpoint::read_part(const std::string& name, c10::IntArrayRef whole, std::int64_t first, torch::Tensor& into) {
  const auto found = tensors_.find(name);
  if (found == tensors_.end()) {
    const std::string where = files_.size() == 1 ? files_.front()->path() : folder_;
    throw InputError({where}, "missing tensor '" + name + "'");
  }
  Place& place = found->second;
  const StoredTensor& tensor = *place.tensor;
  if (whole != c10::IntArrayRef(tensor.shape))
    throw InputError(
        {place.file->path()}, "tensor '" + name + "'",
        "wrong shape " + shape_text(tensor.shape) + "; expected " + shape_text(whole) + ", as the config.json says");
  place.file->read(tensor, into, first);
  place.read = true;
}

std::vector<std::string> Checkpoint::unread() const {
  std::vector<std::string> names;
  for (const auto& [name, place] : tensors_)
    if (!place.read) names.push_back(name);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace upmem_des::profiler
