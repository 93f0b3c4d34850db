"""Patents of the demonstration: generated, of no real owner, marked as demonstration data.

Numbers stand in ranges that no office has used (serial numbers and publication numbers that begin with 9), names say
演示. Everything follows from one seed, so two demonstrations made by the same version are alike.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from django.db import transaction

from jinzhi.apps.catalogue.clock import now, today
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.evidence.events.actions import record
from jinzhi.apps.evidence.store.store import keep_bytes
from jinzhi.apps.patents.models import Alias, AliasKind, Applicant, Batch, Picture
from jinzhi.apps.patents.models import Document as Stored
from jinzhi.apps.patents.search.index import update
from jinzhi.apps.patents.store.pictures import keeping
from jinzhi.apps.patents.store.storing import prepare, prepare_event, store
from jinzhi.demo.figures import FILES, drawn
from jinzhi.kernel.organisation import OrgUnit
from jinzhi.kernel.patent import (
    Claim,
    Drawing,
    LegalEvent,
    Paragraph,
    Part,
    PatentCitation,
    PatentDocument,
    PatentParty,
    Priority,
    Source,
    Symbol,
    Text,
)
from jinzhi.standards.cn_numbers import check_digit
from jinzhi.standards.cn_terms import term
from jinzhi.standards.st27 import place

SOURCE = "demo"
SEED = 20261122
CHUNK = 1000


@dataclass(frozen=True)
class DemoTopic:
    """A field of technology in our own words: class, things, their parts, what is done and what it is good for."""

    ipc: tuple[str, ...]
    things: tuple[str, ...]
    parts: tuple[str, ...]
    deeds: tuple[str, ...]
    goods: tuple[str, ...]
    trade: str


TOPICS = (
    DemoTopic(("H01M10/0525", "H01M4/36", "H01M10/42"), ("锂离子电池", "固态电池", "电池模组", "负极材料"),
          ("极片", "隔膜", "电解液", "集流体", "导热片"), ("涂布", "化成", "均衡", "热管理", "回收"),
          ("循环寿命", "能量密度", "低温性能", "安全性"), "电池"),
    DemoTopic(("G06N3/08", "G06F18/24", "G06V10/82"), ("图像识别模型", "知识图谱", "缺陷检测网络", "语音识别模型"),
          ("编码器", "注意力模块", "损失函数", "样本库", "特征层"), ("训练", "剪枝", "标注", "推理", "迁移"),
          ("识别准确率", "推理速度", "泛化能力", "可解释性"), "智能科技"),
    DemoTopic(("A61K36/48", "A61P1/16", "A61K9/20"), ("中药组合物", "缓释片", "注射用冻干粉", "口服液"),
          ("提取物", "辅料", "包衣", "活性成分", "稳定剂"), ("提取", "纯化", "制粒", "冻干", "检测"),
          ("生物利用度", "稳定性", "收率", "安全性"), "药业"),
    DemoTopic(("B25J9/16", "B25J15/08", "B25J19/00"), ("协作机器人", "机械臂", "夹持器", "巡检机器人"),
          ("关节", "减速器", "末端执行器", "力传感器", "控制器"), ("标定", "轨迹规划", "避障", "装配", "抓取"),
          ("定位精度", "响应速度", "负载能力", "可靠性"), "智能装备"),
    DemoTopic(("C02F1/44", "B01D61/58", "C02F103/08"), ("海水淡化装置", "反渗透膜", "污水处理系统", "浓盐水回收装置"),
          ("膜组件", "高压泵", "能量回收器", "预处理罐", "加药单元"), ("过滤", "清洗", "浓缩", "脱盐", "监测"),
          ("产水率", "能耗", "抗污染性", "运行成本"), "环保科技"),
    DemoTopic(("B63B35/44", "B66C23/52", "E02B17/00"), ("海上平台", "起重船", "自升式桩腿", "系泊装置"),
          ("桩腿", "甲板", "锚链", "升降机构", "防喷器"), ("定位", "吊装", "焊接", "监测", "防腐"),
          ("稳性", "作业效率", "抗风浪能力", "使用寿命"), "海洋工程"),
    DemoTopic(("H01L21/67", "H01L23/31", "H01L29/78"), ("晶圆清洗设备", "功率器件", "封装基板", "刻蚀机"),
          ("喷嘴", "栅极", "焊盘", "腔体", "散热片"), ("清洗", "刻蚀", "键合", "封装", "测试"),
          ("良率", "导通电阻", "均匀性", "散热能力"), "微电子"),
    DemoTopic(("B62K3/02", "B62M6/45", "B62J1/08"), ("自行车", "电动助力车", "车架", "折叠车"),
          ("车把", "中轴", "鞍座", "轮毂", "锁止机构"), ("折叠", "变速", "减震", "助力", "锁紧"),
          ("骑行舒适性", "整车重量", "续航里程", "强度"), "自行车"),
    DemoTopic(("C12N15/81", "C12P13/04", "C12N1/20"), ("工程菌株", "酶制剂", "发酵系统", "合成途径"),
          ("启动子", "质粒", "底物", "发酵罐", "调控元件"), ("构建", "发酵", "筛选", "分离", "固定化"),
          ("转化率", "产量", "耐受性", "底物利用率"), "生物技术"),
    DemoTopic(("F24S30/45", "H02S20/32", "F24D17/00"), ("光伏支架", "太阳能热水系统", "储热罐", "光伏组件"),
          ("支撑梁", "驱动电机", "集热管", "汇流箱", "逆变器"), ("跟踪", "储热", "并网", "清扫", "监控"),
          ("发电量", "热效率", "抗风能力", "维护成本"), "新能源"),
    DemoTopic(("G05B19/418", "G06Q10/0631", "G06Q50/04"), ("生产调度系统", "数字孪生车间", "质量追溯平台", "仓储系统"),
          ("数据网关", "工位终端", "看板", "标签", "调度服务器"), ("排产", "采集", "追溯", "预警", "仿真"),
          ("设备利用率", "交付准时率", "库存周转", "数据一致性"), "软件"),
    DemoTopic(("C22C38/44", "B21C37/08", "C21D9/08"), ("无缝钢管", "耐蚀合金", "焊管机组", "热处理炉"),
          ("坯料", "轧辊", "焊缝", "炉膛", "涂层"), ("轧制", "淬火", "焊接", "探伤", "矫直"),
          ("强度", "耐蚀性", "成材率", "尺寸精度"), "钢管"),
)  # fmt: skip
LOCARNO = (("12-11", "自行车"), ("14-03", "充电器"), ("24-01", "检测仪"), ("15-09", "机械臂"), ("26-05", "灯具"))
MANNERS = ("高效", "可调式", "自适应", "低能耗", "一体化", "模块化", "智能", "分布式", "轻量化", "快速")
STEMS = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥"
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
GIVEN = "演示例样甲乙丙丁"
#: districts by how many patents come from them, of ours and invented
WEIGHTS = {"滨海新区": 34, "南开区": 12, "西青区": 12, "津南区": 8, "武清区": 7, "东丽区": 6, "北辰区": 6, "静海区": 4}


@dataclass
class Owner:
    """An invented applicant. ``former``: the name it bore until ``renamed``."""

    name: str
    topic: DemoTopic
    district: str
    former: str = ""
    renamed: date | None = None
    english: str = ""


@dataclass
class PatentMaker:
    """What is needed to make patents one after another."""

    random: Random
    owners: list[Owner]
    day: date
    serial: int = 0
    publication: int = 0
    #: trade → the last publication of each right, by its day
    by_topic: dict[str, list[tuple[date, str]]] = field(default_factory=dict)


def owners(random: Random) -> list[Owner]:
    """The invented applicants: firms of every trade and district, universities and institutes."""
    names = [a.name for u in catalogue().all(OrgUnit) if u.level == "district" for a in u.aliases[:1]] or ["天津市"]
    weights = [WEIGHTS.get(name, 2) for name in names]
    made: list[Owner] = []
    for n in range(260):
        topic = TOPICS[n % len(TOPICS)]
        stem = STEMS[n // len(TOPICS) % len(STEMS)] + STEMS[(n * 7 + 3) % len(STEMS)]
        owner = Owner(f"天津演示{stem}{topic.trade}有限公司", topic, random.choices(names, weights)[0])
        if n % 8 == 0:
            owner.former, owner.renamed = f"天津演示{stem}{topic.trade}厂", date(2019 + n % 4, 1 + n % 12, 1)
        if n % 5 == 0:
            owner.english = f"TIANJIN DEMO {n:03d} CO., LTD."
        made.append(owner)
    for n, district in enumerate(names[:12]):
        made.append(Owner(f"演示{STEMS[n]}大学", TOPICS[n], district))
        made.append(Owner(f"天津演示{STEMS[n]}研究院", TOPICS[(n + 5) % len(TOPICS)], district))
    return made


def issue(day: date) -> date:
    """The gazette's Tuesday on or after a day."""
    return day + timedelta(days=(1 - day.weekday()) % 7)


def _claims(random: Random, topic: DemoTopic, thing: str, deed: str, good: str) -> tuple[Claim, ...]:
    a, b, c = random.sample(topic.parts, 3)
    texts = [
        f"一种{thing}，其特征在于，包括{a}和{b}，所述{a}与所述{b}相连，用于{deed}。",
        f"根据权利要求1所述的{thing}，其特征在于，还包括{c}，所述{c}设置于所述{a}的一侧。",
        f"根据权利要求2所述的{thing}，其特征在于，所述{c}的数量为{random.randint(2, 9)}个。",
    ]
    claims = [Claim(1, texts[0]), Claim(2, texts[1], (1,), False), Claim(3, texts[2], (2,), False)]
    if random.random() < 0.4:
        text = (
            f"一种{thing}的{deed}方法，其特征在于，使用权利要求1所述的{thing}，先{deed}所述{a}，再检测所述{b}的{good}。"
        )
        claims.append(Claim(4, text, (1,), True))
    return tuple(claims)


def _description(topic: DemoTopic, thing: str, deed: str, good: str, part: str) -> tuple[Part, ...]:
    def one(kind: str, number: int, text: str) -> Part:
        return Part(kind, (Paragraph(text, f"{number:04d}"),))

    return (
        one("field", 1, f"本文件为演示数据，涉及{thing}的{deed}。"),
        one("background", 2, f"现有的{thing}在{deed}时{good}不足，{part}容易损坏。"),
        one("disclosure", 3, f"为此提供一种{thing}，通过改进{part}来提高{good}。"),
        one("mode", 4, f"实施例中，{part}先经检查，再进行{deed}，重复三次后{good}提高约一成。"),
    )


def _drawings(n: int) -> tuple[Drawing, ...]:
    """Figures of every 20th right, two of a handful that all share."""
    if n % 20:
        return ()
    first, second = FILES[n // 20 % len(FILES)], FILES[(n // 20 + 1) % len(FILES)]
    return Drawing(first, "图1（演示）"), Drawing(second, "图2（演示）")


def right(maker: PatentMaker, n: int) -> tuple[list[PatentDocument], list[LegalEvent]]:
    """One right: its publications in China, sometimes one abroad, and its announced events."""
    random = maker.random
    owner = maker.owners[int(random.random() ** 1.7 * len(maker.owners))]
    topic = owner.topic
    kind = random.choices(("invention", "utility-model", "design"), (52, 40, 8))[0]
    filed = date(2015, 1, 1) + timedelta(days=int(4130 * random.random() ** 0.8))
    maker.serial += 1
    digits = f"{filed.year}{ {'invention': 1, 'utility-model': 2, 'design': 3}[kind] }9{maker.serial:06d}"
    application = f"CN{digits}.{check_digit(digits)}"
    thing, deed, good = random.choice(topic.things), random.choice(topic.deeds), random.choice(topic.goods)
    manner = random.choice(MANNERS)
    ending = random.choice(("", "及其控制方法", "及系统", f"的{deed}装置", f"的{deed}方法"))
    locarno: tuple[Symbol, ...] = ()
    ipc: tuple[Symbol, ...] = ()
    if kind == "design":
        symbol, title = random.choice(LOCARNO)
        title, locarno = f"{title}（{manner}）", (Symbol("locarno", symbol),)
    else:
        if kind == "utility-model" and ending.endswith("方法"):
            ending = ""  # a utility model protects a shape or a structure, never a method (专利法 § 2)
        title = f"一种{manner}{thing}{ending}"
        first = random.choice(topic.ipc)
        symbols = dict.fromkeys([first, *random.sample(topic.ipc, random.randint(0, 2))])
        if random.random() < 0.15:
            symbols[random.choice(TOPICS[n % len(TOPICS)].ipc)] = None
        ipc = tuple(Symbol("ipc", one, main=one == first) for one in symbols)
    name = owner.former if owner.renamed and filed < owner.renamed else owner.name
    party = PatentParty(
        name, "zh", f"天津市{owner.district}演示路{random.randint(1, 300)}号", "天津市", "市辖区", owner.district,
        country="CN",
    )  # fmt: skip
    parties = [party]
    if random.random() < 0.08:
        other = random.choice(maker.owners)
        if other.name != name:
            parties.append(PatentParty(other.name, "zh", "", "天津市", "市辖区", other.district, country="CN"))
    people = tuple(
        PatentParty(random.choice(SURNAMES) + random.choice(GIVEN) + random.choice(GIVEN), "zh")
        for _ in range(random.randint(1, 4))
    )
    part = random.choice(topic.parts)
    what = "本实用新型" if kind == "utility-model" else "本发明"
    abstract = f"{what}公开了一种{manner}{thing}，包括{part}，通过{deed}提高{good}。本文件为演示数据。"
    known = maker.by_topic.setdefault(topic.trade, [])
    # only what was published before the application was filed can stand against it
    before = [number for _, number in known[: bisect_left(known, (filed, ""))][-400:]]
    cited = random.sample(before, min(len(before), random.choice((0, 1, 2, 3, 5)))) if kind != "design" else []
    common = {
        "country": "CN",
        "application_number": application,
        "application_type": kind,
        "filing_date": filed,
        "language": "zh",
        "titles": (Text("zh", title),),
        "ipc": ipc,
        "locarno": locarno,
        "applicants": tuple(parties),
        "inventors": people,
        "agencies": (PatentParty(f"天津演示{STEMS[n % 9]}专利代理事务所", "zh"),) if random.random() < 0.8 else (),
        "citations": tuple(
            PatentCitation(number, phase="SEA", category=random.choice("XYA"), date="")
            for number in dict.fromkeys(cited)
        ),
        "place": f"天津市{owner.district}",
        "drawings": _drawings(n) if kind != "design" else (),
        "source": Source(SOURCE),
    }
    texts: dict[str, object] = {}
    if kind != "design":
        claims = _claims(random, topic, thing, deed, good)
        texts = {
            "abstracts": (Text("zh", abstract),),
            "claims": claims[:3] if kind == "utility-model" else claims,
            "description": _description(topic, thing, deed, good, part) if random.random() < 0.08 else (),
        }
    return _publish(maker, n, owner, kind, filed, application, common, texts)


def _publish(
    maker: PatentMaker,
    n: int,
    owner: Owner,
    kind: str,
    filed: date,
    application: str,
    common: dict[str, object],
    texts: dict[str, object],
) -> tuple[list[PatentDocument], list[LegalEvent]]:
    """The publications and events of a right up to the demonstration's day."""
    random, found, events = maker.random, [], []
    limit = term("CN", kind, filed)

    def announce(day: date, code: str, name: str) -> bool:
        if day > maker.day or (limit is not None and day >= limit.ends):
            return False
        events.append(LegalEvent(application, code, name, day, category=place(name).category, source=Source(SOURCE)))
        return True

    def publish(day: date, code: str) -> str:
        maker.publication += 1
        digits = f"9{maker.publication:08d}"
        number = f"CN{digits}{code}"
        granted = day if code != "A" else None
        found.append(
            PatentDocument(doc_number=digits, kind=code, publication_number=number, publication_date=day,
                     grant_date=granted,
                     **common, **texts)  # type: ignore[arg-type]
        )  # fmt: skip
        return number

    granted: date | None = None
    if kind == "invention":
        out = issue(filed + timedelta(days=random.choice((180, 300, 548))))
        if out > maker.day:
            return [], []
        number = publish(out, "A")
        announce(out, "Q01", "公布")
        announce(issue(out + timedelta(days=20)), "D01", "实质审查的生效")
        decided = issue(out + timedelta(days=random.randint(300, 1100)))
        fate = random.random()
        if decided <= maker.day and fate < 0.68:
            granted = decided
            maker.publication -= 1
            number = publish(decided, "B")
        elif decided <= maker.day:
            announce(decided, "B01", "发明专利申请公布后的驳回" if fate < 0.84 else "发明专利申请公布后的视为撤回")
        if n % 23 == 0 and announce_abroad(maker, out):
            found.append(abroad(maker, owner, filed, application, common, texts))
    else:
        out = issue(filed + timedelta(days=random.randint(150, 320)))
        if out > maker.day:
            return [], []
        granted = out
        number = publish(out, "U" if kind == "utility-model" else "S")
    if granted:
        announce(granted, "F01", "授权")
        _afterwards(random, granted, kind, announce)
    insort(maker.by_topic.setdefault(owner.topic.trade, []), (granted or found[0].publication_date or filed, number))
    return found, events


def _afterwards(random: Random, granted: date, kind: str, announce: Callable[[date, str, str], bool]) -> None:
    """What is announced of a right once it is granted: nobody pledges or transfers what has ended."""
    after = issue(granted + timedelta(days=random.randint(200, 900)))
    chance = random.random()
    ended = issue(granted + timedelta(days=random.randint(500, 2600)))
    ends = random.random() < (0.25 if kind == "invention" else 0.45)
    if not ends or after < ended:
        if chance < 0.06:
            announce(after, "S01", "专利权质押合同登记的生效")
        elif chance < 0.10:
            announce(after, "R01", "专利权的转移")
        elif chance < 0.12:
            announce(after, "S02", "专利实施许可合同备案的生效")
    if ends:
        name = random.choices(("未缴年费专利权终止", "专利权的终止", "避免重复授予专利权"), (85, 10, 5))[0]
        if announce(ended, "H01", name) and random.random() < 0.04:
            announce(issue(ended + timedelta(days=90)), "K01", "专利权的恢复")


def announce_abroad(maker: PatentMaker, out: date) -> bool:
    """Whether a member abroad would be published by the demonstration's day."""
    return out + timedelta(days=365) <= maker.day


def abroad(
    maker: PatentMaker, owner: Owner, filed: date, application: str, common: dict[str, object], texts: dict[str, object]
) -> PatentDocument:
    """A member of the family in the United States that claims the Chinese application."""
    maker.publication += 1
    out = issue(filed + timedelta(days=900))
    digits = f"{min(out, maker.day).year}9{maker.publication:06d}"
    english = owner.english or "TIANJIN DEMO"
    return PatentDocument(
        country="US",
        doc_number=digits,
        kind="A1",
        publication_number=f"US{digits}A1",
        publication_date=min(out, maker.day),
        application_number=f"US19{maker.publication:06d}",
        application_type="invention",
        filing_date=filed + timedelta(days=360),
        language="en",
        titles=(Text("en", f"Demonstration document: {owner.topic.ipc[0]}"), *common["titles"]),  # type: ignore[misc]
        abstracts=texts.get("abstracts", ()),  # type: ignore[arg-type]
        ipc=common["ipc"],  # type: ignore[arg-type]
        applicants=(PatentParty(english, "en", country="CN"),),
        inventors=common["inventors"],  # type: ignore[arg-type]
        priorities=(Priority("CN", application, filed.isoformat(), "national"),),
        source=Source(SOURCE),
    )


def rights(count: int) -> Iterator[tuple[list[PatentDocument], list[LegalEvent]]]:
    """Rights until about ``count`` documents are made. Deterministic for a day of the installation."""
    random = Random(SEED)
    maker = PatentMaker(random, owners(random), today())
    made = n = 0
    while made < count:
        n += 1
        documents, events = right(maker, n)
        made += len(documents)
        if documents:
            yield documents, events


def make_patents(
    count: int = 20_000,
    *,
    index: bool = True,
    chunk: int | None = None,
    progress: Callable[[int], object] = lambda _: None,
) -> int:
    """Put the demonstration's patents into the store and the index; how many documents.

    Not one transaction but one for each ``chunk`` of documents, after which ``progress`` is told how many there are:
    whoever stops it may run it again, and what is there already is not written twice.
    """
    batch, _ = Batch.objects.get_or_create(source=SOURCE, demo=True, defaults={"paths": [], "started": now()})
    made = 0
    documents: list[PatentDocument] = []
    events: list[LegalEvent] = []

    def write() -> None:
        nonlocal made
        store([prepare(d) for d in documents], [prepare_event(e) for e in events], demo=True)
        _illustrate(documents)
        made += len(documents)
        documents.clear()
        events.clear()
        progress(made)

    for some, told in rights(count):
        documents += some
        events += told
        if len(documents) >= (chunk or CHUNK):
            write()
    write()
    _aliases()
    if batch.finished is None:
        _finish(batch, made)
    if index:
        update()
    return made


def _illustrate(documents: Sequence[PatentDocument]) -> None:
    """Link the demonstration's few images to the documents that name them."""
    named = {d.publication_number: d.drawings for d in documents if d.drawings}
    if not named or not keeping():
        return
    kept = {name: (len(image), keep_bytes(image)[0]) for name, image in drawn().items()}
    rows = dict(Stored.objects.filter(number__in=named).values_list("number", "pk"))
    Picture.objects.bulk_create(
        (
            Picture(
                document_id=rows[number], position=n, name=drawing.file, media_type="image/png",
                size=kept[drawing.file][0], sha256=kept[drawing.file][1],
            )
            for number, drawings in named.items()
            for n, drawing in enumerate(drawings, 1)
        ),
        ignore_conflicts=True,
    )  # fmt: skip


@transaction.atomic
def _finish(batch: Batch, made: int) -> None:
    batch.finished = now()
    batch.save()
    record(
        f"patents/batch/{batch.pk}", "patents-imported", {"source": SOURCE, "documents": made, "demo": True}, who=None,
        on=today(),
    )  # fmt: skip


def _aliases() -> None:
    """Former and English names of the invented applicants, each dated or explained."""
    known = {one.name: one for one in Applicant.objects.filter(demo=True)}
    links = []
    for owner in owners(Random(SEED)):
        applicant = known.get(owner.name)
        if applicant is None:
            continue
        if owner.former:
            links.append(Alias(applicant=applicant, name=owner.former, kind=AliasKind.FORMER, until=owner.renamed,
                               basis="演示数据"))  # fmt: skip
        if owner.english:
            links.append(Alias(applicant=applicant, name=owner.english, kind=AliasKind.TRANSLATION, basis="演示数据"))
    Alias.objects.bulk_create(links, ignore_conflicts=True)
