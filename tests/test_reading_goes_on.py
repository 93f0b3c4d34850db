"""Where the database is really locked or really full, reading goes on; what must be recorded is withheld."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SCRIPT = """
import sqlite3, sys, django
django.setup()
from django.conf import settings
from django.core.management import call_command
from django.db import connection
call_command("migrate", verbosity=0)
from jinzhi.apps.catalogue.models import Installation
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.units.actions import sync_units
from jinzhi.apps.registers.actions import create
from tests.conftest import person
from django.urls import reverse
from jinzhi.apps.cases.actions import open_case
from tests.web.api.test_api import Program
from tests.web.cases.test_cases import COMPLAINT
from tests.web.registers.test_registers import POINT
sync_units()
Installation.objects.create(pk=1, city_zh="天津", city_en="Tianjin")
made = create("service-points", POINT, who=person("binhai", "tj-binhai", "reporter").acting)
who, secret = person("handler", "tj-binhai", "case-handler"), POINT["contact"]
address = f"/registers/service-points/{made.pk}/"
case = open_case("complaint", "open", COMPLAINT, who=who.acting, unit=who.acting.unit)
program = Program(who)
told = {"title": "某商标侵权案", "protection": "civil", "right": "trademark", "handled_by": "tj-binhai",
        "summary": "销售假冒商品。", "significance": "源头追溯。", "parties": "王五六"}
typical = create("typical-cases", told, who=who.acting)
editing = f"/registers/typical-cases/{typical.pk}/edit/"
PERSONAL = {
    "case page": lambda: who.client.get(reverse("case", args=[case.pk])),
    "case correct": lambda: who.client.get(reverse("case-correct", args=[case.pk, 1])),
    "entry edit": lambda: who.client.get(editing),
    "case api": lambda: program.get(f"/api/v1/cases/{case.pk}"),
    "entry api": lambda: program.get(f"/api/v1/entries/{made.pk}"),
    "entries api": lambda: program.get("/api/v1/registers/service-points/entries"),
    "entries sheet": lambda: who.client.get("/registers/service-points/export.xlsx"),
}
SECRETS = (told["parties"], secret, COMPLAINT["contact"], COMPLAINT["complainant"])

def words_of(answer):
    if "spreadsheet" in answer["Content-Type"]:
        import io, openpyxl
        book = openpyxl.load_workbook(io.BytesIO(answer.content))
        return " ".join(str(c) for sheet in book for row in sheet.iter_rows(values_only=True) for c in row)
    if "json" in answer["Content-Type"]:
        import json
        return json.dumps(answer.json(), ensure_ascii=False)
    return answer.content.decode()
settings.JINZHI_SEARCH = "memory"
ADDRESSES = ["/", "/plan/", "/registers/", "/cases/", "/units/", "/patents/", "/patents/?q=ti=x", "/indicators/"]

def read(state):
    for one in ADDRESSES:
        print(state, one, who.client.get(one, follow=True).status_code)
    page = who.client.get(address)
    text = page.content.decode()
    print(state, "entry", page.status_code, "secret" if secret in text else "hidden", "无法留痕" in text)
    for name, ask in PERSONAL.items():
        answer = ask()
        text = words_of(answer)
        said = "无法留痕" in text or '"unrecorded": true' in text
        shown = "secret" if any(s in text for s in SECRETS) else "hidden"
        print(state, name, answer.status_code, shown, said, "ETag" if "ETag" in answer else "-")

read("free")
page = who.client.post(editing, {**told, "parties": "", "title": "新题", "_withheld": "1", "_seq": typical.seq})
typical.refresh_from_db()
print("kept", typical.data.get("parties"), typical.title, page.status_code == 302)
before = Event.objects.filter(stream__startswith="viewing:").count()
if sys.argv[1] == "locked":
    other = sqlite3.connect(settings.DATABASES["default"]["NAME"], isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
elif sys.argv[1] == "readonly":
    with connection.cursor() as c:
        c.execute("PRAGMA query_only=1")
else:
    from django.db.backends.signals import connection_created
    def small(connection, **more):
        with connection.cursor() as c:
            c.execute("PRAGMA max_page_count=1")
    connection_created.connect(small)
    connection.close()
    # until the pages that are there are used up
    from django.contrib.sessions.models import Session
    from django.db import OperationalError
    try:
        for n in range(100000):
            Session.objects.create(session_key=f"fill{n}", session_data="x" * 900, expire_date="2030-01-01T00:00:00Z")
    except OperationalError as e:
        print("said", e)
read(sys.argv[1])
for _ in range(30):
    if sys.argv[1] == "full":
        text = who.client.get(address).content.decode()
        print("full entry 200", "secret" if secret in text else "hidden", "无法留痕" in text)
print("viewings", Event.objects.filter(stream__startswith="viewing:").count() - before)
"""


def environment_of(folder: Path) -> dict[str, str]:
    """The environment of a process with an installation of its own."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("JINZHI_") and k != "DATABASE_URL"}
    env |= {"JINZHI_VAR": str(folder / "var"), "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    return env | {"DJANGO_SETTINGS_MODULE": "jinzhi.config.settings", "JINZHI_TODAY": "2026-11-22", "JINZHI_HOSTS": "*"}


@pytest.mark.parametrize("state", ["locked", "full", "readonly"])
def test_reading_goes_on_and_personal_data_wait_until_viewing_them_can_be_recorded(tmp_path, state):
    env = environment_of(tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, state], env=env, cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr[-3000:]
    lines = done.stdout.splitlines()
    assert "free entry 200 secret False" in lines
    assert f"{state} entry 200 hidden True" in lines
    # the form that left them out changes what it holds, and nothing else
    assert "kept 王五六 新题 True" in lines
    for name in ("case page", "case correct", "entry edit", "case api", "entry api", "entries api", "entries sheet"):
        assert any(line.startswith(f"free {name} 200 secret False") for line in lines), name
        # the record is given without them, says so, and has no tag by which it would be taken for the whole
        assert f"{state} {name} 200 hidden True -" in lines or (
            state == "full" and f"{state} {name} 200 secret False" in "\n".join(lines)
        ), name
    # a page of the table that has room still takes a viewing: what was shown was recorded, each time
    shown = sum(line.startswith(f"{state} ") and " 200 secret " in line for line in lines)
    assert f"viewings {shown}" in lines
    if state == "full":
        assert "said database or disk is full" in lines
    pages = [line.split() for line in lines if line.startswith(f"{state} /")]
    assert len(pages) == 8
    assert {status for *_, status in pages} == {"200"}, pages
