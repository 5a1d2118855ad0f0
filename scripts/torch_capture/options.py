"""The command line of capture_torch.py. Needs no PyTorch."""

from __future__ import annotations

import argparse
from typing import Any, NoReturn

from basics import command_line
from torch_capture.trace_file import DATA_TYPES, CaptureError

MAX_COUNT = 1_000_000_000
EXIT_CODES = "0 success, 1 the network could not be run to its end, 2 bad input or usage, 130 Ctrl-C"


def count(text: str, least: int = 1) -> int:
    if not text.isascii() or not text.isdigit() or not least <= int(text[:20]) <= MAX_COUNT:
        raise argparse.ArgumentTypeError(f"'{text}'; expected a whole number from {least} to {MAX_COUNT}")
    return int(text)


def count_or_none(text: str) -> int:
    return count(text, 0)


class Parser(command_line.Parser):
    """Says in one line what is wrong."""

    def error(self, message: str) -> NoReturn:
        raise CaptureError(self.said(message))


def parser() -> argparse.ArgumentParser:
    top = command_line.start(Parser, "Record a PyTorch model run in Python as a trace for upmem-des", EXIT_CODES,
                             allow_abbrev=False)
    commands = top.add_subparsers(dest="command", required=True, metavar="hf|module|exported", parser_class=Parser)
    hf = commands.add_parser("hf", help="generate text with a language model of Hugging Face transformers",
                             description="Generate greedily from random tokens. A folder with a config.json and no "
                             "weights gets random ones.", allow_abbrev=False)
    hf.add_argument("model", metavar="DIR|NAME", help="folder with a config.json, or a model's name on the hub")
    hf.add_argument("--prompt-tokens", type=count, default=64, metavar="N", help="tokens in, for each row (64)")
    hf.add_argument("--output-tokens", type=count, default=16, metavar="N", help="tokens out: forward passes (16)")
    hf.add_argument("--batch", type=count, default=1, metavar="B", help="rows that are generated side by side (1)")
    hf.add_argument("--dtype", choices=("float32", "bfloat16", "float16"), default="float32",
                    help="what is computed with (float32)")
    hf.add_argument("--attention", choices=("eager", "sdpa"), default="eager", help="which functions it is (eager)")
    hf.add_argument("--sampling", action="store_true", help="draw tokens from a softmax over the whole vocabulary")

    module = commands.add_parser("module", help="call any module on random inputs", allow_abbrev=False,
                                 description="Call a module in evaluation mode, without gradients. NAME is a module, "
                                 "or a class or function that gives one when called without arguments.")
    module.add_argument("module", metavar="FILE.py:NAME|PACKAGE:NAME", help="where the module is")
    module.add_argument("--input", action="append", required=True, metavar="SPEC",
                        help="1x3x32x32, 1x64:int64, 2x7:int64:0..49, none, int:3, float:0.5, bool:true, str:text, "
                        "[INPUT,…], (INPUT,…) or {NAME=INPUT,…}; once for each argument. Floats are normally distributed, "
                        "integers zeros without a range")
    module.add_argument("--repeat", type=count, default=1, metavar="N", help="recorded calls; each is a pass (1)")
    module.add_argument("--warmup", type=count_or_none, default=0, metavar="N", help="calls before, unrecorded (0)")
    exported = add_exported(commands)
    for command in (hf, module, exported):
        command.add_argument("--seed", type=count_or_none, default=0, metavar="N",
                             help="of weights, inputs and draws (0)")
        command.add_argument("--functions", choices=("heavy", "all"),
                             default="all" if command is exported else "heavy", help="functions outside layers: those "
                             f"that do a layer's work, or all that compute ({'all' if command is exported else 'heavy'})")
        command.add_argument("--last-layer", metavar="NAME", help="layer that ends a pass (the module's own end)")
        command.add_argument("--own-names", action="store_true",
                             help="Llama, Mistral and Mixtral with their own class names, not the published ones")
        command.add_argument("--trace-dtype", choices=DATA_TYPES,
                             help="data type to write into the trace (what is computed with)")
        command.add_argument("-o", "--output", required=True, metavar="FILE",
                             help="trace to write, .jsonl or .jsonl.gz")
    for command in (module, exported):
        command.add_argument("--batch", type=count, metavar="B",
                             help="rows side by side (first size of the first input)")
    return top


def add_exported(commands: Any) -> Any:
    exported = commands.add_parser("exported", help="run an archive of torch.export", allow_abbrev=False,
                                   description="Run an archive of torch.export (.pt2), which is code, as a program is.")
    exported.add_argument("file", metavar="FILE.pt2", help="what torch.export.save() wrote")
    exported.add_argument("--input", action="append", metavar="SPEC",
                          help="1x3x32x32, 2x7:int64:0..49, int:3, none or {NAME=INPUT,…}; once for each argument "
                          "(the example inputs in the file)")
    exported.add_argument("--repeat", type=count, default=1, metavar="N", help="recorded calls; each is a pass (1)")
    exported.add_argument("--warmup", type=count_or_none, default=0, metavar="N", help="calls before, unrecorded (0)")
    exported.add_argument("--threads", type=count, metavar="N", help="that PyTorch computes on (its own choice)")
    exported.add_argument("--measured", metavar="FILE", help=argparse.SUPPRESS)  # times of whole passes, as JSON
    exported.add_argument("--reached", metavar="FILE", help=argparse.SUPPRESS)  # which layer was called last
    exported.add_argument("--energy-counter", action="append", default=[], metavar="RANGE:FILE", help=argparse.SUPPRESS)
    return exported
