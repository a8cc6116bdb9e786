"""Reading speed of `quantity`: distinct short strings a second on one core, without caches.

Run `python tests/benchmarks/bench_quantity.py [CSV]`. The strings are a sample of real cells, or the rows of a CSV
with a column `text`, varied so that no string occurs twice.
"""

from __future__ import annotations

import csv
import random
import re
import sys
from pathlib import Path
from time import process_time

from xl_perfeval import quantity

SAMPLE = [
    "30万元",
    "全年",
    "组织6场以上高企申报、研发经费统计等培训，编印相关科技政策宣传资料10000份以上",
    "6-9月",
    "15名以上",
    "4场次",
    "1-2家",
    "98%以上",
    "不低于250个工作日",
    "≥50个",
    ">=7人",
    "≧ 735 人次",
    "30分钟内",
    "10辆",
    "100%",
    "18—54周岁",
    "420（列入财政公共预算，不体现在部门专项中）",
    "2021年12月完成",
    "达成预期指标",
    "根据实际工作安排",
    "显著提升",
    "5300元/户",
    "200万粒",
    "5000余人",
    "稳定在 85%左右",
]


def strings(path: Path | None, count: int) -> list[str]:
    """`count` distinct texts made from the rows of the CSV or of the sample: other digits, or one more glyph behind words."""
    rows = SAMPLE
    if path is not None:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = [row["text"] for row in csv.DictReader(file)]
    chance = random.Random(1)

    def vary(match: re.Match[str]) -> str:
        return str(chance.randint(1, 9)) + "".join(str(chance.randint(0, 9)) for _ in match[0][1:])

    texts: dict[str, None] = {}
    while len(texts) < count:
        row = rows[chance.randrange(len(rows))]
        text = re.sub("[0-9]+", vary, row)
        texts[text if text != row else row + chr(chance.randint(0x4E8C, 0x9FA0))] = None
    return list(texts)


def main() -> None:
    """Prints strings per second for each reader, the best of three passes."""
    texts = strings(Path(sys.argv[1]) if len(sys.argv) > 1 else None, 26_600)
    readers = {
        "target": quantity.target,
        "actual": quantity.actual,
        "amount": quantity.amount,
        "figures": quantity.figures,
        "period": lambda text: quantity.period(text, 2021),
    }
    print(
        f"{len(texts):,} strings, {len(set(texts)):,} distinct, {sum(map(len, texts)) / len(texts):.1f} characters"
    )
    for name, reader in readers.items():
        best = min(_seconds(reader, texts) for _ in range(3))
        print(f"{name:8} {len(texts) / best:>10,.0f} strings/s   {best / len(texts) * 1e6:6.1f} µs")


def _seconds(reader, texts: list[str]) -> float:
    begin = process_time()
    for text in texts:
        reader(text)
    return process_time() - begin


if __name__ == "__main__":
    main()
