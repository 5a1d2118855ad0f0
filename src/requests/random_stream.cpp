#include "requests/random_stream.hpp"

#include <algorithm>
#include <cmath>

namespace upmem_des {

namespace {

constexpr double smallest_cv = 1e-6;  // 1/cv^2 and its square have to be numbers

/// FNV-1a, 64 bits.
std::uint64_t text_bits(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return hash;
}

double lower_tail(double p) {
  const double q = std::sqrt(-2 * std::log(p));
  return (((((-7.784894002430293e-03 * q - 3.223964580411365e-01) * q - 2.400758277161838e+00) * q -
            2.549732539343734e+00) *
               q +
           4.374664141464968e+00) *
              q +
          2.938163982698783e+00) /
         ((((7.784695709041462e-03 * q + 3.224671290700398e-01) * q + 2.445134137142996e+00) * q +
           3.754408661907416e+00) *
              q +
          1);
}

double middle(double p) {
  const double q = p - 0.5;
  const double r = q * q;
  return (((((-3.969683028665376e+01 * r + 2.209460984245205e+02) * r - 2.759285104469687e+02) * r +
            1.383577518672690e+02) *
               r -
           3.066479806614716e+01) *
              r +
          2.506628277459239e+00) *
         q /
         (((((-5.447609879822406e+01 * r + 1.615858368580409e+02) * r - 1.556989798598866e+02) * r +
            6.680131188771972e+01) *
               r -
           1.328068155288572e+01) *
              r +
          1);
}

}  // namespace

std::uint64_t mixed_bits(std::uint64_t seed, std::uint64_t number) {
  std::uint64_t bits = seed + 0x9e3779b97f4a7c15U * (number + 1);
  bits = (bits ^ (bits >> 30U)) * 0xbf58476d1ce4e5b9U;
  bits = (bits ^ (bits >> 27U)) * 0x94d049bb133111ebU;
  return bits ^ (bits >> 31U);
}

RandomStream::RandomStream(std::uint64_t seed, std::string_view purpose)
    : bits_(mixed_bits(mixed_bits(seed, 0), text_bits(purpose))) {}

std::int64_t RandomStream::below(std::int64_t n) {
  return std::min(static_cast<std::int64_t>(uniform() * static_cast<double>(n)), n - 1);
}

double RandomStream::exponential() {
  return -std::log1p(-uniform());
}

double RandomStream::normal() {
  // In the middle of the 2^53 steps: neither 0 nor 1.
  return normal_quantile(std::min(uniform() + 0x1p-54, 1 - 0x1p-53));
}

double RandomStream::gamma(double shape) {
  if (shape == 1) return exponential();
  if (shape < 1) {
    const double larger = gamma(shape + 1);
    return larger * std::pow(1 - uniform(), 1 / shape);
  }
  const double d = shape - 1.0 / 3;
  const double c = 1 / std::sqrt(9 * d);
  while (true) {
    const double x = normal();
    const double v = (1 + c * x) * (1 + c * x) * (1 + c * x);
    if (v > 0 && std::log(1 - uniform()) < 0.5 * x * x + d - d * v + d * std::log(v)) return d * v;
  }
}

double RandomStream::interval(double mean, double cv) {
  if (cv < smallest_cv) return mean;
  if (cv == 1) return mean * exponential();
  const double shape = 1 / (cv * cv);
  return mean / shape * gamma(shape);
}

double normal_quantile(double p) {
  constexpr double tail = 0.02425;
  const double rough = p < tail ? lower_tail(p) : p > 1 - tail ? -lower_tail(1 - p) : middle(p);
  const double sqrt_two_pi = 2.50662827463100050242;
  const double error =
      (0.5 * std::erfc(-rough * 0.70710678118654752440) - p) * sqrt_two_pi * std::exp(rough * rough / 2);
  return rough - error / (1 + rough * error / 2);
}

}  // namespace upmem_des
