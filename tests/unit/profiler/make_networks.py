"""Writes the TorchScript files that the tests profile, and files that are none: make_networks.py FOLDER."""

import pathlib
import pickle
import sys
import warnings
import zipfile
from typing import Any, Dict, List, NamedTuple, Optional, Tuple, Union

import torch
from torch import Tensor, nn

FOLDER = pathlib.Path(sys.argv[1])


class Nested(nn.Module):
    """Layers in containers, a function between and one after them, and a layer that is never called."""

    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(4, 8), nn.ReLU())
        self.unused = nn.Linear(2, 2)
        self.head = nn.Sequential(nn.Linear(8, 3))

    def forward(self, x):
        return torch.softmax(self.head(torch.tanh(self.body(x))), -1)


class Twice(nn.Module):
    """One module called twice in a row, then another of the same class."""

    def __init__(self):
        super().__init__()
        self.first = nn.Linear(4, 4)
        self.second = nn.Linear(4, 4)

    def forward(self, x):
        return self.second(self.first(self.first(x)))


class Shared(nn.Module):
    """One TorchScript module under two names."""

    def __init__(self):
        super().__init__()
        self.first = torch.jit.script(nn.Linear(4, 4))
        self.second = self.first
        self.third = nn.ReLU()

    def forward(self, x):
        return self.third(self.second(self.first(x)))


class Convolutions(nn.Module):
    def __init__(self):
        super().__init__()
        self.strided = nn.Conv2d(3, 8, (3, 5), stride=(2, 1), padding=(1, 2))
        self.norm = nn.BatchNorm2d(8)
        self.same = nn.Conv2d(8, 4, (3, 5), padding="same", dilation=(1, 2))
        self.pool = nn.MaxPool2d(2)
        self.flatten = nn.Flatten()

    def forward(self, x):
        return self.flatten(self.pool(self.same(torch.relu(self.norm(self.strided(x))))))


class Words(nn.Module):
    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(50, 6)

    def forward(self, ids):
        return self.words(ids)


class Recurrent(nn.Module):
    """An LSTM has two overloads of forward."""

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(3, 5, batch_first=True)
        self.fc = nn.Linear(5, 2)

    def forward(self, x):
        y, _ = self.lstm(x)
        return self.fc(y)


class DeepRecurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(3, 5, num_layers=2, bidirectional=True, bias=False)

    def forward(self, x):
        return self.gru(x)[0]


class Projected(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(3, 5, proj_size=2)

    def forward(self, x):
        return self.lstm(x)[0]


class TinyRMSNorm(nn.Module):
    def __init__(self, size: int):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))

    def forward(self, x):
        return self.weight * x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6)


class Norm(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = TinyRMSNorm(6)

    def forward(self, x):
        return self.norm(x)


if hasattr(nn.functional, "scaled_dot_product_attention"):  # torch 2
    class FusedAttention(nn.Module):
        def forward(self, q, k, causal: bool = False):
            return nn.functional.scaled_dot_product_attention(q, k, k, None, 0.0, causal)
else:
    class FusedAttention(nn.Module):
        def forward(self, q, k, causal: bool = False):
            return torch._C._nn._scaled_dot_product_attention(q, k, k, None, 0.0, False, causal)[0]


class EagerAttention(nn.Module):
    def forward(self, q, k):
        return torch.matmul(torch.softmax(torch.matmul(q, k.transpose(-1, -2)), -1), k)


class Results(nn.Module):
    """A leaf whose result is a tuple, and a network whose result is a dictionary."""

    class Pair(nn.Module):
        def forward(self, x, y) -> Tuple[Tuple[int, Tensor], Tensor]:
            return (1, x + y), x

    def __init__(self):
        super().__init__()
        self.pair = Results.Pair()

    def forward(self, x) -> Dict[str, List[Tensor]]:
        return {"all": [self.pair(x, x)[0][1]]}


class NoTensor(nn.Module):
    """Layers that are called without a tensor, or give none."""

    class Counter(nn.Module):
        def forward(self, n: int) -> int:
            return n + 1

    def __init__(self):
        super().__init__()
        self.counter = NoTensor.Counter()

    def forward(self, x):
        return torch.full([self.counter(2)], 1.5)


class Views(nn.Module):
    """Operators that only look at the tensor in another way, and the same ones where they have to copy."""

    def forward(self, x):
        a = x.view(6, 4).transpose(0, 1).unsqueeze(0).expand(2, 4, 6)[0].contiguous()  # copies
        b = torch.nn.functional.dropout(a.contiguous().reshape(24), 0.5, False)  # does not
        c = b.view(4, 6).t().reshape(24)  # copies
        return c.to(torch.float32).relu_().add_(1.0), c.to(torch.float64), x.size(0), c.sum().item()


class Shapes(nn.Module):
    def forward(self, x):
        return torch.relu(x.sum()), torch.relu(x.view(1, 2, 1, 3, 1, 1, 1, 2, 2))


class Linear(nn.Module):
    """Has a name that it does not deserve."""

    def forward(self, x):
        return x.sum()


class softmax(nn.Module):
    """Has a name whose rule is that the shape stays."""

    def forward(self, x):
        return x.sum(-1)


class BadNames(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = Linear()
        self.norm = type("LayerNorm", (softmax,), {})()

    def forward(self, x):
        return self.linear(x), self.norm(x)


class Forked(nn.Module):
    def __init__(self):
        super().__init__()
        self.left = nn.Linear(4, 2)
        self.right = nn.Linear(4, 3)

    def forward(self, x):
        left = torch.jit.fork(self.left, x)
        right = torch.jit.fork(self.right, x)
        return torch.jit.wait(left), torch.jit.wait(right)


class Arguments(nn.Module):
    def forward(self, x, mask: Optional[Tensor] = None, scale: int = 2):
        return torch.relu(x) if mask is None else x * mask


class Raises(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(4, 4)

    def forward(self, x):
        y = self.linear(x)
        if y.size(0) == 2:
            raise ValueError("two rows are one too many")
        return y


class Prints(nn.Module):
    def forward(self, x):
        print("network speaking")
        return torch.relu(x)


class Nothing(nn.Module):
    def forward(self, x):
        return x.view(-1)


class NoForward(nn.Module):
    @torch.jit.export
    def encode(self, x):
        return x + 1


class Scaled(nn.Module):
    def forward(self, x):
        return torch.ops.test_ops.scale(x, 2.0)


class Doubled(nn.Module):
    """Calls an operator of tests/support/test_operators.cpp."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(4, 3)

    def forward(self, x):
        return torch.ops.upmem_test.twice(self.linear(x))


class Boxes(nn.Module):
    def forward(self, x):
        return torch.ops.torchvision.nms(x)


class Scaling(NamedTuple):
    first: Tensor
    scale: float


class Kinds(nn.Module):
    """Arguments of all kinds."""

    def forward(self, named: Dict[str, Tensor], pair: Scaling, several: List[Tensor], counts: Tuple[int, bool, str],
                by_number: Dict[int, Optional[Tensor]], either: Union[int, Tensor], anything: Any):
        x = named["x"] + pair.first * pair.scale
        for other in several:
            x = x + other
        numbered = by_number[3]
        if numbered is not None:
            x = x * numbered
        if isinstance(either, int):
            x = x + either
        if counts[1] and counts[2] == "thrice":
            x = torch.relu(x)
        return x * counts[0]


class Blurred(nn.Module):
    def forward(self, x):
        return torch.ops.test_ops.blur(x)


WRITTEN = str(FOLDER / "written_by_a_network")


class Saves(nn.Module):
    def __init__(self, path: str):
        super().__init__()
        self.path = path

    def forward(self, x):
        torch.save(x, self.path)
        return x + 1


def save_and_return(x: Tensor, path: str):
    torch.save(x, path)
    return x


class SavesForked(nn.Module):
    def __init__(self, path: str):
        super().__init__()
        self.path = path

    def forward(self, x):
        return torch.jit.wait(torch.jit.fork(save_and_return, x, self.path)) + 1


class SavesElsewhere(nn.Module):
    """In a method that forward does not call, of a module within."""

    def __init__(self, path: str):
        super().__init__()
        self.inner = torch.jit.script(SavesElsewhere.Inner(path))

    class Inner(nn.Module):
        def __init__(self, path: str):
            super().__init__()
            self.path = path

        def forward(self, x):
            return x + 1

        @torch.jit.export
        def keep(self, x):
            torch.save(x, self.path)
            return x

    def forward(self, x):
        return self.inner(x)


class SavesWhenRead(nn.Module):
    """Reading the file runs __setstate__."""

    def __init__(self, path: str):
        super().__init__()
        self.path = path
        self.training = False

    @torch.jit.export
    def __getstate__(self):
        return self.path

    @torch.jit.export
    def __setstate__(self, path: str):
        self.path = path
        self.training = False
        torch.save(torch.ones(2), self.path)

    def forward(self, x):
        return x + 1


class Maps(nn.Module):
    """A shared file is made where there is none."""

    def __init__(self, path: str):
        super().__init__()
        self.path = path

    def forward(self, x):
        return x + torch.from_file(self.path, True, 4)


class Mixed(nn.Module):
    """Layers around functions, long enough to measure."""

    def __init__(self):
        super().__init__()
        self.up = nn.Linear(64, 256)
        self.down = nn.Linear(256, 64)

    def forward(self, x):
        for _ in range(3):
            x = x + self.down(torch.relu(self.up(x)))
        return torch.softmax(x, -1)


class TiedHead(nn.Module):
    """Embedding and head with one matrix. Traced, the head is handed it as an argument."""

    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(1000, 8)
        self.head = nn.Linear(8, 1000, bias=False)
        self.head.weight = self.table.weight

    def forward(self, ids):
        return self.head(self.table(ids))


class SharedTable(nn.Module):
    """One Embedding under two names, as in T5."""

    class Encoder(nn.Module):
        def __init__(self, table):
            super().__init__()
            self.table = table
            self.out = nn.Linear(8, 3)

        def forward(self, ids):
            return self.out(self.table(ids))

    def __init__(self):
        super().__init__()
        self.shared = nn.Embedding(1000, 8)
        self.encoder = SharedTable.Encoder(self.shared)

    def forward(self, ids):
        return self.encoder(ids)


class FunctionsOnParameters(nn.Module):
    """A table that is read and multiplied by as functions, and products and convolutions with parameters."""

    class Inner(nn.Module):
        def __init__(self):
            super().__init__()
            self.table = nn.Embedding(50, 6)

        def forward(self, ids):
            return self.table(ids)

    def __init__(self):
        super().__init__()
        self.inner = FunctionsOnParameters.Inner()
        self.square = nn.Parameter(torch.ones(6, 6))
        self.bias = nn.Parameter(torch.ones(6))
        self.experts = nn.Parameter(torch.ones(2, 6, 5))
        self.filters = nn.Parameter(torch.ones(6, 3, 2))

    def forward(self, ids):
        x = self.inner(ids)                                              # [2, 7, 6]
        a = torch.matmul(x, self.square)
        b = torch.addmm(self.bias, a.view(-1, 6), self.square.t())
        c = torch.bmm(x, self.experts)
        d = torch.conv1d(x.transpose(1, 2), self.filters, None, groups=2)
        e = torch.einsum("btc,cd->btd", x, self.square)
        f = torch.matmul(x[0], self.experts)                             # one input, all matrices
        g = torch.addbmm(c[0], x, self.experts)                          # the products' sum
        return torch.nn.functional.linear(x, self.inner.table.weight), b, c, d, e, f, g


class ManyConvolutions(nn.Module):
    def __init__(self):
        super().__init__()
        self.line = nn.Conv1d(4, 8, 3, groups=2)
        self.depthwise = nn.Conv2d(8, 8, 3, padding=1, groups=8, bias=False)
        self.cube = nn.Conv3d(8, 2, (2, 1, 3))
        self.gelu = nn.GELU(approximate="tanh")

    def forward(self, x):
        y = self.depthwise(self.line(x).unsqueeze(2))                    # [2, 8, 1, 8]
        return self.gelu(self.cube(torch.stack([y, y], 2)))


class Contractions(nn.Module):
    def forward(self, x):                                                # [2, 3, 4]
        y = torch.einsum("bij,bkj,bkl->bil", x, x, x)
        z = torch.tensordot(y, x, dims=([2], [2]))                       # [2, 3, 2, 3]
        apart = torch.einsum("ij,kl->il", x[0], x[0])                    # [3, 4] of two sums that read x alone
        return z, torch.einsum("bij,bij->bij", x, x), torch.einsum("bij->bi", x), torch.einsum("bij->bji", x), apart


class Quantised(nn.Module):
    """A product whose input is quantised when it is called, and a recurrent layer."""

    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(6, 8, batch_first=True)
        self.head = nn.Linear(8, 4)

    def forward(self, x):
        return self.head(self.lstm(x)[0])


class QuantisedBefore(nn.Module):
    """Of images: a convolution and a product, each with its activation, whose inputs are quantised already."""

    def __init__(self):
        super().__init__()
        self.quant, self.dequant = torch.ao.quantization.QuantStub(), torch.ao.quantization.DeQuantStub()
        self.conv, self.act = nn.Conv2d(4, 6, 3, stride=2, padding=1, groups=2), nn.ReLU()
        self.head = nn.Linear(6, 5)

    def forward(self, x):
        x = self.act(self.conv(self.quant(x))).mean((2, 3))
        return self.dequant(self.head(x))


def quantised():
    torch.backends.quantized.engine = "qnnpack"  # which every build has
    return torch.ao.quantization.quantize_dynamic(Quantised().eval(), {nn.Linear, nn.LSTM})


def quantised_before():
    net = torch.ao.quantization.fuse_modules(QuantisedBefore().eval(), [["conv", "act"]])
    net.qconfig = torch.ao.quantization.get_default_qconfig("qnnpack")
    net = torch.ao.quantization.prepare(net)
    net(torch.randn(2, 4, 8, 8))
    return torch.ao.quantization.convert(net)


class Conv1D(nn.Module):
    """A linear layer that holds [in, out], as GPT-2's."""

    def __init__(self, size_in: int, size_out: int):
        super().__init__()
        self.nf = size_out
        self.weight = nn.Parameter(torch.ones(size_in, size_out))
        self.bias = nn.Parameter(torch.zeros(size_out))

    def forward(self, x):
        y = torch.addmm(self.bias, x.view(-1, x.size(-1)), self.weight)
        return y.view(x.size(0), x.size(1), self.nf)


class MyLinear(nn.Module):
    """Known by what its name ends in; nothing says what its matrix is called."""

    def __init__(self):
        super().__init__()
        self.matrix = nn.Parameter(torch.ones(6, 4))

    def forward(self, x):
        return x @ self.matrix


class OddLinear(nn.Module):
    """Would be known by its name, but gives one row for all."""

    def forward(self, x):
        return x.sum(0).sum(0)


class NamedLinear(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = Conv1D(6, 6)
        self.mine = MyLinear()
        self.odd = OddLinear()

    def forward(self, x):
        return self.odd(self.mine(self.first(x)))


class Sizes(nn.Module):
    """Traced, sizes are tensors of one whole number, with arithmetic of their own."""

    def forward(self, x):
        n = x.size(0) * 2
        return torch.relu(x).view(n, -1)


class SelfAttention(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = nn.MultiheadAttention(16, 2, batch_first=True)

    def forward(self, x):
        return self.inner(x, x, x, need_weights=False)[0]


class Encoder(nn.Module):
    def __init__(self, norm_first):
        super().__init__()
        self.layer = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True, norm_first=norm_first,
                                                activation="gelu" if norm_first else "relu")

    def forward(self, x):
        return self.layer(x)


class Branches(nn.Module):
    """Two branches from one layer, a third from the second input, and a sum of all."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Linear(4, 4)
        self.left = nn.Linear(4, 4)
        self.right = nn.Linear(4, 4)
        self.other = nn.Linear(4, 4)
        self.head = nn.Linear(4, 4)

    def forward(self, x, y):
        stem = self.stem(x)
        left = self.left(stem).view(-1)
        right = self.right(stem)
        other = self.other(y)
        right.add_(other)
        return self.head(left.view(2, 4) + right)


class Looks(nn.Module):
    """What comes after a number was looked at waits for it."""

    def __init__(self):
        super().__init__()
        self.first = nn.Linear(4, 4)
        self.second = nn.Linear(4, 4)

    def forward(self, x, y):
        if bool(self.first(x).sum() > 1e30):
            return x
        return self.second(y)


def both(name, network, *inputs):
    network.eval()
    torch.jit.script(network).save(FOLDER / f"{name}_scripted.pt")
    torch.jit.trace(network, inputs).save(FOLDER / f"{name}_traced.pt")


def traced(name, network, *inputs):
    torch.jit.trace(network.eval(), inputs, check_trace=False).save(FOLDER / f"{name}.pt")


def scripted(name, network):
    torch.jit.script(network.eval()).save(FOLDER / f"{name}.pt")


def changed(name, change, compression=zipfile.ZIP_STORED):
    """leaf.pt with the data of its records changed, None: left out; checksums are right."""
    with zipfile.ZipFile(FOLDER / "leaf.pt") as old, zipfile.ZipFile(FOLDER / f"{name}.pt", "w", compression) as new:
        for record in old.namelist():
            data = change(record, old.read(record))
            if data is not None:
                new.writestr(record, data)


def other_formats():
    """Networks and weights as others write them, and torch.save() in its two ways."""
    network = nn.Sequential(nn.Linear(2, 3), nn.ReLU())
    for name, saved in {"state_dict": network.state_dict(), "module": network,
                        "checkpoint": {"model": network.state_dict(), "epoch": 3}, "tensor": torch.ones(3),
                        "parameter": network[0].weight, "list": [torch.ones(3)], "tuple": ((), torch.ones(3)),
                        "number": 3}.items():
        torch.save(saved, FOLDER / f"{name}.pt")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that the source of the classes goes with an old one
            torch.save(saved, FOLDER / f"old_{name}.pt", _use_new_zipfile_serialization=False)
    torch.save(network, FOLDER / "module_protocol_4.pt", pickle_protocol=4)
    (FOLDER / "python_dict.pt").write_bytes(pickle.dumps({"weight": [1.0]}))
    table = b'{"weight":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'
    (FOLDER / "safetensors.pt").write_bytes(len(table).to_bytes(8, "little") + table + bytes(4))
    (FOLDER / "onnx.pt").write_bytes(b"\x08\x07\x12\x07pytorch\x1a\x041.13")
    for name, records in {"exported": ("net/archive_format", "net/archive_version", "net/models/model.json"),
                          "exported_before_2_8": ("serialized_exported_program.json", "version")}.items():
        with zipfile.ZipFile(FOLDER / f"{name}.pt", "w") as archive:
            for record in records:
                archive.writestr(record, "pt2")


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    operators = torch.library.Library("test_ops", "DEF")
    operators.define("scale(Tensor x, float by) -> Tensor")
    operators.define("blur(Tensor x) -> Tensor")
    others = [torch.library.Library(name, "DEF") for name in ("upmem_test", "torchvision")]
    others[0].define("twice(Tensor x) -> Tensor")
    others[1].define("nms(Tensor x) -> Tensor")
    both("nested", Nested(), torch.ones(2, 4))
    both("twice", Twice(), torch.ones(2, 4))
    both("convolutions", Convolutions(), torch.ones(2, 3, 8, 10))
    both("norm", Norm(), torch.ones(2, 6))
    ids = torch.zeros(2, 4, dtype=torch.int64)
    both("tied_head", TiedHead(), ids)
    both("shared_table", SharedTable(), ids)
    both("many_convolutions", ManyConvolutions(), torch.ones(2, 4, 10))
    both("named_linear", NamedLinear(), torch.ones(2, 3, 6))
    both("branches", Branches(), torch.ones(2, 4), torch.ones(2, 4))
    with torch.no_grad():
        traced("sizes", Sizes(), torch.ones(2, 4))
        traced("self_attention", SelfAttention(), torch.ones(2, 8, 16))
        traced("encoder", Encoder(False), torch.ones(2, 8, 16))
        traced("encoder_norm_first", Encoder(True), torch.ones(2, 8, 16))
    both("recurrent", Recurrent(), torch.ones(2, 4, 3))
    both("contractions", Contractions(), torch.ones(2, 3, 4))
    both("quantised", quantised(), torch.ones(2, 3, 6))
    before = torch.jit.script(quantised_before())
    before.save(FOLDER / "quantised_before.pt")
    torch.jit.freeze(before.eval()).save(FOLDER / "quantised_before_frozen.pt")
    for name, network in {"shared": Shared(), "words": Words(), "fused_attention": FusedAttention(),
                          "eager_attention": EagerAttention(), "results": Results(), "no_tensor": NoTensor(),
                          "views": Views(), "shapes": Shapes(), "bad_names": BadNames(),
                          "forked": Forked(), "arguments": Arguments(), "raises": Raises(), "prints": Prints(),
                          "nothing": Nothing(), "no_forward": NoForward(), "scaled": Scaled(), "blurred": Blurred(),
                          "doubled": Doubled(), "boxes": Boxes(), "kinds": Kinds(),
                          "saves": Saves(WRITTEN), "saves_forked": SavesForked(WRITTEN),
                          "saves_elsewhere": SavesElsewhere(WRITTEN), "saves_when_read": SavesWhenRead(WRITTEN),
                          "deep_recurrent": DeepRecurrent(), "projected": Projected(),
                          "functions_on_parameters": FunctionsOnParameters(), "looks": Looks(),
                          "transposed": nn.ConvTranspose2d(8, 4, 2, 2), "maps": Maps(WRITTEN), "mixed": Mixed(), "leaf": nn.Linear(4, 3), "double": nn.Linear(4, 3).double(),
                          "bfloat16": nn.Linear(4, 3).bfloat16()}.items():
        scripted(name, network)
    torch.jit.freeze(torch.jit.script(Nested().eval())).save(FOLDER / "frozen.pt")
    torch.jit.freeze(torch.jit.script(nn.Sequential(nn.Conv2d(4, 8, 3, groups=2), nn.ReLU()).eval())).save(
        FOLDER / "frozen_convolution.pt")

    other_formats()
    whole = (FOLDER / "mixed.pt").read_bytes()
    (FOLDER / "truncated.pt").write_bytes(whole[:len(whole) // 2])
    (FOLDER / "random.pt").write_bytes(bytes((7 * i * i + i // 3) % 256 for i in range(4000)))
    (FOLDER / "empty.pt").write_bytes(b"")
    with zipfile.ZipFile(FOLDER / "zip.pt", "w") as archive:
        archive.writestr("hello.txt", "hello")
    changed("compressed", lambda name, data: data, zipfile.ZIP_DEFLATED)
    changed("version_99", lambda name, data: b"99\n" if name.endswith("/version") else data)
    changed("no_weights", lambda name, data: None if "/data/" in name else data)
    changed("no_code", lambda name, data: b"" if name.endswith(".py") else data)
    changed("no_pickle", lambda name, data: b"" if name.endswith("/data.pkl") else data)
    changed("odd_pickle", lambda name, data: b"hello" if name.endswith("/data.pkl") else data)
    changed("python_pickle", lambda name, data: pickle.dumps({"a": FOLDER}) if name.endswith("/data.pkl") else data)
    changed("odd_code", lambda name, data: b"class Linear(Module): ((" if name.endswith(".py") else data)
    with zipfile.ZipFile(FOLDER / "record_twice.pt", "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr("net/constants.pkl", "one")
        archive.writestr("net/constants.pkl", "two")


main()
