/// Random documents: what the library's own tree says, at the lines and paths that it was written to.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <random>

#include "json/json_node.hpp"
#include "support/temporary_folder.hpp"
#include "util/number_text.hpp"

using namespace upmem_des;
using namespace upmem_des::test;
using Json = nlohmann::ordered_json;

namespace {

class Maker {
 public:
  explicit Maker(unsigned seed) : random_(seed) {}

  Json value(int depth) {
    const int kind = below(depth > 5 ? 6 : 9);
    if (kind == 0) return nullptr;
    if (kind == 1) return below(2) == 0;
    if (kind == 2) return static_cast<std::int64_t>(random_());
    if (kind == 3) return static_cast<double>(static_cast<std::int64_t>(random_())) * std::pow(2.0, below(200) - 100);
    if (kind <= 5) return text();
    Json inner = kind < 8 ? Json::object() : Json::array();
    // Now and then more members than are looked through one by one.
    const int size = below(20) == 0 ? 40 : below(6);
    for (int i = 0; i < size; ++i) {
      if (inner.is_array())
        inner.push_back(value(depth + 1));
      else
        inner[text() + std::to_string(i)] = value(depth + (size == 40 ? 3 : 1));
    }
    return inner;
  }

 private:
  int below(int bound) { return static_cast<int>(random_() % static_cast<unsigned>(bound)); }

  std::string text() {
    static const std::vector<std::string> parts{"a", "layer ", "\"", "\n", "ü", "[3]", "\\", "😀", "common beginning"};
    std::string all;
    for (int count = below(4); count > 0; --count) all += parts[static_cast<std::size_t>(below(9))];
    return all;
  }

  std::mt19937_64 random_;
};

/// Goes through both trees in the order in which dump(1) writes them: each key and each item on a line of its own.
class Comparison {
 public:
  int compared = 0;

  void compare(const JsonNode& node, const Json& value) {
    ++compared;
    if (value.is_object()) {
      ASSERT_TRUE(node.is_object());
      ASSERT_EQ(node.members().size(), value.size());
      auto expected = value.begin();
      for (const JsonNode& member : node.members()) {
        expect_line(member, ++line_);
        EXPECT_EQ(member.key(), expected.key());
        EXPECT_EQ(node.at(expected.key()).where().line, member.where().line) << "found by its key, too";
        compare(member, *expected++);
      }
      EXPECT_FALSE(node.has("no such key"));
      line_ += value.empty() ? 0 : 1;
    } else if (value.is_array()) {
      ASSERT_TRUE(node.is_list());
      ASSERT_EQ(node.items().size(), value.size());
      std::size_t index = 0;
      for (const JsonNode& item : node.items()) {
        expect_line(item, ++line_);
        EXPECT_EQ(item.path(), node.path() + "[" + std::to_string(index) + "]");
        compare(item, value[index++]);
      }
      line_ += value.empty() ? 0 : 1;
    } else {
      compare_scalars(node, value);
    }
  }

 private:
  static void expect_line(const JsonNode& node, int line) { EXPECT_EQ(node.where().line, line) << node.path(); }

  static void compare_scalars(const JsonNode& node, const Json& value) {
    if (value.is_null()) {
      EXPECT_TRUE(node.is_null());
    } else if (value.is_boolean()) {
      EXPECT_EQ(node.truth(), value.get<bool>());
    } else if (value.is_number_integer()) {
      EXPECT_EQ(node.integer(), value.get<std::int64_t>());
    } else if (value.is_number_float()) {
      EXPECT_EQ(node.any_number(), value.get<double>());
    } else {
      EXPECT_EQ(node.text(), value.get<std::string>());
    }
  }

  int line_ = 1;
};

TEST(JsonLawTest, SaysWhatWasWrittenWhereItWasWritten) {
  int compared = 0;
  for (unsigned seed = 0; seed < 2000; ++seed) {
    const Json value = Maker(seed).value(0);
    const JsonDocument document(value.dump(1), "F", "anything");
    Comparison comparison;
    comparison.compare(document.root(), value);
    compared += comparison.compared;
    if (HasFatalFailure() || HasNonfatalFailure()) FAIL() << "seed " << seed << ": " << value.dump();
  }
  EXPECT_GT(compared, 10'000);
}

/// Whatever is cut off or changed, it is read or refused in one line.
TEST(JsonLawTest, DamagedTextsAreReadOrRefused) {
  int refused = 0;
  for (unsigned seed = 0; seed < 300; ++seed) {
    std::string text = Maker(seed).value(0).dump(seed % 2 == 0 ? 1 : -1);
    std::mt19937_64 random(seed);
    for (int change = 0; change < 20; ++change) {
      if (text.empty()) break;
      const std::size_t at = random() % text.size();
      if (change % 4 == 3)
        text.resize(at);
      else
        text[at] = static_cast<char>(random());
      const std::string problem = input_error([&] { const JsonDocument document(text, "F", "anything"); });
      EXPECT_EQ(problem.find('\n'), std::string::npos);
      if (problem != "no error") ++refused;
    }
  }
  EXPECT_GT(refused, 1000);
}

}  // namespace
