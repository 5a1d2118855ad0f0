#include "upmem_des/result/serving_course.hpp"

namespace upmem_des {

const std::vector<double>& curve_shares() {
  static const std::vector<double> shares = [] {
    std::vector<double> all;
    for (int i = 0; i < 100; ++i) all.push_back(i / 100.0);
    for (int i = 991; i < 1000; ++i) all.push_back(i / 1000.0);
    all.push_back(0.9995);
    all.push_back(1);
    return all;
  }();
  return shares;
}

}  // namespace upmem_des
