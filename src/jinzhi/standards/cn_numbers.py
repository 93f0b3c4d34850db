"""专利号: numbers of applications and publications, read in the forms people and files write, said in one form.

Chinese application numbers have had two lengths: ``YYTNNNNN`` before 1 October 2003 and ``YYYYTNNNNNNN`` since
(ZC 0006-2003), T being 1 发明, 2 实用新型, 3 外观设计, 8 PCT 发明, 9 PCT 实用新型, followed by a point and a check
digit. The offices' data files write a third form, ``CN LL YYYY NNNNNNNNN`` of 15 digits, whose LL says the type:
10 → 1, 11 → 8, 20 → 2, 21 → 9, 30 → 3. That rule was worked out on the public gazette of March to June 2017
(85,329 rows, both forms): under it all rows give 85,325 numbers, the four that meet are the corrected reprints of
the same patent, and every LL = 11 row has the year of its filing date, as all T = 8 rows do (divisional
applications, which do not, occur under 1 and 10 only). 20 is confirmed by the office's name for a file of utility
model 202120797205.2, CN202021000797205…; 21 and 30 follow the same table and no sample confirms them (unverified).

Standard forms: ``CN201510163325.6``, ``CN02123456.0``, ``CN104751825B``, ``US7272630B2``, ``US20050004437A1``.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

#: since this day an application number has a year of four digits and a serial number of seven
LONG_SINCE = date(2003, 10, 1)

#: fifth digit (third, before 2003-10-01) of an application number
TYPES = {
    "1": ("发明", "invention"),
    "2": ("实用新型", "utility-model"),
    "3": ("外观设计", "design"),
    "8": ("发明（PCT 进入中国国家阶段）", "invention"),
    "9": ("实用新型（PCT 进入中国国家阶段）", "utility-model"),
}

#: first two digits of the 15-digit form → type digit
FILE_TYPES = {"10": "1", "11": "8", "20": "2", "21": "9", "30": "3"}

_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)


class PatentNumberError(ValueError):
    """A text that is no number of a patent document; the message says why, in Chinese, `english` in English."""

    def __init__(self, zh: str, english: str) -> None:
        super().__init__(zh)
        self.english = english


@dataclass(frozen=True, slots=True)
class Number:
    """A number understood. kind: ``application`` or ``publication``; text: its standard form.

    digits: without country, kind code and check digit. code: the kind code of a publication, empty if not written.
    check: the right check digit; written: a wrong one that stood in its place (see `warning`): the digits decide
    which number it is, and a wrong check digit is said, not corrected in silence.
    """

    kind: str
    country: str
    digits: str
    code: str = ""
    check: str = ""
    written: str = ""

    @property
    def text(self) -> str:
        if self.digits.startswith("PCT/"):
            return self.digits
        if self.kind == "application" and self.check:
            return f"{self.country}{self.digits}.{self.check}"
        return f"{self.country}{self.digits}{self.code}"

    @property
    def application_type(self) -> str:
        """invention, utility-model or design, by the type digit of a Chinese application; else empty."""
        if self.kind != "application" or self.country != "CN" or len(self.digits) not in (8, 12):
            return ""
        return TYPES[self.digits[4 if len(self.digits) == 12 else 2]][1]

    @property
    def year(self) -> int | None:
        """The year a Chinese application number carries (divisions keep their own year, not the parent's)."""
        if self.kind != "application" or self.country != "CN":
            return None
        if len(self.digits) == 12:
            return int(self.digits[:4])
        return _full_year(int(self.digits[:2]))

    @property
    def warning(self) -> str:
        """What to tell the user about the number, in Chinese; empty when nothing."""
        if not self.written:
            return ""
        return f"申请号 {self.digits}.{self.written} 的校验位不对，应为 {self.check}，已按前 {len(self.digits)} 位识别"

    @property
    def warning_english(self) -> str:
        if not self.written:
            return ""
        return f"the check digit of {self.digits}.{self.written} should be {self.check}; its other digits were used"

    def __str__(self) -> str:
        return self.text


def check_digit(digits: str) -> str:
    """The check digit of 8 or 12 digits (ZC 0006-2003): weights 2…9, 2…5, sum modulo 11, 10 written X.

    The rule is confirmed by 201510163325.6 and 201610158350.X and by the 22,666 written check digits of the 2017
    gazette. For numbers of 8 digits the same weights are used; no sample confirms those (unverified).
    """
    if len(digits) not in (8, 12) or not (digits.isascii() and digits.isdigit()):
        raise PatentNumberError("校验位按 8 位或 12 位数字计算", "a check digit is computed from 8 or 12 digits")
    rest = sum(int(d) * w for d, w in zip(digits, _WEIGHTS, strict=False)) % 11
    return "X" if rest == 10 else str(rest)


def _full_year(two: int) -> int:
    return 1900 + two if two >= 85 else 2000 + two


def _chinese_application(digits: str, check: str) -> Number:
    kind = digits[4] if len(digits) == 12 else digits[2]
    if kind not in TYPES:
        raise PatentNumberError(
            f"申请号 {digits} 的类型位是 {kind}，应为 1、2、3、8、9",
            f"the type digit of application number {digits} is {kind}, not 1, 2, 3, 8 or 9",
        )
    year = int(digits[:4]) if len(digits) == 12 else _full_year(int(digits[:2]))
    if not (2003 <= year <= 2099 if len(digits) == 12 else 1985 <= year <= 2003):
        raise PatentNumberError(
            f"申请号 {digits} 的年份 {year} 不可能", f"the year {year} of application {digits} cannot be"
        )
    expected = check_digit(digits)
    return Number("application", "CN", digits, check=expected, written=check if check != expected else "")


_CN_POINTED = re.compile(r"(\d{12}|\d{8})\.([\dX])")
_CN_FILE = re.compile(r"(10|11|20|21|30)(\d{4})(\d{9})")
_CN_PLAIN = re.compile(r"\d{12}")
_CN_UNPOINTED = re.compile(r"(\d{12})([\dX])")
_CN_OLD = re.compile(r"(\d{8})([\dX]?)")
_CN_PUBLICATION = re.compile(r"(\d{9}|\d{7}|\d{8})([A-Z]\d?)?")
_US_GRANT = re.compile(r"(D|RE|PP|H|T)?0*(\d+)([A-Z]\d?)?")
_US_APPLICATION = re.compile(r"(\d{4})/?(\d{6,7})([A-Z]\d?)?")
_OTHER = re.compile(r"([A-Z]{0,4}\d[\dA-Z]*?)([A-Z]\d?)?")
_PCT = re.compile(r"PCT/?([A-Z]{2})(\d{4}|\d{2})/?(\d{5,6})")
_EPODOC_PCT = re.compile(r"(\d{4})([A-Z]{2})(\d{5,6})")
_WO = re.compile(r"(\d{4}|\d{2})/?(\d{5,6})([A-Z]\d?)?")
_COUNTRY = re.compile(r"[A-Z]{2}(?=[-_]?[\dA-Z])")
#: the US office's own writing of an application: series code, stroke, serial number
_US_SERIAL = re.compile(r"(\d{2})/(\d{5,6})")
#: offices whose applications carry a check digit behind a point, which no data file repeats
_CHECKED = frozenset({"EP", "DE", "GB"})
_EP_CHECKED = re.compile(r"\d{8}\.\d")
_NOISE = re.compile(r"[\s\u3000,，·]+")


def _clean(text: str) -> str:
    plain = _NOISE.sub("", unicodedata.normalize("NFKC", text)).upper().replace("。", ".")
    return plain if plain.isascii() else "".join(str(unicodedata.decimal(c, c)) for c in plain)


def _chinese(body: str, application: bool, publication: bool) -> Number:
    if m := _CN_POINTED.fullmatch(body):
        return _chinese_application(*m.groups())
    if m := _CN_FILE.fullmatch(body):
        return _file_form(*m.groups())
    if m := _CN_UNPOINTED.fullmatch(body):
        number = _chinese_application(*m.groups())
        if number.written:  # no point says that the last digit is a check digit: one digit too many, then
            raise PatentNumberError(
                f"申请号 {body} 有 13 位而校验位不对（应为 {number.check}），多了或错了一位",
                f"{body} has 13 digits and its check digit should be {number.check}: a digit is wrong or too many",
            )
        return number
    plain = body[:-1] if len(body) == 13 and body.endswith("A") else body  # DOCDB writes the application kind
    if _CN_PLAIN.fullmatch(plain):
        return _chinese_application(plain, "")
    if application and (m := _CN_OLD.fullmatch(body)):
        return _chinese_application(*m.groups())
    if not application and (m := _CN_PUBLICATION.fullmatch(body)):
        if len(m[1]) == 8 and not m[2] and not publication:
            return _chinese_application(m[1], "")
        return Number("publication", "CN", m[1], m[2] or "")
    raise PatentNumberError(
        f"认不出这个号码：CN{body}。申请号应为 12 位（2003 年 10 月 1 日前 8 位）加校验位，"
        "公开号应为 7 至 9 位加文献种类代码",
        f"CN{body} is no number: an application has 12 digits (8 before 1 October 2003) and a check digit, "
        "a publication 7 to 9 digits and a kind code",
    )


def _file_form(kind: str, year: str, serial: str) -> Number:
    if int(year) < 2003 or not serial.startswith("00"):
        raise PatentNumberError(
            f"15 位写法 CN{kind}{year}{serial} 的换算只对 2003 年以后、流水号 7 位的申请证实过",
            f"the 15-digit form CN{kind}{year}{serial} is only proven for years since 2003 and serials of 7 digits",
        )
    return _chinese_application(f"{year}{FILE_TYPES[kind]}{serial[2:]}", "")


def _american(body: str, application: bool) -> Number:
    if application or _US_SERIAL.fullmatch(body):
        body = re.sub(r"(?<=\d{8})A$", "", body)  # DOCDB writes the application kind
        digits = "".join(p.zfill(6) if i else p for i, p in enumerate(body.split("/")))
        if not digits.isdigit():
            raise PatentNumberError(f"认不出这个美国申请号：{body}", f"{body} is no application number of the US")
        if len(digits) == 12 and digits[:2] in ("19", "20"):  # EPODOC: year, series, serial number
            digits = digits[4:]
        return Number("application", "US", digits)
    if (m := _US_APPLICATION.fullmatch(body)) and 2001 <= int(m[1]) <= 2099 and (len(body) > 9 or "/" in body):
        return Number("publication", "US", m[1] + m[2].zfill(7), m[3] or "")
    if m := _US_GRANT.fullmatch(body.replace("D.", "D").replace("RE.", "RE")):
        return Number("publication", "US", (m[1] or "") + m[2], m[3] or "")
    raise PatentNumberError(f"认不出这个美国专利号：{body}", f"{body} is no patent number of the US")


#: numbers as the Japanese office writes them: what they are, the emperor's era or the year, the serial number
_JAPANESE = re.compile(
    r"(?:JP)?(特[開开]|特表|再表|特公|[実实][開开]|[実实]公|特[願愿]|[実实][願愿]|意[願愿]|特[許许]第?|[実实]用新案登[録录]第?|意匠登[録录]第?)"
    r"(?:(平|昭|令|H|S|R)(?:成|和)?)?(\d+)(?:-(\d+))?号?(?:公[報报])?([A-Z]\d?)?"
)
_ERAS = {"平": ("H", 1988), "昭": ("S", 1925), "令": ("R", 2018)}
_JAPANESE_KINDS = {"特開": "A", "特表": "A", "再表": "A", "特公": "B", "実開": "U", "実公": "Y"}


def _japanese(m: re.Match[str]) -> Number | None:
    """特開2017-123456 → JP2017123456A, 特開平11-123456 → JPH11123456A, 特願平11-123456 → JP1999123456."""
    word = m[1].translate(str.maketrans("开实愿许录", "開実願許録")).removesuffix("第")
    letter, before = next((e for k, e in _ERAS.items() if m[2] in (k, e[0])), ("", 0))
    if not m[4]:  # a registration: 特許第6123456号
        return Number("publication", "JP", m[3], m[5] or "") if word[-1] in "許録" and not m[2] else None
    serial = m[4].zfill(6)
    if word.endswith("願"):
        year = before + int(m[3]) if letter else int(m[3])
        return Number("application", "JP", f"{year}{serial}")
    year_text = f"{letter}{int(m[3]):02}" if letter else m[3]
    return Number("publication", "JP", year_text + serial, m[5] or _JAPANESE_KINDS.get(word, ""))


def normalise(text: str, *, country: str = "", kind: str = "") -> Number:
    """The number that `text` writes.

    country: an ST.3 code, used where the text has none (default CN). kind: ``application`` or ``publication`` when
    the field says which it is; else it is told by its form. Raises NumberError when it is no number.
    """
    body = _clean(text)
    application, publication = kind == "application", kind == "publication"
    if (m := _JAPANESE.fullmatch(unicodedata.normalize("NFKC", "".join(text.split())))) and (number := _japanese(m)):
        return number
    if m := _PCT.fullmatch(body):
        return Number("application", "WO", f"PCT/{m[1]}{_century(m[2])}/{m[3].zfill(6)}")
    if body.startswith("ZL"):
        body, country, application = body[2:], "CN", True
    elif not country and (m := _COUNTRY.match(body)) and m[0] not in ("RE", "PP"):
        country, body = m[0], body[2:]
    elif country and body.startswith(country):
        body = body[len(country) :]
    body = body.strip("-_ ")
    country = country or ("US" if _US_SERIAL.fullmatch(body) and not publication else "CN")
    if country == "CN":
        return _chinese(body.replace("-", "").replace("/", ""), application, publication)
    if country == "US":
        return _american(body.replace("-", ""), application)
    if country == "WO" and not application and (m := _WO.fullmatch(body)):
        return Number("publication", "WO", _century(m[1]) + m[2].zfill(6), m[3] or "")
    application = application or (country == "EP" and not publication and bool(_EP_CHECKED.fullmatch(body)))
    if application and country in _CHECKED:
        body = re.sub(r"(?<=\d{7})\.\d$", "", body)
    squeezed = body.replace("-", "").replace("/", "").replace(".", "")
    if application and re.fullmatch(r"[A-Z0-9]*\d[A-Z0-9]*", squeezed):
        return Number("application", country, _foreign(country, squeezed))
    if m := _OTHER.fullmatch(squeezed):
        digits = m[1].lstrip("0") if country == "EP" else m[1]
        if digits:
            return Number("publication", country, digits.zfill(7) if country == "EP" else digits, m[2] or "")
    raise PatentNumberError(f"认不出这个号码：{text.strip()[:40]}", f"{text.strip()[:40]!r} is no number")


def _foreign(country: str, digits: str) -> str:
    """One of the forms in which other offices' applications are written: as the office does, without the zeros,
    years and type digits that EPODOC and data files put in. What fits no known form stays as it is."""
    if country == "WO" and (m := _EPODOC_PCT.fullmatch(digits)):
        return f"PCT/{m[2]}{m[1]}/{m[3].zfill(6)}"
    if country == "EP" and (m := re.fullmatch(r"(?:19|20)(\d\d)0(\d{6})", digits)):
        return m[1] + m[2]
    if country in ("JP", "AU") and (m := re.fullmatch(r"((?:19|20)\d\d)0(\d{6})", digits)):
        return m[1] + m[2]
    if country == "KR" and (m := re.fullmatch(r"[123]0((?:19|20)\d\d\d{7})", digits)):
        return m[1]
    return digits


def _century(year: str) -> str:
    return year if len(year) == 4 else ("19" if int(year) >= 78 else "20") + year


def same(a: str, b: str) -> bool:
    """Whether two written numbers are one number. A publication without kind code is the same as with any."""
    try:
        left, right = normalise(a), normalise(b)
    except PatentNumberError:
        return False
    if (left.kind, left.country, left.digits) != (right.kind, right.country, right.digits):
        return False
    return not left.code or not right.code or left.code == right.code


def standard(text: str, *, country: str = "", kind: str = "") -> str:
    """The standard form, or the text without its white space where it is no number that is known here."""
    try:
        return normalise(text, country=country, kind=kind).text
    except PatentNumberError:
        body = _NOISE.sub("", text)
        return body if not country or body.upper().startswith(country) else country + body
