/// A platform file, and the machine that is built of it.
#include "fuzz/fuzzing.hpp"
#include "fuzz/machine_checks.hpp"
#include "platform/platform_builder.hpp"
#include "platform/platform_file.hpp"
#include "upmem_des/cost/cost_model.hpp"

using namespace upmem_des;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Catalogue catalogue = Catalogue::builtin();
  static const std::unique_ptr<CostModel> model = make_cost_model("roofline", CostOptions());
  const std::string path = fuzz::scratch_file("platform.yaml", fuzz::text_of(data, size));
  PlatformSpec platform;
  const bool good = fuzz::accepts([&] {
    platform = build_platform(
        read_platform_file(path), catalogue, [](const Architecture& host) { return model->host_profile(host); },
        [](const Architecture& profile) { return model->ratings(profile); }, false);
  });
  if (good) fuzz::expect_sound(platform);
  return 0;
}
