/// Files in the safetensors format, right and wrong ones.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

namespace upmem_des::test {

/// A header with its length before it, and `data` after it.
inline std::string safetensors(const std::string& header, const std::string& data = {}) {
  std::string bytes;
  for (unsigned shift = 0; shift < 64; shift += 8) bytes += static_cast<char>(std::uint64_t{header.size()} >> shift);
  return bytes + header + data;
}

inline std::string float_bytes(const std::vector<float>& numbers) {
  std::string bytes(numbers.size() * sizeof(float), '\0');
  std::memcpy(bytes.data(), numbers.data(), bytes.size());
  return bytes;
}

/// {"NAME":{"dtype":"F32","shape":SHAPE,"data_offsets":[BEGIN,END]}} without the outer braces.
inline std::string entry(const std::string& name, const std::string& shape, std::int64_t begin, std::int64_t end,
                         const std::string& dtype = "F32") {
  return "\"" + name + "\":{\"dtype\":\"" + dtype + "\",\"shape\":" + shape + ",\"data_offsets\":[" +
         std::to_string(begin) + "," + std::to_string(end) + "]}";
}

}  // namespace upmem_des::test
