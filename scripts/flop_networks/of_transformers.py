"""Networks of transformers, made small by their configurations, on one prompt, picture or sound."""

import torch

_TEXT = {"hidden_size": 256, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 512,
         "vocab_size": 1000}
_GPT = {"n_embd": 256, "n_layer": 2, "n_head": 4, "vocab_size": 1000}
_T5 = {"d_model": 256, "d_kv": 64, "d_ff": 512, "num_layers": 2, "num_heads": 4, "vocab_size": 1000}
_BART = {"d_model": 256, "encoder_layers": 2, "decoder_layers": 2, "encoder_attention_heads": 4,
         "decoder_attention_heads": 4,
         "encoder_ffn_dim": 512, "decoder_ffn_dim": 512, "vocab_size": 1000}
_GROUPED = {**_TEXT, "num_key_value_heads": 2, "head_dim": 64}
_PICTURE = {"hidden_size": 256, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 512}

# Class of the network, what its configuration changes, kind of input.
_NETWORKS = {
    "BERT": ("BertForMaskedLM", _TEXT, "text"),
    "RoBERTa": ("RobertaForMaskedLM", _TEXT, "text"),
    "DistilBERT": ("DistilBertForMaskedLM", {"dim": 256, "n_layers": 2, "n_heads": 4, "hidden_dim": 512,
                    "vocab_size": 1000}, "text"),
    "ALBERT": ("AlbertForMaskedLM", {**_TEXT, "embedding_size": 64}, "text"),
    "ELECTRA": ("ElectraForMaskedLM", {**_TEXT, "embedding_size": 64}, "text"),
    "DeBERTa-v2": ("DebertaV2ForMaskedLM", _TEXT, "text"),
    "ModernBERT": ("ModernBertForMaskedLM", {**_TEXT, "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2,
                    "cls_token_id": 1,
                                              "sep_token_id": 2}, "text"),
    "GPT-2": ("GPT2LMHeadModel", _GPT, "text"),
    "GPT-NeoX": ("GPTNeoXForCausalLM", _TEXT, "text"),
    "OPT": ("OPTForCausalLM", {"hidden_size": 256, "num_hidden_layers": 2, "num_attention_heads": 4, "ffn_dim": 512,
                    "vocab_size": 1000,
                               "word_embed_proj_dim": 256}, "text"),
    "BLOOM": ("BloomForCausalLM", _GPT | {"hidden_size": 256}, "text"),
    "Falcon": ("FalconForCausalLM", _TEXT, "text"),
    "Llama": ("LlamaForCausalLM", _GROUPED, "text"),
    "Mistral": ("MistralForCausalLM", _GROUPED, "text"),
    "Mixtral": ("MixtralForCausalLM", {**_GROUPED, "num_local_experts": 4}, "text"),
    "Qwen2": ("Qwen2ForCausalLM", _GROUPED, "text"),
    "Qwen3": ("Qwen3ForCausalLM", _GROUPED, "text"),
    "Gemma": ("GemmaForCausalLM", _GROUPED, "text"),
    "Gemma-2": ("Gemma2ForCausalLM", _GROUPED, "text"),
    "Phi-3": ("Phi3ForCausalLM", {**_GROUPED, "pad_token_id": 0}, "text"),
    "OLMo-2": ("Olmo2ForCausalLM", _GROUPED, "text"),
    "T5": ("T5ForConditionalGeneration", _T5, "seq2seq"),
    "BART": ("BartForConditionalGeneration", _BART, "seq2seq"),
    "Pegasus": ("PegasusForConditionalGeneration", _BART, "seq2seq"),
    "ViT": ("ViTForImageClassification", _PICTURE, "picture"),
    "DeiT": ("DeiTForImageClassification", _PICTURE, "picture"),
    "DINOv2": ("Dinov2ForImageClassification", {**_PICTURE, "image_size": 224}, "picture"),
    "Swin": ("SwinForImageClassification", {"embed_dim": 48, "depths": [2, 2], "num_heads": [3, 6]}, "picture"),
    "ConvNeXt": ("ConvNextForImageClassification", {"hidden_sizes": [48, 96, 192, 384], "depths": [2, 2, 2, 2]},
                    "picture"),
    "SegFormer": ("SegformerForSemanticSegmentation", {}, "picture"),
    "CLIP": ("CLIPModel", {"text_config": {**_TEXT, "max_position_embeddings": 77}, "vision_config": {**_PICTURE,
                    "patch_size": 32}}, "both"),
    "Whisper": ("WhisperForConditionalGeneration", {**_BART, "num_mel_bins": 80, "vocab_size": 51865}, "spectrogram"),
    "Wav2Vec2": ("Wav2Vec2ForCTC", {"hidden_size": 192, "num_hidden_layers": 2, "num_attention_heads": 4,
                    "intermediate_size": 384},
                 "sound"),
}
NAMES = list(_NETWORKS)


def build(name):
    import transformers
    kind, changes, needs = _NETWORKS[name]
    network = getattr(transformers, kind)
    config = network.config_class(**changes)
    config._attn_implementation = "sdpa"
    config._experts_implementation = "eager"  # PyTorch does not count packed experts
    try:
        model = network(config)
    except ValueError:  # one that has eager attention alone
        config._attn_implementation = "eager"
        model = network(config)
    return model, (), _inputs(needs, config)


def _inputs(needs, config):
    ids = torch.randint(3, 900, (2, 48))
    if needs == "text":
        return {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
    if needs == "seq2seq":
        return {"input_ids": ids, "decoder_input_ids": ids[:, :16]}
    if needs == "picture":
        return {"pixel_values": torch.randn(1, 3, 224, 224)}
    if needs == "both":
        return {"input_ids": ids, "attention_mask": torch.ones_like(ids), "pixel_values": torch.randn(1, 3, 224, 224)}
    if needs == "spectrogram":
        return {"input_features": torch.randn(1, config.num_mel_bins, 3000), "decoder_input_ids": ids[:1, :16]}
    return {"input_values": torch.randn(1, 16000)}
