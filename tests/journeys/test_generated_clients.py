"""Strangers make clients from our OpenAPI document, in Python and in TypeScript, and read and write through them."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tests.journeys.site import ROOT, Site, jinzhi, serve

DAY = {"JINZHI_TODAY": "2026-11-22"}
POINT = {
    "name": "滨海工作站", "kind": "workstation", "unit": "tj-binhai", "address": "第三大街", "telephone": "022-1",
    "opened_on": "2024-04-26",
}  # fmt: skip
SECOND = {**POINT, "name": "滨海第二工作站"}
ORDER = {
    "step": "issue", "unit": "tj-binhai",
    "inputs": {"title": "加快推进", "demand": "限期完成", "due": "2026-12-20"},
}  # fmt: skip
TOKEN = """
from datetime import timedelta
from jinzhi.apps.accounts.models import Membership
from jinzhi.apps.accounts.tokens import make_token
from jinzhi.apps.catalogue.clock import today
post = Membership.objects.get(user__username={name!r})
print("token", make_token(post, "a stranger's client", ["*"], today() + timedelta(days=9))[1])
"""


@pytest.fixture(scope="module")
def city(tmp_path_factory) -> Iterator[Site]:
    """A real city with two people, served."""
    var = tmp_path_factory.mktemp("var")
    jinzhi(var, "migrate", "--verbosity", "0", **DAY)
    jinzhi(var, "setup", **DAY)
    jinzhi(var, "createperson", "reporter", "--unit", "tj-binhai", "--role", "reporter", **DAY)
    jinzhi(var, "createperson", "office", "--unit", "tianjin", "--role", "plan-office", **DAY)
    running = serve(var, **DAY)
    yield running
    running.stop()
    running.must_not_have_failed()


def token_of(site: Site, name: str) -> str:
    return jinzhi(site.var, "shell", "-c", TOKEN.format(name=name), **DAY).split("token ")[1].strip()


@pytest.fixture
def document(city, tmp_path) -> Path:
    file = tmp_path / "openapi.json"
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"{city.url}/api/v1/openapi.json") as said:
        file.write_bytes(said.read())
    return file


def test_a_python_client_made_by_a_stranger_reads_and_writes(city, document, tmp_path, monkeypatch):
    made_by = Path(sys.executable).parent / "openapi-python-client"
    if not made_by.exists():
        pytest.skip("openapi-python-client is not installed: make setup")
    config = tmp_path / "config.json"
    config.write_text('{"post_hooks": []}')
    done = subprocess.run(
        [made_by, "generate", "--path", document, "--config", config, "--fail-on-warning"],
        cwd=tmp_path, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    assert "Warning" not in done.stdout + done.stderr

    monkeypatch.syspath_prepend(tmp_path / "jinzhi-client")
    made = importlib.import_module("jinzhi_client")
    models = importlib.import_module("jinzhi_client.models")

    def call(area: str, operation: str, *args, **options):
        module = importlib.import_module(f"jinzhi_client.api.{area}.{operation}")
        return module.sync_detailed(*args, client=client, **options)

    client = made.AuthenticatedClient(base_url=city.url, token=token_of(city, "reporter"))
    entry = call(
        "registers", "create_entry_service_points", body=models.ServicePointsWrite.from_dict(POINT), idempotency_key="k"
    )
    assert entry.status_code == 201
    assert (entry.parsed.register, entry.parsed.values.opened_on) == ("service-points", date(2024, 4, 26))
    kinds = importlib.import_module("jinzhi_client.models.list_entries_service_points_kind")
    asked = kinds.ListEntriesServicePointsKind("workstation")
    listed = call("registers", "list_entries_service_points", kind=asked).parsed
    assert [e.id for e in listed.items] == [entry.parsed.id]

    wrong = models.ServicePointsWrite.from_dict({**POINT, "unit": "nowhere"})
    refused = call("registers", "create_entry_service_points", body=wrong)
    assert refused.status_code == 422
    assert [e.field for e in refused.parsed.errors] == ["unit"]

    client = made.AuthenticatedClient(base_url=city.url, token=token_of(city, "office"))
    opened = call("cases", "create_case_supervision_order", body=models.SupervisionOrderOpenIssue.from_dict(ORDER))
    assert [e.step for e in opened.parsed.events] == ["issue"]
    listed = call("cases", "list_cases_supervision_order").parsed
    assert [c.number for c in listed.items] == [opened.parsed.number]
    assert call("indicators", "get_indicator_service_points_open").parsed.id == "service-points-open"
    assert call("units", "get_unit", "tj-binhai").parsed.code == "tj-binhai"


PROGRAM = """
import type { components, paths } from "./api";

type Entry = components["schemas"]["ServicePointsEntry"];
type Write = components["schemas"]["ServicePointsWrite"];
type CaseEvent = components["schemas"]["CaseEventOut"];
type PatentEvent = components["schemas"]["PatentEventOut"];
type Answers = paths["/api/v1/registers/service-points/entries"]["get"]["responses"];
type Listed = Answers["200"]["content"]["application/json"];

export const step = (e: CaseEvent): string => e.step;
export const effect = (e: PatentEvent): string => e.effect;

const base = process.argv[2]!;
const headers = { Authorization: `Bearer ${process.argv[3]}`, "Content-Type": "application/json" };
const address = `${base}/api/v1/registers/service-points/entries`;
const point: Write = POINT;
const answer = await fetch(address, { method: "POST", headers, body: JSON.stringify(point) });
if (answer.status !== 201) throw new Error(await answer.text());
const made = (await answer.json()) as Entry;
const listed = (await (await fetch(address, { headers })).json()) as Listed;
console.log(JSON.stringify([made.register, made.values.name, listed.items.some((e) => e.id === made.id)]));
"""
AMBIENT = "declare const process: { argv: string[] };\n"


def test_a_typescript_client_made_by_a_stranger_compiles_and_runs(city, document, tmp_path):
    # where the machine has no node, set-up brings one beside Python
    path = os.pathsep.join([os.environ.get("PATH", ""), str(Path(sys.executable).parent)])
    node, tools = shutil.which("node", path=path), ROOT / "node_modules" / ".bin"
    for tool in ("openapi-typescript", "tsc"):
        if not node or not (tools / tool).exists():
            pytest.skip(f"{tool} or node is not installed: make setup")
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "main.ts").write_text(AMBIENT + PROGRAM.replace("POINT", json.dumps(SECOND, ensure_ascii=False)))
    commands = [
        [tools / "openapi-typescript", document, "-o", tmp_path / "api.d.ts"],
        [
            tools / "tsc", "--strict", "--noUncheckedIndexedAccess", "--target", "es2022", "--module", "es2022",
            "--moduleResolution", "bundler", "--lib", "es2022,dom", "main.ts",
        ],
        [node, "main.js", city.url, token_of(city, "reporter")],
    ]  # fmt: skip
    for command in commands:
        done = subprocess.run(command, cwd=tmp_path, env={**os.environ, "PATH": path}, capture_output=True, text=True)
        assert done.returncode == 0, f"{command[0]}\n{(done.stdout + done.stderr)[-3000:]}"
    assert json.loads(done.stdout) == ["service-points", SECOND["name"], True]
