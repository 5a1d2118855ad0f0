"""Where schemas and readers of files may differ, and why."""

import re
from typing import NamedTuple


class Difference(NamedTuple):
    place: str   # a regular expression of keys
    answer: str  # another, of what the program says
    why: str

    def covers(self, place, answer):
        return re.fullmatch(self.place, place) is not None and re.search(self.answer, answer) is not None


ACCEPTED = r"\Aok\Z"
BY_ANOTHER_KEY = "a number is held against another one, or a name against those that another key gives"


def texts(*places):
    return [Difference(place, ACCEPTED, "a plain 5 or true is a text where YAML has to be one: names; schemas say that it is to be "
                                        "written as one, which editors then do") for place in places]


def against_others(*pairs):
    return [Difference(place, answer, BY_ANOTHER_KEY) for place, answer in pairs]


EXCEPTIONS = {
    "architecture": [
        *texts(r"[^.]*\.note"),
        *against_others((r"[^.]*\.(power_limit_W|idle_W|active_W)", "is not above idle_W")),
    ],
    "platform": [
        *texts("name", r"host\.(name|architecture)", r"(devices|links|networks)\.\d+\.(name|architecture|under|between)"),
        *against_others((".*", "unknown (link|group of devices)"), (".*", "cannot be spread evenly"), (".*", "no devices are under"),
                        (".*", r"devices?; expected 2 to \d+ on a "), (".*", "do not make networks of"), (".*", "do not share NICs by"),
                        (".*", "levels that overlap")),
    ],
    "scenario": [
        *texts("name", r"mapping(\..*)?", r"moe\.end", r"offload\.(weights|kv_cache)(\.to)?", r"parallel\.devices(\..*)?",
               r"serving\.cache_tier\.to", r"serving\.speculative\.mapping(\..*)?", r"serving\.disaggregation\.\w+\.mapping(\..*)?",
               r"simulation\.cost_model", r"workload\.last_layer"),
        Difference(".*", "no such file", "a schema knows no files"),
        Difference(r"workload\.inputs(\..*)?", "expected sizes such as|: size ", "an input is a small language of its own"),
        Difference(r"serving\.scheduler", "unknown value", "programs of others may have registered one"),
        *against_others((r"parallel(\..*)?|mapping(\..*)?", "does not divide|shares for tp|beside parallel, which lays this out"),
                        (r"workload\.(prompt_tokens|batch)(\..*)?", "prompts, but the batch has|prompts of one length"),
                        (r"workload\.requests(\..*)?", "expected min <= max|, below min, |below mean|above max"),
                        (r"serving\.(speculative|scheduler)(\..*)?", "probabilities for|verifies no drafts")),
    ],
}
