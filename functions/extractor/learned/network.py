"""The network itself: a small transformer over the words of a page, run by numpy in single precision.

Its weights are trained by tests/corpus/tokens and lie beside this module, with their hash and their measured
figures.
"""

from __future__ import annotations

import functools
import hashlib
import io
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from functions.errors import CannotRun
from functions.extractor.learned.features import ALIGNED, PAIRS, Features, Floats, Ints, pairs

WEIGHTS = Path(__file__).with_name("weights.npz")
RECORD = Path(__file__).with_name("weights.json")
MOST = 640
"""The most words of a page that are looked at: the pairs of words grow with the square."""


class WrongWeights(CannotRun):  # a damaged package
    """The weights are not those that the record beside them describes."""


@dataclass(frozen=True, slots=True)
class Sight:
    """The network's answer about a page.

    `roles`: the probability of each role for each word; `starts`: the probability that a word begins an item;
    `kind`, `currency`: the probabilities of the page.
    """

    roles: Floats
    starts: Floats
    kind: Floats
    currency: Floats


@functools.lru_cache(maxsize=1)
def shipped() -> Network:
    """Returns the network with the weights in this package, read at the first page that asks for it. Raises
    WrongWeights.
    """
    data, record = WEIGHTS.read_bytes(), json.loads(RECORD.read_text("utf-8"))
    if hashlib.sha256(data).hexdigest() != record["sha256"]:
        raise WrongWeights
    return Network(data)


class Network:
    """Weights as `train.py` exports them, ready to look at pages."""

    def __init__(self, data: bytes) -> None:
        with np.load(io.BytesIO(data)) as archive:
            self.width, self.layers, self.heads = (int(v) for v in archive["meta"])
            weights = {name: archive[name].astype(np.float32) for name in archive.files if name != "meta"}
        # A linear layer is kept as its input needs it, and products that are the same for every page are made
        # once.
        self._weights: dict[str, Floats] = {
            n: np.ascontiguousarray(w.T) if w.ndim == 2 else w for n, w in weights.items()
        }
        self._pieces: list[Floats] = [
            weights["emb.weight"] @ weights[f"e{at}.weight"].T / 3 for at in range(3)
        ]
        for table in self._pieces:
            table[0] = 0
        near, aligned = (
            weights["pj.weight"][:, : PAIRS // ALIGNED],
            weights["pj.weight"][:, PAIRS // ALIGNED :],
        )
        self._nearness: Floats = (near[:, :, None] + aligned[:, None, :]).reshape(len(near), PAIRS)

    def __call__(self, page: Features) -> Sight:
        """Returns what the page and its words are. Takes about 70 ms of one core for `MOST` words."""
        x = self._normal(self._words(page), "h")
        near = pairs(page.geometry)
        # Two arrays serve all heads of all layers: fresh ones for each cost more than the arithmetic.
        rooms = np.empty(near.shape, np.float32), np.empty(near.shape, np.float32)
        for layer in range(self.layers):
            x = x + self._attention(x, layer, near, rooms)
            inner = np.maximum(self._linear(self._normal(x, f"ly.{layer}.n2"), f"ly.{layer}.a"), 0)
            x = x + self._linear(inner, f"ly.{layer}.b")
        x = self._normal(x, "nf")
        weight = _shares(self._linear(x, "pw"), axis=0)
        whole = np.maximum(self._linear(np.concatenate([(weight.T @ x).reshape(-1), x.mean(0)]), "k1"), 0)
        return Sight(
            _shares(self._linear(x, "role")),
            np.reciprocal(1 + np.exp(-self._linear(x, "st")[:, 0])),
            _shares(self._linear(whole, "kind")),
            _shares(self._linear(whole, "cur")),
        )

    def _words(self, page: Features) -> Floats:
        """Returns each word's vector, from its own pieces, those of its neighbours, and its numbers."""
        own, left, right = (table[page.pieces].sum(1) for table in self._pieces)
        x: Floats = own + self._weights["e0.bias"] + self._linear(page.numbers, "dn")
        x[1:] += left[:-1]
        x[:-1] += right[1:]
        return x

    def _attention(self, x: Floats, layer: int, near: Ints, rooms: tuple[Floats, Floats]) -> Floats:
        count, each = len(x), self.width // self.heads
        scores, bias = rooms
        asked = self._linear(self._normal(x, f"ly.{layer}.n1"), f"ly.{layer}.qkv").reshape(
            count, 3, self.heads, each
        )
        seen = np.empty((count, self.heads, each), np.float32)
        for head in range(self.heads):
            query, key, value = (np.ascontiguousarray(asked[:, part, head]) for part in range(3))
            np.matmul(query / np.float32(np.sqrt(each)), key.T, out=scores)
            np.take(self._nearness[layer * self.heads + head], near, out=bias, mode="clip")
            scores += bias
            seen[:, head] = _shares(scores) @ value
        return self._linear(seen.reshape(count, self.width), f"ly.{layer}.o")

    def _linear(self, x: Floats, name: str) -> Floats:
        found: Floats = x @ self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"]
        return found

    def _normal(self, x: Floats, name: str) -> Floats:
        centred = x - x.mean(-1, keepdims=True)
        spread = np.sqrt((centred * centred).mean(-1, keepdims=True) + np.float32(1e-5))
        found: Floats = centred / spread * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"]
        return found


def _shares(x: Floats, axis: int = -1) -> Floats:
    """Computes softmax, in place. Values below e^-60 of the largest are raised to that: subnormal numbers
    cost a hundred times the time.
    """
    x -= x.max(axis, keepdims=True)
    np.maximum(x, np.float32(-60), out=x)
    np.exp(x, out=x)
    x /= x.sum(axis, keepdims=True)
    return x
