"""著录项目代码 (WIPO ST.9): the INID code and the names of every field of `jinzhi.kernel.patent.PatentDocument`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Inid:
    """A field's INID code (empty where ST.9 has none) and its names."""

    code: str
    zh: str
    en: str


FIELDS: dict[str, Inid] = {
    "country": Inid("19", "公布国家或组织", "Publishing office"),
    "doc_number": Inid("11", "公开（公告）号", "Publication number"),
    "kind": Inid("13", "文献种类代码", "Kind code"),
    "publication_number": Inid("10", "公开（公告）号", "Publication number"),
    "publication_date": Inid("43", "公开（公告）日", "Publication date"),
    "application_number": Inid("21", "申请号", "Application number"),
    "application_type": Inid("12", "专利类型", "Type of right"),
    "filing_date": Inid("22", "申请日", "Filing date"),
    "grant_date": Inid("45", "授权公告日", "Date of grant"),
    "language": Inid("26", "公布语言", "Language of publication"),
    "titles": Inid("54", "名称", "Title"),
    "abstracts": Inid("57", "摘要", "Abstract"),
    "claims": Inid("", "权利要求", "Claims"),
    "description": Inid("", "说明书", "Description"),
    "ipc": Inid("51", "国际专利分类", "International Patent Classification"),
    "cpc": Inid("52", "联合专利分类（CPC）", "Cooperative Patent Classification"),
    "locarno": Inid("51", "洛迦诺分类", "Locarno Classification"),
    "fi": Inid("52", "日本 FI 分类", "Japanese FI classification"),
    "other_classes": Inid("52", "其他分类", "Other classifications"),
    "applicants": Inid("71", "申请人", "Applicant"),
    "inventors": Inid("72", "发明人", "Inventor"),
    "agents": Inid("74", "代理人", "Agent"),
    "agencies": Inid("74", "代理机构", "Agency"),
    "assignees": Inid("73", "专利权人", "Holder"),
    "examiners": Inid("", "审查员", "Examiner"),
    "priorities": Inid("30", "优先权", "Priority"),
    "citations": Inid("56", "引证文献", "Documents cited"),
    "related": Inid("60", "相关申请", "Related documents"),
    "family_id": Inid("", "同族标识", "Family identifier"),
    "family": Inid("", "同族成员", "Family members"),
    "drawings": Inid("", "附图", "Drawings"),
    "place": Inid("", "地区", "Place"),
    "source": Inid("", "来源", "Source"),
    "rest": Inid("", "未纳入模型的内容", "What the model lacks"),
}

#: codes inside one printed field
PARTS = {
    "31": Inid("31", "优先权号", "Priority number"),
    "32": Inid("32", "优先权日", "Priority date"),
    "33": Inid("33", "优先权国家", "Priority country"),
    "62": Inid("62", "分案原申请", "Earlier application of a division"),
    "63": Inid("63", "继续申请的原申请", "Earlier application of a continuation"),
    "85": Inid("85", "PCT 进入国家阶段日", "Date of entry into the national phase"),
    "86": Inid("86", "PCT 申请数据", "PCT filing data"),
    "87": Inid("87", "PCT 公布数据", "PCT publication data"),
}
