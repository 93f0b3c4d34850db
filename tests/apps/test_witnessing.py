"""A witness cosigns what follows from what it has cosigned, refuses everything else, and keeps what shows why."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from jinzhi.apps.evidence.models import RefusedCheckpoint, Witnessed
from jinzhi.apps.evidence.witness import witnesses, witnessing
from jinzhi.apps.evidence.witness.comparing import witness_findings
from jinzhi.apps.evidence.witness.witnesses import KnownLog, Witnesses
from jinzhi.engines import signing
from jinzhi.kernel import merkle, note
from jinzhi.kernel.merkle import FAMILIES, SHA256, SM3, Family
from tests.apps.test_evidence_log import behind_the_triggers

ORIGIN, NAME = "log.example.org/tianjin", "witness.example.org/one"


class Tree:
    """A log of somebody else: leaves, keys, what it signs and proves. ``fork`` changes everything from a leaf on."""

    def __init__(self, keys: signing.SigningKeys, family: Family = SHA256, origin: str = "", fork: int = 10**9):
        self.keys, self.family, self.origin, self.fork = keys, family, origin or f"{ORIGIN}/2026/{family.name}", fork

    def node(self, level: int, index: int) -> bytes:
        if level:
            return self.family.node(self.node(level - 1, 2 * index), self.node(level - 1, 2 * index + 1))
        return self.family.leaf(f"{'x' if index >= self.fork else ''}{index}".encode())

    def root(self, size: int) -> bytes:
        return merkle.root_at(self.family, size, self.node)

    def note(self, size: int, root: bytes | None = None, by: tuple[str, ...] = ("ed25519", "sm2")) -> note.SignedNote:
        text = note.CheckpointBody(self.origin, size, self.root(size) if root is None else root).text()
        return note.SignedNote(text, tuple(getattr(self.keys, key).line(text) for key in by))

    def proof(self, old: int, size: int) -> tuple[bytes, ...]:
        return tuple(merkle.consistency_proof(self.family, old, size, self.node)) if 0 < old < size else ()

    def ask(self, old: int, size: int) -> bytes:
        found = self.note(size)
        asked = witnessing.Request(old, self.proof(old, size), found, note.parse_checkpoint(found.text))
        return asked.written().encode()


@pytest.fixture(scope="module")
def keys(tmp_path_factory) -> signing.SigningKeys:
    return signing.load_or_make(tmp_path_factory.mktemp("keys"), ORIGIN)


@pytest.fixture
def tree(keys, db, settings, tmp_path) -> Tree:
    """A log that this installation has agreed to witness."""
    settings.JINZHI_WITNESSES = tmp_path / "witnesses.json"
    witnesses.save(Witnesses(NAME, (KnownLog(ORIGIN, keys.vkeys),)))
    return Tree(keys)


@pytest.fixture
def post():
    def send(body: bytes, **more: str):
        return Client().post("/witness/add-checkpoint", body, content_type="text/plain", **more)

    return send


def held(origin: str) -> tuple[int, bytes]:
    row = Witnessed.objects.get(origin=origin)
    return row.size, bytes(row.root)


# --- what is cosigned -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f.name)
def test_a_tree_that_only_grows_is_cosigned_each_time(tree, keys, post, family):
    log, key = Tree(keys, family), witnesses.signer(witnesses.load())
    for old, size in [(0, 1), (1, 3), (3, 3), (3, 8), (8, 21)]:
        answer = post(log.ask(old, size))
        assert answer.status_code == 200, answer.content
        given = note.parse_note(log.note(size).text + "\n" + answer.content.decode())
        (line,) = given.by(NAME, key.key_id)
        moment, signature = note.parse_cosignature(line.signature)
        assert signing.verify(key.vkey, note.cosigned(moment, given.text), signature)
        assert held(log.origin) == (size, log.root(size))


def test_the_two_families_and_the_years_of_a_log_are_witnessed_apart(tree, keys, post):
    for log in (tree, Tree(keys, SM3), Tree(keys, origin=f"{ORIGIN}/2027/sha256")):
        assert post(log.ask(0, 4)).status_code == 200
    assert Witnessed.objects.count() == 3


def test_a_log_of_another_make_is_witnessed_under_its_own_origin(tree, keys, post):
    assert post(Tree(keys, origin=ORIGIN).ask(0, 4)).status_code == 200


def test_one_of_the_two_signatures_of_a_log_is_enough_and_strange_ones_are_dropped(tree, keys, post, tmp_path):
    strange = signing.load_or_make(tmp_path / "strange", "stranger")
    text = tree.note(5).text
    sent = note.SignedNote(text, (strange.ed25519.line(text), keys.sm2.line(text)))
    assert post(f"old 0\n\n{sent}".encode()).status_code == 200
    kept = note.parse_note(Witnessed.objects.get().note)
    assert [line.name for line in kept.signatures] == [ORIGIN, NAME]


def test_what_was_cosigned_last_is_shown_to_anybody(tree, post):
    post(tree.ask(0, 4))
    post(tree.ask(4, 6))
    answer = Client().get(f"/witness/{witnessing.origin_hash(tree.origin)}/checkpoint")
    assert note.parse_note(answer.content.decode()).text == tree.note(6).text
    assert answer["Content-Type"].startswith("text/plain")
    assert Client().get(f"/witness/{witnessing.origin_hash('other')}/checkpoint").status_code == 404


# --- what is refused -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        lambda body: b"",
        lambda body: b"\xff" + body,
        lambda body: body.replace(b"old 0", b"old  0"),
        lambda body: body.replace(b"old 0", b"old 00"),
        lambda body: body.replace(b"old 0", b"old -1"),
        lambda body: body.replace(b"old 0", "old ٣".encode()),
        lambda body: body.replace(b"old 0", b"old 18446744073709551616"),
        lambda body: body.replace(b"old 0", b"new 0"),
        lambda body: body.replace(b"old 0\n", b"old 0\nno-base64\n"),
        lambda body: body.replace(b"old 0\n", b"old 0\n" + 64 * (base64.b64encode(bytes(32)) + b"\n")),
        lambda body: body.replace(b"old 0", b"old 9"),
        lambda body: body.replace(b"\n4\n", b"\n04\n"),
        lambda body: body[:-1],
        lambda body: body.split(b"\n\n")[0] + b"\n",
    ],
)
def test_a_malformed_request_is_said_to_be_one(tree, post, change):
    answer = post(change(tree.ask(0, 4)))
    assert answer.status_code == 400
    assert answer["Content-Type"].startswith("text/plain")
    assert not Witnessed.objects.exists()


def test_a_request_that_is_too_long_is_not_read(tree, post):
    assert post(tree.ask(0, 4) + b"x" * witnessing.LONGEST).status_code == 413


@pytest.mark.parametrize(
    "origin", [f"{ORIGIN}/2026/md5", f"{ORIGIN}/26/sha256", f"{ORIGIN}x/2026/sha256", "other/2026/sha256", ORIGIN[:-1]]
)
def test_an_unknown_log_is_not_found(tree, keys, post, origin):
    assert post(Tree(keys, origin=origin).ask(0, 4)).status_code == 404


def test_a_checkpoint_signed_by_nobody_known_is_forbidden(tree, post, tmp_path):
    strange = Tree(signing.load_or_make(tmp_path / "strange", ORIGIN))
    assert post(strange.ask(0, 4)).status_code == 403


def test_a_wrong_signature_under_a_known_key_is_forbidden_beside_a_right_one(tree, keys, post):
    other, right = tree.note(5), tree.note(4)
    mixed = note.SignedNote(right.text, (right.signatures[0], other.signatures[1]))
    assert post(f"old 0\n\n{mixed}".encode()).status_code == 403
    assert not Witnessed.objects.exists()


@pytest.mark.parametrize("old", [0, 3, 6])
def test_another_old_size_than_the_one_cosigned_last_is_answered_with_that_one(tree, post, old):
    post(tree.ask(0, 5))
    answer = post(tree.ask(old, 8))
    assert (answer.status_code, answer.content) == (409, b"5\n")
    assert answer["Content-Type"] == "text/x.tlog.size"
    assert held(tree.origin)[0] == 5


@pytest.mark.parametrize("spoil", ["fork", "short", "long", "none", "swapped"])
def test_a_proof_that_does_not_hold_is_refused_and_kept(tree, keys, post, spoil):
    post(tree.ask(0, 5))
    log = Tree(keys, fork=3) if spoil == "fork" else tree
    proof = log.proof(5, 9)
    proof = {"short": proof[:-1], "long": (*proof, proof[0]), "none": (), "swapped": proof[::-1]}.get(spoil, proof)
    found = log.note(9)
    asked = witnessing.Request(5, proof, found, note.parse_checkpoint(found.text))
    for _ in range(2):
        assert post(asked.written().encode()).status_code == 422
    assert held(tree.origin) == (5, tree.root(5))
    (kept,) = RefusedCheckpoint.objects.all()
    assert (kept.old, kept.size, kept.forked, kept.note) == (5, 9, False, str(found))
    # the sender may have been anybody with the signed note: this alone accuses nobody
    assert witness_findings() == []


def test_two_roots_for_one_size_are_refused_and_both_notes_are_kept(tree, keys, post):
    post(tree.ask(0, 5))
    answer = post(Tree(keys, fork=2).ask(5, 5))
    assert answer.status_code == 409
    assert answer["Content-Type"].startswith("text/plain"), "it is no size to ask again from"
    (kept,) = RefusedCheckpoint.objects.all()
    assert kept.forked
    (finding,) = witness_findings()
    assert finding.serious and "两个不同的根" in finding.zh
    roots = {note.parse_checkpoint(note.parse_note(text).text).root for text in finding.proof}
    assert len(roots) == 2


def test_a_proof_from_nothing_is_refused(tree, post):
    body = tree.ask(0, 4).replace(b"old 0\n", b"old 0\n" + base64.b64encode(bytes(32)) + b"\n")
    assert post(body).status_code == 422
    assert not Witnessed.objects.exists()


def test_an_empty_tree_has_the_root_of_nothing(tree, post):
    assert post(f"old 0\n\n{tree.note(0, bytes(32))}".encode()).status_code == 422
    assert post(f"old 0\n\n{tree.note(0, SHA256.empty)}".encode()).status_code == 200
    assert post(tree.ask(0, 4)).status_code == 200


def test_a_root_of_another_length_is_malformed(tree, post):
    assert post(f"old 0\n\n{tree.note(4, bytes(31))}".encode()).status_code == 400


def test_only_posts_are_taken(tree):
    assert Client().get("/witness/add-checkpoint").status_code == 405


def test_a_sender_needs_no_cookie_and_no_token(tree):
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/witness/add-checkpoint", tree.ask(0, 4), content_type="text/plain")
    assert answer.status_code == 200


# --- never two that contradict --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE evidence_witnessed SET size = size - 1",
        "UPDATE evidence_witnessed SET root = hash",
        "UPDATE evidence_witnessed SET origin = 'other', size = size + 1",
        "DELETE FROM evidence_witnessed",
        "UPDATE evidence_refusedcheckpoint SET note = ''",
        "DELETE FROM evidence_refusedcheckpoint",
    ],
)
def test_the_database_itself_lets_no_witness_go_back(tree, keys, post, sql):
    post(tree.ask(0, 5))
    post(Tree(keys, fork=2).ask(5, 5))
    if connection.vendor == "postgresql":
        sql = sql.replace("root = hash", "root = '\\x00'::bytea")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert held(tree.origin) == (5, tree.root(5))


def test_where_the_key_fails_nothing_is_kept_of_the_request(tree, post, monkeypatch):
    """The cosignature and the new size stand or fall together."""

    def broken(self, text, timestamp):
        raise OSError("the key is gone")

    post(tree.ask(0, 5))
    monkeypatch.setattr(signing.Signer, "cosign", broken)
    with pytest.raises(OSError, match="gone"):
        post(tree.ask(5, 8))
    assert held(tree.origin) == (5, tree.root(5))


def test_a_witness_whose_database_was_put_back_cosigns_nothing_until_somebody_has_looked(tree, keys, post):
    post(tree.ask(0, 5))
    post(tree.ask(5, 9))
    behind_the_triggers("UPDATE evidence_witnessed SET size = 5")
    answer = post(Tree(keys, fork=7).ask(5, 9))
    assert (answer.status_code, answer.content[:27]) == (503, b"this witness lost part of i")
    (finding,) = witness_findings()
    assert finding.serious and "到 9 条，数据库只记得 5 条" in finding.zh
    # other trees go on
    assert post(Tree(keys, SM3).ask(0, 5)).status_code == 200


def test_a_mark_that_lags_behind_after_a_crash_refuses_nothing(tree, post):
    post(tree.ask(0, 5))
    (witnessing.marks() / witnessing.origin_hash(tree.origin)).unlink()
    assert post(tree.ask(5, 9)).status_code == 200
    assert witnessing.marked(witnessing.origin_hash(tree.origin)) == 9
    assert witness_findings() == []


# --- the declaration ------------------------------------------------------------------------------------------


def test_what_is_declared_is_read_as_it_was_written(tree, keys):
    given = Witnesses(
        NAME, (KnownLog(ORIGIN, keys.vkeys),), (witnesses.Witness(keys.witness.vkey, "https://court.example/w"),), 1
    )
    witnesses.save(given)
    assert witnesses.load() == given
    assert witnesses.policy() == (1, (keys.witness.vkey,))


@pytest.mark.parametrize(
    "text, words",
    [
        ("{", "读不了"),
        ("[]", "格式不对"),
        ('{"logs": [{}]}', "格式不对"),
        ('{"need": "most"}', "need"),
        ('{"need": 1}', "只列了 0 位"),
        ('{"quorum": 1}', "quorum"),
        ('{"name": "a b"}', "不可用"),
        ('{"logs": [{"origin": "o", "vkeys": ["x"]}]}', "起名"),
        ('{"name": "n", "logs": [{"origin": "o", "vkeys": []}]}', "没有公钥"),
        ('{"name": "n", "logs": [{"origin": "o", "vkeys": ["x"]}]}', "日志 o 的公钥不对"),
        ('{"name": "n", "logs": [{"origin": "o", "vkeys": ["WITNESS"]}]}', "类型"),
        ('{"witnesses": [{"vkey": "LOG", "url": "https://x"}]}', "类型"),
        ('{"witnesses": [{"vkey": "WITNESS", "url": "ftp://x"}]}', "地址"),
        ('{"witnesses": [{"vkey": "WITNESS", "url": "http://x"}, {"vkey": "WITNESS", "url": "http://y"}]}', "两次"),
    ],
)
def test_a_wrong_declaration_says_what_is_wrong(tree, keys, post, text, words):
    written = text.replace("WITNESS", keys.witness.vkey).replace("LOG", keys.ed25519.vkey)
    Path(witnesses.path()).write_text(written, encoding="utf-8")
    with pytest.raises(witnesses.WitnessRefused, match=words):
        witnesses.load()
    assert post(tree.ask(0, 4)).status_code == 503
    assert words in witness_findings()[0].zh
