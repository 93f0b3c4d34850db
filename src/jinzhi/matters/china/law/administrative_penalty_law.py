"""Administrative penalties: times, hearings, service."""

from datetime import date
from decimal import Decimal

from jinzhi.kernel.law import Law, Parameter, Provision, Rank
from jinzhi.kernel.period import days, workdays, years

LAW = Law(
    id="administrative-penalty-law",
    zh="中华人民共和国行政处罚法",
    en="Administrative Penalty Law",
    rank=Rank.LAW,
    number="主席令第70号",
    issuer="全国人民代表大会常务委员会",
    promulgated=date(2021, 1, 22),
    in_force=date(2021, 7, 15),
    source="法律文本（2021 修订）",
    note="第85条所列四种日数以外的“日”为自然日。文号为通行知识，待核。",
    provisions=(
        Provision(
            "22",
            "行政处罚由违法行为发生地的机关管辖。",
            "The place of the act decides who has power.",
        ),
        Provision(
            "25",
            "两个以上机关都有管辖权的，由最先立案的管辖。",
            "Of several with power, whoever opened the case first.",
        ),
        Provision(
            "29",
            "同一违法行为不得给予两次以上罚款。",
            "No two fines for one act.",
        ),
        Provision(
            "30",
            "未满十四周岁的不予处罚，已满十四未满十八的从轻或者减轻。",
            "No penalty below fourteen, a lighter one below eighteen.",
        ),
        Provision(
            "33",
            "轻微并及时改正、初次且后果轻微、没有主观过错的不予处罚。",
            "Slight and mended, first and slight, or without fault: no penalty.",
        ),
        Provision(
            "36",
            "违法行为超过追责时效不再处罚；涉及生命健康、金融安全且有后果的更长。",
            "No penalty after the limitation; longer where life, health or financial safety was harmed.",
            (
                Parameter(id="limitation", zh="追责时效", en="limitation", value=years(2), printed="二年"),
                Parameter(
                    id="limitation-grave",
                    zh="危害生命健康、金融安全的追责时效",
                    en="limitation in grave cases",
                    value=years(5),
                    printed="五年",
                ),
            ),
        ),
        Provision(
            "42",
            "执法人员具有资格，不少于两人。",
            "Qualified officers, two at least.",
        ),
        Provision(
            "43",
            "与案件有利害关系的应当回避。",
            "Who has an interest withdraws.",
        ),
        Provision(
            "44",
            "决定之前告知内容、事实、理由、依据和权利。",
            "Before the decision the party is told what, why and its rights.",
        ),
        Provision(
            "45",
            "当事人有权陈述和申辩，不得因此加重。",
            "The party may speak, and is not punished harder for it.",
        ),
        Provision(
            "46",
            "证据的种类；非法取得的不得采用。",
            "Kinds of evidence; none unlawfully obtained.",
        ),
        Provision(
            "48",
            "公开的处罚决定被撤销、变更、确认违法或无效的，撤回公开信息。",
            "A published decision that was undone is taken down.",
            (
                Parameter(
                    id="withdraw-publication",
                    zh="撤回公开的决定",
                    en="take down a published decision",
                    value=workdays(3),
                    printed="三日",
                ),
            ),
        ),
        Provision(
            "51",
            "小额罚款或警告可以当场作出决定。",
            "Small fines and warnings may be decided on the spot.",
            (
                Parameter(
                    id="spot-fine-citizen",
                    zh="对公民当场罚款上限（元）",
                    en="most that a citizen may be fined on the spot (yuan)",
                    value=200,
                    printed="二百元",
                ),
                Parameter(
                    id="spot-fine-organisation",
                    zh="对法人当场罚款上限（元）",
                    en="most that an organisation may be fined on the spot (yuan)",
                    value=3000,
                    printed="三千元",
                ),
            ),
        ),
        Provision(
            "54",
            "当场处罚以外，应全面、客观、公正地调查；符合立案标准的及时立案。",
            "Other cases are investigated in full and fairly, and opened in time.",
        ),
        Provision(
            "55",
            "出示证件，询问和检查制作笔录。",
            "Certificates are shown; questions and searches are put on record.",
        ),
        Provision(
            "56",
            "证据可能灭失的可先行登记保存，限期处理。",
            "Evidence at risk may be registered and kept for a short time.",
            (
                Parameter(
                    id="keep-evidence",
                    zh="先行登记保存后的处理",
                    en="decide on registered evidence",
                    value=workdays(7),
                    printed="七日",
                ),
            ),
        ),
        Provision(
            "57",
            "调查终结后按情形决定处罚、不罚或移送司法。",
            "After inquiry: penalty, none, or transfer to justice.",
        ),
        Provision(
            "58",
            "特定情形决定前须经法制审核。",
            "Some decisions need a legal review first.",
        ),
        Provision(
            "59",
            "决定书应当载明的事项。",
            "What a decision must say.",
        ),
        Provision(
            "60",
            "自立案之日起作出处罚决定；法律、法规、规章另有规定的从其规定。",
            "Decide within this time of opening the case, unless another norm says otherwise.",
            (Parameter(id="decide", zh="作出处罚决定", en="decide on the penalty", value=days(90), printed="九十日"),),
        ),
        Provision(
            "61",
            "当事人不在场的，限期送达决定书。",
            "Serve the decision on a party who was not there.",
            (Parameter(id="serve", zh="送达决定书", en="serve the decision", value=workdays(7), printed="七日"),),
        ),
        Provision(
            "63",
            "较重的处罚应告知听证权利。",
            "Before a heavier penalty the party is told of the right to a hearing.",
        ),
        Provision(
            "64",
            "听证的申请与通知。",
            "Asking for, and announcing, a hearing.",
            (
                Parameter(id="ask-hearing", zh="申请听证", en="ask for a hearing", value=workdays(5), printed="五日"),
                Parameter(
                    id="announce-hearing",
                    zh="听证前通知",
                    en="announce the hearing beforehand",
                    value=workdays(7),
                    printed="七日前",
                ),
            ),
        ),
        Provision(
            "66",
            "确有困难的可以暂缓或者分期缴纳。",
            "Payment may be deferred or parted.",
        ),
        Provision(
            "67",
            "收到决定书后到指定银行或电子系统缴款。",
            "Pay the fine after receiving the decision.",
            (Parameter(id="pay", zh="缴纳罚款", en="pay the fine", value=days(15), printed="十五日"),),
        ),
        Provision(
            "71",
            "当场收缴的罚款上缴。",
            "Hand in fines collected on the spot.",
            (
                Parameter(
                    id="hand-in",
                    zh="上缴当场收缴的罚款",
                    en="hand in fines collected on the spot",
                    value=workdays(2),
                    printed="二日",
                ),
            ),
        ),
        Provision(
            "72",
            "逾期不缴罚款的，可按日加处罚款。",
            "An unpaid fine may grow day by day.",
            (
                Parameter(
                    id="late-rate",
                    zh="每日加处罚款比例",
                    en="rate added per day",
                    value=Decimal("0.03"),
                    printed="百分之三",
                ),
            ),
        ),
        Provision(
            "85",
            "二日、三日、五日、七日指工作日。",
            "2, 3, 5 and 7 days mean working days.",
        ),
    ),
)
