"""Four patents that the tests of searching share, and a way to make more."""

from __future__ import annotations

from datetime import date

from jinzhi.apps.patents.store.storing import prepare, store
from jinzhi.kernel.patent import PatentDocument, PatentParty, Source, Symbol, Text


def document(number: str, title: str, abstract: str = "", **more) -> PatentDocument:
    given = {
        "country": "CN", "doc_number": number[2:-1], "kind": number[-1], "publication_number": number,
        "publication_date": date(2024, 3, 1), "application_number": f"CN2022100{number[-6:-1]}",
        "application_type": "invention", "filing_date": date(2022, 5, 6), "language": "zh",
        "titles": (Text("zh", title),), "abstracts": (Text("zh", abstract),) if abstract else (),
        "applicants": (PatentParty("天津某电池有限公司", province="天津市", city="市辖区", county="滨海新区"),),
        "ipc": (Symbol("ipc", "H01M50/446", main=True),), "source": Source("cnipa-test", "2024/01.zip"),
    }  # fmt: skip
    return PatentDocument(**{**given, **more})


SEPARATOR = document("CN117000001A", "一种锂离子电池用陶瓷涂覆隔膜", "本发明公开了一种隔膜，热收缩率低。")
DETECTOR = document(
    "CN116000002A", "电池涂布厚度在线检测装置", "通过激光传感器检测隔膜涂布。",
    publication_date=date(2023, 2, 1), ipc=(Symbol("ipc", "G01B11/06", main=True),),
)  # fmt: skip
MODEL = document("CN218000003U", "一种电芯夹具", application_type="utility-model", publication_date=date(2024, 9, 3))
LATER = document("CN119000004A", "一种隔膜涂覆机", publication_date=date(2024, 10, 1))


def stored() -> None:
    """Keep the four."""
    store([prepare(d) for d in (SEPARATOR, DETECTOR, MODEL, LATER)])
