"""Targets and what became of them: a figure is judged only where noun and unit fit one target and no other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from xl_perfeval import quantity
from xl_perfeval.expressions import expression
from xl_perfeval.model import CellValue, Indicator, WorkItem
from xl_perfeval.wording import typed


class Outcome(Enum):
    """What became of a target, as far as it is certain."""

    MISSED = "missed"
    REACHED = "reached"
    EXCEEDED = "exceeded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One target with the one figure that fits it. `target` and `actual` are worded as typed.

    `noun` is what is counted (`""` when the row's name says it, or nobody); `place` is where in the actual's
    text the target may be set beside the figure; `planned` and `done` are the figures where more is better, `exact`
    when neither is a bound or a rough one; `column` is the one the target was typed in.
    """

    noun: str
    target: str
    actual: str
    outcome: Outcome
    place: int = 0
    planned: Decimal | None = None
    done: Decimal | None = None
    exact: bool = False
    column: str = "target"

    @property
    def completion(self) -> Decimal | None:
        """Result ÷ target as a share of 1; `None` where either is only a bound or less is better."""
        if not self.exact or self.done is None or not self.planned:
            return None
        return self.done / self.planned

    def far_exceeded(self, threshold: Decimal) -> bool:
        """Whether the result is `threshold` times the target or more; targets under 10 need 3 more, too."""
        if self.outcome is not Outcome.EXCEEDED or not self.planned or self.done is None:
            return False
        counts = self.planned >= 10 or self.done - self.planned >= 3
        return counts and self.done >= self.planned * threshold


def measurable(item: WorkItem) -> tuple[str, ...]:
    """The targets of a work item that have a figure, each by the column it is typed in."""
    return tuple(
        column
        for column, text in _targets_of(item)
        for reading in _readings(quantity.target(text))
        if _has_figure(reading)
    )


def of_item(item: WorkItem) -> tuple[Comparison, ...]:
    """The targets of a work item that a figure of its actual fits, in the order of the actual."""
    actual = typed(item.actual)
    return _matched(tuple(_targets_of(item)), actual) if actual else ()


def of_indicator(row: Indicator) -> Comparison | None:
    """A scored row's target and actual, which stand face to face; `None` where they cannot be compared."""
    name, unit = typed(row.level3), typed(row.unit)
    target = quantity.target(_signed(row), name=name, unit=unit)
    actual = quantity.actual(typed(row.actual), name=name, unit=unit)
    if not (_comparable(target) and _comparable(actual)) or target.parts or actual.parts:
        return None
    outcome = None if actual.growth not in {None, target.growth} else _outcome(target, actual)
    if outcome is None:
        return None
    said_target, said_actual = worded(row)
    planned, done = (None, None) if target.growth else _more_is_more(target, actual)
    return Comparison(
        noun="",
        target=said_target,
        actual=said_actual,
        outcome=outcome,
        planned=planned,
        done=done,
        exact=_exact(target, actual),
    )


def finished_late(planned: CellValue, actual: CellValue, year: int) -> str | None:
    """The day of completion that a result names when it is after the deadline; `None` where that is not certain.

    Only a full date that stands for the completion alone counts (8月18日完成), and only when it is the only date.
    """
    if not isinstance(planned, str) or not isinstance(actual, str) or len(_DATE.findall(actual)) != 1:
        return None
    found = _COMPLETED.search(actual)
    if found is None:
        return None
    deadline, day = quantity.period(planned, year), quantity.period(found[1], year)
    if not (deadline.certain and day.certain) or deadline.start or not deadline.end or not day.start:
        return None
    return found[1] if day.start > deadline.end else None


def worded(row: Indicator) -> tuple[str, str]:
    """Target and actual of a scored row in words: 不少于3场, 4场."""
    target, unit, sign = typed(row.target), typed(row.unit), typed(row.sign)
    if _NUMBER.fullmatch(target):
        words = _SIGN_WORDS.get(sign, "")
        target = f"{'不低于' if words == '不少于' and unit == '%' else words}{target}{unit}"
    actual = typed(row.actual)
    number = _NUMBER_AND_NOTE.fullmatch(actual)
    return target, f"{number[1]}{unit}{number[2]}" if number else actual


# --- which figure belongs to which target ---------------------------------------------------------------


@lru_cache(maxsize=4096)  # several sections ask for the same rows
def _matched(planned: tuple[tuple[str, str], ...], actual: str) -> tuple[Comparison, ...]:
    actuals = list(_found(actual, "actual", quantity.actual(actual)))
    targets = [found for column, text in planned for found in _found(text, column, quantity.target(text))]
    if max(len(actuals), len(targets)) > _MOST_FIGURES:
        return ()
    pairs = [
        (t, a)
        for a, done in enumerate(actuals)
        for t, target in enumerate(targets)
        if _fits(target.reading, done.reading)
    ]
    of_target, of_actual = Counter(t for t, _ in pairs), Counter(a for _, a in pairs)
    alone = {t: a for t, a in pairs if of_target[t] == of_actual[a] == 1}
    taken = {a for t, a in pairs if not _is_listed(targets[t])}
    compared: list[Comparison | None] = []
    for t, target in enumerate(targets):
        parts = [done for a, done in enumerate(actuals) if a not in taken and _is_part(target, done)]
        if _is_listed(target) and len(parts) > 1:
            compared.append(_added_up(target, parts, actual, actuals))
        elif t in alone:
            others = [done for a, done in enumerate(actuals) if a not in taken or a == alone[t]]
            found = _compared(target, actuals[alone[t]], actual, actuals)
            compared.append(None if found and _reached_together(found, target, others) else found)
    return tuple(sorted((each for each in compared if each is not None), key=lambda each: each.place))


class _Found(NamedTuple):
    """A figure that may be compared, with its place in the text it was read from."""

    reading: quantity.Target
    text: str
    column: str
    start: int
    end: int


_MOST_FIGURES = 60
"""Figures of one row beyond which nothing is compared; such a row is a pasted table, not a target."""
_NUMBER = expression(r"[-+]?[0-9][0-9,]*(?:\.[0-9]+)?")
_NUMBER_AND_NOTE = expression(r"([-+]?[0-9][0-9,]*(?:\.[0-9]+)?)((?:[（(].*)?)")
"""94.6, or 94.6（抽样120户）: the unit belongs behind the number."""
_SIGN_WORDS = {"≥": "不少于", "＞": "超过", ">": "超过", "≤": "不超过", "＜": "低于", "<": "低于"}
_DATE = expression(r"[0-9]\s*[月./-]\s*[0-9]|[0-9]\s*月|季度|半年|全年|年[底初末]")
_COMPLETED = expression(
    r"(?:^|[，。；,;\n])\s*(?:已|实际)?于?((?:[0-9]{4}年)?[0-9]{1,2}月[0-9]{1,2}日)"
    r"\s*[（(]?(?:已|均|全部|全面)*(?:(?:完成|完工|竣工)[）)]?)?\s*(?:$|[，。；,;\n])"
)
"""A clause that is a date and 完成, or a date alone; not 8月18日完成招标."""
_TARGET_COLUMNS = ("quantity", "quality", "benefit")
_ASKING = {quantity.Sign.implicit, quantity.Sign.equal, quantity.Sign.at_least, quantity.Sign.more_than}
_CLAUSE_AFTER = expression(r"[一-龥、]+")
_AND = expression(r"[、和及与]")
_GENERAL = {"", "活动", "工作", "服务"}
_WHOLE = expression(r"等?(?:活动|工作|服务)?$")
_LIST_BEFORE = expression(r"^.*等(?=.)")
_MAKING = expression(r"^(?:印发|派发|分发|编发|编写|开办|开设|承办|主办|安排)")
_CLAUSE_END = expression(r"[，。；、：,;（(]")


def _targets_of(item: WorkItem) -> list[tuple[str, str]]:
    """The filled target cells of a work item: column and text."""
    texts = ((column, typed(getattr(item, column))) for column in _TARGET_COLUMNS)
    return [(column, text) for column, text in texts if text]


def _readings(reading: quantity.Target) -> tuple[quantity.Target, ...]:
    return reading.parts or (reading,)


def _has_figure(reading: quantity.Target) -> bool:
    return reading.kind in {quantity.Kind.quantity, quantity.Kind.money} and (reading.low, reading.high) != (
        None,
        None,
    )


def _comparable(reading: quantity.Target) -> bool:
    return reading.certain and not reading.forecast and _has_figure(reading)


def _found(text: str, column: str, reading: quantity.Target) -> Iterator[_Found]:
    """The figures of a cell with their spans; a single one's span is not part of its reading."""
    for part in filter(_has_figure, _readings(reading)):
        if reading.parts:
            yield _Found(part, text, column, part.start, part.end)
            continue
        spans = {
            (figure.start, figure.end)
            for figure in quantity.figures(text)
            if figure.value in (part.low, part.high) and figure.unit == part.unit
        }
        if len(spans) == 1:
            yield _Found(part, text, column, *spans.pop())


def _fits(target: quantity.Target, actual: quantity.Target) -> bool:
    """Same kind, units that may be compared, and one noun the end of the other (业务培训, 培训) or left out."""
    if _is_none(target) and not target.unit:
        return _counts_what_is_unwanted(target, actual)
    if target.kind is not actual.kind or not target.unit or not actual.unit:
        return False
    if quantity.comparable(target.unit, actual.unit) is quantity.Comparison.different:
        return False
    first, second = _noun(target), _noun(actual)
    return not first or not second or first.endswith(second) or second.endswith(first)


def _is_none(target: quantity.Target) -> bool:
    """Whether a target asks that there be none: 事故为零, 零投诉, 事故0起."""
    return target.high == 0 and target.direction is quantity.Sign.at_most


def _counts_what_is_unwanted(target: quantity.Target, actual: quantity.Target) -> bool:
    """Whether a result counts what there should be none of: 发生事故1起 of 零事故; not 处理投诉5件 of 零投诉."""
    first, second = _noun(target), _noun(actual)
    if not first or not second or not quantity.smaller_is_better(second, rate=False, duration=False):
        return False
    return second.endswith(first) or first.endswith(second)


def _noun(reading: quantity.Target) -> str:
    noun = _MAKING.sub("", _LIST_BEFORE.sub("", reading.noun.strip()))
    return noun if len(noun) > 1 else ""


def _compared(target: _Found, actual: _Found, text: str, actuals: list[_Found]) -> Comparison | None:
    planned, done = target.reading, actual.reading
    if not (_comparable(planned) and _comparable(done)) or planned.growth or done.growth:
        return None
    outcome = _outcome(planned, done)
    if outcome is None:
        return None
    asked, given = _more_is_more(planned, done)
    return Comparison(
        noun=min(filter(None, (_noun(planned), _noun(done))), key=len, default=""),
        target=target.text[target.start : target.end].strip(),
        actual=actual.text[actual.start : actual.end].strip(),
        outcome=outcome,
        place=_beside(actual, text, actuals),
        planned=asked,
        done=given,
        exact=_exact(planned, done),
        column=target.column,
    )


def _exact(target: quantity.Target, actual: quantity.Target) -> bool:
    """Whether one may be divided by the other: one figure each, neither rough nor, for the result, a bound."""
    same = quantity.comparable(target.unit, actual.unit) is not quantity.Comparison.starred
    single = actual.high in {None, actual.low} and target.direction is not quantity.Sign.range
    stated = actual.sign in {quantity.Sign.implicit, quantity.Sign.equal}
    return same and single and stated and not (target.approximate or actual.approximate)


def _is_listed(target: _Found) -> bool:
    """Whether a target counts several kinds of things together (5场次宣传、讲座、竞赛等活动)."""
    return bool(_listed_kinds(target))


@lru_cache(maxsize=4096)
def _kinds(text: str) -> tuple[str, ...]:
    """The things named behind a figure: 宣传, 讲座, 竞赛; none unless there are several."""
    clause = _CLAUSE_AFTER.match(text)
    kinds = [_WHOLE.sub("", kind) for kind in _AND.split(clause[0])] if clause else []
    return tuple(kinds) if len(kinds) > 1 and all(2 <= len(kind) <= 12 for kind in kinds) else ()


def _listed_kinds(target: _Found) -> tuple[str, ...]:
    return _kinds(target.text[target.end :])


def _is_part(target: _Found, done: _Found) -> bool:
    """Whether a result is one of the things that a listed target counts together."""
    kinds, noun = _listed_kinds(target), _WHOLE.sub("", _noun(done.reading))
    if not kinds or not noun or not target.reading.unit or not done.reading.unit:
        return False
    same = quantity.comparable(target.reading.unit, done.reading.unit)
    if same is quantity.Comparison.different or same is quantity.Comparison.starred:
        return False
    return any(noun.endswith(kind) or kind.endswith(noun) for kind in kinds)


def _reached_together(found: Comparison, target: _Found, done: list[_Found]) -> bool:
    """Whether what is short alone may be reached with other results that the target's general word (活动) covers."""
    if found.outcome is not Outcome.MISSED or _noun(target.reading) not in _GENERAL:
        return False
    alike = [each.reading.low for each in done if each.reading.unit_group == target.reading.unit_group]
    total = sum((low for low in alike if low is not None), Decimal(0))
    return len(alike) > 1 and found.planned is not None and total >= found.planned


def _added_up(target: _Found, parts: list[_Found], text: str, actuals: list[_Found]) -> Comparison | None:
    """A listed target beside the sum of what the result lists one by one (讲座2场、宣传活动3场)."""
    planned, first, last = target.reading, parts[0], parts[-1]
    plain = all(_comparable(part.reading) and _exact(planned, part.reading) for part in parts)
    if not (plain and _comparable(planned)) or planned.growth or planned.direction not in _ASKING:
        return None
    done = sum((part.reading.low for part in parts if part.reading.low is not None), Decimal(0))
    outcome = _judged(planned, done, done)
    if outcome is None:
        return None
    before = _noun(first.reading)
    start = first.start - len(before) if text[: first.start].endswith(before) else first.start
    return Comparison(
        noun=_noun(planned),
        target=target.text[target.start : target.end].strip(),
        actual=text[start : last.end].strip(),
        outcome=outcome,
        place=_beside(last, text, actuals),
        planned=planned.low,
        done=done,
        column=target.column,
    )


def _beside(actual: _Found, text: str, actuals: list[_Found]) -> int:
    """Where the target is set: behind the clause (举办2场科普活动), or behind the figure when others follow in it."""
    stop = _CLAUSE_END.search(text, actual.end)
    end = stop.start() if stop else len(text)
    return actual.end if any(actual.end <= other.start < end for other in actuals) else end


# --- reached or not ------------------------------------------------------------------------------------


def _outcome(target: quantity.Target, actual: quantity.Target) -> Outcome | None:
    """What is certain; a shortfall alone is certain where the units only nearly agree (1000册 of 10000份)."""
    bounds = _bounds(actual)
    if bounds is None:
        return None
    outcome = _judged(target, *bounds)
    if quantity.comparable(target.unit, actual.unit) is not quantity.Comparison.starred:
        return outcome
    return outcome if outcome is Outcome.MISSED and target.unit != "人次" else None


def _bounds(actual: quantity.Target) -> tuple[Decimal, Decimal | None] | None:
    """Between what the result certainly lies: 1000余 is less than twice as much, 约 is a tenth more or less."""
    low = actual.low
    if low is None:
        return None
    if actual.sign in {quantity.Sign.at_least, quantity.Sign.more_than}:
        return low, (2 * low if actual.approximate else None)
    if actual.sign in {quantity.Sign.at_most, quantity.Sign.less_than}:
        return None
    high = low if actual.high is None else actual.high
    return (low * 9 / 10, high * 11 / 10) if actual.approximate else (low, high)


def _judged(target: quantity.Target, low: Decimal, high: Decimal | None) -> Outcome | None:
    sign, least, most = target.direction, target.low, target.high
    if sign in {quantity.Sign.at_most, quantity.Sign.less_than}:
        limit = least if most is None else most
        return (
            None if limit is None else _kept_below(limit, low, high, strict=sign is quantity.Sign.less_than)
        )
    if least is None:
        return None
    strict = sign is quantity.Sign.more_than
    if high is not None and (high < least or (strict and high == least)):
        return Outcome.MISSED
    if low < least or (strict and low == least):
        return None
    top = least if most is None or sign is not quantity.Sign.range else most
    return Outcome.EXCEEDED if low > top else Outcome.REACHED


def _kept_below(limit: Decimal, low: Decimal, high: Decimal | None, *, strict: bool) -> Outcome | None:
    if low > limit or (strict and low == limit):
        return Outcome.MISSED
    if high is None or high > limit or (strict and high == limit):
        return None
    return Outcome.REACHED


def _more_is_more(target: quantity.Target, actual: quantity.Target) -> tuple[Decimal | None, Decimal | None]:
    """Both figures, unless the target is one to stay below."""
    if target.direction in {quantity.Sign.at_most, quantity.Sign.less_than}:
        return None, None
    return (target.high if target.direction is quantity.Sign.range else target.low), actual.low


def _signed(row: Indicator) -> str:
    """Sign and value of a scored row in one text, as it would be written in one cell."""
    target, sign = typed(row.target), typed(row.sign)
    return (
        f"{sign}{target}"
        if sign in {"≥", "＞", ">", "＝", "=", "≤", "＜", "<"} and _NUMBER.fullmatch(target)
        else target
    )
