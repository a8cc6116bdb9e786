"""What must hold inside a macro workbook so that Excel opens it without “repairing”, checked without Excel.

Each check takes a `Package` and says what is wrong, one line each. Excel itself is asked by hand before a release.
"""

from __future__ import annotations

import io
import posixpath
import re
import struct
import tempfile
import zipfile
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
from lxml import etree
from oletools.olevba import VBA_Parser
from pyopenvba import check_file
from pyopenvba.cfb import CFB
from pyopenvba.vba import (
    VBAModuleKind,
    VBAProject,
    decompress,
    parse_project_stream,
    parse_vba_project,
    split_attribute_header,
)

from tests import compound_file, validator
from xl_perfeval.functions import FUNCTIONS
from xl_perfeval.template import macros
from xl_perfeval.template.vba import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pyopenvba.vba import ProjectStream

VBA = "xl/vbaProject.bin"
RIBBON = "customUI/customUI.xml"
PROJECT_ID = "{E73B243E-09A5-4CB0-B261-A37357B461D3}"
"""Fixed: the id of pyOpenVBA's empty workbook, which the three protection records depend on."""
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_MACRO_WORKBOOK = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
_MACRO_PROJECT = "application/vnd.ms-office.vbaProject"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MICROSOFT = "http://schemas.microsoft.com/office/2006/relationships"
_RIBBON_NAMESPACE = "http://schemas.microsoft.com/office/2006/01/customui"
_BASES = {
    "ThisWorkbook": "0{00020819-0000-0000-C000-000000000046}",
    "Sheet": "0{00020820-0000-0000-C000-000000000046}",
}


@dataclass(frozen=True)
class Package:
    """A macro workbook, unpacked."""

    path: Path
    parts: dict[str, bytes]

    @classmethod
    def read(cls, path: Path) -> Package:
        """Unpack a workbook."""
        with zipfile.ZipFile(path) as package:
            return cls(path, {name: package.read(name) for name in package.namelist()})

    @property
    def container(self) -> CFB:
        """The OLE container of the VBA project."""
        return CFB.from_bytes(self.parts[VBA])

    @property
    def project(self) -> VBAProject:
        """The VBA project."""
        return parse_vba_project(self.container)

    @property
    def declared(self) -> ProjectStream:
        """What the PROJECT stream declares."""
        return parse_project_stream(self.container.get_stream("PROJECT"))

    def xml(self, part: str) -> etree._Element:
        """A part, parsed."""
        return etree.fromstring(self.parts[part])

    def code_names(self) -> dict[str, str | None]:
        """Code names by sheet part, in the order of the workbook."""
        targets = {link.get("Id"): link.get("Target", "") for link in self.xml("xl/_rels/workbook.xml.rels")}
        sheets = self.xml("xl/workbook.xml").iterfind("{*}sheets/{*}sheet")
        parts = [posixpath.join("xl", targets[sheet.get(f"{{{_LINKS}}}id")]) for sheet in sheets]
        found: dict[str, str | None] = {}
        for part in parts:
            settings = self.xml(part).find("{*}sheetPr")
            found[part] = None if settings is None else settings.get("codeName")
        return found


def problems(path: Path, *, slow: bool = True) -> dict[str, list[str]]:
    """What each check objects to, by its name, those without objections left out.

    `slow` checks start Microsoft's validator and openpyxl. A check that breaks down objects, too.
    """
    package = Package.read(path)
    found: dict[str, list[str]] = {}
    for name, check in CHECKS.items():
        if slow or name not in _SLOW:
            try:
                objections = list(check(package))
            except Exception as error:  # whatever a reader of broken files raises is an objection
                objections = [f"{type(error).__name__}: {error}"]
            if objections:
                found[name] = objections
    return found


# --- the checks ---------------------------------------------------------------------------------------


def code_names(package: Package) -> Iterator[str]:
    """Every sheet has a code name and a document module of its own, and there is none besides."""
    book = package.xml("xl/workbook.xml").find("{*}workbookPr")
    of_sheets = list(package.code_names().values())
    named = [None if book is None else book.get("codeName"), *of_sheets]
    if None in named:
        yield f"{named.count(None)} without code name"
    if sorted(filter(None, named)) != sorted(name for name, _ in package.declared.document_modules):
        yield "code names are not the document modules"
    modules = {module.name: module for module in package.project.modules}
    for name in filter(None, named):
        module = modules.get(name)
        base = _BASES["ThisWorkbook" if name == "ThisWorkbook" else "Sheet"]
        if module is None or f'Attribute VB_Base = "{base}"' not in module.source:
            yield f"{name} is not behind a sheet"


def modules(package: Package) -> Iterator[str]:
    """The modules are those of the sources, of the right types and to the letter, besides blank sheets' own."""
    project, declared = package.project, package.declared
    kinds = {Kind.STANDARD: declared.standard_modules, Kind.CLASS: declared.class_modules}
    own = {module.name: module for module in _macros().modules}
    for kind, names in kinds.items():
        if names != [module.name for module in own.values() if module.kind is kind]:
            yield f"{kind.value} modules: {names}"
    if Counter(project.module_names()) != Counter([
        *declared.standard_modules, *declared.class_modules, *(name for name, _ in declared.document_modules),
    ]):  # fmt: skip
        yield "PROJECT and dir list different modules"
    for module in project.modules:
        yield from _module(module.name, module.source)
        standard = module.name in declared.standard_modules
        if (module.kind is VBAModuleKind.standard) != standard:
            yield f"{module.name}: {module.kind}"
        wanted = own[module.name].source if module.name in own else ""
        if _body(module.source) != _body(wanted):
            yield f"{module.name} is not its source"


def _module(name: str, source: str) -> Iterator[str]:
    header, body = split_attribute_header(source)
    if (
        header.partition("\r\n")[0] != f'Attribute VB_Name = "{name}"'
        or len(re.findall("^Attribute VB_Name", source, re.MULTILINE)) != 1
    ):
        yield f"{name}: VB_Name is not first and once"
    if not source.isascii():
        yield f"{name} is not ASCII"
    if re.search(r"(?<!\r)\n", source):
        yield f"{name}: line ends"
    if "VERSION 1.0 CLASS" in header or "VERSION 1.0 CLASS" in body:
        yield f"{name} is in the form of an exported file"


def _body(source: str) -> list[str]:
    lines = "\r\n".join(source.splitlines())
    return split_attribute_header(lines + "\r\n")[1].strip().splitlines()


def no_compiled_code(package: Package) -> Iterator[str]:
    """Sources only: compiled code of another version makes Excel stumble, and would hide from review."""
    container = package.container
    if container.get_stream_in_storage("VBA", "_VBA_PROJECT") != bytes.fromhex("CC61FFFF000000"):
        yield "_VBA_PROJECT holds compiled code"
    yield from (f"{name} is compiled" for name in container.list_streams() if name.startswith("__SRP_"))
    yield from (f"{m.name} starts at {m.text_offset}" for m in package.project.modules if m.text_offset)
    streams = set(container.list_streams_in_storage("VBA")) - {"_VBA_PROJECT", "dir"}
    if streams != {module.stream_name for module in package.project.modules}:
        yield "streams are not the modules"


def container(package: Package) -> Iterator[str]:
    """The container obeys [MS-CFB]."""
    yield from compound_file.problems(package.parts[VBA])


def dir_records(package: Package) -> Iterator[str]:
    """The stream dir holds the records of [MS-OVBA] 2.3.4.2 in their order and nothing besides."""
    stream = decompress(package.container.get_stream_in_storage("VBA", "dir"))
    found, at = b"", 0
    counted = 0
    while at + 6 <= len(stream):
        record, size = struct.unpack_from("<HI", stream, at)
        size = 6 if record == _VERSION else size  # its size says 4
        counted = struct.unpack_from("<H", stream, at + 6)[0] if record == _MODULES else counted
        found, at = found + bytes([record]), at + 6 + size
    match = _DIR.fullmatch(found)
    if match is None:
        yield f"records {found.hex(' ')}"
    elif found.count(_MODULE_NAME) != counted:
        yield f"{counted} modules told, {found.count(_MODULE_NAME)} listed"
    if at != len(stream):
        yield f"{len(stream) - at} bytes behind the last record"


_VERSION, _MODULES, _MODULE_NAME = 0x09, 0x0F, b"\x19"
_DIR = re.compile(
    rb"\x01\x4a?\x02\x14\x03\x04\x05\x40\x06\x3d\x07\x08\x09\x0c\x3c"  # the project
    rb"(?:\x16\x3e\x0d)+"  # references: name, the same in Unicode, library
    rb"\x0f\x13(?:\x19\x47\x1a\x32\x1c\x48\x31\x1e\x2c[\x21\x22]\x2b)+"  # modules
    rb"\x10",
    re.DOTALL,
)


def project_settings(package: Package) -> Iterator[str]:
    """The fixed id, code page 1252, and protection records that belong to the id ([MS-OVBA] 2.4.3)."""
    declared = package.declared
    if declared.id != PROJECT_ID:
        yield f"project id {declared.id}"
    if package.project.code_page != 1252:
        yield f"code page {package.project.code_page}"
    for name in ("cmg", "dpb", "gc"):
        record = bytes.fromhex(getattr(declared.protection, name))
        seed, version, key = record[0], record[0] ^ record[1], record[0] ^ record[2]
        if version != 2 or key != sum(declared.id.encode()) % 256 or len(record) < 8:
            yield f"{name} does not belong to the id (seed {seed})"


def ribbon(package: Package) -> Iterator[str]:
    """The ribbon of 2006, and every callback exactly once, public, with the one argument the ribbon passes."""
    links = [link for link in package.xml("_rels/.rels") if "extensibility" in link.get("Type", "")]
    if [(link.get("Type"), link.get("Target")) for link in links] != [
        (f"{_MICROSOFT}/ui/extensibility", RIBBON)
    ]:
        yield "relationship of the ribbon"
    root = package.xml(RIBBON)
    if root.tag != f"{{{_RIBBON_NAMESPACE}}}customUI":
        yield f"root {root.tag}"
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    yield from (f"id {id_} twice" for id_, count in Counter(ids).items() if count > 1)
    callbacks = {
        value
        for element in root.iter()
        for name, value in element.attrib.items()
        if name.startswith(("on", "get"))
    }
    if not callbacks:
        yield "no callback"
    for callback in sorted(callbacks):
        yield from _defined_once(package, callback, "control As Object")


def buttons(package: Package) -> Iterator[str]:
    """Both form buttons of 首页 call a public macro without arguments."""
    shapes = package.xml("xl/drawings/vmlDrawing1.vml").iterfind(".//{*}FmlaMacro")
    called = [(shape.text or "").removeprefix("[0]!") for shape in shapes]
    if len(called) != 2:
        yield f"{len(called)} buttons"
    for macro in called:
        yield from _defined_once(package, macro, "")


def _defined_once(package: Package, macro: str, arguments: str) -> Iterator[str]:
    pattern = re.compile(
        rf"^(?:(\w+) )?(?:Sub|Function) {re.escape(macro)}\((.*?)\)", re.MULTILINE | re.IGNORECASE
    )
    found = [
        (module.kind, match.groups()) for module in package.project.modules for match in pattern.finditer(module.source)
    ]  # fmt: skip
    if len(found) != 1:
        yield f"{macro} is defined {len(found)} times"
    for kind, (visibility, declared) in found:
        if (kind, visibility, declared) != (VBAModuleKind.standard, "Public", arguments):
            yield f"{macro} is {visibility} ({declared}) in a {kind} module"


def content_types(package: Package) -> Iterator[str]:
    """Kinds of the parts, and the relationships by which Excel finds them."""
    types = package.xml("[Content_Types].xml")
    defaults = {each.get("Extension"): each.get("ContentType") for each in types.iterfind("{*}Default")}
    overrides = {each.get("PartName"): each.get("ContentType") for each in types.iterfind("{*}Override")}
    wanted = {
        "xl/workbook.xml": _MACRO_WORKBOOK,
        VBA: _MACRO_PROJECT,
        RIBBON: "application/xml",
        **dict.fromkeys(package.code_names(), f"{_TYPES}.worksheet+xml"),
    }
    for part, kind in wanted.items():
        found = overrides.get(f"/{part}") or defaults.get(part.rpartition(".")[2])
        if found != kind:
            yield f"{part} is {found}"
        if part not in package.parts:
            yield f"no {part}"
    links = [link.attrib for link in package.xml("xl/_rels/workbook.xml.rels")]
    projects = [link["Target"] for link in links if link["Type"] == f"{_MICROSOFT}/vbaProject"]
    if projects != ["vbaProject.bin"]:
        yield f"relationship of the project: {projects}"


def limits(package: Package) -> Iterator[str]:
    """What Excel takes of formulas and validations; with more of it, it “repairs” the workbook."""
    for part in package.code_names():
        for element in package.xml(part).iter("{*}f", "{*}formula", "{*}formula1", "{*}formula2"):
            text = element.text or ""
            kind = etree.QName(element).localname
            longest = _LONGEST_CHECK if kind in ("formula1", "formula2") else _LONGEST_FORMULA
            literals = [each.replace('""', '"') for each in re.findall(r'"((?:[^"]|"")*)"', text)]
            depth, arguments = _nesting(text)
            if (
                len(text) > longest
                or depth > _DEEPEST
                or arguments > _MOST_ARGUMENTS
                or any(len(each) > _LONGEST_TEXT for each in literals)
            ):
                yield f"{part}: {kind} of {len(text)} characters, {depth} levels, {arguments} arguments: {text[:60]}"
        for check in package.xml(part).iter("{*}dataValidation"):
            for name, longest in _MESSAGES.items():
                if len(check.get(name, "")) > longest:
                    yield f"{part}: {name} of {len(check.get(name, ''))} characters"


_LONGEST_FORMULA, _DEEPEST, _MOST_ARGUMENTS, _LONGEST_TEXT = 8192, 64, 255, 255
_LONGEST_CHECK = 255
"""Excel's dialogs take no more in a validation; a file may hold more, but nobody has to try."""
_MESSAGES = {"prompt": 255, "error": 225, "promptTitle": 32, "errorTitle": 32}


def _nesting(formula: str) -> tuple[int, int]:
    """How deep the parentheses of a formula go, and the most arguments or elements between two of them."""
    deepest = most = 0
    counts: list[int] = []
    for sign in re.sub(r"\"[^\"]*\"|'[^']*'", "", formula):
        if sign in "({":
            counts.append(1)
            deepest = max(deepest, len(counts))
        elif sign in ")}":
            most = max(most, counts.pop())
        elif sign == "," and counts:
            counts[-1] += 1
    return deepest, most


def calculates_nothing_on_opening(package: Package) -> Iterator[str]:
    """Excel calculates a file anew that an older Excel calculated, and then asks on closing whether to save."""
    settings = [dict(each.attrib) for each in package.xml("xl/workbook.xml").iterfind("{*}calcPr")]
    if settings != [{"calcId": "191029"}]:
        yield f"calculation {settings}"


def defined_names(package: Package) -> Iterator[str]:
    """Names as Excel takes them: not like a cell, not like a function of ours, none twice in its scope."""
    functions = {each.name.casefold() for each in FUNCTIONS}
    seen: set[tuple[str, str | None]] = set()
    for name in package.xml("xl/workbook.xml").iter("{*}definedName"):
        text = name.get("name", "")
        if not re.fullmatch(r"[A-Za-z_][\w.]{0,254}", text) or re.fullmatch(
            _LIKE_A_CELL, text, re.IGNORECASE
        ):
            yield f"{text} is no name"
        if text.casefold() in functions:
            yield f"{text} is a function, too"
        if (key := (text.casefold(), name.get("localSheetId"))) in seen:
            yield f"{text} twice"
        seen.add(key)
        if "#REF!" in (name.text or ""):
            yield f"{text} leads nowhere"


_LIKE_A_CELL = r"[A-Z]{1,3}\d+|R\d*C?\d*|C\d*"


def pyopenvba(package: Package) -> Iterator[str]:
    """pyOpenVBA's own checks of file and project."""
    report = check_file(package.path)
    yield from (f"{issue.location}: {issue.message}" for issue in report.issues)
    if not report.ok or not report.complete:
        yield "not in order"
    yield from package.project.validate(package.container)


def olevba(package: Package) -> Iterator[str]:
    """olevba, which virus scanners and reviewers use, sees every module as what it is."""
    parser = VBA_Parser(str(package.path), data=package.path.read_bytes())
    try:
        seen = sorted(name for _, _, name, _ in parser.extract_macros())
    finally:
        parser.close()
    own = _macros().modules
    wanted = [f"{m.name}.{'bas' if m.kind is Kind.STANDARD else 'cls'}" for m in own]
    wanted += [f"{name}.cls" for name in package.code_names().values()]
    if seen != sorted(wanted):
        yield f"differ: {sorted(set(seen) ^ set(wanted))}"


def reproducible(package: Package) -> Iterator[str]:
    """Nothing of the day or the machine: dates in the zip and in the properties are fixed, no part comes twice."""
    with zipfile.ZipFile(package.path) as archive:
        listed = archive.infolist()
    yield from (f"{each.filename}: {each.date_time}" for each in listed if each.date_time[0] != 1980)
    yield from (f"{name} twice" for name, count in Counter(e.filename for e in listed).items() if count > 1)
    times = re.findall(rb"W3CDTF\">([^<]*)<", package.parts["docProps/core.xml"])
    if set(times) != {b"2026-01-01T00:00:00Z"}:
        yield f"times {times}"


def open_xml_sdk(package: Package) -> Iterator[str]:
    """Microsoft's validator, for workbook and ribbon."""
    yield from validator.problems(package.path)


def openpyxl_round_trip(package: Package) -> Iterator[str]:
    """A program that saves through openpyxl (collecting offices do) keeps project and ribbon to the byte."""
    with tempfile.TemporaryDirectory(prefix="perfeval-") as folder:
        again = Path(folder) / "again.xlsm"
        openpyxl.load_workbook(io.BytesIO(package.path.read_bytes()), keep_vba=True).save(again)
        kept = Package.read(again)
    for part in (VBA, RIBBON):
        if kept.parts.get(part) != package.parts[part]:
            yield f"{part} is lost"
    if not any("extensibility" in link.get("Type", "") for link in kept.xml("_rels/.rels")):
        yield "relationship of the ribbon is lost"


CHECKS: dict[str, Callable[[Package], Iterator[str]]] = {
    check.__name__: check
    for check in (
        code_names, modules, no_compiled_code, container, dir_records, project_settings, ribbon, buttons, content_types,
        limits, calculates_nothing_on_opening, defined_names, pyopenvba, olevba, reproducible, open_xml_sdk, openpyxl_round_trip,
    )
}  # fmt: skip
_SLOW = {"open_xml_sdk", "openpyxl_round_trip"}


@cache
def _macros() -> macros.Macros:
    return macros.load()
