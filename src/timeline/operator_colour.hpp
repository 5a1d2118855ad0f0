/// The colours of all pictures.
#pragma once

#include "upmem_des/operation/operator_class.hpp"

namespace upmem_des {

/// A class of what a stream does.
struct OperatorColour {
  const char* name;  ///< "linear", "attention", …, "transfer"
  const char* hex;   ///< "#rrggbb"
  int red;           ///< 0 to 255, the same as in `hex`
  int green;
  int blue;
};

/// Of Okabe and Ito's palette, whose colours people who see no red, green or blue tell apart: "Color Universal Design",
/// https://jfly.uni-koeln.de/color/.
const OperatorColour& operator_colour(OperatorClass which);

/// Of transfers, whatever they carry.
const OperatorColour& transfer_colour();

}  // namespace upmem_des
