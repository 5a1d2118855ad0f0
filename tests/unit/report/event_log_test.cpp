#include "report/event_log.hpp"
#include "upmem_des/trace/layer_event.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <vector>

using namespace upmem_des;

namespace {

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream text(line);
  std::vector<std::string> words;
  for (std::string word; text >> word;) words.push_back(word);
  return words;
}

}  // namespace

TEST(EventLogTest, ALineForEachEvent) {
  std::vector<std::string> lines;
  EventLog log([&](std::string_view line) { lines.emplace_back(line); });
  ASSERT_EQ(lines.size(), 1U) << "the header comes at once";
  EXPECT_EQ(words_of(lines[0]).front(), "start");

  LayerEvent event;
  event.type = Name("Linear");
  event.name = Name("q_proj");
  event.step = 3;
  event.input_shape = Shape({1, 4, 8});
  event.output_shape = Shape({1, 4, 16});
  const std::string device = "PIM_AI_4chip";
  const EventCost cost{0.5, {1, 2, 0, 3, 4, 0}, {0.1, 0.2, 0, 0.3, 0.4, 0.5}, {}, 0, 0};
  log.on_event({&event, device, Phase::Decode, 1.5, 2, cost});
  log.on_event({nullptr, device, Phase::Decode, 2, 2.25, cost});
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(words_of(lines[1]), (std::vector<std::string>{"1.500000000000",
                                                          "5.000000e-01",
                                                          "decode",
                                                          "3",
                                                          "PIM_AI_4chip",
                                                          "Linear",
                                                          "q_proj",
                                                          "1.00000e-01",
                                                          "2.00000e-01",
                                                          "3.00000e-01",
                                                          "4.00000e-01",
                                                          "5.00000e-01",
                                                          "1.000000e+01",
                                                          "[1,",
                                                          "4,",
                                                          "8]",
                                                          "->",
                                                          "[1,",
                                                          "4,",
                                                          "16]"}));
  EXPECT_EQ(words_of(lines[2]),
            (std::vector<std::string>{"2.000000000000", "2.500000e-01", "decode", "-", "PIM_AI_4chip", "-", "(final",
                                      "transfer)", "1.00000e-01", "2.00000e-01", "3.00000e-01", "4.00000e-01",
                                      "5.00000e-01", "1.000000e+01"}));
  for (const std::string& line : lines) EXPECT_EQ(std::count(line.begin(), line.end(), '\n'), 1) << line;
}

TEST(EventLogTest, TransfersBetweenDevicesHaveAColumnWhereAskedFor) {
  std::vector<std::string> lines;
  EventLog log([&](std::string_view line) { lines.emplace_back(line); }, true);
  LayerEvent event;
  event.type = Name("Linear");
  event.name = Name("q_proj");
  const std::string device = "dimm[0..7]";
  const EventCost cost{0.5, {}, {0.1, 0.2, 0.6, 0.3, 0.4, 0.5}, {}, 0, 0};
  log.on_event({&event, device, Phase::Decode, 1.5, 2, cost});
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_NE(lines[0].find("to host s     peers s   compute s"), std::string::npos) << lines[0];
  EXPECT_NE(lines[1].find(" 2.00000e-01 6.00000e-01 3.00000e-01 "), std::string::npos) << lines[1];
  EXPECT_EQ(lines[0].find("energy J"), lines[1].find("0.000000e+00") + 4) << lines[0] << lines[1];
}

TEST(EventLogTest, LongNamesKeepTheirDistance) {
  std::string last;
  EventLog log([&](std::string_view line) { last = line; });
  LayerEvent event;
  event.type = Name(std::string(60, 't'));
  event.name = Name(std::string(60, 'n'));
  const std::string device(60, 'd');
  log.on_event({&event, device, Phase::Prefill, 1e9, 1e9, EventCost()});
  const auto words = words_of(last);
  ASSERT_GE(words.size(), 7U);
  EXPECT_EQ(words[4], device);
  EXPECT_EQ(words[5], event.type.str());
  EXPECT_EQ(words[6], event.name.str());
}
