"""Networks of torch.nn alone."""

import torch
from torch import nn

NAMES = ["LSTM", "GRU", "RNN", "LSTM with projection", "LSTMCell", "ConvTranspose1d", "ConvTranspose2d",
         "ConvTranspose3d", "MultiheadAttention", "TransformerEncoder", "Transformer"]


class _Cells(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell = nn.LSTMCell(48, 64)

    def forward(self, x):
        state = None
        for row in x:
            state = self.cell(row, state)
        return state[0]


class _Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention = nn.MultiheadAttention(96, 4, batch_first=True)

    def forward(self, x):
        return self.attention(x, x, x, need_weights=False)[0]


def build(name):
    networks = {
        "LSTM": lambda: (nn.LSTM(48, 64, num_layers=2, bidirectional=True), (torch.randn(20, 3, 48),)),
        "GRU": lambda: (nn.GRU(48, 64, num_layers=3, batch_first=True), (torch.randn(3, 20, 48),)),
        "RNN": lambda: (nn.RNN(48, 64, bias=False), (torch.randn(20, 3, 48),)),
        "LSTM with projection": lambda: (nn.LSTM(48, 64, num_layers=2, proj_size=32), (torch.randn(20, 3, 48),)),
        "LSTMCell": lambda: (_Cells(), (torch.randn(20, 3, 48),)),
        "ConvTranspose1d": lambda: (nn.ConvTranspose1d(24, 32, 5, stride=2, groups=4), (torch.randn(2, 24, 40),)),
        "ConvTranspose2d": lambda: (nn.ConvTranspose2d(24, 32, 4, stride=2, padding=1), (torch.randn(2, 24, 20, 20),)),
        "ConvTranspose3d": lambda: (nn.ConvTranspose3d(8, 16, 3, stride=2), (torch.randn(1, 8, 6, 10, 10),)),
        "MultiheadAttention": lambda: (_Attention(), (torch.randn(2, 30, 96),)),
        "TransformerEncoder": lambda: (
            nn.TransformerEncoder(nn.TransformerEncoderLayer(96, 4, 192, batch_first=True), 3),
            (torch.randn(2, 30, 96),)),
        "Transformer": lambda: (nn.Transformer(96, 4, 2, 2, 192, batch_first=True),
                                (torch.randn(2, 30, 96), torch.randn(2, 20, 96)))}
    model, arguments = networks[name]()
    return model, arguments, {}
