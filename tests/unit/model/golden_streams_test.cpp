#include <gtest/gtest.h>

#include "golden_case.hpp"
#include "model/decoder_source.hpp"

using namespace upmem_des;

namespace {

class GoldenStreamTest : public testing::TestWithParam<std::string> {};

/// An event that holds what a stream may have left in it.
LayerEvent used_event() {
  LayerEvent event;
  event.path = Name("model.norm");
  event.map_key = Name("UPM_LlamaRMSNorm");
  event.id = 12;
  event.weight_shape = Shape{1, 2};
  event.start_ns = 1;
  event.duration_ns = 2;
  event.deps = {1};
  event.experts = {2};
  event.kv_length = 3;
  event.stride = {1, 1};
  event.padding = {0, 0};
  event.causal = true;
  return event;
}

}  // namespace

// As many as `ls tests/golden/*/model.json | wc -l` says: the cases below must not silently be none.
TEST(GoldenCasesTest, AllAreThere) {
  EXPECT_EQ(golden_model_cases().size(), 87U);
}

TEST_P(GoldenStreamTest, IsGeneratedFieldByField) {
  const GoldenModelCase golden = read_golden_model_case(GetParam());
  DecoderSource source(golden.config, golden.run);
  EXPECT_EQ(source.header().model, golden.header.at("model"));
  EXPECT_EQ(source.header().batch, golden.header.at("batch"));
  EXPECT_EQ(to_string(source.header().dtype), golden.header.at("dtype"));
  ASSERT_TRUE(source.expected_events().has_value());
  EXPECT_EQ(*source.expected_events(), static_cast<std::int64_t>(golden.events.size()));

  LayerEvent event = used_event();
  for (const nlohmann::json& expected : golden.events) {
    ASSERT_TRUE(source.next(event)) << "the stream ends before " << expected;
    ASSERT_EQ(published_json(event), expected);
  }
  EXPECT_FALSE(source.next(event)) << "the stream goes on with " << as_json(event);
  EXPECT_FALSE(source.next(event));
}

TEST_P(GoldenStreamTest, KeepsNothingOfTheEventBefore) {
  const GoldenModelCase golden = read_golden_model_case(GetParam());
  DecoderSource source(golden.config, golden.run);
  DecoderSource same(golden.config, golden.run);
  LayerEvent event = used_event();
  for (LayerEvent fresh; same.next(fresh); fresh = LayerEvent()) {
    ASSERT_TRUE(source.next(event));
    ASSERT_EQ(as_json(event), as_json(fresh));
  }
}

INSTANTIATE_TEST_SUITE_P(All, GoldenStreamTest, testing::ValuesIn(golden_model_cases()),
                         [](const auto& test) { return test.param; });
