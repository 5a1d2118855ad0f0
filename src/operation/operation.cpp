#include "upmem_des/operation/operation.hpp"

#include <mutex>
#include <set>

namespace upmem_des {

namespace {

struct ClassOf {
  OperatorClass operator()(const operation::Opaque& opaque) const { return opaque.looks_like; }
  OperatorClass operator()(const operation::Nothing&) const { return OperatorClass::Other; }
  OperatorClass operator()(const operation::Movement&) const { return OperatorClass::Other; }
  OperatorClass operator()(const operation::Product&) const { return OperatorClass::Linear; }
  OperatorClass operator()(const operation::Attention&) const { return OperatorClass::Attention; }
  OperatorClass operator()(const operation::Norm&) const { return OperatorClass::Normalization; }
  OperatorClass operator()(const operation::Gather&) const { return OperatorClass::Embedding; }
  OperatorClass operator()(const operation::Convolution&) const { return OperatorClass::Convolution; }
  OperatorClass operator()(const operation::StateScan&) const { return OperatorClass::Other; }
  OperatorClass operator()(const operation::Rotate&) const { return OperatorClass::Embedding; }
  OperatorClass operator()(const operation::CacheWrite&) const { return OperatorClass::Other; }
  OperatorClass operator()(const operation::Recurrent&) const { return OperatorClass::Linear; }
  OperatorClass operator()(const operation::Counted& counted) const { return counted.looks_like; }
  OperatorClass operator()(const operation::Pointwise& pointwise) const {
    using Function = operation::Pointwise::Function;
    if (pointwise.function == Function::Pooling || pointwise.function == Function::Resample)
      return OperatorClass::Convolution;
    const bool is_other = pointwise.function == Function::Binary || pointwise.function == Function::Pass ||
                          pointwise.function == Function::Residual;
    return is_other ? OperatorClass::Other : OperatorClass::Activation;
  }
};

}  // namespace

double operation::stored_bytes(StoredAs stored, double otherwise) {
  switch (stored) {
    case StoredAs::Int4:
      return 0.5;
    case StoredAs::Int8:
    case StoredAs::Fp8:
      return 1;
    case StoredAs::Float16:
    case StoredAs::Bfloat16:
      return 2;
    case StoredAs::Float32:
      return 4;
    case StoredAs::Run:
      break;
  }
  return otherwise;
}

OperatorClass operator_class(const Operation& operation) {
  return std::visit(ClassOf(), operation);
}

const Operation& keep(const Operation& operation) {
  static std::mutex mutex;
  static std::set<Operation> kept;
  const std::lock_guard<std::mutex> lock(mutex);
  return *kept.insert(operation).first;
}

}  // namespace upmem_des
