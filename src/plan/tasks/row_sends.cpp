#include "plan/tasks/row_sends.hpp"

namespace upmem_des {

std::optional<double> RowSends::time_s(const RowsMade& made, const std::vector<DeviceIndex>& readers,
                                       const std::vector<double>& shares) const {
  if (made.devices.size() * readers.size() > most_sends) return std::nullopt;
  std::vector<Transfers::Transfer> sent;
  for (std::size_t i = 0; i < made.devices.size(); ++i)
    for (std::size_t j = 0; j < readers.size(); ++j)
      sent.push_back({made.devices[i], readers[j], made.bytes[i] * shares[j]});
  return transfers_.time_s(sent);
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
