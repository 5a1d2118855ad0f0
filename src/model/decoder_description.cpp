#include "upmem_des/model/decoder_description.hpp"

#include <algorithm>

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
    case Size::Kind::Sampled:
      return sampled;
    case Size::Kind::Rows:
      return is_flat ? new_tokens : batch * new_tokens;
    case Size::Kind::ExpertRows:
      return expert_rows;
  }
  return 0;
}

Shape PassSizes::of(const std::vector<Size>& sizes) const {
  const auto is_of_tokens = [](const Size& size) {
    return size.kind == Size::Kind::NewTokens || size.kind == Size::Kind::TotalTokens ||
           size.kind == Size::Kind::LogitTokens;
  };
  const bool has_all_rows = is_flat && std::any_of(sizes.begin(), sizes.end(), is_of_tokens);
  Shape shape;
  for (const Size& size : sizes) shape.push_back(has_all_rows && size.kind == Size::Kind::Batch ? 1 : of(size));
  return shape;
}

PassSizes PassSizes::of_slices(const std::vector<Slice>& slices, Logits logits, bool flat) {
  PassSizes sizes;
  if (slices.size() == 1 && !flat) {
    const Slice& slice = slices.front();
    sizes.batch = slice.sequences;
    sizes.new_tokens = slice.new_rows;
    sizes.total_tokens = slice.rows();
    sizes.logit_tokens = logits == Logits::all ? slice.new_rows : slice.logit_rows;
    sizes.sampled = slice.sequences * slice.logit_rows;
    return sizes;
  }
  sizes = {0, true, 0, 0, 0, 0, 0};
  for (const Slice& slice : slices) {
    sizes.batch += slice.sequences;
    sizes.new_tokens += slice.sequences * slice.new_rows;
    sizes.total_tokens += slice.sequences * slice.rows();
    sizes.sampled += slice.sequences * slice.logit_rows;
  }
  sizes.logit_tokens = logits == Logits::all ? sizes.new_tokens : sizes.sampled;
  return sizes;
}

}  // namespace upmem_des
