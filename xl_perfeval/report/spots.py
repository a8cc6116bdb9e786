"""Where placeholders stand in a document, what is wrong with them, and how the short ones are replaced."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from xl_perfeval.report.markup import RELATIONS, WORD
from xl_perfeval.report.outline import Kind, Placeholder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from docx.document import Document

_PARAGRAPH, _RUN, _TEXT, _BREAK, _BODY = (f"{{{WORD}}}{tag}" for tag in ("p", "r", "t", "br", "body"))
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_WRITTEN = re.compile(r"[{｛]\s*[{｛]([^{｛}｝]*)[}｝]\s*[}｝]")
_SINGLE = re.compile(r"[{｛]([^{｛}｝]{2,12})[}｝]")
_BRACES = re.compile(r"[{｛]\s*[{｛]|[}｝]\s*[}｝]")
_ELSEWHERE = {"header": "页眉", "footer": "页脚", "footnotes": "脚注", "endnotes": "尾注"}
_INSIDE = {"tc": "表格", "txbxContent": "文本框", "sdtContent": "内容控件"}
_MORE_THAN_TEXT = {f"{{{WORD}}}{tag}" for tag in ("drawing", "pict", "object", "br", "tab", "fldChar", "sym")}


@dataclass(frozen=True, slots=True)
class Spot:
    """A paragraph of the document with placeholders in it."""

    paragraph: Any
    text: str
    place: str = ""
    """Where it stands when not in the text itself, such as 表格 or 页眉."""

    @property
    def names(self) -> list[str]:
        """The placeholders in it, without blanks that were typed into them."""
        return [re.sub(r"\s", "", name) for name in _WRITTEN.findall(self.text)]

    @property
    def alone(self) -> bool:
        """Whether nothing else stands in the paragraph."""
        return not _WRITTEN.sub("", self.text, count=1).strip() and not any(
            child.tag in _MORE_THAN_TEXT for run in self.paragraph.iter(_RUN) for child in run
        )

    def fill(self, values: Mapping[str, str]) -> None:
        """Replace the fields of the paragraph; the runs keep their looks, and `\\n` becomes a line break."""
        texts = _own_texts(self.paragraph)
        for match in reversed(list(_WRITTEN.finditer("".join(text.text or "" for text in texts)))):
            value = values.get(re.sub(r"\s", "", match[1]))
            if value is not None:
                _replace(texts, match.start(), match.end(), value)


def find(document: Document) -> list[Spot]:
    """All paragraphs with braces, those of headers and footers too, whatever runs they are split over."""
    found = list(_spots(document.element, ""))
    for relation in document.part.rels.values():
        kind = relation.reltype.removeprefix(f"{RELATIONS}/")
        root = getattr(relation.target_part, "element", None) if kind in _ELSEWHERE else None
        if root is not None:
            found += _spots(root, _ELSEWHERE[kind])
    return found


def faults(found: Sequence[Spot], known: Mapping[str, Placeholder]) -> list[str]:
    """What is wrong with the placeholders of a template, one sentence each with how to mend it."""
    wrong: list[str] = []
    counted = Counter(name for spot in found for name in spot.names)
    for name in counted:
        if name not in known:
            wrong.append(_unknown(name, known))
    for spot in found:
        wrong += _unclosed(spot, known)
        for placeholder in (known[name] for name in spot.names if name in known):
            if placeholder.kind is Kind.FIELD:
                continue
            if spot.place:
                wrong.append(f"“{placeholder}”放在了{spot.place}里；请移到正文中，单独占一段。")
            elif not spot.alone:
                wrong.append(f"“{placeholder}”要单独占一段；请在它前后按回车，把同一段里别的内容移开。")
    for placeholder in known.values():
        if placeholder.kind is not Kind.FIELD and counted[placeholder.name] > 1:
            wrong.append(f"“{placeholder}”出现了 {counted[placeholder.name]} 次，只能有一次；请删去多余的。")
        if placeholder.required and not counted[placeholder.name]:
            wrong.append(
                f"缺少“{placeholder}”，{placeholder.meaning}就没有地方放；请在合适的位置单独写一段“{placeholder}”。"
            )
    needed = [placeholder.name for placeholder in known.values() if placeholder.required]
    if 2 * sum(not counted[name] for name in needed) > len(needed):
        wrong.append(
            "这份模板可能是照另一种表样做的；请用 perfeval report 工作簿 --save-template 模板.docx 另存一份，再把改动搬过去。"
        )
    return list(dict.fromkeys(wrong))


def _unknown(name: str, known: Mapping[str, Placeholder]) -> str:
    close = get_close_matches(name, known, n=1, cutoff=0.5)
    if close:
        return f"没有“{{{{{name}}}}}”这个占位符，是不是“{known[close[0]]}”？请改正。"
    names = "、".join(known)
    return f"没有“{{{{{name}}}}}”这个占位符；可以用的有：{names}。"


def _unclosed(spot: Spot, known: Mapping[str, Placeholder]) -> Iterator[str]:
    """Braces that do not make a placeholder."""
    rest = _WRITTEN.sub("", spot.text)
    single = [name for name in (re.sub(r"\s", "", each) for each in _SINGLE.findall(rest)) if name in known]
    yield from (f"“{{{name}}}”的大括号要写两个：“{known[name]}”。" for name in single)
    if not single and _BRACES.search(rest):
        yield f"“{spot.text.strip()[:30]}”里的大括号不成对；占位符要写成“{{{{单位名称}}}}”这样，前后各两个大括号。"


def _spots(root: Any, place: str) -> Iterator[Spot]:
    texts: dict[Any, list[str]] = {}
    for text in root.iter(_TEXT):
        texts.setdefault(next(text.iterancestors(_PARAGRAPH), None), []).append(text.text or "")
    for paragraph, parts in texts.items():
        whole = "".join(parts)
        if paragraph is not None and any(brace in whole for brace in "{}｛｝"):
            yield Spot(paragraph, whole, place or _place(paragraph))


def _place(paragraph: Any) -> str:
    for ancestor in paragraph.iterancestors():
        inside = _INSIDE.get(ancestor.tag.rpartition("}")[2])
        if inside:
            return inside
    return "" if paragraph.getparent().tag == _BODY else "别的内容"


def _own_texts(paragraph: Any) -> list[Any]:
    """The text elements of a paragraph, without those of text boxes anchored in it."""
    return [text for text in paragraph.iter(_TEXT) if next(text.iterancestors(_PARAGRAPH)) is paragraph]


def _replace(texts: Sequence[Any], start: int, end: int, value: str) -> None:
    """Put `value` in the place of the characters from `start` to `end`, counted over all texts."""
    at = 0
    for text in texts:
        content = text.text or ""
        first, last = max(start - at, 0), min(end - at, len(content))
        if first < last:
            begins = start >= at
            text.text = content[:first] + (value if begins else "") + content[last:]
            text.set(_SPACE, "preserve")
            if begins and "\n" in value:
                _break_lines(text)
        at += len(content)


def _break_lines(text: Any) -> None:
    first, *rest = text.text.split("\n")
    text.text = first
    after = text
    for line in rest:
        line_break = text.makeelement(_BREAK)
        more = text.makeelement(_TEXT)
        more.text = line
        more.set(_SPACE, "preserve")
        after.addnext(line_break)
        line_break.addnext(more)
        after = more
