"""The log over the API: append, read, prove, take out, verify, sign; who may do which."""

from __future__ import annotations

import io
import json

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile

from jinzhi.apps.catalogue.models import Installation
from jinzhi.apps.custody.actions import take_in
from jinzhi.apps.evidence.log import log
from jinzhi.apps.evidence.models import Checkpoint, Entry, Event
from jinzhi.kernel import merkle
from jinzhi.verifier import verify
from tests.apps.bundle_files import flipped, make
from tests.apps.forged_bundles import cases
from tests.apps.test_custody import take
from tests.apps.test_evidence_bundles import own_folders
from tests.web.api.test_api import V1, Program, problem

__all__ = ["own_folders", "take_in"]

LOG = f"{V1}/evidence"


@pytest.fixture(autouse=True)
def fresh_counts():
    cache.clear()


def upload(program: Program, path: str, **files: bytes):
    sent = {name: SimpleUploadedFile(f"{name}.txt", content, "text/plain") for name, content in files.items()}
    return program.client.post(path, sent, headers=program.headers)


def bytes_of(answer) -> bytes:
    return b"".join(answer.streaming_content)


def test_a_file_is_put_in_proven_taken_out_and_verified(district):
    program = Program(district)
    answer = upload(program, f"{LOG}/entries", content="甲".encode())
    assert answer.status_code == 201
    entry = answer.json()["entry"]
    assert answer["Location"] == f"{LOG}/entries/{entry}"
    proof = program.get(f"{LOG}/entries/{entry}/proof").json()
    for family in merkle.FAMILIES:
        told = proof[family.name]
        steps = [bytes.fromhex(h) for h in told["proof"]]
        leaf, root = bytes.fromhex(told["leaf"]), bytes.fromhex(told["root"])
        merkle.verify_inclusion(family, leaf, proof["index"], proof["size"], steps, root)
    shown = program.get(f"{LOG}/entries/{entry}").json()
    assert shown["body"]["sha256"] == answer.json()["sha256"] and shown["checkpoint"]
    bundle = bytes_of(program.get(f"{LOG}/entries/{entry}/bundle"))
    assert verify.verify_file(io.BytesIO(bundle)).ok
    whole = upload(program, f"{LOG}/verify", bundle=bundle).json()
    assert (whole["ok"], whole["verdict"]) == (True, "intact"), "no key was given"
    failed = upload(program, f"{LOG}/verify", bundle=flipped(bundle)).json()
    assert not failed["ok"] and any(line["mark"] == "failed" for line in failed["lines"])


def test_a_key_known_from_elsewhere_is_compared(district):
    program = Program(district)
    entry = upload(program, f"{LOG}/entries", content=b"a").json()["entry"]
    bundle = bytes_of(program.get(f"{LOG}/entries/{entry}/bundle"))
    key = program.get(f"{LOG}/checkpoint").json()["keys"][0]
    for given, ok in ((key, True), (key[:-4] + "AAA=", False)):
        files = {"bundle": SimpleUploadedFile("b.zip", bundle)}
        answer = program.client.post(f"{LOG}/verify", files, headers=program.headers, query_params={"key": given})
        assert answer.json()["ok"] is ok
        assert answer.json()["verdict"] == ("proven" if ok else "failed")


def test_a_forged_bundle_does_not_pass_by_listing_the_keys_that_are_given(district, tmp_path):
    program = Program(district)
    for name, case in cases(make(district, tmp_path), tmp_path).items():
        files = {"bundle": SimpleUploadedFile("b.zip", case.content)}
        answer = program.client.post(f"{LOG}/verify", files, headers=program.headers, query_params={"key": case.pins})
        assert answer.json()["verdict"] == case.verdict, name


def test_taking_out_leaves_an_event(district):
    program = Program(district)
    item = take(district)
    log.sequence()
    entry = Entry.objects.get(object=item.stream, kind="evidence")
    program.get(f"{LOG}/entries/{entry.number}/bundle")
    left = Event.objects.get(stream=f"viewing:{item.stream}", verb="export")
    assert left.data == {"entry": entry.number, "content": True, "custody": 1}
    assert left.actor == district.acting.name


def test_what_one_may_not_open_is_told_by_digests_only(district, above, elsewhere):
    item = take(district)
    mine = upload(Program(district), f"{LOG}/entries", content=b"a").json()["entry"]
    log.checkpoint()
    kept = Entry.objects.get(object=item.stream, kind="evidence").number
    for number in (kept, mine):
        assert Program(above).get(f"{LOG}/entries/{number}").json()["body"]
        assert Program(above).get(f"{LOG}/entries/{number}/bundle").status_code == 200
        stranger = Program(elsewhere)
        shown = stranger.get(f"{LOG}/entries/{number}").json()
        assert shown["body"] is None and shown["leaf_sha256"]
        problem(stranger.get(f"{LOG}/entries/{number}/bundle"), 404, "not-found")


def test_proofs_alone_tell_no_content(above):
    program = Program(above)
    entry = upload(program, f"{LOG}/entries", content="秘密内容".encode()).json()["entry"]
    answer = program.get(f"{LOG}/entries/{entry}/bundle", {"content": "false", "custody": "false"})
    bundle = bytes_of(answer)
    assert "秘密内容".encode() not in bundle and verify.verify_file(io.BytesIO(bundle)).ok


def test_scopes_are_asked_for(district):
    program = Program(district, "evidence.read")
    problem(upload(program, f"{LOG}/entries", content=b"a"), 403, "forbidden")
    problem(Program(district).post(f"{LOG}/checkpoint", {}), 403, "forbidden")
    problem(Program(district, "plan.read").get(f"{LOG}/entries/2026-0"), 403, "forbidden")


def test_an_administrator_signs_what_the_log_is(district, make_person):
    entry = upload(Program(district), f"{LOG}/entries", content=b"a").json()["entry"]
    admin = Program(make_person("admin", "tianjin", "administrator"))
    signed = admin.post(f"{LOG}/checkpoint", {}).json()
    assert (signed["year"], signed["size"]) == (2026, Checkpoint.objects.get().size)
    assert signed == admin.get(f"{LOG}/checkpoint", {"year": 2026}).json()
    assert signed["sm3"].startswith("jinzhi-tianjin/2026/sm3\n")
    assert Program(district).get(f"{LOG}/entries/{entry}").json()["checkpoint"] == f"2026-{signed['size']}"


def test_what_is_wrong_is_a_problem(district):
    program = Program(district)
    problem(program.get(f"{LOG}/entries/2026-99"), 404, "not-found")
    problem(program.get(f"{LOG}/entries/nonsense"), 404, "not-found")
    problem(program.get(f"{LOG}/checkpoint"), 404, "not-found")
    problem(program.post(f"{LOG}/entries", {}), 422, "invalid")
    problem(upload(program, f"{LOG}/entries", content=b""), 422, "invalid")
    problem(upload(program, f"{LOG}/verify", bundle=b"no zip"), 422, "invalid")
    entry = upload(program, f"{LOG}/entries", content=b"a").json()["entry"]
    problem(program.get(f"{LOG}/entries/{entry}/proof", {"size": 999}), 422, "invalid")
    problem(program.get(f"{LOG}/entries/{entry}/bundle", {"nothing": "1"}), 422, "invalid")


def test_a_visitor_of_a_demonstration_reads_and_does_not_write(client, above):
    entry = upload(Program(above), f"{LOG}/entries", content=b"a").json()["entry"]
    Installation.objects.update(demo=True)
    assert json.loads(client.get(f"{LOG}/entries/{entry}").content)["entry"] == entry
    assert client.post(f"{LOG}/entries").status_code == 401
