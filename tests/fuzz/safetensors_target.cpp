/// The header of a .safetensors file.
#include <algorithm>
#include <sstream>

#include "fuzz/fuzzing.hpp"
#include "safetensors/safetensors_header.hpp"

using namespace upmem_des;

namespace {

/// How long the data behind a header that stands alone are said to be; they are never read.
constexpr std::int64_t data_bytes = 1'000'000;

/// 0 where any size is: the others may be as large as they like then.
std::int64_t elements(const std::vector<std::int64_t>& shape) {
  if (std::find(shape.begin(), shape.end(), 0) != shape.end()) return 0;
  std::int64_t product = 1;
  for (const std::int64_t size : shape) product *= size;
  return product;
}

void read(const std::string& head, std::int64_t file_bytes) {
  const std::string file = "model.safetensors";
  std::istringstream input(head);
  std::vector<StoredTensor> tensors;
  if (!fuzz::accepts([&] { tensors = read_safetensors_header(input, file_bytes, file); })) return;
  for (const StoredTensor& tensor : tensors) {
    fuzz::expect(tensor.begin >= 8 && tensor.begin <= tensor.end && tensor.end <= file_bytes,
                 "a tensor lies within the file");
    StoredType type{};
    if (!fuzz::accepts([&] { type = tensor.type(file); })) continue;
    fuzz::expect(tensor.end - tensor.begin == bytes_of(type) * elements(tensor.shape),
                 "a tensor's data is as long as its shape says");
  }
}

/// Eight bytes, little-endian.
std::string length_text(std::size_t length) {
  std::string text;
  for (unsigned bit = 0; bit < 64; bit += 8) text += static_cast<char>(length >> bit & 0xffU);
  return text;
}

}  // namespace

/// Either a whole file or, where it begins with a brace, a header alone: its length would seldom be right otherwise.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text = fuzz::text_of(data, size);
  const auto bytes = static_cast<std::int64_t>(size);
  if (!text.empty() && text.front() == '{')
    read(length_text(size) + text, 8 + bytes + data_bytes);
  else
    read(text, bytes);
  return 0;
}
