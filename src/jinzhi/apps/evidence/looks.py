"""What ``jinzhi doctor`` says of the store: whether files are encrypted, with which key, and what is still plain."""

from __future__ import annotations

from collections.abc import Iterator

from jinzhi.apps.catalogue.looks import Fact, look
from jinzhi.apps.evidence import cipher, store


@look
def encryption() -> Iterator[Fact]:
    """Whether contents are encrypted at rest."""
    head = ("store", "文件存储加密", "Encryption of kept files")
    sealed = plain = 0
    for found in store.lying():
        sealed, plain = sealed + found.sealed, plain + (not found.sealed)
    counted = f"{sealed} encrypted, {plain} plain"
    path = store.key_path()
    if not store.encrypting() and not sealed:
        way = (
            "用 JINZHI_ENCRYPT_STORE=1 打开加密，再运行 jinzhi store encrypt",
            "switch it on with JINZHI_ENCRYPT_STORE=1, then run jinzhi store encrypt",
        )
        yield Fact(*head, "note", f"off; {counted}", *way)
        return
    try:
        keys = cipher.load(path) if sealed or path.exists() else None
    except cipher.KeyProblem as e:
        yield Fact(*head, "missing", f"{counted}; {e}", "恢复密钥文件的备份", "restore the key file from its backup")
        return
    id = cipher.id_of(keys.present).hex() if keys else "none yet"
    value = f"{'on' if store.encrypting() else 'off'}, AES-256-GCM, key {id} in {path}; {counted}"
    if keys and cipher.exposed(path):
        yield Fact(*head, "missing", value, f"运行 chmod 600 {path}", f"run chmod 600 {path}")
    elif store.encrypting() and plain:
        yield Fact(*head, "note", value, "运行 jinzhi store encrypt", "run jinzhi store encrypt")
    elif not store.encrypting():
        yield Fact(*head, "note", value, "加密已关闭；运行 jinzhi store decrypt", "it is off: run jinzhi store decrypt")
    else:
        yield Fact(*head, "good", value)
