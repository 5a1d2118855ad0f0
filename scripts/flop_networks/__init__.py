"""Networks with random weights for compare_flops.py: for each library a function from a name to network and input."""

from flop_networks import layers, of_timm, of_torchvision, of_transformers

LIBRARIES = {"torchvision": of_torchvision, "timm": of_timm, "transformers": of_transformers, "torch": layers}


def all_networks():
    """(library, network), in the order of the table."""
    return [(library, name) for library, module in LIBRARIES.items() for name in module.NAMES]


def build(library, name):
    """A module, and the arguments of its call: a tuple and a dict."""
    return LIBRARIES[library].build(name)
