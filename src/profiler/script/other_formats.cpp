#include "profiler/script/other_formats.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string_view>

#include "profiler/script/load_problem.hpp"
#include "profiler/script/pickle_start.hpp"

namespace upmem_des::profiler {

namespace {

/// Of a pickle that many bytes are enough: the sizes and sources that may come before what tells are no longer.
constexpr std::size_t most_looked_at = std::size_t{1} << 16U;

constexpr const char* script_it =
    ", then save it with torch.jit.script(), torch.jit.trace() or torch.export, or capture it with "
    "scripts/capture_torch.py";

std::string weights(const std::string& what, const std::string& other_way = {}) {
  return what + ": weights, and no network that they are of" + expected_script + ": " + other_way +
         "load the weights into the network in Python" + script_it;
}

bool starts_with(std::string_view text, std::string_view beginning) {
  return text.substr(0, beginning.size()) == beginning;
}

/// What torch.save() has written.
std::string saved_object(const PickleStart& object) {
  using Kind = PickleStart::Kind;
  switch (object.kind) {
    case Kind::Dictionary:
      return weights("a dictionary that torch.save() has written, as a state_dict or a checkpoint is");
    case Kind::List:
      return std::string("a list that torch.save() has written") + expected_script;
    case Kind::Tuple:
      return std::string("a tuple that torch.save() has written") + expected_script;
    case Kind::Object:
      break;
    case Kind::Unknown:
      return std::string("a pickle that torch.save() has written, which only Python can read") + expected_script;
  }
  if (object.type == "collections.OrderedDict") return weights("a state_dict that torch.save() has written");
  if (starts_with(object.type, "torch._utils._rebuild_") || starts_with(object.type, "torch._tensor._rebuild_"))
    return weights("a tensor that torch.save() has written");
  return "a pickled object of the class '" + object.type +
         "', as torch.save(model) writes, which only Python can read" + expected_script +
         ": torch.load() it in Python" + script_it;
}

/// Eight bytes that say how long the JSON is that follows.
bool is_safetensors(std::string_view start, std::uint64_t file_size) {
  constexpr std::size_t count_size = 8;
  if (start.size() <= count_size || start[count_size] != '{') return false;
  std::uint64_t count = 0;
  for (std::size_t i = count_size; i-- > 0;) count = count << 8U | static_cast<unsigned char>(start[i]);
  return count >= 2 && count <= file_size - count_size;
}

/// A message of protocol buffers whose first field is a small version, as ONNX's is, and whose second is one of those
/// that follow there: the producer, the domain, the graph, the operators' version.
bool is_onnx(std::string_view start) {
  constexpr std::size_t field = 2;
  constexpr char latest_version = 64;
  if (start.size() <= field || start[0] != '\x08' || start[1] < 1 || start[1] > latest_version) return false;
  return std::string_view("\x12\x1a\x22\x28\x32\x3a\x42").find(start[field]) != std::string_view::npos;
}

/// Before version 2.8 the program lay beside a folder, later in it.
bool is_exported(const ZipArchive& archive) {
  if (archive.has("archive_format") && archive.has("archive_version")) return true;
  for (const ZipArchive::Record& record : archive.records())
    if (record.name == "serialized_exported_program.json") return true;
  return archive.has("serialized_exported_program.json");
}

}  // namespace

std::string not_torchscript(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string start(most_looked_at, '\0');
  file.read(start.data(), static_cast<std::streamsize>(start.size()));
  start.resize(static_cast<std::size_t>(file.gcount()));
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  if (is_safetensors(start, error ? 0 : size))
    return weights("a safetensors file", "profile a language model with --model FOLDER, its config.json in there, or ");
  if (is_onnx(start))
    return std::string("an ONNX file") + expected_script + ": take the PyTorch network that it was made of" + script_it;
  if (const std::string_view object = behind_old_torch_header(start); !object.empty())
    return saved_object(pickle_start(object));
  if (starts_with(start, "\x80") && start.size() > 1 && start[1] >= 2 && start[1] <= 5)
    return std::string("a Python pickle") + expected_script;
  return std::string("no TorchScript") + expected_script;
}

std::string not_torchscript(ZipArchive& archive) {
  if (archive.has("constants.pkl")) return {};
  if (is_exported(archive))
    return std::string("an archive of torch.export") + expected_script +
           "; 'upmem-des profile --exported FILE' profiles it, and so does exported: FILE in a scenario";
  if (archive.has("data.pkl") && archive.has("version"))
    return saved_object(pickle_start(archive.start_of("data.pkl", most_looked_at)));
  return {};
}

}  // namespace upmem_des::profiler
