/// Random numbers that are the same on every machine.
#pragma once

#include <cstdint>
#include <random>
#include <string_view>

namespace upmem_des {

/// A well mixed number of two: SplitMix64's output function on their combination.
std::uint64_t mixed_bits(std::uint64_t seed, std::uint64_t number);

/// A stream of its own for a purpose: what one draws leaves all others as they are. Bits are those of
/// std::mt19937_64, which the standard fixes; distributions are computed here, since it does not fix its own.
class RandomStream {
 public:
  RandomStream(std::uint64_t seed, std::string_view purpose);

  /// At least 0 and below 1, a multiple of 2^-53.
  double uniform() { return static_cast<double>(bits_() >> 11U) * 0x1p-53; }
  /// A whole number from 0 to n - 1 (n from 1 to 2^53), by scaling uniform().
  std::int64_t below(std::int64_t n);
  /// Of mean 1, by inversion: -ln(1 - uniform()).
  double exponential();
  /// Of mean 0 and standard deviation 1, by inversion.
  double normal();
  /// Of mean `shape` (> 0) and scale 1: Marsaglia and Tsang, "A simple method for generating gamma variables" (2000),
  /// 1 being an exponential() itself.
  double gamma(double shape);
  /// A time between two events of mean `mean` whose standard deviation is cv (>= 0) times that: 0 (and less than 1e-6)
  /// the mean itself, 1 exponential, else gamma of shape 1/cv^2.
  double interval(double mean, double cv);

 private:
  std::mt19937_64 bits_;
};

/// The quantile of the standard normal distribution, 0 < p < 1, to 1e-14: Acklam's rational approximation ("An
/// algorithm for computing the inverse normal cumulative distribution function", 2003), then one of Halley's steps.
double normal_quantile(double p);

}  // namespace upmem_des
