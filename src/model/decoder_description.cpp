#include "model/decoder_description.hpp"

namespace upmem_des {

const char* to_string(Block block) {
  switch (block) {
    case Block::Embedding:
      return "embedding";
    case Block::Attention:
      return "attention";
    case Block::FeedForward:
      return "feed-forward";
    case Block::Experts:
      return "experts";
    case Block::Router:
      return "router";
    case Block::StateSpace:
      return "state space";
    case Block::Norm:
      return "norms";
    case Block::Head:
      return "head";
    case Block::Other:
      break;
  }
  return "other";
}

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
