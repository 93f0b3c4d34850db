"""scripts/messages.py stands in for GNU gettext: what it compiles, Python's own gettext reads."""

import gettext
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent
PO = """\
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

#: somewhere.py:3
msgid "驾驶舱"
msgstr "Cockpit"

msgctxt "动词"
msgid "报告"
msgstr "Report"

msgid "%(n)s 项"
msgid_plural "%(n)s 项目"
msgstr[0] "%(n)s item"
msgstr[1] "%(n)s items"

msgid ""
"第一行\\n"
"“第二行”"
msgstr ""
"first \\"line\\"\\n"
"second\\tline"

#, fuzzy
msgid "未定"
msgstr "Guess"

msgid "未译"
msgstr ""

#~ msgid "旧"
#~ msgstr "Old"
"""


@pytest.fixture
def messages(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """The script as a module, looking at an empty source folder."""
    spec = importlib.util.spec_from_file_location("messages_script", ROOT / "scripts" / "messages.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "messages_script", module)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "SOURCE", tmp_path / "src")
    return module


@pytest.fixture
def po(tmp_path: Path) -> Path:
    folder = tmp_path / "src/locale/en/LC_MESSAGES"
    folder.mkdir(parents=True)
    path = folder / "django.po"
    path.write_text(PO, encoding="utf-8")
    return path


def source(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / "src" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_what_is_compiled_is_read_by_gettext(messages: ModuleType, po: Path) -> None:
    assert messages.compile_po(po) == 5
    with po.with_suffix(".mo").open("rb") as file:
        english = gettext.GNUTranslations(file)
    assert english.gettext("驾驶舱") == "Cockpit"
    assert english.pgettext("动词", "报告") == "Report"
    assert english.ngettext("%(n)s 项", "%(n)s 项目", 1) == "%(n)s item"
    assert english.ngettext("%(n)s 项", "%(n)s 项目", 7) == "%(n)s items"
    assert english.gettext("第一行\n“第二行”") == 'first "line"\nsecond\tline'
    assert english.gettext("未定") == "未定"
    assert english.gettext("未译") == "未译"
    assert english.gettext("旧") == "旧"


def test_strings_of_python_and_templates_are_found(messages: ModuleType, po: Path, tmp_path: Path) -> None:
    source(tmp_path, "a.py", 'x = _("驾驶舱")\ny = pgettext("动词", "报告")\nz = _(variable)\n')
    source(
        tmp_path,
        "web/templates/b.html",
        '{% load i18n %}{% translate "督办" %}{% blocktranslate count n=n %}{{ n }} 件{% plural %}{{ n }} 件们'
        '{% endblocktranslate %}{% translate "报告" context "动词" %}{{ x|default:_("无") }}{% translate "50%" %}',
    )
    found = {(key.context, key.msgid, key.plural) for key in messages.used()}
    assert found == {
        ("", "驾驶舱", ""),
        ("动词", "报告", ""),
        ("", "督办", ""),
        ("", "%(n)s 件", "%(n)s 件们"),
        ("", "无", ""),
        ("", "50%%", ""),
    }


def test_what_is_missing_or_wrong_is_named(messages: ModuleType, po: Path, tmp_path: Path) -> None:
    source(tmp_path, "a.py", '_("驾驶舱"), _("未译"), _("未定"), _("新")\n')
    said = "\n".join(messages.problems(po, messages.used()))
    assert "'新' is not in" in said
    assert "'未译' is not translated" in said
    assert "'未定' is not translated" in said
    assert "驾驶舱" not in said


def test_a_translation_may_not_ask_for_another_value(messages: ModuleType, po: Path) -> None:
    po.write_text(PO + '\nmsgid "共 %(n)s 项"\nmsgstr "%(total)s in all"\n', encoding="utf-8")
    said = "\n".join(messages.problems(po, {}))
    assert "asks for %(total)s" in said
    assert "loses %(n)s" in said


def test_collecting_adds_what_is_missing_and_leaves_the_rest(messages: ModuleType, po: Path, tmp_path: Path) -> None:
    source(tmp_path, "a.py", 'x = _("新的\\"词\\""), ngettext("一", "多", 2)\n')
    assert messages.collect(po, messages.used()) == 2
    assert po.read_text(encoding="utf-8").startswith(PO.rstrip("\n"))
    keys = {entry.key.msgid for entry in messages.read_po(po)}
    assert {'新的"词"', "一", "驾驶舱"} <= keys
    assert messages.collect(po, messages.used()) == 0


def test_a_broken_catalogue_names_its_line(messages: ModuleType, po: Path) -> None:
    po.write_text('msgid "a"\nmsgstr "b"\nnonsense\n', encoding="utf-8")
    with pytest.raises(messages.Malformed, match=r"django\.po:3"):
        messages.read_po(po)
