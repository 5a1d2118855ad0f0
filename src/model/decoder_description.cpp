#include "model/decoder_description.hpp"

namespace upmem_des {

std::int64_t PassSizes::of(const Size& size) const {
  switch (size.kind) {
    case Size::Kind::Constant:
      return size.value;
    case Size::Kind::Batch:
      return batch;
    case Size::Kind::NewTokens:
      return new_tokens;
    case Size::Kind::TotalTokens:
      return total_tokens;
    case Size::Kind::LogitTokens:
      return logit_tokens;
    case Size::Kind::Rows:
      return batch * new_tokens;
    case Size::Kind::ExpertRows:
      return expert_rows;
  }
  return 0;
}

Shape PassSizes::of(const std::vector<Size>& sizes) const {
  Shape shape;
  for (const Size& size : sizes) shape.push_back(of(size));
  return shape;
}

}  // namespace upmem_des
