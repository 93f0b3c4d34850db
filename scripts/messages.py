"""Translations without GNU gettext: collect msgids, check the catalogues, compile .po to .mo.

    python scripts/messages.py compile   every locale/*/LC_MESSAGES/*.po below src to .mo
    python scripts/messages.py check     exit 1 where a string in the source lacks its translation
    python scripts/messages.py collect   add the missing strings to the catalogues, to be translated by hand

The msgids are the Chinese strings of the source (`_("驾驶舱")`, `{% translate "驾驶舱" %}`). A fresh machine has
no msgfmt and no xgettext; the two file formats are small. Formats: GNU gettext manual, "PO Files", "MO Files".
"""

from __future__ import annotations

import argparse
import ast
import re
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src"
CALLS = {  # function: number of leading string arguments that make the key
    "_": 1,
    "gettext": 1,
    "gettext_lazy": 1,
    "gettext_noop": 1,
    "ngettext": 2,
    "ngettext_lazy": 2,
    "pgettext": 2,
    "pgettext_lazy": 2,
    "npgettext": 3,
    "npgettext_lazy": 3,
}
PLACEHOLDER = re.compile(r"%\([^)]+\)[a-z]|%[sd]|\{[a-z_0-9.]*\}")
STRING = r"(?:u?'(?:[^'\\]|\\.)*'|u?\"(?:[^\"\\]|\\.)*\")"
TEMPLATE_CALL = re.compile(rf"(?<![\w.])(npgettext|ngettext|pgettext|gettext|_)\(\s*({STRING}(?:\s*,\s*{STRING})*)")
PO_LINE = re.compile(r'(msgctxt|msgid|msgid_plural|msgstr(?:\[(\d+)\])?)?\s*"(.*)"\s*\Z')
PO_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\"}


class Malformed(Exception):
    """A catalogue that is not a .po file; the message names file and line."""


@dataclass(frozen=True, order=True)
class Key:
    """What a translation is looked up by."""

    msgid: str
    plural: str = ""
    context: str = ""


@dataclass
class Entry:
    key: Key
    strings: dict[int, str] = field(default_factory=dict)
    fuzzy: bool = False
    line: int = 0


def read_po(path: Path) -> list[Entry]:
    """The entries of a catalogue, the header (empty msgid) among them; obsolete ones (#~) are left out."""
    entries: list[Entry] = []
    parts: dict[str, str] = {}
    strings: dict[int, str] = {}
    fuzzy, begun, part = False, 0, ""

    def finish() -> None:
        nonlocal fuzzy, begun, part
        if "msgid" in parts:
            key = Key(parts["msgid"], parts.get("msgid_plural", ""), parts.get("msgctxt", ""))
            entries.append(Entry(key, dict(strings), fuzzy, begun))
        parts.clear()
        strings.clear()
        fuzzy, begun, part = False, 0, ""

    for number, raw in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        line = raw.strip()
        if not line:
            finish()
            continue
        if line.startswith("#"):
            if strings:
                finish()
            fuzzy = fuzzy or (line.startswith("#,") and "fuzzy" in line)
            continue
        match = PO_LINE.match(line)
        if not match or not (match[1] or part):
            raise Malformed(f"{path.relative_to(ROOT)}:{number}: not a line of a .po file: {line[:60]}")
        keyword, index, text = match.groups()
        text = re.sub(r"\\(.)", lambda m: PO_ESCAPES.get(m[1], m[0]), text)
        if keyword in ("msgctxt", "msgid") and strings:
            finish()
        if keyword:
            part, begun = keyword, begun or number
        if part.startswith("msgstr"):
            slot = int(index or 0) if keyword else max(strings)
            strings[slot] = strings.get(slot, "") + text
        else:
            parts[part] = parts.get(part, "") + text
    finish()
    return entries


def compile_po(path: Path) -> int:
    """Write the .mo beside a .po and give the number of its messages. Fuzzy and empty ones are left out."""
    pairs: dict[bytes, bytes] = {}
    for entry in read_po(path):
        if (entry.fuzzy and entry.key.msgid) or not any(entry.strings.values()):
            continue
        original = "\0".join(filter(None, (entry.key.msgid, entry.key.plural)))
        if entry.key.context:
            original = f"{entry.key.context}\x04{original}"
        pairs[original.encode()] = "\0".join(entry.strings[i] for i in sorted(entry.strings)).encode()
    keys = sorted(pairs)
    head, table = 28, 16 * len(keys)
    originals, translated, blob = b"", b"", b""
    for store in ("key", "value"):
        for key in keys:
            text = key if store == "key" else pairs[key]
            pointer = struct.pack("<II", len(text), head + table + len(blob))
            if store == "key":
                originals += pointer
            else:
                translated += pointer
            blob += text + b"\0"
    start = struct.pack("<7I", 0x950412DE, 0, len(keys), head, head + 8 * len(keys), 0, head + table)
    path.with_suffix(".mo").write_bytes(start + originals + translated + blob)
    return len(keys)


def key_of(function: str, strings: list[str]) -> Key:
    """The key that a call with these leading string arguments looks up."""
    base = function.removesuffix("_lazy").removesuffix("_noop")
    if base == "ngettext":
        return Key(strings[0], strings[1])
    if base == "pgettext":
        return Key(strings[1], context=strings[0])
    if base == "npgettext":
        return Key(strings[1], strings[2], strings[0])
    return Key(strings[0])


def keys_in_python(path: Path) -> Iterator[tuple[Key, int]]:
    """Every translated literal of a module. A call on anything but literals cannot be collected."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        wanted = CALLS.get(name)
        if wanted is None or len(node.args) < wanted:
            continue
        values = [arg.value for arg in node.args[:wanted] if isinstance(arg, ast.Constant)]
        strings = [value for value in values if isinstance(value, str)]
        if len(strings) == wanted:
            yield key_of(name, strings), node.lineno


def keys_in_template(path: Path) -> Iterator[tuple[Key, int]]:
    """Every translated literal of a template, by Django's own reading of it."""
    text = templatize(path.read_text(encoding="utf-8"), origin=str(path))
    for match in TEMPLATE_CALL.finditer(text):
        strings = list(ast.literal_eval(f"({match[2]},)"))
        if len(strings) >= CALLS[match[1]]:
            yield key_of(match[1], strings), text.count("\n", 0, match.start()) + 1


def used() -> dict[Key, str]:
    """Every key of the source and the first place where it stands."""
    found: dict[Key, str] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        for key, line in keys_in_python(path):
            found.setdefault(key, f"{path.relative_to(ROOT)}:{line}")
    for pattern in ("*.html", "*.txt"):
        for path in sorted(SOURCE.rglob(f"templates/**/{pattern}")):
            for key, line in keys_in_template(path):
                found.setdefault(key, f"{path.relative_to(ROOT)}:{line}")
    return found


def catalogues() -> list[Path]:
    return sorted(SOURCE.rglob("LC_MESSAGES/django.po"))


def problems(path: Path, wanted: dict[Key, str]) -> Iterator[str]:
    """What a catalogue lacks or says wrongly, one sentence each."""
    entries = {entry.key: entry for entry in read_po(path) if entry.key.msgid}
    name = path.relative_to(ROOT)
    for key, where in wanted.items():
        entry = entries.get(key)
        if entry is None:
            yield f"{where}: {key.msgid!r} is not in {name} (run: make messages)"
        elif entry.fuzzy or not all(entry.strings.values()):
            yield f"{name}:{entry.line}: {key.msgid!r} is not translated"
    for entry in entries.values():
        asked = set(PLACEHOLDER.findall(entry.key.msgid)) | set(PLACEHOLDER.findall(entry.key.plural))
        for text in entry.strings.values():
            extra = set(PLACEHOLDER.findall(text)) - asked
            if extra:
                yield f"{name}:{entry.line}: the translation asks for {', '.join(sorted(extra))}, unknown to the msgid"
            lost = asked - set(PLACEHOLDER.findall(text))
            if text and lost and not entry.key.plural:
                yield f"{name}:{entry.line}: the translation loses {', '.join(sorted(lost))}"


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def collect(path: Path, wanted: dict[Key, str]) -> int:
    """Append the missing keys with empty translations; gives their number. Nothing else is touched."""
    there = {entry.key for entry in read_po(path)}
    missing = {key: where for key, where in wanted.items() if key not in there}
    blocks = []
    for key, where in missing.items():
        lines = [f"#: {where.rsplit(':', 1)[0]}"]
        if key.context:
            lines.append(f"msgctxt {quoted(key.context)}")
        lines.append(f"msgid {quoted(key.msgid)}")
        if key.plural:
            lines += [f"msgid_plural {quoted(key.plural)}", 'msgstr[0] ""', 'msgstr[1] ""']
        else:
            lines.append('msgstr ""')
        blocks.append("\n".join(lines))
    if blocks:
        path.write_text(path.read_text(encoding="utf-8").rstrip("\n") + "\n\n" + "\n\n".join(blocks) + "\n", "utf-8")
    return len(missing)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("task", choices=["compile", "check", "collect"])
    task = parser.parse_args().task
    try:
        if task == "compile":
            for path in sorted(SOURCE.rglob("LC_MESSAGES/*.po")):
                print(f"{path.relative_to(ROOT)}: {compile_po(path)} messages")
            return 0
        wanted = used()
        if task == "collect":
            for path in catalogues():
                print(f"{path.relative_to(ROOT)}: {collect(path, wanted)} added")
            return 0
        wrong = [problem for path in catalogues() for problem in problems(path, wanted)]
        if wanted and not catalogues():
            wrong.append("there are strings to translate, and no catalogue: src/…/locale/en/LC_MESSAGES/django.po")
    except Malformed as problem:
        print(problem, file=sys.stderr)
        return 1
    for problem in wrong:
        print(problem)
    print(f"{len(wanted)} strings, {len(catalogues())} catalogues, {len(wrong)} problems")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
