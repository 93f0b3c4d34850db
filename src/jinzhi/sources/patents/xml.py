"""Reading XML that came from outside, so that it can do no harm and memory stays flat.

No DTD is loaded, no entity but the five of XML is expanded, nothing is fetched, libxml2's own limits stay on (256
levels, 10 MB in one text), and a document is read no further than `Limits` says. A stream may hold many documents
one after another, each with its own XML declaration, as the US office's weekly files do.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import BinaryIO

from lxml import etree

from jinzhi.kernel.patent import PatentDocument
from jinzhi.sources.patents.refused import RefusedRecord, Unreadable
from jinzhi.standards.cn_numbers import PatentNumberError

CHUNK = 1 << 18
#: how much of a file's beginning decides what it is
HEAD = 8192


@dataclass(frozen=True, slots=True)
class Limits:
    """What one document may be. document: bytes; records: of one stream, before it is taken for an attack."""

    document: int = 96 << 20
    records: int = 5_000_000


LIMITS = Limits()

_START = re.compile(rb"<\?xml\s")
_ENTITY = re.compile(rb"<!ENTITY\b")
_DRAWING = re.compile(
    rb"<!ENTITY\s+[\w.\-]+\s+(?:SYSTEM|PUBLIC\s+(?:\"[^\"<>&%]*\"|'[^'<>&%]*'))\s+(?:\"[^\"<>&%]*\"|'[^'<>&%]*')\s+"
    rb"NDATA\s+[\w.\-]+\s*>"
)
_ENCODING = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._\-]+)")
_ENCODINGS = frozenset(
    {b"utf-8", b"utf8", b"us-ascii", b"ascii", b"iso-8859-1", b"windows-1252", b"gb2312", b"gbk", b"gb18030"}
)


def safe_parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        recover=False,
        remove_comments=True,
        strip_cdata=True,
        collect_ids=False,
    )


def check_head(head: bytes) -> None:
    """Refuses encodings that hide their text from a byte search, and entity declarations other than of drawings."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in head[:64]:
        raise Unreadable("不是 UTF-8 文本（UTF-16、UTF-32 或二进制）", "not UTF-8 text (UTF-16, UTF-32 or binary)")
    if (m := _ENCODING.match(head.lstrip(b"\xef\xbb\xbf \r\n\t"))) and m[1].lower() not in _ENCODINGS:
        name = m[1].decode("ascii")
        raise Unreadable(f"不接受字符编码 {name}", f"the character encoding {name} is not accepted")
    # the plain search first: over a whole document it costs a tenth of the pattern's
    if b"<!ENTITY" in head and _ENTITY.search(head) and len(_ENTITY.findall(head)) != len(_DRAWING.findall(head)):
        raise Unreadable("文件声明了实体（可能是实体炸弹或外部实体），不予读取", "it declares entities: not read")


def _checked(root: etree._Element) -> etree._Element:
    dtd = root.getroottree().docinfo.internalDTD
    # an entity of text has its original, a parsed one from outside has no content, a drawing's has its notation's name
    if dtd is not None and any(e.orig is not None or not e.content for e in dtd.iterentities()):
        raise Unreadable("文件声明了实体（可能是实体炸弹或外部实体），不予读取", "it declares entities: not read")
    return root


def explain(error: etree.XMLSyntaxError) -> Unreadable:
    """libxml2's message in words; line and column are kept."""
    message = (error.msg or "").strip()
    line = f"第 {error.lineno or 0} 行"
    if "xcessive depth" in message or "depth" in message.lower():
        return Unreadable(f"{line}：元素嵌套超过 256 层", f"line {error.lineno}: nested more than 256 levels deep")
    if "huge" in message.lower() or "too long" in message.lower() or "too big" in message.lower():
        return Unreadable(f"{line}：单个文本超过 10 MB", f"line {error.lineno}: one text is longer than 10 MB")
    if "entit" in message.lower() or "amplification" in message.lower():
        return Unreadable(f"{line}：实体引用不能展开（{message}）", f"line {error.lineno}: entities: {message}")
    return Unreadable(
        f"{line}：不是格式良好的 XML（{message[:160]}）", f"line {error.lineno}: not XML: {message[:160]}"
    )


def _starts(data: bytes) -> list[int]:
    """Where XML declarations begin."""
    found = []
    at = data.find(b"<?xml")
    while at >= 0:
        if _START.match(data, at):
            found.append(at)
        at = data.find(b"<?xml", at + 5)
    return found


def _pieces(stream: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    """Bytes of the stream with a mark at the first piece of each document."""
    first, kept = True, b""
    while True:
        chunk = stream.read(CHUNK)
        data = kept + chunk
        if not data:
            return
        starts = _starts(data)
        # a declaration cut by the chunk's end is left for the next round
        end = len(data)
        if chunk and (at := data.rfind(b"<", max(0, end - 6))) >= 0 and b"<?xml "[: end - at] == data[at:end]:
            end = at
        cuts = [0, *(s for s in starts if 0 < s < end), end]
        for a, b in pairwise(cuts):
            if a == b:
                continue
            piece = data[a:b]
            if a > 0 or (starts and starts[0] == 0) or first:
                yield piece, True
            else:
                yield piece, False
            first = False
        kept = data[end:]
        if not chunk:
            if kept:
                yield kept, first
            return


def documents(
    stream: BinaryIO, name: str, limits: Limits = LIMITS
) -> Iterator[tuple[etree._Element, str, bytes] | RefusedRecord]:
    """Each document's root, its SHA-256 and the beginning of its bytes; what is not well-formed is `RefusedRecord`.

    Memory: one document's tree and one piece of the stream.
    """
    parser: etree.XMLParser | None = None
    digest, size, head, number = hashlib.sha256(), 0, b"", 0
    failed: Unreadable | None = None

    def finish() -> tuple[etree._Element, str, bytes] | RefusedRecord:
        label = name if number == 1 else f"{name}#{number}"
        if failed is not None:
            return failed.refused(label, head)
        try:
            assert parser is not None
            return _checked(parser.close()), digest.hexdigest(), head
        except etree.XMLSyntaxError as e:
            return explain(e).refused(label, head)
        except Unreadable as e:
            return e.refused(label, head)

    for piece, begins in _pieces(stream):
        if begins:
            if number:
                yield finish()
            number += 1
            parser, digest, size, head, failed = safe_parser(), hashlib.sha256(piece), 0, piece[:HEAD], None
            try:
                if not piece.strip():
                    raise Unreadable("文件是空的", "the file is empty")
                check_head(piece)
            except Unreadable as e:
                failed = e
        if failed is not None:
            continue
        size += len(piece)
        if not begins:
            digest.update(piece)
        if size > limits.document:
            failed = Unreadable(
                f"一件文献超过 {limits.document >> 20} MB", f"one document is larger than {limits.document >> 20} MB"
            )
            parser = None
            continue
        try:
            assert parser is not None
            parser.feed(piece)
        except etree.XMLSyntaxError as e:
            failed, parser = explain(e), None
    if number:
        yield finish()
    else:
        yield Unreadable("文件是空的", "the file is empty").refused(name)


def records(
    stream: BinaryIO, name: str, tags: Iterable[str], limits: Limits = LIMITS
) -> Iterator[etree._Element | RefusedRecord]:
    """Each element of a large document that has one of these local names, then forgotten: memory stays flat.

    The element is valid until the next is asked for. One inside another of these stays with the outer one.
    """
    inner = frozenset(tags)
    names = [f"{{*}}{t}" for t in inner]
    parser = etree.XMLPullParser(
        events=("end",),
        tag=names,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=False,
        recover=False,
        remove_comments=True,
    )
    head, count, since = b"", 0, 0
    try:
        while piece := stream.read(CHUNK):
            if not head:
                head = piece[:HEAD]
                check_head(piece)
            parser.feed(piece)
            since += len(piece)
            for _, element in parser.read_events():
                if any(_NAMES[a.tag] in inner for a in element.iterancestors()):
                    continue
                count += 1
                since = 0
                if count > limits.records:
                    raise Unreadable(f"记录多于 {limits.records} 条", f"more than {limits.records} records")
                yield element
                element.clear(keep_tail=False)
                while (before := element.getprevious()) is not None:
                    element.getparent().remove(before)
            if since > limits.document:
                raise Unreadable(
                    f"{limits.document >> 20} MB 内没有一条完整的记录",
                    f"no complete record within {limits.document >> 20} MB",
                )
        if not head:
            raise Unreadable("文件是空的", "the file is empty")
        parser.close()
    except etree.XMLSyntaxError as e:
        yield explain(e).refused(name, head)
    except Unreadable as e:
        yield e.refused(name, head)


# ------------------------------------------------------------------------------------------- looking at elements

_STRING = etree.XPath("string()")


class _Names(dict[str, str]):
    """Tag → its name without namespace or prefix, worked out once: this is asked for every element."""

    def __missing__(self, tag: str) -> str:
        name = tag.rpartition("}")[2].rpartition(":")[2]
        if len(self) < 10_000:
            self[tag] = name
        return name


_NAMES = _Names()
#: name → the pattern by which lxml finds it in any namespace
_ANY: dict[str, str] = {}


def local(tag: str) -> str:
    """The name without namespace or prefix."""
    return _NAMES[tag]


def _any(name: str) -> str:
    return _ANY.get(name) or _ANY.setdefault(name, f"{{*}}{name}")


def text(element: etree._Element | None) -> str:
    """All text of an element, white space squeezed to single spaces."""
    if element is None:
        return ""
    raw = (element.text or "") if len(element) == 0 else _STRING(element)
    return " ".join(raw.split())


def kids(element: etree._Element | None) -> dict[str, list[etree._Element]]:
    """The child elements by local name, in their order."""
    found: dict[str, list[etree._Element]] = {}
    if element is not None:
        for child in element:
            tag = child.tag
            if type(tag) is str:
                found.setdefault(_NAMES[tag], []).append(child)
    return found


def texts(element: etree._Element | None) -> dict[str, str]:
    """The text of the first child of each local name, as ``text`` gives it."""
    found: dict[str, str] = {}
    if element is not None:
        for child in element:
            tag = child.tag
            if type(tag) is str and (name := _NAMES[tag]) not in found:
                found[name] = text(child)
    return found


def below(elements: Iterable[etree._Element], *path: str) -> list[etree._Element]:
    """All elements down a path of local names from several, in document order: for the few children that a structure
    has, asking each for its name costs less than lxml's search."""
    found = list(elements)
    for name in path:
        found = [c for e in found for c in e if type(tag := c.tag) is str and _NAMES[tag] == name]
        if not found:
            break
    return found


def find(element: etree._Element | None, *path: str) -> etree._Element | None:
    """The first element down a path of local names, None where there is none."""
    for name in path:
        if element is None:
            return None
        element = next(element.iterchildren(_any(name)), None)
    return element


def findall(element: etree._Element | None, *path: str) -> list[etree._Element]:
    """All elements down a path of local names."""
    found = [] if element is None else [element]
    for name in path:
        pattern = _any(name)
        found = [c for e in found for c in e.iterchildren(pattern)]
        if not found:
            break
    return found


def descend(element: etree._Element | None, name: str) -> Iterator[etree._Element]:
    """All elements below with a local name, in document order."""
    if element is not None:
        yield from element.iter(_any(name))


# ----------------------------------------------------------------------------------------- what the model lacks

#: the names that a reader knows, each with those below it
KnownNames = dict[str, "KnownNames"]
#: everything below is read
ALL: KnownNames = {}


def known(*paths: str) -> KnownNames:
    """A tree of the paths (``a/b/c``, alternatives by ``|``) that a reader reads; below the last name, everything."""
    tree: KnownNames = {}
    for path in paths:
        level = [tree]
        *inner, last = path.split("/")
        for step in inner:
            level = [node.setdefault(name, {}) for node in level for name in step.split("|")]
            if any(node is ALL for node in level):
                raise ValueError(f"{path}: stands below a path that is known whole")
        for node in level:
            for name in last.split("|"):
                node[name] = ALL
    return tree


def leftovers(root: etree._Element, tree: KnownNames) -> tuple[tuple[str, int], ...]:
    """What stands in the document outside the known paths: path of each element that holds text or attributes."""
    counts: Counter[str] = Counter()
    stack = [(root, tree, "")]
    while stack:
        element, node, path = stack.pop()
        for child in element:
            tag = child.tag
            if type(tag) is not str:
                if tag is etree.Entity:
                    counts[f"{path}&{child.name};"] += 1
                continue
            name = _NAMES[tag]
            below = node.get(name)
            if below is ALL:
                continue
            inner = path + name
            if below is not None:
                stack.append((child, below, inner + "/"))
                continue
            if (child.text and child.text.strip()) or (len(child) == 0 and child.attrib):
                counts[inner] += 1
            if len(child):
                stack.append((child, {}, inner + "/"))
    return tuple(sorted(counts.items()))


def read_each(
    stream: BinaryIO,
    name: str,
    roots: Sequence[str],
    make: Callable[[etree._Element, str], PatentDocument],
    strange: Callable[[str], Unreadable],
    limits: Limits = LIMITS,
) -> Iterator[PatentDocument | RefusedRecord]:
    """What ``make`` gives for each element called as one of ``roots``, handed over with the file's SHA-256.

    ``strange``: the refusal of a document that holds none of them, from the name of its root. Never raises for what
    the file holds.
    """
    for item in documents(stream, name, limits):
        if isinstance(item, RefusedRecord):
            yield item
            continue
        root, digest, head = item
        tops = [root] if local(root.tag) in roots else [e for tag in roots for e in descend(root, tag)]
        if not tops:
            yield strange(local(root.tag)).refused(name, head)
        for top in tops:
            try:
                yield make(top, digest)
            except (Unreadable, PatentNumberError) as e:
                english = e.en if isinstance(e, Unreadable) else e.english
                yield Unreadable(str(e), english).refused(name, head)
