"""专利侵权纠纷行政裁决: an office rules whether a patent is infringed and orders the infringement to stop.

Every respondent is served, answers and is told on days of his own. What does not count (suspension, notice, appraisal,
objection to competence, a longer term for evidence, talks) may overlap; a day is taken out once. Article 29 of the
order says when proceedings need *not* be suspended. Damages are no part of a ruling: they are mediated (Patent Law
§ 65). References to rights and parties come with their registers: until then they are typed.
"""

from datetime import date
from functools import partial

from jinzhi.kernel.clock import Extension, RuledBy, Tell, Whose
from jinzhi.kernel.correction import Corrections
from jinzhi.kernel.declare import Citation, Named
from jinzhi.kernel.expression import (
    All,
    Any,
    AtLeast,
    AtMost,
    Check,
    Choose,
    Days,
    Every,
    F,
    Given,
    IfUnknown,
    Is,
    Not,
    OneOf,
    Plus,
)
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.law import Term
from jinzhi.kernel.period import LengthUnit, days, workdays, years
from jinzhi.kernel.procedure import Aside, Clock, Example, Procedure, State, Step, TakenFrom
from jinzhi.kernel.recording import DayGiven
from jinzhi.kernel.status import Tone
from jinzhi.matters.china.law import patent_dispute_order_81, patent_law_2020

ORDER, PATENT_LAW = patent_dispute_order_81.LAW, patent_law_2020.LAW
HANDLERS = ("case-handler", "approver")
EACH = "open.respondents"
#: what ends a case that was opened
ENDING = ("decide", "settle", "withdraw", "cancel")
OUT = ("suspension", "announcement", "appraisal", "jurisdiction", "evidence-more", "talks")


def _article(*numbers: str) -> tuple[Citation, ...]:
    return tuple(Citation(ORDER.id, number) for number in numbers)


def _check(id: str, zh: str, en: str, holds: object, article: str, unknown: IfUnknown = IfUnknown.ATTEST) -> Check:
    return Check(id, zh, en, holds, Citation(ORDER.id, article), unknown=unknown)


RIGHTS = (
    Named("invention", "发明", "Invention"),
    Named("utility", "实用新型", "Utility model"),
    Named("design", "外观设计", "Design"),
)
STANDINGS = (
    Named("holder", "专利权人或其合法继承人", "Patentee or successor"),
    Named("exclusive", "独占实施许可的被许可人", "Exclusive licensee"),
    Named("sole", "排他实施许可的被许可人", "Sole licensee"),
    Named("ordinary", "普通实施许可的被许可人", "Ordinary licensee"),
)
REPORTS = (
    Named("not-asked", "未要求提交", "Not asked for"),
    Named("given", "已提交", "Given"),
    Named("reasoned", "要求后有正当理由未提交", "Asked for, not given with good reason"),
    Named("without", "要求后无正当理由未提交", "Asked for, not given without good reason"),
)
SUSPENSIONS = (
    Named("invalidation", "第二十八条第（一）项：已受理无效宣告请求", "§ 28 (1): invalidation asked for"),
    Named("other", "第二十八条其他项（写明项号）", "Another item of § 28 (say which)"),
)
FILING = (
    _check("a1", "请求人是专利权人或者有权请求的利害关系人", "The requester is the patentee, or may ask in that place",
           Any(OneOf("open.standing", ("holder", "exclusive")), Is("open.may_ask", True)), "12"),
    _check("a2", "有明确的被请求人", "The respondent is clear", Given(EACH), "12"),
    _check("a3", "有明确的请求、事实和理由，并载明权利要求项", "Request, facts and grounds, the claims named",
           All(Given("open.facts"), Any(Is("open.kind", "design"), Is("open.claims_named", True))), "12"),
    _check("a4", "委托代理人的，授权明确", "The agent's power is clear",
           Any(Not(Given("open.agent")), Is("open.power", True)), "14"),
    _check("a5", "当事人均未起诉，也未约定其他解决方式", "No suit by either, no other way agreed",
           Is("open.no_suit", True), "12"),
    _check("a6", "专利权现行有效", "The right is in force", Is("open.in_force", True), "14"),
    _check("a7", "要求提交评价报告的，已提交或者有正当理由", "A report that was asked for is given, or excused",
           Any(Is("open.kind", "invention"), OneOf("open.report", ("not-asked", "given", "reasoned"))), "14"),
    _check("a8", "自知道之日起三年内提出，或者侵权行为仍在继续", "Within three years of knowing, or the act goes on",
           Any(AtMost("open.on", Plus(F("open.known_on"), years(3))), Is("open.still_going", True)), "19"),
    _check("a9", "按被请求人人数提交副本", "A copy for each respondent", Is("open.copies", True), "14"),
    _check("a10", "境外形成的材料符合要求", "Papers made abroad are as required",
           Is("open.foreign_papers", True), "18"),
)  # fmt: skip
REPEAT = Is("decide.repeat", True)
DECIDING = (
    _check("b1", "各被请求人均已答辩或者答辩期满（对重复侵权直接裁决的除外）",
           "Each respondent has answered or his term is over (not asked for a repeated infringement)",
           Any(REPEAT, Every(EACH, Any(Given("answer"), OneOf("clock.answer.status", ("expired", "late"))))), "34",
           IfUnknown.STOP),
    _check("b3", "专利权有效，所依据的权利要求未被宣告无效", "In force, the claims relied on not invalidated",
           Is("decide.claims_stand", True), "36"),
)  # fmt: skip
NOT_INVENTION = _check(
    "s1", "发明专利被请求无效，不属应当中止情形（第28条第1项、第29条第1项）",
    "The invalidation of an invention is no ground of suspension (§§ 28 (1), 29 (1))",
    Not(All(Is("suspend.ground", "invalidation"), Is("open.kind", "invention"))), "28", IfUnknown.STOP,
)  # fmt: skip
LONG_ENOUGH = AtLeast("receipt.evidence_term", ORDER.length("evidence-least"))
#: as the notice says it; never shorter than the order allows
EVIDENCE_TERM = Choose((LONG_ENOUGH, F("receipt.evidence_term")), otherwise=Term("evidence-least", ORDER))
FIFTEEN_DAYS = _check(
    "evidence-least", "举证期限以日计，不少于十五日", "The term for evidence is in days, fifteen or more", LONG_ENOUGH,
    "54", IfUnknown.STOP,
)  # fmt: skip
TOLD_BEFORE = _check(
    "oral-notice", "口头审理提前三个工作日通知", "The parties are told three working days before the hearing",
    AtLeast(Days(F("oral.told_on"), F("oral.on"), LengthUnit.WORKDAY), ORDER.length("oral-notice").n), "26",
    IfUnknown.STOP,
)  # fmt: skip


def _reason(zh: str = "情况", en: str = "How") -> Field:
    return Field(id="reason", zh=zh, en=en, type=Type.LONG)


def _answer(id: str, zh: str, en: str) -> Field:
    return Field(id=id, zh=zh, en=en, type=Type.ANSWER)


OPENING = (
    Field(id="title", zh="请求事项", en="Matter", max_length=200),
    Field(id="kind", zh="专利类型", en="Kind of patent", type=Type.CHOICE, choices=RIGHTS, filtered=True),
    Field(id="right", zh="专利号", en="Number of the patent", max_length=60),
    Field(id="requester", zh="请求人及住所", en="Requester and domicile", max_length=300, open_to="personal"),
    Field(id="standing", zh="请求人的资格", en="Standing", type=Type.CHOICE, choices=STANDINGS),
    Field(id="may_ask", zh="被许可人可以请求", en="The licensee may ask", type=Type.ANSWER, required=False,
          help_zh="排他被许可人须专利权人不请求；普通被许可人须合同约定或者专利权人授权",
          help_en="Sole: the patentee does not ask. Ordinary: the contract or the patentee allows it"),
    Field(id="respondents", zh="被请求人", en="Respondents", type=Type.LIST, min_items=1, items=(
        Field(id="party", zh="被请求人", en="Respondent", max_length=100,
              help_zh="自然人在此只写代称，姓名、住所写在下一栏", help_en="A natural person by a stand-in; name below"),
        Field(id="abroad", zh="在中国境内无固定住所", en="No fixed domicile in China", type=Type.BOOL),
    )),
    Field(id="addresses", zh="被请求人姓名、住所", en="Names and domiciles of the respondents", type=Type.LONG,
          open_to="personal"),
    Field(id="agent", zh="代理人", en="Agent", max_length=200, required=False, open_to="personal"),
    Field(id="power", zh="授权明确", en="Power is clear", type=Type.ANSWER, required=False),
    Field(id="facts", zh="请求、事实和理由", en="Request, facts and grounds", type=Type.LONG),
    _answer("claims_named", "已载明权利要求项", "Claims are named"),
    Field(id="place", zh="侵权行为地", en="Place of the act", max_length=200),
    Field(id="known_on", zh="知道侵权行为之日", en="Act known on", type=Type.DATE, required=False),
    _answer("still_going", "侵权行为仍在继续", "The act goes on"),
    _answer("no_suit", "未起诉且未约定其他解决方式", "No suit, no other way agreed"),
    _answer("in_force", "专利权现行有效", "The right is in force"),
    Field(id="report", zh="专利权评价报告", en="Report on the right", type=Type.CHOICE, choices=REPORTS,
          required=False),
    _answer("copies", "副本份数齐全", "Copies are complete"),
    _answer("foreign_papers", "没有境外形成的材料，或者符合要求", "No papers made abroad, or as required"),
    Field(id="file", zh="请求书和证据", en="Request and evidence", type=Type.FILE, required=False),
)  # fmt: skip


own = partial(Step, roles=HANDLERS, at=TakenFrom.OWN)
by_head = partial(Step, roles=("approver",), at=TakenFrom.OWN)

STEPS = (
    Step(
        "open", "收到请求", "Receive the request", to="requested", roles=HANDLERS,
        day=DayGiven("收到请求书之日", "Day of receipt"), basis=_article("14", "6"), inputs=OPENING,
        help_zh="由侵权行为地或者被请求人住所地管辖。", help_en="Place of the act, or the respondent's domicile.",
    ),
    own("mend", "通知补正", "Ask to mend", sources=("requested",),
          day=DayGiven("通知之日", "Day of the notice"), basis=_article("16"),
          to="to-mend",
          help_zh="需要补正的内容一次告知。", help_en="Everything that is missing is told at once.",
          inputs=(Field(id="missing", zh="补正内容", en="What is missing", type=Type.LONG),
                  Field(id="by_day", zh="补正期限", en="To be mended by", type=Type.DATE))),
    own("mended", "已补正", "Mended", sources=("to-mend",),
          day=DayGiven("收到补正之日", "Day of receipt"), basis=_article("16"),
          to="requested",
          inputs=(_reason("补正情况", "What was mended"),)),
    Step("extend-filing", "批准延长立案期限", "Extend the term for filing", sources=("requested",),
         roles=("approver",), at=TakenFrom.OWN, basis=_article("20"), inputs=(_reason("延长理由", "Reason"),)),
    by_head("file", "立案", "Open the case", sources=("requested",),
          day=DayGiven("立案之日", "Day of filing"), basis=_article("20"),
          to="filed",
          needs=FILING,
          help_zh="同时指定三人以上单数合议组，与当事人有利害关系的不得参加。",
          help_en="A panel of three or more, an odd number, is named; nobody tied to a party sits in it.",
          inputs=(Field(id="panel", zh="合议组", en="Panel", type=Type.LIST, min_items=3, odd=True, items=(
              Field(id="member", zh="成员", en="Member", max_length=60),)),)),
    own("refuse", "不予立案", "Refuse", sources=("requested", "to-mend"),
          day=DayGiven("通知之日", "Day of the notice"), basis=_article("20", "16"),
          to="refused", confirm=True, inputs=(_reason("理由", "Reasons"),)),
    own("drop", "立案前撤回", "Withdraw before filing", sources=("requested", "to-mend"),
          day=DayGiven("撤回之日", "Day of the withdrawal"), basis=_article("36"),
          to="refused", confirm=True, inputs=(_reason(),)),
    own("serve", "送达请求书副本", "Serve the copy", sources=("filed",),
          day=DayGiven("发出之日", "Day of sending"), basis=_article("22", "10"),
          per=EACH, inputs=(Field(id="way", zh="送达方式", en="Way of serving", max_length=100),)),
    own("receipt", "送达证明", "Proof of service", sources=("filed",),
          day=DayGiven("被请求人收到之日", "Day of receipt"), basis=_article("10", "54"),
          per=EACH, needs=(FIFTEEN_DAYS,),
          help_zh="办法没有推定送达之日：没有证明，答辩期不起算。举证期限不少于十五日。",
          help_en="No day is presumed: without proof the term of answer waits. Evidence: fifteen days or more.",
          inputs=(Field(id="evidence_term", zh="举证期限", en="Term for evidence", type=Type.LENGTH),
                  Field(id="proof", zh="送达证明", en="Proof", max_length=200))),
    own("answer", "答辩", "Answer", sources=("filed",),
          day=DayGiven("收到答辩书之日", "Day of receipt"), basis=_article("22"),
          per=EACH,
          help_zh="逾期不答辩不影响处理。", help_en="Without an answer the case goes on.",
          inputs=(Field(id="text", zh="答辩意见", en="Answer", type=Type.LONG),)),
    own("forward", "转送答辩书", "Pass the answer on", sources=("filed",),
          day=DayGiven("转送之日", "Day of sending"), basis=_article("22"),
          per=EACH),
    own("object", "提出管辖异议", "Object to competence", sources=("filed", "!jurisdiction"),
          day=DayGiven("收到异议之日", "Day of receipt"), basis=_article("9"),
          inputs=(_reason("异议理由", "Grounds"),)),
    by_head("object-decided", "决定管辖异议", "Decide on the objection", sources=("filed", "jurisdiction"),
          day=DayGiven("决定之日", "Day of the decision"), basis=_article("9"),
          inputs=(
              _answer("upheld", "异议成立", "Upheld"), _reason("理由", "Reasons"))),
    own("evidence-longer", "准许延长举证期限", "Grant more time for evidence", sources=("filed",),
          day=DayGiven("准许之日", "Day of the grant"), basis=_article("54"),
          per=EACH, most=1,
          inputs=(Field(id="more", zh="延长的时间", en="How much longer", type=Type.LENGTH),)),
    Step("evidence-more", "原举证期限届满", "The first term for evidence ends", sources=("filed", "!evidence-more"),
         roles=("system",), per=EACH, basis=_article("54", "37")),
    Step("evidence-over", "延长的举证期限届满", "The longer term for evidence ends",
         sources=("filed", "evidence-more"), roles=("system",), per=EACH, basis=_article("54", "37")),
    by_head("suspend", "中止", "Suspend", sources=("filed", "!suspension"),
          day=DayGiven("中止之日", "Day of the suspension"), basis=_article("28", "29"),
          needs=(NOT_INVENTION,),
          help_zh="第二十九条列的是可以不中止的情形，不是可以中止的情形。",
          help_en="§ 29 lists where proceedings may go on, not where they may be suspended.",
          inputs=(Field(id="ground", zh="情形", en="Ground", type=Type.CHOICE, choices=SUSPENSIONS),
                  _reason("项号、理由和所涉案件", "Item, reasons and the other case"))),
    own("resume", "恢复", "Resume", sources=("filed", "suspension"),
          day=DayGiven("恢复之日", "Day of the resumption"), basis=_article("28"),
          inputs=(_reason("恢复理由", "Reason"),)),
    own("appraise", "委托检验鉴定", "Send to appraisal", sources=("filed", "!appraisal"),
          day=DayGiven("委托之日", "Day of the commission"), basis=_article("37", "53"),
          inputs=(Field(id="body", zh="机构和事项", en="Body and object", max_length=300),)),
    own("appraised", "收到检验鉴定结论", "Result received", sources=("filed", "appraisal"),
          day=DayGiven("收到之日", "Day of receipt"), basis=_article("37", "53"),
          inputs=(_reason("结论", "Result"),)),
    own("announce", "公告", "Give public notice", sources=("filed", "!announcement"),
          day=DayGiven("公告之日", "Day of the notice"), basis=_article("37"),
          inputs=(_reason("公告事项", "What is announced"),)),
    own("announced", "公告期满", "Notice ends", sources=("filed", "announcement"),
          day=DayGiven("期满之日", "Day after its end"), basis=_article("37")),
    own("talks", "当事人申请和解", "Talks begin", sources=("filed", "!talks"),
          day=DayGiven("开始之日", "Day of the beginning"), basis=_article("37")),
    own("talked", "和解结束", "Talks end", sources=("filed", "talks"),
          day=DayGiven("结束之日", "Day of the end"), basis=_article("37")),
    own("oral", "口头审理", "Hear orally", sources=("filed", "!suspension"),
          day=DayGiven("审理之日", "Day of the hearing"), basis=_article("26"),
          needs=(TOLD_BEFORE,),
          help_zh="须提前三个工作日通知当事人。", help_en="The parties are told three working days before.",
          inputs=(Field(id="told_on", zh="通知之日", en="Parties told on", type=Type.DATE),
                  _reason("审理情况", "What was said"))),
    Step("extend", "批准延长", "Extend", sources=("filed",), roles=("approver",), at=TakenFrom.OWN,
         basis=_article("37"), inputs=(Field(id="length", zh="延长的时间", en="How much longer", type=Type.LENGTH),
                                       _reason("延长理由", "Reason")),
         help_zh="由本部门负责人批准，最长一个月。", help_en="By the head of the office, a month at most."),
    Step("extend-superior", "上一级批准再延长", "Extend again, by the office above", sources=("filed",),
         roles=("approver",), at=TakenFrom.ABOVE, basis=_article("37"),
         inputs=(Field(id="length", zh="延长的时间", en="How much longer", type=Type.LENGTH),
                 _reason("延长理由和批准文号", "Reason, number of the paper")),
         help_zh="须先有本级延长，最长两个月。", help_en="Once the office itself has extended; two months at most."),
    own("decide", "作出裁决", "Rule", sources=("filed", "!suspension"),
          day=DayGiven("裁决之日", "Day of the ruling"), basis=_article("31", "32", "34"),
          to="decided", needs=DECIDING, confirm=True,
          help_zh="裁决不能包含赔偿数额，可另行调解（专利法第65条）。",
          help_en="No damages: they may be mediated on their own (Patent Law § 65).",
          inputs=(Field(id="outcome", zh="裁决结果", en="Outcome", type=Type.CHOICE, choices=(
                      Named("infringed", "侵权成立，责令停止", "Infringement, ordered to stop"),
                      Named("dismissed", "侵权不成立，驳回请求", "No infringement, dismissed"))),
                  _answer("repeat", "同一侵权人对同一专利权再次侵权，前案已生效", "A repeat after a final finding"),
                  _answer("claims_stand", "所依据的权利要求有效", "The claims relied on stand"),
                  Field(id="measures", zh="理由和责令采取的措施", en="Reasons, and measures ordered", type=Type.LONG),
                  Field(id="dissent", zh="合议组少数意见", en="Dissent in the panel", type=Type.LONG, required=False))),
    own("settle", "达成和解或者调解协议", "Settle", sources=("filed",),
          day=DayGiven("达成协议之日", "Day of the agreement"), basis=_article("30", "35"),
          to="settled", inputs=(Field(id="terms", zh="协议内容", en="Terms", type=Type.LONG),)),
    own("withdraw", "撤回请求", "Withdraw", sources=("filed",),
          day=DayGiven("撤回之日", "Day of the withdrawal"), basis=_article("36"),
          to="cancelled",
          confirm=True, inputs=(_reason(),)),
    by_head("cancel", "撤销案件", "Cancel the case", sources=("filed",),
          day=DayGiven("撤销之日", "Day of the decision"), basis=_article("36"),
          to="cancelled", confirm=True, inputs=(_reason("情形和理由", "Ground and reasons"),)),
    own("publish", "公开裁决书", "Publish the ruling", sources=("decided",),
          day=DayGiven("公开之日", "Day of publication"), basis=_article("83"),
          most=1,
          help_zh="公开前遮去个人信息和商业秘密。", help_en="Without personal data and trade secrets.",
          inputs=(Field(id="redacted", zh="已遮去不得公开的内容", en="Redacted", type=Type.BOOL),
                  Field(id="place", zh="公开的网址", en="Where", max_length=300))),
    own("ruling-received", "裁决书送达证明", "The ruling is received", sources=("decided",),
          day=DayGiven("被请求人收到之日", "Day of receipt"), basis=_article("10"),
          per=EACH,
          inputs=(Field(id="proof", zh="送达证明", en="Proof", max_length=200),)),
    own("sued", "已起诉", "Sued", sources=("decided",),
          day=DayGiven("起诉之日", "Day of the suit"), basis=_article("10"),
          per=EACH,
          inputs=(Field(id="court", zh="法院和案号", en="Court and number", max_length=200),)),
    Step("close", "归档", "File away", sources=("decided", "settled", "cancelled", "refused"), most=1, roles=HANDLERS,
         at=TakenFrom.OWN, basis=(Citation(ORDER.id),),
         inputs=(Field(id="archive", zh="档案号", en="File number", max_length=100),)),
)  # fmt: skip

CLOCKS = (
    Clock("file", "立案期限", "Opening the case", start=("open",), stop=("file", "refuse", "drop"), restart=("mended",),
          exclude=("to-mend",), length=Term("accept", ORDER), tell=(Tell(HANDLERS, ahead=workdays(1)),),
          extensions=(Extension("extend-filing", up_to=Term("accept-extension", ORDER), basis=_article("20")),),
          on_expiry_zh="逾期未决定是否立案", on_expiry_en="no decision in time",
          basis_note_zh="补正后重新起算（办法未明示，待核实）",
          basis_note_en="anew from the mending (the order does not say so in words: to be confirmed)"),
    Clock("serve", "送达副本期限", "Serving the copy", start=("file",), stop=("serve", *ENDING), per=EACH,
          length=Term("serve", ORDER), on_expiry_zh="逾期未送达副本", on_expiry_en="copy not served in time"),
    Clock("answer", "答辩期限", "Answer", start=("receipt",), stop=("answer", *ENDING), per=EACH, whose=Whose.PARTY,
          length=Choose((Is("abroad", True), Term("answer-abroad", ORDER)), otherwise=Term("answer", ORDER)),
          on_expiry_zh="逾期不答辩，不影响处理", on_expiry_en="without an answer the case goes on",
          basis_note_zh="自收到副本之日起，各人各算；没有送达证明不起算",
          basis_note_en="from each one's own receipt; without proof it waits"),
    Clock("forward", "转送答辩书期限", "Passing the answer on", start=("answer",), stop=("forward", *ENDING), per=EACH,
          length=Term("pass-on-answer", ORDER), on_expiry_zh="逾期未转送", on_expiry_en="not passed on in time"),
    Clock("evidence", "举证期限", "Evidence", start=("receipt",), stop=ENDING, per=EACH, whose=Whose.PARTY,
          length=EVIDENCE_TERM, on_expiry_zh="举证期限届满", on_expiry_en="the term for evidence is over"),
    Clock("evidence-first", "原举证期限（已准许延长）", "First term for evidence, to be longer", per=EACH,
          start=("evidence-longer",), stop=("evidence-more", *ENDING), counts_from=F("receipt.on"),
          length=EVIDENCE_TERM, at_end="evidence-more", whose=Whose.PARTY,
          on_expiry_zh="延长的时间由此起算", on_expiry_en="the longer term begins"),
    Clock("evidence-longer", "延长的举证期限", "Longer term for evidence", per=EACH, start=("evidence-more",),
          stop=("evidence-over", *ENDING), counts_from=F("receipt.on"),
          length=Plus(EVIDENCE_TERM, F("evidence-longer.more")), at_end="evidence-over", whose=Whose.PARTY,
          on_expiry_zh="举证期限届满", on_expiry_en="the term for evidence is over"),
    Clock("objection", "管辖异议决定期限", "Objection to competence", start=("object",),
          stop=("object-decided", *ENDING), length=Term("objection", ORDER),
          on_expiry_zh="逾期未决定", on_expiry_en="not decided in time"),
    Clock("decide", "结案期限", "Conclusion", start=("file",), stop=ENDING, exclude=OUT, length=Term("conclude", ORDER),
          extensions=(
              Extension("extend", up_to=Term("conclude-extension", ORDER), basis=_article("37")),
              Extension("extend-superior", up_to=Term("conclude-second-extension", ORDER), after="extend",
                        basis=_article("37"))),
          tell=(Tell(HANDLERS, ahead=days(15)), Tell(HANDLERS, ahead=days(5)), Tell(("approver", "leader"))),
          on_expiry_zh="逾期未结案", on_expiry_en="not concluded in time",
          basis_note_zh="中止、公告、检验鉴定、管辖异议、延长的举证期、和解不计入，重叠的日子只扣一次；延长的答辩期计入",
          basis_note_en="what § 37 names does not count, a day is taken out once; a longer answer does count"),
    Clock("publish", "公开期限", "Publication", start=("decide",), stop=("publish", "close"),
          length=Term("publish", ORDER), on_expiry_zh="逾期未公开", on_expiry_en="not published in time"),
    Clock("sue", "起诉期限", "Suit", start=("ruling-received",), stop=("sued", "close"), per=EACH, whose=Whose.PARTY,
          length=Term("sue-ruling", PATENT_LAW), ruled_by=RuledBy.START,
          on_expiry_zh="期满不起诉又不停止侵权的，可以申请法院强制执行",
          on_expiry_en="without suit and without stopping, the court may be asked to enforce"),
)  # fmt: skip


def _example(name: str, history: str, state: str, on: date | None = None, **clocks: str) -> Example:
    lines = history.replace("; ", "\n")
    return Example(name, lines, state=state, clocks={k.replace("_", "-"): v for k, v in clocks.items()}, on=on)


EXAMPLES = (
    # Saturday 19 off, Sunday 20 worked: 1; 21, 22, 23: 4; 24: 5
    _example("five working days with a worked Sunday", "2026-09-18 open", "requested", file="2026-09-24"),
    # 25–27 off; 28, 29, 30: 3; October 8, 9: 5
    _example("extended on the last day, across National Day", "2026-09-18 open; 2026-09-24 extend-filing",
             "requested", file="2026-10-09"),
    # 29, 30: 2; October 8, 9: 4; Saturday 10 worked: 5
    _example("the last day is a worked Saturday", "2026-09-28 open", "requested", file="2026-10-10"),
    # 12–16 October: 5
    _example("extended from a worked Saturday", "2026-09-28 open; 2026-10-10 extend-filing", "requested",
             file="2026-10-16"),
    _example("filed on the last day", "2026-09-18 open; 2026-09-24 file", "filed", file="met"),
    _example("filed on the first day after: late", "2026-09-18 open; 2026-09-28 file", "filed", file="late"),
    # from 28 September, as above
    _example("mended: the term counts anew", "2026-09-18 open; 2026-09-21 mend; 2026-09-28 mended", "requested",
             file="2026-10-10"),
    _example("copies are served by a worked Saturday", "2026-09-24 open respondents=a; 2026-09-28 file", "filed",
             serve="2026-10-10"),
    # 9 + 15 = Saturday 24, moved to Monday 26
    _example("fifteen days end on a Saturday", "2026-09-24 open respondents=a; 2026-09-28 file; 2026-10-09 receipt[a]",
             "filed", answer="2026-10-26"),
    # 12 + 15 = 27 October
    _example("another respondent, from his own receipt",
             "2026-09-24 open respondents=a,b; 2026-09-28 file; 2026-10-09 receipt[a]; 2026-10-12 receipt[b]",
             "filed", answer="2026-10-27"),
    # 20 November + 30 = Sunday 20 December, moved to Monday 21; the case itself is due on Monday 28
    _example("no domicile in China: thirty days",
             '2026-09-24 open respondents=[{"_key":"c","party":"丙","abroad":true}]; 2026-09-28 file; '
             "2026-11-20 receipt[c]", "filed", answer="2026-12-21", decide="2026-12-28"),
    # 27–30 October: 4; Monday 2 November: 5
    _example("an answer is passed on in five working days",
             "2026-09-24 open respondents=a; 2026-09-28 file; 2026-10-09 receipt[a]; 2026-10-26 answer[a]",
             "filed", answer="met", forward="2026-11-02"),
    _example("three months from a month's end", "2025-03-28 open; 2025-03-31 file", "filed", decide="2025-06-30"),
    # from the filing day: 31 July, not 30 June and a month
    _example("and a month, on the last day",
             "2025-03-28 open; 2025-03-31 file; 2025-06-30 extend length=1-month", "filed", decide="2025-07-31"),
    _example("and two months by the office above",
             "2025-03-28 open; 2025-03-31 file; 2025-06-30 extend length=1-month; "
             "2025-07-31 extend-superior length=2-month", "filed", decide="2025-09-30"),
    _example("a February that ends on a worked Saturday", "2025-11-27 open; 2025-11-30 file", "filed",
             decide="2026-02-28"),
    # Thursday 1 October is off until 7
    _example("moved behind National Day", "2026-06-29 open; 2026-07-01 file", "filed", decide="2026-10-08"),
    # 12 May – 20 June and 10–30 June: 50 days together; 30 June + 50 = 19 August
    _example("suspension and appraisal overlap: fifty days, not sixty-one",
             "2025-03-28 open; 2025-03-31 file; 2025-05-12 suspend; 2025-06-10 appraise; 2025-06-21 resume; "
             "2025-07-01 appraised", "filed", decide="2025-08-19"),
    _example("and a month", "2025-03-28 open; 2025-03-31 file; 2025-05-12 suspend; 2025-06-10 appraise; "
             "2025-06-21 resume; 2025-07-01 appraised; 2025-07-02 extend length=1-month", "filed",
             decide="2025-09-19"),
    # 26 October + 15 = 10 November: the aside begins on the day after, not on the day of the grant
    _example("a longer term for evidence begins when the first ends",
             "2026-09-24 open respondents=a; 2026-09-28 file; 2026-10-26 receipt[a] evidence_term=15-day; "
             "2026-11-05 evidence-longer[a] more=10-day", "filed", evidence_first="2026-11-10"),
    # 11–20 November out: 28 December + 10 = 7 January 2027
    _example("its ten days do not count",
             "2026-09-24 open respondents=a; 2026-09-28 file; 2026-10-26 receipt[a] evidence_term=15-day; "
             "2026-11-05 evidence-longer[a] more=10-day; 2026-11-11 evidence-more[a]; 2026-11-21 evidence-over[a]",
             "filed", evidence_longer="2026-11-20", decide="2027-01-07"),
    # 21–30 July and 25 July – 5 August: 16 days; 15 September + 16 = 1 October, off until 7
    _example("evidence and an objection overlap: sixteen days",
             "2026-06-12 open respondents=a; 2026-06-15 file; 2026-07-05 receipt[a] evidence_term=15-day; "
             "2026-07-10 evidence-longer[a] more=10-day; 2026-07-21 evidence-more[a]; 2026-07-25 object; "
             "2026-07-31 evidence-over[a]; 2026-08-06 object-decided", "filed", decide="2026-10-08"),
    _example("and a month: Saturday 31 October is moved",
             "2026-06-12 open respondents=a; 2026-06-15 file; 2026-07-05 receipt[a] evidence_term=15-day; "
             "2026-07-10 evidence-longer[a] more=10-day; 2026-07-21 evidence-more[a]; 2026-07-25 object; "
             "2026-07-31 evidence-over[a]; 2026-08-06 object-decided; 2026-09-15 extend length=1-month", "filed",
             decide="2026-11-02"),
    # 28–30 September: 3; October 8, 9, Saturday 10: 6; 12–16: 11; 19–23: 16; 26–29: 20
    _example("published in twenty working days", "2026-06-22 open; 2026-06-24 file; 2026-09-24 decide", "decided",
             decide="met", publish="2026-10-29"),
    _example("ruled on the first day after: late", "2026-06-22 open; 2026-06-24 file; 2026-09-28 decide", "decided",
             decide="late"),
    _example("suit until a worked Saturday",
             "2026-06-22 open respondents=a; 2026-06-24 file; 2026-09-24 decide; 2026-09-25 ruling-received[a]",
             "decided", sue="2026-10-10"),
    # 18 September + 15 = 3 October, off until 7
    _example("suit moved behind National Day",
             "2026-06-22 open respondents=a; 2026-06-24 file; 2026-09-17 decide; 2026-09-18 ruling-received[a]",
             "decided", sue="2026-10-08"),
    # 13, Saturday 14 worked: 2; 15–23 off; 24–26: 5
    _example("filing across Spring Festival", "2026-02-12 open", "requested", file="2026-02-26"),
    _example("a month more, into a year without a notice",
             "2026-09-24 open; 2026-09-28 file; 2026-12-28 extend length=1-month", "filed", decide="2027-01-28"),
)  # fmt: skip

patent_adjudication = Procedure(
    id="patent-adjudication",
    zh="专利侵权纠纷行政裁决",
    en="Adjudication of patent infringement",
    serves=("P1", "P5"),
    basis=(Citation(ORDER.id), Citation(PATENT_LAW.id, "65")),
    next_review=date(2027, 2, 1),
    why="An order to stop in months, not years; each term counts from proof, and what did not count shows.",
    numbering="津知裁〔{year}〕{seq}号",
    title="open.title",
    corrections=Corrections(sealed=HANDLERS, second=("approver", "plan-office")),
    states=(
        State("requested", "待决定立案", "Requested"),
        State("to-mend", "待补正", "To be mended", lane=1),
        State("filed", "审理中", "Being heard", tone=Tone.NORMAL),
        State("decided", "已裁决", "Ruled", tone=Tone.DONE, final=True),
        State("settled", "达成协议", "Settled", tone=Tone.DONE, final=True, lane=1),
        State("cancelled", "撤销案件", "Cancelled", tone=Tone.CLOSED, final=True, lane=2),
        State("refused", "不予立案", "Refused", tone=Tone.CLOSED, final=True, lane=3),
    ),
    asides=(
        Aside("suspension", "中止", "Suspension", begin=("suspend",), end=("resume", *ENDING), basis=_article("28")),
        Aside("announcement", "公告", "Public notice", begin=("announce",), end=("announced", *ENDING),
              basis=_article("37")),
        Aside("appraisal", "检验鉴定", "Appraisal", begin=("appraise",), end=("appraised", *ENDING),
              basis=_article("37")),
        Aside("jurisdiction", "管辖异议", "Objection to competence", begin=("object",),
              end=("object-decided", *ENDING), basis=_article("9", "37")),
        Aside("evidence-more", "延长的举证期", "Longer term for evidence", begin=("evidence-more",),
              end=("evidence-over", *ENDING), basis=_article("54", "37")),
        Aside("talks", "和解", "Talks", begin=("talks",), end=("talked", *ENDING), basis=_article("37")),
    ),
    steps=STEPS,
    clocks=CLOCKS,
    examples=EXAMPLES,
)  # fmt: skip
