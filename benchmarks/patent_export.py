"""How fast a result becomes a file: rows read from the store and written, beside openpyxl's own streaming writer.

    python -m benchmarks.patent_export                 50,000 rows
    python -m benchmarks.patent_export --rows 5000

Everything lies in a scratch folder that is removed. The rows of openpyxl are in memory before its clock starts; ours
are read from the database while they are written.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib import import_module
from io import BytesIO
from pathlib import Path
from time import perf_counter
from zipfile import ZipFile

from openpyxl import Workbook

SRC = Path(__file__).resolve().parent.parent / "src"


def made(rows: int) -> list[int]:
    """Documents of the store, by id."""
    patents = import_module("jinzhi.apps.patents.models")
    patent, storing = import_module("jinzhi.kernel.patent"), import_module("jinzhi.apps.patents.store.storing")
    base = storing.prepare(
        patent.PatentDocument(
            "CN", "900000001", "A", "CN900000001A", import_module("datetime").date(2024, 3, 5),
            "CN202010000001.4", titles=(patent.Text("zh", "一种储能装置及其温度控制方法"),),
            applicants=(patent.PatentParty("甲市储能科技有限公司"), patent.PatentParty("乙大学")),
            inventors=tuple(patent.PatentParty(f"发明人{n}") for n in range(4)), source=patent.Source("benchmark"),
        )
    )  # fmt: skip
    patents.Document.objects.bulk_create(
        [
            patents.Document(
                **{**base.columns, "number": f"CN{900000000 + n}A", "key": f"CN{900000000 + n}"},
                digest=base.digest,
                body=base.body,
            )
            for n in range(rows)
        ],
        batch_size=2000,
    )
    return list(patents.Document.objects.order_by("pk").values_list("pk", flat=True))


def timed(work: Callable[[], Iterator[bytes]]) -> tuple[float, float, bytes]:
    """Seconds to the first piece and to the last, and the file."""
    began = perf_counter()
    pieces = work()
    first = next(pieces)
    until_first = perf_counter() - began
    data = first + b"".join(pieces)
    return until_first, perf_counter() - began, data


def by_openpyxl(table: list[list[object]]) -> Iterator[bytes]:
    """The same cells by openpyxl's write-only workbook."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in table:
        sheet.append(row)
    out = BytesIO()
    book.save(out)
    yield out.getvalue()


def measure(rows: int) -> list[tuple[str, float, float, int]]:
    """(what, seconds to the first bytes, seconds in all, bytes) of each file."""
    export, names = import_module("jinzhi.web.patents.export"), import_module("jinzhi.web.patents.words").FacetWords()
    large = import_module("jinzhi.engines.large_table")
    ids = made(rows)
    table = list(export.cells(export.rows_of(ids), names))
    works: list[tuple[str, Callable[[], Iterator[bytes]]]] = [
        ("Excel", lambda: export.workbook(export.rows_of(ids), [], names)),
        ("CSV", lambda: large.as_csv(export.heads(), export.cells(export.rows_of(ids), names))),
        ("RIS", lambda: export.as_ris(export.rows_of(ids))),
        ("ST.96", lambda: export.as_st96(ids, [])),
        ("Excel, rows in memory", lambda: large.xlsx("x", [large.TableColumn(h) for h in export.heads()], table)),
        ("openpyxl, rows in memory", lambda: by_openpyxl(table)),
    ]
    found = []
    for name, work in works:
        first, whole, data = timed(work)
        if name == "Excel":
            with ZipFile(BytesIO(data)) as book:
                assert book.read("xl/worksheets/sheet1.xml").count(b"<row ") == rows + 1
        found.append((name, first, whole, len(data)))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.patent_export", description=__doc__)
    parser.add_argument("--rows", type=int, default=50_000)
    args = parser.parse_args()
    sys.path.insert(0, str(SRC))
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"JINZHI_VAR": folder, "DJANGO_SETTINGS_MODULE": "jinzhi.config.settings"}
        import_module("django").setup()
        import_module("django.core.management").call_command("migrate", verbosity=0)
        found = measure(args.rows)
    print(f"{args.rows:,} rows of 19 columns")
    print(f"{'file':28}{'first bytes, s':>16}{'whole, s':>12}{'MB':>8}")
    for name, first, whole, size in found:
        print(f"{name:28}{first:16.2f}{whole:12.1f}{size / 1e6:8.1f}")


if __name__ == "__main__":
    main()
