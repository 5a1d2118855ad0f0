#include "measurement/validation.hpp"

#include <algorithm>
#include <map>

#include "measurement/hardware_names.hpp"
#include "measurement/kernel_estimate.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

const Architecture* profile_of(const Catalogue& catalogue, const std::string& hardware) {
  if (const Architecture* exact = catalogue.find(hardware)) return exact;
  const auto& all = catalogue.all();
  const std::string plain = plain_hardware_name(hardware);
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const Architecture& one) { return plain_hardware_name(one.name) == plain; });
  return found != all.end() ? &*found : catalogue.find(profile_name_of(hardware));
}

std::vector<ValidatedKernel> validate(const std::vector<MeasuredKernel>& kernels, const Catalogue& catalogue,
                                      bool skips_unknown, std::size_t& unknown) {
  std::map<std::string, const Architecture*> profiles;
  std::vector<ValidatedKernel> validated;
  for (const MeasuredKernel& kernel : kernels) {
    const auto [known, is_new] = profiles.emplace(kernel.hardware, nullptr);
    if (is_new) known->second = profile_of(catalogue, kernel.hardware);
    if (known->second == nullptr) {
      if (!skips_unknown) {
        std::vector<std::string> names;
        for (const Architecture& one : catalogue.all()) names.push_back(one.name);
        throw InputError(kernel.where, "hardware",
                         "unknown device '" + kernel.hardware +
                             "'; expected one of upmem-des arch list, or of --extra-archs" +
                             did_you_mean(canonical_device_name(kernel.hardware), names));
      }
      ++unknown;
      continue;
    }
    const Architecture& device = *known->second;
    validated.push_back({kernel, error_of(device, kernel, estimated_s(device, kernel)), power_error(device, kernel)});
  }
  return validated;
}

}  // namespace upmem_des
