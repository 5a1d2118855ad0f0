/// Results made by hand.
#pragma once

#include "result/simulation_result.hpp"

/// Two devices, three classes of events, round figures: 4 passes of batch 2; prefill 2 s and 17 J, decode 6 s and 36 J.
upmem_des::SimulationResult sample_result();

/// The same with every number different from all others and with no short decimal form.
upmem_des::SimulationResult thorny_result();
