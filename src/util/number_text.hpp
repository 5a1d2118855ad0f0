/// Numbers as text and back, independent of the locale.
#pragma once

#include <string>
#include <string_view>

namespace upmem_des {

/// The shortest text that reads back as the same double: "0.4", "1e+30".
std::string number_text(double value);

/// The same, or "not stated" (upmem_des/util/stated.hpp), for results.
std::string stated_number_text(double value);

/// Reads a whole text as a double ("+" allowed in front). False where it is no number, "inf" and "nan" included; a
/// number too large for a double gives infinity, one too small 0.
bool parse_number(std::string_view text, double& value);

// The others below say of what is not stated (upmem_des/util/stated.hpp) that it is "not stated".

/// `value` with `digits` significant digits and no exponent between 1e-4 and 1e7: "0.5623", "12800", "1.2e-09".
std::string rounded_text(double value, int digits);

/// `value` with at most `digits` significant digits and no trailing zeros: "12.8", "0.0002604", "80".
std::string rounded_plain(double value, int digits);

/// The unit that suits quantities up to `largest`: (2e-3, "s") gives 1e-3 and "ms". Without a prefix for 0 and for what
/// is below a femto-unit.
struct Scale {
  double factor = 1;
  std::string unit;
};
Scale scale_for(double largest, const std::string& unit);

/// A quantity with the SI prefix that suits it: (0.00123, "s") gives "1.23 ms", 0 gives "0 s".
std::string quantity_text(double value, const char* unit, int digits = 4);

}  // namespace upmem_des
