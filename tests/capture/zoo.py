"""Networks that are captured in Python, saved as TorchScript and exported. As a command, zoo.py FOLDER, with a PyTorch
that has torch.export: of each NAME.python.jsonl, NAME.pt2 and NAME.exported.jsonl."""

import json
import sys
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "scripts"))

import torch  # noqa: E402
import capture_torch  # noqa: E402
from torch import nn  # noqa: E402
from torch.nn import functional  # noqa: E402


class Branches(nn.Module):
    """Two branches of convolutions, one of them in groups, that come together."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(3, 8, 3, padding=1)
        self.norm = nn.BatchNorm2d(8)
        self.left = nn.Conv2d(8, 8, 3, padding=1, groups=8, bias=False)
        self.right = nn.Conv2d(8, 8, 1)
        self.act = nn.ReLU()
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.head = nn.Linear(8, 5)

    def forward(self, x):
        x = self.act(self.norm(self.first(x)))
        x = self.act(self.left(x) + self.right(x))
        return self.head(torch.flatten(self.pool(x), 1))


class Recurrent(nn.Module):
    def __init__(self, kind, **options):
        super().__init__()
        self.cells = kind(6, 10, num_layers=2, **options)
        self.head = nn.Linear(self.cells.hidden_size * (2 if self.cells.bidirectional else 1), 3)

    def forward(self, x):
        return self.head(self.cells(x)[0])


class Attends(nn.Module):
    """Products and a softmax, written out."""

    def __init__(self):
        super().__init__()
        self.query, self.key, self.value = nn.Linear(8, 8), nn.Linear(8, 8), nn.Linear(8, 8, bias=False)

    def forward(self, x):
        weights = torch.softmax(torch.matmul(self.query(x), self.key(x).transpose(-1, -2)) * 0.35, -1)
        return torch.matmul(weights, self.value(x)) + x


class SelfAttention(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention = nn.MultiheadAttention(8, 2)

    def forward(self, x):
        return self.attention(x, x, x, need_weights=True)[0]


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(20, 8)
        self.norm = nn.LayerNorm(8)
        self.head = nn.Linear(8, 20, bias=False)
        self.head.weight = self.table.weight

    def forward(self, ids):
        return self.head(self.norm(self.table(ids)))


class Conv1D(nn.Module):
    """A linear layer that holds [in, out], as GPT-2's."""

    def __init__(self, size_in, size_out):
        super().__init__()
        self.nf = size_out
        self.weight = nn.Parameter(torch.randn(size_in, size_out))
        self.bias = nn.Parameter(torch.zeros(size_out))

    def forward(self, x):
        shape = x.size()[:-1] + (self.nf,)
        return torch.addmm(self.bias, x.view(-1, x.size(-1)), self.weight).view(shape)


class Norms(nn.Module):
    def __init__(self):
        super().__init__()
        self.group, self.instance = nn.GroupNorm(2, 4), nn.InstanceNorm2d(4, affine=True)
        self.layer, self.batch = nn.LayerNorm([4, 6, 6]), nn.BatchNorm2d(4)

    def forward(self, x):
        return self.batch(self.layer(self.instance(self.group(x))))


class Functions(nn.Module):
    """Functions that read parameters."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(8, 6))
        self.kernel = nn.Parameter(torch.randn(4, 1, 3))
        self.bias = nn.Parameter(torch.randn(8))
        self.square = nn.Parameter(torch.randn(8, 8))

    def forward(self, x):
        x = functional.relu(functional.conv1d(x, self.kernel, padding=1))
        x = functional.linear(x, self.weight, self.bias)
        return torch.addmm(self.bias, functional.gelu(x[:, 0]), functional.softmax(self.square * x[0, 0], -1))


class Contractions(nn.Module):
    """einsum of two, three and four tensors, of one, and element by element, and tensordot."""

    def __init__(self):
        super().__init__()
        self.first = nn.Linear(6, 6)
        self.core = nn.Parameter(torch.randn(6, 5))

    def forward(self, x):
        y = self.first(x)
        y = torch.einsum("bij,bkj,bkl->bil", y, x, y)
        z = torch.einsum("ij,jk,kl,lm->im", y[0], self.core, self.core.t(), y[1].t())
        return torch.tensordot(y, x, ([2], [2])), torch.einsum("bij,jk->bik", y, self.core), torch.einsum("bij->bj", z * y[:, :, :4])


class Quantised(nn.Module):
    """A product and a recurrent layer, whose weights are to have 8 bits."""

    def __init__(self):
        super().__init__()
        self.cells, self.head = nn.LSTM(6, 8, batch_first=True), nn.Linear(8, 4)

    def forward(self, x):
        return self.head(self.cells(x)[0])


def quantised():
    torch.backends.quantized.engine = "qnnpack"  # which every build has
    return torch.ao.quantization.quantize_dynamic(Quantised().eval(), {nn.Linear, nn.LSTM})


class Shared(nn.Module):
    """One activation and one layer, called more than once."""

    def __init__(self):
        super().__init__()
        self.linear, self.act = nn.Linear(6, 6), nn.Tanh()

    def forward(self, x):
        return self.act(self.linear(self.act(self.linear(x))))


NETS = {
    "branches": lambda: (Branches(), torch.randn(2, 3, 8, 8)),
    "lstm": lambda: (Recurrent(nn.LSTM, batch_first=True), torch.randn(2, 5, 6)),
    "gru": lambda: (Recurrent(nn.GRU, bidirectional=True), torch.randn(5, 2, 6)),
    "attends": lambda: (Attends(), torch.randn(2, 7, 8)),
    "self_attention": lambda: (SelfAttention(), torch.randn(7, 2, 8)),
    "encoder_layer": lambda: (nn.TransformerEncoderLayer(8, 2, 16), torch.randn(7, 2, 8)),
    "tied": lambda: (Tied(), torch.randint(20, (2, 4))),
    "conv1d_layer": lambda: (nn.Sequential(Conv1D(6, 9), nn.GELU(), Conv1D(9, 6)), torch.randn(2, 4, 6)),
    "grouped": lambda: (nn.Sequential(nn.Conv2d(8, 8, 3, groups=4, stride=2), nn.ReLU6()), torch.randn(1, 8, 9, 9)),
    "transposed": lambda: (nn.Sequential(nn.ConvTranspose2d(8, 4, 2, 2, groups=2), nn.SiLU()), torch.randn(1, 8, 5, 5)),
    "volumes": lambda: (nn.Sequential(nn.Conv3d(2, 4, 3), nn.MaxPool3d(2)), torch.randn(1, 2, 6, 6, 6)),
    "norms": lambda: (Norms(), torch.randn(2, 4, 6, 6)),
    "functions": lambda: (Functions(), torch.randn(5, 1, 6)),
    "shared": lambda: (Shared(), torch.randn(3, 6)),
    "contractions": lambda: (Contractions(), torch.randn(2, 4, 6)),
}
NOT_EXPORTED = {  # torch.export takes no packed weights
    "quantised": lambda: (quantised(), torch.randn(2, 3, 6)),
}


def made(name):
    torch.manual_seed(0)
    net, x = {**NETS, **NOT_EXPORTED}[name]()
    return net.eval(), x


def main(folder):
    folder = Path(folder)
    for name in NETS:
        net, x = made(name)
        with torch.no_grad():
            torch.export.save(torch.export.export(net, (x,)), folder / f"{name}.pt2")
            with capture_torch.capture(net, folder / f"{name}.python.jsonl", functions="all"):
                net(x)
        code = capture_torch.main(["exported", str(folder / f"{name}.pt2"), "-o", str(folder / f"{name}.exported.jsonl"),
                                   "--repeat", "2", "--warmup", "1"])
        if code != 0:
            sys.exit(f"{name} cannot be run")
    of_a_newer_torch(folder / "tied.pt2", folder / "newer.pt2")
    wrong(folder, folder / "newer.pt2")
    wrong(folder, folder / "tied.pt2", "--input", "2x5:int64")
    wrong(folder, folder / "tied.pt2", "--input", "2x4:int64:0..19", "--input", "none")


def wrong(folder, *arguments):
    code = capture_torch.main(["exported", *map(str, arguments), "-o", str(folder / "none.jsonl")])
    if code != 2:
        sys.exit(f"{arguments}: {code}")


def of_a_newer_torch(path, newer):
    """The same file, said to be written by a PyTorch of years to come."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(newer, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name.endswith("model.json") or name == "serialized_exported_program.json":
                program = json.loads(data)
                program["torch_version"] = "99.0.0"
                program["schema_version"]["major"] += 100
                data = json.dumps(program)
            new.writestr(name, data)


if __name__ == "__main__":
    main(*sys.argv[1:])
