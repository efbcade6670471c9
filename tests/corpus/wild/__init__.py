"""A second corpus, apart from the first: what Peruvian businesses really receive, after the layouts that
billing systems publish.

Its rooms share no drawing with the layouts on which the readers were tuned. `python -m tests.corpus.wild`
tells what is read wrong.
"""

from tests.corpus.wild import a4, columns, names, others, papers, pictures, rolls, services, tricks
from tests.corpus.wild.pen import MAKERS, Wild

__all__ = [
    "MAKERS",
    "Wild",
    "a4",
    "columns",
    "names",
    "others",
    "papers",
    "pictures",
    "rolls",
    "services",
    "tricks",
]
