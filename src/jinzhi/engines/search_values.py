"""Numbers and classes as the offices' standards have them, for every engine of search alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from jinzhi.kernel.query import Numbers, class_symbol, plain_number, plain_number_keys
from jinzhi.standards.cn_numbers import Number, PatentNumberError, normalise
from jinzhi.standards.ipc import Scheme

#: what the numbers of a field are, where that is known
NUMBER_KINDS = {"an": "application", "pr": "application", "pn": "publication"}


def _read(text: str, code: str) -> Number | None:
    try:
        return normalise(text, kind=NUMBER_KINDS.get(code, ""))
    except PatentNumberError:
        return None


def asked_number(text: str, code: str = "") -> str:
    """The form in which a number is asked for: country and digits, with the kind code if it was written."""
    number = _read(text, code)
    return f"{number.country}{number.digits}{number.code}" if number else plain_number(text)


def number_keys(text: str, code: str = "") -> frozenset[str]:
    """Under what a stored number answers: standard and written form, with and without kind code or check digit."""
    number = _read(text, code)
    known = plain_number_keys(text)
    return known | {f"{number.country}{number.digits}", asked_number(text, code)} if number else known


#: numbers compared by ``standards.cn_numbers``: CN201410503258.2, ZL201410503258 and CN102014000503258 are one
OFFICE_NUMBERS = Numbers(asked_number, number_keys)


class Trees:
    """Class trees by scheme code (ipc, cpc), as ``kernel.query.ClassTree``."""

    def __init__(self, schemes: Mapping[str, Scheme | Callable[[], Scheme]]):
        #: a scheme, or what makes it when it is first asked for: most queries ask for none
        self._schemes = schemes
        self._known: dict[tuple[str, str], frozenset[str]] = {}

    def subtree(self, scheme: str, symbol: str) -> frozenset[str] | None:
        """The symbol with all below it, None where the scheme is not loaded or lacks the symbol."""
        held = self._schemes.get(scheme)
        tree = held if held is None or isinstance(held, Scheme) else held()
        if tree is None or symbol not in tree:
            return None
        if (scheme, symbol) not in self._known:
            self._known[scheme, symbol] = frozenset(class_symbol(one) for one in tree.subtree(symbol))
        return self._known[scheme, symbol]
