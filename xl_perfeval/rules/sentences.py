"""Texts as the checks see them: sentences, clauses, figures read once, and words that several checks share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from xl_perfeval import quantity
from xl_perfeval.expressions import expression
from xl_perfeval.model import Paragraph, Project, Submission

_DIGIT = expression(r"[0-9０-９零〇一二两三四五六七八九十百千]")


@lru_cache(maxsize=8192)
def figures(text: str) -> tuple[quantity.Figure, ...]:
    """All numbers of a text; several checks ask for the same texts."""
    return quantity.figures(text) if _DIGIT.search(text) else ()


_SENTENCE = expression(r"[^。！？；;\n]+")
_CLAUSE = expression(r"[^，,、：:]+")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence without its mark; `start` is its place in the text."""

    text: str
    start: int


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch of a sentence between commas, with what stands before it in the sentence."""

    text: str
    before: str
    sentence: str
    start: int


def sentences(text: str) -> Iterator[Sentence]:
    """The sentences of a text."""
    for found in _SENTENCE.finditer(text):
        yield Sentence(found.group(), found.start())


def clauses(text: str) -> Iterator[Clause]:
    """The clauses of a text, sentence by sentence."""
    for sentence in sentences(text):
        for clause in _CLAUSE.finditer(sentence.text):
            yield Clause(
                clause.group(),
                sentence.text[: clause.start()],
                sentence.text,
                sentence.start + clause.start(),
            )


def short(text: str, limit: int = 20) -> str:
    """A text for a message: its beginning when it is long."""
    text = " ".join(text.split())
    return text if len(text) <= limit else f"{text[:limit]}……"


def mention(project: Project, text: str) -> str | None:
    """How the text names the project: its full name, its name without the year, or its purpose."""
    return next((form for form in _called(project) if form in text), None)


@lru_cache(maxsize=1024)
def _forms(name: str | None, purpose: str) -> tuple[str, ...]:
    if not name:
        return ()
    forms = [name, _YEAR_IN_FRONT.sub("", name)]
    if 6 <= len(purpose) <= 30 and not _LISTED.search(purpose):
        forms.append(purpose)
    return tuple(form for form in forms if len(form) >= 3)


_YEAR_IN_FRONT = expression(r"^20\d\d年度?")
_LISTED = expression(r"[、，；]")


def _called(project: Project) -> tuple[str, ...]:
    return _forms(project.called, str(project.purpose or "").strip("。；， "))


RESULTS = ("results", "outputs", "effects")
"""Sections about what was achieved: 主要绩效, or in the ministry's outline 评价结论, 产出 and 效益."""


def results(submission: Submission) -> tuple[Paragraph, ...]:
    """The paragraphs about what was achieved, in order."""
    return tuple(each for section in RESULTS for each in submission.text_of(section))


_FORECAST = expression(
    r"预计(?!的?(?:目标|任务|效果|工期|成效|进度|指标|值|数))|预估|有望|力争"
    r"|将(?:会)?(?:达|实现|完成|新增|超|突破|增)"
    r"|拟(?:认定|新增|于|完成|实现|建|引进|申报|达)"
)
_NO_FORECAST_BEFORE = expression(r"(?:较|比|超出?|超过|高于|低于|好于|优于|原|达到|完成|按照?|与)$")
_PLAN = expression(r"下一步|下一年|下年|明年|今后|下阶段|接下来|未来|来年|次年|“十[四五六]五”")
_QUOTED = expression(r"《[^》]*》|“[^”]*”")


def forecast(text: str) -> str | None:
    """The word of a text that speaks of the future as if it were a result; plans for the years to come are none."""
    if "计" not in text and "将" not in text and not _OTHER_FORECAST.search(text):
        return None
    bare = without_quotes(text)
    for found in _FORECAST.finditer(bare):
        if not _NO_FORECAST_BEFORE.search(bare[: found.start()]) and not _PLAN.search(bare[: found.start()]):
            return found.group()
    return None


_OTHER_FORECAST = expression(r"预估|有望|力争|拟")


def without_quotes(text: str) -> str:
    """The text with titles and quotations blanked, every position kept."""
    return _QUOTED.sub(lambda found: "□" * len(found.group()), text) if "《" in text or "“" in text else text


SHARE_NAME = expression(
    r"满意度|满意率|(?:合格|覆盖|达标|知晓|及时|公开|普及|准确|出勤|参训|参与|通过|优良|好转|入学|巩固|完好|发放|保障|"
    r"结案|整改|验收|签约|支持|差错|违规|流失|死亡|发病|变质|空置|结余)率|占比"
)
"""Names of shares that can never be more than 100 %."""
