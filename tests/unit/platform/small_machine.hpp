/// A host and one device with figures that are easy to follow by hand.
#pragma once

#include <vector>

#include "platform/generated_platform.hpp"

/// HOST: 100 GB/s memory at 10 pJ/bit, 2 TFLOP/s at 50 pJ/FLOP, no latency.
/// DEV: 10 GB/s to it at 80 pJ/bit, 40 GB/s from it at 20 pJ/bit, 200 GB/s memory at 1 pJ/bit, 5 TFLOP/s at 0.4
/// pJ/FLOP, 700 ns latency.
std::vector<upmem_des::Architecture> two_profiles();

/// What the profile says, without efficiencies; operators of fixed time draw a tenth of the arithmetic's power.
upmem_des::DeviceRatings peak_ratings(const upmem_des::Architecture& profile);

upmem_des::PlatformSpec small_machine(bool host_link = false);
