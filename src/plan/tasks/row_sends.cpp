#include "plan/tasks/row_sends.hpp"

#include "plan/collectives/link_loads.hpp"

namespace upmem_des {

std::optional<double> RowSends::time_s(const RowsMade& made, const std::vector<DeviceIndex>& readers,
                                       const std::vector<double>& shares) const {
  if (made.devices.size() * readers.size() > most_sends) return std::nullopt;
  std::vector<RouteBytes> sent;
  for (std::size_t i = 0; i < made.devices.size(); ++i)
    for (std::size_t j = 0; j < readers.size(); ++j) {
      const double bytes = made.bytes[i] * shares[j];
      if (made.devices[i] == readers[j] || bytes <= 0) continue;
      const auto route = transfers_.routes().find(made.devices[i], readers[j]);
      if (!route) return std::nullopt;
      sent.push_back({*route, bytes});
    }
  return longest_latency_s(transfers_.routes(), sent) + busiest_s(transfers_.platform(), sent);
}

std::vector<Pieces> RowSends::send(const RowsMade& made, const std::vector<DeviceIndex>& readers,
                                   const std::vector<double>& shares) {
  std::vector<Pieces> arrived;
  for (std::size_t j = 0; j < readers.size(); ++j) {
    std::vector<Pieces> rows;
    for (std::size_t i = 0; i < made.devices.size(); ++i)
      if (made.bytes[i] * shares[j] > 0)
        rows.push_back(
            transfers_.send_whole(made.devices[i], readers[j], made.bytes[i] * shares[j], made.pieces[i], "combine"));
    arrived.push_back(transfers_.tasks().together(rows));
  }
  return arrived;
}

}  // namespace upmem_des
