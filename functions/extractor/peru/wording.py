"""Compares a phrase of a paper word by word with a table of phrases, so that no form of a label needs a
pattern of its own.

Words may stand in any order, be abbreviated (`F. Emis.`, `Vcto.`, `Nro.`), be in the other gender or number,
be run together, have a slip of the OCR engine, and have articles between them. Titles are stricter: their
words keep their order and number, and a word that is a whole title must be written out.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

Name = TypeVar("Name")

LINKS = frozenset(
    ["DE", "DEL", "LA", "LAS", "LOS", "EL", "AL", "Y", "E", "EN", "POR", "PARA", "A", "O", "U", "SU"]
)
"""Words that join the other words of a label."""
_WHOLE = LINKS | {"CON", "SIN", "QUE", "UN", "UNA", "NO"}
"""Words that are no abbreviations: DEL is not `delivery`, CON is not `conductor`."""

_TOKEN = re.compile(
    r"(?P<initials>(?<![A-Z0-9])[A-Z1|](?:\s?\.\s?[A-Z1|]){1,7}(?![A-Z0-9/])\.?)"
    r"|(?P<spaced>(?<![A-Z0-9])[A-Z](?:\s[A-Z]){3,23}(?![A-Z0-9]))"
    r"|(?P<number>N\W{0,2}[°º])|(?P<word>[A-Z0-9]*[A-Z][A-Z0-9]*)(?P<dot>\.?)(?:\s?\(\s?(?:E?S|A|O)\s?\))?|"
    r"(?P<break>[:|+]|\d[\d.,]*)"
)
_TAIL = r"(?:N?[FBES][A-Z]?[0-9OI]{2,3}|N?\d*)"
"""What a title may be run together with: a number or its label."""
_ARTICLES = frozenset(["DE", "DEL", "A", "AS", "LA", "LAS", "OS", "LOS", "EL", "Y"])
"""What joins a title's words that are run together."""
_ENDINGS = ("A", "E", "O", "S", "AS", "ES", "OS")
_VOWELS = frozenset("AEIOU")
_SLIP_FROM = 6
"""Letters from which a word may have one slip; from half as many again it may have two."""
_INITIAL, _SHORT, _CONTRACTED, _SLIPPED, _INFLECTED = 0.7, 0.9, 0.8, 0.85, 0.95
"""The likeness of a word to the word that it abbreviates, contracts, misspells or inflects."""
_RUN = 64
"""Letters from which a word is not several that an engine ran together."""
_PAGE = 400
"""Letters from which a text is a page rather than a line, and its result is not cached."""


@dataclass(frozen=True, slots=True)
class Found(Generic[Name]):
    """A phrase of the table in a line: its name, its place, how alike it is (1 at most), and how many letters
    it has as the table writes it.
    """

    name: Name
    start: int
    end: int
    likeness: float
    letters: int


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    start: int
    end: int
    dotted: bool = False


_NOTHING: Any = object()
"""The name of a phrase that is none of its table's."""
_Tree = dict[str, "_Tree"]
"""Phrases by their words; the empty word ends one."""


class Wording(Generic[Name]):
    """Names, each with the phrases that mean it: folded words, phrases parted by commas.

    `between`: words that may stand between a phrase's others, as links may; `titles`: the phrases are titles;
    `whole`: their words keep their order and are shortened by no more than a dot says, since what was sold
    stands beside them: GRAVA is no GRAVADA; `but`: phrases that would be taken for one of the table's.
    """

    def __init__(
        self,
        table: Iterable[tuple[Name, str]],
        *,
        between: str = "",
        titles: bool = False,
        whole: bool = False,
        but: str = "",
    ) -> None:
        """Keeps the phrases by each of their words, links left out; of two names for one phrase the first
        stands.
        """
        self._titles = titles
        self._alike_by = _in_title if titles else _of_whole if whole else _likeness
        self._between = frozenset(between.split())
        self._joints = _ARTICLES | {_stem(word) + end for word in self._between for end in ("", *_ENDINGS)}
        self._begun: dict[str, list[tuple[str, ...]]] = {}
        self._phrases: dict[tuple[str, ...], Name] = {}
        self._holding: dict[str, set[tuple[str, ...]]] = {}
        for name, text in (*table, *([(_NOTHING, but)] if but else [])):
            for phrase in text.split(","):
                words = tuple(w for w in phrase.split() if w not in LINKS)
                if words not in self._phrases:
                    self._begun.setdefault(words[0][:3], []).append(words)
                self._phrases.setdefault(words, name)
                for word in words:
                    self._holding.setdefault(word, set()).add(words)
        self._tree: _Tree = {}
        for words in self._phrases if whole else ():
            node = self._tree
            for word in words:
                node = node.setdefault(word, {})
            node[""] = {}
        self._deepest = max(map(len, self._phrases), default=0)
        self._initial: dict[str, list[str]] = {}
        for word in self._holding:
            self._initial.setdefault(word[:1], []).append(word)
        parted = {*self._holding, *self._between}
        self._spelled = {word + end for word in parted for end in ("", "S", "ES")} | (
            set()
            if whole
            else {_stem(word) + end for word in parted if len(word) > 4 for end in ("", *_ENDINGS)}
        )
        self._longest = max(map(len, self._spelled), default=0)
        self._known = functools.lru_cache(maxsize=4096)(self._alike)
        self._found = functools.lru_cache(maxsize=4096)(self._search)

    def find(self, line: str) -> tuple[Found[Name], ...]:
        """Returns the table's phrases in a folded line, left to right. None overlap: of two that would, the
        better one stands, by its letters times its likeness.
        """
        return self._found(line) if len(line) < _PAGE else self._search(line)

    def first(self, line: str) -> Found[Name] | None:
        """Returns the phrase with which a line begins, apart from signs and articles."""
        return next(
            (f for f in self.find(line) if all(w in LINKS for w in re.findall(r"\w+", line[: f.start]))), None
        )

    def names(self, line: str) -> set[Name]:
        """Returns the names whose phrases a line holds."""
        return {f.name for f in self.find(line)}

    def touches(self, line: str) -> bool:
        """True where a line has a word of the table; a line without one begins no phrase either."""
        return any(self._known(token.text, token.dotted) for token in _tokens(line))

    def covers(self, line: str) -> bool:
        """True where every word of a line is in the table, joins others, or has a digit."""
        return all(
            token.text in LINKS or not token.text.isalpha() or self._known(token.text, token.dotted)
            for token in _tokens(line)
        )

    def _search(self, line: str) -> tuple[Found[Name], ...]:
        tokens = [part for token in _tokens(line) for part in self._parted(line, token)]
        options = sorted(
            (o for at in range(len(tokens)) for o in self._from(tokens, at)),
            key=lambda f: (-f.letters * f.likeness, f.start),
        )
        kept: list[Found[Name]] = []
        for option in options:
            if not any(option.start < other.end and other.start < option.end for other in kept):
                kept.append(option)
        return tuple(sorted((f for f in kept if f.name is not _NOTHING), key=lambda f: f.start))

    def _parted(self, line: str, token: _Token) -> list[_Token]:
        """Returns the words that an engine ran together into one: all of it must be the table's words and links,
        but for a number behind them. A letter that stands before initials of the table's is a word of its own
        (`V. I.G.V.`). Titles are told by `_run`.
        """
        text, end = token.text, token.start + len(token.text)
        printed = line[token.start : end]
        if self._titles or not len("IGV") <= len(text) < _RUN or text in self._holding:
            return [token]
        if not printed.isalnum():
            return self._led(line, token) if "." in printed else [token]
        size = len(printed.rstrip("0123456789"))
        ways: dict[int, tuple[int, ...]] = {0: ()}
        for at in range(size):
            for stop in range(at + 1, min(size, at + self._longest) + 1) if at in ways else ():
                piece, cuts = text[at:stop], (*ways[at], stop)
                known = (piece in self._spelled and len(piece) > 1) or (at and piece in LINKS)
                if known and (stop not in ways or len(cuts) < len(ways[stop])):
                    ways[stop] = cuts
        pieces = [(text[at:stop], at, stop) for at, stop in itertools.pairwise((0, *ways.get(size, ())))]
        told = [piece for piece, _, _ in pieces if self._tree or piece not in LINKS]
        if len(told) + (size < len(text)) < 2:
            return [token]
        found = [_Token(piece, token.start + at, token.start + stop) for piece, at, stop in pieces]
        return found if size < len(text) else [*found[:-1], replace(found[-1], end=token.end)]

    def _led(self, line: str, token: _Token) -> list[_Token]:
        """Returns initials as two words where the table has all of them but the first ones."""
        letters = [m.start() for m in re.finditer("[A-Z0-9|]", line[token.start : token.end])]
        cut = next((c for c in range(1, len(token.text) - 2) if token.text[c:] in self._holding), None)
        if cut is None:
            return [token]
        at = token.start + letters[cut]
        first = _Token(token.text[:cut], token.start, at, dotted=True)
        return [first, replace(token, text=token.text[cut:], start=at)]

    def _from(self, tokens: Sequence[_Token], at: int) -> Iterator[Found[Name]]:
        """Yields the phrases that begin with a token."""
        token = tokens[at]
        for words in (
            self._begun.get(token.text[:3], ())
            if self._titles and _SLIP_FROM < len(token.text) < _RUN
            else ()
        ):
            run = self._run(token.text, words)
            if run and token.text != words[0]:
                whole = token.end - token.start > len(token.text)
                end = token.end if whole else token.start + run
                yield Found(self._phrases[words], token.start, end, _SLIPPED, sum(map(len, words)))
        if self._tree:
            yield from self._walked(tokens, at)
            return
        for words in {
            words
            for word in self._known(token.text, token.dotted)
            for words in self._holding[word]
            if word == words[0] or not self._titles
        }:
            end, likeness = self._matched(tokens, at, words)
            if likeness:
                yield Found(self._phrases[words], token.start, end, likeness, sum(map(len, words)))

    def _run(self, text: str, words: Sequence[str]) -> int:
        """Returns where a title ends whose words and joints are run together, before a number; 0 where the text
        is none. Each place is looked at once: a pattern would try every way to part `DELADELADELA`.
        """
        ends = {len(words[0])} if text.startswith(words[0]) else set[int]()
        for word in words[1:]:
            ends = {at + len(word) for at in self._joined(text, ends) if text.startswith(word, at)}
        return max((at for at in self._joined(text, ends) if re.fullmatch(_TAIL, text[at:])), default=0)

    def _joined(self, text: str, ends: set[int]) -> set[int]:
        """Returns the places that are reached from some over any number of joints, themselves included."""
        found, left = set(ends), list(ends)
        while left:
            at = left.pop()
            after = {at + len(joint) for joint in self._joints if text.startswith(joint, at)} - found
            found |= after
            left += after
        return found

    def _walked(self, tokens: Sequence[_Token], at: int) -> Iterator[Found[Name]]:
        """Yields the phrases whose words, in their order, begin with a token."""
        ways: list[tuple[_Tree, tuple[str, ...], float]] = [(self._tree, (), 0.0)]
        for token in tokens[at : at + 2 * self._deepest + 2]:
            known = self._known(token.text, token.dotted)
            on = [
                (node[word], (*words, word), total + known[word])
                for node, words, total in ways
                for word in known
                if word in node
            ]
            for node, words, total in on:
                if "" in node:
                    letters = sum(map(len, words))
                    yield Found(
                        self._phrases[words], tokens[at].start, token.end, total / len(words), letters
                    )
            if not on and (token is tokens[at] or not self._joins(token)):
                return
            ways = on or ways

    def _matched(self, tokens: Sequence[_Token], at: int, words: Sequence[str]) -> tuple[int, float]:
        """Returns where a phrase that begins with a token ends, and how alike it is; zeros where a word is
        missing or another one stands between.
        """
        left, total, initials = list(dict.fromkeys(words)), 0.0, 0
        for token in tokens[at : at + 2 * len(words) + 2]:
            known = self._known(token.text, token.dotted)
            open_ = left[:1] if self._titles else left
            word = max((w for w in open_ if w in known), key=lambda w: known[w], default=None)
            if word is None and token is not tokens[at] and self._joins(token):
                continue
            if word is None or (self._titles and len(words) == 1 and known[word] not in (1.0, _SLIPPED)):
                break
            left.remove(word)
            total += known[word]
            initials += known[word] == _INITIAL
            if not left:
                return token.end, total / len(words) if initials < len(words) else 0.0
        return 0, 0.0

    def _joins(self, token: _Token) -> bool:
        """True where a word may stand between the words of a phrase."""
        return token.text in LINKS or any(
            _likeness(token.text, word, dotted=token.dotted) >= _CONTRACTED for word in self._between
        )

    def _alike(self, text: str, dotted: bool) -> dict[str, float]:  # noqa: FBT001 - a key of the cache
        """Returns the table's words for which a printed one may stand, and how alike each is."""
        if self._titles and text in self._holding:
            return {text: 1.0}
        least = 1.0 if text in _WHOLE and not dotted else _INITIAL
        return {
            word: likeness
            for word in self._initial.get(text[:1], ())
            if (likeness := self._alike_by(text, word, dotted=dotted)) >= least
        }


class Stems:
    """Words known by their beginnings, and some that must stand whole; plain text, parted by spaces."""

    def __init__(self, stems: str, whole: str = "") -> None:
        """Keeps the words. Stems are found inside words too, because engines lose spaces."""
        self._stems = tuple(stems.split())
        self._whole = frozenset(whole.split())

    def __or__(self, other: Stems) -> Stems:
        """Returns the words of both."""
        return Stems(" ".join((*self._stems, *other._stems)), " ".join(self._whole | other._whole))

    def begin(self, line: str, at: int) -> bool:
        """True where one of the words begins at an offset of a folded line."""
        word = re.compile(r"\w+").match(line, at)
        return line.startswith(self._stems, at) or (word is not None and word[0] in self._whole)

    def found_in(self, line: str) -> bool:
        """True where a folded line has one of the words."""
        return any(stem in line for stem in self._stems) or not self._whole.isdisjoint(
            re.findall(r"\w+", line)
        )


def _tokens(line: str) -> Iterator[_Token]:
    """Yields the words of a folded line. Initials and letters that stand apart are joined; signs that part a
    label from its value are words of their own.
    """
    for found in _TOKEN.finditer(line):
        text = found["break"] or (
            found["word"] or re.sub(r"[^A-Z0-9]", "", found[0].replace("|", "I"))
        ).replace("1", "I")
        yield _Token(text, found.start(), found.end(), bool(found["dot"]) or bool(found["number"]))


def _likeness(text: str, word: str, *, dotted: bool) -> float:
    """Returns how alike a printed word is to a word of a label; 0 for another word."""
    if text[:1] != word[:1] or len(text) > len(word) + 2:
        return 0.0
    if _stem(text) == _stem(word):
        return 1.0 if text == word else _INFLECTED
    if (dotted or len(text) > 2) and word.startswith(text):
        return _SHORT if len(text) > 1 else _INITIAL
    # A contraction that ends in a vowel has it from the end of its word, and begins with none: MZA. is
    # not MOTORIZADO, nor AÑO ALUMNO.
    ends = text[-1] not in _VOWELS or (text[-1] in word[-2:] and text[0] not in _VOWELS)
    skips = (dotted and text[-1] == word[-1]) or (len(text) > 2 and ends and not set(text[1:-1]) & _VOWELS)
    if skips and 1 < len(text) < min(6, len(word) - 1) and _in_order(text, word):
        return _CONTRACTED
    cut = len(text) - 2  # VENCTO, DOCTO: the beginning and the end of a word
    if (
        cut > 2
        and text[cut] not in _VOWELS
        and len(text) < len(word) - 1
        and word.startswith(text[:cut])
        and word.endswith(text[cut:])
    ):
        return _CONTRACTED
    slips = (len(word) >= _SLIP_FROM) + (2 * len(word) >= 3 * _SLIP_FROM)
    return _SLIPPED if len(text) >= _SLIP_FROM - 1 and distance(text, word) <= slips else 0.0


def _in_title(text: str, word: str, *, dotted: bool) -> float:
    """Returns how alike a printed word is to a word of a title: RECIBI and FACTURAS are not alike, N° is
    NUMERO.
    """
    alike = _likeness(text, word, dotted=dotted)
    if alike == _INITIAL:
        return alike if (text, word) == ("N", "NUMERO") else 0.0
    if alike == _INFLECTED:
        return alike if len(text) <= len(word) else 0.0
    if alike == _SLIPPED:
        return alike if len(text) == len(word) and text[-1] == word[-1] else 0.0
    return alike


def _of_whole(text: str, word: str, *, dotted: bool) -> float:
    """Returns how alike a printed word is to one in its number or with a slip, or cut short before a dot. The
    other gender is another word: RECARGA is no RECARGO.
    """
    alike = _likeness(text, word, dotted=dotted)
    if alike == _INFLECTED:
        short, long = sorted((text, word), key=len)
        lost = word[:-1] == text and len(text) >= _SLIP_FROM
        return alike if long in (f"{short}S", f"{short}ES") else _SLIPPED if lost else 0.0
    return alike if alike in (1.0, _SLIPPED) or (alike == _SHORT and dotted) else 0.0


def _stem(word: str) -> str:
    """Returns a word without the ending of its gender and number."""
    return re.sub(r"(?:[AEO]|[AEO]?S)$", "", word) if len(word) > 4 else word


def _in_order(text: str, word: str) -> bool:
    """True where a word has the letters of a shorter word in their order."""
    letters = iter(word)
    return all(letter in letters for letter in text)


def distance(one: str, other: str) -> int:
    """Returns how many changed, missing or added letters make one word the other."""
    before = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        row = [i]
        for j, b in enumerate(other, 1):
            row.append(min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b)))
        before = row
    return before[-1]
