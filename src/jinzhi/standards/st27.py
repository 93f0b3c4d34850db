"""法律状态事件类别 (WIPO ST.27): the categories of events, and which one a Chinese announcement belongs to.

The letters are those of ST.27 (2020); there is no J, I or O. A Chinese event is placed by its name as announced;
where the name alone does not decide, the category stays empty and the reason is said.
"""

from __future__ import annotations

from dataclasses import dataclass

#: letter → Chinese, English
CATEGORIES = {
    "A": ("申请提交", "Application filing"),
    "B": ("申请终止", "Application discontinuation"),
    "C": ("申请恢复", "Application revival"),
    "D": ("检索与审查", "Search and examination"),
    "E": ("授权前复查请求", "Pre-grant review request"),
    "F": ("授权", "IP right grant"),
    "G": ("期限届满后的保护", "Protection beyond IP right term"),
    "H": ("权利终止", "IP right cessation"),
    "K": ("权利恢复", "IP right revival"),
    "L": ("授权后复查请求", "IP right review request"),
    "M": ("权利维持", "IP right maintenance"),
    "N": ("最终终结", "Termination"),
    "P": ("文件更正", "Document modification"),
    "Q": ("文件公布", "Document publication"),
    "R": ("当事人变更", "Party data change"),
    "S": ("许可与合同", "Information on licensing and contracts"),
    "T": ("程序调整", "Administrative procedure adjustment"),
    "U": ("费用", "Payment"),
    "V": ("上诉", "Appeal"),
    "W": ("其他", "Other"),
}


@dataclass(frozen=True, slots=True)
class Placed:
    """A category letter, or empty with the reason. cause: fee, term, waiver, invalidity, …; empty if unsaid.

    effect: what the event does to the right: ``ends``, ``restores``, ``grants``, ``pending`` or empty.
    """

    category: str
    zh: str
    en: str
    cause: str = ""
    effect: str = ""


#: the first phrase that an announced name contains decides; more particular phrases stand first
_RULES: tuple[tuple[str, str, str, str, str, str], ...] = (
    ("未缴年费", "H", "fee", "ends", "因未缴年费终止", "ended because a fee was not paid"),
    ("未缴纳年费", "H", "fee", "ends", "因未缴年费终止", "ended because a fee was not paid"),
    ("有效期届满", "H", "term", "ends", "保护期届满", "its term has ended"),
    ("有效期满", "H", "term", "ends", "保护期届满", "its term has ended"),
    ("期限届满", "H", "term", "ends", "保护期届满", "its term has ended"),
    ("避免重复授予", "H", "double", "ends", "为避免重复授权放弃专利权", "given up to avoid granting twice"),
    ("避免重复授权", "H", "double", "ends", "为避免重复授权放弃专利权", "given up to avoid granting twice"),
    ("放弃专利权", "H", "waiver", "ends", "放弃专利权", "the right was given up"),
    ("专利权的放弃", "H", "waiver", "ends", "放弃专利权", "the right was given up"),
    ("专利权的主动放弃", "H", "waiver", "ends", "放弃专利权", "the right was given up"),
    ("部分无效", "P", "invalidity", "", "专利权部分无效，其余维持", "declared invalid in part"),
    ("全部无效", "H", "invalidity", "ends", "专利权宣告全部无效", "declared wholly invalid"),
    ("专利申请权、专利权的恢复", "", "", "restores", "申请或专利权恢复，名称未说明是哪一个", "either may be restored"),
    ("专利权的恢复", "K", "", "restores", "专利权恢复", "the right was restored"),
    ("专利申请的恢复", "C", "", "restores", "申请恢复", "the application was restored"),
    ("专利申请权的恢复", "C", "", "restores", "申请恢复", "the application was restored"),
    ("视为撤回", "B", "withdrawn", "ends", "申请视为撤回", "the application is deemed withdrawn"),
    ("视为放弃", "B", "waiver", "ends", "申请视为放弃取得专利权", "the grant was not taken up"),
    ("驳回", "B", "refused", "ends", "申请被驳回", "the application was refused"),
    ("撤回", "B", "withdrawn", "ends", "申请撤回", "the application was withdrawn"),
    ("实质审查", "D", "", "pending", "进入实质审查", "examination has begun"),
    ("质押", "S", "pledge", "", "质押合同登记的生效、变更或注销", "a pledge was registered, changed or ended"),
    ("许可", "S", "licence", "", "许可合同备案的生效、变更或注销", "a licence was recorded, changed or ended"),
    ("保全", "T", "preservation", "", "财产保全", "the right was seized by a court or released"),
    ("转移", "R", "transfer", "", "申请权或专利权转移", "the right was transferred"),
    ("著录事项变更", "R", "data", "", "著录事项变更", "bibliographic data changed"),
    ("著录事项的变更", "R", "data", "", "著录事项变更", "bibliographic data changed"),
    ("更正", "P", "correction", "", "文件更正", "a document was corrected"),
    ("文件的公告送达", "T", "service", "", "公告送达", "served by announcement"),
    ("地址不明", "T", "service", "", "通知公告送达", "served by announcement"),
    ("保密", "W", "secret", "", "保密或解密专利", "secrecy or its end"),
    ("授权", "F", "", "grants", "授权公告", "granted"),
    ("公布", "Q", "", "pending", "申请公布", "the application was published"),
    ("公开", "Q", "", "pending", "申请公开", "the application was published"),
)


def place(name: str, text: str = "") -> Placed:
    """The ST.27 category of a Chinese announcement by its name; `text` is its free text.

    “专利权的终止” alone says that a right has ended and not why: category H, cause empty unless name or text says it.
    What waits for restoration (等恢复, 等年费滞纳金) has not ended: no category, effect pending.
    """
    squeezed = "".join(name.split())
    if "等恢复" in squeezed or "滞纳金" in squeezed:
        return Placed("", "仍在恢复期或补缴期内，不是最终终止", "may still be restored: not ended", "", "pending")
    if "终止" in squeezed and "无效" not in squeezed:
        for phrase, category, cause, effect, zh, en in _RULES[:10]:
            if phrase in squeezed or phrase in "".join(text.split()):
                return Placed(category, zh, en, cause, effect)
        if "申请" in squeezed and "专利权" not in squeezed:
            return Placed("B", "申请终止", "the application has ended", "", "ends")
        return Placed(
            "H", "专利权终止，公告未说明原因", "the right has ended; the announcement does not say why", "", "ends"
        )
    for phrase, category, cause, effect, zh, en in _RULES:
        if phrase in squeezed:
            return Placed(category, zh, en, cause, effect)
    if "无效" in squeezed:
        return Placed(
            "", "无效宣告公告，名称未说明全部或部分", "declared invalid, wholly or in part is not said", "invalidity"
        )
    return Placed("", f"事件名“{name.strip()[:40]}”不在对照表中", "the announced name is not in the table")
