/// An energy that a profile may leave unsaid.
#pragma once

namespace upmem_des {

/// J for a byte or for an operation. One that is not stated counts as 0 wherever the simulation adds energies up, so
/// that times do not depend on it; what such sums say is asked of Architecture::states_energy(), and results of
/// machines that do not state all of them have none.
class EnergyFigure {
 public:
  /// `value_J`: in J a byte or an operation.
  EnergyFigure(double value_J = 0) : value_J_(value_J) {}  // NOLINT(google-explicit-constructor): it is a number
  /// One that nobody states; its number is 0.
  static EnergyFigure not_stated() {
    EnergyFigure figure;
    figure.is_stated_ = false;
    return figure;
  }

  operator double() const { return value_J_; }  // NOLINT(google-explicit-constructor)
  /// False of not_stated().
  bool is_stated() const { return is_stated_; }

 private:
  double value_J_ = 0;
  bool is_stated_ = true;
};

}  // namespace upmem_des
