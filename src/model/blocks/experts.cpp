#include "model/blocks/experts.hpp"

namespace upmem_des {

namespace {

Value add_shared(LayerBuilder& builder, const ExpertsBlock& block, Value input) {
  GatedBlock shared = block.expert;
  shared.path = block.shared;
  shared.inner_size = block.shared_inner;
  shared.activation.name = block.shared_activation;
  shared.rows = token_rows();
  return add_gated(builder, shared, {input});
}

}  // namespace

void add_experts(LayerBuilder& builder, const ExpertsBlock& block, Value input) {
  using Part = LayerBuilder::Part;
  const bool has_shared = !block.shared.empty();
  Value shared = 0;
  if (has_shared && block.shared_first) shared = add_shared(builder, block, input);

  LinearKind router;
  router.type = block.router_type;
  router.bias = block.router_bias;
  router.is_router = true;
  router.format = operation::WeightFormat::OfActivations;
  const Value routes =
      builder.add(linear(block.router, {Size::Kind::Rows}, block.expert.hidden_size, block.count, router), {input});

  builder.set_experts(block.experts, block.count, block.chosen, block.groups, block.chosen_groups);
  builder.go_to(Part::Experts);
  GatedBlock expert = block.expert;
  expert.path.clear();
  expert.rows = {Size::Kind::ExpertRows};
  builder.add_to_hidden(add_gated(builder, expert, {input, routes}));
  builder.go_to(Part::AfterExperts);

  if (!has_shared) return;
  if (!block.shared_first) shared = add_shared(builder, block, input);
  if (!block.shared_gate.empty()) {
    LinearKind gate;
    gate.format = operation::WeightFormat::OfActivations;
    const Value weight =
        builder.add(linear(block.shared_gate, token_rows(), block.expert.hidden_size, 1, gate), {input});
    const Sizes one = followed_by(token_rows(), 1);
    shared = builder.add(function("sigmoid", "shared_expert_weight",
                                  operation::Pointwise{operation::Pointwise::Function::Sigmoid}, one, one),
                         {shared, weight});
  }
  builder.add_to_hidden(shared);
}

}  // namespace upmem_des
