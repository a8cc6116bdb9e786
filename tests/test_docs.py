"""Generated pages are what the program writes now. Renew: `PERFEVAL_WRITE_GOLDEN=1 pytest tests/test_docs.py`."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from xl_perfeval import rules

DOCS = Path(__file__).parents[1] / "docs"
RULES = DOCS / "rules.md"


def test_the_page_of_rules_is_what_the_command_prints() -> None:
    command = [sys.executable, "-m", "xl_perfeval", "rules", "--markdown"]
    run = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
    if os.environ.get("PERFEVAL_WRITE_GOLDEN"):
        RULES.write_text(run.stdout, encoding="utf-8")
    assert RULES.read_text(encoding="utf-8") == run.stdout


def test_every_rule_has_a_row_a_page_a_basis_and_an_example() -> None:
    text = RULES.read_text(encoding="utf-8")
    pages = dict(re.findall(r"^### (\w+) (.*?)(?=^<a id=|^## |\Z)", text, re.MULTILINE | re.DOTALL))
    assert list(pages) == list(rules.catalogue())
    for code, rule in rules.catalogue().items():
        assert f"| [{code}](#{code.lower()}) | {rule.severity.sign} {rule.severity.label} |" in text
        assert text.count(f'<a id="{code.lower()}"></a>') == 1
        assert f"`{rule.slug}` · 依据：" in pages[code]
        assert ("> →" in pages[code]) is (rule.check is not None)


def test_links_between_the_documents_lead_somewhere() -> None:
    root = DOCS.parent
    for page in (root / "README.md", *DOCS.rglob("*.md")):
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.relative_to(root)}: {target}"
