"""The network of `functions/extractor/learned/network.py` in PyTorch, to be learned; its parts are named
as that one reads them.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from functions.extractor.learned.features import ALIGNED, BUCKETS, CURRENCIES, KINDS, PAIRS, ROLES

PIECE = 64
WIDTH, LAYERS, HEADS = 128, 4, 4


class Layer(nn.Module):
    """Attention with a bias for each pair, then two linear layers; its parts are named as `network.py` reads
    them.
    """

    def __init__(self) -> None:
        super().__init__()
        self.n1, self.n2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.qkv, self.o = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.a, self.b = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(3 * WIDTH, WIDTH)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        """The words of each page after one more look at each other."""
        pages, count, _ = x.shape
        query, key, value = (
            self.qkv(self.n1(x)).view(pages, count, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        )
        seen = functional.scaled_dot_product_attention(query, key, value, attn_mask=bias.to(query.dtype))
        x = x + functional.dropout(
            self.o(seen.transpose(1, 2).reshape(pages, count, WIDTH)), 0.1, self.training
        )
        return x + functional.dropout(self.b(functional.relu(self.a(self.n2(x)))), 0.1, self.training)


class Net(nn.Module):
    """What `network.py` runs, to be learned."""

    def __init__(self, numbers: int) -> None:
        super().__init__()
        self.emb = nn.Embedding(BUCKETS, PIECE, padding_idx=0)
        nn.init.normal_(self.emb.weight, 0, 0.3)
        with torch.no_grad():
            self.emb.weight[0] = 0
        self.e0, self.e1, self.e2 = (
            nn.Linear(PIECE, WIDTH),
            nn.Linear(PIECE, WIDTH, bias=False),
            nn.Linear(PIECE, WIDTH, bias=False),
        )
        self.dn, self.h, self.nf = nn.Linear(numbers, WIDTH), nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.pj = nn.Linear(PAIRS // ALIGNED + ALIGNED, HEADS * LAYERS, bias=False)
        nn.init.zeros_(self.pj.weight)
        self.ly = nn.ModuleList(Layer() for _ in range(LAYERS))
        self.role, self.st, self.pw = nn.Linear(WIDTH, len(ROLES)), nn.Linear(WIDTH, 1), nn.Linear(WIDTH, 4)
        self.k1, self.kind, self.cur = (
            nn.Linear(5 * WIDTH, WIDTH),
            nn.Linear(WIDTH, len(KINDS)),
            nn.Linear(WIDTH, len(CURRENCIES)),
        )

    def forward(
        self, pieces: Tensor, numbers: Tensor, near: Tensor, mask: Tensor
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Roles and starts of each word, kind and currency of each page, before any softmax."""
        e = self.emb(pieces).sum(2) / 3
        none = torch.zeros_like(e[:, :1])
        left, right = self.e1(torch.cat([none, e[:, :-1]], 1)), self.e2(torch.cat([e[:, 1:], none], 1))
        x = self.h(self.e0(e) + left + right + self.dn(numbers))
        # A product with ones and zeros: looking millions of pairs up has no quick way back.
        split = PAIRS // ALIGNED
        steps = torch.arange(split, device=near.device, dtype=near.dtype)
        parts = [(near // ALIGNED)[..., None] == steps, (near % ALIGNED)[..., None] == steps[:ALIGNED]]
        which = torch.cat(parts, -1).to(torch.bfloat16 if near.is_cuda else torch.float32)
        bias = (which @ self.pj.weight.to(which.dtype).t()).permute(0, 3, 1, 2)
        bias = bias.masked_fill(~mask[:, None, None, :], -1e4).contiguous()
        for at, layer in enumerate(self.ly):
            x = layer(x, bias[:, at * HEADS : (at + 1) * HEADS])
        x = self.nf(x)
        share = self.pw(x).float().masked_fill(~mask[..., None], -1e4).softmax(1)
        pool = torch.einsum("bnk,bnd->bkd", share.to(x.dtype), x).flatten(1)
        mean = (x * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        whole = functional.relu(self.k1(torch.cat([pool, mean], 1)))
        return self.role(x), self.st(x)[..., 0], self.kind(whole), self.cur(whole)
