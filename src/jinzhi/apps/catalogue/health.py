"""How an installation stands: what is set up, what is missing and the way out, which engines serve.

``jinzhi doctor`` prints it and the operations page shows it. A fact is ``good``, ``missing`` (something does not
work) or ``note`` (works, and somebody should know).
"""

from __future__ import annotations

import json
import platform
import shlex
import shutil
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles import finders
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from jinzhi import __version__
from jinzhi.apps.catalogue.clock import installation, today
from jinzhi.apps.catalogue.integrity import Result
from jinzhi.apps.catalogue.looks import HealthFact, Look, looks
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.engines import charts
from jinzhi.engines.vectors import VectorsRefused, open_vectors
from jinzhi.kernel.counted import unresolved

ASSETS = ("dist/app.css", "dist/app.js", "dist/chart.js", "dist/echarts-ssr.js")
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts", "/Library/Fonts")
FONT_NAMES = ("NotoSansCJK", "NotoSerifCJK", "NotoSansSC", "NotoSerifSC", "SourceHanSans", "wqy", "PingFang", "msyh")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def _version() -> HealthFact:
    value = f"Jinzhi {__version__}, Python {platform.python_version()}, Django {django.get_version()}"
    return HealthFact("versions", "版本", "Versions", "good", value)


def _declarations() -> HealthFact:
    head = ("declarations", "事项声明", "Declarations")
    try:
        found = catalogue()
        problems = (*found.problems(), *unresolved(found))
    except Exception as e:
        return HealthFact(*head, "missing", f"{type(e).__name__}: {e}")
    count = sum(len(found.ids(k)) for k in found.kinds())
    if problems:
        value = f"{count}; {len(problems)} wrong, first: {problems[0]}"
        return HealthFact(
            "declarations", "事项声明", "Declarations", "missing", value, "运行 jinzhi check", "run jinzhi check"
        )
    return HealthFact(
        "declarations", "事项声明", "Declarations", "good", f"{count} ({', '.join(settings.JINZHI_MATTERS)})"
    )


def engine() -> tuple[str, str]:
    """The database engine and its version."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("select sqlite_version()")
            return "SQLite", str(cursor.fetchone()[0])
        cursor.execute("show server_version")
        return "PostgreSQL", str(cursor.fetchone()[0])


def _database() -> HealthFact:
    try:
        name, version = engine()
    except DatabaseError as e:
        way = ("检查 DATABASE_URL 和数据库服务", "check DATABASE_URL and the server")
        return HealthFact("database", "数据库", "Database", "missing", str(e).strip(), *way)
    if name == "SQLite":
        way = (
            "SQLite 适合一个科室和测试；多人同时写入时请用 DATABASE_URL 改用 PostgreSQL",
            "SQLite is for one office and for tests; where many write at once, name PostgreSQL in DATABASE_URL",
        )
        return HealthFact("database", "数据库", "Database", "note", f"{name} {version}", *way)
    return HealthFact("database", "数据库", "Database", "good", f"{name} {version}")


def _migrations() -> HealthFact:
    head = ("migrations", "数据库结构", "Migrations")
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as e:
        return HealthFact(*head, "missing", str(e).strip(), "运行 jinzhi migrate", "run jinzhi migrate")
    if waiting:
        return HealthFact(*head, "missing", f"{len(waiting)} waiting", "运行 jinzhi migrate", "run jinzhi migrate")
    return HealthFact(*head, "good", "0 waiting")


def _installation() -> HealthFact:
    head = ("installation", "安装", "Installation")
    try:
        here = installation()
        day = today()
    except DatabaseError as e:
        return HealthFact(*head, "missing", str(e).strip(), "运行 jinzhi migrate", "run jinzhi migrate")
    if here is None:
        return HealthFact(*head, "missing", "—", "运行 jinzhi setup 或 jinzhi demo", "run jinzhi setup or jinzhi demo")
    kind = ", demonstration" if here.demo else ""
    return HealthFact(*head, "good", f"{here.city_zh} {here.city_en}{kind}, today {day.isoformat()}")


def _assets() -> HealthFact:
    head = ("assets", "前端资源", "Front-end assets")
    lacking = [name for name in ASSETS if not finders.find(name)]
    if lacking:
        return HealthFact(*head, "missing", ", ".join(lacking), "运行 make setup", "run make setup")
    return HealthFact(*head, "good", ", ".join(ASSETS))


def _translations() -> HealthFact:
    head = ("translations", "译文", "Translations")
    compiled = [p for p in settings.LOCALE_PATHS if (Path(p) / "en" / "LC_MESSAGES" / "django.mo").exists()]
    if not compiled:
        return HealthFact(*head, "note", "English is not compiled", "运行 make messages", "run make messages")
    return HealthFact(*head, "good", "English")


def _charts() -> HealthFact:
    head = ("charts", "图表引擎", "Chart engine")
    try:
        drawn = charts.svg({"series": []}, 40, 40)
    except Exception as e:
        return HealthFact(*head, "missing", f"{type(e).__name__}: {e}", "运行 make setup", "run make setup")
    return HealthFact(*head, "good" if drawn.startswith("<svg") else "missing", "ECharts, server-side SVG")


def _search() -> HealthFact:
    head = ("search", "检索引擎", "Search engine")
    engine = settings.JINZHI_SEARCH
    folder = Path(settings.JINZHI_INDEX)
    try:
        there = engine != "tantivy" or (folder.is_dir() and any(folder.iterdir()))
    except OSError as e:
        return HealthFact(
            *head, "missing", str(e), "检查该目录的属主和权限", "look at the owner and mode of that folder"
        )
    if there:
        return HealthFact(*head, "good", f"patents: {engine}; all else: database")
    return HealthFact(
        *head, "note", "patents: tantivy, no index yet", "运行 jinzhi patents index", "run jinzhi patents index"
    )


def _vectors() -> HealthFact:
    head = ("vectors", "相似检索的向量模型", "Vectors for likeness")
    named = settings.JINZHI_VECTORS
    if not named:
        return HealthFact(*head, "good", "off: words, classes, citations, families")
    try:
        return HealthFact(*head, "good", open_vectors(Path(named)).name)
    except VectorsRefused as refused:
        return HealthFact(*head, "missing", named, refused.zh, refused.en)


def font_found() -> str:
    """The first Chinese font found on the machine; empty where there is none."""
    for folder in FONT_FOLDERS:
        root = Path(folder).expanduser()
        if root.is_dir():
            for file in sorted(root.rglob("*")):
                if file.name.startswith(FONT_NAMES):
                    return file.name
    return ""


def _fonts() -> HealthFact:
    found = font_found()
    if not found:
        way = ("打印和截图需要中文字体，例如安装 fonts-noto-cjk", "prints and pictures need one: fonts-noto-cjk")
        return HealthFact("fonts", "中文字体", "Chinese fonts", "note", "—", *way)
    return HealthFact("fonts", "中文字体", "Chinese fonts", "good", found)


def _tool(id: str, zh: str, en: str, names: Iterable[str], way_zh: str, way_en: str) -> HealthFact:
    beside = Path(sys.executable).parent
    for name in names:
        found = shutil.which(name) or shutil.which(name, path=str(beside))
        if found:
            return HealthFact(id, zh, en, "good", found)
    return HealthFact(id, zh, en, "note", "—", way_zh, way_en)


def _chromium() -> HealthFact:
    return _tool(
        "chromium", "浏览器 Chromium", "Chromium", BROWSERS, "只有浏览器测试用它", "only browser tests need it"
    )


def _node() -> HealthFact:
    return _tool("node", "Node.js", "Node.js", ("node",), "只有构建前端资源用它", "only building the assets needs it")


def size_of(folder: Path) -> int:
    """Bytes of all files below a folder."""
    return sum(f.stat().st_size for f in folder.rglob("*") if f.is_file() and not f.is_symlink())


def in_words(size: float) -> str:
    """A number of bytes as people say it."""
    for unit in ("B", "KB", "MB"):
        if size < 1024:
            return f"{size:.0f} {unit}"
        size /= 1024
    return f"{size:.1f} GB"


def _var() -> HealthFact:
    head = ("var", "数据目录", "Folder of data")
    free = shutil.disk_usage(settings.VAR).free
    value = f"{settings.VAR}: {in_words(size_of(settings.VAR))}, {in_words(free)} free"
    if free < 500 * 1024 * 1024:
        return HealthFact(*head, "note", value, "磁盘剩余不足 500 MB", "less than 500 MB are free")
    return HealthFact(*head, "good", value)


#: so many of what is open are named
NAMED = 5


def open_to_others(folder: Path) -> list[str]:
    """The folder and what lies below it that others on the machine may read or write, relative to it (the folder: .).

    Front-end files are for everybody; a symbolic link has no mode of its own.
    """
    found = [] if not folder.stat().st_mode & 0o077 else ["."]
    for path in sorted(folder.rglob("*")):
        if path.is_relative_to(folder / "static"):
            continue
        try:
            mode = path.lstat().st_mode
        except FileNotFoundError:  # a file of a moment
            continue
        if not stat.S_ISLNK(mode) and mode & 0o077:
            found.append(path.relative_to(folder).as_posix())
    return found


def _modes() -> HealthFact:
    head = ("modes", "数据目录权限", "Modes of the folder of data")
    found = open_to_others(Path(settings.VAR))
    if not found:
        return HealthFact(*head, "good", "folders 0700, files 0600")
    value = f"{len(found)} open to others: {', '.join(found[:NAMED])}{' …' if len(found) > NAMED else ''}"
    command = f"chmod -R go-rwx {shlex.quote(str(settings.VAR))}"
    return HealthFact(*head, "note", value, f"运行 {command}", f"run {command}")


def _safety() -> Iterator[HealthFact]:
    if settings.DEBUG:
        way = ("服务时请去掉 JINZHI_DEBUG", "unset JINZHI_DEBUG in service")
        yield HealthFact("debug", "调试模式", "Debugging", "note", "JINZHI_DEBUG=1", *way)
    if not settings.HTTPS:
        way = (
            "对外服务请放在 HTTPS 之后并设 JINZHI_HTTPS=1",
            "for service to others put it behind HTTPS and set JINZHI_HTTPS=1",
        )
        yield HealthFact("https", "加密访问", "HTTPS", "note", "JINZHI_HTTPS=0", *way)
    if settings.EMAIL_BACKEND.endswith("filebased.EmailBackend"):
        way = (
            "邮件写入文件，未发出；用 JINZHI_EMAIL_URL 指定服务器",
            "mail is written to files; name JINZHI_EMAIL_URL",
        )
        yield HealthFact("mail", "邮件", "Mail", "note", str(settings.EMAIL_FILE_PATH), *way)


LOOKS: tuple[Callable[[], HealthFact], ...] = (
    _version, _declarations, _database, _migrations, _installation, _assets, _translations, _charts, _search, _vectors,
    _fonts, _chromium, _node, _var, _modes,
)  # fmt: skip


def facts() -> tuple[HealthFact, ...]:
    """Everything looked at."""
    return (*(look() for look in LOOKS), *(fact for look in looks() for fact in _seen(look)), *_safety())


def _seen(look: Look) -> tuple[HealthFact, ...]:
    """What a look gives; nothing where the tables are not there yet, which the migrations' fact says."""
    try:
        return tuple(look())
    except DatabaseError:
        return ()


def records() -> list[tuple[str, str, int]]:
    """App, model and number of records of every table of ours and of the accounts."""
    out = []
    for model in apps.get_models():
        if model._meta.managed and not model._meta.proxy:
            out.append((model._meta.app_label, model.__name__, model._base_manager.count()))
    return sorted(out)


# --- the last run of the integrity checkers ------------------------------------------------------------------
@dataclass(frozen=True)
class KeptFinding:
    """What a checker found when it was last run."""

    id: str
    zh: str
    en: str
    violations: tuple[str, ...]
    more: bool

    @property
    def sound(self) -> bool:
        return not self.violations


def _file() -> Path:
    return Path(settings.VAR) / "integrity.json"


def kept(results: Iterable[Result]) -> list[KeptFinding]:
    return [KeptFinding(r.checker.id, r.checker.zh, r.checker.en, r.violations, r.more) for r in results]


def keep(results: Iterable[Result]) -> None:
    """Write down what the checkers found, for the operations page."""
    said = {"at": timezone.now().isoformat(), "results": [asdict(k) for k in kept(results)]}
    fresh = _file().with_suffix(".new")
    fresh.write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
    fresh.replace(_file())


def last() -> tuple[datetime, list[KeptFinding]] | None:
    """When the checkers ran last and what they found; None where they never ran."""
    try:
        said = json.loads(_file().read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    results = [KeptFinding(**{**r, "violations": tuple(r["violations"])}) for r in said["results"]]
    return datetime.fromisoformat(said["at"]), results
