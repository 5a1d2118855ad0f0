#include "model/blocks/residual_stream.hpp"

#include <utility>
#include <vector>

#include "model/blocks/kernels.hpp"

namespace upmem_des {

ResidualStream::ResidualStream(LayerBuilder& builder, Additions how, std::int64_t width, Sizes rows)
    : builder_(builder), how_(how), sizes_(followed_by(std::move(rows), width)) {}

Value ResidualStream::norm(Call norm) {
  if (how_ == Additions::Apart) return builder_.add(std::move(norm), {value_});
  if (!open_) {
    carrier_ = builder_.add(std::move(norm), {hidden_state});
    return *carrier_;
  }
  if (carrier_) {
    operation::Norm adding = *as<operation::Norm>(*norm.operation);
    adding.adds = true;
    norm.kernel_operation = &keep(adding);
    norm.kernel_reads = {*open_, *carrier_};
  }
  carrier_ = builder_.add(std::move(norm), {*open_});
  open_.reset();
  return *carrier_;
}

Value ResidualStream::sum(Value value, const std::vector<Value>& stands_for) {
  return builder_.add_kernel(residual_add(sizes_), {value, value_}, stands_for);
}

void ResidualStream::add(Value value) {
  if (how_ == Additions::InNorms)
    open_ = value;
  else
    value_ = sum(value, {value});
}

void ResidualStream::add_both(Value first, Value second) {
  value_ = sum(first, {first});
  value_ = sum(second, {first, second});
}

void ResidualStream::end() {
  if (how_ == Additions::Apart) {
    if (value_ != hidden_state) builder_.add_to_hidden(value_);
    return;
  }
  if (open_) builder_.add_to_hidden(*open_);
  if (carrier_) builder_.carry(*carrier_);
}

}  // namespace upmem_des
