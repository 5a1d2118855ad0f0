#!/usr/bin/env python3
"""Makes tests/data/tokenizers: small tokenizer.json files of every kind that upmem-des reads, sentences in many scripts, and
what Hugging Face's library makes of them.

    python3 -m venv venv && venv/bin/pip install tokenizers==0.23.3 sentencepiece==0.2.3 protobuf
    venv/bin/python scripts/make_tiny_tokenizers.py

The sentences, written for this, are what the tokenizers are trained on and what is compared; both are in the public domain.
Files are NAME.json; expected.json has for each the ids of every sentence and the text that these decode to. The pre-tokenizers'
regular expressions are those of the models that the names say.
"""

import base64
import json
import pathlib
import sys
import tempfile

from basics.outermost import run_script

import sentencepiece
from sentencepiece import sentencepiece_model_pb2
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "tests/data/tokenizers"

SENTENCES = [
    "How long does a token take? It depends on the memory, and on nothing else.",
    "The memory module computes where the numbers are; the numbers don't move, they're read.",
    "I'll say it again: we've measured it, she'd have doubted it, CAN'T YOU'LL I'M it's.",
    "Der Speicher rechnet, wo die Zahlen liegen: größer, süßer, straßauf – „Ångström“ und ﬁne ﬃ.",
    "La mémoire calcule là où sont les nombres ; naïve façade, e\u0301te\u0301, cœur, İstanbul, ısı.",
    "Η μνήμη υπολογίζει εκεί όπου βρίσκονται οι αριθμοί. ΣΊΣΥΦΟΣ, λόγος.",
    "Память считает там, где лежат числа. Ещё раз: ёлка, и\u0306од, Київ, їжак.",
    "الذاكرة تحسب حيث توجد الأرقام. شُكْرًا، ٣٤٥ رقمًا ﷽",
    "הזיכרון מחשב היכן שהמספרים נמצאים. שָׁלוֹם, מה שלומך?",
    "स्मृति वहीं गणना करती है जहाँ संख्याएँ हैं। नमस्ते, क्षत्रिय, १२३ रुपये।",
    "หน่วยความจำคำนวณที่ที่ตัวเลขอยู่ น้ำ ๑๒๓",
    "内存在数字所在的地方计算。你好，世界！一二三，１２３，㍿。",
    "メモリは数字のある場所で計算します。カタカナ、ｶﾀｶﾅ、か\u3099、「引用」。",
    "메모리는 숫자가 있는 곳에서 계산합니다. 한국어, \u1112\u1161\u11ab\u1100\u116e\u11a8.",
    "Emoji: 👩‍👩‍👧‍👦 🏳️‍🌈 🇩🇪🇫🇷 👍🏽 ☕ ❤️ 🤦🏾‍♂️ 𝒳 𝟙 𐍈 🀄 𠀀",
    "Numbers: 1 12 123 1234 12345 3.14159 1,000,000 0x7f 2024-11-29 ½ ² Ⅷ ① 10^-9",
    "def area(r):\n    if r < 0:\n\treturn None  # no circle\n    return 3.14159 * r**2\n\n\nprint(f\"{area(2)!r}\")",
    "int main() { for (int i = 0; i != 10; ++i) std::cout << i << '\\n'; }  // C++17 && more",
    "<html><body class=\"a\">&amp;&nbsp;</body></html> {\"key\": [1, 2.5, null, true]} $x_1 @user #tag ~/a/b?c=d&e=f",
    "  two before,   three within,\t\ttabs,\u00a0no-break\u2003em\u3000ideographic   ",
    "line\nline\r\nline\r\r\n\n\nparagraph \n \n end\u2028separator\u0085next",
    "controls \x00\x01\x1b[0m\x7f\u0080\u00ad\u200b\u200c\u200d\u200e\ufeff\ufffd end",
    "▁underscore▁▁ Ġ Ċ Â <0x0A> <unk> [UNK] </s> ## ##ing",
    "<s>special</s> <|begin|>  <|end|>text <mask> masked<mask>s  [WORD] in[WORD]s ﬁX Ｘtra",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa !!!!!!!! ---------- ......... ???!!!",
    "", " ", "\n", "  ", "a", "é", "👍", "'s", " 's", "1", "\u0301", "\u200d",
]

GPT2_LETTERS = pre_tokenizers.ByteLevel.alphabet()
LLAMA3 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
QWEN2 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
BYTES = [f"<0x{byte:02X}>" for byte in range(256)]


def special(content, **how):
    return AddedToken(content, special=True, normalized=False, **how)


def train_bytes(tokenizer, size, specials):
    tokenizer.train_from_iterator(SENTENCES, trainers.BpeTrainer(
        vocab_size=size, initial_alphabet=GPT2_LETTERS, special_tokens=specials, show_progress=False))


def llama3():
    tokenizer = Tokenizer(models.BPE(ignore_merges=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(LLAMA3), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    train_bytes(tokenizer, 500, [])
    tokenizer.add_special_tokens([special("<|begin|>"), special("<|end|>")])
    tokenizer.post_processor = processors.Sequence([
        processors.ByteLevel(trim_offsets=True),
        processors.TemplateProcessing(single="<|begin|> $A", special_tokens=[("<|begin|>", tokenizer.token_to_id("<|begin|>"))])])
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def qwen2():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(QWEN2), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    train_bytes(tokenizer, 450, [])
    tokenizer.add_special_tokens([special("<|end|>")])
    # Not special, so that they are decoded: one that is looked for in the normalized text, one within words only, blanks.
    tokenizer.add_tokens([AddedToken("<mask>", lstrip=True, rstrip=True, normalized=False),
                          AddedToken("[WORD]", single_word=True, normalized=False), AddedToken("\u00e9t\u00e9", normalized=True),
                          AddedToken("   ", normalized=False)])
    tokenizer.post_processor = processors.ByteLevel(trim_offsets=False)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def gpt2():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    train_bytes(tokenizer, 400, ["<s>", "</s>"])
    tokenizer.add_special_tokens([AddedToken("<mask>", lstrip=True, special=True)])
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 1), ("<s>", 0))
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def with_bytes(tokenizer):
    """The same with a token for each byte, which no trainer makes."""
    tree = json.loads(tokenizer.to_str())
    vocabulary = tree["model"]["vocab"]
    for byte in BYTES:
        vocabulary.setdefault(byte, len(vocabulary))
    tree["model"]["byte_fallback"] = True
    return Tokenizer.from_str(json.dumps(tree))


def llama2():
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", fuse_unk=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Prepend("▁"), normalizers.Replace(" ", "▁")])
    tokenizer.train_from_iterator(SENTENCES[:7], trainers.BpeTrainer(
        vocab_size=300, special_tokens=["<unk>", "<s>", "</s>"], show_progress=False))
    tokenizer = with_bytes(tokenizer)
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    tokenizer.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(),
                                           decoders.Strip(" ", 1, 0)])
    return tokenizer


def mistral():
    """Metaspace at the beginning of a text only, and unknown tokens one by one."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first", split=False)
    tokenizer.train_from_iterator(SENTENCES[:7], trainers.BpeTrainer(
        vocab_size=260, special_tokens=["<unk>", "<s>", "</s>"], show_progress=False))
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A </s>", special_tokens=[("<s>", 1), ("</s>", 2)])
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="first")
    return tokenizer


def unigram(size, **how):
    tokenizer = Tokenizer(models.Unigram())
    for name, part in how.items():
        setattr(tokenizer, name, part)
    tokenizer.train_from_iterator(SENTENCES, trainers.UnigramTrainer(
        vocab_size=size, special_tokens=["<pad>", "</s>", "<unk>"], unk_token="<unk>", show_progress=False))
    return tokenizer


def precompiled():
    """SentencePiece's table of a few rules, as it writes it into its models."""
    rules = {"ﬁ": "fi", "ﬃ": "ffi", "½": "1/2", "\t": " ", "\n": " ", "\r": " ", "\u00a0": " ", "\u3000": " ", "\u00ad": "",
             "\u200b": "", "Å": "A\u030a", "e\u0301": "é", "か\u3099": "が", "㍿": "株式会社", "１": "1", "２": "2", "Ｘ": "X", "ｶ": "カ"}
    with tempfile.TemporaryDirectory() as folder:
        where = pathlib.Path(folder)
        code = [("\t".join(" ".join(f"{ord(at):X}" for at in text) for text in rule)) for rule in rules.items()]
        (where / "rules.tsv").write_text("\n".join(code) + "\n")
        (where / "text").write_text("\n".join(SENTENCES[:3]))
        sentencepiece.SentencePieceTrainer.train(
            input=str(where / "text"), model_prefix=str(where / "m"), vocab_size=60, normalization_rule_tsv=str(where / "rules.tsv"),
            hard_vocab_limit=False, minloglevel=2)
        model = sentencepiece_model_pb2.ModelProto()
        model.ParseFromString((where / "m.model").read_bytes())
        return model.normalizer_spec.precompiled_charsmap


def t5():
    tokenizer = unigram(
        400, normalizer=normalizers.Sequence([normalizers.Precompiled(precompiled()), normalizers.Replace(Regex(" {2,}"), " ")]),
        pre_tokenizer=pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()]))
    tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    tokenizer.decoder = decoders.Metaspace()
    return tokenizer


def albert():
    """Unigram with bytes for what it does not know, after every other normalizer."""
    tokenizer = unigram(
        350, normalizer=normalizers.Sequence([normalizers.Nmt(), normalizers.NFKD(), normalizers.StripAccents(), normalizers.Lowercase(),
                                              normalizers.NFKC(), normalizers.Strip()]),
        pre_tokenizer=pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.Metaspace()]))
    tree = json.loads(tokenizer.to_str())
    least = min(score for _, score in tree["model"]["vocab"])
    rare = [entry for entry in tree["model"]["vocab"] if not (len(entry[0]) == 1 and ord(entry[0]) > 0x5ff)]
    tree["model"]["vocab"] = rare + [[byte, least] for byte in BYTES]
    tree["model"]["byte_fallback"] = True
    tokenizer = Tokenizer.from_str(json.dumps(tree))
    tokenizer.decoder = decoders.Sequence([decoders.ByteFallback(), decoders.Metaspace()])
    return tokenizer


def bert():
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=20))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.train_from_iterator(SENTENCES[:9], trainers.WordPieceTrainer(
        vocab_size=400, special_tokens=["[UNK]", "[CLS]", "[SEP]"], show_progress=False))
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 2), ("[CLS]", 1))
    tokenizer.decoder = decoders.WordPiece()
    return tokenizer


def words():
    """Words as they are, cut at blanks and marks."""
    tokenizer = Tokenizer(models.WordLevel(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.NFD()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Whitespace(), pre_tokenizers.Punctuation("merged_with_previous"), pre_tokenizers.CharDelimiterSplit("x"),
        pre_tokenizers.Digits(), pre_tokenizers.Split("er", "merged_with_next"), pre_tokenizers.Split(Regex("a+"), "contiguous"),
        pre_tokenizers.Split(Regex(r"[b-df-h\p{Greek}]+"), "removed", invert=True)])
    tokenizer.train_from_iterator(SENTENCES, trainers.WordLevelTrainer(
        vocab_size=250, special_tokens=["[UNK]"], show_progress=False))
    return tokenizer


def subwords():
    """BPE with marks at the ends of words and before what goes on with one."""
    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", end_of_word_suffix="</w>", continuing_subword_prefix="@@"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer.train_from_iterator(SENTENCES[:3], trainers.BpeTrainer(
        vocab_size=200, special_tokens=["<unk>"], end_of_word_suffix="</w>", continuing_subword_prefix="@@", show_progress=False))
    tokenizer.decoder = decoders.BPEDecoder()
    return tokenizer


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "sentences.json").write_text(json.dumps(SENTENCES, ensure_ascii=True, indent=0) + "\n")
    expected = {}
    for make in (llama3, qwen2, gpt2, llama2, mistral, t5, albert, bert, words, subwords):
        name = make.__name__
        made = make()
        made.save(str(FOLDER / f"{name}.json"), pretty=False)
        made = Tokenizer.from_file(str(FOLDER / f"{name}.json"))
        ids = [made.encode(sentence).ids for sentence in SENTENCES]
        expected[name] = {"ids": ids, "texts": [made.decode(each) for each in ids]}
    lines = [f"{json.dumps(name)}: {json.dumps(answers, ensure_ascii=True)}" for name, answers in expected.items()]
    (FOLDER / "expected.json").write_text("{" + ",\n".join(lines) + "}\n")


if __name__ == "__main__":
    sys.exit(run_script("make_tiny_tokenizers", main))
