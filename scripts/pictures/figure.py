"""Matplotlib as all pictures use it, and pictures as files."""

import contextlib
import logging
import os
import sys
import tempfile
import warnings

from basics.harmless import one_line
from pictures.command import BadInput

LONGEST_TEXT = 300
UNDATED = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}  # the same picture is the same bytes


def load_matplotlib():
    """Call it before any import of matplotlib. Loading takes a while: do it only where there is something to draw."""
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    try:
        import matplotlib
    except ImportError:
        raise BadInput("matplotlib is missing; expected Debian's python3-matplotlib") from None
    if not sys.warnoptions:
        warnings.simplefilter("ignore")  # what they are about is in the picture, or is said in a line
    warnings.filterwarnings("ignore", "Glyph .* missing from")
    matplotlib.rcdefaults()  # a user's own settings would make other pictures
    matplotlib.use("Agg")
    matplotlib.rcParams.update({"font.family": "sans-serif", "font.size": 9, "hatch.linewidth": 0.6,
                                "svg.hashsalt": "upmem-des", "svg.fonttype": "none", "pdf.fonttype": 42,
                                "axes.unicode_minus": False})


def escape(text):
    """A text as it is drawn, of any length and with anything in it. Matplotlib reads formulas between dollars."""
    text = one_line(text)
    return (text if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT - 1] + "…").replace("$", r"\$")


def save(figure, pictures, dpi):
    """Writes all files aside and renames them, none where one cannot be written. A link stays, what it leads to is
    replaced. Raises BadInput where a file cannot be written."""
    with contextlib.ExitStack() as stack:
        written = []
        for kind, path in pictures.files():
            if os.path.isdir(path):
                raise BadInput(f"{path}: cannot be written: Is a directory")
            try:
                written.append((write_aside(figure, path, kind, dpi, stack), path))
            except OSError as error:
                raise BadInput(f"{path}: cannot be written: {error.strerror}") from None
        for temporary, path in written:
            try:
                os.replace(temporary, os.path.realpath(path))
            except OSError as error:
                raise BadInput(f"{path}: cannot be written: {error.strerror}") from None


def write_aside(figure, path, kind, dpi, stack):
    handle, temporary = tempfile.mkstemp(prefix=".picture.", dir=os.path.dirname(os.path.realpath(path)))
    stack.callback(remove, temporary)
    with os.fdopen(handle, "wb") as file:
        figure.savefig(file, format=kind, dpi=dpi, metadata=UNDATED.get(kind))
    mask = os.umask(0)
    os.umask(mask)
    os.chmod(temporary, 0o666 & ~mask)
    return temporary


def remove(path):
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)
