/// The work of one device over a stretch of time.
#pragma once

#include "cost/demand.hpp"

namespace upmem_des {

/// That of one step, or of many.
struct Stretch {
  double time_s = 0;
  double arithmetic_J = 0;
  double vector_J = 0;
  double memory_J = 0;
  double arithmetic_s = 0;  ///< how long each part takes alone, at most time_s
  double vector_s = 0;
  double memory_s = 0;

  bool empty() const { return time_s <= 0; }
  /// One of `parts` equal parts.
  Stretch divided_by(double parts) const;
};

/// Adds the time and energies of `part`, which follows; how long each part takes alone is for spread() to say.
void append(Stretch& whole, const Stretch& part);

/// The same work with every resource that works at all doing so for the whole time.
Stretch spread(Stretch whole);

/// All that a step does.
Stretch stretch_of(const Step& step);

/// A step's overhead and arithmetic, without its memory work.
Stretch arithmetic_of(const Step& step);

/// Memory work alone.
Stretch memory_stretch(const Work& work);

}  // namespace upmem_des
