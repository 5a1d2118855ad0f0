#!/usr/bin/env python3
"""Makes the small random language models of tests/data and what Hugging Face transformers computes with them.

    python3 scripts/make_tiny_models.py [FOLDER]      # FOLDER: default tests/data beside this script's folder

The files in the repository were made with Python 3.11.2, torch 1.13.1 (Debian's), transformers 4.44.2, safetensors
0.8.0, sentencepiece 0.2.3 and numpy 1.24.2. Everything is drawn from fixed seeds: with the same versions the same bytes
come out.

Each folder holds config.json, the weights, and expected.json:

    prompt_ids      [2][T]         what the model is run on
    prefill_logits  [2][T][vocab]  eager attention, float32
    tokens          [steps + 1][2] the most likely next ones, after prefill and after each decode step
    decode_logits   [steps][2][vocab], with the KV cache

tiny_llama has a tokenizer.model, too, and tokenizer.json_lines what Hugging Face's LlamaTokenizer makes of texts.
"""

import io
import json
import pathlib
import shutil
import sys

from basics.outermost import run_script

TEXT = """How to prepare coffee? Grind the beans, boil the water, pour it over the ground coffee and wait.
A cup of coffee is mostly water. The water should be hot, but it should not boil.
Tea is prepared in the same way: pour hot water over the leaves and wait for some minutes.
Some people take milk or sugar with their coffee, others drink it black.
The machine that we simulate has memory in which the computing is done where the data lie.
A model reads the whole prompt at once, and then it writes one token after the other.
Each token is chosen from the probabilities that the model computes for all the words it knows.
The tokens that were read before are kept in a cache, so that they need not be read again.
It is a long way from the beans to the cup, and it is a long way from the prompt to the answer.
Good coffee takes good beans, good water and some time. Good answers take some time too.
"""
PROMPTS = ["How to prepare coffee?", "", "  two  spaces", "The water's hot; 12 °C", "memory\nand data", "</s> is text"]

SMALL = dict(hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2,
             max_position_embeddings=64, initializer_range=0.25, bos_token_id=1, eos_token_id=2, use_cache=True)
STEPS = 5


def make_tokenizer(folder):
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(TEXT.splitlines()), model_writer=model, vocab_size=128, model_type="bpe", num_threads=1,
        unk_id=0, bos_id=1, eos_id=2, pad_id=-1, character_coverage=1.0, normalization_rule_name="identity",
        add_dummy_prefix=True, remove_extra_whitespaces=False, minloglevel=2)
    (folder / "tokenizer.model").write_bytes(model.getvalue())
    tokenizer = transformers.LlamaTokenizer(str(folder / "tokenizer.model"), legacy=True)
    with open(folder / "tokenizer.json_lines", "w") as out:
        for prompt in PROMPTS:
            ids = tokenizer.convert_tokens_to_ids(["<s>"]) + tokenizer.convert_tokens_to_ids(
                tokenizer.tokenize(prompt, split_special_tokens=True))
            if prompt and "</s>" not in prompt:
                assert ids == tokenizer(prompt).input_ids
            out.write(json.dumps({"text": prompt, "ids": ids,
                                  "decoded": tokenizer.decode(ids[1:], skip_special_tokens=True,
                                                              clean_up_tokenization_spaces=False)}) + "\n")
    return len(tokenizer)


def randomise(model, seed):
    """What Hugging Face sets to ones and zeros is drawn as well, so that nothing can be left out unnoticed."""
    generator = torch.Generator().manual_seed(seed)
    for name, parameter in model.named_parameters():
        if name.endswith("norm.weight"):
            parameter.data = 1 + 0.2 * torch.randn(parameter.shape, generator=generator)
        elif name.endswith("bias"):
            parameter.data = 0.2 * torch.randn(parameter.shape, generator=generator)


def rounded(tensor):
    """Floats with seven digits after the point: a thousand times finer than what is compared."""
    if isinstance(tensor, torch.Tensor):
        tensor = tensor.tolist()
    return [rounded(item) for item in tensor] if isinstance(tensor, list) else round(tensor, 7)


def expected(model, vocabulary, prompt_tokens, seed):
    generator = torch.Generator().manual_seed(seed)
    prompt = torch.randint(0, vocabulary, (2, prompt_tokens), generator=generator)
    with torch.no_grad():
        out = model(prompt, use_cache=True)
        found = {"prompt_ids": prompt.tolist(), "prefill_logits": rounded(out.logits), "tokens": [],
                 "decode_logits": []}
        for step in range(STEPS + 1):
            token = out.logits[:, -1].argmax(-1, keepdim=True)
            found["tokens"].append(token[:, 0].tolist())
            if step < STEPS:
                out = model(token, past_key_values=out.past_key_values, use_cache=True)
                found["decode_logits"].append(rounded(out.logits[:, 0]))
    return found


def make(folder, model_class, config, seed, prompt_tokens, dtype="float32", shard_size="1GB"):
    transformers.set_seed(seed)
    config._attn_implementation = "eager"
    model = model_class(config).eval()
    randomise(model, seed)
    model.to(getattr(torch, dtype)).save_pretrained(folder, max_shard_size=shard_size)
    (folder / "generation_config.json").unlink()
    # What is computed with is what was written, and frequencies that were never rounded to dtype.
    model = model_class.from_pretrained(folder, torch_dtype=torch.float32, attn_implementation="eager").eval()
    found = expected(model, config.vocab_size, prompt_tokens, seed + 1)
    (folder / "expected.json").write_text(json.dumps(found) + "\n")


def main():
    # Here, so that a line says which of them is missing.
    global sentencepiece, torch, transformers
    import sentencepiece
    import torch
    import transformers
    transformers.logging.set_verbosity_error()
    torch.set_num_threads(1)
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent / "tests" / "data"
    folders = {}
    for name in ("tiny_llama", "tiny_llama_linear", "tiny_llama3", "tiny_mistral", "tiny_mixtral"):
        folders[name] = root / name
        shutil.rmtree(folders[name], ignore_errors=True)
        folders[name].mkdir(parents=True)
    llama, llama_class = transformers.LlamaConfig, transformers.LlamaForCausalLM

    make(folders["tiny_llama"], llama_class, llama(vocab_size=make_tokenizer(folders["tiny_llama"]), **SMALL), 1, 7)
    # Positions beyond max_position_embeddings / factor, weights in float16.
    make(folders["tiny_llama_linear"], llama_class,
         llama(vocab_size=80, rope_scaling={"type": "linear", "factor": 2.5}, rope_theta=500.0, **SMALL), 2, 6,
         "float16")
    # The head's frequencies fall on both sides of the two bounds; one KV head; tied embeddings, biases; three shards.
    scaling = {"rope_type": "llama3", "factor": 4.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
               "original_max_position_embeddings": 32}
    make(folders["tiny_llama3"], llama_class,
         llama(vocab_size=90, rope_scaling=scaling, tie_word_embeddings=True, attention_bias=True, mlp_bias=True,
               rms_norm_eps=1e-5, **{**SMALL, "num_key_value_heads": 1}), 3, 8, shard_size="40KB")
    # The window is smaller than the prompt; heads are not hidden_size / num_attention_heads wide; weights in bfloat16.
    make(folders["tiny_mistral"], transformers.MistralForCausalLM,
         transformers.MistralConfig(vocab_size=100, sliding_window=4, head_dim=12, rope_theta=1000.0, **SMALL), 4, 8,
         "bfloat16")
    # Hugging Face's eager attention does not look at Mixtral's window.
    make(folders["tiny_mixtral"], transformers.MixtralForCausalLM,
         transformers.MixtralConfig(vocab_size=70, sliding_window=4, num_local_experts=4, num_experts_per_tok=2,
                                    **{**SMALL, "intermediate_size": 32}), 5, 8)


if __name__ == "__main__":
    sys.exit(run_script("make_tiny_models.py", main))
