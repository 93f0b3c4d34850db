"""Set this checkout up: virtual environment, pinned packages, launcher, front-end assets, translations.

    python3 scripts/setup.py base            what `make run` needs
    python3 scripts/setup.py base test       what `make test` needs
    python3 scripts/setup.py base test dev   what a developer needs

Standard library only: it runs on the machine's own Python (3.11 or later) before anything is installed.
Every step is done again only when the content of its inputs has changed; the stamps lie in `.venv/stamps`.
Paths stay relative to the checkout, so its own path may hold spaces or Chinese characters.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
PYTHON = BIN / "python"
STAMPS = VENV / "stamps"
WEB = ROOT / "src" / "jinzhi" / "web"
DIST = WEB / "static" / "dist"
LOWEST_PYTHON = (3, 11)
LOWEST_NODE = 20

LAUNCHER = """#!/bin/sh
# Written by scripts/setup.py: the console command of this checkout.
exec "$(dirname -- "$0")/python" -c 'import sys
sys.argv[0] = "jinzhi"
from jinzhi.config.cli import main
sys.exit(main())' "$@"
"""


class Missing(Exception):
    """Something that this machine must have and set-up cannot bring; the message says what to do."""


#: whether this terminal is spoken to in Chinese: the same question that scripts/run.sh and `jinzhi demo` ask
CHINESE = next((v for n in ("LC_ALL", "LC_MESSAGES", "LANG") if (v := os.environ.get(n))), "").startswith("zh")


def say(en: str, zh: str) -> None:
    print(f"· {zh if CHINESE else en}", flush=True)


def run(*command: str | Path, env: dict[str, str] | None = None) -> None:
    """Run a command in the checkout; what it prints is shown only when it fails."""
    done = subprocess.run(
        [str(part) for part in command],
        cwd=ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    if done.returncode:
        sys.stdout.write(done.stdout)
        shown = " ".join(str(part) for part in command)
        raise Missing(f"this command failed with exit code {done.returncode}: {shown}")


def digest(inputs: Iterable[Path | str]) -> str:
    """SHA-256 over the names and the content of files (folders are walked) and over plain strings."""
    sha = hashlib.sha256()
    for item in inputs:
        if isinstance(item, str):
            sha.update(item.encode())
            continue
        files = sorted(p for p in item.rglob("*") if p.is_file()) if item.is_dir() else [item]
        for file in files:
            sha.update(str(file.relative_to(ROOT)).encode())
            sha.update(file.read_bytes() if file.exists() else b"absent")
    return sha.hexdigest()


def once(name: str, words: tuple[str, str], inputs: Iterable[Path | str], step: Callable[[], None]) -> None:
    """Do a step unless it was done with the same inputs."""
    stamp = STAMPS / name
    now = digest(inputs)
    if stamp.exists() and stamp.read_text() == now:
        return
    say(*words)
    step()
    STAMPS.mkdir(parents=True, exist_ok=True)
    stamp.write_text(now)


def venv_works() -> bool:
    """Whether .venv's Python runs and still is the version its packages were installed for."""
    if not PYTHON.exists():
        return False
    ask = "import sys; print(f'python{sys.version_info[0]}.{sys.version_info[1]}')"
    said = subprocess.run([str(PYTHON), "-c", ask], capture_output=True, text=True)
    return said.returncode == 0 and (VENV / "lib" / said.stdout.strip()).is_dir()


def make_venv() -> None:
    """Create .venv. Debian's bare python3 has no ensurepip: there the machine's own pip serves, if any."""
    if VENV.exists() and any(VENV.iterdir()) and not (VENV / "pyvenv.cfg").exists():
        raise Missing(".venv is there but is no virtual environment: move it away and try again")
    if venv_works():
        return
    say("a virtual environment in .venv", "在 .venv 建立虚拟环境")
    if importlib.util.find_spec("ensurepip"):
        run(sys.executable, "-m", "venv", "--clear", VENV)
    elif importlib.util.find_spec("pip"):
        run(sys.executable, "-m", "venv", "--clear", "--without-pip", VENV)
    else:
        raise Missing(
            "this Python has neither ensurepip nor pip, so no package can be installed.\n"
            "On Debian or Ubuntu: apt-get install python3-venv   then run the same command again."
        )


def pip(*arguments: str | Path) -> None:
    """The environment's own pip, or the machine's pip pointed at the environment."""
    own = next(VENV.glob("lib/python3*/site-packages/pip"), None)
    start: list[str | Path] = [PYTHON, "-m", "pip"] if own else [sys.executable, "-m", "pip", "--python", PYTHON]
    run(*start, *arguments, env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"})


def install(group: str) -> None:
    """Install one compiled requirements file; every file must match its recorded hash."""
    file = ROOT / "requirements" / f"{group}.txt"

    def step() -> None:
        pip("install", "--quiet", "--no-deps", "--prefer-binary", "--require-hashes", "-r", file)

    words = f"Python packages of requirements/{group}.txt", f"安装 requirements/{group}.txt 的 Python 软件包"
    once(f"packages-{group}", words, [file], step)


def launch() -> None:
    """Put src on the environment's path and write .venv/bin/jinzhi: no build step, nothing to rebuild."""
    site = next(VENV.glob("lib/python3*/site-packages"))
    up = os.path.relpath(ROOT / "src", site)
    (site / "jinzhi-checkout.pth").write_text(f"{up}\n", encoding="ascii")
    launcher = BIN / "jinzhi"
    launcher.write_text(LAUNCHER, encoding="ascii")
    launcher.chmod(0o755)


def node_major(node: str) -> int:
    """The major version a node executable prints, 0 where it does not run."""
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=30).stdout
    except (OSError, subprocess.TimeoutExpired):
        return 0
    head = said.strip().removeprefix("v").split(".")[0]
    return int(head) if head.isdigit() else 0


def npm_environment() -> tuple[str, dict[str, str]]:
    """npm and the environment to run it in: the machine's where its node is new enough, else a wheel's."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and node_major(node) >= LOWEST_NODE:
        return npm, dict(os.environ)
    say(
        f"no Node.js of at least {LOWEST_NODE} on this machine: taking it from a wheel",
        f"本机没有 Node.js {LOWEST_NODE} 或更新版本：改用软件包中的版本",
    )
    install("node")
    path = f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"
    return str(BIN / "npm"), {**os.environ, "PATH": path}


def build_assets() -> None:
    """npm packages by the lock file, then esbuild into static/dist. Install scripts are never run."""
    lock = [ROOT / "package.json", ROOT / "package-lock.json", ROOT / ".npmrc"]
    sources = [*lock, WEB / "frontend", WEB.parent / "verifier" / "browser", *sorted(ROOT.glob("esbuild*"))]

    def packages() -> None:
        npm, env = npm_environment()
        run(npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error", env=env)

    def bundle() -> None:
        npm, env = npm_environment()
        run(npm, "run", "--silent", "build", env=env)

    gone = "" if (ROOT / "node_modules").is_dir() else "gone"
    if gone:
        (STAMPS / "npm").unlink(missing_ok=True)
    if not DIST.is_dir():
        (STAMPS / "assets").unlink(missing_ok=True)
    # node_modules are needed only to bundle: with a finished bundle nothing is fetched
    stamp = STAMPS / "assets"
    if stamp.exists() and stamp.read_text() == digest(sources):
        return
    once("npm", ("front-end packages of package-lock.json", "安装 package-lock.json 的前端软件包"), lock, packages)
    once("assets", ("front-end assets", "生成前端文件"), sources, bundle)


def compile_messages() -> None:
    """Turn locale/*.po into .mo where they changed."""
    catalogues = sorted((ROOT / "src").rglob("LC_MESSAGES/*.po"))
    if any(not po.with_suffix(".mo").exists() for po in catalogues):
        (STAMPS / "messages").unlink(missing_ok=True)
    once(
        "messages",
        ("translations", "编译译文"),
        [*catalogues, ROOT / "scripts" / "messages.py"],
        lambda: run(PYTHON, "scripts/messages.py", "compile"),
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("groups", nargs="+", choices=["base", "test", "dev"])
    parser.add_argument("--no-assets", action="store_true", help="leave the front end as it is")
    args = parser.parse_args()
    if sys.version_info < LOWEST_PYTHON:
        print(f"Jinzhi needs Python 3.11 or later; this one is {sys.version.split()[0]}.", file=sys.stderr)
        return 1
    try:
        make_venv()
        for group in args.groups:
            install(group)
        launch()
        if not args.no_assets:
            build_assets()
        compile_messages()
    except Missing as problem:
        print(f"\nSet-up stopped: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
