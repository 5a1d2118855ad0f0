/// From what was chosen to what a run is told.
#pragma once

#include <string>
#include <vector>

#include "explore/explore_choices.hpp"
#include "explore/explore_offer.hpp"

namespace upmem_des {

/// The settings that the choices stand for, in the form of --set: {"workload.batch=8", …}. A device takes the place of
/// mapping.default and of all other lines that name the same; a machine that of the mapping, with the devices that the
/// axes multiply to. Throws InputError (at "tp": …) on a model, machine, device or format that is not offered, on axes
/// that are no whole numbers from 1 to most_devices, and where the scenario has nothing that the choice could change.
std::vector<std::string> explore_settings(const ExploreChoices& choices, const ExploreOffer& offer);

/// The control that a run's message is about: "batch" for "--set: workload.batch: …", "machine" for a device that is
/// too small; "" where no single one is.
std::string control_of(const std::string& message);

}  // namespace upmem_des
