"""Runs what the command line of capture_torch.py asks for."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import logging
import os
import sys
from pathlib import Path
from typing import Any

import torch

from basics.find_file import similar_file
from basics.nearest import did_you_mean
from basics.regular_file import what_it_is
from torch_capture.exported_command import run_exported
from torch_capture.inputs import random_input
from torch_capture.reached import Place
from torch_capture.recorder import capture
from torch_capture.running import called, one_line, record
from torch_capture.trace_file import CaptureError


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
        raise CaptureError(f"{place}: no such file{similar_file(place)}")
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
