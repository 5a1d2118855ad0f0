/// Requests and samples of a run as rows of CSV.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "upmem_des/result/serving_result.hpp"

namespace upmem_des {

/// Hands over the header, and then a line for each request as it ends.
class ServedRequestRows : public RequestObserver {
 public:
  using Write = std::function<void(std::string_view)>;
  /// With columns decode_instance and transfer_s where prefill and decode are apart, tier_hit_tokens and fetch_s where
  /// caches have a tier.
  explicit ServedRequestRows(Write write, bool is_apart = false, bool has_tier = false);
  void on_request(const RequestRecord& request) override;

 private:
  std::string more(const RequestRecord& request) const;

  Write write_;
  bool is_apart_;
  bool has_tier_;
};

/// The same of samples.
class SampleRows : public ServingObserver {
 public:
  using Write = std::function<void(std::string_view)>;
  explicit SampleRows(Write write);
  void on_sample(const ServingSample& sample) override;

 private:
  Write write_;
};

}  // namespace upmem_des
