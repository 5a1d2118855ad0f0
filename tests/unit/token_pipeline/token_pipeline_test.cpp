/// The parts of a tokenizer.json one by one, with results worked out by hand, and files that are none.
#include "token_pipeline/token_pipeline.hpp"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "support/temporary_folder.hpp"

using namespace upmem_des;
using namespace upmem_des::test;
using Json = nlohmann::json;
using testing::ElementsAre;

namespace {

/// Letters, and what they become: "a b" is 0, "b c" 1, "ab c" 2 by rank.
Json bpe() {
  return Json::parse(R"({"model": {"type": "BPE",
    "vocab": {"a": 0, "b": 1, "c": 2, "ab": 3, "bc": 4, "abc": 5, "<unk>": 6, "<0x64>": 7},
    "merges": ["a b", ["b", "c"], "ab c"]}})");
}

std::vector<std::int64_t> ids(const Json& file, const std::string& text) {
  return TokenPipeline(file.dump(), "t").encode(text);
}

std::string problem(const Json& file, const std::string& text = "abc") {
  return input_error([&] { TokenPipeline(file.dump(), "t").encode(text); });
}

TEST(TokenPipelineTest, TheEarliestMergeIsTheFirstOne) {
  EXPECT_THAT(ids(bpe(), "abc"), ElementsAre(5));  // ab, then abc
  EXPECT_THAT(ids(bpe(), "bcabb"), ElementsAre(4, 3, 1));
  Json other = bpe();
  other["model"]["merges"] = Json::parse(R"(["b c", "a b", "ab c"])");
  EXPECT_THAT(ids(other, "abc"), ElementsAre(0, 4));  // bc, and there is no "a bc"
  other["model"]["ignore_merges"] = true;
  EXPECT_THAT(ids(other, "abc"), ElementsAre(5));
}

TEST(TokenPipelineTest, UnknownCharactersAreLeftOutUnknownOrBytes) {
  Json file = bpe();
  EXPECT_THAT(ids(file, "axyb"), ElementsAre(3));  // neighbours now
  file["model"]["unk_token"] = "<unk>";
  EXPECT_THAT(ids(file, "axyb"), ElementsAre(0, 6, 6, 1));
  file["model"]["fuse_unk"] = true;
  EXPECT_THAT(ids(file, "axyb"), ElementsAre(0, 6, 1));
  file["model"]["byte_fallback"] = true;
  EXPECT_THAT(ids(file, "adyb"), ElementsAre(0, 7, 6, 1));
}

TEST(TokenPipelineTest, TheMostLikelyWayIsTaken) {
  // x y: −1 − 1 = −2, xy: −1.5; z is unknown, −3 − 10 = −13.
  Json file = Json::parse(R"({"model": {"type": "Unigram", "unk_id": 0,
    "vocab": [["<unk>", 0], ["x", -1], ["y", -1], ["xy", -1.5], ["yx", -3], ["<0x7A>", -3]]}})");
  EXPECT_THAT(ids(file, "xyx"), ElementsAre(3, 1));  // −2.5 against −3 and −4
  EXPECT_THAT(ids(file, "zzx"), ElementsAre(0, 1));  // unknown ones are one
  file["model"]["byte_fallback"] = true;
  EXPECT_THAT(ids(file, "zzx"), ElementsAre(5, 5, 1));
  file["model"]["byte_fallback"] = false;
  file["model"]["unk_id"] = nullptr;
  EXPECT_EQ(problem(file, "xz"), "t: cannot encode the text: the vocabulary has neither 'z' nor an unk_id");
  file["model"]["unk_id"] = 6;
  EXPECT_EQ(problem(file), "t:1: model.unk_id: 6; expected one of the 6 tokens");
}

TEST(TokenPipelineTest, AddedTokensAreFoundFirstAndTheLongestOfThem) {
  Json file = bpe();
  file["added_tokens"] = Json::parse(R"([
    {"id": 8, "content": "<a>", "special": true, "normalized": false},
    {"id": 9, "content": "<a>b", "special": false, "normalized": false, "lstrip": true, "rstrip": true},
    {"id": 10, "content": "ca", "special": false, "normalized": false, "single_word": true}])");
  EXPECT_THAT(ids(file, "ab<a>c"), ElementsAre(3, 8, 2));
  EXPECT_THAT(ids(file, "a <a>b b"), ElementsAre(0, 9, 1));
  EXPECT_THAT(ids(file, "ca-bca ca"), ElementsAre(10, 4, 0, 10));
  EXPECT_EQ(TokenPipeline(file.dump(), "t").decode({0, 8, 9, 77, -1, 5}), "a <a>b abc");
}

TEST(TokenPipelineTest, IdsOfAddedTokensAreTheModelsOrTheNext) {
  Json file = bpe();
  file["added_tokens"] = Json::parse(R"([{"id": 70, "content": "b", "special": true, "normalized": false},
                                         {"id": 80, "content": "X", "special": true, "normalized": false}])");
  EXPECT_THAT(ids(file, "abXX"), ElementsAre(0, 1, 8, 8));
}

TEST(TokenPipelineTest, AFileOrTextThatIsNoneIsOneLine) {
  const auto text = [](const std::string& json) { return input_error([&] { TokenPipeline(json, "t"); }); };
  EXPECT_EQ(text("[]"), "t:1: a list; expected an object");
  EXPECT_EQ(text("{}"), "t: model: missing; expected a value");
  EXPECT_EQ(text(""), "t:1: empty; expected a tokenizer.json");
  EXPECT_EQ(text(bpe().dump().substr(0, 60)), "t:1: ends in the middle; expected a tokenizer.json");
  EXPECT_EQ(problem(bpe(), "a\xff"), "t: cannot encode the text: it is not UTF-8");
  // Brackets without end, and a file of sequences in sequences.
  EXPECT_EQ(text(std::string(1'000'000, '[')), "t:1: nested more than 100 deep; expected a tokenizer.json");
  const auto nested = [](int levels) {
    Json normalizer = {{"type", "NFC"}};
    for (int level = 0; level < levels; ++level)
      normalizer = {{"type", "Sequence"}, {"normalizers", Json::array({normalizer})}};
    Json deep = bpe();
    deep["normalizer"] = normalizer;
    return problem(deep);
  };
  EXPECT_EQ(nested(49), "no error");  // in the file's object, each sequence with its list, and the form
  EXPECT_EQ(nested(50), "t:1: nested more than 100 deep; expected a tokenizer.json");
}

TEST(TokenPipelineTest, SaysWhichPartIsNotSupported) {
  const auto with = [](const std::string& key, const std::string& part) {
    Json file = bpe();
    file[Json::json_pointer(key)] = Json::parse(part);
    return problem(file);
  };
  EXPECT_EQ(with("/pre_tokenizer", R"({"type": "UnicodeScripts"})"),
            "t:1: pre_tokenizer.type: 'UnicodeScripts' is not supported; expected BertPreTokenizer, ByteLevel, "
            "CharDelimiterSplit, Digits, Metaspace, Punctuation, Sequence, Split, Whitespace, WhitespaceSplit");
  EXPECT_EQ(
      with("/decoder", R"({"type": "Sequence", "decoders": [{"type": "Fuse"}, {"type": "CTC"}]})"),
      "t:1: decoder.decoders[1].type: 'CTC' is not supported; expected BPEDecoder, ByteFallback, ByteLevel, Fuse, "
      "Metaspace, Replace, Sequence, Strip, WordPiece");
  EXPECT_EQ(
      with("/model/type", R"("BPF")"),
      "t:1: model.type: 'BPF' is not supported; expected BPE, Unigram, WordLevel, WordPiece; did you mean 'BPE'?");
  EXPECT_EQ(with("/model/dropout", "0.1"),
            "t:1: model.dropout: merges left out by chance are not supported; expected null");
  EXPECT_EQ(with("/model/vocab", "[]"), "t:1: model.vocab: a list; expected an object");
  EXPECT_EQ(with("/model/vocab/a", "-1"), "t:1: model.vocab.a: -1; expected a whole number from 0 to 2147483647");
  EXPECT_EQ(with("/model/merges", "3"), "t:1: model.merges: 3; expected a list");
  EXPECT_EQ(with("/model/merges/1", R"("a  b")"),
            "t:1: model.merges[1]: 'a  b'; expected two tokens with a blank between them");
  EXPECT_EQ(with("/model/merges/1", R"(["a", "x"])"), "t:1: model.merges[1]: 'x' is not in the vocabulary");
  EXPECT_EQ(with("/model/merges/1", R"(["a"])"), "t:1: model.merges[1]: no merge; expected a text or a list of two");
  EXPECT_EQ(with("/added_tokens", R"([{"id": 9}])"), "t:1: added_tokens[0].content: missing; expected a value");
  EXPECT_EQ(with("/added_tokens", R"([{"id": -9, "content": "x"}])"),
            "t:1: added_tokens[0].id: -9; expected a whole number from 0 to 2147483647");
  EXPECT_EQ(with("/added_tokens", R"({"x": 1})"), "t:1: added_tokens: an object; expected a list");
  EXPECT_EQ(with("/post_processor", R"({"type": "TemplateProcessing", "special_tokens": {},
                                        "single": [{"SpecialToken": {"id": "<s>"}}]})"),
            "t:1: post_processor.special_tokens.<s>: missing; expected a value");
  EXPECT_EQ(with("/post_processor", R"({"type": "BertProcessing", "sep": ["x"], "cls": ["x", 1]})"),
            "t:1: post_processor.sep: a list of 1; expected a token and its id");
  EXPECT_EQ(with("/normalizer", R"({"type": "Precompiled", "precompiled_charsmap": "AAAA"})"),
            "t:1: normalizer.precompiled_charsmap: no table of SentencePiece: its trie is said to be 0 of 3 bytes");
  EXPECT_EQ(with("/normalizer", R"({"type": "Precompiled", "precompiled_charsmap": "?"})"),
            "t:1: normalizer.precompiled_charsmap: no base64");
  EXPECT_EQ(with("/pre_tokenizer", R"({"type": "Metaspace", "replacement": "ab"})"),
            "t:1: pre_tokenizer.replacement: 'ab'; expected one character");
  EXPECT_EQ(
      with("/pre_tokenizer", R"({"type": "Split", "pattern": {"Regex": "("}, "behavior": "Isolated"})"),
      "t:1: pre_tokenizer.pattern.Regex: the regular expression '(' is not supported (missing closing parenthesis)");
  EXPECT_EQ(with("/pre_tokenizer", R"({"type": "Split", "pattern": {"Regex": "[a&&[b]]"}, "behavior": "Isolated"})"),
            "t:1: pre_tokenizer.pattern.Regex: the regular expression '[a&&[b]]' is not supported (an intersection of "
            "sets)");
  EXPECT_EQ(with("/pre_tokenizer", R"({"type": "Split", "pattern": {"String": ""}, "behavior": "Isolated"})"),
            "t:1: pre_tokenizer.pattern.String: empty");
  EXPECT_EQ(with("/pre_tokenizer", R"({"type": "Split", "pattern": {"String": "a"}, "behavior": "Lost"})"),
            "t:1: pre_tokenizer.behavior: 'Lost' is not known; expected Removed, Isolated, MergedWithPrevious, "
            "MergedWithNext, Contiguous");
}

TEST(TokenPipelineTest, ARegularExpressionThatTakesTooLongIsOneLine) {
  Json file = bpe();
  file["pre_tokenizer"] = Json::parse(R"({"type": "Split", "pattern": {"Regex": "(a+)+$"}, "behavior": "Isolated"})");
  EXPECT_EQ(problem(file, std::string(64, 'a') + "b"),
            "t: cannot encode the text: the regular expression '(a+)+$' takes too long on this text (match limit "
            "exceeded)");
}

}  // namespace
