"""Implementing regulations of the Patent Law."""

from datetime import date
from decimal import Decimal

from jinzhi.kernel.law import Law, Parameter, Provision, Rank
from jinzhi.kernel.period import days, months, years

LAW = Law(
    id="patent-rules-2023",
    zh="中华人民共和国专利法实施细则",
    en="Implementing Regulations of the Patent Law (2023)",
    rank=Rank.REGULATION,
    number="国务院令第769号",
    issuer="国务院",
    promulgated=date(2023, 12, 11),
    in_force=date(2024, 1, 20),
    source="细则文本（2023 修订）",
    verified=False,
    note="2024-01-20 施行为通行知识，文本未载修订的施行日。文号为通行知识，待核。",
    provisions=(
        Provision(
            "4",
            "送达：邮寄推定、电子进入系统之日、公告期满。",
            "Service: presumed by post, at once by system, after notice.",
            (
                Parameter(id="post", zh="邮寄推定收到", en="presumed received by post", value=days(15), printed="15日"),
                Parameter(id="notice", zh="公告送达", en="served by public notice", value=months(1), printed="1个月"),
            ),
        ),
        Provision(
            "5",
            "首日不计；按月年计以相应日届满，无相应日取月末；末日逢休假日顺延至第一个工作日。",
            "First day not counted; corresponding day or month's end; moved over days off.",
        ),
        Provision(
            "6",
            "权利恢复。",
            "Restoring rights.",
            (
                Parameter(
                    id="restore-force-majeure",
                    zh="不可抗力消除后请求恢复",
                    en="after an obstacle is gone",
                    value=months(2),
                    printed="2个月",
                ),
                Parameter(
                    id="restore-force-majeure-max",
                    zh="不可抗力恢复最长",
                    en="at most after the time ran out",
                    value=years(2),
                    printed="2年",
                ),
                Parameter(
                    id="restore",
                    zh="其他正当理由请求恢复",
                    en="for another good reason",
                    value=months(2),
                    printed="2个月",
                ),
            ),
        ),
        Provision(
            "9",
            "向外申请的保密审查。",
            "Secrecy examination before filing abroad.",
            (
                Parameter(id="secrecy-notice", zh="保密审查通知", en="notice", value=months(2), printed="2个月"),
                Parameter(
                    id="secrecy-notice-extension",
                    zh="通知延长",
                    en="extension of the notice",
                    value=months(2),
                    printed="2个月",
                ),
                Parameter(id="secrecy-decision", zh="保密审查决定", en="decision", value=months(4), printed="4个月"),
                Parameter(
                    id="secrecy-decision-extension",
                    zh="决定延长",
                    en="extension of the decision",
                    value=months(2),
                    printed="2个月",
                ),
            ),
        ),
        Provision(
            "15",
            "许可合同备案；质押由双方共同登记。",
            "Recording licences; a pledge is registered by both sides.",
            (
                Parameter(
                    id="record-licence", zh="许可合同备案", en="record a licence", value=months(3), printed="3个月"
                ),
            ),
        ),
        Provision(
            "36",
            "恢复优先权。",
            "Restoring priority.",
            (
                Parameter(
                    id="restore-priority",
                    zh="请求恢复优先权",
                    en="ask for priority to be restored",
                    value=months(2),
                    printed="2个月",
                ),
            ),
        ),
        Provision(
            "37",
            "增加或改正优先权要求。",
            "Adding or mending a priority claim.",
            (
                Parameter(
                    id="mend-priority", zh="自优先权日", en="from the priority date", value=months(16), printed="16个月"
                ),
                Parameter(
                    id="mend-priority-filing",
                    zh="自申请日",
                    en="from the filing date",
                    value=months(4),
                    printed="4个月",
                ),
            ),
        ),
        Provision(
            "57",
            "主动修改。",
            "Amending of one's own accord.",
            (
                Parameter(
                    id="amend-invention",
                    zh="发明自进入实审通知",
                    en="after notice of examination",
                    value=months(3),
                    printed="3个月",
                ),
                Parameter(
                    id="amend",
                    zh="实用新型、外观设计自申请日",
                    en="utility models and designs, from filing",
                    value=months(2),
                    printed="2个月",
                ),
            ),
        ),
        Provision(
            "60",
            "办理授权登记。",
            "Registering the grant.",
            (Parameter(id="register", zh="授权登记", en="register the grant", value=months(2), printed="2个月"),),
        ),
        Provision(
            "63",
            "专利权评价报告。",
            "Patent evaluation report.",
            (Parameter(id="evaluation", zh="作出评价报告", en="make the report", value=months(2), printed="2个月"),),
        ),
        Provision(
            "71",
            "无效程序增加理由、补充证据。",
            "Adding grounds and evidence to an invalidity request.",
            (
                Parameter(
                    id="add-grounds",
                    zh="增加理由或补充证据",
                    en="add grounds or evidence",
                    value=months(1),
                    printed="1个月",
                ),
            ),
        ),
        Provision(
            "77",
            "请求期限补偿。",
            "Asking for term compensation.",
            (
                Parameter(
                    id="ask-compensation",
                    zh="请求期限补偿",
                    en="ask for compensation",
                    value=months(3),
                    printed="3个月",
                ),
            ),
        ),
        Provision(
            "81",
            "请求药品专利期限补偿。",
            "Asking for drug compensation.",
            (
                Parameter(
                    id="ask-drug-compensation",
                    zh="请求药品补偿",
                    en="ask for drug compensation",
                    value=months(3),
                    printed="3个月",
                ),
            ),
        ),
        Provision(
            "85",
            "开放许可声明应写明的事项。",
            "What an open licence must say.",
        ),
        Provision(
            "86",
            "不得实行开放许可的情形。",
            "When an open licence is not allowed.",
        ),
        Provision(
            "87",
            "开放许可达成后备案。",
            "Recording a licence under an open licence.",
        ),
        Provision(
            "88",
            "不得虚假声明开放许可等。",
            "No false open licence.",
        ),
        Provision(
            "91",
            "裁决强制许可使用费。",
            "Ruling on fees of compulsory licences.",
            (Parameter(id="rule-fee", zh="裁决使用费", en="rule on the fee", value=months(3), printed="3个月"),),
        ),
        Provision(
            "93",
            "职务发明奖金。",
            "Rewards to employed inventors.",
            (
                Parameter(id="reward", zh="发给奖金", en="pay the reward", value=months(3), printed="3个月"),
                Parameter(
                    id="reward-invention",
                    zh="发明专利最低奖金（元）",
                    en="least reward for an invention (yuan)",
                    value=4000,
                    printed="4000元",
                ),
                Parameter(
                    id="reward-other",
                    zh="实用新型、外观设计最低奖金（元）",
                    en="least reward otherwise (yuan)",
                    value=1500,
                    printed="1500元",
                ),
            ),
        ),
        Provision(
            "95",
            "可处理专利纠纷的层级，含直辖市的区。",
            "Which levels may handle disputes, districts of Tianjin among them.",
        ),
        Provision(
            "97",
            "当事人请求处理或者调解的，由被请求人所在地或者行为地的部门管辖。",
            "Disputes go to the office at the respondent's seat or at the place of the act.",
        ),
        Provision(
            "98",
            "被请求人提出无效请求并被受理的，可请求中止。",
            "Proceedings may be suspended for an invalidity request.",
        ),
        Provision(
            "100",
            "虚假声明开放许可等的处罚。",
            "Penalty for false open licences.",
            (Parameter(id="fine-max", zh="罚款上限（元）", en="highest fine (yuan)", value=100_000, printed="10万元"),),
        ),
        Provision(
            "101",
            "假冒专利行为的五种。",
            "Five acts of passing off.",
        ),
        Provision(
            "102",
            "可以请求调解的专利纠纷；临时保护期使用费纠纷须在授权之后。",
            "Disputes that may be mediated; a fee for use before grant only after it.",
        ),
        Provision(
            "103",
            "因权属纠纷请求中止有关程序；自请求之日起满期未结案又未请求延长的，自行恢复。",
            "The procedure at CNIPA stands still for a dispute about ownership; it resumes by itself unless prolonged.",
            (Parameter(id="halt", zh="中止期限", en="halt", value=years(1), printed="1年"),),
        ),
        Provision(
            "115",
            "年费与补缴。",
            "Annual fees and paying late.",
            (
                Parameter(id="late", zh="年费补缴期", en="time to pay late", value=months(6), printed="6个月"),
                Parameter(
                    id="late-rate",
                    zh="每逾一月滞纳金比例",
                    en="surcharge per month",
                    value=Decimal("0.05"),
                    printed="5%",
                ),
            ),
        ),
        Provision(
            "120",
            "国际申请进入国家阶段。",
            "Entering the national phase.",
            (
                Parameter(
                    id="national-phase",
                    zh="进入国家阶段",
                    en="enter the national phase",
                    value=months(30),
                    printed="30个月",
                ),
                Parameter(
                    id="national-phase-late",
                    zh="缴宽限费后的期限",
                    en="with a late fee",
                    value=months(32),
                    printed="32个月",
                ),
            ),
        ),
    ),
)
