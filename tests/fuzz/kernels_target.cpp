/// Measured kernels as CSV, as `validate` and `calibrate` read them.
#include <cmath>

#include "fuzz/fuzzing.hpp"
#include "measurement/measured_rows.hpp"

using namespace upmem_des;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string path = fuzz::scratch_file("kernels.csv", fuzz::text_of(data, size));
  MeasuredRows rows;
  if (!fuzz::accepts([&] { read_measured_rows(path, {}, rows); })) return 0;
  for (const MeasuredKernel& kernel : rows.kernels) {
    fuzz::expect(std::isfinite(kernel.time_s) && kernel.time_s > 0, "kernels take a time");
    fuzz::expect_one_line(kernel.operation + kernel.kind + kernel.shape);
  }
  return 0;
}
