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
    def graph(self, events, deps):
        return [(event["name"], event.get("path"), waits) for event, waits in zip(events, deps)]

    def decoder(self, family, **options):
        model, ids = Decoder(family, layers=2), torch.zeros(1, 3, dtype=torch.long)

        def two_passes():
            model(ids)
            model(ids[:, :1])
        events = self.captured(model, two_passes, **options)[1]
        return self.graph(events, self.deps)

    def weight_free(self, config):
        self.write("model.json", json.dumps({**config, "num_hidden_layers": 2}))
        path = self.folder / "weight_free.jsonl"
        self.good("trace", "--model", self.folder / "model.json", "--prompt-tokens", 3, "--output-tokens", 2,
                  "--attention", "eager", "-o", path)
        events = read_trace(path)[1]
        return self.graph(events, [event.get("deps") for event in events])

    def test_are_those_of_the_weight_free_trace(self):
        self.assertEqual(self.decoder("llama"), self.weight_free(MODEL))
        self.assertEqual(self.decoder("mistral"), self.weight_free({**MODEL, "model_type": "mistral"}))
        self.assertEqual(self.decoder("mixtral"), self.weight_free({**MIXTRAL, "num_local_experts": 2}))

    def test_elsewhere_the_flow_of_tensors_tells(self):
        names = {family: self.decoder(family, **options) for family, options in
                 (("gpt", {}), ("llama", {"published": False}))}
        for family, events in names.items():
            shift = family == "llama"  # its rotary tables come second
            first = [deps for _, _, deps in events][:14 + shift]
            # Embedding, norm, q, k, v, scores, softmax, output, o; norm of x + o, gate, activation, up, down. Of the
            # stream x + o only o's call is waited for: it has waited for the other.
            expected = [[0], [1], [1], [1], [2, 3], [5], [4, 6], [7], [8], [9], [10], [9], [11, 12]]
            moved = [[at + shift if at else at for at in deps] for deps in expected]
            self.assertEqual(first, [None] + [[0]] * shift + moved, family)
        everything = self.decoder("llama", functions="all")
        self.assertTrue(all(deps is not None for _, _, deps in everything[1:]))


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
