/// Fits find the numbers that made the measurements.
#include "calibration/calibration.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "architecture/architecture_reader.hpp"
#include "calibration/fitted_profile.hpp"
#include "measurement/kernel_estimate.hpp"
#include "support/temporary_folder.hpp"
#include "upmem_des/util/error.hpp"

using namespace upmem_des;
using upmem_des::test::TemporaryFolder;

namespace {

Architecture card() {
  Architecture device;
  device.name = "CARD";
  device.host_to_device = device.device_to_host = {1e9, 8e-12};
  device.memory = {1000e9, 8e-12};
  device.flops_per_s = 100e12;
  device.energy_J_per_flop = 1e-12;
  device.cores = 100;
  return device;
}

/// Products as a card takes them whose form has `values`, give or take `noise`.
std::vector<MeasuredKernel> products(const std::vector<double>& values, std::size_t count, double noise = 0) {
  std::mt19937 random(3);
  std::uniform_real_distribution<double> size(0, 1), error(-noise, noise);
  const Architecture device = card();
  std::vector<MeasuredKernel> rows;
  for (std::size_t i = 0; i < count; ++i) {
    MeasuredKernel row;
    row.hardware = "CARD";
    row.kind = "product bfloat16";
    const double m = std::floor(std::pow(8192, size(random))), n = 64 * std::floor(1 + 200 * size(random)),
                 k = 64 * std::floor(1 + 200 * size(random));
    row.sizes = ProductSizes{m, n, k, 2 * (m * k + n * k + m * n), 0};
    row.shape = std::to_string(n) + "_" + std::to_string(k);
    row.where = {"m.csv", static_cast<int>(i) + 2};
    row.time_s =
        find_form("product")->time(row.sizes, device.rates(row.format), values).total_s() * (1 + error(random));
    rows.push_back(row);
  }
  return rows;
}

std::vector<double> made_with() {
  std::vector<double> values = find_form("product")->ideal();
  values[0] = 5;    // t0_us
  values[1] = 0.8;  // compute_share
  values[2] = 0.7;  // memory_share
  values[3] = 2.5;  // sharpness
  values[4] = 120;  // k0
  return values;
}

std::string error(const std::vector<MeasuredKernel>& rows, const CalibrationOptions& options = {}) {
  try {
    calibrate(card(), rows, options);
  } catch (const InputError& e) {
    return e.what();
  }
  return "no error";
}

}  // namespace

#if UPMEM_DES_HAS_CALIBRATION
TEST(Calibration, FindsWhatMadeTheTimes) {
  const auto found = calibrate(card(), products(made_with(), 300), {0.33, true, 1});
  ASSERT_EQ(1U, found.size());
  EXPECT_EQ("product", std::string(found[0].fitted.form->name()));
  EXPECT_EQ(NumberFormat::bfloat16, found[0].fitted.format);
  EXPECT_LT(found[0].in_sample.mean_pct, 2);
  EXPECT_LT(found[0].held_out->mean_pct, 3);
  EXPECT_NEAR(0.7, found[0].fitted.values[2], 0.05);
  EXPECT_EQ(300U, found[0].in_sample.rows);
  EXPECT_NEAR(100, static_cast<double>(found[0].held_out->rows), 10);
  EXPECT_FALSE(found[0].used[9]) << "nothing is quantized";
}

TEST(Calibration, ADeviceFarBelowItsPeaksIsFound) {
  std::vector<double> values = made_with();
  values[1] = 0.01;
  values[2] = 0.02;
  const auto found = calibrate(card(), products(values, 300), {});
  EXPECT_LT(found[0].in_sample.mean_pct, 5);
}

TEST(Calibration, OutliersDoNotMoveIt) {
  std::vector<MeasuredKernel> rows = products(made_with(), 300, 0.02);
  for (std::size_t i = 0; i < rows.size(); i += 20) rows[i].time_s *= 10;
  const auto found = calibrate(card(), rows, {});
  EXPECT_LT(found[0].in_sample.median_pct, 3);
}

TEST(Calibration, TheSameSeedGivesTheSame) {
  const auto rows = products(made_with(), 200, 0.1);
  const auto once = calibrate(card(), rows, {0.5, true, 7}), again = calibrate(card(), rows, {0.5, true, 7});
  EXPECT_EQ(once[0].fitted.values, again[0].fitted.values);
  EXPECT_EQ(once[0].held_out->mean_pct, again[0].held_out->mean_pct);
  EXPECT_NE(once[0].held_out->mean_pct, calibrate(card(), rows, {0.5, false, 8})[0].held_out->mean_pct);
}

TEST(Calibration, ItsFileIsReadBack) {
  const auto found = calibrate(card(), products(made_with(), 200), {});
  const TemporaryFolder folder;
  const std::string text = fitted_profile(card(), found, {"/data/m.csv"}, "2026-01-02");
  EXPECT_EQ(
      0U,
      text.find("# CARD, fitted by upmem-des calibrate on 2026-01-02 to m.csv.\n# product bfloat16: 200 rows, mean "));
  const std::vector<Architecture> read = read_architectures(folder.write("a.yaml", text));
  ASSERT_EQ(1U, read.size());
  EXPECT_EQ(ProfileBasis::Measured, read[0].basis);
  ASSERT_EQ(1U, read[0].efficiency.fitted.size());
  for (std::size_t i = 0; i < found[0].fitted.values.size(); ++i)
    EXPECT_NEAR(found[0].fitted.values[i], read[0].efficiency.fitted[0].values[i], 1e-8 * found[0].fitted.values[i])
        << i;
}

TEST(Calibration, Messages) {
  // Of a product's ten numbers, bfloat16 has none that says how it is quantized.
  EXPECT_EQ(
      "m.csv:2: too few rows of product to fit the 9 numbers that move them: 17; expected 18 or more, or --leave-out",
      error(products(made_with(), 17)));
  EXPECT_EQ("no error", error(products(made_with(), 18)));
  std::vector<MeasuredKernel> slow = products(made_with(), 40);
  for (MeasuredKernel& row : slow) row.time_s *= 1e6;
  EXPECT_EQ(0U, error(slow).find("m.csv:2: the fit of product does not converge: a median error of ")) << error(slow);
  std::vector<MeasuredKernel> alike = products(made_with(), 1);
  for (int i = 0; i < 30; ++i) alike.push_back(alike.front());
  EXPECT_EQ("m.csv:2: nothing to hold out of 1 shapes of product; expected more, or another --holdout",
            error(alike, {0.3, true, 1}));
}
#else
TEST(Calibration, WithoutNLoptSaysSo) {
  EXPECT_EQ(
      "calibrate: this program was built without NLopt (UPMEM_DES_CALIBRATION); expected a build with "
      "-DUPMEM_DES_CALIBRATION=ON",
      error(products(made_with(), 30)));
}
#endif
