#include "util/data_type.hpp"

#include <array>
#include <utility>

namespace upmem_des {

namespace {

struct Format {
  DataType type;
  const char* name;
  double bytes;
};

constexpr std::array<Format, 5> formats{{{DataType::int4, "int4", 0.5},
                                         {DataType::int8, "int8", 1},
                                         {DataType::float16, "float16", 2},
                                         {DataType::bfloat16, "bfloat16", 2},
                                         {DataType::float32, "float32", 4}}};

const Format& format_of(DataType type) {
  return formats.at(static_cast<std::size_t>(type));
}

}  // namespace

double bytes_per_element(DataType type) {
  return format_of(type).bytes;
}

const char* to_string(DataType type) {
  return format_of(type).name;
}

std::optional<DataType> parse_data_type(std::string_view text) {
  for (const Format& format : formats)
    if (text == format.name) return format.type;
  return std::nullopt;
}

const std::vector<std::string>& data_type_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const Format& format : formats) all.emplace_back(format.name);
    return all;
  }();
  return names;
}

}  // namespace upmem_des
