/// How numbers are stored: weights, activations, the KV cache.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace upmem_des {

/// One of the formats of number_format.cpp, as a value. Formats that share scales among the numbers of a block count
/// them: mxfp4 is 4 bits and an 8-bit scale for each 32 numbers, 4.25 bits a number.
class NumberFormat {
 public:
  static const NumberFormat int4, int8, fp8, mxfp4, nvfp4, float16, bfloat16, float32, int4_g128, int4_g64, int4_g32,
      nf4, nf4_dq, fp8_b128, int4_sym_g128, int4_sym_g64, int4_sym_g32;

  /// What it is called in files: "bfloat16".
  const char* name() const;
  /// Bits of one number alone, without its share of scales and zero points.
  std::int64_t element_bits() const;
  /// Bits that a block of `block_size()` numbers has besides: scales, zero points. 0 without blocks.
  std::int64_t block_bits() const;
  /// Numbers that share what block_bits() counts; 1 without blocks.
  std::int64_t block_size() const;
  /// element_bits() + block_bits() / block_size(): 4.25 of mxfp4.
  double bits() const;
  /// The format without blocks that a device's arithmetic rate is given for: int4, int8, fp8, mxfp4, nvfp4, float16,
  /// bfloat16 or float32.
  NumberFormat arithmetic() const;

  friend bool operator==(NumberFormat a, NumberFormat b) { return a.index_ == b.index_; }
  friend bool operator!=(NumberFormat a, NumberFormat b) { return a.index_ != b.index_; }
  friend bool operator<(NumberFormat a, NumberFormat b) { return a.index_ < b.index_; }

 private:
  friend std::optional<NumberFormat> parse_number_format(std::string_view text);
  friend const std::vector<NumberFormat>& number_formats();

  constexpr explicit NumberFormat(std::uint8_t index) : index_(index) {}

  std::uint8_t index_;  ///< into the table of number_format.cpp
};

inline constexpr NumberFormat NumberFormat::int4{0};
inline constexpr NumberFormat NumberFormat::int8{1};
inline constexpr NumberFormat NumberFormat::fp8{2};
inline constexpr NumberFormat NumberFormat::mxfp4{3};
inline constexpr NumberFormat NumberFormat::nvfp4{4};
inline constexpr NumberFormat NumberFormat::float16{5};
inline constexpr NumberFormat NumberFormat::bfloat16{6};
inline constexpr NumberFormat NumberFormat::float32{7};
inline constexpr NumberFormat NumberFormat::int4_g128{8};
inline constexpr NumberFormat NumberFormat::int4_g64{9};
inline constexpr NumberFormat NumberFormat::int4_g32{10};
inline constexpr NumberFormat NumberFormat::nf4{11};
inline constexpr NumberFormat NumberFormat::nf4_dq{12};
inline constexpr NumberFormat NumberFormat::fp8_b128{13};
inline constexpr NumberFormat NumberFormat::int4_sym_g128{14};
inline constexpr NumberFormat NumberFormat::int4_sym_g64{15};
inline constexpr NumberFormat NumberFormat::int4_sym_g32{16};

/// bits() / 8: 0.5 of int4, 2 of bfloat16.
double bytes_per_element(NumberFormat format);
/// Its name().
inline const char* to_string(NumberFormat format) {
  return format.name();
}

/// A format by its name or by one of its usual other names: fp16, half, bf16, fp32, float, float8_e4m3fn, int4-g128 …
std::optional<NumberFormat> parse_number_format(std::string_view text);
/// All formats, the usual ones first.
const std::vector<NumberFormat>& number_formats();
/// Their names.
const std::vector<std::string>& number_format_names();

}  // namespace upmem_des
