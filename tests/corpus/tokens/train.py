"""Trains the learned reader: `make train`, or `python -m tests.corpus.tokens.train --pages 250000 --seeds
1,2,3`.

Processes draw pages into files while one process a seed learns from them. A run that was cut off goes on
from what lies under `.cuadra/train`: drawn pages and the last checkpoints. The best of the seeds replaces
the weights in the package only where no figure of theirs falls. Needs PyTorch (requirements.txt beside
this).
"""

import argparse
import math
import multiprocessing
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from functions.extractor.learned import features, network
from functions.extractor.learned.features import ALIGNED, ROLES
from tests.corpus.tokens import weights
from tests.corpus.tokens.net import HEADS, LAYERS, WIDTH, Net
from tests.corpus.tokens.page import taught

ROOT = Path(__file__).parents[3]
CHUNK = 512
"""Pages that are drawn together."""
RATE = 1.5e-3
BATCH, BATCH_PAIRS = 96, 5_000_000
"""Pages of a batch, and pairs of words: what a GPU of 16 GB holds with room."""
HOLDS = 900
"""Chunks that a seed keeps at hand, 15 MB each."""
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
FIRST_OF_ITEM, LAST_OF_ITEM = ROLES.index("description"), ROLES.index("line_number")


# --- pages on disk ------------------------------------------------------------------------------------------


def draw(task: tuple[int, Path]) -> Path:
    """Draws a chunk of pages into its file, unless it is there."""
    number, folder = task
    path = folder / f"{number:06d}.npz"
    if path.exists():
        return path
    pages = [taught(seed) for seed in range(number * CHUNK, (number + 1) * CHUNK)]
    part = folder / f"{number:06d}.part.npz"
    np.savez(
        part,
        pieces=np.concatenate([p.features.pieces for p in pages]),
        numbers=np.concatenate([p.features.numbers.astype(np.float16) for p in pages]),
        geometry=np.concatenate([p.features.geometry for p in pages]),
        roles=np.concatenate([p.roles for p in pages]),
        starts=np.concatenate([p.starts for p in pages]),
        counts=np.array([len(p.roles) for p in pages]),
        kinds=np.array([p.kind for p in pages]),
        currencies=np.array([p.currency for p in pages]),
    )
    part.rename(path)
    return path


@dataclass
class Batch:
    """Pages side by side, as long as the longest; `mask` tells words from what fills up."""

    pieces: Tensor
    numbers: Tensor
    near: Tensor
    mask: Tensor
    roles: Tensor
    starts: Tensor
    kinds: Tensor
    currencies: Tensor


class Chunk:
    """The pages of a file, where the network is learned."""

    def __init__(self, path: Path) -> None:
        with np.load(path) as kept:
            self.counts = kept["counts"]
            self.first = np.concatenate([[0], np.cumsum(self.counts)[:-1]])
            self.of: dict[str, Tensor] = {
                name: torch.from_numpy(kept[name]).to(DEVICE) for name in kept.files if name != "counts"
            }

    def batches(self, rng: np.random.Generator) -> list[list[int]]:
        """Pages of about the same length together, the batches in any order."""
        found: list[list[int]] = [[]]
        for page in np.argsort(self.counts * rng.uniform(0.9, 1.1, len(self.counts))):
            most = max(self.counts[[*found[-1], page]])
            if found[-1] and (len(found[-1]) >= BATCH or (len(found[-1]) + 1) * most**2 > BATCH_PAIRS):
                found.append([])
            found[-1].append(int(page))
        rng.shuffle(found)
        return found

    def batch(self, pages: list[int]) -> Batch:
        """Some of the pages as one batch."""
        most = -(-int(self.counts[pages].max()) // 16) * 16
        at = torch.arange(most, device=DEVICE)[None]
        mask = at < torch.from_numpy(self.counts[pages]).to(DEVICE)[:, None]
        index = torch.where(mask, torch.from_numpy(self.first[pages]).to(DEVICE)[:, None] + at, 0)
        which = torch.tensor(pages, device=DEVICE)
        return Batch(
            self.of["pieces"][index].long() * mask[..., None],
            self.of["numbers"][index].float() * mask[..., None],
            near(self.of["geometry"][index]),
            mask,
            self.of["roles"][index].long().masked_fill(~mask, -100),
            self.of["starts"][index].float(),
            self.of["kinds"][which],
            self.of["currencies"][which],
        )


def near(geometry: Tensor) -> Tensor:
    """`features.pairs` of many pages at once, on the device that learns."""
    x0, x1, left, right, row, cell = geometry.unbind(-1)
    rows, gap = row[:, None] - row[:, :, None], x0[:, None] - x1[:, :, None]
    down = torch.bucketize(
        rows, torch.tensor([-7.5, -2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 7.5], device=rows.device)
    )
    ahead = torch.bucketize(gap, torch.tensor([0.0, 1.5, 6.0, 20.0], device=gap.device))
    behind = ahead.transpose(1, 2)
    across = torch.where(ahead > 0, ahead, torch.where(gap.transpose(1, 2) > 0, behind + 4, 0))
    aligned = torch.sign(rows).long() + 1
    for weight, edge, reach in ((3, left, 0.7), (6, right, 0.7), (12, left + right, 1.6)):
        aligned += weight * ((edge[:, None] - edge[:, :, None]).abs() < reach)
    aligned = torch.where(cell[:, None] == cell[:, :, None], 24, aligned)
    return (down * features.ACROSS + across) * ALIGNED + aligned


# --- learning -----------------------------------------------------------------------------------------------


def loss_of(net: Net, batch: Batch, rng: np.random.Generator) -> Tensor:
    """How far the network is off, with words and sums hidden at times, so that it leans on none of them
    alone.
    """
    pieces, numbers = batch.pieces, batch.numbers
    if rng.random() < 0.6:
        kept = torch.rand(pieces.shape[:2], device=DEVICE) > float(rng.choice([0.05, 0.12, 0.25]))
        pieces = pieces * kept[..., None]
    if rng.random() < 0.6:
        end = numbers.shape[2] - features.PLACES
        kept = torch.rand((len(numbers), 1, 1), device=DEVICE) > 0.2
        numbers = torch.cat(
            [
                numbers[..., : end - features.SUMS],
                numbers[..., end - features.SUMS : end] * kept,
                numbers[..., end:] + 0.01 * torch.randn_like(numbers[..., end:]),
            ],
            -1,
        )
    with torch.autocast("cuda", torch.bfloat16, enabled=DEVICE == "cuda"):
        role, start, kind, currency = net(pieces, numbers, batch.near, batch.mask)
    item = (batch.roles >= FIRST_OF_ITEM) & (batch.roles <= LAST_OF_ITEM)
    weight = item.float()
    begins = functional.binary_cross_entropy_with_logits(
        start.float(), batch.starts, weight, reduction="sum"
    ) / weight.sum().clamp(min=1)
    return (
        functional.cross_entropy(role.float().transpose(1, 2), batch.roles, label_smoothing=0.02)
        + 0.5 * begins
        + 0.15 * functional.cross_entropy(kind.float(), batch.kinds, label_smoothing=0.03)
        + 0.03 * functional.cross_entropy(currency.float(), batch.currencies)
    )


class Learner:
    """A network on its way, with the mean of its weights, which is what ships; kept in a file between
    runs.
    """

    def __init__(self, seed: int, folder: Path) -> None:
        torch.manual_seed(seed)
        self.kept, self.rng = folder / f"seed{seed}.pt", np.random.default_rng(seed)
        self.net = Net(taught(0).features.numbers.shape[1]).to(DEVICE)
        self.optimizer = torch.optim.AdamW(
            self.net.parameters(), lr=RATE, weight_decay=0.02, betas=(0.9, 0.98), fused=DEVICE == "cuda"
        )
        self.mean = [value.detach().clone().float() for value in self.net.state_dict().values()]
        self.visits, self.steps = 0, 0
        if self.kept.exists():
            state: dict[str, Any] = torch.load(self.kept, map_location=DEVICE, weights_only=True)
            self.net.load_state_dict(state["net"])
            self.optimizer.load_state_dict(state["optimizer"])
            self.mean, self.visits, self.steps = state["mean"], state["visits"], state["steps"]

    def visit(self, chunk: Chunk, rate: float) -> float:
        """Learns from a chunk; the last loss."""
        loss = torch.zeros(())
        for pages in chunk.batches(self.rng):
            for group in self.optimizer.param_groups:
                group["lr"] = rate * min(1.0, (self.steps + 1) / 300) + 1e-5
            self.optimizer.zero_grad(set_to_none=True)
            loss = loss_of(self.net, chunk.batch(pages), self.rng)
            loss.backward()
            nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
            self.optimizer.step()
            self.steps += 1
            if self.steps % 4 == 0:
                with torch.no_grad():
                    share = 1 - min(0.999, self.steps / (self.steps + 100)) ** 4
                    torch._foreach_lerp_(
                        self.mean, [value.float() for value in self.net.state_dict().values()], share
                    )
        self.visits += 1
        return float(loss.detach())

    def keep(self) -> None:
        """Writes the checkpoint."""
        part = self.kept.with_suffix(".part")
        state = {
            "net": self.net.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "mean": self.mean,
            "visits": self.visits,
            "steps": self.steps,
        }
        torch.save(state, part)
        part.replace(self.kept)

    def exported(self) -> bytes:
        """The weights as the package holds them."""
        named = zip(self.net.state_dict(), self.mean, strict=True)
        return weights.export(
            {name: value.cpu().numpy() for name, value in named}, width=WIDTH, layers=LAYERS, heads=HEADS
        )


def learn(seed: int, folder: Path, plan: argparse.Namespace) -> None:
    """One seed, until every chunk was visited as often as asked or its time is over; its weights go beside
    its checkpoint.
    """
    torch.set_num_threads(max(1, (os.cpu_count() or 2) // 4))
    torch.backends.cuda.matmul.allow_tf32 = True
    learner, began, told = Learner(seed, folder), time.monotonic(), time.monotonic()
    at_hand: dict[Path, Chunk] = {}
    met: set[Path] = set()
    total, before = plan.chunks * plan.views, learner.visits
    while True:
        done = max((learner.visits - before * plan.more) / total, (time.monotonic() - began) / plan.seconds)
        if done >= 1:
            break
        drawn = sorted((folder / "pages").glob("??????.npz"))
        fresh = [path for path in drawn if path not in met]
        if not fresh and (not met or (learner.visits - before * plan.more) >= len(drawn) * plan.views):
            time.sleep(0.2)
            continue
        path = fresh[0] if fresh else drawn[int(learner.rng.integers(len(drawn)))]
        met.add(path)
        if path not in at_hand:
            at_hand[path] = Chunk(path)
            if len(at_hand) > HOLDS:
                at_hand.pop(next(iter(at_hand)))
        loss = learner.visit(at_hand[path], plan.rate * (0.5 + 0.5 * math.cos(math.pi * done)))
        if time.monotonic() - told > 20:
            told = time.monotonic()
            learner.keep()
            print(
                (
                    f"seed {seed}: {done:.0%}, {learner.visits} visits of {len(met)} chunks, "
                    f"{learner.steps} steps, loss {loss:.3f}"
                ),
                flush=True,
            )
    learner.keep()
    (folder / f"seed{seed}.npz").write_bytes(learner.exported())
    print(
        f"seed {seed}: done after {learner.visits} visits of {len(met)} chunks, {learner.steps} steps",
        flush=True,
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.corpus.tokens.train", description=__doc__)
    parser.add_argument("--pages", type=int, default=250_000, help="pages that are drawn (default 250000)")
    parser.add_argument("--first", type=int, default=0, help="the first chunk that is drawn (default 0)")
    parser.add_argument("--views", type=int, default=2, help="how often a page is looked at (default 2)")
    parser.add_argument(
        "--seconds", type=float, default=math.inf, help="when to stop, whatever was seen (default never)"
    )
    parser.add_argument(
        "--rate", type=float, default=RATE, help=f"the step that learning begins with (default {RATE})"
    )
    parser.add_argument("--more", action="store_true", help="learn so much more, from the checkpoints on")
    parser.add_argument(
        "--keep",
        action="store_true",
        help="leave the package alone: the weights stay beside their checkpoints",
    )
    parser.add_argument("--seeds", type=lambda text: [int(s) for s in text.split(",")], default=[1, 2, 3])
    parser.add_argument(
        "--out",
        type=Path,
        default=ROOT / ".cuadra" / "train",
        help="drawn pages and checkpoints, from which a run goes on",
    )
    plan = parser.parse_args()
    plan.chunks = max(1, plan.pages // CHUNK)
    return plan


def main() -> None:
    """Trains every seed, measures each, and takes the best in where nothing falls."""
    plan = _arguments()
    (plan.out / "pages").mkdir(parents=True, exist_ok=True)
    context = multiprocessing.get_context("spawn")
    learners = [context.Process(target=learn, args=(seed, plan.out, plan)) for seed in plan.seeds]
    for learner in learners:
        learner.start()
    free = max(1, (os.cpu_count() or 2) - (len(learners) if DEVICE == "cuda" else 1))
    with context.Pool(free) as pool:
        drawing = pool.map_async(
            draw, [(number, plan.out / "pages") for number in range(plan.first, plan.first + plan.chunks)], 1
        )
        while any(learner.is_alive() for learner in learners):
            time.sleep(1)
            if drawing.ready():
                drawing.get()
        pool.terminate()
    if any(learner.exitcode for learner in learners):
        raise SystemExit("A seed broke off; what it learned is kept.")
    if not plan.keep:
        weights.choose(
            {seed: (plan.out / f"seed{seed}.npz").read_bytes() for seed in plan.seeds}, network.WEIGHTS.parent
        )


if __name__ == "__main__":
    main()
