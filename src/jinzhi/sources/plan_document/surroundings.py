"""What stands before and after the plan itself: title, letter, who issued it and when, and the hosting site's words."""

from __future__ import annotations

import re

from jinzhi.kernel.plan import letters
from jinzhi.sources.plan_document.draft import PlanDraft
from jinzhi.sources.plan_document.flow import Flow

#: words of document sites, portals and their footers; looked for only outside the plan's own text
SITE = re.compile(
    r"ID:[0-9]{3,}|大小:[0-9.]+\s*[KMG]?B|页数:[0-9]+|上传者|上传时间|上传日期|上传用户|资源描述|资源大小|资源ID|会员|在线阅读|文库|文档网|资料网|豆丁"
    r"|道客|预览|下载|收益归|版权归|版权声明|版权所有|版权所属|版权问题|版权争议|温馨提示|友情提示|用户上传|代发布|本站|站内|网站地图|网站声明|网站标识码|联系我们|关于我们"
    r"|联系客服|客服|侵权投诉|积分|金币|VIP|付费|收藏|点赞|分享(?:到|至)|打印本页|打印|关闭窗口|关闭本页|字体:|字号:|(?:字体)?大中小|浏览(?:量|次数)|阅读(?:量|次数)|点击(?:量|次数)"
    r"|来源:|信息来源|发布(?:时间|日期|机构):|发布者|作者:|编辑:|责任编辑|当前位置|您的位置|您所在的位置|首页>|上一篇|下一篇|相关推荐|相关文档|相关阅读|猜你喜欢"
    r"|扫一扫|二维码|微信|微博|ICP备|公网安备|主办单位:|承办单位:|技术支持|copyright|allrights|©|登录|注册|登陆|举报|评论|https?:|www\.|\.com|\.cn"
    r"|文档(?:格式|标签|编号|页数|大小)|文件(?:格式|大小|类型)|格式:(?:doc|pdf|txt|word)|(?:页|字)数:|全屏|目录索引|索引号|无障碍|繁体版|简体版|English",
    re.IGNORECASE,
)
_WHOLE = re.compile(
    r"(?:关闭|返回|返回顶部|分享|打印|收藏|更多|首页|正文|全文|展开|收起"
    r"|时间:[0-9\-/. :]+|日期:[0-9\-/. :]+|[\-=_*·.—…]+|目录|[<>»›|/]+)[。:]?",
)
_TITLE_WORDS = re.compile(
    r"分工|分解|责任清单|任务清单|工作台账|任务台账|工作方案|实施方案|推进方案|行动计划|行动方案|工作要点|推进计划|任务书|重点任务|工作任务|规划"
)
_TITLE_END = re.compile(
    r"(?:分工|分工方案|分工表|分工安排|分工意见|分工的?通知|分解|分解表|分解方案|清单|台账|方案|计划|要点|任务书|一览表|任务|安排|意见|规划|通知|表)(?:\([^()]{1,24}\))?"
)
_BOOK_TITLE = re.compile(
    r"《[^《》。]{4,60}》[^《》。,;:]{0,24}?(?:分工方案|分工表|分工安排|分工|任务分解表|任务分解|责任清单|任务清单|实施方案|工作方案)"
)
_DATE = re.compile(
    r"(?P<y>20[0-9]{2}|二[〇○零0]{1,2}[一二三四五六七八九][〇○零一二三四五六七八九]?|二[〇○零][一二三四五六七八九〇○零]{2})年"
    r"(?P<m>[0-9]{1,2}|[一二三四五六七八九十]{1,2})月(?P<d>[0-9]{1,2}|[一二三四五六七八九十]{1,3})日(?P<p>印发|印)?"
)
_ISSUER = re.compile(
    r"(?:中共)?[\u4e00-\u9fff()、]{2,40}?(?:领导小组办公室|联席会议办公室|委员会办公室|人民政府办公厅|人民政府办公室|人民政府|办公厅|办公室|委员会|领导小组|局|厅|部|委)"
)
_SIGNED = re.compile(rf"(?P<who>{_ISSUER.pattern})(?:{_DATE.pattern})")
_LETTER = re.compile(
    r"关于[^。]{2,80}的(?:通知|意见|函|决定)|现将|印发给你们|请(?:认真|结合|遵照|按照)|贯彻(?:落实|执行)|特制定|制定本|为(?:深入|全面|切实|贯彻|推动|推进|加快|进一步|做好|确保|落实|加强)|根据《|按照《|各(?:区|市|县|省|地区|地|有关|成员|部门|单位|责任|牵头)"
    r"|此件|附件|抄送|主题词|联系人|联系电话|公开|如下|工作要求|加强组织|各责任|牵头单位要|责任单位要"
)
_NUMBER = re.compile(r"[\u4e00-\u9fff]{2,12}(?:\([0-9]{4}\)|[0-9]{4})第?[0-9]{1,4}号")
_CNUM = "〇一二三四五六七八九"


def pieces(flow: Flow, start: int, end: int) -> list[tuple[int, int]]:
    """Paragraphs and sentences of a stretch outside the plan."""
    out: list[tuple[int, int]] = []
    first = start
    for p in range(start, end):
        if p > first and flow.bol[p]:
            out.append((first, p))
            first = p
        if flow.chars[p] in "。!?":
            out.append((first, p + 1))
            first = p + 1
    if first < end:
        out.append((first, end))
    return out


def ends_title(chars: str, p: int) -> bool:
    """Whether a title ends right before ``p``, though no line does."""
    before = chars[max(0, p - 20) : p]
    return before.endswith(
        ("分工", "分解", "清单", "台账", "方案", "计划", "要点", "任务书", "分解表", "分工表", "意见")
    )


def signature_at(flow: Flow, start: int) -> bool:
    """Whether the issuing unit and the day stand at ``start``."""
    return _SIGNED.match(flow.chars, start) is not None


def closes(words: str) -> bool:
    """Whether a paragraph turns to all who are responsible, as the end of a letter does."""
    return re.match(r"各(?:地区|地|有关|部门|单位|区|县|市|责任|牵头|成员)[^。]{0,40}?(?:要|应|须)", words) is not None


def appended(words: str) -> bool:
    """Whether a paragraph begins the list of what is appended (附件:1.…), or an appendix."""
    return (
        re.match(
            r"附(?:件|表|录|图)?(?:[0-9一二三四五六七八九十]{0,2}:|[0-9一二三四五六七八九十]{0,2}\Z|[0-9]\.)", words
        )
        is not None
    )


def is_site(words: str) -> bool:
    """Whether words outside the plan are the hosting site's."""
    return bool(SITE.search(words) or _WHOLE.fullmatch(words))


def find_title(flow: Flow, end: int) -> tuple[int, int] | None:
    """The title's place before ``end``: the last line that reads as one, or a 《…》…分工 right before the text."""
    chars = flow.chars
    near = None
    for found in _BOOK_TITLE.finditer(chars, 0, end):
        near = found
    if near and (near.end() == end or flow.bol[near.end()] or near.end() + 60 < end):
        start = near.start()
        back = start
        while back > 0 and not flow.bol[back] and start - back < 40:
            back -= 1
        if flow.bol[back] and not SITE.search(chars[back:start]) and not re.search("[。,;]", chars[back:start]):
            start = back
        return start, near.end()
    best: tuple[int, int] | None = None
    lines = [(p, flow.next_bol(p, end)) for p in range(end) if flow.bol[p]]
    for i, (first, stop) in enumerate(lines):
        first_words = chars[first:stop].strip("()。:")
        alone = _DATE.search(first_words) or _ISSUER.fullmatch(first_words) or re.search("[。:;]|通知$", first_words)
        if chars[first] == "(" and chars[stop - 1] == ")":
            continue  # (此件公开发布)
        for last in (stop, stop if alone or i + 1 >= len(lines) else lines[i + 1][1]):
            words = chars[first:last]
            if 4 <= len(words) <= 90 and _TITLE_WORDS.search(words) and _fits_title(words) and not is_site(words):
                if best and best[0] < first < best[1]:
                    break
                best = (first, last)
                break
    return best or _plain_title(flow, lines)


def _plain_title(flow: Flow, lines: list[tuple[int, int]]) -> tuple[int, int] | None:
    """Where no line has the words of such a document, the first that ends as titles end (某市方案)."""
    for first, stop in lines:
        words = flow.chars[first:stop]
        if (
            3 <= len(words) <= 60
            and _fits_title(words)
            and not is_site(words)
            and not words.startswith(("附件", "关于"))
        ):
            return first, stop
    return None


def _fits_title(words: str) -> bool:
    if re.search(r"[。;!?:]|,.*,", words):
        return False
    ends = list(_TITLE_END.finditer(words))
    return bool(ends) and ends[-1].end() == len(words)


def read_head(draft: PlanDraft, flow: Flow, end: int) -> None:
    """Title, letter and furniture before the plan's first heading at ``end``."""
    place = find_title(flow, end)
    title_letters = ""
    if place:
        draft.title = flow.original(*place)
        draft.paint(flow, *place, "title")
        title_letters = letters(flow.chars[place[0] : place[1]])
    stretches = [(0, place[0]), (place[1], end)] if place else [(0, end)]
    said: list[str] = []
    for a, b in stretches:
        for first, last in pieces(flow, a, b):
            words = flow.chars[first:last]
            what = _of_letter(draft, flow, first, last, head=True)
            if is_site(words) and not (what and what != "letter"):
                what = "site"
            elif not what and title_letters and _within(letters(words), title_letters):
                what = "site" if (place and first < place[0]) else "title-again"
            elif not what and place and first >= place[1] and words.endswith(("。", ":")) and last - first >= 12:
                what = "letter"
            if what:
                draft.paint(flow, first, last, what)
                if what == "letter":
                    said.append(flow.original(first, last))
    draft.preamble = "".join(said)


def read_tail(draft: PlanDraft, flow: Flow, start: int, end: int) -> None:
    """Who issued it, when, and furniture after the last row."""
    signed = _SIGNED.match(flow.chars, start, end)
    if signed and not draft.issued_on and (day := _day(signed)):
        draft.issued_on, draft.issued_by = day, flow.original(start, signed.end("who"))
        draft.paint(flow, start, signed.end(), "issued")
        start = signed.end()
    for first, last in pieces(flow, start, end):
        words = flow.chars[first:last]
        what = _of_letter(draft, flow, first, last, head=False)
        if not what and is_site(words):
            what = "site"
        if what == "letter" and is_site(words):
            what = "site"
        if what:
            draft.paint(flow, first, last, what)
            continue
        # the issuing line and the site's words may share a line
        dated = _DATE.search(flow.chars, first, last)
        if dated:
            draft.paint(flow, first, last, "letter")


def _of_letter(draft: PlanDraft, flow: Flow, first: int, last: int, *, head: bool) -> str:
    words = flow.chars[first:last]
    if not head or len(words) <= 60:
        dated = _DATE.search(words)
        if dated and not (head and SITE.search(words)):
            before, after = words[: dated.start()], words[dated.end() :]
            issuer = _ISSUER.fullmatch(before.strip("(,:。")) if before else None
            if issuer or not before or before.endswith(("抄送", "印发", "发布", "成文")):
                day = _day(dated)
                if day and (draft.issued_on is None or not head):
                    draft.issued_on = day
                if issuer and (not draft.issued_by or not head):
                    draft.issued_by = flow.original(first, first + dated.start())
                rest = after.strip("。)印发")
                if rest:
                    # 印发 and the site's first words on one line
                    cut = first + dated.end()
                    draft.paint(flow, first, cut, "issued")
                    _rest(draft, flow, cut, last)
                    return ""
                return "issued"
    if _NUMBER.fullmatch(words):
        draft.number = draft.number or flow.original(first, last)
        return "document-number"
    if _ISSUER.fullmatch(words) and len(words) >= 4:
        if not draft.issued_by:
            draft.issued_by = flow.original(first, last)
        return "issuer"
    if _LETTER.search(words):
        return "letter"
    return ""


def _rest(draft: PlanDraft, flow: Flow, start: int, end: int) -> None:
    for first, last in pieces(flow, start, end):
        if is_site(flow.chars[first:last]):
            draft.paint(flow, first, last, "site")


def _within(part: str, whole: str) -> bool:
    """Whether the letters of ``part`` come in ``whole`` in this order: a title repeated or cut short."""
    it = iter(whole)
    return len(part) >= 4 and all(c in it for c in part)


def _number(words: str) -> int:
    if words.isascii() and words.isdigit():
        return int(words)
    words = words.replace("○", "〇").replace("零", "〇")
    if "十" in words:
        tens, _, units = words.partition("十")
        return (_CNUM.index(tens) if tens else 1) * 10 + (_CNUM.index(units) if units else 0)
    return int("".join(str(_CNUM.index(c)) for c in words))


def _day(found: re.Match[str]) -> tuple[int, int, int] | None:
    try:
        y, m, d = (_number(found[k].replace("0", "〇") if not found[k].isdigit() else found[k]) for k in "ymd")
    except ValueError:
        return None
    return (y, m, d) if 2000 <= y <= 2100 and 1 <= m <= 12 and 1 <= d <= 31 else None
