#include "upmem_des/operation/operator_class.hpp"

namespace upmem_des {

const char* to_string(OperatorClass which) {
  switch (which) {
    case OperatorClass::Linear:
      return "linear";
    case OperatorClass::Attention:
      return "attention";
    case OperatorClass::Normalization:
      return "normalization";
    case OperatorClass::Activation:
      return "activation";
    case OperatorClass::Embedding:
      return "embedding";
    case OperatorClass::Convolution:
      return "convolution";
    case OperatorClass::Other:
      break;
  }
  return "other";
}

}  // namespace upmem_des
