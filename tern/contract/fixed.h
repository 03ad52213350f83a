#pragma once

namespace tern {

/// A number that is written into a table with so many decimals.
template <int decimals>
struct Fixed {
  double value = 0;

  Fixed() = default;
  Fixed(double number) : value(number) {}
  operator double() const { return value; }
};

}  // namespace tern
