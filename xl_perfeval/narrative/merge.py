"""Generating again never loses what people wrote: a three-way merge of one paragraph.

A figure with its unit is one token, so a new figure flows into the person's own wording, even into a clause
that was moved. What the program changed is carried into the person's text, never the other way round; where
one change has no certain place there, the whole paragraph is a conflict and the person's text stays as it is.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from xl_perfeval.quantity.numerals import fold
from xl_perfeval.quantity.units import unit_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


class Outcome(StrEnum):
    """What became of a paragraph that was generated again."""

    KEPT = "kept"
    """The person's text as it was; nothing new concerns it."""
    REFRESHED = "refreshed"
    """Nobody had touched it: the new text."""
    MERGED = "merged"
    """The person's text with what is new in it; someone should look at it (请核对)."""
    CONFLICT = "conflict"
    """The person's text as it was; the new text is to be offered beside it (系统新稿)."""


@dataclass(frozen=True, slots=True)
class Merged:
    """The text to show, how it came about, and which figures of it were replaced (old, new) in reading order.

    `followed` is empty unless the outcome is `merged`.
    """

    text: str
    outcome: Outcome
    followed: tuple[tuple[str, str], ...] = ()


def merge(base: str, mine: str, new: str) -> Merged:
    """Carry what the program changed from `base` (last generated) to `new` into `mine` (as people left it).

    A paragraph that a person emptied stays empty. A figure that a person took out stays out; one that both
    changed is a conflict. Never raises; time grows with the length of the texts, not with its square.
    """
    if new in (base, mine):
        return Merged(mine, Outcome.KEPT)
    if mine == base:
        return Merged(new, Outcome.REFRESHED)
    if not mine.strip():
        return Merged(mine, Outcome.KEPT)
    if not base.strip():
        return Merged(mine, Outcome.CONFLICT)
    before, after = _cut(base), _cut(new)
    merged = _carry(_compare(before, _cut(mine), after), mine)
    if merged.outcome is not Outcome.MERGED or merged.text == new:
        return merged
    again = _carry(_compare(before, _cut(merged.text), after), merged.text)
    return merged if again.text == merged.text else Merged(mine, Outcome.CONFLICT)


# --- tokens -------------------------------------------------------------------------------------------

_START, _END = "\0start", "\0end"
_TOKEN = re.compile(r"(?P<number>[0-9]+(?:[.,~/-][0-9]+)*)|[A-Za-z]+|.", re.DOTALL)
_ENDS = frozenset("。；！？!?;】\n")
_PAUSES = frozenset("，：、,:")
_MARKS = _ENDS | _PAUSES
_WORDED_NUMBER = re.compile(
    "[零〇一二两三四五六七八九十百千万亿]{2,}|百分|[一二两三四五六七八九十][个项家场次期人名份件成倍天年月]|半"
)


class _Text(NamedTuple):
    """A paragraph cut up. In `keys` a figure is only its unit: figures that could replace each other are equal."""

    tokens: list[str]
    keys: list[str]


def _cut(text: str) -> _Text:
    """Figures (1,234.5万元, 97.33%, 1-2家) and Latin words are one token each, anything else is one by character."""
    folded = fold(text)
    tokens, keys = [_START], [_START]
    end = 0
    while match := _TOKEN.match(folded, end):
        start, end = match.span()
        key = ""
        if match["number"]:
            unit = unit_at(folded, end)
            end, key = unit.end, f"0{unit.text}"
        tokens.append(text[start:end])
        keys.append(key or text[start:end])
    return _Text([*tokens, _END], [*keys, _END])


def _is_figure(token: str) -> bool:
    return token[0].isdecimal()


def _is_distinctive(token: str) -> bool:
    """Whether a figure speaks for itself: 547.99万元 does; 4个, 60万元 and 100% may mean several things."""
    digits = re.sub(r"[^0-9]", "", fold(token)).strip("0")
    return _is_figure(token) and len(digits) > 2


def _is_word(token: str) -> bool:
    return token.isalnum() and not _is_figure(token)


# --- comparing two texts ------------------------------------------------------------------------------

_Places: TypeAlias = list[int]
"""For each token of one text its place in another; −1 for none."""

_DEEPEST = 8
_CHANCE = 8
"""Tokens changed around a lone round figure from which on it is no longer taken for the same one."""


def _align(old: Sequence[str], new: Sequence[str]) -> _Places:
    """Equal tokens of two texts in the same order: first long runs that occur once, then what is between."""
    places = [-1] * len(old)
    gaps = [(0, len(old), 0, len(new), 0)]
    while gaps:
        o0, o1, n0, n1, depth = gaps.pop()
        while o0 < o1 and n0 < n1 and old[o0] == new[n0]:
            places[o0] = n0
            o0, n0 = o0 + 1, n0 + 1
        while o0 < o1 and n0 < n1 and old[o1 - 1] == new[n1 - 1]:
            o1, n1 = o1 - 1, n1 - 1
            places[o1] = n1
        if o0 == o1 or n0 == n1 or depth == _DEEPEST:
            continue
        anchors = _anchors(old[o0:o1], new[n0:n1])
        if anchors:
            corners = [(o0, n0), *((o0 + o, n0 + n) for o, n in anchors), (o1, n1)]
            gaps += [(a, b, c, d, depth + 1) for (a, c), (b, d) in pairwise(corners)]
    _keep_near_names(old, new, places)
    return _without_chance(old, places, len(new))


def _keep_near_names(old: Sequence[str], new: Sequence[str], places: _Places) -> None:
    """Of equal figures take the first after the word that stood before it: 执行率[8.5%]，较上年增长8.5%."""
    for n, token in enumerate(old):
        start, place = places[n - 1] + 1, places[n]
        if 0 < start < place and _is_figure(token) and token in new[start:place]:
            places[n] = new.index(token, start)


def _anchors(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Places of the longest runs of 4, 2 or 1 tokens that occur once in both texts, in the same order."""
    if set(old).isdisjoint(new):
        return []
    for length in (4, 2, 1):
        if pairs := _pairs(old, new, length):
            return _rising(pairs)
    return []


def _pairs(old: Sequence[str], new: Sequence[str], length: int) -> list[tuple[int, int]]:
    """Places of the runs of so many tokens that occur once in either text, as they come in the first."""
    there = _unique(new, length)
    return [
        (place, there[run])
        for run, place in _unique(old, length).items()
        if place >= 0 and there.get(run, -1) >= 0
    ]


def _unique(tokens: Sequence[str], length: int) -> dict[tuple[str, ...], int]:
    """Runs of so many tokens with their place, −1 if they occur more than once."""
    found: dict[tuple[str, ...], int] = {}
    for place, run in enumerate(zip(*(tokens[n:] for n in range(length)), strict=False)):
        found[run] = -1 if run in found else place
    return found


def _rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The most pairs (sorted by their first number) whose second numbers rise too."""
    lowest: list[int] = []
    ends: list[int] = []
    previous: list[int] = []
    for index, (_, value) in enumerate(pairs):
        rank = bisect_left(lowest, value)
        previous.append(ends[rank - 1] if rank else -1)
        lowest[rank : rank + 1] = [value]
        ends[rank : rank + 1] = [index]
    chain: list[tuple[int, int]] = []
    index = ends[-1]
    while index >= 0:
        chain.append(pairs[index])
        index = previous[index]
    return chain[::-1]


class _Run(NamedTuple):
    """Tokens that stand together in both texts."""

    old: int
    new: int
    length: int


def _runs(places: _Places) -> list[_Run]:
    runs: list[_Run] = []
    start = 0
    for end in range(1, len(places) + 1):
        if end == len(places) or places[end] < 0 or places[end] != places[end - 1] + 1:
            if places[start] >= 0:
                runs.append(_Run(start, places[start], end - start))
            start = end
    return runs


def _without_chance(old: Sequence[str], places: _Places, new_length: int) -> _Places:
    """Drop small words that two different wordings only happen to share."""
    runs = [*_runs(places), _Run(len(old), new_length, 0)]
    old_end = new_end = 0
    for run, after in pairwise(runs):
        before_size = max(run.old - old_end, run.new - new_end)
        after_size = max(after.old - run.old, after.new - run.new) - run.length
        if _by_chance(old[run.old : run.old + run.length], before_size, after_size):
            places[run.old : run.old + run.length] = [-1] * run.length
        else:
            old_end, new_end = run.old + run.length, run.new + run.length
    return places


def _by_chance(run: Sequence[str], before: int, after: int) -> bool:
    """Whether a run is too small to mean anything between changes of these sizes."""
    if not before or not after or len(run) > 3 or any(map(_is_distinctive, run)):
        return False
    if any(map(_is_figure, run)):
        return before + after > _CHANCE
    return len(run) <= min(before, after)


def _follow_moves(
    old: Sequence[str], new: Sequence[str], places: _Places, claimed: Iterable[int] = ()
) -> None:
    """Enter clauses and telling figures that stand elsewhere in the new text, outside the `claimed` places."""
    taken = {*places, *claimed}
    lost = ["" if places[n] >= 0 else token for n, token in enumerate(old)]
    found = ["" if n in taken else token for n, token in enumerate(new)]
    for length in (3, 1):
        for old_place, new_place in _pairs(lost, found, length):
            if "" in lost[old_place : old_place + length] or not found[new_place]:
                continue
            moved = _widest(lost, found, old_place, new_place)
            if _is_telling(lost[moved.old : moved.old + moved.length]):
                for n in range(moved.length):
                    places[moved.old + n] = moved.new + n
                    lost[moved.old + n] = found[moved.new + n] = ""


def _doubt_repeated(old: Sequence[str], new: Sequence[str], places: _Places) -> dict[int, int]:
    """Take out figures that occur more than once and lost the word before them, which told them apart."""
    times = Counter(filter(_is_figure, old)) | Counter(filter(_is_figure, new))
    doubted = {
        n: places[n]
        for n, token in enumerate(old)
        if times[token] > 1 and places[n] >= 0 and places[n - 1] < 0 and _is_word(old[n - 1])
    }
    for n in doubted:
        places[n] = -1
    return doubted


def _restore(old: Sequence[str], new: Sequence[str], places: _Places, doubted: dict[int, int]) -> None:
    """Enter doubted figures again that are the only ones left of their value."""
    if not doubted:
        return
    taken = set(places)
    lost = Counter(token for token, place in zip(old, places, strict=True) if place < 0)
    found = Counter(token for place, token in enumerate(new) if place not in taken)
    for n, place in doubted.items():
        if lost[old[n]] == found[old[n]] == 1:
            places[n] = place


def _widest(old: Sequence[str], new: Sequence[str], old_place: int, new_place: int) -> _Run:
    start, length = 0, 1
    while old[old_place + start - 1] == new[new_place + start - 1] != "":
        start -= 1
    while old[old_place + length] == new[new_place + length] != "":
        length += 1
    return _Run(old_place + start, new_place + start, length - start)


def _is_telling(run: Sequence[str]) -> bool:
    """Whether a run found elsewhere was moved there and not written anew."""
    words = sum(map(_is_word, run))
    return words > 5 or any(map(_is_distinctive, run)) or (words > 1 and any(map(_is_figure, run)))


# --- what the program changed, and where that is in the person's text ---------------------------------


class _Change(NamedTuple):
    """Tokens `b0:b1` of the base became tokens `n0:n1` of the new text."""

    b0: int
    b1: int
    n0: int
    n1: int


class _Verdict(Enum):
    """Why a change is not carried over."""

    THERE = auto()
    DELETED = auto()
    REWORDED = auto()
    CLASH = auto()


_Span: TypeAlias = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Comparison:
    """Three texts as tokens and how their tokens correspond."""

    base: list[str]
    mine: list[str]
    new: list[str]
    same: _Places
    """base → new; figures at corresponding places correspond, whatever their value."""
    kept: _Places
    """base → mine: what the person left, wherever it stands now."""
    there: _Places
    """new → mine: what the person's text says already."""
    own: list[bool]
    """Which tokens of mine the person wrote."""
    gone: dict[int, _Verdict]
    """What became of the base's figures that the person did not leave."""


def _compare(b: _Text, m: _Text, n: _Text) -> _Comparison:
    same = _align(b.keys, n.keys)
    kept, there = _align(b.tokens, m.tokens), _align(n.tokens, m.tokens)
    _settle(same, kept, there)
    changed = {
        there[after]
        for before, after in enumerate(same)
        if after >= 0 and b.tokens[before] != n.tokens[after]
    }
    doubted = _doubt_repeated(b.tokens, m.tokens, kept)
    _follow_moves(b.tokens, m.tokens, kept, changed)
    _restore(b.tokens, m.tokens, kept, doubted)
    _follow_moves(n.tokens, m.tokens, there, kept)
    left = set(kept)
    own = [place not in left for place in range(len(m.tokens))]
    return _Comparison(
        b.tokens, m.tokens, n.tokens, same, kept, there, own, _gone(b.tokens, m.tokens, kept, own)
    )


def _settle(same: _Places, kept: _Places, there: _Places) -> None:
    """Where base and new claim a token of mine for different things, the longer run is right."""
    lengths = {run.new + n: (run.old + n, run.length) for run in _runs(there) for n in range(run.length)}
    for run in _runs(kept):
        for before, place in zip(
            range(run.old, run.old + run.length), range(run.new, run.new + run.length), strict=True
        ):
            after, length = lengths.get(place, (-1, 0))
            if after < 0 or same[before] == after:
                continue
            if length > run.length:
                kept[before] = -1
            else:
                there[after] = -1


def _gone(base: list[str], mine: list[str], kept: _Places, own: list[bool]) -> dict[int, _Verdict]:
    """For each figure the person did not leave: deleted, put in words, or given another value."""
    verdicts: dict[int, _Verdict] = {}
    written = {token for token, is_own in zip(mine, own, strict=True) if is_own}
    left = [n for n, place in enumerate(kept) if place >= 0]
    for before, after in pairwise(left):
        lost = [n for n in range(before + 1, after) if _is_figure(base[n])]
        if lost:
            instead = _own_beside(kept[before] + 1, kept[after], mine, own)
            verdict = _verdict_of_gap(instead)
            verdicts |= {n: _Verdict.CLASH if base[n] in written else verdict for n in lost}
    return verdicts


def _own_beside(start: int, stop: int, mine: list[str], own: list[bool]) -> list[str]:
    """What the person wrote from `start` on and before `stop`, which are far apart when a clause was moved."""
    end, begin = start, stop
    while own[end]:
        end += 1
    while own[begin - 1]:
        begin -= 1
    return mine[start:end] if begin == start else mine[start:end] + mine[begin:stop]


def _verdict_of_gap(instead: list[str]) -> _Verdict:
    if any(map(_is_figure, instead)) or _WORDED_NUMBER.search("".join(instead)):
        return _Verdict.CLASH
    return _Verdict.REWORDED if any(map(_is_word, instead)) else _Verdict.DELETED


def _changes(texts: _Comparison) -> Iterator[_Change]:
    """What the program changed: runs of tokens, and figures one by one."""
    b0 = n0 = 0
    for b1, n1 in enumerate(texts.same):
        if n1 < 0:
            continue
        if b0 < b1 or n0 < n1:
            yield _Change(b0, b1, n0, n1)
        if texts.base[b1] != texts.new[n1]:
            yield _Change(b1, b1 + 1, n1, n1 + 1)
        b0, n0 = b1 + 1, n1 + 1


def _carry(texts: _Comparison, mine: str) -> Merged:
    """The person's text with every change of the program, or the conflict."""
    patches: list[tuple[_Span, _Change]] = []
    verdicts: set[_Verdict] = set()
    for change in _changes(texts):
        place = _locate(texts, change)
        if isinstance(place, _Verdict):
            verdicts.add(place)
        else:
            patches.append((place, change))
    nothing_fits = _Verdict.REWORDED in verdicts and _Verdict.THERE not in verdicts and not patches
    patches.sort()
    text = _patched(texts, patches)
    if _Verdict.CLASH in verdicts or nothing_fits or text is None or _is_quoted(texts, patches):
        return Merged(mine, Outcome.CONFLICT)
    if text == mine:
        return Merged(mine, Outcome.KEPT)
    swaps = ((texts.base[c.b0], texts.new[c.n0]) for _, c in patches if _is_swap(texts, c))
    return Merged(text, Outcome.MERGED, tuple(swaps))


def _patched(texts: _Comparison, patches: list[tuple[_Span, _Change]]) -> str | None:
    """The text with the patches; `None` when tokens would grow together into others, or a mark be left over."""
    tokens: list[str] = []
    done = 0
    for (start, stop), change in patches:
        tokens += texts.mine[done:start] + texts.new[change.n0 : change.n1]
        done = stop
    tokens += texts.mine[done:]
    text = "".join(tokens[1:-1])
    left_over = _stray(tokens) > max(_stray(texts.mine), _stray(texts.new))
    return text if _cut(text).tokens == tokens and not left_over else None


def _stray(tokens: Sequence[str]) -> int:
    """How many commas and colons have no clause before or after them: 截至年底，。"""
    return sum(
        (after in _PAUSES and (before in _MARKS or before == _START))
        or (before in _PAUSES and (after in _ENDS or after == _END))
        for before, after in pairwise(tokens)
    )


def _is_swap(texts: _Comparison, change: _Change) -> bool:
    """Whether one figure took the place of another."""
    return texts.same[change.b0] == change.n0 and change.b1 > change.b0


def _is_quoted(texts: _Comparison, patches: list[tuple[_Span, _Change]]) -> bool:
    """Whether the person's own words repeat a figure that would change elsewhere in the text."""
    old = {texts.base[c.b0] for _, c in patches if _is_swap(texts, c) and _is_distinctive(texts.base[c.b0])}
    return any(is_own and token in old for token, is_own in zip(texts.mine, texts.own, strict=True))


def _locate(texts: _Comparison, change: _Change) -> _Span | _Verdict:
    """Which tokens of mine a change replaces, or why it is not carried over."""
    if _is_swap(texts, change):
        return _locate_figure(texts, change)
    alike = _slides(texts, change)
    if any(_is_there(texts, each) for each in alike):
        return _Verdict.THERE
    for each in alike:
        span = _where_inserted(texts, each) if each.b0 == each.b1 else _where_replaced(texts, each)
        if span:
            return span
    return _Verdict.CLASH


def _locate_figure(texts: _Comparison, change: _Change) -> _Span | _Verdict:
    name, place, there = texts.kept[change.b0 - 1], texts.kept[change.b0], texts.there[change.n0]
    is_there = there >= 0 and texts.own[there]
    if is_there and (place < 0 or 0 <= name < there < place):
        return _Verdict.THERE
    if place >= 0:
        return place, place + 1
    return texts.gone[change.b0]


_FARTHEST = 60
"""Tokens that a change is slid at most, looking for a natural place."""


def _slides(texts: _Comparison, change: _Change) -> list[_Change]:
    """The ways to describe one insertion or deletion (“，乙” after 甲, “乙，” before 丙), whole sentences first."""
    if change.b0 < change.b1 and change.n0 < change.n1:
        return [change]
    alike = [change]
    for step in (1, -1):
        slid = change
        while len(alike) < _FARTHEST and _may_slide(texts, slid, step):
            slid = _Change(*(place + step for place in slid))
            alike.append(slid)
    return sorted(alike, key=lambda each: _awkwardness(*_moved_tokens(texts, each)))


def _may_slide(texts: _Comparison, change: _Change, step: int) -> bool:
    base, new = (change.b1, change.n1) if step > 0 else (change.b0 - 1, change.n0 - 1)
    if (
        base < 1
        or base > len(texts.base) - 2
        or texts.same[base] != new
        or texts.base[base] != texts.new[new]
    ):
        return False
    tokens, _ = _moved_tokens(texts, change)
    return tokens[0 if step > 0 else -1] == texts.base[base]


def _moved_tokens(texts: _Comparison, change: _Change) -> tuple[list[str], str]:
    """What an insertion or deletion consists of, and the token before it."""
    if change.b0 == change.b1:
        return texts.new[change.n0 : change.n1], texts.new[change.n0 - 1]
    return texts.base[change.b0 : change.b1], texts.base[change.b0 - 1]


def _awkwardness(tokens: list[str], before: str) -> int:
    """0 for whole sentences, 1 for clauses that end with a mark, 2 for those that begin with one, 3 otherwise."""
    if tokens[-1] in _ENDS and (before in _ENDS or before == _START):
        return 0
    if tokens[-1] in _MARKS and (before in _MARKS or before == _START):
        return 1
    return 2 if tokens[0] in _MARKS else 3


def _is_there(texts: _Comparison, change: _Change) -> bool:
    """Whether the person made the same change, or an earlier merge did."""
    if any(place >= 0 for place in texts.kept[change.b0 : change.b1]):
        return False
    places = texts.there[change.n0 : change.n1]
    return all(place >= 0 and texts.own[place] for place in places) and _follow_each_other(places)


def _follow_each_other(places: Sequence[int]) -> bool:
    return all(b == a + 1 for a, b in pairwise(places))


def _where_inserted(texts: _Comparison, change: _Change) -> _Span | None:
    """Between the same neighbours; beside one of them for a whole clause; beside what the person put there."""
    before, after = texts.kept[change.b0 - 1], texts.kept[change.b0]
    tokens = texts.new[change.n0 : change.n1]
    if before >= 0 and after >= 0:
        if after == before + 1:
            return after, after
        if after < before or not all(texts.own[before + 1 : after]):
            return None
        return _beside_own(texts.mine, before, after, tokens)
    place = before + 1 if before >= 0 else after
    return (place, place) if place >= 0 and _fits(texts.mine, place, tokens) else None


def _beside_own(mine: list[str], before: int, after: int, tokens: list[str]) -> _Span | None:
    """For a whole sentence between sentences: after those the person put there, before an opening clause."""
    if tokens[-1] not in _ENDS or (mine[before] not in _ENDS and mine[before] != _START):
        return None
    if mine[after - 1] in _ENDS:
        return after, after
    return (before + 1, before + 1) if mine[after - 1] in _MARKS and mine[after] != _END else None


def _fits(mine: list[str], place: int, tokens: list[str]) -> bool:
    """Whether a clause has exactly one mark at either end when it is put there."""
    before, after = mine[place - 1], mine[place]
    return (tokens[0] in _MARKS) != (before in _MARKS or before == _START) and (tokens[-1] in _MARKS) != (
        after in _MARKS
    )


def _where_replaced(texts: _Comparison, change: _Change) -> _Span | None:
    """The tokens that are left of it, if they stand together and no words of the person lean on them."""
    places = texts.kept[change.b0 : change.b1]
    dropped = change.n0 == change.n1
    if dropped:
        places = [place for place in places if place >= 0]
    if places[0] < 0 or not _follow_each_other(places):
        return None
    start, stop = places[0], places[-1] + 1
    leans_before = texts.own[start - 1] and texts.mine[start - 1] not in _MARKS
    apart = texts.mine[stop] in _MARKS or (
        texts.mine[stop - 1] in _ENDS and texts.new[change.n1 - 1] in _ENDS
    )
    leans_after = texts.own[stop] and (dropped or not apart)
    return None if leans_before or leans_after else (start, stop)
