"""Which events of a decoder wait for which: the rule of docs/traces.md, by their names."""

from __future__ import annotations

# What an event of a name does in a decoder.
_PLACES = {
    "embed_tokens": "embedding", "rotary_emb": "rotary tables", "input_layernorm": "input norm",
    "q_proj": "query", "k_proj": "key", "v_proj": "value", "attn_weights": "attention weights",
    "attn_output": "attended", "o_proj": "attention output", "post_attention_layernorm": "feed-forward norm",
    "gate": "router", "routing_weights": "routing weights", "gate_proj": "gated", "w1": "gated", "return": "activated",
    "up_proj": "up", "w3": "up", "down_proj": "layer end", "w2": "layer end", "norm": "final norm", "lm_head": "logits",
    "probs": "probabilities"}

# The places that a place waits for: the first line of which all have been called since the layer began, or else the
# event before.
_SOURCES: dict[str, tuple[tuple[str, ...], ...]] = {
    "embedding": (),
    "rotary tables": (("embedding",),),
    "query": (("input norm",),),
    "key": (("input norm",),),
    "value": (("input norm",),),
    "attention weights": (("attention weights",), ("query", "key")),
    "attended": (("attention weights", "value"), ("query", "key", "value")),
    "attention output": (("attended",),),
    "feed-forward norm": (("attention output",),),
    "router": (("feed-forward norm",),),
    "routing weights": (("router",),),
    "gated": (("feed-forward norm", "routing weights"), ("feed-forward norm", "router"), ("feed-forward norm",)),
    "activated": (("gated",),),
    "up": (("feed-forward norm", "routing weights"), ("feed-forward norm", "router"), ("feed-forward norm",)),
    "layer end": (("activated", "up"),),
    "logits": (("final norm",),),
    "probabilities": (("logits",),),
}


class Dependencies:
    """Asked for the events of a decoder in the order of their calls."""

    def __init__(self) -> None:
        self._count = 0
        self._previous_place = ""
        self._last: dict[str, int] = {}  # the last event of each place since its layer began
        self._hidden_state: list[int] = []  # the embedding, or the ends of a layer

    def next(self, name: str) -> list[int]:
        """What the next event waits for, ascending; nothing for the first. An event of another name takes the place of
        the one before it."""
        seq, self._count = self._count, self._count + 1
        previous = [seq - 1] if seq else []
        place = _PLACES.get(name)
        if place is None:
            self._take_previous_place(seq)
            return previous
        if place in ("input norm", "final norm"):
            deps = self._hidden_state or previous
        else:
            if place == "embedding" or place == "query" and "input norm" not in self._last:
                self._last = {}
            known = (places for places in _SOURCES[place] if all(source in self._last for source in places))
            deps = sorted(self._last[source] for source in next(known, ())) or previous
        if place == "input norm":
            self._last = {}
        if place in ("embedding", "input norm", "final norm", "logits"):
            self._hidden_state = []
        if place in ("embedding", "layer end"):
            self._hidden_state.append(seq)
        self._last[place] = seq
        self._previous_place = place
        return deps

    def _take_previous_place(self, seq: int) -> None:
        # Nobody waits for the rotary tables, but everybody for the embedding.
        place = "embedding" if self._previous_place == "rotary tables" else self._previous_place
        if place:
            self._last[place] = seq
        if place in ("embedding", "layer end") and self._hidden_state:
            self._hidden_state[-1] = seq
