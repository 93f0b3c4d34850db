"""Time stamps: a token holds for its digest, its authority and its time, and for nothing else."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from asn1crypto import tsp
from cryptography.x509 import ObjectIdentifier
from cryptography.x509.oid import ExtendedKeyUsageOID

from jinzhi.engines.timestamps import (
    QUERY,
    REPLY,
    REPLY_LIMIT,
    HttpAuthority,
    LocalAuthority,
    TimestampRefused,
    _make,
    check,
    imprint,
)
from jinzhi.verifier import verify

OPENSSL = shutil.which("openssl")
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
DIGEST = hashlib.sha256("检查点".encode()).digest()


@pytest.fixture
def authority(tmp_path) -> LocalAuthority:
    return LocalAuthority(tmp_path / "tsa", now=lambda: NOON)


def test_a_good_token_says_when_and_by_whom(authority):
    stamp = check(authority.stamp(DIGEST), DIGEST, authority.roots)
    assert stamp.moment == NOON
    assert stamp.serial > 0
    assert "津知本机时间戳" in stamp.authority


def test_a_token_does_not_hold_for_another_digest(authority):
    with pytest.raises(TimestampRefused, match="另一份内容"):
        check(authority.stamp(DIGEST), imprint("other"), authority.roots)


def test_no_byte_of_what_a_token_says_can_be_changed(authority):
    token = authority.stamp(DIGEST)
    begin = token.index(tsp.TimeStampResp.load(token)["time_stamp_token"]["content"]["encap_content_info"].dump())
    for place in range(begin, len(token), 17):
        altered = bytearray(token)
        altered[place] ^= 1
        with pytest.raises(TimestampRefused):
            check(bytes(altered), DIGEST, authority.roots)


def test_a_truncated_token_is_refused(authority):
    token = authority.stamp(DIGEST)
    for length in (0, 1, 10, len(token) // 2, len(token) - 1):
        with pytest.raises(TimestampRefused):
            check(token[:length], DIGEST, authority.roots)


def test_a_token_of_another_authority_is_refused(authority, tmp_path):
    other = LocalAuthority(tmp_path / "other", now=lambda: NOON)
    with pytest.raises(TimestampRefused):
        check(other.stamp(DIGEST), DIGEST, authority.roots)


def test_without_roots_nothing_is_believed(authority):
    with pytest.raises(TimestampRefused, match="根证书"):
        check(authority.stamp(DIGEST), DIGEST, b"")


@pytest.mark.parametrize("moment", [NOON + timedelta(days=2), NOON - timedelta(days=2)])
def test_a_certificate_stamps_nothing_outside_its_time(tmp_path, moment):
    day = timedelta(days=1)
    authority = LocalAuthority(tmp_path, now=lambda: moment, since=NOON - day, until=NOON + day)
    with pytest.raises(TimestampRefused):
        check(authority.stamp(DIGEST), DIGEST, authority.roots)


def test_what_was_stamped_in_time_holds_after_the_certificate_ended(tmp_path):
    moment = datetime(2020, 6, 1, tzinfo=UTC)
    authority = LocalAuthority(tmp_path, now=lambda: moment, until=datetime(2020, 7, 1, tzinfo=UTC))
    assert check(authority.stamp(DIGEST), DIGEST, authority.roots).moment == moment


STAMPING, MAIL = ExtendedKeyUsageOID.TIME_STAMPING, ExtendedKeyUsageOID.EMAIL_PROTECTION
USES = {
    "stamps alone": ([STAMPING], True, True),
    "not critical": ([STAMPING], False, False),
    "a second use": ([STAMPING, MAIL], True, False),
    "a second use, first": ([MAIL, STAMPING], True, False),
    "any use beside": ([STAMPING, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE], True, False),
    "twice": ([STAMPING, STAMPING], True, False),
    "another use": ([MAIL], True, False),
}


def authority_for(folder: Path, uses: list[ObjectIdentifier], critical: bool) -> LocalAuthority:
    """An authority whose stamping certificate has these uses."""
    folder.mkdir()
    path = folder / "tsa.pem"
    path.write_bytes(_make(datetime(2020, 1, 1, tzinfo=UTC), datetime(2050, 1, 1, tzinfo=UTC), uses, critical))
    path.chmod(0o600)
    return LocalAuthority(folder, now=lambda: NOON)


@pytest.mark.parametrize("name", USES)
def test_only_a_certificate_for_stamps_alone_stamps_here_and_in_the_verifier(tmp_path, name):
    uses, critical, good = USES[name]
    authority = authority_for(tmp_path / "tsa", uses, critical)
    token, roots = authority.stamp(DIGEST), verify.read_pem(authority.roots)
    if good:
        assert check(token, DIGEST, authority.roots).moment == verify.check_token(token, DIGEST, roots)[0] == NOON
        return
    with pytest.raises(TimestampRefused):
        check(token, DIGEST, authority.roots)
    with pytest.raises(verify.Bad, match="专用于时间戳"):
        verify.check_token(token, DIGEST, roots)


def test_the_authority_is_made_once(tmp_path):
    first, again = LocalAuthority(tmp_path), LocalAuthority(tmp_path)
    assert first.roots == again.roots
    assert (tmp_path / "tsa.pem").stat().st_mode & 0o077 == 0


def test_a_spoilt_key_file_is_named(tmp_path):
    LocalAuthority(tmp_path)
    (tmp_path / "tsa.pem").write_bytes(b"spoilt")
    with pytest.raises(TimestampRefused, match=r"tsa\.pem.*备份"):
        LocalAuthority(tmp_path)


@pytest.mark.skipif(not OPENSSL, reason="no openssl command: tokens are not checked by a second program")
def test_openssl_verifies_the_token_and_refuses_it_for_another_digest(authority, tmp_path):
    (tmp_path / "token").write_bytes(authority.stamp(DIGEST))
    (tmp_path / "roots").write_bytes(authority.roots)

    def verified(digest: bytes) -> bool:
        done = subprocess.run(
            [
                OPENSSL,
                "ts",
                "-verify",
                "-digest",
                digest.hex(),
                "-in",
                tmp_path / "token",
                "-CAfile",
                tmp_path / "roots",
            ],
            capture_output=True,
            check=False,
        )
        return done.returncode == 0

    assert verified(DIGEST)
    assert not verified(imprint("other"))


class Answer:
    """How the server of a test answers."""

    def __init__(self, make, kind=REPLY, status=200):
        self.make, self.kind, self.status, self.asked = make, kind, status, []


@contextmanager
def serving(answer: Answer) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            answer.asked.append(self.headers["Content-Type"])
            body = answer.make(query)
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_an_authority_over_http_stamps(authority):
    answer = Answer(authority.answer)
    with serving(answer) as url:
        token = HttpAuthority(url, authority.roots).stamp(DIGEST)
    assert answer.asked == [QUERY]
    assert check(token, DIGEST, authority.roots).moment == NOON


def test_a_reply_to_another_request_is_refused(authority):
    kept = authority.reply(DIGEST, 12345)
    with serving(Answer(lambda query: kept)) as url, pytest.raises(TimestampRefused, match="Nonce"):
        HttpAuthority(url, authority.roots).stamp(DIGEST)


@pytest.mark.parametrize(
    "answer, words",
    [
        (Answer(lambda q: b"<html>", kind="text/html"), "不是时间戳"),
        (Answer(lambda q: b"x" * (REPLY_LIMIT + 1)), "超过"),
        (Answer(lambda q: b"", status=503), "未应答"),
        (Answer(lambda q: b"junk"), "损坏"),
    ],
    ids=["a page", "too long", "an error", "junk"],
)
def test_what_is_no_reply_is_refused(authority, answer, words):
    with serving(answer) as url, pytest.raises(TimestampRefused, match=words):
        HttpAuthority(url, authority.roots).stamp(DIGEST)


def test_an_authority_that_is_not_there_is_named(authority):
    with serving(Answer(authority.answer)) as url:
        pass
    with pytest.raises(TimestampRefused, match="未应答"):
        HttpAuthority(url, authority.roots, timeout=2).stamp(DIGEST)


def test_a_file_address_is_no_authority(authority):
    with pytest.raises(TimestampRefused, match="JINZHI_TSA_URL"):
        HttpAuthority("file:///etc/passwd", authority.roots)
