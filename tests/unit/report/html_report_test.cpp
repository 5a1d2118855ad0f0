#include "upmem_des/report/html_report.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "page/page_template.hpp"
#include "report/json_report.hpp"
#include "sample_result.hpp"
#include "upmem_des/util/error.hpp"

using namespace upmem_des;
using Json = nlohmann::json;

namespace {

/// The text between `before` and the next `after`; a failure where these do not stand there.
std::string between(const std::string& text, const std::string& before, const std::string& after) {
  const std::size_t start = text.find(before);
  if (start == std::string::npos) throw std::runtime_error(before + " is missing");
  const std::size_t end = text.find(after, start + before.size());
  if (end == std::string::npos) throw std::runtime_error(after + " is missing");
  return text.substr(start + before.size(), end - start - before.size());
}

Json data_of(const std::string& page) {
  return Json::parse(between(page, R"(<script type="application/json" id="page-data">)", "</script>"));
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

std::string message_of(const std::vector<PageResult>& results) {
  try {
    html_report(results, "");
  } catch (const InputError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST(HtmlReportTest, NeedsAResult) {
  EXPECT_EQ(message_of({}), "a page needs a result; there is none");
}

TEST(HtmlReportTest, NeedsThePage) {
  if (has_page()) GTEST_SKIP() << "this program has the page";
  EXPECT_EQ(message_of({{"run", sample_result()}}),
            "this program was built without the page (UPMEM_DES_PAGE); build it with -DUPMEM_DES_PAGE=ON");
}

class HtmlPageTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!has_page()) GTEST_SKIP() << "this program was built without the page";
  }
};

TEST_F(HtmlPageTest, HoldsTheResultsAsTheirJsonHasThem) {
  const Json data = data_of(html_report({{"first", sample_result()}, {"second", machine_result()}}, ""));
  EXPECT_EQ(data.at("format"), "upmem-des-page");
  EXPECT_EQ(data.at("version"), 1);
  EXPECT_EQ(data.at("program"), "upmem-des 0.2.0");
  ASSERT_EQ(data.at("results").size(), 2U);
  EXPECT_EQ(data.at("results")[0].at("label"), "first");
  EXPECT_EQ(data.at("results")[0].at("result"), Json::parse(result_json(sample_result())));
  EXPECT_EQ(data.at("results")[1].at("label"), "second");
  EXPECT_EQ(data.at("results")[1].at("result"), Json::parse(result_json(machine_result())));
  EXPECT_TRUE(data.at("timeline").is_null());
}

TEST_F(HtmlPageTest, HoldsTheTimeline) {
  const Json data = data_of(html_report({{"run", sample_result()}}, "{\n  \"labels\": [\"a  b\"]\n}\n"));
  EXPECT_EQ(data.at("timeline"), Json::parse(R"({"labels": ["a  b"]})"));
}

TEST_F(HtmlPageTest, IsTheTemplateWithTitleAndData) {
  const std::string page = html_report({{"A run", sample_result()}}, "");
  const std::string empty(page_template());
  EXPECT_EQ(page.substr(0, 15), "<!DOCTYPE html>");
  EXPECT_EQ(between(page, "<title>", "</title>"), "A run");
  EXPECT_EQ(page.substr(page.size() - 100), empty.substr(empty.size() - 100));
  EXPECT_EQ(count(page, std::string(page_title_mark)), 0U);
  EXPECT_EQ(count(page, std::string(page_data_mark)), 0U);
  EXPECT_EQ(between(html_report({{"A", sample_result()}, {"B", sample_result()}}, ""), "<title>", "</title>"),
            "2 results compared");
}

TEST_F(HtmlPageTest, NamesCannotBreakOut) {
  const std::string hostile = "</script><script>alert(1)</script><!-- & \"'\n @@UPMEM_DES_DATA@@ ümläut";
  SimulationResult result = sample_result();
  result.scenario = hostile;
  result.devices[1].name = hostile;
  const std::string page = html_report({{hostile, result}}, "");
  const std::string empty(page_template());
  EXPECT_EQ(between(page, "<title>", "</title>"),
            "&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;!-- &amp; \"'\\u000a @@UPMEM_DES_DATA@@ ümläut");
  EXPECT_EQ(count(page, "<script"), count(empty, "<script"));
  EXPECT_EQ(count(page, "</script"), count(empty, "</script"));
  EXPECT_EQ(count(page, "<!--"), count(empty, "<!--"));
  const Json data = data_of(page);
  EXPECT_EQ(data.at("results")[0].at("label"), hostile);
  EXPECT_EQ(data.at("results")[0].at("result").at("scenario"), hostile);
  EXPECT_TRUE(data.at("results")[0].at("result").at("devices").contains(hostile));
}

TEST_F(HtmlPageTest, LabelsThatAreNoUtf8BecomeText) {
  EXPECT_EQ(data_of(html_report({{"a\xff"
                                  "b",
                                  sample_result()}},
                                ""))
                .at("results")[0]
                .at("label"),
            "a\xEF\xBF\xBD"
            "b");
}

TEST_F(HtmlPageTest, CarriesTheLicencesOfItsParts) {
  const std::string page(page_template());
  for (const char* text : {"Apache ECharts 6.1.0", "Copyright 2017-2026 The Apache Software Foundation",
                           "Apache License\n", "Copyright (c) 2017, Baidu Inc.", "Mike Bostock"}) {
    EXPECT_GE(count(page, text), 1U) << text;
  }
}

TEST_F(HtmlPageTest, IsSmallAndDeterministic) {
  const std::string page = html_report({{"run", sample_result()}}, "");
  EXPECT_LT(page.size(), 1'000'000U);
  EXPECT_EQ(page, html_report({{"run", sample_result()}}, ""));
}
