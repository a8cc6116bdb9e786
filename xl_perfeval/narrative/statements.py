"""The rows of free text on the scoring form (评价结论, 改进措施, …), passed on as people wrote them."""

from __future__ import annotations

from xl_perfeval.model import Statement
from xl_perfeval.narrative.accounts import Account
from xl_perfeval.narrative.prose import NOTHING, Prose, joined, quoted, sentence

_INTRODUCED = {
    "process": "的实施内容及过程：",
    "conclusion": "的评价结论：",
    "problems": "存在的问题：",
    "deviations": "偏差较大或未完成目标的原因：",
    "measures": "的改进措施：",
    "application": "的改进措施及结果应用：",
    "remark": "：",
}
"""How a text is introduced behind the project's name, by the key of its row."""


def said(account: Account, *keys: str) -> Prose:
    """What stands in these rows of a project's form, a sentence each."""
    return joined(_sentence(account, each) for key in keys for each in _rows(account, key))


def _rows(account: Account, key: str) -> list[Statement]:
    return [each for each in account.project.statements if each.key == key]


def _sentence(account: Account, statement: Statement) -> Prose:
    text = quoted(statement, "text")
    return sentence(account.name + _INTRODUCED[statement.key] + text) if text else NOTHING
