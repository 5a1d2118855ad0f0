#include "trace/json_tokens.hpp"

#include <simdjson.h>

#include <algorithm>
#include <new>

namespace upmem_des {

namespace {

constexpr std::size_t first_capacity = std::size_t{1} << 14;
constexpr std::size_t any_depth = 1;  // which only the second stage makes use of

}  // namespace

JsonTokens::JsonTokens() {
  const simdjson::implementation* const implementation = simdjson::get_active_implementation();
  if (implementation->create_dom_parser_implementation(first_capacity, any_depth, parser_) != simdjson::SUCCESS)
    throw std::bad_alloc();
}

JsonTokens::~JsonTokens() = default;

bool JsonTokens::split(std::string_view line) {
  if (line.size() > parser_->capacity() &&
      parser_->set_capacity(std::max(line.size(), 2 * parser_->capacity())) != simdjson::SUCCESS)
    throw std::bad_alloc();
  const auto* const bytes = reinterpret_cast<const std::uint8_t*>(line.data());
  if (parser_->stage1(bytes, line.size(), simdjson::stage1_mode::regular) != simdjson::SUCCESS) return false;
  begin_ = parser_->structural_indexes.get();
  end_ = begin_ + parser_->n_structural_indexes;
  return true;
}

}  // namespace upmem_des
