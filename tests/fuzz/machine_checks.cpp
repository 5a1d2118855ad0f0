#include "fuzz/machine_checks.hpp"

#include <cmath>

#include "fuzz/fuzzing.hpp"
#include "platform/platform_writer.hpp"

namespace upmem_des::fuzz {

namespace {

bool positive(double value) {
  return std::isfinite(value) && value > 0;
}

bool not_negative(double value) {
  return std::isfinite(value) && value >= 0;
}

void expect_sound(const LinkSpec& link) {
  expect(positive(link.bandwidth_Bps), "the bandwidth of '" + link.name + "' is a number above 0");
  expect(not_negative(link.latency_s), "the latency of '" + link.name + "' is a number");
  expect(not_negative(link.power_W), "the power of '" + link.name + "' is a number");
  expect(not_negative(link.energy_J_per_byte()), "the energy of '" + link.name + "' is a number");
}

void expect_sound(const DeviceSpec& device) {
  const DeviceRatings& ratings = device.ratings;
  expect(positive(ratings.flops_per_s) && positive(ratings.memory_Bps),
         "the rates of '" + device.name + "' are numbers");
  expect(not_negative(ratings.arithmetic_W) && not_negative(ratings.vector_W) && not_negative(ratings.memory_W),
         "the powers of '" + device.name + "' are numbers");
  expect_sound(device.memory);
}

void expect_sound(const RouteSpec& route, const PlatformSpec& platform) {
  expect(route.from < platform.devices.size() && !route.to.empty() && !route.links.empty(), "a route leads somewhere");
  for (const DeviceIndex device : route.to) expect(device < platform.devices.size(), "a route's end is a device");
  for (const LinkIndex link : route.links) expect(link < platform.links.size(), "a route crosses links");
  expect(positive(platform.bandwidth_Bps(route)) && not_negative(platform.latency_s(route)) &&
             not_negative(platform.energy_J_per_byte(route)),
         "a route's figures are numbers");
}

}  // namespace

void expect_sound(const PlatformSpec& platform) {
  for (const DeviceSpec& device : platform.devices) expect_sound(device);
  for (const LinkSpec& link : platform.links) expect_sound(link);
  for (const RouteSpec& route : platform.routes) expect_sound(route, platform);
  platform_text(platform);
  platform_xml(platform);
  platform_dot(platform);
}

}  // namespace upmem_des::fuzz
