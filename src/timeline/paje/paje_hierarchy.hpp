/// The containers of a trace. Internal to the room.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "upmem_des/platform/platform_spec.hpp"

namespace upmem_des {

enum class PajeKind { Machine, Host, Device, SharedLink, Network, Link, Route };
inline constexpr std::size_t paje_kind_count = 7;

/// "machine", "HOST", "device", "shared link", "network", "link", "route".
const char* to_string(PajeKind kind);

/// Containers of one kind under containers of one type.
struct PajeType {
  std::string alias;
  std::string parent;  ///< alias; "0" of the machine
  PajeKind kind = PajeKind::Machine;
};

struct PajeContainer {
  std::string alias;
  std::size_t type = 0;  ///< index into PajeHierarchy::types()
  std::string parent;    ///< alias; "0" of the machine
  std::string name;
};

/// A platform as a tree: the machine, under it HOST, shared links, networks and the devices that hang on HOST itself;
/// under a shared link its two directions and what hangs on it; under a network its links; under HOST and a device the
/// links that it owns and the routes that begin there. What belongs nowhere is under the machine. A route's container
/// is not among containers(): there may be thousands that are never used.
class PajeHierarchy {
 public:
  /// `title`: the machine's name; empty: "machine". `platform` outlives the hierarchy.
  PajeHierarchy(const PlatformSpec& platform, const std::string& title);

  /// Parents come before what is under them.
  const std::vector<PajeType>& types() const { return types_; }
  const std::vector<PajeContainer>& containers() const { return containers_; }

  const PajeContainer& machine() const { return containers_.front(); }
  const PajeContainer& device(DeviceIndex device) const { return containers_[devices_[device]]; }
  const PajeContainer& link(LinkIndex link) const { return containers_[links_[link]]; }
  const PajeType& type_of(const PajeContainer& container) const { return types_[container.type]; }

  /// To be created by the caller.
  PajeContainer route(RouteIndex route) const;

 private:
  std::size_t add(PajeKind kind, const std::string& alias, std::size_t under, const std::string& name);
  std::size_t type(PajeKind kind, std::size_t under_type);
  void add_link(LinkIndex link, std::size_t under);
  void add_shared_links();
  void add_devices();
  void add_networks();
  void add_other_links();

  const PlatformSpec& platform_;
  std::vector<PajeType> types_;
  std::vector<PajeContainer> containers_;
  std::vector<std::size_t> devices_;       // DeviceIndex to containers_
  std::vector<std::size_t> links_;         // LinkIndex to containers_; 0 as long as there is none
  std::vector<std::size_t> shared_links_;  // index into PlatformSpec::shared_links to containers_
  std::map<std::pair<std::size_t, PajeKind>, std::size_t> type_under_;
};

}  // namespace upmem_des
