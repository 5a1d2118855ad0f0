/// The table at the beginning of a .safetensors file.
///
/// The format: 8 bytes, little-endian, the length of the header; the header, a JSON object
/// {"NAME": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, …, "__metadata__": {…}}; then the data, to
/// which the offsets (begin, end) are relative.
#pragma once

#include <cstdint>
#include <istream>
#include <string>
#include <vector>

namespace upmem_des {

/// Number formats that weights are read from.
enum class StoredType { F64, F32, F16, BF16 };

/// Bytes of one number: 8, 4, 2, 2.
std::int64_t bytes_of(StoredType type);

struct StoredTensor {
  std::string name;
  std::string dtype;                ///< as the file says: "F32"
  std::vector<std::int64_t> shape;  ///< none negative; empty: a single number
  std::int64_t begin = 0;           ///< of the data in the file, in bytes
  std::int64_t end = 0;             ///< one past its last byte

  /// Throws InputError naming `file` where the tensor is of a type that weights are not read from ("I64").
  StoredType type(const std::string& file) const;
};

/// Reads and checks the header of a file of `file_bytes` bytes. Throws InputError ("file: tensor 'NAME': …") on a file
/// that is too short, a header that is longer than the file or than 100 MB or is no JSON object, a name given twice, an
/// unknown dtype, a shape with negative sizes or more than 2^63 − 1 bytes, more than 16 sizes, and data that is not as
/// long as the shape says, lies outside the file or overlaps that of another tensor.
std::vector<StoredTensor> read_safetensors_header(std::istream& input, std::int64_t file_bytes,
                                                  const std::string& file);

}  // namespace upmem_des
