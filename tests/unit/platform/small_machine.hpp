/// A host and one device with figures that are easy to follow by hand.
#pragma once

#include <string>
#include <vector>

#include "platform/generated_platform.hpp"

/// HOST: 100 GB/s memory at 10 pJ/bit, 2 TFLOP/s at 50 pJ/FLOP, no latency.
/// DEV: 10 GB/s to it at 80 pJ/bit, 40 GB/s from it at 20 pJ/bit, 200 GB/s memory at 1 pJ/bit, 5 TFLOP/s at 0.4
/// pJ/FLOP, 700 ns latency.
std::vector<upmem_des::Architecture> two_profiles();

/// What the profile says, without efficiencies; operators of fixed time draw a tenth of the arithmetic's power.
upmem_des::DeviceRatings peak_ratings(const upmem_des::Architecture& profile);

upmem_des::PlatformSpec small_machine(bool host_link = false);

/// A file with two_profiles(); HOST's figures are those of the catalogue's in tests that read it.
extern const char* const profiles_yaml;

/// The machine of a platform file with this text, on two_profiles(), without a link of HOST to itself.
upmem_des::PlatformSpec machine_of(const std::string& yaml, bool host_link = false);

/// A board of 30 GB/s to the devices, 50 GB/s from them and 100 ns; under it two half-duplex channels of 20 GB/s and 1
/// pJ/bit; under each two modules of architecture DEV (of 16 GB), which hear broadcasts and are a ring of 25 GB/s, 2
/// pJ/bit and 50 ns.
extern const char* const four_modules_yaml;
upmem_des::PlatformSpec four_modules();
