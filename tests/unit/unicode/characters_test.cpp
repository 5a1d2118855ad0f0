#include "unicode/characters.hpp"

#include <gmock/gmock.h>

using namespace upmem_des;
using testing::ElementsAre;

namespace {

TEST(CharactersTest, WhiteSpaceIsUnicodesProperty) {
  std::u32string found;
  for (char32_t point = 0; point < 0x110000; ++point)
    if (is_white_space(point)) found += point;
  EXPECT_EQ(found,
            U"\t\n\v\f\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
            U"\u2028\u2029\u202f\u205f\u3000");
}

TEST(CharactersTest, Categories) {
  EXPECT_TRUE(is_numeric(U'7') && is_numeric(U'Ⅷ') && is_numeric(U'½') && !is_numeric(U'x'));
  EXPECT_TRUE(is_punctuation(U'!') && !is_punctuation(U'$') && is_punctuation_or_ascii_symbol(U'$'));
  EXPECT_TRUE(is_punctuation_or_ascii_symbol(U'、') && !is_punctuation_or_ascii_symbol(U'€'));
  EXPECT_TRUE(is_mark(U'\u0301') && is_mark(U'\u0903') && is_nonspacing_mark(U'\u0301'));
  EXPECT_FALSE(is_nonspacing_mark(U'\u0903') || is_mark(U'e'));
  EXPECT_TRUE(is_control_or_format(1) && is_control_or_format(U'\u200b') && !is_control_or_format(U'a'));
}

TEST(CharactersTest, NormalForms) {
  const std::string text = "e\u0301\ufb01\uac00";
  EXPECT_EQ(normal_form(text, NormalForm::C), "\u00e9\ufb01\uac00");
  EXPECT_EQ(normal_form(text, NormalForm::D), "e\u0301\ufb01\u1100\u1161");
  EXPECT_EQ(normal_form(text, NormalForm::KC), "\u00e9fi\uac00");
  EXPECT_EQ(normal_form(text, NormalForm::KD), "e\u0301fi\u1100\u1161");
  EXPECT_EQ(normal_form(std::string("a\0b", 3), NormalForm::C), std::string("a\0b", 3));
  EXPECT_EQ(normal_form("", NormalForm::C), "");
}

TEST(CharactersTest, LowercaseIsOfEachCharacter) {
  EXPECT_EQ(lowercase("\u0130I\u1e9eΣΑΣ"), "i\u0307i\u00dfσασ");
}

TEST(CharactersTest, Graphemes) {
  EXPECT_THAT(graphemes("ae\u0301\r\n\U0001f469\u200d\U0001f467\U0001f1e9\U0001f1ea\U0001f1eb"),
              ElementsAre("a", "e\u0301", "\r\n", "\U0001f469\u200d\U0001f467", "\U0001f1e9\U0001f1ea", "\U0001f1eb"));
  EXPECT_TRUE(graphemes("").empty());
}

}  // namespace
