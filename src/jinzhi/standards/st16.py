"""文献种类代码 (WIPO ST.16): what the kind code of a published document says, with the Chinese names.

Chinese codes changed their meaning with time: B was the examined application until 1992 and is the granted patent
since April 2010; between them grants bore C (inventions), Y (utility models) and D (designs). The names follow
ZC 0008 as generally described; no official text was at hand, so entries carry `verified`: True only for codes that
occur with that meaning in the project's data (A, B, C, A8, A9, B8, B9).
"""

from __future__ import annotations

from dataclasses import dataclass

#: since this year the letters say again what ST.16 means by them: B and U and S are the grants
GRANT_LETTERS_SINCE = 2010


@dataclass(frozen=True, slots=True)
class KindCode:
    """A kind of document. stage: application, grant, correction, invalidation, translation, search-report."""

    zh: str
    en: str
    stage: str
    right: str = "invention"
    verified: bool = False


_CN = {
    "A": KindCode("发明专利申请公布", "publication of an invention application", "application", verified=True),
    "A8": KindCode(
        "发明专利申请公布（扉页再版）", "invention application, corrected front page", "correction", verified=True
    ),
    "A9": KindCode(
        "发明专利申请公布（全文再版）", "invention application, corrected document", "correction", verified=True
    ),
    "B": KindCode("发明专利授权公告", "granted invention patent", "grant", verified=True),
    "B8": KindCode(
        "发明专利授权公告（扉页再版）", "invention patent, corrected front page", "correction", verified=True
    ),
    "B9": KindCode("发明专利授权公告（全文再版）", "invention patent, corrected document", "correction", verified=True),
    "C": KindCode("发明专利授权公告", "granted invention patent", "grant", verified=True),
    "C8": KindCode("发明专利授权公告（扉页再版）", "invention patent, corrected front page", "correction"),
    "C9": KindCode("发明专利授权公告（全文再版）", "invention patent, corrected document", "correction"),
    "U": KindCode("实用新型专利授权公告", "granted utility model", "grant", "utility-model"),
    "U8": KindCode(
        "实用新型专利授权公告（扉页再版）", "utility model, corrected front page", "correction", "utility-model"
    ),
    "U9": KindCode(
        "实用新型专利授权公告（全文再版）", "utility model, corrected document", "correction", "utility-model"
    ),
    "Y": KindCode("实用新型专利授权公告", "granted utility model", "grant", "utility-model"),
    "S": KindCode("外观设计专利授权公告", "granted design", "grant", "design"),
    "S8": KindCode("外观设计专利授权公告（扉页再版）", "design, corrected front page", "correction", "design"),
    "S9": KindCode("外观设计专利授权公告（全文再版）", "design, corrected document", "correction", "design"),
    "D": KindCode("外观设计专利授权公告", "granted design", "grant", "design"),
}
_CN.update(
    {
        f"{letter}{n}": KindCode(
            f"{name}部分无效宣告公告（第 {n} 次）", f"{english} declared invalid in part", "invalidation", right
        )
        for letter, name, english, right in (
            ("C", "发明专利", "invention patent", "invention"),
            ("Y", "实用新型专利", "utility model", "utility-model"),
            ("S", "外观设计专利", "design", "design"),
        )
        for n in range(1, 8)
    }
)

_ELSEWHERE = {
    "US": {
        "A": KindCode("专利（2001 年以前）", "patent, before 2001", "grant", verified=True),
        "A1": KindCode("专利申请公布", "application publication", "application", verified=True),
        "A2": KindCode("专利申请再公布", "application publication, republished", "application"),
        "A9": KindCode("专利申请公布（更正）", "application publication, corrected", "correction"),
        "B1": KindCode("专利（无先公布的申请）", "patent without an earlier publication", "grant"),
        "B2": KindCode("专利（有先公布的申请）", "patent with an earlier publication", "grant", verified=True),
        "S": KindCode("外观设计专利", "design patent", "grant", "design", verified=True),
        "S1": KindCode("外观设计专利", "design patent", "grant", "design"),
        "E": KindCode("再颁专利", "reissue", "grant"),
        "E1": KindCode("再颁专利", "reissue", "grant"),
        "P2": KindCode("植物专利", "plant patent", "grant", "plant"),
        "P3": KindCode("植物专利", "plant patent", "grant", "plant"),
    },
    "EP": {
        "A1": KindCode("申请公布（附检索报告）", "application with search report", "application"),
        "A2": KindCode("申请公布（无检索报告）", "application without search report", "application"),
        "A3": KindCode("检索报告", "search report", "search-report"),
        "B1": KindCode("授权公告", "granted patent", "grant"),
        "B2": KindCode("授权公告（异议后）", "patent after opposition", "grant"),
    },
    "WO": {
        "A1": KindCode("国际公布（附检索报告）", "international application with search report", "application"),
        "A2": KindCode("国际公布（无检索报告）", "international application without search report", "application"),
        "A3": KindCode("国际检索报告", "search report", "search-report"),
    },
}


def find_kind(country: str, code: str, year: int | None = None) -> KindCode | None:
    """What a kind code means, None where it is not known here. year: of publication, for codes that changed."""
    if country != "CN":
        return _ELSEWHERE.get(country, {}).get(code)
    if code == "B" and year is not None and year < 1993:
        return KindCode("发明专利申请审定公告", "examined invention application", "application")
    if code in ("U", "S") and year is not None and year < 1993:
        right, name, english = (
            ("utility-model", "实用新型", "utility model") if code == "U" else ("design", "外观设计", "design")
        )
        return KindCode(f"{name}专利申请公告", f"{english} application", "application", right)
    return _CN.get(code)


def is_grant(country: str, code: str, year: int | None = None) -> bool:
    """Whether the document grants a right; False also where the code is not known."""
    kind = find_kind(country, code, year)
    return kind is not None and kind.stage == "grant"
