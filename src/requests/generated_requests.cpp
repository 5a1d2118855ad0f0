#include "requests/generated_requests.hpp"

#include <utility>

namespace upmem_des {

/// The groups' sources are -1, -2, …
class GeneratedRequests::Prefixes {
 public:
  Prefixes(const PrefixSection& section, std::uint64_t seed)
      : section_(section), seed_(mixed_bits(seed, prefix_purpose)), random_(seed, "prefix") {}

  /// In front of prompt and content.
  void put_before(Request& request) {
    request.prompt_tokens += section_.tokens;
    request.content.insert(request.content.begin(), {-1 - group_of(request), section_.tokens});
  }

 private:
  static constexpr std::uint64_t prefix_purpose = 1;

  /// All turns of a session have one group, which is therefore a function of its number.
  std::int64_t group_of(const Request& request) {
    const std::int64_t groups = section_.groups;
    if (section_.choice == PrefixSection::Choice::round_robin)
      return (request.session < 0 ? request.id : request.session) % groups;
    if (request.session < 0) return random_.below(groups);
    return static_cast<std::int64_t>(mixed_bits(seed_, static_cast<std::uint64_t>(request.session)) %
                                     static_cast<std::uint64_t>(groups));
  }

  PrefixSection section_;
  std::uint64_t seed_;
  RandomStream random_;
};

GeneratedRequests::GeneratedRequests(const RequestsSection& section, std::unique_ptr<ArrivalProcess> arrivals,
                                     std::unique_ptr<RequestShapes> shapes)
    : count_(section.count),
      duration_s_(section.duration_s),
      arrivals_(std::move(arrivals)),
      shapes_(std::move(shapes)) {
  if (section.prefix) prefixes_ = std::make_unique<Prefixes>(*section.prefix, section.seed);
}

GeneratedRequests::~GeneratedRequests() = default;

std::optional<double> GeneratedRequests::next_arrival_s() {
  if ((count_ && taken_ >= *count_) || !shapes_->has_next()) return std::nullopt;
  const std::optional<double> next = arrivals_->next_s();
  if (next && duration_s_ && *next >= *duration_s_) return std::nullopt;
  return next;
}

Request GeneratedRequests::take() {
  Request request;
  shapes_->next(request);
  arrivals_->take(request);
  request.id = taken_++;
  if (prefixes_) prefixes_->put_before(request);
  if (arrivals_->waits_for_ends()) alive_.emplace(request.id, request.session);
  return request;
}

void GeneratedRequests::finished(std::int64_t id, double time_s) {
  const auto found = alive_.find(id);
  if (found == alive_.end()) return;
  arrivals_->ended(found->second, time_s);
  alive_.erase(found);
}

}  // namespace upmem_des
