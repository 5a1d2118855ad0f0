#include "upmem_des/number/number_format.hpp"

#include <array>

namespace upmem_des {

namespace {

struct Format {
  const char* name;
  std::int64_t element_bits;
  std::int64_t block_bits;  ///< scales and zero points of a block
  std::int64_t block_size;  ///< numbers that share them
  const char* arithmetic;   ///< the format whose rate a device states; the name itself where that is not another one
  std::array<const char*, 4> other_names;
};

// A format is a line; its constant in the header is its place. The usual ones come first, as messages list them.
constexpr std::array<Format, 17> formats{{
    {"int4", 4, 0, 1, "int4", {"i4", "uint4", "w4"}},
    {"int8", 8, 0, 1, "int8", {"i8"}},
    {"fp8", 8, 0, 1, "fp8", {"float8", "e4m3", "fp8_e4m3", "float8_e4m3fn"}},
    {"mxfp4", 4, 8, 32, "mxfp4", {}},
    {"nvfp4", 4, 8, 16, "nvfp4", {}},
    {"float16", 16, 0, 1, "float16", {"fp16", "f16", "half"}},
    {"bfloat16", 16, 0, 1, "bfloat16", {"bf16"}},
    {"float32", 32, 0, 1, "float32", {"fp32", "f32", "float"}},
    {"int4-g128", 4, 16 + 4, 128, "int4", {"awq", "gptq"}},
    {"int4-g64", 4, 16 + 4, 64, "int4", {}},
    {"int4-g32", 4, 16 + 4, 32, "int4", {}},
    {"nf4", 4, 32, 64, "int4", {"bnb4"}},
    // bitsandbytes' double quantization: 8-bit scales, which share a 32-bit one by 256.
    {"nf4-dq", 4, 8L * 256 + 32, 64L * 256, "int4", {}},
    {"fp8-b128", 8, 32, 128L * 128, "fp8", {}},
    {"int4-sym-g128", 4, 16, 128, "int4", {}},
    {"int4-sym-g64", 4, 16, 64, "int4", {}},
    {"int4-sym-g32", 4, 16, 32, "int4", {}},
}};

const Format& row(std::size_t index) {
  return formats.at(index);
}

bool is_called(const Format& format, std::string_view text) {
  if (text == format.name) return true;
  for (const char* other : format.other_names)
    if (other != nullptr && text == other) return true;
  return false;
}

}  // namespace

const char* NumberFormat::name() const {
  return row(index_).name;
}

std::int64_t NumberFormat::element_bits() const {
  return row(index_).element_bits;
}

std::int64_t NumberFormat::block_bits() const {
  return row(index_).block_bits;
}

std::int64_t NumberFormat::block_size() const {
  return row(index_).block_size;
}

double NumberFormat::bits() const {
  const Format& format = row(index_);
  return static_cast<double>(format.element_bits) +
         static_cast<double>(format.block_bits) / static_cast<double>(format.block_size);
}

NumberFormat NumberFormat::arithmetic() const {
  // Asked with every kernel.
  static const std::vector<NumberFormat> all = [] {
    std::vector<NumberFormat> found;
    for (const Format& format : formats) found.push_back(*parse_number_format(format.arithmetic));
    return found;
  }();
  return all[index_];
}

double bytes_per_element(NumberFormat format) {
  return format.bits() / 8;
}

std::optional<NumberFormat> parse_number_format(std::string_view text) {
  for (std::size_t i = 0; i < formats.size(); ++i)
    if (is_called(formats[i], text)) return NumberFormat(static_cast<std::uint8_t>(i));
  return std::nullopt;
}

const std::vector<NumberFormat>& number_formats() {
  static const std::vector<NumberFormat> all = [] {
    std::vector<NumberFormat> made;
    for (std::size_t i = 0; i < formats.size(); ++i) made.push_back(NumberFormat(static_cast<std::uint8_t>(i)));
    return made;
  }();
  return all;
}

const std::vector<std::string>& number_format_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const Format& format : formats) all.emplace_back(format.name);
    return all;
  }();
  return names;
}

}  // namespace upmem_des
