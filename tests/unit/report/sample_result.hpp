/// Results made by hand.
#pragma once

#include "upmem_des/result/simulation_result.hpp"

/// Two devices of two architectures, three classes of events and as many operators, round figures: 4 passes of batch 2;
/// prefill 2 s and 17 J, decode 6 s and 36 J.
upmem_des::SimulationResult sample_result();

/// HOST and four modules of 16 GB on two channels that nobody owns, two links between modules of which one was used:
/// in each phase 5 s and 16.5 J.
upmem_des::SimulationResult machine_result();

/// The first with every number different from all others and with no short decimal form, with a third device and a link
/// without an owner.
upmem_des::SimulationResult thorny_result();
