#!/usr/bin/env python3
"""Compares what upmem-des and Hugging Face's library `tokenizers` make of texts, token for token.

    python3 -m venv venv && venv/bin/pip install tokenizers
    cmake --build --preset release --target tokenize_lines
    venv/bin/python scripts/compare_tokenizers.py build/release/tests/unit/token_pipeline/tokenize_lines TOKENIZER.JSON...

Texts are put together at random, from a fixed seed, of what tokenizers treat differently: scripts, combining marks, emoji
sequences, blanks, line ends, controls, digits, contractions, code, the file's own added tokens, any character. A text whose
ids or decoded text differ is printed. Ends with 1 where any does.
"""

import argparse
import json
import pathlib
import random
import subprocess
import sys
import unicodedata

from basics.outermost import run_script

from tokenizers import Tokenizer

WORDS = """the quick brown fox jumps over lazy dogs Hello WORLD don't I'll we've they're she'd it's I'm CAN'T YOU'LL it’s naïve
café Ångström straße ﬁne ﬃ ĳ Ǆ İstanbul ıllı ſharp Σίσυφος λόγος Москва ещё йогурт شُكْرًا السلام עברית שָׁלוֹם हिन्दी नमस्ते क्षत्रिय ภาษาไทย น้ำ
中文 漢字 你好世界 日本語 ひらがな カタカナ ｶﾀｶﾅ 한국어 한국 ẛ̣ é ö a̐̈ q̣̇ 👩‍👩‍👧‍👦 🏳️‍🌈 🇩🇪 👍🏽 ☕ ❤️ 🤦🏾‍♂️ ½ ² Ⅷ ① ٣٤٥ १२३ 12345 3.14159 1,000,000 0x7f 2024-11-29
def __init__(self): if(x==0){return;} <br/> &amp; #include \\n C++ foo_bar $x %d e.g. http://a.b/c?d=1 user@host ### --- ... !!! ?! «» „“ —
▁ ▁▁ Ġ Ċ <0x0A> <unk> [UNK] </s> <s> <pad> ᠎ ﷽ ﷺ Å Ω K ® ™ ﬀ ㍿ ㌀ ﾞ ｱ゛ Ａｂｃ １２３ 　 𝒳 𝟙 𐍈 🀄 𠀀 𪜶""".split()
BLANKS = [" ", " ", " ", " ", "  ", "   ", "\n", "\r\n", "\n\n", "\t", " \n ", "\u00a0", "\u2003", "\u3000", "\u200b", "\u2028", "\u0085", "", "", ""]
CONTROLS = ["\0", "\x01", "\x1b", "\x7f", "\u0080", "\u200c", "\u200d", "\u200e", "\ufeff", "\ufffd", "\u00ad", "\u0301", "\u0308", "\ufe0f"]


def is_stable(character):
    """Of the same category ever since Unicode 3.2: about others the versions of Unicode that take part do not agree."""
    category = unicodedata.category(character)
    return category not in ("Cn", "Cs") and unicodedata.ucd_3_2_0.category(character) == category


def any_character(rng):
    while True:
        character = chr(rng.choice((rng.randrange(0x80), rng.randrange(0x800), rng.randrange(0x3400), rng.randrange(0x30000))))
        if is_stable(character):
            return character


def random_text(rng, added):
    parts = []
    for _ in range(rng.randrange(1, 14)):
        kind = rng.randrange(20)
        if kind < 11:
            parts.append(rng.choice(WORDS))
        elif kind < 13:
            parts.append("".join(any_character(rng) for _ in range(rng.randrange(1, 6))))
        elif kind < 14:
            parts.append(rng.choice(CONTROLS))
        elif kind < 15 and added:
            parts.append(rng.choice(added))
        elif kind < 16:
            parts.append(rng.choice(WORDS)[: rng.randrange(1, 4)] * rng.randrange(1, 9))
        elif kind < 17:
            parts.append(str(rng.randrange(10 ** rng.randrange(1, 12))))
        parts.append(rng.choice(BLANKS))
    return "".join(parts)


def compare(program, path, count, seed):
    theirs = Tokenizer.from_file(str(path))
    theirs.no_truncation()
    theirs.no_padding()
    added = [token["content"] for token in json.loads(path.read_text())["added_tokens"]][:200]
    rng = random.Random(seed)
    texts = ["", " ", "\n"] + [random_text(rng, added) for _ in range(count)]
    done = subprocess.run([program, path], input="".join(json.dumps(text) + "\n" for text in texts), text=True,
                          capture_output=True, check=False)
    if done.returncode != 0:
        print(f"{path}: {done.stderr.strip()}")
        return False
    differing = 0
    for text, line in zip(texts, done.stdout.split("\n")[:-1], strict=True):
        ours = json.loads(line)
        encoded = theirs.encode(text).ids
        expected = {"ids": encoded, "text": theirs.decode(encoded)}
        if ours == expected:
            continue
        differing += 1
        if differing <= 5:
            print(f"{path}: {text!r}")
            for key in expected:
                if ours.get(key) != expected[key]:
                    print(f"  {key}: ours {ours.get(key)!r}, theirs {expected[key]!r} {ours.get('error', '')}")
    print(f"{path}: {differing} of {len(texts)} texts differ; {done.stderr.strip()}")
    return differing == 0


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("program", help="tokenize_lines")
    options.add_argument("files", nargs="+", type=pathlib.Path, metavar="TOKENIZER.JSON")
    options.add_argument("--texts", type=int, default=10_000, help="for each file (default: %(default)s)")
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    agree = [compare(given.program, path, given.texts, given.seed) for path in given.files]
    return 0 if all(agree) else 1


if __name__ == "__main__":
    sys.exit(run_script("compare_tokenizers", main))
