"""The command line: `perfeval …`. Reads the call, lets `actions` do it, prints, and sets the exit status.

Whatever a command needs is imported inside it, so that `perfeval --help` and a short check start fast.
"""

from __future__ import annotations

import gc
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, cast

import typer
from typer.core import TyperCommand, TyperGroup

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from xl_perfeval.actions import Demo, Touched
    from xl_perfeval.checked import Checked
    from xl_perfeval.findings import Finding
    from xl_perfeval.model import Edition, Submission

WRONG_CALL = 2
INTERRUPTED = 130
BROKEN_PIPE = 141


class WrongCall(Exception):
    """The call cannot be carried out as written; the text is one plain Chinese sentence."""


# --- help in Chinese ----------------------------------------------------------------------------------


class _Command(TyperCommand):
    def get_params(self, ctx: typer.Context) -> Any:  # type: ignore[override]
        return _quickly_read(super().get_params(ctx))

    def parse_args(self, ctx: typer.Context, args: list[str]) -> Any:  # type: ignore[override]
        try:
            return super().parse_args(ctx, args)
        except typer.TyperException as error:
            error.__dict__["ctx"] = error.__dict__.get("ctx") or ctx  # an option without its value has none
            raise

    def format_help(self, ctx: typer.Context, formatter: Any) -> None:  # type: ignore[override]
        formatter.write(_help(self, ctx))


class _Group(TyperGroup):
    def get_params(self, ctx: typer.Context) -> Any:  # type: ignore[override]
        return _quickly_read(super().get_params(ctx))

    def format_help(self, ctx: typer.Context, formatter: Any) -> None:  # type: ignore[override]
        formatter.write(_help(self, ctx))

    def resolve_command(self, ctx: typer.Context, args: list[str]) -> Any:  # type: ignore[override]
        if self.get_command(ctx, args[0]) is None:
            raise WrongCall(f"没有“{args[0]}”这个命令，{_nearest(args[0], self.commands)}")
        return super().resolve_command(ctx, args)


def _quickly_read(parameters: Any) -> Any:
    """The same parameters, read without pydantic, which takes Typer 80 ms before a command begins."""
    for parameter in parameters:
        if read := _READERS.get(parameter.type_descriptor.annotation):
            parameter.get_runtime_param = _Reader(read).itself
    return parameters


class _Reader:
    """How a parameter is read; Typer asks a parameter for it, then has it `coerce` what was typed."""

    def __init__(self, read: Callable[[Any], Any]) -> None:
        self._read = read

    def itself(self) -> _Reader:
        return self

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:  # noqa: ARG002 - as Typer calls it
        if value is None:
            return () if param.multiple or param.nargs == -1 else None
        return self._read(value)


def _paths(names: Iterable[str]) -> list[Path]:
    return [Path(name) for name in names]


_READERS: dict[Any, Callable[[Any], Any]] = {
    bool: bool,
    str: str,
    Path: Path,
    list[str]: list[str],
    list[Path]: _paths,
}


def _nearest(word: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    names = list(known)
    close = get_close_matches(word, names, n=1, cutoff=0.5)
    return f"是不是 {close[0]}？" if close else f"可以用的有：{'、'.join(names)}。"


def _help(command: TyperCommand | TyperGroup, ctx: typer.Context) -> str:
    from xl_perfeval.printing import wrapped

    parts: list[Any] = command.get_params(ctx)
    arguments = [part for part in parts if part.param_type_name == "argument"]
    options = [part for part in parts if part.param_type_name == "option"]
    commands = cast("dict[str, Any]", getattr(command, "commands", {}))
    usage = " ".join([ctx.command_path, *(part.metavar for part in arguments)])
    lines = [f"用法：{usage}{' 命令' if commands else ''} [选项]", ""]
    for part in (command.help or "").split("\n"):
        lines += wrapped(part, 78, "  ")
    lines += _listed("内容", [(part.metavar, part.help) for part in arguments])
    lines += _listed("命令", [(name, each.help.partition("\n")[0]) for name, each in commands.items()])
    lines += _listed("选项", [(_option(part), _meaning(part)) for part in options])
    return "\n".join(lines) + "\n"


def _option(option: Any) -> str:
    metavar = option.metavar or ""
    return f"{', '.join(option.opts)} {metavar}".strip()


def _meaning(option: Any) -> str:
    return "显示这段说明。" if "--help" in option.opts else option.help


def _listed(heading: str, rows: Sequence[tuple[str, str]]) -> list[str]:
    from xl_perfeval.printing import width, wrapped

    if not rows:
        return []
    column = min(30, max(width(name) for name, _ in rows) + 4)
    lines = ["", f"{heading}："]
    for name, meaning in rows:
        start = f"  {name}"
        if width(start) + 2 > column:
            lines.append(start)
            start = ""
        lines += wrapped(meaning, 78, start + " " * (column - width(start)), " " * column)
    return lines


app = typer.Typer(
    cls=_Group,
    name="perfeval",
    help="项目支出绩效自评：工作簿自己校验，自己起草报告。完全离线，什么也不往网上发。",
    epilog="",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
)
_File = Annotated[Path, typer.Argument(metavar="FILE", help="填好的工作簿（.xlsx 或 .xlsm）。")]
_Profile = Annotated[
    Path | None,
    typer.Option("--profile", metavar="DIR", help="LibreOffice 的用户配置文件夹；不写就用它平时的位置。"),
]


# --- commands -----------------------------------------------------------------------------------------


@app.command(cls=_Command)
def demo(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="[DIR]", help="放在哪个文件夹；不写就是 demo。已有内容时另建 demo-2、demo-3……"
        ),
    ] = Path("demo"),
) -> None:
    """用自带的样例走一遍：填好工作簿、校验、写报告。"""
    from xl_perfeval import actions

    with _bar("示范", 4) as bar:
        done = actions.demo(actions.fresh_folder(folder), _now(), bar.step)
    _print(_demonstration(done))


@app.command(cls=_Command)
def new(
    out: Annotated[
        Path,
        typer.Argument(
            metavar="OUT.xlsm",
            help="新工作簿的文件名：.xlsm 带按钮和宏，.xlsx 不带宏。已有的文件不会被覆盖。",
        ),
    ],
    unit: Annotated[str | None, typer.Option("--unit", metavar="名称", help="单位名称。")] = None,
    year: Annotated[
        str | None, typer.Option("--year", metavar="年份", help="自评的年度，例如 2020。")
    ] = None,
    edition: Annotated[
        str | None, typer.Option("--edition", metavar="ID", help="表样，见 perfeval forms；不写就用默认的。")
    ] = None,
    project: Annotated[
        list[str] | None, typer.Option("--project", metavar="名称", help="项目名称，可以写多次。")
    ] = None,
    source: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="FILE",
            help="按这个文件里的内容填好：perfeval export 写的 JSON，或已有的工作簿。",
        ),
    ] = None,
    next_year: Annotated[
        bool,
        typer.Option(
            "--next-year",
            help="和 --from 一起用：以去年的工作簿为底，保留单位、项目、细化内容和文字，清空金额、完成情况和得分。",
        ),
    ] = False,
    macro_free: Annotated[
        bool, typer.Option("--macro-free", help="做不带宏的工作簿，文件名要以 .xlsx 结尾。")
    ] = False,
) -> None:
    """新建工作簿：空白的，按 JSON 文件或已有的工作簿填好的，或以去年的工作簿为底的。"""
    from xl_perfeval import actions, renewal

    _check_target(out, macro_free=macro_free)
    if source and project:
        raise WrongCall("--project 和 --from 不能一起用，请把项目写进 --from 的文件里。")
    if next_year and not source:
        raise WrongCall("--next-year 要和 --from 一起用，请写上去年的工作簿，例如 --from 去年.xlsx。")
    if any(not each.strip() for each in project or []):
        raise WrongCall("--project 后面要写项目名称；还没有定下来的项目先不写，以后在表里添加。")
    if source:
        found = _submission(source)
        if next_year and year and _year(year) <= found.year:
            raise WrongCall(
                f"“{source}”是 {found.year} 年的，--next-year 要做以后年度的，--year 请写 {found.year + 1}，或者不写。"
            )
        submission = _changed(renewal.next_year(found) if next_year else found, unit, year, edition)
    else:
        form, when = _edition(edition), _year(year) if year else 0
        submission = actions.blank(form, unit=unit, year=when, projects=project or [])
    with _bar("新建工作簿", 1):
        warnings = actions.new(submission, out)
    for sentence in warnings:
        _tell(f"注意：{sentence}")
    _print(f"已新建“{out}”。")


@app.command(cls=_Command)
def template(
    check: Annotated[
        bool, typer.Option("--check", help="只比较，不写：和现在的程序做出来的不一样时，退出码为 1。")
    ] = False,
) -> None:
    """重做 workbook/PerfEval.xlsm，开发时用，要在源代码目录里。"""
    from xl_perfeval import actions

    path = actions.template_path()
    if not check:
        actions.build_template(path)
        return _print(f"已写出“{path}”。")
    differences = actions.template_differences(path)
    if not differences:
        return _print(f"“{path}”和现在的程序做出来的一样。")
    for line in differences:
        _print(line)
    _tell(f"“{path}”和现在的程序做出来的不一样，请运行 perfeval template 重做。")
    raise typer.Exit(1)


@app.command(cls=_Command)
def validate(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE…", help="工作簿，可以写几个；也可以写文件夹，里面的工作簿都校验。"),
    ],
    format: Annotated[  # noqa: A002 - the name of the option
        str,
        typer.Option(
            "--format",
            metavar="text|json|html",
            help="text 给人看（默认），json 给程序用，html 是可以打印的网页。",
        ),
    ] = "text",
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="PATH", help="写进文件。只覆盖以前写的校验结果，不覆盖别的文件。"),
    ] = None,
    write: Annotated[
        bool,
        typer.Option("--write", help="把结果写进工作簿的“校验结果”表，标出单元格；先备份，别的内容不动。"),
    ] = False,
    fix: Annotated[
        bool,
        typer.Option(
            "--fix",
            help="自动修正：写成文字的金额改成数字，说明移到备注，删去名称前的编号；先备份，逐条列出。",
        ),
    ] = False,
) -> None:
    """校验：一次列出全部问题。

    退出码：0 没有必须改的，1 有必须改的，2 有文件没读出，3 有文件正在别处打开；几个文件取最大的。
    """
    from xl_perfeval import actions

    _one_of("--format", format, ("text", "json", "html"))
    if output:
        _check_output(output)
    paths = actions.workbooks(files)
    if not paths:
        raise WrongCall(f"“{files[0]}”里没有 .xlsx 或 .xlsm 工作簿，请换一个文件夹。")
    several = len(files) > 1 or files[0].is_dir()
    results = _Results(format, several, output)
    if len(paths) > 1:
        gc.enable()
    with _bar("校验", len(paths)) as bar:
        for path in paths:
            if write or fix:
                results.add_touched(_touched(path, fix=fix, write=write))
            else:
                results.add(_checked(path))
            bar.step()
    results.finish()
    raise typer.Exit(results.status)


@app.command(cls=_Command)
def report(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="填好的工作簿（.xlsx 或 .xlsm）。")
    ] = None,
    docx: Annotated[
        Path | None,
        typer.Option("--docx", metavar="OUT.docx", help="报告的文件名；不写就放在工作簿旁边。已有的不覆盖。"),
    ] = None,
    pdf: Annotated[
        Path | None,
        typer.Option("--pdf", metavar="OUT.pdf", help="再用 LibreOffice 转一份 PDF。已有的不覆盖。"),
    ] = None,
    template: Annotated[
        Path | None,
        typer.Option(
            "--template",
            metavar="模板.docx",
            help="用自己的模板；不写时用工作簿旁边的“报告模板.docx”，没有就用自带的。",
        ),
    ] = None,
    save_template: Annotated[
        Path | None,
        typer.Option(
            "--save-template",
            metavar="模板.docx",
            help="不写报告，只存一份自带的模板供修改；可以不写 FILE。已有的文件不会被覆盖。",
        ),
    ] = None,
    take_back: Annotated[
        Path | None,
        typer.Option(
            "--take-back",
            metavar="EDITED.docx",
            help="不写报告，只把在 Word 里改过的报告取回到“报告文字”；先备份，分不清的请您选择。",
        ),
    ] = None,
) -> None:
    """起草报告：写进工作簿的“报告文字”，再写成 Word 文档；您改过的文字不会被覆盖。"""
    from xl_perfeval import actions, printing
    from xl_perfeval.books import NotReadable
    from xl_perfeval.saving import NotSaved

    if save_template:
        return _save_template(save_template, file)
    if file is None:
        raise WrongCall("还缺少 FILE。用法见 perfeval report --help。")
    if take_back:
        if docx or pdf:
            raise WrongCall(
                "--take-back 只取回，不写报告，不能和 --docx、--pdf 一起用；请先取回，再写一次报告。"
            )
        return _take_back(file, take_back, template)
    wanted = docx or file.with_name(f"{file.stem}_报告.docx")
    _check_suffix("报告", wanted, ".docx")
    if pdf:
        _check_suffix("PDF ", pdf, ".pdf")
    chosen = template or actions.report_template(file)
    try:
        with _bar("写报告", 1):
            drafted = actions.draft_report(file, wanted, _now(), chosen)
    except NotReadable as why:
        _tell(_about(str(file), why.problem, why.remedy))
        raise typer.Exit(why.exit_status) from why
    except NotSaved as failure:
        _tell(str(failure))
        raise typer.Exit(getattr(failure, "exit_status", WRONG_CALL)) from failure
    if drafted.report.path != wanted:
        _print(f"“{wanted}”已经存在，没有覆盖。")
    _print(f"已写出报告“{drafted.report.path}”。{_waiting(drafted.report.waiting)}")
    if chosen:
        _print(f"版式按模板“{chosen}”。")
    for sentence in drafted.report.notes:
        _tell(f"注意：{sentence}")
    _print(printing.drafted(str(file), drafted), end="")
    if pdf:
        with _bar("转成 PDF", 1):
            printed = actions.print_report(drafted.report.path, pdf, _now())
        _print(f"已写出 PDF“{printed}”。")
    return None


def _take_back(file: Path, document: Path, template: Path | None) -> None:
    from xl_perfeval import actions, printing
    from xl_perfeval.books import NotReadable
    from xl_perfeval.saving import NotSaved

    chosen = template or actions.report_template(file)
    try:
        with _bar("取回", 1):
            taken = actions.take_back(file, document, _now(), chosen)
    except NotReadable as why:
        _tell(_about(str(file), why.problem, why.remedy))
        raise typer.Exit(why.exit_status) from why
    except NotSaved as failure:
        _tell(str(failure))
        raise typer.Exit(getattr(failure, "exit_status", WRONG_CALL)) from failure
    _print(printing.taken_back(str(file), str(document), taken), end="")


def _save_template(path: Path, file: Path | None) -> None:
    from xl_perfeval import actions, printing
    from xl_perfeval.books import NotReadable

    _check_suffix("模板", path, ".docx")
    try:
        placeholders = actions.save_report_template(path, file)
    except NotReadable as why:
        _tell(_about(str(file), why.problem, why.remedy))
        raise typer.Exit(why.exit_status) from why
    _print(f"已写出模板“{path}”，用 Word 或 WPS 打开修改：字体、字号、页边距、顺序和固定的文字都可以改，")
    _print("也可以加封面、页眉、标志。写报告时，下面这些占位符会换成内容：\n")
    column = max(printing.width(name) for name, _ in placeholders) + 4
    for name, meaning in placeholders:
        _print(f"  {name}{' ' * (column - printing.width(name))}{meaning}")
    _print("\n改好后取名“报告模板.docx”，放在工作簿旁边就会自动采用；或用 --template 写明是哪个文件。")


def _check_suffix(what: str, path: Path, suffix: str) -> None:
    if path.suffix.lower() != suffix:
        raise WrongCall(f"{what}的文件名要以 {suffix} 结尾，请把“{path.name}”改成“{path.stem}{suffix}”。")


@app.command(cls=_Command)
def export(
    file: _File,
    to: Annotated[
        Path | None,
        typer.Option("--to", metavar="OUT.json", help="写进文件；不写就显示出来。已有的文件不会被覆盖。"),
    ] = None,
    sources: Annotated[
        bool,
        typer.Option("--sources", help="改为写出报告里每个数字的来源：在哪张表、哪一格，怎样算出来。"),
    ] = False,
) -> None:
    """把工作簿里填的内容写成 JSON；用 perfeval new --from 可以再做成工作簿。"""
    from xl_perfeval import actions, exchange

    submission = _read(file)
    text = actions.sources_of_report(submission) if sources else exchange.to_text(submission)
    if to:
        actions.write_text(text, to)
        _print(f"已写出“{to}”。")
    else:
        _print(text, end="")
    for sentence in () if sources else actions.left_out(submission):
        _tell(f"注意：{sentence}")


@app.command(cls=_Command)
def parse(
    kind: Annotated[
        str,
        typer.Option(
            "--kind", metavar="target|actual|amount|period", help="按目标（默认）、实际、金额或时间来读。"
        ),
    ] = "target",
    year: Annotated[
        str | None,
        typer.Option("--year", metavar="年份", help="读时间时，没写年份的算哪一年；不写就是今年。"),
    ] = None,
) -> None:
    """看一段文字会被怎样理解：每行输入一段文字，每行输出一个 JSON。"""
    import json

    from xl_perfeval import quantity

    when = _year(year) if year else _now().year
    readers: dict[str, Callable[[str], quantity.Amount | quantity.Target | quantity.Period]] = {
        "target": quantity.target,
        "actual": quantity.actual,
        "amount": quantity.amount,
        "period": lambda text: quantity.period(text, when),
    }
    _one_of("--kind", kind, tuple(readers))
    read = readers[kind]
    for place, line in enumerate(sys.stdin):
        text = line.removesuffix("\n")
        value = read(text if place else text.removeprefix("\ufeff"))
        sys.stdout.write(json.dumps(quantity.to_json(value), ensure_ascii=False) + "\n")


@app.command(cls=_Command)
def rules(
    code: Annotated[str | None, typer.Argument(metavar="[CODE]", help="规则号，例如 M104。")] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="写成 Markdown。")] = False,
) -> None:
    """校验规则：全部列出，或说明一条。"""
    from xl_perfeval import printing
    from xl_perfeval.rules import catalogue

    known = catalogue()
    if code is None:
        examples = {each: found for each in known if markdown and (found := _example(each))}
        text = printing.catalogue_markdown(known, examples) if markdown else printing.catalogue(known)
        return _print(text, end="")
    rule = known.get(code.upper().replace("-", ""))
    if rule is None:
        raise WrongCall(f"没有“{code}”这条规则，{_nearest(code.upper(), known)}")
    example = _example(rule.code)
    text = printing.rule_markdown(rule, example) if markdown else printing.rule_page(rule, example)
    return _print(text, end="")


@app.command(cls=_Command)
def forms(
    markdown: Annotated[bool, typer.Option("--markdown", help="写成 Markdown，每个数字都写明依据。")] = False,
) -> None:
    """现有的表样，各有多少分值和界限。"""
    from xl_perfeval import forms as editions
    from xl_perfeval import printing

    shipped = [editions.load(each) for each in editions.editions()]
    write = printing.editions_markdown if markdown else printing.editions
    _print(write(shipped, editions.DEFAULT), end="")


@app.command(cls=_Command)
def install(
    libreoffice: Annotated[
        bool, typer.Option("--libreoffice", help="让 LibreOffice 认得 PE_TOTAL 等工作表函数。")
    ] = False,
    profile: _Profile = None,
) -> None:
    """为当前用户安装：工作表函数在 LibreOffice 的每个表格里都能用。不需要管理员权限。"""
    from xl_perfeval import functions, installation

    _only_libreoffice(libreoffice)
    done = installation.install(profile)
    where = f"LibreOffice 的用户配置“{done.profile}”"
    state = f"已装进 {where}。" if done.changed else f"{where}里早已装好，没有改动。"
    _print(f"{state}打开表格就能用这些函数：")
    for each in functions.FUNCTIONS:
        _print(f"  {each.signature()}  {each.help}")
    _print("不想用了，请运行 perfeval uninstall --libreoffice。")


@app.command(cls=_Command)
def uninstall(
    libreoffice: Annotated[
        bool, typer.Option("--libreoffice", help="去掉装进 LibreOffice 的工作表函数，别的宏不动。")
    ] = False,
    profile: _Profile = None,
) -> None:
    """去掉 install 装的东西，恢复成安装前的样子。"""
    from xl_perfeval import installation

    _only_libreoffice(libreoffice)
    done = installation.uninstall(profile)
    where = f"LibreOffice 的用户配置“{done.profile}”"
    _print(f"已从 {where}里去掉。" if done.changed else f"{where}里没有装过，没有改动。")


# --- what a call names --------------------------------------------------------------------------------


def _only_libreoffice(chosen: bool) -> None:
    if not chosen:
        raise WrongCall("请写明装到哪里；现在能装到 LibreOffice，请加上 --libreoffice。")


def _check_target(out: Path, *, macro_free: bool) -> None:
    suffix = out.suffix.lower()
    if macro_free and suffix != ".xlsx":
        raise WrongCall(f"不带宏的工作簿要以 .xlsx 结尾，请把“{out.name}”改成“{out.stem}.xlsx”。")
    if suffix not in {".xlsm", ".xlsx"}:
        raise WrongCall(
            f"工作簿的文件名要以 .xlsm（带按钮和宏）或 .xlsx（不带宏）结尾，请把“{out.name}”改成“{out.stem}.xlsm”。"
        )


def _check_output(output: Path) -> None:
    from xl_perfeval import actions

    if output.is_file() and not actions.is_own_output(output):
        raise WrongCall(f"“{output}”已经存在，也不是以前的校验结果，没有覆盖。请换一个文件名。")


def _one_of(option: str, value: str, known: Sequence[str]) -> None:
    if value not in known:
        raise WrongCall(f"{option} 后面写的是“{value}”，只能写 {'、'.join(known)} 中的一个。")


def _year(text: str) -> int:
    if re.fullmatch("[0-9]{4}", text) and 2000 <= int(text) <= 2100:
        return int(text)
    raise WrongCall(f"--year 后面写的是“{text}”，请写 2000 到 2100 之间的年份，例如 2020。")


def _edition(name: str | None) -> Edition:
    from xl_perfeval import forms

    try:
        return forms.load(name or forms.DEFAULT)
    except forms.UnknownEdition:
        raise WrongCall(f"没有“{name}”这个表样，{_nearest(name or '', forms.editions())}") from None


def _changed(submission: Submission, unit: str | None, year: str | None, edition: str | None) -> Submission:
    from dataclasses import replace

    from xl_perfeval import exchange

    changed = replace(
        submission,
        unit=replace(submission.unit, name=unit) if unit else submission.unit,
        year=_year(year) if year else submission.year,
    )
    return exchange.fitted(changed, _edition(edition)) if edition else changed


def _submission(path: Path) -> Submission:
    from xl_perfeval import exchange

    if path.suffix.lower() in {".xlsx", ".xlsm", ".xls"}:
        return _read(path)
    try:
        return exchange.from_text(path.read_bytes())
    except exchange.NotASubmission as error:
        raise WrongCall(f"“{path}”不能用：{error}") from error


def _refused(error: OSError) -> str:
    """What the operating system would not do, in one sentence."""
    name = error.filename or "这个文件"
    if isinstance(error, FileNotFoundError):
        return f"没有找到“{name}”，请核对文件名和文件夹。"
    if isinstance(error, PermissionError):
        return f"没有权限打开“{name}”，请换一个地方，或请管理员开放权限。"
    if isinstance(error, IsADirectoryError):
        return f"“{name}”是一个文件夹，请写上文件名。"
    return f"“{name}”没有打开（{error.strerror or error}），请换一个文件再试。"


def _read(path: Path) -> Submission:
    from xl_perfeval import actions
    from xl_perfeval.books import NotReadable

    try:
        return actions.read(path)
    except NotReadable as why:
        _tell(_about(str(path), why.problem, why.remedy))
        raise typer.Exit(why.exit_status) from why


def _about(file: str, problem: str, remedy: str) -> str:
    """One sentence that says which file."""
    return f"{problem}{remedy}" if Path(file).name in problem else f"“{file}”：{problem}{remedy}"


def _now() -> datetime:
    from datetime import datetime

    return datetime.now().astimezone()


# --- what is printed ----------------------------------------------------------------------------------


class _Results:
    """The findings of many files on their way out, in the order given."""

    def __init__(self, format: str, several: bool, output: Path | None) -> None:  # noqa: A002 - the option
        self._format = format
        self._several = several
        self._output = output
        self._kept: list[str] = []
        self._told: list[str] = []
        self._changes: list[str] = []
        self._pages: list[Checked] = []
        self._counts: dict[Any, int] = {}
        self.status = 0

    def add(self, checked: Checked) -> None:
        """Take one file's findings; print them at once where nothing is drawn on the terminal."""
        self.status = max(self.status, checked.status)
        for finding in checked.findings:
            self._counts[finding.severity] = self._counts.get(finding.severity, 0) + 1
        if checked.submission is None and not (self._format == "text" and self._on_terminal):
            self._told += [_about(checked.file, each.problem, each.remedy) for each in checked.findings]
        if self._format == "html":
            self._pages.append(checked)
        else:
            self._put(self._text(checked) if self._format == "text" else self._json(checked))

    def add_touched(self, touched: Touched) -> None:
        """Take the findings of a file that may have been changed, and what was changed."""
        from xl_perfeval import printing

        self.add(touched.checked)
        if touched.failure is not None:
            self.status = max(self.status, getattr(touched.failure, "exit_status", WRONG_CALL))
            self._told.append(str(touched.failure))
        elif touched.checked.submission is not None:
            self._changes.append(printing.changes(touched))

    def finish(self) -> None:
        """Name the files that could not be read, print or write what was kept, and all counts together."""
        from xl_perfeval.checked import counted

        for sentence in self._told:
            _tell(sentence)
        if self._format == "html":
            from xl_perfeval import webpage

            self._put(webpage.page(self._pages))
        elif self._format == "text" and self._several:
            self._put(f"全部文件：{counted(self._counts)}\n")
        for lines in self._changes:
            if self._format == "text" and self._output is None:
                self._put(f"\n{lines}")
            else:
                _tell(lines.rstrip())
        text = "".join(self._kept)
        if self._output is None:
            _print(text, end="")
            return
        from xl_perfeval import actions

        actions.write_text(text, self._output, overwrite=True)
        _print(f"已写出“{self._output}”：{counted(self._counts)}")

    @property
    def _on_terminal(self) -> bool:
        return self._output is None and sys.stdout.isatty()

    def _put(self, text: str) -> None:
        if self._output is None and not self._on_terminal:
            _print(text, end="")
        else:
            self._kept.append(text)

    def _text(self, checked: Checked) -> str:
        from xl_perfeval import printing

        colour = self._on_terminal and not os.environ.get("NO_COLOR")
        columns = min(100, typer.get_terminal_size()[0]) if self._on_terminal else 80
        text = printing.findings(
            checked, columns=columns, paint=printing.coloured if colour else printing.plain
        )
        return f"{text}\n" if self._several else text

    def _json(self, checked: Checked) -> str:
        import json

        indent = None if self._several else 1
        return json.dumps(checked.document(), ensure_ascii=False, indent=indent) + "\n"


def _checked(path: Path) -> Checked:
    """The findings of a file; a fault of the program counts as not readable, so that other files go on."""
    from xl_perfeval import actions

    try:
        return actions.validate_file(path)
    except Exception as error:
        return _faulty(path, error)


def _touched(path: Path, *, fix: bool, write: bool) -> Touched:
    """The findings of a file after what was asked for; a fault of the program counts as not readable."""
    from xl_perfeval import actions

    try:
        return actions.validate_and_write(path, _now(), fix=fix, write=write)
    except Exception as error:
        return actions.Touched(checked=_faulty(path, error))


def _faulty(path: Path, error: Exception) -> Checked:
    from xl_perfeval import actions
    from xl_perfeval.books import NotReadable

    if _debugging():
        raise error
    why = NotReadable(
        "F001",
        f"程序读到这个文件时出了错（{type(error).__name__}），文件没有改动。",
        "请把这个文件和这句话发给维护人员。",
    )
    return actions.unreadable(str(path), why)


def _demonstration(done: Demo) -> str:
    from xl_perfeval import printing

    lines = [
        f"工作簿    {done.workbook}",
        f"报告      {done.report.path}",
        f"校验结果  {done.page}",
        f"          {done.findings}",
        "",
        f"校验发现：{done.checked.counts}",
    ]
    for finding in done.checked.findings:
        lines += printing.wrapped(printing.one_line(finding), 80, "  ", "    ")
    waiting = _waiting(done.report.waiting)
    return "\n".join([*lines, *(["", waiting] if waiting else [])])


def _waiting(places: int) -> str:
    return f"里面有 {places} 处【待补充】，请补写。" if places else ""


def _example(code: str) -> Finding | None:
    """What a rule says about its own failing example."""
    from xl_perfeval.rules import catalogue, engine

    rule = catalogue()[code]
    if rule.check is None or not rule.fails:
        return None
    found = engine.run(rule.fails[0](), sending=True, rules=[rule])
    return found[0] if found else None


def _bar(label: str, total: int) -> Any:
    from xl_perfeval.progress import Bar

    return Bar(label, total)


def _print(text: str, end: str = "\n") -> None:
    typer.echo(text + end, nl=False, color=None if "\x1b" in text else False)


def _tell(sentence: str) -> None:
    """One sentence for the user, beside the output."""
    typer.echo(sentence, err=True)


# --- entry --------------------------------------------------------------------------------------------


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command and exit; whatever goes wrong becomes one Chinese sentence on stderr."""
    gc.disable()  # a command is over before there is much to collect; many files turn it on again
    _speak_utf8()
    if not _debugging():
        sys.unraisablehook = lambda _: None  # libraries that clean up after a full disk
    try:
        status = _run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader of our output has gone, e.g. `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = BROKEN_PIPE
    except KeyboardInterrupt:
        status = INTERRUPTED
    if status == INTERRUPTED:
        _tell("已经停下，没有写完的文件都已撤掉。")
    sys.exit(status)


def _run(arguments: Sequence[str] | None) -> int:
    from xl_perfeval.saving import NotSaved

    try:
        return app(arguments, prog_name="perfeval", standalone_mode=False) or 0
    except (WrongCall, NotSaved) as error:
        _tell(str(error))
    except typer.TyperException as error:
        _tell(_wrong_call(error))
    except BrokenPipeError:
        raise
    except Exception as error:
        if _debugging():
            raise
        _tell(_refused(error) if isinstance(error, OSError) else _fault(error))
    return WRONG_CALL


def _fault(error: Exception) -> str:
    """What is said when the program itself fails."""
    return (
        f"程序出了错（{type(error).__name__}：{str(error)[:200]}），您的文件没有改动。"
        "请把这句话发给维护人员；设置 PERFEVAL_DEBUG=1 后再试可以看到详细经过。"
    )


def _wrong_call(error: typer.TyperException) -> str:
    """What Typer found wrong with a call, in Chinese."""
    faults: Any = error
    context = getattr(faults, "ctx", None)
    see = f"用法见 {context.command_path if context else 'perfeval'} --help。"
    match type(error).__name__:
        case "NoArgsIsHelpError":
            return str(error)
        case "NoSuchOption":
            close = "、".join(faults.possibilities or ())
            return f"没有 {faults.option_name} 这个选项{f'，是不是 {close}' if close else ''}。{see}"
        case "MissingParameter":
            return f"还缺少 {faults.param.metavar or faults.param.name}。{see}"
        case "BadOptionUsage":
            need = "还要写上内容" if "requires" in error.message else "不用写内容"
            return f"{faults.option_name} 后面{need}。{see}"
        case _:
            extra = re.search(r"unexpected extra argument(?:s|\(s\))? \((.*)\)", error.message)
            return f"多写了“{extra.group(1)}”。{see}" if extra else f"命令写得不对（{error.message}）。{see}"


def _debugging() -> bool:
    return os.environ.get("PERFEVAL_DEBUG") == "1"


def _speak_utf8() -> None:
    """Chinese comes through on every console and in every pipe, and file names as they came."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure:
            as_came = os.name == "posix" and stream is not sys.stdin
            reconfigure(encoding="utf-8", errors="surrogateescape" if as_came else "replace")
