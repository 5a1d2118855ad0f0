#include "measurement/hardware_names.hpp"

#include <algorithm>
#include <cctype>
#include <iterator>

namespace upmem_des {

namespace {

struct KnownName {
  const char* plain;
  const char* profile;
};

/// Names of PyTorch's device properties, of aiconfigurator's and Vidur's tables, and what people write. A name without
/// a form factor is that of the published profile where there is one (H100, H200), and is not here.
constexpr KnownName known_names[] = {
    {"a100", "A100_80GB_SXM"},
    {"a100sxm", "A100_80GB_SXM"},
    {"a10080gb", "A100_80GB_SXM"},
    {"a100sxm80gb", "A100_80GB_SXM"},
    {"a100sxm480gb", "A100_80GB_SXM"},
    {"nvidiaa100sxm480gb", "A100_80GB_SXM"},
    {"h100sxm", "H100_80GB_SXM"},
    {"h100sxm5", "H100_80GB_SXM"},
    {"h100sxm80gb", "H100_80GB_SXM"},
    {"h100sxm580gb", "H100_80GB_SXM"},
    {"h10080gbhbm3", "H100_80GB_SXM"},
    {"nvidiah10080gbhbm3", "H100_80GB_SXM"},
    {"h200sxm141gb", "H200_SXM"},
    {"h200141gb", "H200_SXM"},
    {"nvidiah200", "H200_SXM"},
    {"b200", "B200_SXM"},
    {"nvidiab200", "B200_SXM"},
    {"nvidiagb200", "GB200"},
    {"nvidial40s", "L40S"},
    {"nvidiaa40", "A40"},
    {"nvidiartxa6000", "RTX_A6000"},
    {"geforcertx3090", "RTX3090"},
    {"nvidiageforcertx3090", "RTX3090"},
    {"geforcertx4090", "RTX4090"},
    {"nvidiageforcertx4090", "RTX4090"},
    {"rtxpro6000", "RTX_PRO_6000_Blackwell_Server"},
    {"rtxpro6000server", "RTX_PRO_6000_Blackwell_Server"},
    {"rtxpro6000blackwell", "RTX_PRO_6000_Blackwell_Server"},
    {"rtxpro6000blackwellserveredition", "RTX_PRO_6000_Blackwell_Server"},
    {"nvidiartxpro6000blackwellserveredition", "RTX_PRO_6000_Blackwell_Server"},
    {"amdinstinctmi210", "MI210"},
    {"instinctmi210", "MI210"},
    {"amdinstinctmi300x", "MI300X"},
    {"instinctmi300x", "MI300X"},
    {"intelgaudi3", "Gaudi3"},
    {"hl325l", "Gaudi3"},
    {"tpuv5lite", "TPU_v5e"},
    {"v5e", "TPU_v5e"},
    {"googletpuv5e", "TPU_v5e"},
    {"tpuv6lite", "TPU_v6e"},
    {"v6e", "TPU_v6e"},
    {"trillium", "TPU_v6e"},
    {"googletpuv6e", "TPU_v6e"},
    {"m2ultra", "Apple_M2_Ultra"},
    {"m3max", "Apple_M3_Max"},
    {"m4max", "Apple_M4_Max"},
    {"2xxeonplatinum8480+", "Xeon_8480_x2"},
    {"2xintel(r)xeon(r)platinum8480+", "Xeon_8480_x2"},
};

}  // namespace

std::string plain_hardware_name(const std::string& name) {
  std::string letters;
  for (const char c : name)
    if (c != '-' && c != '_' && c != ' ') letters += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return letters;
}

std::string profile_name_of(const std::string& hardware) {
  const std::string plain = plain_hardware_name(hardware);
  const auto* const found = std::find_if(std::begin(known_names), std::end(known_names),
                                         [&](const KnownName& known) { return plain == known.plain; });
  return found == std::end(known_names) ? "" : found->profile;
}

}  // namespace upmem_des
