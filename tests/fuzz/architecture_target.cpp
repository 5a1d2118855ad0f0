/// A file of device profiles.
#include "architecture/architecture_reader.hpp"
#include "architecture/architecture_table.hpp"
#include "fuzz/fuzzing.hpp"
#include "fuzz/machine_checks.hpp"
#include "platform/generated_platform.hpp"
#include "upmem_des/cost/cost_model.hpp"

using namespace upmem_des;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::unique_ptr<CostModel> roofline = make_cost_model("roofline", CostOptions());
  static const std::unique_ptr<CostModel> reference = make_cost_model("reference", CostOptions());
  const std::string path = fuzz::scratch_file("architectures.yaml", fuzz::text_of(data, size));
  std::vector<Architecture> profiles;
  if (!fuzz::accepts([&] { profiles = read_architectures(path); })) return 0;
  architecture_table(profiles);
  for (const Architecture& profile : profiles) architecture_sheet(profile);
  for (const CostModel* model : {roofline.get(), reference.get()})
    fuzz::expect_sound(generate_platform(
        profiles, [&](const Architecture& profile) { return model->ratings(profile); }, true));
  return 0;
}
