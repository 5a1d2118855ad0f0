#include "profiler/skip_heavy.hpp"

#include <ATen/MetaFunctions.h>
#include <torch/library.h>
#include <torch/torch.h>

#include "profiler/libtorch_compat.hpp"
#include "profiler/skipped_convolution.hpp"

namespace upmem_des::profiler {

namespace {

using at::Scalar;
using at::Tensor;

/// What libtorch's own rules say of the result (with its messages where operands do not fit), as zeros.
Tensor zeros_of(const Tensor& meta, const Tensor& operand) {
  return at::zeros(meta.sizes(), operand.options());
}

void check_types(const Tensor& a, const Tensor& b) {
  TORCH_CHECK(a.scalar_type() == b.scalar_type(), "expected operands of one type, but got ", a.scalar_type(), " and ",
              b.scalar_type());
}

Tensor mm(const Tensor& a, const Tensor& b) {
  check_types(a, b);
  return zeros_of(at::meta::mm(a, b), a);
}

Tensor bmm(const Tensor& a, const Tensor& b) {
  check_types(a, b);
  return zeros_of(at::meta::bmm(a, b), a);
}

/// The products that something is added to have one more operand, which is expanded to the result.
Tensor zeros_added(const Tensor& added, const Tensor& meta, const Tensor& operand) {
  check_types(added, operand);
  added.expand(meta.sizes());
  return zeros_of(meta, operand);
}

Tensor addmm(const Tensor& added, const Tensor& a, const Tensor& b, const Scalar& beta, const Scalar& alpha) {
  check_types(a, b);
  return zeros_added(added, at::meta::addmm(added, a, b, beta, alpha), a);
}

Tensor addmm_activation(const Tensor& added, const Tensor& a, const Tensor& b, const Scalar& beta, const Scalar& alpha,
                        bool use_gelu) {
  check_types(a, b);
  return zeros_added(added, at::meta::_addmm_activation(added, a, b, beta, alpha, use_gelu), a);
}

Tensor baddbmm(const Tensor& added, const Tensor& a, const Tensor& b, const Scalar& /*beta*/, const Scalar& /*alpha*/) {
  check_types(a, b);
  // The rule of the product alone: libtorch's function for baddbmm asks for an operand of full size.
  return zeros_added(added, at::meta::bmm(a, b), a);
}

Tensor addmv(const Tensor& added, const Tensor& matrix, const Tensor& vector, const Scalar& beta, const Scalar& alpha) {
  check_types(matrix, vector);
  return zeros_added(added, at::meta::addmv(added, matrix, vector, beta, alpha), matrix);
}

Tensor mv(const Tensor& matrix, const Tensor& vector) {
  TORCH_CHECK(matrix.dim() == 2 && vector.dim() == 1, "vector + matrix @ vector expected, got 1, ", matrix.dim(), ", ",
              vector.dim());
  TORCH_CHECK(matrix.size(1) == vector.size(0), "size mismatch, got ", matrix.size(0), ", ", matrix.size(0), "x",
              matrix.size(1), ", ", vector.size(0));
  check_types(matrix, vector);
  return at::zeros({matrix.size(0)}, matrix.options());
}

Tensor dot(const Tensor& a, const Tensor& b) {
  TORCH_CHECK(a.dim() == 1 && b.dim() == 1, "1D tensors expected, but got ", a.dim(), "D and ", b.dim(), "D tensors");
  TORCH_CHECK(a.size(0) == b.size(0), "inconsistent tensor size, expected tensor [", a.size(0), "] and src [",
              b.size(0), "] to have the same number of elements");
  check_types(a, b);
  return at::zeros({}, a.options());
}

/// The forms that write into a tensor that is given.
template <auto function, typename... Arguments>
Tensor& into(const Arguments&... arguments, Tensor& out) {
  const Tensor result = function(arguments...);
  return out.resize_(result.sizes()).zero_();
}

template <auto function, typename... Arguments>
Tensor& in_place(Tensor& self, const Arguments&... arguments) {
  const Tensor result = function(self, arguments...);
  TORCH_CHECK(result.sizes() == self.sizes(), "a result of ", result.sizes(), " cannot be written into a tensor of ",
              self.sizes());
  return self.zero_();
}

void replace_products(torch::Library& library) {
  library.impl("mm", mm);
  library.impl("bmm", bmm);
  library.impl("addmm", addmm);
  library.impl("_addmm_activation", addmm_activation);
  library.impl("baddbmm", baddbmm);
  library.impl("addmv", addmv);
  library.impl("mv", mv);
  library.impl("dot", dot);
  library.impl("vdot", dot);
  library.impl("mm.out", into<mm, Tensor, Tensor>);
  library.impl("bmm.out", into<bmm, Tensor, Tensor>);
  library.impl("addmm.out", into<addmm, Tensor, Tensor, Tensor, Scalar, Scalar>);
  library.impl("baddbmm.out", into<baddbmm, Tensor, Tensor, Tensor, Scalar, Scalar>);
  library.impl("addmv.out", into<addmv, Tensor, Tensor, Tensor, Scalar, Scalar>);
  library.impl("mv.out", into<mv, Tensor, Tensor>);
  library.impl("dot.out", into<dot, Tensor, Tensor>);
  library.impl("addmm_", in_place<addmm, Tensor, Tensor, Scalar, Scalar>);
  library.impl("baddbmm_", in_place<baddbmm, Tensor, Tensor, Scalar, Scalar>);
  library.impl("addmv_", in_place<addmv, Tensor, Tensor, Scalar, Scalar>);
}

/// Kernels that do several products in one would compute them; without these, libtorch takes the products one by one.
class NoFusedKernels {
 public:
  NoFusedKernels() {
    at::globalContext().setUserEnabledMkldnn(false);
    at::globalContext().setSDPUseFlash(false);
  }
  NoFusedKernels(const NoFusedKernels&) = delete;
  NoFusedKernels& operator=(const NoFusedKernels&) = delete;
  ~NoFusedKernels() {
    at::globalContext().setUserEnabledMkldnn(mkldnn_);
    at::globalContext().setSDPUseFlash(flash_);
  }

 private:
  bool mkldnn_ = at::globalContext().userEnabledMkldnn();
  bool flash_ = at::globalContext().userEnabledFlashSDP();
};

}  // namespace

struct SkipHeavyOperators::State {
  NoFusedKernels no_fused_kernels;
  torch::Library library{torch::Library::IMPL, "aten", c10::DispatchKey::CPU, __FILE__, __LINE__};
};

SkipHeavyOperators::SkipHeavyOperators() : state_(std::make_unique<State>()) {
  const libtorch::NoWarnings quiet;  // it warns of every kernel that is replaced
  replace_products(state_->library);
  replace_convolutions(state_->library);
}

SkipHeavyOperators::~SkipHeavyOperators() = default;

}  // namespace upmem_des::profiler
