#!/usr/bin/env python3
"""Makes the small random language models of tests/data and what Hugging Face transformers computes with them.

    python3 scripts/make_tiny_models.py [FOLDER] [NAME…]   # FOLDER: default tests/data beside this script's folder

NAMEs are those of models; without one all are made that the installed transformers is the right one for.
tiny_llama, tiny_llama_linear, tiny_llama3, tiny_mistral and tiny_mixtral were made with Python 3.11.2, torch 1.13.1
(Debian's), transformers 4.44.2, safetensors 0.8.0, sentencepiece 0.2.3 and numpy 1.24.2; the others with Python 3.11.2,
torch 2.15.0 (CPU), transformers 5.24.0, safetensors 0.8.0 and numpy 2.4.6. Everything is drawn from fixed seeds: with
the same versions the same bytes come out.

Each folder holds config.json, the weights, and expected.json:

    prompt_ids      [2][T]         what the model is run on
    prefill_logits  [2][T][vocab]  eager attention, float32, experts one by one
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
    import sentencepiece
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
        if name.endswith(("norm.weight", "ln_1.weight", "ln_2.weight", "ln_f.weight")):
            # Gemma adds the 1 itself.
            ones = 0 if model.config.model_type.startswith("gemma") else 1
            parameter.data = ones + 0.2 * torch.randn(parameter.shape, generator=generator)
        elif name.endswith("bias"):
            parameter.data = 0.2 * torch.randn(parameter.shape, generator=generator)
    for name, buffer in model.named_buffers():
        if name.endswith("e_score_correction_bias"):
            buffer.copy_(0.2 * torch.randn(buffer.shape, generator=generator))


def rounded(tensor):
    """Floats with seven digits after the point: a thousand times finer than what is compared."""
    if isinstance(tensor, torch.Tensor):
        tensor = tensor.tolist()
    return [rounded(item) for item in tensor] if isinstance(tensor, list) else round(tensor, 7)


def expected(model, vocabulary, prompt_tokens, seed):
    generator = torch.Generator().manual_seed(seed)
    prompt = torch.randint(0, vocabulary, (2, prompt_tokens), generator=generator)
    with torch.no_grad():
        cache = "cache" if is_new() else "past_key_values"
        out = model(prompt, use_cache=True)
        found = {"prompt_ids": prompt.tolist(), "prefill_logits": rounded(out.logits), "tokens": [],
                 "decode_logits": []}
        for step in range(STEPS + 1):
            token = out.logits[:, -1].argmax(-1, keepdim=True)
            found["tokens"].append(token[:, 0].tolist())
            if step < STEPS:
                out = model(token, use_cache=True, **{cache: out[cache]})
                found["decode_logits"].append(rounded(out.logits[:, 0]))
    return found


def is_new():
    return int(transformers.__version__.split(".")[0]) >= 5


def make(folder, model_class, config, seed, prompt_tokens, dtype="float32", shard_size="1GB", packed=False):
    transformers.set_seed(seed)
    config._attn_implementation = "eager"
    model = model_class(config).eval()
    randomise(model, seed)
    packing = {"save_original_format": False} if packed else {}  # else a tensor for each expert
    model.to(getattr(torch, dtype)).save_pretrained(folder, max_shard_size=shard_size, **packing)
    (folder / "generation_config.json").unlink(missing_ok=True)
    # What is computed with is what was written, and frequencies that were never rounded to dtype.
    options = {"dtype": torch.float32, "experts_implementation": "eager"} if is_new() else {"torch_dtype": torch.float32}
    model = model_class.from_pretrained(folder, attn_implementation="eager", **options).eval()
    found = expected(model, config.vocab_size, prompt_tokens, seed + 1)
    (folder / "expected.json").write_text(json.dumps(found) + "\n")


def main():
    # Here, so that a line says which of them is missing.
    global torch, transformers
    import torch
    import transformers
    transformers.logging.set_verbosity_error()
    torch.set_num_threads(1)
    default = pathlib.Path(__file__).parent.parent / "tests" / "data"
    root = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else default
    models = NEW_MODELS if is_new() else OLD_MODELS
    for name in sys.argv[2:] or models:
        folder = root / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        models[name](folder)


def tiny_llama(folder):
    config = transformers.LlamaConfig(vocab_size=make_tokenizer(folder), **SMALL)
    make(folder, transformers.LlamaForCausalLM, config, 1, 7)


def tiny_llama_linear(folder):
    """Positions beyond max_position_embeddings / factor, weights in float16."""
    config = transformers.LlamaConfig(vocab_size=80, rope_scaling={"type": "linear", "factor": 2.5}, rope_theta=500.0,
                                      **SMALL)
    make(folder, transformers.LlamaForCausalLM, config, 2, 6, "float16")


def tiny_llama3(folder):
    """The head's frequencies fall on both sides of the two bounds; one KV head; tied embeddings, biases; three shards."""
    scaling = {"rope_type": "llama3", "factor": 4.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
               "original_max_position_embeddings": 32}
    config = transformers.LlamaConfig(vocab_size=90, rope_scaling=scaling, tie_word_embeddings=True, attention_bias=True,
                                      mlp_bias=True, rms_norm_eps=1e-5, **{**SMALL, "num_key_value_heads": 1})
    make(folder, transformers.LlamaForCausalLM, config, 3, 8, shard_size="40KB")


def tiny_mistral(folder):
    """The window is smaller than the prompt; heads are not hidden_size / num_attention_heads wide; weights in bfloat16."""
    config = transformers.MistralConfig(vocab_size=100, sliding_window=4, head_dim=12, rope_theta=1000.0, **SMALL)
    make(folder, transformers.MistralForCausalLM, config, 4, 8, "bfloat16")


def tiny_mixtral(folder):
    """Hugging Face's eager attention does not look at Mixtral's window."""
    config = transformers.MixtralConfig(vocab_size=70, sliding_window=4, num_local_experts=4, num_experts_per_tok=2,
                                        **{**SMALL, "intermediate_size": 32})
    make(folder, transformers.MixtralForCausalLM, config, 5, 8)


def tiny_qwen2(folder):
    """The second layer has a window, by max_window_layers alone: its layer_types are taken out of config.json."""
    config = transformers.Qwen2Config(vocab_size=80, use_sliding_window=True, sliding_window=4, max_window_layers=1,
                                      rope_theta=1000.0, **SMALL)
    make(folder, transformers.Qwen2ForCausalLM, config, 6, 8)
    without_keys(folder, "layer_types")


def tiny_qwen3(folder):
    """Tied embeddings, heads of another width, positions stretched by YaRN with one pair in between."""
    scaling = {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 16, "rope_theta": 500.0,
               "beta_fast": 4.0, "beta_slow": 0.5}
    config = transformers.Qwen3Config(vocab_size=90, head_dim=12, tie_word_embeddings=True, rope_parameters=scaling,
                                      **SMALL)
    make(folder, transformers.Qwen3ForCausalLM, config, 7, 8)


def tiny_gpt2(folder):
    """Scores are divided by the layer's number, too."""
    config = transformers.GPT2Config(vocab_size=80, n_embd=32, n_layer=2, n_head=4, n_inner=96, n_positions=32,
                                     scale_attn_by_inverse_layer_idx=True, layer_norm_epsilon=1e-3,
                                     initializer_range=0.25, bos_token_id=1, eos_token_id=2)
    make(folder, transformers.GPT2LMHeadModel, config, 8, 8)


def tiny_gemma3(folder):
    """Two layers with a window, then one without, whose positions are stretched; weights in bfloat16."""
    rotations = {"sliding_attention": {"rope_type": "default", "rope_theta": 100.0},
                 "full_attention": {"rope_type": "linear", "factor": 2.0, "rope_theta": 1000.0}}
    types = ["sliding_attention", "sliding_attention", "full_attention"]
    config = transformers.Gemma3TextConfig(vocab_size=80, head_dim=12, query_pre_attn_scalar=20, sliding_window=4,
                                           layer_types=types, rope_parameters=rotations,
                                           **{**SMALL, "num_hidden_layers": 3, "initializer_range": 0.15})
    make(folder, transformers.Gemma3ForCausalLM, config, 9, 8, "bfloat16")


def tiny_qwen3_moe(folder):
    """A dense layer, then two of four experts; every layer has a window; weights in bfloat16."""
    config = transformers.Qwen3MoeConfig(vocab_size=70, head_dim=12, num_experts=4, num_experts_per_tok=2,
                                         moe_intermediate_size=24, norm_topk_prob=True, mlp_only_layers=[0],
                                         use_sliding_window=True, sliding_window=5,
                                         **{**SMALL, "num_hidden_layers": 3})
    make(folder, transformers.Qwen3MoeForCausalLM, config, 10, 8, "bfloat16")


def tiny_qwen3_moe_packed(folder):
    """Experts in every second layer, whose weights are not scaled to a sum of 1, in packed tensors; tied embeddings."""
    config = transformers.Qwen3MoeConfig(vocab_size=70, head_dim=12, num_experts=4, num_experts_per_tok=2,
                                         moe_intermediate_size=24, decoder_sparse_step=2, tie_word_embeddings=True,
                                         **SMALL)
    make(folder, transformers.Qwen3MoeForCausalLM, config, 11, 8, "bfloat16", packed=True)


DEEPSEEK = dict(vocab_size=70, moe_intermediate_size=12, kv_lora_rank=10, qk_nope_head_dim=6, qk_rope_head_dim=4,
                v_head_dim=7, first_k_dense_replace=1, n_routed_experts=8, num_experts_per_tok=3, num_mtp_layers=0)


def tiny_deepseek_v3(folder):
    """A dense layer, then experts of two of four groups and two shared ones; YaRN with both mscales; bfloat16."""
    scaling = {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 16, "rope_theta": 500.0,
               "beta_fast": 4.0, "beta_slow": 0.5, "mscale": 0.7, "mscale_all_dim": 1.3}
    config = transformers.DeepseekV3Config(q_lora_rank=14, n_group=4, topk_group=2, n_shared_experts=2,
                                           routed_scaling_factor=1.7, rope_parameters=scaling, **DEEPSEEK,
                                           **{**SMALL, "num_hidden_layers": 3, "num_key_value_heads": 4})
    make(folder, transformers.DeepseekV3ForCausalLM, config, 12, 8, "bfloat16")


def tiny_deepseek_v3_plain(folder):
    """Whole queries, biases, pairs that are not interleaved, one group, weights that do not sum to 1."""
    config = transformers.DeepseekV3Config(q_lora_rank=None, n_group=1, topk_group=1, n_shared_experts=1,
                                           norm_topk_prob=False, rope_interleave=False, attention_bias=True,
                                           rope_theta=500.0, **DEEPSEEK, **{**SMALL, "num_key_value_heads": 4})
    make(folder, transformers.DeepseekV3ForCausalLM, config, 13, 8, "bfloat16")


def without_keys(folder, *keys):
    path = folder / "config.json"
    config = json.loads(path.read_text())
    for key in keys:
        del config[key]
    path.write_text(json.dumps(config, indent=2) + "\n")


OLD_MODELS = {make.__name__: make for make in (tiny_llama, tiny_llama_linear, tiny_llama3, tiny_mistral, tiny_mixtral)}
NEW_MODELS = {make.__name__: make
              for make in (tiny_qwen2, tiny_qwen3, tiny_gpt2, tiny_gemma3, tiny_qwen3_moe, tiny_qwen3_moe_packed,
                           tiny_deepseek_v3, tiny_deepseek_v3_plain)}


if __name__ == "__main__":
    sys.exit(run_script("make_tiny_models.py", main))
