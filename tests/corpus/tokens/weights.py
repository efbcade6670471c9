"""Weights on their way into the package: exported, described, and held to those that they would replace.
Needs no PyTorch.
"""

import hashlib
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from functions.extractor.learned import features, words
from functions.extractor.learned.network import Network
from tests.sheets import CUSTOMER, SUPPLIER, sheet

PAGE = f"""
COMERCIAL FICTICIA S.A.C.                          R.U.C. {SUPPLIER}
Av. Los Próceres 123 - Lima                        FACTURA ELECTRÓNICA
                                                   F001-00000123
Señor(es) : DISTRIBUIDORA INVENTADA SAC            Fecha de Emisión : 05/11/2026
RUC : {CUSTOMER}                                  Moneda : SOLES

CANT.   UM     DESCRIPCIÓN                            P. UNIT    IMPORTE
2.00    NIU    CEMENTO PORTLAND TIPO I                50.00      100.00

                                          OP. GRAVADA    S/   100.00
                                          IGV 18%        S/    18.00
                                          IMPORTE TOTAL  S/   118.00
"""
"""A page whose roles the record of the weights holds, so that a test can tell whether they still give
them.
"""
MOST_BYTES = 3_000_000
SLACK = 0.005
"""By how much a figure may be lower without having fallen: half a point is a paper or two."""


def export(state: Mapping[str, NDArray[Any]], *, width: int, layers: int, heads: int) -> bytes:
    """The weights as the package holds them: half precision, by the names of `network.py`. Raises ValueError
    beyond `MOST_BYTES`.
    """
    out = io.BytesIO()
    halves: dict[str, Any] = {name: np.asarray(value).astype(np.float16) for name, value in state.items()}
    np.savez(out, **halves, meta=np.array([width, layers, heads]))
    if out.tell() > MOST_BYTES:
        raise ValueError(f"{out.tell()} bytes")
    return out.getvalue()


def record(data: bytes, *, origin: str, seed: int | None, figures: Mapping[str, float]) -> dict[str, Any]:
    """What is kept beside the weights."""
    page = words.look([sheet(PAGE)], Network(data))
    assert page is not None
    told = zip(page.tokens, page.roles.argmax(1), page.roles.max(1), strict=True)
    return {
        "sha256": hashlib.sha256(data).hexdigest(),
        "origin": origin,
        "seed": seed,
        "generator": generator() if seed is not None else None,
        "figures": dict(figures),
        "page": [f"{token.text} {features.ROLES[role]} {chance:.4f}" for token, role, chance in told],
    }


def generator() -> str:
    """What pages are drawn from, and what the network is told of them, as one hash."""
    here = Path(__file__).parent
    sources = [*here.glob("*.py"), *here.glob("*.json"), Path(features.__file__)]
    digest = hashlib.sha256()
    for path in sorted(sources):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def fallen(before: Mapping[str, float], after: Mapping[str, float]) -> list[str]:
    """The figures that are lower than those of the weights in the package, or missing."""
    return [
        f"{name}: {value:.3f} -> {after.get(name, 0):.3f}"
        for name, value in before.items()
        if after.get(name, 0) < value - SLACK
    ]


def choose(trained: Mapping[int, bytes], folder: Path) -> None:
    """Measures the weights of each seed and puts the best into the package. Raises SystemExit where a
    figure falls.
    """
    from tests.corpus.tokens import measure

    figures = {seed: measure.figures(Network(data)) for seed, data in trained.items()}
    for seed, found in figures.items():
        print(seed, json.dumps(found), flush=True)
    seed = max(figures, key=lambda each: sum(figures[each].values()))
    before = json.loads((folder / "weights.json").read_text("utf-8"))["figures"]
    if fell := fallen(before, figures[seed]):
        raise SystemExit("Not taken in, since these fell: " + "; ".join(fell))
    data = trained[seed]
    install(data, record(data, origin="tests/corpus/tokens", seed=seed, figures=figures[seed]), folder)


def install(data: bytes, described: Mapping[str, Any], folder: Path) -> None:
    """Writes weights and record where the package reads them."""
    (folder / "weights.npz").write_bytes(data)
    (folder / "weights.json").write_text(json.dumps(described, ensure_ascii=False, indent=1) + "\n", "utf-8")
