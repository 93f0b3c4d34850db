"""Time stamps after RFC 3161: an authority of one's own for tests and demonstrations, one over HTTP, and the check.

A token proves that a digest existed at a moment, on the word of whoever signed it. The local authority is this
machine: its tokens prove no more than the machine's clock, and its certificates say that in their names.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from asn1crypto import cms, tsp
from asn1crypto import x509 as asn1_x509
from asn1crypto.algos import SignedDigestAlgorithm
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from rfc3161_client import VerificationError, VerifierBuilder, decode_timestamp_response

QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"
#: a reply holds a signature and a few certificates; more is not read
REPLY_LIMIT = 64 * 1024
#: below the example arc 2.999 (ITU-T X.660): a policy of nobody
POLICY = "2.999.3161"
LOCAL_NAME = "津知本机时间戳（仅供演示与测试）"


class TimestampRefused(ValueError):
    """A token that does not hold, or an authority that gave none. ``args[0]`` says why, in Chinese."""


@dataclass(frozen=True, slots=True)
class CheckedStamp:
    """What a checked token says: the moment, its number with the authority, the authority's name."""

    moment: datetime
    serial: int
    authority: str


class Authority(Protocol):
    """Who stamps digests with the time."""

    @property
    def roots(self) -> bytes:
        """The root certificates, in PEM, that its tokens are checked against."""
        ...

    def stamp(self, digest: bytes) -> bytes:
        """A time-stamp response (DER) over a SHA-256 digest. Raises TimestampRefused."""
        ...


def imprint(*notes: str) -> bytes:
    """The digest to be stamped for a checkpoint: SHA-256 over its signed notes, one after another."""
    return hashlib.sha256("".join(notes).encode()).digest()


def check(token: bytes, digest: bytes, roots: bytes, *, nonce: int | None = None) -> CheckedStamp:
    """What a time-stamp response says about a SHA-256 digest. Raises TimestampRefused.

    ``roots`` are PEM certificates. The chain is checked at the moment in the token: a certificate that has ended
    since then keeps what it stamped; one that had ended already, or had not begun, stamps nothing.
    """
    try:
        trusted = x509.load_pem_x509_certificates(roots)
    except ValueError:
        raise TimestampRefused("没有可用的时间戳根证书：请检查 JINZHI_TSA_ROOTS 所指的 PEM 文件") from None
    try:
        response = decode_timestamp_response(token)
        info = response.tst_info
        builder = VerifierBuilder(roots=trusted)
        if nonce is not None:
            builder = builder.nonce(nonce)
        if info.message_imprint.hash_algorithm.dotted_string != "2.16.840.1.101.3.4.2.1":
            raise TimestampRefused("时间戳用的不是 SHA-256 摘要")
        if info.message_imprint.message != digest:
            raise TimestampRefused("时间戳针对的是另一份内容：摘要不一致")
        builder.build().verify(response, digest)
        signer = _signer(token)
        _for_stamps_alone(signer)
    except VerificationError as e:
        raise TimestampRefused(f"时间戳未通过验证：{e}") from None
    except (ValueError, TypeError, KeyError) as e:
        if isinstance(e, TimestampRefused):
            raise
        raise TimestampRefused(f"时间戳数据已损坏：{e}") from None
    return CheckedStamp(info.gen_time.astimezone(UTC), info.serial_number, _called(signer))


def _for_stamps_alone(certificate: asn1_x509.Certificate) -> None:
    """Raise TimestampRefused unless stamping is the one use of a certificate, marked critical (RFC 3161 section 2.3).

    The library lets further uses pass; verify.py and the page in the browser hold to the same rule as this.
    """
    uses = [e for e in certificate["tbs_certificate"]["extensions"] if e["extn_id"].native == "extended_key_usage"]
    if len(uses) != 1 or not uses[0]["critical"].native or uses[0]["extn_value"].parsed.native != ["time_stamping"]:
        raise TimestampRefused("证书不是专用于时间戳的（RFC 3161 第 2.3 节）")


def _called(certificate: asn1_x509.Certificate) -> str:
    """The common name of a certificate's owner, or the whole name where it has none."""
    name = certificate.subject.native.get("common_name")
    return name if isinstance(name, str) else str(certificate.subject.human_friendly)


def _signer(token: bytes) -> asn1_x509.Certificate:
    """The certificate that signed, bound to the signature by its digest (RFC 5816); the library leaves that out."""
    signed = tsp.TimeStampResp.load(token)["time_stamp_token"]["content"]
    (info,) = signed["signer_infos"]
    named = {}
    for attribute in info["signed_attrs"]:
        if attribute["type"].native in ("signing_certificate", "signing_certificate_v2"):
            named[attribute["type"].native] = attribute["values"][0]["certs"][0]
    for choice in signed["certificates"]:
        der = choice.chosen.dump()
        if "signing_certificate_v2" in named:
            entry = named["signing_certificate_v2"]
            name = entry["hash_algorithm"]["algorithm"].native
            fits = hashlib.new(name, der).digest() == entry["cert_hash"].native
        else:
            fits = hashlib.sha1(der).digest() == named["signing_certificate"]["cert_hash"].native
        sid = info["sid"].chosen
        if (
            fits
            and sid["issuer"] == choice.chosen.issuer
            and sid["serial_number"].native == choice.chosen.serial_number
        ):
            return choice.chosen
    raise TimestampRefused("时间戳未绑定签发它的证书")


class HttpAuthority:
    """An authority reached over HTTP. Its roots are given: what a reply brings along proves nothing by itself."""

    def __init__(self, url: str, roots: bytes, *, timeout: float = 15.0):
        if not url.startswith(("https://", "http://")):
            raise TimestampRefused(f"时间戳服务地址 {url} 不是 http(s) 地址：请检查 JINZHI_TSA_URL")
        self.url, self.timeout, self._roots = url, timeout, roots

    @property
    def roots(self) -> bytes:
        return self._roots

    def stamp(self, digest: bytes) -> bytes:
        nonce = secrets.randbits(63) | 1
        query = tsp.TimeStampReq(
            {
                "version": "v1",
                "message_imprint": {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": digest},
                "nonce": nonce,
                "cert_req": True,
            }
        )
        request = urllib.request.Request(
            self.url, data=query.dump(), headers={"Content-Type": QUERY, "Accept": REPLY}, method="POST"
        )
        try:
            with urllib.request.urlopen(request, timeout=self.timeout) as reply:
                kind = reply.headers.get_content_type()
                token: bytes = reply.read(REPLY_LIMIT + 1)
        except (OSError, urllib.error.URLError) as e:
            raise TimestampRefused(f"时间戳服务 {self.url} 未应答：{e}；将在下次检查点重试") from None
        if kind != REPLY:
            raise TimestampRefused(f"时间戳服务 {self.url} 的应答不是时间戳（{kind}）")
        if len(token) > REPLY_LIMIT:
            raise TimestampRefused(f"时间戳服务 {self.url} 的应答超过 {REPLY_LIMIT} 字节")
        check(token, digest, self._roots, nonce=nonce)
        return token


class LocalAuthority:
    """An authority on this machine with a certificate authority of its own, kept in a folder and made once.

    ``now`` says the time; ``since`` and ``until`` bound the stamping certificate when it is made.
    """

    def __init__(
        self,
        folder: Path,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        since: datetime = datetime(2020, 1, 1, tzinfo=UTC),
        until: datetime = datetime(2050, 1, 1, tzinfo=UTC),
    ):
        self._now = now
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / "tsa.pem"
        if not path.exists():
            _write_private(path, _make(since, until))
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            raise TimestampRefused(f"私钥文件 {path} 的权限是 {mode:o}，他人可读：请执行 chmod 600 {path}")
        try:
            content = path.read_bytes()
            key = load_pem_private_key(content, None)
            self._certificate, self._root = x509.load_pem_x509_certificates(content)
        except (ValueError, TypeError):
            raise TimestampRefused(f"时间戳密钥文件 {path} 已损坏：请从备份恢复") from None
        if not isinstance(key, ec.EllipticCurvePrivateKey) or key.public_key() != self._certificate.public_key():
            raise TimestampRefused(f"时间戳密钥文件 {path} 已损坏：请从备份恢复")
        self._key = key

    @property
    def roots(self) -> bytes:
        return self._root.public_bytes(Encoding.PEM)

    def stamp(self, digest: bytes) -> bytes:
        return self.reply(digest, None)

    def answer(self, query: bytes) -> bytes:
        """The response to a query that came over the wire. Raises TimestampRefused."""
        try:
            request = tsp.TimeStampReq.load(query, strict=True)
            algorithm = request["message_imprint"]["hash_algorithm"]["algorithm"].native
            digest, nonce = request["message_imprint"]["hashed_message"].native, request["nonce"].native
        except (ValueError, TypeError) as e:
            raise TimestampRefused(f"不是时间戳请求：{e}") from None
        if algorithm != "sha256" or len(digest) != 32:
            raise TimestampRefused("时间戳请求用的不是 SHA-256 摘要")
        return self.reply(digest, nonce)

    def reply(self, digest: bytes, nonce: int | None) -> bytes:
        """A response over a digest, signed as RFC 3161 and RFC 5816 have it."""
        certificate = asn1_x509.Certificate.load(self._certificate.public_bytes(Encoding.DER))
        told = {
            "version": "v1",
            "policy": POLICY,
            "message_imprint": {"hash_algorithm": {"algorithm": "sha256"}, "hashed_message": digest},
            "serial_number": secrets.randbits(127) | 1,
            "gen_time": self._now().astimezone(UTC).replace(microsecond=0),
            "accuracy": {"seconds": 1},
        }
        if nonce is not None:
            told["nonce"] = nonce
        info = tsp.TSTInfo(told).dump()
        attributes = cms.CMSAttributes(
            [
                {"type": "content_type", "values": ["tst_info"]},
                {"type": "message_digest", "values": [hashlib.sha256(info).digest()]},
                {
                    "type": "signing_certificate_v2",
                    "values": [
                        tsp.SigningCertificateV2(
                            {"certs": [{"cert_hash": hashlib.sha256(certificate.dump()).digest()}]}
                        )
                    ],
                },
            ]
        )
        signature = self._key.sign(attributes.dump(), ec.ECDSA(SHA256()))
        signed = cms.SignedData(
            {
                "version": "v3",
                "digest_algorithms": [{"algorithm": "sha256"}],
                "encap_content_info": {"content_type": "tst_info", "content": cms.ParsableOctetString(info)},
                "certificates": [certificate],
                "signer_infos": [
                    {
                        "version": "v1",
                        "sid": cms.SignerIdentifier(
                            {
                                "issuer_and_serial_number": {
                                    "issuer": certificate.issuer,
                                    "serial_number": certificate.serial_number,
                                }
                            }
                        ),
                        "digest_algorithm": {"algorithm": "sha256"},
                        "signed_attrs": attributes,
                        "signature_algorithm": SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
                        "signature": signature,
                    }
                ],
            }
        )
        response: bytes = tsp.TimeStampResp(
            {
                "status": {"status": "granted"},
                "time_stamp_token": {"content_type": "signed_data", "content": signed},
            }
        ).dump()
        return response


def _make(
    since: datetime,
    until: datetime,
    uses: Sequence[x509.ObjectIdentifier] = (ExtendedKeyUsageOID.TIME_STAMPING,),
    critical: bool = True,
) -> bytes:
    """A root, and below it a certificate that may stamp the time and nothing else; the key of the root is forgotten."""
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, LOCAL_NAME + " 根")])
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, LOCAL_NAME)])
    usage = {
        "content_commitment": False, "key_encipherment": False, "data_encipherment": False, "key_agreement": False,
        "encipher_only": False, "decipher_only": False, "crl_sign": False,
    }  # fmt: skip
    root = (
        x509.CertificateBuilder(root_name, root_name, root_key.public_key(), x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=False, key_cert_sign=True, **usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(root_key.public_key()), critical=False)
        .sign(root_key, SHA256())
    )
    certificate = (
        x509.CertificateBuilder(root_name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=True, key_cert_sign=False, **usage), critical=True)
        .add_extension(x509.ExtendedKeyUsage(uses), critical=critical)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
        .sign(root_key, SHA256())
    )
    return b"".join(
        (
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
            certificate.public_bytes(Encoding.PEM),
            root.public_bytes(Encoding.PEM),
        )
    )


def _write_private(path: Path, content: bytes) -> None:
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.") as temp:
        temp.write(content)
        temp.flush()
        os.fsync(temp.fileno())
        with suppress(FileExistsError):
            os.link(temp.name, path)
