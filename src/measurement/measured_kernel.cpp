#include "measurement/measured_kernel.hpp"

namespace upmem_des {

namespace {

struct KindOf {
  const NumberFormat format;

  std::string operator()(const ProductSizes& /*sizes*/) const { return std::string("product ") + format.name(); }
  std::string operator()(const AttentionSizes& sizes) const {
    return sizes.prompts == 0 ? "attention_decode" : sizes.decodes == 0 ? "attention_prefill" : "attention_mixed";
  }
  std::string operator()(const ElementwiseSizes& /*sizes*/) const { return "elementwise"; }
  std::string operator()(const ExpertSizes& /*sizes*/) const { return std::string("experts ") + format.name(); }
  std::string operator()(const CollectiveSizes& /*sizes*/) const { return "collective"; }
};

}  // namespace

std::string kind_of(const KernelSizes& sizes, NumberFormat format) {
  return std::visit(KindOf{format}, sizes);
}

}  // namespace upmem_des
