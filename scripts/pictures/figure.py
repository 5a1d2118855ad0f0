"""Matplotlib as all pictures use it, and pictures as files."""

import contextlib
import logging
import os
import tempfile
import warnings

from pictures.command import BadInput


def load_matplotlib():
    """Call it before any import of matplotlib. Loading takes a while: do it only where there is something to draw."""
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    try:
        import matplotlib
    except ImportError:
        raise BadInput("matplotlib is missing; expected Debian's python3-matplotlib") from None
    warnings.filterwarnings("ignore", "Glyph .* missing from current font")
    matplotlib.rcdefaults()  # a user's own settings would make other pictures
    matplotlib.use("Agg")
    matplotlib.rcParams.update({"font.family": "sans-serif", "font.size": 9, "hatch.linewidth": 0.6,
                                "svg.hashsalt": "upmem-des", "svg.fonttype": "none", "axes.unicode_minus": False})


def escape(text):
    """Matplotlib reads formulas between dollars."""
    return text.replace("$", r"\$")


def save(figure, prefix, dpi):
    """Writes PREFIX.png and PREFIX.svg aside and renames them, neither where one cannot be written.
    Raises BadInput where a file cannot be written."""
    with contextlib.ExitStack() as stack:
        written = []
        for kind in ("png", "svg"):
            path = f"{prefix}.{kind}"
            if os.path.isdir(path):
                raise BadInput(f"{path}: cannot be written: Is a directory")
            try:
                written.append((write_aside(figure, path, kind, dpi, stack), path))
            except OSError as error:
                raise BadInput(f"{path}: cannot be written: {error.strerror}") from None
        for temporary, path in written:
            try:
                os.replace(temporary, path)
            except OSError as error:
                raise BadInput(f"{path}: cannot be written: {error.strerror}") from None


def write_aside(figure, path, kind, dpi, stack):
    folder, name = os.path.split(path)
    handle, temporary = tempfile.mkstemp(prefix=f".{name[:100]}.", dir=folder or ".")
    stack.callback(remove, temporary)
    with os.fdopen(handle, "wb") as file:
        figure.savefig(file, format=kind, dpi=dpi, metadata={"Date": None} if kind == "svg" else None)
    mask = os.umask(0)
    os.umask(mask)
    os.chmod(temporary, 0o666 & ~mask)
    return temporary


def remove(path):
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)
