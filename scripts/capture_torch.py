#!/usr/bin/env python3
"""Records a PyTorch model run in Python as a trace for upmem-des.

    from capture_torch import capture
    with capture(model, "trace.jsonl.gz") as recorder:
        model.generate(...)

or, as a command, `capture_torch.py hf` for a language model of Hugging Face, `capture_torch.py module` for any module
and `capture_torch.py exported` for an archive of torch.export. docs/capture.md tells more."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import logging
import os
import re
import sys
from pathlib import Path
from typing import Any, NoReturn

try:
    import torch
except KeyboardInterrupt:
    if __name__ != "__main__":
        raise
    sys.exit(130)
except (ImportError, OSError) as missing:  # OSError: a library of its own is missing
    if __name__ != "__main__":
        raise
    print(f"capture_torch.py: error: {sys.executable} has no PyTorch ({missing}); expected a Python with torch, such "
          "as /usr/bin/python3 with Debian's python3-torch", file=sys.stderr)
    sys.exit(2)

import basics.harmless as harmless
from basics.nearest import did_you_mean
from basics.outermost import complain, run_script
from basics.regular_file import what_it_is
from torch_capture import CaptureError, capture
from torch_capture.exported_command import add_exported, run_exported
from torch_capture.guarded import in_another_process
from torch_capture.inputs import random_input
from torch_capture.reached import Place
from torch_capture.running import called, one_line, record
from torch_capture.trace_file import DATA_TYPES, RunFailed

MAX_COUNT = 1_000_000_000


def count(text: str, least: int = 1) -> int:
    if not text.isascii() or not text.isdigit() or not least <= int(text[:20]) <= MAX_COUNT:
        raise argparse.ArgumentTypeError(f"'{text}'; expected a whole number from {least} to {MAX_COUNT}")
    return int(text)


def count_or_none(text: str) -> int:
    return count(text, 0)


class Parser(argparse.ArgumentParser):
    """Says in one line what is wrong."""

    def error(self, message: str) -> NoReturn:
        # Newer Pythons than 3.12 list choices without quotes.
        message = re.sub(r"\(choose from ([^')]+)\)$",
                         lambda choices: f"(choose from {', '.join(map(repr, choices[1].split(', ')))})", message)
        raise CaptureError(message)


def parser() -> argparse.ArgumentParser:
    top = Parser(prog="capture_torch.py", description="Record a PyTorch model run in Python as a trace for upmem-des",
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
    exported = add_exported(commands, count, count_or_none)
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


def capture_options(options: argparse.Namespace) -> dict[str, Any]:
    return {"last_layer": options.last_layer, "functions": options.functions, "dtype": options.trace_dtype,
            "batch": options.batch, "published": False if options.own_names else None}


def run_hf(options: argparse.Namespace, place: Place | None) -> capture:
    try:
        import transformers
    except ImportError as missing:
        raise CaptureError(f"{sys.executable} has no Hugging Face transformers ({one_line(missing)}); expected a "
                           "Python with it, see docs/capture.md") from None
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    logging.getLogger("huggingface_hub").setLevel(logging.ERROR)
    if (options.model.startswith((".", "/")) or options.model.count("/") > 1) and not os.path.isdir(options.model):
        raise CaptureError(f"{options.model}: no such folder")
    check_folder(options)
    torch.manual_seed(options.seed)
    model = load_model(transformers, options).eval()
    vocabulary = model.get_input_embeddings().num_embeddings
    ids = torch.randint(vocabulary, (options.batch, options.prompt_tokens))
    settings = {"max_new_tokens": options.output_tokens, "min_new_tokens": options.output_tokens, "use_cache": True,
                "do_sample": options.sampling, "num_beams": 1, "pad_token_id": 0}
    if options.sampling:
        settings.update(top_k=0, top_p=1.0, temperature=1.0)
    recorder = capture(model, options.output, **capture_options(options))
    recorder.tell_where(place)
    with torch.no_grad():
        record(recorder, lambda: model.generate(ids, attention_mask=torch.ones_like(ids), **settings))
    return recorder


def check_folder(options: argparse.Namespace) -> None:
    """What would be waited for in a model's folder, and what of it the trace would replace."""
    if not os.path.isdir(options.model):
        return
    for path in sorted(Path(options.model).iterdir()):
        if what := what_it_is(path):
            raise CaptureError(f"{path}: {what}; expected a model's file")
        if not path.name.endswith((".jsonl", ".jsonl.gz")):
            check_other_file(options.output, path)


def check_other_file(output: str, path: Path) -> None:
    if os.path.exists(output) and os.path.samefile(output, path):
        raise CaptureError(f"{output}: is read, and would be written; expected another name with -o")


def load_model(transformers: Any, options: argparse.Namespace) -> torch.nn.Module:
    """With the weights of the folder or the hub; random ones for a folder without."""
    # Code that comes with a model is not run, and nobody is asked whether it should be.
    settings = {"torch_dtype": getattr(torch, options.dtype), "attn_implementation": options.attention,
                "trust_remote_code": False}
    try:
        config = transformers.AutoConfig.from_pretrained(options.model, trust_remote_code=False)
        folder = Path(options.model)
        if folder.is_dir() and not any(any(folder.glob(name)) for name in ("*.safetensors", "pytorch_model*.bin")):
            return transformers.AutoModelForCausalLM.from_config(config, **settings)
        return transformers.AutoModelForCausalLM.from_pretrained(options.model, config=config, **settings)
    except Exception as error:  # the library raises every kind
        raise CaptureError(f"{options.model}: cannot be loaded: {one_line(error)}") from None


def run_module(options: argparse.Namespace, place: Place | None) -> capture:
    torch.manual_seed(options.seed)
    source = Path(options.module.rpartition(":")[0])
    if what := what_it_is(source):
        raise CaptureError(f"{source}: {what}; expected a Python file")
    if source.is_file():
        check_other_file(options.output, source)
    model = find_module(options.module).eval()
    inputs = [random_input(spec) for spec in options.input]
    recorder = capture(model, options.output, **capture_options(options))
    recorder.tell_where(place)
    with torch.no_grad():
        called("the model cannot be run", lambda: [model(*inputs) for _ in range(options.warmup)])
        record(recorder, lambda: [model(*inputs) for _ in range(options.repeat)])
    return recorder


def find_module(text: str) -> torch.nn.Module:
    place, colon, name = text.rpartition(":")
    if not colon or not place or not name:
        raise CaptureError(f"'{text}'; expected FILE.py:NAME or PACKAGE:NAME")
    found: Any = load_python(place)
    for part in name.split("."):
        if not hasattr(found, part):
            raise CaptureError(f"{place} has no '{part}'{did_you_mean(part, vars(found))}")
        found = getattr(found, part)
    if not isinstance(found, torch.nn.Module) and callable(found):
        found = called(f"{name} cannot be called without arguments", found)
    if not isinstance(found, torch.nn.Module):
        raise CaptureError(f"{text}: {type(found).__name__} object; expected a torch.nn.Module, or a class or function "
                           "that gives one")
    return found


def load_python(place: str) -> Any:
    if not place.endswith(".py"):
        sys.path.insert(0, os.getcwd())
        return called(f"{place} cannot be imported", lambda: importlib.import_module(place))
    path = Path(place)
    if not path.is_file():
        raise CaptureError(f"{place}: no such file")
    sys.path.insert(0, str(path.resolve().parent))  # as Python does for a script
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules.setdefault(path.stem, module)  # classes look for their module there
    called(f"{place} cannot be imported", lambda: spec.loader.exec_module(module))
    return module


def run(options: argparse.Namespace, place: Place | None) -> capture:
    if options.command == "hf":
        return run_hf(options, place)
    if options.command == "module":
        return run_module(options, place)
    if what := what_it_is(Path(options.file)):
        raise CaptureError(f"{options.file}: {what}; expected an archive of torch.export")
    check_other_file(options.output, Path(options.file))
    return run_exported(options, capture_options(options), place)


def summary(recorder: capture, path: str) -> str:
    passes = f"{recorder.passes} forward pass{'' if recorder.passes == 1 else 'es'}"
    further = f" in {len(recorder.paths)} traces, the last {recorder.paths[-1]}" if len(recorder.paths) > 1 else ""
    text = f"{path}: {recorder.events} events, {passes}{further}"
    if recorder.left_out:
        names = ", ".join(f"{name} {times}" for name, times in recorder.left_out.most_common(5))
        more = ", …" if len(recorder.left_out) > 5 else ""
        text += f"; left out (--functions all): {names}{more}"
    return text


def network_of(options: argparse.Namespace) -> str:
    return options.model if options.command == "hf" else options.module if options.command == "module" else options.file


def main(arguments: list[str] | None = None, is_guarded: bool = False) -> int:
    """The exit code; `is_guarded`: a network that ends its process is to be told of."""
    try:
        options = parser().parse_args(arguments)
        place = None
        if is_guarded and not getattr(options, "reached", None):  # else who called watches
            code, place = in_another_process(network_of(options))
            if code is not None:
                return code
        recorder = run(options, place)
    except CaptureError as error:
        complain("capture_torch.py", f"error: {one_line(error).partition(': ')[2]}")
        return 1 if isinstance(error, RunFailed) else 2
    except KeyboardInterrupt:
        return 130
    print(harmless.one_line(summary(recorder, options.output)))
    return 0


if __name__ == "__main__":
    sys.exit(run_script("capture_torch.py", lambda: main(is_guarded=True)))
