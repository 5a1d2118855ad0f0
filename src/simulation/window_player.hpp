/// Windows of a timetable as SimGrid activities.
#pragma once

#include "simulation/activities.hpp"
#include "simulation/window.hpp"

namespace upmem_des {

/// Has SimGrid do what a machine does in a window: its clock moves on to the window's end, and its plugins integrate
/// the energy. To be called by an actor.
class WindowPlayer {
 public:
  /// A machine with Pacing::Meters. References outlive the player.
  WindowPlayer(const Machine& machine, Activities& activities) : machine_(machine), activities_(activities) {}

  /// A window that starts where the last one ended. Throws SimulationError for more than can be simulated.
  void play(const Window& window);

 private:
  const Machine& machine_;
  Activities& activities_;
};

}  // namespace upmem_des
