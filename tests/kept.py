"""What is dear to make and the same for every process that runs tests: made once, kept beside the temporary files.

Its name holds a digest of what it is made from, so that nothing old is ever used; what is a day old is thrown away.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

CACHE = Path(tempfile.gettempdir()) / f"jinzhi-tests-{os.getuid()}"
DAY = 24 * 3600


def digest(files: Iterable[Path], *more: str) -> str:
    """Changes whenever a file's name or content does, or one of the strings."""
    sha = hashlib.sha256()
    for part in more:
        sha.update(part.encode() + b"\0")
    for file in sorted(files):
        sha.update(str(file).encode() + b"\0" + file.read_bytes())
    return sha.hexdigest()[:20]


@contextmanager
def one_process(kind: str) -> Iterator[None]:
    """Whoever else wants to make something of this kind waits until this process has made it."""
    CACHE.mkdir(mode=0o700, exist_ok=True)
    with open(CACHE / f"{kind}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        throw_old_away(kind)
        yield


def throw_old_away(kind: str) -> None:
    for old in CACHE.glob(f"{kind}-*"):
        if time.time() - old.stat().st_mtime > DAY:
            shutil.rmtree(old) if old.is_dir() else old.unlink()


def kept(kind: str, made_from: str, make: Callable[[Path], None]) -> Path:
    """The folder of this kind and digest; ``make`` fills it if no process has yet. It is only read, or copied."""
    made = CACHE / f"{kind}-{made_from}"
    with one_process(kind):
        if not made.exists():
            making = Path(tempfile.mkdtemp(dir=CACHE, prefix=f"{kind}-making-"))
            make(making)
            making.rename(made)
    return made
