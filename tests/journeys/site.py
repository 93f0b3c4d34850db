"""A served demonstration city: made once, copied for every module of journeys, served by granian as in `make run`."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from tests.kept import digest, kept

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src"
#: what a made city depends on: everything but the pages
MADE_FROM = ("kernel", "matters", "standards", "apps", "demo", "sources", "config")
PASSWORD = "jinzhi-demo"
STARTS_WITHIN = 60.0


def environment(var: Path, **more: str) -> dict[str, str]:
    """The environment of an installation of its own: nothing of the one that runs the tests."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("JINZHI_") and k != "DATABASE_URL"}
    env |= {"JINZHI_VAR": str(var), "DJANGO_SETTINGS_MODULE": "jinzhi.config.settings", "PYTHONPATH": str(SRC)}
    return env | {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"} | more


def jinzhi(var: Path, *command: str, **more: str) -> str:
    """Run a console command of the installation in ``var``; its failure fails the test, with what it said."""
    args = [sys.executable, "-m", "django", *command]
    env = environment(var, **more)
    done = subprocess.run(args, env=env, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, f"{' '.join(command)}: {done.stdout[-2000:]}{done.stderr[-4000:]}"
    return done.stdout


def demonstration() -> Path:
    """The folder of a demonstration city, made if no process has made it yet; never served itself, only copied."""
    folders = ((SRC / "jinzhi" / folder).rglob("*") for folder in MADE_FROM)
    # so that no journey runs on a city that other code made
    return kept("city", digest(f for files in folders for f in files if f.suffix in (".py", ".txt")), make_city)


def migrated(var: Path) -> None:
    """Lay a migrated, empty database into ``var``: migrating takes seconds, and is done once for all who need one."""
    files = (SRC / "jinzhi").rglob("migrations/*.py")
    empty = kept("empty", digest(files), lambda made: shut(made, "migrate", "--verbosity", "0"))
    var.mkdir(parents=True, exist_ok=True)
    shutil.copy(empty / "jinzhi.sqlite3", var / "jinzhi.sqlite3")


def shut(var: Path, *command: str) -> None:
    """Run a command, and leave the database whole in its one file, to be copied."""
    jinzhi(var, *command)
    with sqlite3.connect(var / "jinzhi.sqlite3") as written:
        written.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def make_city(var: Path) -> None:
    migrated(var)
    shut(var, "demo", "--patents", "400")


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@dataclass
class Site:
    """A running installation: its address, its folder, and the cookies of those who have signed in."""

    url: str
    var: Path
    process: subprocess.Popen[bytes]
    cookies: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    @property
    def log(self) -> str:
        return (self.var / "server.log").read_text(encoding="utf-8", errors="replace")

    def must_not_have_failed(self) -> None:
        """A refused request is logged as a warning; a failure of the program as an error, with its traceback."""
        at = self.log.find(" ERROR ")
        assert at < 0, self.log[max(0, at - 200) : at + 6000]

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """What the database holds, read from outside the server."""
        kept = sqlite3.connect(f"file:{self.var / 'jinzhi.sqlite3'}?mode=ro", uri=True, timeout=20)
        try:
            return kept.execute(sql, values).fetchall()
        finally:
            kept.close()

    def one(self, sql: str, *values: object) -> Any:
        """The single value that a query gives."""
        ((value,),) = self.rows(sql, *values)
        return value

    def set_today(self, day: date) -> None:
        """Let the demonstration's fixed day be another one; the server holds it only for a request."""
        kept = sqlite3.connect(self.var / "jinzhi.sqlite3", timeout=20)
        with kept:
            assert kept.execute("UPDATE catalogue_installation SET today = ?", (day.isoformat(),)).rowcount == 1
        kept.close()

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(15)


def serve(var: Path, **more: str) -> Site:
    """Serve the installation in ``var`` on a free port; returns once it answers."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
        "--workers", "1", "--blocking-threads", "4", "--log-level", "warning", "jinzhi.config.wsgi:application",
    ]  # fmt: skip
    with open(var / "server.log", "wb") as log:
        process = subprocess.Popen(
            command, env=environment(var, **more), cwd=ROOT, stdout=log, stderr=subprocess.STDOUT
        )
    site = Site(url, var, process)
    until = time.monotonic() + STARTS_WITHIN
    while True:
        try:
            # an answer of any kind: the pages themselves are what the journeys look at
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"{url}/accounts/login/", timeout=5):
                return site
        except urllib.error.HTTPError:
            return site
        except (OSError, urllib.error.URLError) as e:
            if process.poll() is not None or time.monotonic() > until:
                site.stop()
                raise AssertionError(f"the server did not start: {e}\n{site.log[-4000:]}") from None
            time.sleep(0.1)
