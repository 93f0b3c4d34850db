"""The systems whose queries are translated: their signs, operators, fields, and how each counts distance.

What is told as "from memory" was not confirmed by the systems' own documents.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from jinzhi.kernel.query import Near


@dataclass(frozen=True, slots=True)
class ProximityStep:
    """An operator of proximity: how it is written, its kind, and what must be added to its n."""

    pattern: str
    near: Near
    shift: int = 0
    negated: bool = False
    loss_zh: str = ""
    loss_en: str = ""


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """Another system's language.

    ``wild``: its signs to native ones. ``signs``: its operators to and, or, not, xor. ``levels``: how tightly each
    binds (prox is tightest unless ``prox`` is named); the same number means left to right. ``beside``: what words next
    to each other mean. ``fields``: its names to native codes, beside those that are native names anyway.
    """

    id: str
    zh: str
    en: str
    wild: Mapping[str, str]
    signs: Mapping[str, str]
    levels: Mapping[str, int]
    steps: tuple[ProximityStep, ...] = ()
    beside: str = "and"
    beside_loss: tuple[str, str] | None = None
    mixed_loss: tuple[str, str] | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    prefix: str = r"[A-Za-z][A-Za-z_-]*|[\u4e00-\u9fff()]{2,}"
    #: how a suffix of fields is written; group 1 holds the names
    suffix: str = ""
    bounded_wild: bool = False
    european_dates: bool = False
    history: str = ""
    #: what a relation may carry to say that a class means all below it (OPS: ``cpc=/low``)
    modifiers: bool = False
    #: the command that begins a search and may be left out; its other commands are no searches
    command: str = ""


WORDS = {"and": "and", "or": "or", "not": "not", "xor": "xor"}
NORMAL = {"prox": 5, "not": 4, "and": 3, "xor": 2, "or": 1}
LEFT_TO_RIGHT = {"prox": 5, "not": 1, "and": 1, "xor": 1, "or": 1}
FROM_MEMORY = (
    "不同算符混用而没有括号：该系统的优先次序未经其文档证实，请核对译文的括号",
    "operators are mixed without brackets, and how that system binds them is from memory: check the brackets",
)
SENTENCE_ZH = "该系统限同一句内，本系统的词距不限句"
SENTENCE_EN = "that system stays within one sentence, a distance here does not"

OPS = Dialect(
    id="ops",
    zh="欧洲专利局 OPS（CQL）",
    en="EPO OPS (CQL)",
    wild={"*": "*", "?": "?", "#": "#"},
    signs=WORDS,
    levels=LEFT_TO_RIGHT,
    steps=(ProximityStep(r"prox(?:/[^\s()]+)?", Near.D),),
    modifiers=True,
    fields={
        "ti": "ti",
        "ab": "ab",
        "txt": "tacd",
        "ta": "ta",
        "ia": "in,pa",
        "ap": "an",
        "num": "num",
        "pn": "pn",
        "pr": "pr",
        "pd": "pd",
        "ct": "ct",
        "ic": "ipc",
        "ipc": "ipc",
        "cpc": "cpc",
        "cl": "ipc,cpc",
        "famn": "fam",
        "in": "in",
        "pa": "pa",
    },
)
DEPATIS = Dialect(
    id="depatis",
    zh="德国专商局 DEPATISnet",
    en="DPMA DEPATISnet",
    wild={"?": "*", "#": "?", "!": "#"},
    signs={**WORDS, "und": "and", "oder": "or", "nicht": "not"},
    levels=NORMAL,
    mixed_loss=FROM_MEMORY,
    steps=(
        ProximityStep(r"\(\s*not\s*(\d*)\s*w\s*\)", Near.W, negated=True),
        ProximityStep(r"\(\s*not\s*(\d*)\s*a\s*\)", Near.D, negated=True),
        ProximityStep(r"\(\s*(\d*)\s*w\s*\)", Near.W),
        ProximityStep(r"\(\s*(\d*)\s*a\s*\)", Near.D),
        ProximityStep(r"\(\s*()p\s*\)", Near.P),
        ProximityStep(r"\(\s*()l\s*\)", Near.F, loss_zh="(L) 按同一字段读", loss_en="(L) is read as the same field"),
    ),
    fields={
        "bi": "tacd",
        "cl": "clm",
        "de": "desc",
        "icm": "ipcm",
        "icb": "ipc",
        "ic": "ipc",
        "pub": "pd",
        "ad": "ad",
        "prc": "pr",
        "py": "pd",
        "ay": "ad",
        "anr": "an",
        "ti": "ti",
        "ab": "ab",
        "pa": "pa",
        "in": "in",
        "pn": "pn",
        "ct": "ct",
    },
    suffix=r"/([A-Za-z]+(?:\s*,\s*[A-Za-z]+)*)(?=$|[\s()])",
    european_dates=True,
)
PPUBS = Dialect(
    id="ppubs",
    zh="美国专商局 Patent Public Search",
    en="USPTO Patent Public Search",
    wild={"$": "*", "*": "*", "?": "#"},
    signs=WORDS,
    levels={"prox": 5, "with": 4, "same": 3, "and": 2, "not": 2, "or": 1, "xor": 1},
    mixed_loss=FROM_MEMORY,
    beside="or",
    steps=(
        ProximityStep(r"not\s+adj(\d*)", Near.W, -1, True, SENTENCE_ZH, SENTENCE_EN),
        ProximityStep(r"not\s+near(\d*)", Near.D, -1, True, SENTENCE_ZH, SENTENCE_EN),
        ProximityStep(r"not\s+with(\d*)", Near.S, 0, True),
        ProximityStep(r"not\s+same(\d*)", Near.P, 0, True),
        ProximityStep(r"adj(\d*)", Near.W, -1, False, SENTENCE_ZH, SENTENCE_EN),
        ProximityStep(r"near(\d*)", Near.D, -1, False, SENTENCE_ZH, SENTENCE_EN),
        ProximityStep(r"with(\d*)", Near.S),
        ProximityStep(r"same(\d*)", Near.P),
    ),
    fields={
        "ti": "ti",
        "ttl": "ti",
        "ab": "ab",
        "clm": "clm",
        "spec": "desc",
        "detd": "desc_e",
        "bsum": "desc_s",
        "drwd": "desc_d",
        "as": "pa",
        "asn": "pa",
        "aanm": "pa",
        "in": "in",
        "inv": "in",
        "lrep": "ag",
        "pn": "pn",
        "did": "pn",
        "app": "an",
        "apn": "an",
        "cpc": "cpc",
        "cpci": "cpc",
        "ipc": "ipc",
        "ad": "ad",
        "pd": "pd",
        "prad": "prd",
        "urpn": "ct",
        "ref": "ct",
    },
    prefix=r"@(?:ad|pd|prad)",
    suffix=r"\.([A-Za-z]{2,5}(?:\s*[,.]\s*[A-Za-z]{2,5})*)\.",
    bounded_wild=True,
    history=r"L(\d+)",
)
ORBIT = Dialect(
    id="orbit",
    zh="Orbit（Questel）",
    en="Orbit (Questel)",
    wild={"+": "*", "?": "?", "#": "#"},
    signs=WORDS,
    levels=NORMAL,
    mixed_loss=FROM_MEMORY,
    beside_loss=(
        "检索词之间未写算符：按 AND 读；Orbit 的表单界面读作相邻（W）",
        "words side by side are read as AND; Orbit's own form reads them as adjacent (W)",
    ),
    steps=(
        ProximityStep(r"\(?\s*(\d*)w\s*\)?", Near.W),
        ProximityStep(r"\(?\s*(\d*)d\s*\)?", Near.D),
        ProximityStep(r"\(?\s*()s\s*\)?", Near.S),
        ProximityStep(r"\(?\s*()p\s*\)?", Near.P),
        ProximityStep(r"\(?\s*()f\s*\)?", Near.F),
    ),
    fields={
        "ti": "ti",
        "ab": "ab",
        "clms": "clm",
        "iclm": "iclm",
        "desc": "desc",
        "bi": "ta",
        "tx": "tacd",
        "pa": "pa",
        "in": "in",
        "ic": "ipc",
        "ipc": "ipc",
        "cpc": "cpc",
        "pn": "pn",
        "ap": "an",
        "apn": "an",
        "pr": "pr",
        "xpn": "pn",
        "pd": "pd",
        "apd": "ad",
        "prd": "prd",
        "ct": "ct",
        "ctn": "citing",
        "rep": "ag",
    },
    suffix=r"/([A-Za-z]+(?:[/,][A-Za-z]+)*)(?=$|[\s()])",
)
CPRS = Dialect(
    id="cprs",
    zh="CPRS",
    en="CPRS",
    wild={"$": "*"},
    signs={"*": "and", "+": "or", "-": "not", **WORDS},
    levels=LEFT_TO_RIGHT,
    mixed_loss=FROM_MEMORY,
    fields={
        "ti": "ti",
        "ab": "ab",
        "cl": "clm",
        "pa": "pa",
        "in": "in",
        "ic": "ipc",
        "mc": "ipcm",
        "an": "an",
        "pn": "pn",
        "ad": "ad",
        "pd": "pd",
        "gd": "gd",
        "ag": "ag",
        "at": "agt",
        "pr": "pr",
        "co": "prov",
        "dz": "addr",
        "ar": "addr",
        "@lx": "typ",
        "@co": "cc",
        "@yx": "st",
        "@sx": "ls",
    },
    prefix=r"@[A-Za-z]+|[A-Za-z]{2,4}|[\u4e00-\u9fff()]{2,}",
    command=r"F\s+(?:XX(?=[\s(]))?",
    suffix=r"/([A-Za-z]+(?:\s*[,/]\s*[A-Za-z]+)*)(?=$|[\s()*+-])",
)
CNIPR = Dialect(
    id="cnipr",
    zh="CNIPR",
    en="CNIPR",
    wild={"%": "*", "?": "#"},
    signs=WORDS,
    levels=LEFT_TO_RIGHT,
    mixed_loss=FROM_MEMORY,
    steps=(
        ProximityStep(r"adj()", Near.W),
        ProximityStep(r"pre/(\d+)", Near.W),
        ProximityStep(r"equ/(\d+)", Near.EQU),
    ),
    fields={
        "ti": "ti",
        "ab": "ab",
        "pa": "pa",
        "in": "in",
        "an": "an",
        "pn": "pn",
        "ad": "ad",
        "pd": "pd",
        "ipc": "ipc",
        "主权项": "iclm",
        "申请(专利)号": "an",
        "公开(公告)号": "pn",
        "公开(公告)日": "pd",
        "申请(专利权)人": "pa",
        "发明(设计)人": "in",
        "分类号": "ipc",
        "主分类号": "ipcm",
        "国省代码": "prov",
        "sic": "ipc",
        "pic": "ipcm",
        "clm": "clm",
        "fta": "tacd",
        "ft": "tacd",
    },
)
PATSNAP = Dialect(
    id="patsnap",
    zh="智慧芽 PatSnap",
    en="PatSnap",
    wild={"*": "*", "#": "?", "?": "#"},
    signs=WORDS,
    levels=NORMAL,
    mixed_loss=FROM_MEMORY,
    beside_loss=(
        "检索词之间未写算符：按 AND 读，该系统的默认算符未经其文档证实",
        "words side by side are read as AND; that system's own default is not confirmed",
    ),
    steps=(
        ProximityStep(
            r"\$ws", Near.S, loss_zh="$WS 按同一句读，未经其文档证实", loss_en="$WS is read as the same sentence"
        ),
        ProximityStep(r"\$w(\d+)", Near.D),
        ProximityStep(r"\$pre(\d+)", Near.W),
        ProximityStep(r"\$sen", Near.S),
        ProximityStep(r"\$para", Near.P),
    ),
    fields={
        "ttl": "ti",
        "ttl_all": "ti",
        "abst": "ab",
        "abst_all": "ab",
        "clms": "clm",
        "clms_all": "clm",
        "iclms": "iclm",
        "desc": "desc",
        "desc_all": "desc",
        "ta": "ta",
        "ta_all": "ta",
        "tac": "tac",
        "tac_all": "tac",
        "tacd": "tacd",
        "tacd_all": "tacd",
        "an": "pa",
        "all_an": "pa",
        "ancs": "own",
        "in": "in",
        "all_in": "in",
        "at": "agt",
        "atc": "ag",
        "pn": "pn",
        "apno": "an",
        "prno": "pr",
        "pbd": "pd",
        "apd": "ad",
        "isd": "gd",
        "prd": "prd",
        "ipc": "ipc",
        "mipc": "ipcm",
        "ipc_low": "ipclow",
        "cpc": "cpc",
        "cpc_low": "cpclow",
        "loc": "loc",
        "b_cites": "ct",
        "f_cites": "citing",
        "desc_f": "desc_f",
        "desc_b": "desc_b",
        "desc_s": "desc_s",
        "desc_d": "desc_d",
        "desc_e": "desc_e",
        "authority": "cc",
        "patent_type": "typ",
        "simple_legal_status": "st",
    },
)

DIALECTS: Mapping[str, Dialect] = {one.id: one for one in (OPS, DEPATIS, PPUBS, ORBIT, CPRS, CNIPR, PATSNAP)}
