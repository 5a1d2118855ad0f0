#include "timeline/operator_colour.hpp"

namespace upmem_des {

namespace {

constexpr OperatorColour linear{"linear", "#0072b2", 0, 114, 178};
constexpr OperatorColour attention{"attention", "#e69f00", 230, 159, 0};
constexpr OperatorColour normalization{"normalization", "#009e73", 0, 158, 115};
constexpr OperatorColour activation{"activation", "#cc79a7", 204, 121, 167};
constexpr OperatorColour embedding{"embedding", "#56b4e9", 86, 180, 233};
constexpr OperatorColour convolution{"convolution", "#f0e442", 240, 228, 66};
constexpr OperatorColour other{"other", "#7f7f7f", 127, 127, 127};
constexpr OperatorColour transfer{"transfer", "#d55e00", 213, 94, 0};

}  // namespace

const OperatorColour& operator_colour(OperatorClass which) {
  switch (which) {
    case OperatorClass::Linear:
      return linear;
    case OperatorClass::Attention:
      return attention;
    case OperatorClass::Normalization:
      return normalization;
    case OperatorClass::Activation:
      return activation;
    case OperatorClass::Embedding:
      return embedding;
    case OperatorClass::Convolution:
      return convolution;
    case OperatorClass::Other:
      break;
  }
  return other;
}

const OperatorColour& transfer_colour() {
  return transfer;
}

}  // namespace upmem_des
