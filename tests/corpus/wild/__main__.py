"""`python -m tests.corpus.wild [--fail] [--as=scan|photo1600|photo1280] [NAME…]`: what is read wrong of each
wild document.

`--fail`: only those, and exit 1 on a false proof; `--as`: the papers that are files, scanned or photographed
first.
"""

import sys
import time
from dataclasses import replace
from pathlib import Path
from random import Random

from functions.extractor.engine import Extractor
from tests.corpus import FORMS, shoot
from tests.corpus.wild import MAKERS
from tests.corpus.wild.attack import TODAY
from tests.corpus.wild.judge import judge


def main(arguments: list[str]) -> int:
    """Reads every document named, or all."""
    only = [a for a in arguments if not a.startswith("--")]
    form = next((f for f in FORMS if f"--as={f}" in arguments), None)
    out = next((Path(a.split("=", 1)[1]) for a in arguments if a.startswith("--out=")), None)
    extractor = Extractor(slots=1, today=lambda: TODAY)
    extractor.warm()
    fields = lies = verdicts = hits = read = true = count = 0
    try:
        for name, make in MAKERS.items():
            if only and name not in only:
                continue
            one = make()
            if form is not None and one.picture:
                continue
            if form is not None:
                rng = Random(f"wild/{name}/{form}")
                data, _ = shoot(one.data, form, rng, ticket=make.__module__.endswith("rolls"))
                one = replace(one, data=data, verdicts=(*one.verdicts, "needs_review"))
            if out is not None:
                out.mkdir(parents=True, exist_ok=True)
                (out / f"{name}.{'jpg' if one.picture else 'pdf'}").write_bytes(one.data)
            start = time.monotonic()
            answer = extractor.extract(one.data)
            seconds = time.monotonic() - start
            found = judge(one, answer)
            count += 1
            fields += len(found.fields)
            lies += found.lied
            verdicts += not found.verdict_ok
            hits, read, true = hits + found.items_hit, read + found.items_read, true + found.items_true
            bad = bool(found.fields or found.names or found.f1 < 1 or not found.verdict_ok)
            if "--fail" in arguments and not bad:
                continue
            wrong = "".join(f" {k}: {a} not {b};" for k, (a, b) in (found.fields | found.names).items())
            lines = (
                ""
                if found.f1 == 1
                else f" items {found.items_hit}/{found.items_true} of {found.items_read} read;"
            )
            print(
                f"{name:22} {found.verdict:13} {'' if found.verdict_ok else '(may not)'}{wrong}{lines} "
                f"{seconds:.2f} s{'  LIE' if found.lied else ''}"
            )
            if only:
                for invoice in answer.invoices:
                    print(invoice.model_dump_json(exclude_none=True, indent=1))
                print(*[c for c in answer.checks if c.ok is False], sep="\n")
                print(*[e for e in answer.evidence if e.disagree], sep="\n")
    finally:
        extractor.close()
    print(
        f"{count} documents: {fields} key fields wrong, item F1 {2 * hits / max(1, read + true):.3f}, "
        f"{verdicts} verdicts out of bounds, {lies} proven wrongly"
    )
    return 1 if lies else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
