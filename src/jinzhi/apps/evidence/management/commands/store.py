"""``jinzhi store``: how files are kept: encryption on or off, the key, checking all, erasing what erasures left."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable

from django.core.management.base import BaseCommand, CommandError

from jinzhi.apps.evidence.events.erasing import erase_left
from jinzhi.apps.evidence.store import cipher, holdings, store


class Command(BaseCommand):
    help = "The store of files: status, encryption and its key, check every content, erase what erasures left behind."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["status", "encrypt", "decrypt", "rotate", "forget", "check", "erase-left"])
        parser.add_argument("--reason", default="", help="erase-left: why; it stands on record")

    def handle(self, *args: object, **options: object) -> None:
        if options["what"] == "erase-left":
            self._erase_left(str(options["reason"]))
        else:
            getattr(self, f"_{options['what']}")()

    def _erase_left(self, reason: str) -> None:
        try:
            gone = erase_left(reason)
        except ValueError as e:
            raise CommandError(str(e)) from None
        for sha256 in gone:
            self.stdout.write(sha256)
        self.stdout.write(f"{len(gone)} files erased that had outlived an erasure")

    def _status(self) -> None:
        found = list(store.lying())
        sealed = sum(f.sealed for f in found)
        self.stdout.write(f"encryption: {'on' if store.encrypting() else 'off'}")
        self.stdout.write(f"key file: {store.key_path()}{'' if store.key_path().exists() else ' (not made yet)'}")
        self.stdout.write(f"files: {sealed} encrypted, {len(found) - sealed} plain")

    def _encrypt(self) -> None:
        if not store.encrypting():
            raise CommandError("先设 JINZHI_ENCRYPT_STORE=1，否则新文件仍以明文保存 (set JINZHI_ENCRYPT_STORE=1 first)")
        self._each(store.seal_anew, "encrypted")

    def _decrypt(self) -> None:
        if store.encrypting():
            raise CommandError("先设 JINZHI_ENCRYPT_STORE=0，否则新文件仍会加密 (set JINZHI_ENCRYPT_STORE=0 first)")
        self._each(store.open_again, "decrypted")

    def _rotate(self) -> None:
        if not store.encrypting():
            raise CommandError("加密没有打开 (encryption is off)")
        try:
            store.sealing_keys()
        except store.FileRefused as e:
            raise CommandError(str(e)) from None
        cipher.rotate(store.key_path())
        self._each(store.seal_anew, "encrypted with the new key")
        self.stdout.write("旧密钥仍在密钥文件中；确认备份后用 jinzhi store forget 移除 (the old keys stay until then)")

    def _forget(self) -> None:
        used = set()
        for found in store.lying():
            if found.sealed:
                with open(found.path, "rb") as file:
                    used.add(cipher.key_of(file))
        try:
            gone = cipher.forget(store.key_path(), used)
        except cipher.KeyProblem as e:
            raise CommandError(str(e)) from None
        self.stdout.write(f"{gone} old keys removed; backups made before still need them")

    def _each(self, convert: Callable[[store.Lying], int], said: str) -> int:
        """Convert every content; one that fails is named and left as it is."""
        done = failed = 0
        for found in store.lying():
            try:
                done += convert(found)
            except store.FileRefused as e:
                failed += 1
                self.stderr.write(f"{found.sha256}: {e}")
        self.stdout.write(f"{done} {said}")
        return failed

    def _check(self) -> None:
        bad, there = 0, set()
        for found in store.lying():
            there.add(found.sha256)
            try:
                store.check(found.sha256)
            except store.FileRefused as e:
                bad += 1
                self.stderr.write(f"{found.sha256}: {e}")
        for name, sha256 in holdings.held():
            if sha256 not in there:
                bad += 1
                self.stderr.write(f"{sha256}: {name} 需要，但存储中没有 (needed by {name}, not there)")
        self.stdout.write(f"{len(there)} files checked, {bad} wrong")
        if bad:
            raise CommandError("存储有问题，见上 (the store is not sound, see above)")
