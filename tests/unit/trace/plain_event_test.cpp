/// The reader of plain lines and the one of all lines agree.
#include "trace/plain_event.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <random>
#include <string>
#include <vector>

#include "trace/event_compare.hpp"
#include "trace/event_fields.hpp"
#include "trace_files.hpp"
#include "upmem_des/util/error.hpp"

using namespace upmem_des;

namespace {

const std::vector<std::string> good_lines{
    // As the program writes them.
    R"({"seq":7,"kind":"layer","type":"Linear","name":"q_proj","id":1,"phase":"prefill","step":0,)"
    R"("input_shape":[1,64,4096],"weight_shape":[4096,4096],"output_shape":[1,64,4096],)"
    R"("path":"model.layers.0.self_attn.q_proj","deps":[2,6]})",
    R"({"seq":0,"kind":"function","type":"softmax","name":"softmax","id":null,"phase":"decode","step":12,)"
    R"("input_shape":[],"weight_shape":null,"output_shape":[0]})",
    // As Python's json does, with every field.
    R"({"seq": 3, "kind": "layer", "type": "Conv2d", "name": "c", "id": 10, "phase": "decode", "step": 1, )"
    R"("input_shape": [1, 2, 3, 4], "weight_shape": [9, 8], "output_shape": [1, 2, 3, 4], "path": "a.c", )"
    R"("map_key": "k", "start_ns": 1.5e3, "duration_ns": 0.25, "deps": [0, 1], "experts": [], "kv_length": 5, )"
    R"("stride": [1, 2], "padding": [0, 10], "causal": true})",
    // Any order and any spaces; nothing for optional fields; a name that is no ASCII.
    "{ \"output_shape\" :[2 ,3] ,\t\"weight_shape\":[ 8,5\t],\"input_shape\":[2,3],\"step\":0 ,\"phase\":\"prefill\" "
    ",\r"
    "\"id\":5,\"name\":\"\u00e9\",\"type\":\"T\",\"kind\":\"layer\",\"seq\":1,\"causal\":false,\"path\":null,"
    "\"deps\":null,\"start_ns\":-0.5}  \r",
};

/// Both readers, on lines that stand in memory as a LineReader's do.
class Readers {
 public:
  Readers() {
    std::string_view line;
    EXPECT_TRUE(cut_.next(line));
    EXPECT_FALSE(cut_.line_ended());
  }

  /// What the reader of plain lines finds; none where it leaves the line to the other.
  std::optional<LayerEvent> plain(const std::string& line) {
    if (!plain_.read(placed(line), event_)) return std::nullopt;
    return event_;
  }

  /// What the other finds; none where the line is wrong. That there is no newline keeps it from asking the first.
  std::optional<LayerEvent> full(const std::string& line) {
    try {
      fields_.read(cut_, placed(line), {"t.jsonl", 2}, event_);
    } catch (const InputError&) {
      return std::nullopt;
    }
    return event_;
  }

 private:
  std::string_view placed(const std::string& line) {
    buffer_ = line + "\n" + std::string(LineReader::padding, '"');
    return {buffer_.data(), line.size()};
  }

  TemporaryFolder folder_;
  LineReader cut_{folder_.write("cut", "no newline")};
  PlainEvents plain_;
  EventFields fields_;
  LayerEvent event_;
  std::string buffer_;
};

/// Every line that differs from `line` by one byte that is left out, added or another one.
template <class See>
void for_each_neighbour(const std::string& line, const See& see) {
  const std::string bytes = "\"\\,:{}[] \t\r0159-+.eEnulltrfasx_\x01\x7f\xc3\xff";
  for (std::size_t at = 0; at <= line.size(); ++at) {
    if (at < line.size()) see(line.substr(0, at) + line.substr(at + 1));
    for (const char byte : bytes) {
      see(line.substr(0, at) + byte + line.substr(at));
      if (at < line.size()) see(line.substr(0, at) + byte + line.substr(at + 1));
    }
  }
}

}  // namespace

TEST(PlainEvents, ReadGoodLinesAsTheOthers) {
  Readers readers;
  for (const std::string& line : good_lines)
    for (int again = 0; again < 2; ++again) {
      const std::optional<LayerEvent> plain = readers.plain(line);
      const std::optional<LayerEvent> full = readers.full(line);
      ASSERT_TRUE(plain) << line;
      ASSERT_TRUE(full) << line;
      EXPECT_EQ(first_difference(*plain, *full), "") << line;
    }
}

TEST(PlainEvents, TakeNothingThatIsWrong) {
  Readers readers;
  std::size_t taken = 0, left = 0, wrong = 0;
  for (const std::string& good : good_lines)
    for_each_neighbour(good, [&](const std::string& line) {
      const std::optional<LayerEvent> plain = readers.plain(line);
      const std::optional<LayerEvent> full = readers.full(line);
      ++(plain ? taken : full ? left : wrong);
      if (!plain) return;
      ASSERT_TRUE(full) << line;
      ASSERT_EQ(first_difference(*plain, *full), "") << line;
    });
  // Changed names, numbers and spaces are good and plain; signs, escapes and fields beginning with x_ are left.
  EXPECT_GT(taken, 5'000U);
  EXPECT_GT(left, 50U);
  EXPECT_GT(wrong, 20'000U);
}

TEST(PlainEvents, LeaveWhatIsRare) {
  Readers readers;
  const std::string& line = good_lines.front();
  const auto with = [&line](const std::string& what, const std::string& instead) {
    std::string text = line;
    return text.replace(text.find(what), what.size(), instead);
  };
  const std::string long_name(1001, 'n');
  for (const std::string& rare : {with("\"seq\":7", "\"seq\":-7"), with("\"seq\":7", "\"x_mine\":{},\"seq\":7"),
                                  with("q_proj", "q\\u005fproj"), with("\"id\":1", "\"id\":1000000000000000000")}) {
    EXPECT_FALSE(readers.plain(rare)) << rare;
    EXPECT_TRUE(readers.full(rare)) << rare;
  }
  for (const std::string& wrong :
       {std::string(), std::string(" "), std::string("{}"), with("\"seq\":7", "\"seq\":7,\"seq\":7"),
        with("\"seq\":7", "\"seq\":07"), with("\"seq\":7", "\"seq\":7.0"), with("q_proj", long_name),
        with("[1,64,4096]", "[1,2,3,4,5,6,7,8,9]"), with("[2,6]", "[2,6"), with("[2,6]", "[2,6,]"), line + "}",
        line + " {}", with("\"layer\"", "\"lair\""), with("\"prefill\"", "\"prefil\""), with("\"seq\":7,", ""),
        with("\"deps\":[2,6]", "\"map_key\":\"\""), with("\"deps\":[2,6]", "\"stride\":[1]"),
        with("\"deps\":[2,6]", "\"stride\":[1,2,3]"), with("\"deps\":[2,6]", "\"start_ns\":1e999")}) {
    EXPECT_FALSE(readers.plain(wrong)) << wrong;
    EXPECT_FALSE(readers.full(wrong)) << wrong;
  }
}

TEST(PlainEvents, KeepNamesApartWhereverTheyStand) {
  // Three passes in which one layer changes its name: what stood there last time is no more than a guess.
  Readers readers;
  for (const char* name : {"a", "b", "a", "ab", "b"})
    for (const std::string& line : good_lines) {
      std::string text = line;
      const std::size_t at = text.find("\"name\"");
      const std::size_t quote = text.find('"', text.find(':', at));
      text.replace(quote, text.find('"', quote + 1) + 1 - quote, "\"" + std::string(name) + "\"");
      const std::optional<LayerEvent> event = readers.plain(text);
      ASSERT_TRUE(event) << text;
      EXPECT_EQ(event->name.str(), name);
    }
}

TEST(PlainEvents, TakeNamesOfAnyScriptAndNoBrokenOnes) {
  // Each name stands there twice: the second time it is compared with the first.
  Readers readers;
  const auto named = [](const std::string& name) {
    std::string line = good_lines.front();
    return line.replace(line.find("q_proj"), 6, name);
  };
  for (const char* name : {"\xc3\xa9", "\xe6\xb3\xa8\xe6\x84\x8f", "\xf0\x9f\x90\x99", "a\x7f", "\xc2\x80", ""})
    for (int again = 0; again < 2; ++again) {
      const std::optional<LayerEvent> plain = readers.plain(named(name));
      ASSERT_TRUE(plain) << name;
      EXPECT_EQ(plain->name.str(), name);
      const std::optional<LayerEvent> full = readers.full(named(name));
      ASSERT_TRUE(full) << name;
      EXPECT_EQ(first_difference(*plain, *full), "");
    }
  for (const char* name :
       {"\xc3", "\xa9", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe6\xb3", "\xff", "a\x1f", "a\tb"})
    for (int again = 0; again < 2; ++again) {
      EXPECT_FALSE(readers.plain(named(name))) << name;
      EXPECT_FALSE(readers.full(named(name))) << name;
    }
}

TEST(PlainEvents, TakeNoPartOfALine) {
  Readers readers;
  for (const std::string& line : good_lines) {
    const std::size_t whole = line.rfind('}');
    for (std::size_t size = 0; size < whole; ++size) {
      EXPECT_FALSE(readers.plain(line.substr(0, size))) << line.substr(0, size);
      EXPECT_FALSE(readers.full(line.substr(0, size))) << line.substr(0, size);
    }
  }
}

TEST(PlainEvents, AgreeOnLinesOfPiecesInAnyOrder) {
  // Pieces that can stand in a line, put together by chance: mostly wrong, and now and then right in an unusual way.
  const std::vector<std::string> pieces{"{",        "}",          "[",      "]",       ",",  ":",       " ",
                                        "\"",       "null",       "true",   "1",       "-1", "1.5",     "\"path\"",
                                        "\"deps\"", "\"causal\"", "\"id\"", "\"x_y\"", "\\", "\xc3\xa9"};
  Readers readers;
  std::mt19937 random(1);
  std::size_t agreed = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string line = good_lines[random() % good_lines.size()];
    for (unsigned edits = 1 + random() % 3; edits > 0; --edits) {
      const std::size_t at = random() % line.size();
      line.replace(at, random() % 4, pieces[random() % pieces.size()]);
    }
    const std::optional<LayerEvent> plain = readers.plain(line);
    if (!plain) continue;
    const std::optional<LayerEvent> full = readers.full(line);
    ASSERT_TRUE(full) << line;
    ASSERT_EQ(first_difference(*plain, *full), "") << line;
    ++agreed;
  }
  EXPECT_GT(agreed, 100U);
}

TEST(PlainEvents, ReadALineOfAMebibyte) {
  Readers readers;
  std::string deps = "0";
  while (deps.size() < 1'000'000) deps += ",0";
  std::string line = good_lines.front();
  line.replace(line.find("[2,6]"), 5, "[" + deps + "]");
  const std::optional<LayerEvent> event = readers.plain(line);
  ASSERT_TRUE(event);
  EXPECT_EQ(event->deps.size(), (deps.size() + 1) / 2);
  EXPECT_TRUE(readers.plain(good_lines.front()));
}
