"""Which events of a captured decoder wait for which."""

import json
import unittest

from captured import CaptureTest
from nets import Decoder
from program import MIXTRAL, MODEL, read_trace

import torch
from torch_capture.dependencies import Dependencies


def deps(*names):
    rule = Dependencies()
    return [rule.next(name) for name in names]


class Captured(CaptureTest):
    def graph(self, events):
        return [(event["name"], event.get("path"), event.get("deps")) for event in events]

    def decoder(self, family, **options):
        model, ids = Decoder(family, layers=2), torch.zeros(1, 3, dtype=torch.long)

        def two_passes():
            model(ids)
            model(ids[:, :1])
        return self.graph(self.captured(model, two_passes, **options)[1])

    def weight_free(self, config):
        self.write("model.json", json.dumps({**config, "num_hidden_layers": 2}))
        path = self.folder / "weight_free.jsonl"
        self.good("trace", "--model", self.folder / "model.json", "--prompt-tokens", 3, "--output-tokens", 2,
                  "--attention", "eager", "-o", path)
        return self.graph(read_trace(path)[1])

    def test_are_those_of_the_weight_free_trace(self):
        self.assertEqual(self.decoder("llama"), self.weight_free(MODEL))
        self.assertEqual(self.decoder("mistral"), self.weight_free({**MODEL, "model_type": "mistral"}))
        self.assertEqual(self.decoder("mixtral"), self.weight_free({**MIXTRAL, "num_local_experts": 2}))

    def test_only_where_names_tell(self):
        for family, options in (("gpt", {}), ("llama", {"published": False}), ("llama", {"functions": "all"})):
            self.assertEqual({deps for _, _, deps in self.decoder(family, **options)}, {None}, (family, options))


class Rule(unittest.TestCase):
    """Events of names that no family of ours has."""

    def test_other_names_follow_each_other(self):
        self.assertEqual(deps("conv", "relu", "fc"), [[], [0], [1]])

    def test_another_name_takes_the_place_of_the_event_before(self):
        self.assertEqual(deps("embed_tokens", "input_layernorm", "q_proj", "q_norm", "k_proj", "k_norm", "v_proj",
                              "attn_output", "o_proj"), [[], [0], [1], [2], [1], [4], [1], [3, 5, 6], [7]])
        self.assertEqual(deps("embed_tokens", "rotary_emb", "dropout", "input_layernorm"), [[], [0], [1], [2]])
        self.assertEqual(deps("w1", "return", "w3", "w2", "scaled", "w1", "return", "w3", "w2", "scaled", "norm"),
                         [[], [0], [1], [1, 2], [3], [4], [5], [6], [6, 7], [8], [4, 9]])

    def test_a_router_of_other_functions_is_waited_for(self):
        self.assertEqual(deps("o_proj", "post_attention_layernorm", "gate", "sigmoid", "w1", "return", "w3", "w2"),
                         [[], [0], [1], [2], [1, 3], [4], [1, 3], [5, 6]])

    def test_without_predecessors_in_the_layer_the_event_before(self):
        self.assertEqual(deps("embed_tokens", "input_layernorm", "q_proj", "v_proj", "attn_output"),
                         [[], [0], [1], [1], [3]])
        self.assertEqual(deps("ln", "q_proj", "k_proj", "v_proj", "attn_weights", "attn_weights", "attn_output", "fc",
                              "ln", "q_proj", "k_proj", "v_proj", "attn_weights"),
                         [[], [0], [1], [2], [1, 2], [4], [3, 5], [6], [7], [8], [9], [10], [9, 10]])
        self.assertEqual(deps("wte", "input_layernorm", "down_proj", "norm", "lm_head", "wte", "input_layernorm"),
                         [[], [0], [1], [2], [3], [4], [5]])


if __name__ == "__main__":
    unittest.main()
