"""The log as files, and mirrors that find what was changed, forked, shortened or put back."""

from __future__ import annotations

import base64
import gzip
import json
import shutil
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from jinzhi.apps.catalogue.models import Installation
from jinzhi.apps.evidence.log import checkpoints, log, tiles
from jinzhi.apps.evidence.log.mirror import LogFolder, MirrorRefused, Own, mirror
from jinzhi.apps.evidence.log.trees import Unknown
from jinzhi.apps.evidence.models import Entry, Shard
from jinzhi.engines import signing
from jinzhi.kernel import merkle, note
from jinzhi.kernel.merkle import FAMILIES, SHA256, SM3
from jinzhi.kernel.tiles import Tile, bundle, levels_of, tiles_of, unbundle
from tests.apps.test_evidence_log import behind_the_triggers, fill, without_triggers


def grown(size: int) -> Shard:
    """The log, filled up to a size and signed."""
    fill(size - Entry.objects.count(), Entry.objects.count())
    log.checkpoint()
    return Shard.objects.get()


def files(folder: Path) -> dict[str, bytes]:
    """Every file of a mirror."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


# --- tiles ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("family", FAMILIES, ids=lambda f: f.name)
def test_the_tiles_hold_the_tree_and_the_entries(city, family):
    shard = grown(700)
    for level in levels_of(700):
        content = b"".join(tiles.content(shard, family, t) for t in tiles_of(700, level))
        width = 256**level
        known = [
            merkle.root_of(family, [family.leaf(b) for b in bodies(n * width, (n + 1) * width)])
            for n in range(700 // width)
        ]
        assert content == b"".join(known)
    taken = [e for t in tiles_of(700, 0) for e in unbundle(tiles.content(shard, family, entries_of(t)))]
    assert taken == bodies(0, 700)


def bodies(low: int, high: int) -> list[bytes]:
    found = Entry.objects.filter(index__gte=low, index__lt=high).order_by("index").values_list("body", flat=True)
    return [body.encode() for body in found]


def entries_of(tile: Tile) -> Tile:
    return Tile(0, tile.number, tile.width, entries=True)


def test_a_tile_that_is_not_full_yet_is_not_there(city):
    shard = grown(300)
    assert len(tiles.content(shard, SHA256, Tile(0, 1, 44))) == 44 * 32
    assert len(tiles.content(shard, SHA256, Tile(0, 1, 40))) == 40 * 32
    for missing in (Tile(0, 1, 45), Tile(0, 1), Tile(0, 2, 1), Tile(1, 0), Tile(2, 0, 1), Tile(63, 10**17)):
        with pytest.raises(Unknown):
            tiles.content(shard, SHA256, missing)


def test_anybody_may_fetch_the_log(city, client, settings, django_assert_max_num_queries):
    settings.JINZHI_LOG_ENTRIES = True
    grown(300)
    found = client.get("/log/2026/sm3/checkpoint")
    assert (found.status_code, found["Cache-Control"]) == (200, "no-cache")
    keys = json.loads(client.get("/log/index.json").content)["years"][0]["keys"]
    assert checkpoints.opened(found.content.decode(), tuple(keys)).size == 300
    with django_assert_max_num_queries(2):
        full = client.get("/log/2026/sm3/tile/0/000")
    assert full["Cache-Control"] == "public, max-age=31536000, immutable"
    assert (full["Content-Type"], len(full.content)) == ("application/octet-stream", 256 * 32)
    part = client.get("/log/2026/sm3/tile/entries/001.p/44")
    assert (part.status_code, part["Cache-Control"]) == (200, full["Cache-Control"]), "a wider one has another name"
    assert not full.cookies


def test_what_is_the_same_for_everybody_says_so_and_entries_come_compressed(city, client, settings):
    settings.JINZHI_LOG_ENTRIES = True
    grown(300)
    for path in ("index.json", "2026/sm3/checkpoint", "2026/sm3/tile/0/000", "2026/sm3/tile/0/001.p/44"):
        answer = client.get(f"/log/{path}", headers={"accept-language": "en", "accept-encoding": "gzip"})
        assert not answer.has_header("Vary") and not answer.has_header("Content-Encoding"), path
        assert not answer.has_header("Content-Language"), path
    plain = client.get("/log/2026/sm3/tile/entries/000")
    for asks, packed in (("gzip", True), ("br, gzip;q=0.5", True), ("gzip;q=0", False), ("identity", False)):
        answer = client.get("/log/2026/sm3/tile/entries/000", headers={"accept-encoding": asks})
        assert answer["Vary"] == "Accept-Encoding"
        assert answer.has_header("Content-Encoding") is packed, asks
        assert (gzip.decompress(answer.content) if packed else answer.content) == plain.content
    assert "Accept-Language" in client.get("/evidence/verify/")["Vary"], "a page has a language"


def test_a_new_log_is_called_after_the_address_where_it_is_read(city, settings):
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", ".internal", "ip.tianjin.example", "b.example"]
    assert grown(1).origin == "ip.tianjin.example/log"
    settings.ALLOWED_HOSTS = ["other.example"]
    settings.JINZHI_TODAY = "2027-01-04"
    fill(1, 1)
    log.sequence()
    assert {s.origin for s in Shard.objects.all()} == {"ip.tianjin.example/log"}, "a name is not changed with the host"


@pytest.mark.parametrize("family", FAMILIES)
def test_a_checkpoint_is_signed_under_the_name_of_its_tree_too(city, client, settings, family):
    settings.ALLOWED_HOSTS = ["testserver", "ip.tianjin.example"]
    shard = grown(3)
    text = client.get(f"/log/{shard.year}/{family.name}/checkpoint").content.decode()
    (year,) = client.get("/log/index.json").json()["years"]
    tree = year["trees"][family.name]
    read = note.parse_note(text)
    assert note.parse_checkpoint(read.text).origin == tree["origin"]
    assert {note.parse_vkey(key)[0] for key in tree["keys"]} == {tree["origin"]}
    for key in (*tree["keys"], *year["keys"]):
        assert checkpoints.opened(text, (key,)).size == 3
    assert len(read.signatures) == 4


@pytest.mark.parametrize(
    "path",
    [
        "2025/sm3/checkpoint",
        "2026/md5/checkpoint",
        "2026/sm3/tile/0/009",
        "2026/sm3/tile/x",
        "2026/sm3/../keys",
        f"{10**30}/sm3/checkpoint",
    ],
)
def test_what_the_log_does_not_have_is_not_found(city, client, path):
    grown(3)
    assert client.get(f"/log/{path}").status_code == 404


def test_a_log_that_was_never_signed_shows_no_checkpoint(city, client):
    fill(1)
    log.sequence()
    assert client.get("/log/2026/sm3/checkpoint").status_code == 404
    assert client.post("/log/2026/sm3/checkpoint").status_code == 405


def test_a_log_keeps_to_itself_what_its_entries_say(city, client, tmp_path):
    grown(300)
    assert client.get("/log/2026/sm3/tile/entries/000").status_code == 404
    assert client.get("/log/2026/sm3/tile/0/000").status_code == 200
    Installation.objects.update(demo=True)
    assert client.get("/log/2026/sm3/tile/entries/000").status_code == 200, "a demonstration invents them"
    list(mirror(Own(), tmp_path / "all"))
    for family in FAMILIES:
        shutil.rmtree(tmp_path / "all/2026" / family.name / "tile/entries")
    with pytest.raises(MirrorRefused, match="entries/000"):
        list(mirror(LogFolder(tmp_path / "all"), tmp_path / "two"))
    list(mirror(LogFolder(tmp_path / "all"), tmp_path / "two", entries=False))
    assert files(tmp_path / "two") == files(tmp_path / "all")
    tile = tmp_path / "all/2026/sm3/tile/0/000"
    tile.write_bytes(b"x" + tile.read_bytes()[1:])
    with pytest.raises(MirrorRefused, match="得不出其检查点的根"):
        list(mirror(LogFolder(tmp_path / "all"), tmp_path / "three", entries=False))


# --- mirrors -------------------------------------------------------------------------------------------------


def test_a_mirror_has_every_file_that_the_log_serves(city, tmp_path):
    shard = grown(600)
    done = list(mirror(Own(), tmp_path))
    assert [(d.family, d.before, d.size) for d in done] == [("sha256", 0, 600), ("sm3", 0, 600)]
    for family in FAMILIES:
        for level in levels_of(600):
            for tile in tiles_of(600, level):
                kept = (tmp_path / "2026" / family.name / tile.path).read_bytes()
                assert kept == tiles.content(shard, family, tile)


def test_a_mirror_follows_and_takes_only_what_is_new(city, tmp_path):
    grown(300)
    list(mirror(Own(), tmp_path))
    assert [d.taken for d in mirror(Own(), tmp_path)] == [0, 0]
    grown(520)
    done = list(mirror(Own(), tmp_path))
    # tiles 1 and 2 of the hashes and of the entries
    assert [(d.before, d.size, d.taken) for d in done] == [(300, 520, 4), (300, 520, 4)]
    assert not (tmp_path / "2026/sha256/tile/0/001.p").exists() or not list(
        (tmp_path / "2026/sha256/tile/0/001.p").iterdir()
    )


def test_a_mirror_of_a_mirror_is_the_same(city, tmp_path):
    grown(520)
    list(mirror(Own(), tmp_path / "one"))
    list(mirror(LogFolder(tmp_path / "one"), tmp_path / "two"))
    assert files(tmp_path / "one") == files(tmp_path / "two")


def test_a_log_is_mirrored_over_http(city, tmp_path):
    grown(20)
    list(mirror(Own(), tmp_path / "one"))

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path / "one")))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        place = f"http://127.0.0.1:{server.server_port}"
        call_command("evidence", "mirror", "--from", place, "--out", str(tmp_path / "two"), verbosity=0)
        assert files(tmp_path / "one") == files(tmp_path / "two")
        with pytest.raises(CommandError, match="取不到"):
            call_command("evidence", "mirror", "--from", f"{place}/none", "--out", str(tmp_path / "three"))
    finally:
        server.shutdown()
        server.server_close()


def test_a_year_that_was_never_signed_is_left_for_later(city, tmp_path):
    fill(1)
    log.sequence()
    assert [d.size for d in mirror(Own(), tmp_path)] == [0, 0]


# --- what a mirror refuses -----------------------------------------------------------------------------------


def changed(index: int) -> None:
    """Change a body behind the triggers, with leaf hashes that fit."""
    body = Entry.objects.get(index=index).body.replace("}", ',"x":1}')
    leaf = SHA256.leaf(body.encode()), SM3.leaf(body.encode())
    without_triggers("evidence_entry")
    Entry.objects.filter(index=index).update(body=body, leaf_sha256=leaf[0], leaf_sm3=leaf[1])


@pytest.mark.parametrize("index", [3, 258], ids=["in a full tile", "in a partial one"])
def test_a_changed_log_is_refused_and_the_contradiction_kept(city, tmp_path, index):
    """The whole database was rewritten and signed again: only who kept what was signed before can tell."""
    grown(260)
    list(mirror(Own(), tmp_path))
    before = files(tmp_path)
    changed(index)
    behind_the_triggers("DELETE FROM evidence_checkpoint")
    behind_the_triggers("UPDATE evidence_shard SET size = 0")
    behind_the_triggers("DELETE FROM evidence_node")
    behind_the_triggers('UPDATE evidence_entry SET shard_id = NULL, "index" = NULL')
    grown(270)
    with pytest.raises(MirrorRefused, match="改动或分叉"):
        list(mirror(Own(), tmp_path))
    (conflict,) = (tmp_path / "2026/sha256/conflicts").iterdir()
    signed = checkpoints.opened(conflict.read_text(), checkpoints.keys_of(Shard.objects.get()).vkeys)
    assert signed.size == 270
    assert {k: v for k, v in files(tmp_path).items() if "conflicts" not in k and ".incoming" not in k} == before


def test_a_database_put_back_to_an_older_copy_is_refused(city, tmp_path):
    grown(5)
    copy = transaction.savepoint()
    grown(9)
    list(mirror(Own(), tmp_path))
    transaction.savepoint_rollback(copy)
    with pytest.raises(MirrorRefused, match="旧副本"):
        list(mirror(Own(), tmp_path))
    # grown again past the old size it is another log, though every signature is good
    fill(10, 1000)
    log.checkpoint()
    with pytest.raises(MirrorRefused, match="改动或分叉"):
        list(mirror(Own(), tmp_path))


def test_a_year_that_vanished_is_refused(city, tmp_path):
    grown(5)
    list(mirror(Own(), tmp_path / "one"))
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    index = json.loads((tmp_path / "one/index.json").read_text())
    (tmp_path / "one/index.json").write_text(json.dumps({**index, "years": []}))
    with pytest.raises(MirrorRefused, match="2026 年的日志"):
        list(mirror(LogFolder(tmp_path / "one"), tmp_path / "two"))


@pytest.fixture
def source(city, tmp_path) -> Path:
    """A mirror that somebody serves."""
    grown(300)
    list(mirror(Own(), tmp_path / "source"))
    return tmp_path / "source"


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("2026/sha256/tile/entries/000", "第 0 条的内容与其摘要不一致"),
        ("2026/sha256/tile/0/001.p/44", "第 256 条的内容与其摘要不一致"),
        ("2026/sm3/tile/0/000", "第 0 条的内容与其摘要不一致"),
        ("2026/sm3/checkpoint", "签名|格式不对|属于另一日志"),
        ("index.json", "不是日志目录"),
    ],
)
def test_one_changed_byte_of_a_source_is_refused(source, tmp_path, path, words):
    content = bytearray((source / path).read_bytes())
    content[3] ^= 1
    (source / path).write_bytes(content)
    with pytest.raises(MirrorRefused, match=words):
        list(mirror(LogFolder(source), tmp_path / "two", checkpoints.keys_of(Shard.objects.get()).vkeys))
    assert not (tmp_path / "two/2026/sm3/checkpoint").exists()


def test_a_bundle_that_lacks_an_entry_is_refused(source, tmp_path):
    path = source / "2026/sha256/tile/entries/000"
    path.write_bytes(bundle(unbundle(path.read_bytes())[:-1]))
    with pytest.raises(MirrorRefused, match="应有 256 条，实有 256、255 条"):
        list(mirror(LogFolder(source), tmp_path / "two"))


def test_entries_and_hashes_that_agree_with_each_other_but_not_with_the_signed_root_are_refused(source, tmp_path):
    for family in FAMILIES:
        folder = source / "2026" / family.name / "tile"
        taken = unbundle((folder / "entries/000").read_bytes())
        taken[7] = b"{}"
        (folder / "entries/000").write_bytes(bundle(taken))
        (folder / "0/000").write_bytes(b"".join(family.leaf(e) for e in taken))
    with pytest.raises(MirrorRefused, match="得不出其检查点的根"):
        list(mirror(LogFolder(source), tmp_path / "two"))


def test_a_log_signed_by_others_than_those_first_seen_is_refused(source, tmp_path):
    list(mirror(LogFolder(source), tmp_path / "two"))
    strange = signing.load_or_make(tmp_path / "keys", "jinzhi-tianjin")
    for family in FAMILIES:
        path = source / "2026" / family.name / "checkpoint"
        text = note.parse_note(path.read_text()).text
        path.write_text(str(note.SignedNote(text, (strange.ed25519.line(text), strange.sm2.line(text)))))
    with pytest.raises(MirrorRefused, match="没有 jinzhi-tianjin 的有效签名"):
        list(mirror(LogFolder(source), tmp_path / "two"))
    with pytest.raises(MirrorRefused):
        list(mirror(LogFolder(source), tmp_path / "three", checkpoints.keys_of(Shard.objects.get()).vkeys))


def test_a_mirror_whose_own_files_were_changed_says_so(source, tmp_path):
    list(mirror(LogFolder(source), tmp_path / "two"))
    folder = tmp_path / "two/2026/sha256/tile"
    taken = [b"{}", *unbundle((folder / "entries/000").read_bytes())[1:]]
    (folder / "entries/000").write_bytes(bundle(taken))
    (folder / "0/000").write_bytes(b"".join(SHA256.leaf(e) for e in taken))
    grown(310)
    list(mirror(Own(), source))
    with pytest.raises(MirrorRefused, match="自身的文件已损坏"):
        list(mirror(LogFolder(source), tmp_path / "two"))
    assert not (tmp_path / "two/2026/sha256/conflicts").exists()


# --- the console ----------------------------------------------------------------------------------------------


def told(capsys, *words: str) -> dict[str, object]:
    call_command("evidence", *words, "--json")
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def test_a_file_is_appended_proven_and_mirrored_from_the_console(city, capsys, tmp_path):
    file = tmp_path / "photo.png"
    file.write_bytes(b"picture")
    said = told(capsys, "append", str(file))
    assert said == {
        "entry": "2026-0",
        "sha256": SHA256.digest(b"picture").hex(),
        "sm3": SM3.digest(b"picture").hex(),
    }
    fill(9, 1)
    proof = told(capsys, "prove", "--entry", "2026-0")
    assert (proof["size"], proof["body"]["media_type"], proof["body"]["length"]) == (10, "image/png", 7)
    for family in FAMILIES:
        of = proof[family.name]
        steps = [bytes.fromhex(step) for step in of["proof"]]
        body = log.entry("2026-0").body.encode()
        merkle.verify_inclusion(family, family.leaf(body), 0, 10, steps, bytes.fromhex(of["root"]))
        assert note.parse_checkpoint(note.parse_note(of["checkpoint"]).text).root.hex() == of["root"]
    assert told(capsys, "prove", "--entry", "2026-0", "--size", "4")["sm3"]["checkpoint"] is None
    signed = told(capsys, "checkpoint")
    assert (signed["size"], signed["stamped"]) == (10, False)
    assert base64.b64encode(bytes.fromhex(signed["root"]["sm3"])).decode() in signed["note"]["sm3"]
    mirrored = told(capsys, "mirror", "--out", str(tmp_path / "mirror"))
    assert [y["size"] for y in mirrored["years"]] == [10, 10]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["append", "/nowhere/file"], "读不了文件"),
        (["prove", "--entry", "2026-5"], "没有条目"),
        (["prove", "--entry", "x"], "不是日志条目号"),
        (["prove", "--entry", "2026-0", "--size", "0"], "不能证明"),
        (["prove", "--entry", "2026-0", "--size", "9"], "只有 1 条"),
        (["checkpoint", "--year", "1999"], "没有 1999 年的日志"),
    ],
)
def test_the_console_says_what_is_wrong(city, words, said):
    fill(1)
    log.sequence()
    with pytest.raises(CommandError, match=said):
        call_command("evidence", *words)


def test_an_empty_log_cannot_be_signed(city):
    with pytest.raises(CommandError, match="还没有条目"):
        call_command("evidence", "checkpoint")
