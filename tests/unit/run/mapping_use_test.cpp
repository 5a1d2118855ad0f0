#include "run/mapping_use.hpp"

#include <gtest/gtest.h>

#include "scenario_text.hpp"
#include "upmem_des/trace/layer_event.hpp"

using namespace upmem_des;
using namespace upmem_des::test;

namespace {

class MappingUseTest : public testing::Test {
 protected:
  MappingUseTest() { ::setenv("UPMEM_DES_DATA", PROJECT_DIR, 1); }

  void see(const char* name, const char* type, const char* path, std::vector<std::int64_t> experts = {}) {
    LayerEvent event;
    event.name = Name(name);
    event.type = Name(type);
    event.path = Name(path);
    event.experts = std::move(experts);
    use_.see(event);
  }

  std::vector<std::string> warnings(const std::string& text, const std::set<std::string>& others = {}) {
    std::vector<std::string> warnings;
    use_.warn_of_unused(text_.read(text), others,
                        [&](const std::string& warning) { warnings.push_back(text_.shortened(warning)); });
    return warnings;
  }

  ScenarioText text_;
  MappingUse use_;
};

using Warnings = std::vector<std::string>;

}  // namespace

TEST_F(MappingUseTest, NamesAndTypes) {
  see("q_proj", "Linear", "layers.0.q_proj");
  EXPECT_EQ(warnings("mapping: {default: H100, q_proj: H100, Linear: H100}\n"), Warnings());
  const std::string unused = "no event has this name or type, so this line sends nothing to ";
  EXPECT_EQ(
      warnings("mapping:\n  q_prj: dimm[3],t\n  softmax: HOST\n  prefill:\n    norm: gpu\n  decode:\n    Linar: x\n"),
      (Warnings{"F:2: mapping.q_prj: " + unused + "dimm[3]; did you mean 'q_proj'?",
                "F:3: mapping.softmax: " + unused + "HOST", "F:5: mapping.prefill.norm: " + unused + "gpu",
                "F:7: mapping.decode.Linar: " + unused + "x; did you mean 'Linear'?"}));
}

TEST_F(MappingUseTest, LayersThatAreFusedAreMeant) {
  see("qkv_proj", "Linear", "layers.0.qkv_proj");
  see("o_proj", "Linear", "layers.0.o_proj");
  const std::string unused =
      "F:1: mapping.q_prj: no event has this name or type, so this line sends nothing to HOST; did";
  EXPECT_EQ(warnings("mapping: {q_prj: HOST}\n"), Warnings{unused + " you mean 'o_proj'?"});
  EXPECT_EQ(warnings("mapping: {q_prj: HOST}\n", {"q_proj", "k_proj"}), Warnings{unused + " you mean 'q_proj'?"});
  // It is no event for that.
  EXPECT_EQ(warnings("mapping: {k_proj: HOST}\n", {"q_proj", "k_proj"}).size(), 1U);
}

TEST_F(MappingUseTest, OneNameOfTwoTypes) {
  see("proj", "Linear", "");
  see("proj", "Conv2d", "");
  see("proj", "Linear", "");
  EXPECT_EQ(warnings("mapping: {Linear: H100, Conv2d: H100}\n"), Warnings());
  EXPECT_EQ(use_.layer_names(), std::set<std::string>{"proj"});
}

TEST_F(MappingUseTest, Layers) {
  for (const char* path : {"layers.0.q", "layers.1.q", "layers.79.q", "lm_head", "layers.1.q"})
    see("q", "Linear", path);
  EXPECT_EQ(warnings("mapping: {layers: {0: H100, 1..78: H100, 79..95: H100}, decode: {layers: {0..9: H100}}}\n"),
            Warnings());
  EXPECT_EQ(warnings("mapping:\n  layers:\n    80..95: H100\n    2: H100\n  decode:\n    layers:\n      2..78: H100\n"),
            (Warnings{"F:3: mapping.layers.80..95: no event is in layers 80..95; the last layer is 79",
                      "F:4: mapping.layers.2: no event is in layer 2; the last layer is 79",
                      "F:7: mapping.decode.layers.2..78: no event is in layers 2..78; the last layer is 79"}));
}

TEST_F(MappingUseTest, NoLayerAtAll) {
  see("q", "Linear", "");
  EXPECT_EQ(warnings("mapping:\n  layers: {0..3: H100}\n"),
            Warnings{"F:2: mapping.layers.0..3: no event is in layers 0..3; no event's path tells its layer"});
}

TEST_F(MappingUseTest, Experts) {
  see("gate", "Linear", "", {3, 5});
  const std::string text = "mapping:\n  experts: dimm\n  prefill:\n    experts: gpu\n";
  EXPECT_EQ(
      warnings(text),
      (Warnings{"F:2: mapping.experts: no event belongs to an expert, so this line sends nothing to dimm",
                "F:4: mapping.prefill.experts: no event belongs to an expert, so this line sends nothing to gpu"}))
      << "a router's choice is not an expert's event";
  see("w1", "Linear", "", {5});
  EXPECT_EQ(warnings(text), Warnings());
}
