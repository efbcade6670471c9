"""Trains the learned reader: `make train`, or `python -m tests.corpus.tokens.train --pages 250000 --seeds
1,2,3`.

Pages are drawn by other processes while the network learns. A run that was cut off goes on from its last
checkpoint under `.cuadra/train`. The best of the seeds replaces the weights in the package only where no
figure of theirs falls. Needs PyTorch (requirements.txt beside this).
"""

import argparse
import json
import math
import multiprocessing
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from functions.extractor.learned import features, network
from functions.extractor.learned.features import ALIGNED, BUCKETS, CURRENCIES, KINDS, PAIRS, ROLES
from tests.corpus.tokens import measure, weights
from tests.corpus.tokens.page import Taught, taught

ROOT = Path(__file__).parents[3]
PIECE = 64
WIDTH, LAYERS, HEADS = 128, 4, 4
CHUNK = 512
"""Pages that are drawn together, looked at twice, and then left."""
VIEWS = 2
RATE = 1.5e-3
BATCH_PAIRS = 4_000_000
"""Pairs of words in a batch: what a GPU of 16 GB holds with room."""
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
FIRST_OF_ITEM, LAST_OF_ITEM = ROLES.index("description"), ROLES.index("line_number")


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
        split = PAIRS // ALIGNED
        table = (self.pj.weight[:, :split, None] + self.pj.weight[:, None, split:]).reshape(
            HEADS * LAYERS, PAIRS
        )
        bias = (
            functional.embedding(near, table.t())
            .permute(0, 3, 1, 2)
            .masked_fill(~mask[:, None, None, :], -1e4)
        )
        for at, layer in enumerate(self.ly):
            x = layer(x, bias[:, at * HEADS : (at + 1) * HEADS])
        x = self.nf(x)
        share = self.pw(x).float().masked_fill(~mask[..., None], -1e4).softmax(1)
        pool = torch.einsum("bnk,bnd->bkd", share.to(x.dtype), x).flatten(1)
        mean = (x * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
        whole = functional.relu(self.k1(torch.cat([pool, mean], 1)))
        return self.role(x), self.st(x)[..., 0], self.kind(whole), self.cur(whole)


def _batches(pages: list[Taught], rng: np.random.Generator) -> list[list[Taught]]:
    """Pages of about the same length together, the batches in any order."""
    found: list[list[Taught]] = [[]]
    for page in sorted(pages, key=lambda p: len(p.roles) * rng.uniform(0.9, 1.1)):
        if found[-1] and (
            len(found[-1]) >= 96
            or (len(found[-1]) + 1) * max(len(p.roles) for p in [*found[-1], page]) ** 2 > BATCH_PAIRS
        ):
            found.append([])
        found[-1].append(page)
    rng.shuffle(found)
    return found


def _loss(net: Net, pages: list[Taught], rng: np.random.Generator) -> Tensor:
    """How far the network is off, with words and numbers hidden at times, so that it leans on none of them
    alone.
    """
    most = max(len(page.roles) for page in pages)
    pieces, numbers = (
        np.zeros((len(pages), most, features.GRAMS), np.int64),
        np.zeros((len(pages), most, pages[0].features.numbers.shape[1]), np.float32),
    )
    near, roles = np.zeros((len(pages), most, most), np.int64), np.full((len(pages), most), -100)
    starts = np.zeros((len(pages), most), np.float32)
    for at, page in enumerate(pages):
        count = len(page.roles)
        pieces[at, :count], numbers[at, :count], roles[at, :count] = (
            page.features.pieces,
            page.features.numbers,
            page.roles,
        )
        near[at, :count, :count], starts[at, :count] = features.pairs(page.features.geometry), page.starts
    if rng.random() < 0.6:
        pieces *= (rng.random(pieces.shape[:2]) > rng.choice([0.05, 0.12, 0.25]))[..., None]
    if rng.random() < 0.6:
        sums = numbers.shape[2] - features.PLACES
        numbers[..., sums - features.SUMS : sums] *= (rng.random(len(pages)) > 0.2)[:, None, None]
    to = {
        name: torch.from_numpy(value).to(DEVICE)
        for name, value in (("p", pieces), ("n", numbers), ("g", near), ("r", roles), ("s", starts))
    }
    with torch.autocast("cuda", torch.bfloat16, enabled=DEVICE == "cuda"):
        role, start, kind, currency = net(to["p"], to["n"], to["g"], to["r"] >= 0)
    item = (to["r"] >= FIRST_OF_ITEM) & (to["r"] <= LAST_OF_ITEM)
    loss = functional.cross_entropy(role.float().transpose(1, 2), to["r"], label_smoothing=0.02)
    if item.any():
        loss = loss + 0.5 * functional.binary_cross_entropy_with_logits(start.float()[item], to["s"][item])
    loss = loss + 0.15 * functional.cross_entropy(
        kind.float(), torch.tensor([p.kind for p in pages], device=DEVICE), label_smoothing=0.03
    )
    return loss + 0.03 * functional.cross_entropy(
        currency.float(), torch.tensor([p.currency for p in pages], device=DEVICE)
    )


def _chunk(first: int) -> list[Taught]:
    return [taught(seed) for seed in range(first, first + CHUNK)]


def _chunks(seed: int, done: int, total: int) -> Iterator[list[Taught]]:
    """The chunks of a run from `done` on, each drawn by another process while those before it are learned."""
    firsts = [seed * 10**8 + at * CHUNK for at in range(done, total)]
    with multiprocessing.get_context("spawn").Pool(max(1, (os.cpu_count() or 2) - 1)) as pool:
        yield from pool.imap(_chunk, firsts)


def train(seed: int, pages: int, folder: Path) -> bytes:
    """The weights of one seed after `pages` page views, as the package holds them."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    total = max(1, pages // (CHUNK * VIEWS))
    net = Net(taught(0).features.numbers.shape[1]).to(DEVICE)
    optimizer = torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=0.02, betas=(0.9, 0.98))
    mean = {name: value.detach().clone().float() for name, value in net.state_dict().items()}
    done, step, kept = 0, 0, folder / f"seed{seed}.pt"
    if kept.exists():
        state: dict[str, Any] = torch.load(kept, map_location=DEVICE, weights_only=True)
        net.load_state_dict(state["net"])
        optimizer.load_state_dict(state["optimizer"])
        mean, done, step = state["mean"], state["done"], state["step"]
    for chunk in _chunks(seed, done, total):
        for batch in [batch for _ in range(VIEWS) for batch in _batches(chunk, rng)]:
            for group in optimizer.param_groups:
                group["lr"] = (
                    RATE * min(1.0, (step + 1) / 300) * (0.5 + 0.5 * math.cos(math.pi * done / total)) + 1e-5
                )
            optimizer.zero_grad(set_to_none=True)
            loss = _loss(net, batch, rng)
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
            step += 1
            for name, value in net.state_dict().items():
                mean[name].lerp_(value.float(), 1 - min(0.999, step / (step + 100)))
        done += 1
        part = kept.with_suffix(".part")
        torch.save(
            {
                "net": net.state_dict(),
                "optimizer": optimizer.state_dict(),
                "mean": mean,
                "done": done,
                "step": step,
            },
            part,
        )
        part.replace(kept)
        print(f"seed {seed}: {done} of {total} chunks, loss {loss.item():.3f}", flush=True)
    return weights.export(
        {name: value.cpu().numpy() for name, value in mean.items()}, width=WIDTH, layers=LAYERS, heads=HEADS
    )


def main() -> None:
    """Trains every seed, measures each, and takes the best in where nothing falls."""
    parser = argparse.ArgumentParser(prog="python -m tests.corpus.tokens.train", description=__doc__)
    parser.add_argument("--pages", type=int, default=250_000, help="page views a seed (default 250000)")
    parser.add_argument("--seeds", type=lambda text: [int(s) for s in text.split(",")], default=[1, 2, 3])
    parser.add_argument(
        "--out", type=Path, default=ROOT / ".cuadra" / "train", help="checkpoints, from which a run goes on"
    )
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    trained = {}
    for seed in arguments.seeds:
        data = train(seed, arguments.pages, arguments.out)
        trained[seed] = data, measure.figures(network.Network(data))
        print(seed, json.dumps(trained[seed][1]), flush=True)
    seed = max(trained, key=lambda each: sum(trained[each][1].values()))
    data, figures = trained[seed]
    before = json.loads(network.RECORD.read_text("utf-8"))["figures"]
    if fell := weights.fallen(before, figures):
        raise SystemExit("Not taken in, since these fell: " + "; ".join(fell))
    described = weights.record(data, origin="tests/corpus/tokens", seed=seed, figures=figures)
    weights.install(data, described, network.WEIGHTS.parent)


if __name__ == "__main__":
    main()
