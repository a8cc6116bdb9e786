"""填报说明: how to fill, what the colours say, what each column wants, what is checked.

Texts about columns come from the edition's fields and texts about checks from the rules themselves, so that
the guide never contradicts a message.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from xl_perfeval.findings import Severity
from xl_perfeval.model import FieldKind, FormField, FormTable
from xl_perfeval.template import findings, styles
from xl_perfeval.template.context import Context
from xl_perfeval.template.sheet import Sheet, height_for

WIDTHS = {1: 2, 2: 20, 3: 50, 4: 11, 5: 30, 6: 2}
_LAST = 6
_TEXT = (2, 3, 4, 5)

_STEPS = (
    ("① 首页", "填单位名称、年度、阶段和填报人。其他表会自动带出。"),
    ("② 资金概况", "一行一个项目：名称、用途、预算和支出。合计、执行率、结余自动计算。"),
    (
        "③ 各“项目”表",
        "一行写一件事：花多少钱、什么时候、做多少、做到什么程度、带来什么好处；年底再填实际完成情况。",
    ),
    ("④ 校验", "{check}，按列出的问题逐条修改；改好的格子颜色会自己消失。"),
    (
        "⑤ 报告文字",
        "{report}，生成 Word 报告：这里写了的用这里的文字，没有写的由程序按表中数字起草。",
    ),
    ("⑥ 报送", "“必须改”全部改完、“请核对”都核对过以后，将工作簿和报告报送财政局。"),
)
_COMMANDS = {
    "check": "保存以后运行 perfeval validate 文件名",
    "report": "运行 perfeval report 文件名",
    "rows": "",
    "projects": "",
}
_BUTTONS = {
    "check": "点“绩效自评”选项卡的“校验”；没有装 perfeval 程序的电脑，保存以后交给装有程序的电脑校验",
    "report": "点“绩效自评”选项卡的“生成报告”",
    "rows": "点“绩效自评”选项卡的“增加行”；按钮不能用时，",
    "projects": "新增项目请点“绩效自评”选项卡的“增加项目”。",
}
"""How things are done with the buttons of a macro workbook, and without."""
_HABITS = (
    ("只填淡黄格", "灰格是自动计算的，已锁定，没有密码。需要改表的，可在“审阅”中撤消工作表保护。"),
    ("行不够时", "{rows}选中“▲ 在此行以上插入”那一行，右击“插入”。插在合计以上任何位置，都会计入合计。"),
    ("不要复制工作表", "{projects}复制出来的表和原来的项目分不开，校验时会提示。"),
    (
        "金额",
        "只填数字，单位万元，最多六位小数。写成“30万元”也能计入合计，读不出的会显示“✗ 不是金额”。说明文字请写到备注。",
    ),
    ("区间和日期", "6-9月、1-2家、95% 照写即可，不会变成日期或小数。"),
    ("没有内容的格子", "没有发生的写“无”，不要留空，也不要写“/”。"),
    ("改工作表名称", "可以改，链接和计算都不受影响。"),
)
_TABLES = ("funds", "matrix", "scoring", "narrative")
_WHERE = {"funds": "资金概况", "matrix": "项目表", "scoring": "自评表", "narrative": "报告文字"}
_TOPICS = {
    "F": "文件和格式", "R": "填写是否齐全", "M": "金额", "T": "绩效目标", "A": "实际完成情况", "S": "评分",
    "C": "各表之间", "N": "文字与数字",
}  # fmt: skip
_FIND_COLUMNS = (
    ("级别", "✗ 必须改：改完才能报送。！请核对：确实如此的，写情况说明即可。i 提示：不影响报送。"),
    ("位置", "点一下就跳到那一格；插入行以后位置会跟着变。"),
    ("处理", "确认无误要保留的，选“情况属实”。"),
    ("情况说明", "选“情况属实”的在这里写明原因，再次校验时会保留。"),
)


def write(context: Context) -> None:
    """The whole sheet."""
    sheet = context.sheet(context.tab("guide"))
    style = context.book.style
    sheet.widths(WIDTHS)
    sheet.height(1, 36)
    sheet.fill(1, range(1, _LAST + 1), style("banner"))
    sheet.text(1, 2, "填报说明", style("banner", font_size=16, indent=0))
    sheet.formula(1, 5, '=HYPERLINK("#PE_GO_HOME","← 首页")', "← 首页", style("banner.link"))
    sheet.height(2, 22)
    sheet.fill(2, range(1, _LAST + 1), style("hint"))
    sheet.text(2, 2, f"表样：{context.edition.title}", style("hint", indent=0))
    row = _pairs(context, sheet, 4, "一、怎么填", _STEPS)
    row = _legend(context, sheet, row)
    row = _pairs(context, sheet, row, "三、填的时候要注意", _HABITS)
    row = _columns(context, sheet, row)
    row = _checks(context, sheet, row)
    sheet.lock()
    sheet.page(last_row=row - 1, last_column=_LAST, portrait=True)
    sheet.freeze_panes(2, 0)


def _heading(context: Context, sheet: Sheet, row: int, text: str) -> int:
    sheet.height(row, 24)
    look = context.book.style("heading")
    sheet.fill(row, _TEXT, look)
    sheet.text(row, 2, text, look)
    sheet.height(row + 1, 6)
    return row + 2


def _pairs(context: Context, sheet: Sheet, row: int, title: str, pairs: Iterable[tuple[str, str]]) -> int:
    """A heading and lines “word: sentence”, the sentence over three columns; returns the next free row."""
    row = _heading(context, sheet, row, title)
    word_look = context.book.style("plain", bold=True, font_color=styles.NAVY, valign="top")
    width = WIDTHS[3] + WIDTHS[4] + WIDTHS[5]
    ways = _BUTTONS if context.has_macros else _COMMANDS
    for word, told in pairs:
        sentence = told.format_map(ways)
        sheet.text(row, 2, word, word_look)
        _wide(context, sheet, row, sentence)
        sheet.height(row, height_for([(sentence, width), (word, WIDTHS[2])], line=15, least=20))
        row += 1
    return row + 1


def _wide(context: Context, sheet: Sheet, row: int, sentence: str) -> None:
    """A sentence over columns 3 to 5, merged: this sheet is not for filling in."""
    look = context.book.style("plain", text_wrap=True, valign="top")
    sheet.merged(row, 3, row, 5, sentence, look)


def _legend(context: Context, sheet: Sheet, row: int) -> int:
    row = _heading(context, sheet, row, "二、颜色和记号")
    style = context.book.style
    for look, sign, sentence in (
        (style("cell.center", bg_color=styles.YELLOW), "淡黄", "请填写。标题带 * 的必填，带 ▾ 的有下拉。"),
        (style("computed.center"), "灰", "自动计算，不用填。"),
        (style("error", bold=True), "✗ 必须改", "有错误或漏填，改完才能报送。"),
        (style("warning", bold=True), "！请核对", "可能有问题；确实如此的，在“校验结果”写情况说明。"),
        (style("notice", bold=True), "i 提示", "供参考，不影响报送。"),
        (style("warning"), "○ 待填", "年度自评时要填的实际完成情况还没有填。"),
        (style("passed", bold=True), "✓", "这一行没有发现问题。"),
    ):
        sheet.text(row, 2, sign, look)
        sheet.merged(row, 3, row, 5, sentence, style("plain", indent=1))
        sheet.height(row, 20)
        row += 1
    return row + 1


def _columns(context: Context, sheet: Sheet, row: int) -> int:
    row = _heading(context, sheet, row, "四、各表各栏填什么")
    style = context.book.style
    for key in _TABLES:
        if not context.edition.has(key):
            continue
        table = context.edition.table(key)
        sheet.text(row, 2, _WHERE[key], style("plain", bold=True, font_color=styles.NAVY))
        sheet.height(row, 22)
        row = _table(context, sheet, row + 1, table)
    sheet.text(row, 2, "校验结果", style("plain", bold=True, font_color=styles.NAVY))
    sheet.height(row, 22)
    for word, sentence in _FIND_COLUMNS:
        row += 1
        sheet.text(row, 2, word, style("cell", bold=True))
        sheet.merged(row, 3, row, 5, sentence, style("cell"))
        width = WIDTHS[3] + WIDTHS[4] + WIDTHS[5]
        sheet.height(row, height_for([(sentence, width)], least=20))
    return row + 2


def _table(context: Context, sheet: Sheet, row: int, table: FormTable) -> int:
    style = context.book.style
    sheet.height(row, 20)
    for column, title in enumerate(("栏目", "填什么", "必填", "例"), start=2):
        sheet.text(row, column, title, style("header"))
    name, text, center = style("cell", bold=True), style("cell"), style("cell.center")
    for field in table.fields:
        row += 1
        what, example = described(field)
        sheet.text(row, 2, f"{field.group}：{field.label}" if field.group else field.label, name)
        sheet.text(row, 3, what, text)
        sheet.text(row, 4, _when(field), center)
        sheet.text(row, 5, example, text)
        cells = [(what, WIDTHS[3]), (example, WIDTHS[5]), (field.group + field.label, WIDTHS[2])]
        sheet.height(row, height_for(cells, least=20))
    return row + 2


def described(field: FormField) -> tuple[str, str]:
    """What a column wants, and an example."""
    if field.kind is FieldKind.COMPUTED:
        return "自动计算，不用填。", ""
    what, _, example = field.prompt.partition("\n")
    return what or field.hint, example.removeprefix("例：").removeprefix("例:") or field.example


def _when(field: FormField) -> str:
    if not field.required:
        return ""
    return "年底填" if field.actual else "是"


def _checks(context: Context, sheet: Sheet, row: int) -> int:
    """Every check in plain words, by topic."""
    from xl_perfeval import rules

    catalogue = list(rules.catalogue().values())
    row = _heading(context, sheet, row, "五、系统检查什么")
    style = context.book.style
    looks = {severity: style(severity.value, font_size=9) for severity in Severity}
    for letter, topic in _TOPICS.items():
        found = [rule for rule in catalogue if rule.code[0] == letter]
        if letter == "S" and context.edition.scoring is None:
            continue
        if not found:
            continue
        sheet.text(row, 2, topic, style("plain", bold=True, font_color=styles.NAVY))
        sheet.height(row, 22)
        for rule in found:
            row += 1
            severity = Severity(context.edition.severities.get(rule.code, rule.severity))
            text = _explained(rule.title, rule.explanation)
            sheet.text(row, 2, findings.level_text(severity), looks[severity])
            sheet.merged(row, 3, row, 5, text, style("cell", font_size=9))
            width = (WIDTHS[3] + WIDTHS[4] + WIDTHS[5]) * 1.1
            sheet.height(row, height_for([(text, width)], line=13.5, least=19))
        row += 2
    return row


def _explained(title: str, explanation: str) -> str:
    """Title and explanation as one paragraph."""
    parts: Sequence[str] = (title.strip(), " ".join(explanation.split()))
    return "".join(part if part.endswith(("。", "？", "！")) else part + "。" for part in parts if part)
