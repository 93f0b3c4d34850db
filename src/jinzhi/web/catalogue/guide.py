"""A procedure as a guide (办事指南): how long, who, what to hand in, step by step, terms, grounds, and what a developer
looks for. All of it is read from the declaration; nothing here is typed twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from jinzhi.apps.catalogue.registry import calendar
from jinzhi.kernel.clock import SERVED, TO, lengths_of, own_lengths_of, terms_of
from jinzhi.kernel.expression import Check, Checklist, IfUnknown
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.law import Dated
from jinzhi.kernel.period import Length
from jinzhi.kernel.procedure import Clock, Example, Procedure, Step, run_example
from jinzhi.kernel.procedure.step import BY_ITSELF, Need
from jinzhi.web.cases.page import CLOCK_TAGS, cite
from jinzhi.web.catalogue.declared import plain
from jinzhi.web.ui.language import enumerated, named, speak
from jinzhi.web.ui.states import Tag
from jinzhi.web.ui.tables import Cell, Column, Empty, Table, TableRow

PASSED = Tag("与预期一致", "Comes out", "done", "✓")
FAILED = Tag("与预期不符", "Does not come out", "late", "■")


def openings(p: Procedure) -> tuple[Step, ...]:
    """The steps with which a case begins."""
    return tuple(s for s in p.steps if not s.sources)


def facts(p: Procedure, roles: Mapping[str, str], day: date) -> list[tuple[str, str, str]]:
    """What a reader wants first: (question, answer, small print)."""
    terms = [(named(c), term(c, day)) for c in p.clocks]
    known = [f"{name} {length}" for name, length in terms if length]
    first = openings(p)
    who = enumerated(dict.fromkeys(roles.get(r, r) for s in first for r in s.roles))
    ends = enumerated(named(s) for s in p.states if s.final)
    laws = enumerated(dict.fromkeys(str(cite(c.law).value) for c in p.basis))
    out = [
        (_("多久"), known[0] if known else _("没有法定期限"), "；".join(known[1:])),
        (_("谁来发起"), who, enumerated(named(s) for s in first)),
        (_("要填写、提交"), _("%(n)s 项") % {"n": sum(f.required for s in first for f in s.inputs)}, _("必填项数")),
        (_("可能的结果"), ends, ""),
        (_("依据"), laws or _("平台工作规则"), ""),
    ]
    return [one for one in out if one[1]]


def term(c: Clock, day: date) -> str:
    """The length of a clock that starts on a day, where its declaration says one by itself."""
    if isinstance(c.length, Length):
        return f"{plain(c.length)}（{_('平台工作期限')}）"
    if isinstance(c.length, Dated):
        in_force = next((v for v in c.length.versions if v.since <= day and (v.until is None or day < v.until)), None)
        return plain(in_force.value) if in_force and in_force.value else ""
    return ""


def papers_table(p: Procedure) -> Table:
    """What is filled in and handed in when a case begins."""
    rows = []
    for step in openings(p):
        for f in step.inputs:
            kind = plain_choices(f)
            note = speak(f.help)
            rows.append(
                TableRow(
                    [
                        Cell(named(f), sub=note),
                        _("必填") if f.required else _("如有"),
                        kind,
                        _("个人信息，只供经办人查看") if f.personal else "",
                    ]
                )
            )
    columns = [Column(_("内容"), wide=True), Column(_("是否必需")), Column(_("形式")), Column(_("说明"))]
    return Table(_("要填写、提交的内容"), columns, rows, Empty(_("发起时不用填写")), stack=True)


def plain_choices(f: Field) -> str:
    """How an input is given: one of its choices, a day, a number, words; of a list, what each of its rows holds."""
    if f.type is Type.CHOICE:
        choices = {"choices": enumerated(named(c) for c in f.choices)}
        return _("可选多项：%(choices)s") % choices if f.many else _("选一项：%(choices)s") % choices
    if f.type is Type.LIST:
        return _("逐条填写：%(items)s") % {"items": enumerated(named(i) + ("*" if i.required else "") for i in f.items)}
    words = {
        Type.DATE: _("日期"), Type.DATETIME: _("日期和时刻"), Type.INT: _("整数"), Type.DECIMAL: _("数字"),
        Type.MONEY: _("金额"), Type.BOOL: _("是或否"), Type.ANSWER: _("是、否或不明"), Type.LENGTH: _("期限长度"),
        Type.UNIT: _("单位"), Type.PERSON: _("人员"), Type.REF: _("名录条目"), Type.FILE: _("附件"),
    }  # fmt: skip
    return words.get(f.type, _("文字"))


def checks_table(p: Procedure) -> Table:
    """What is looked at before a step can be taken, and the checklists that are frozen with it: each once, with its
    steps."""
    looked: dict[tuple[str, str], tuple[Need, Checklist | None, list[Step]]] = {}
    for step in p.steps:
        asked = [(need, None) for need in step.needs] + [(check, c) for c in step.shows for check in c.checks]
        for need, checklist in asked:
            looked.setdefault((need.id, checklist.id if checklist else ""), (need, checklist, []))[2].append(step)
    rows = [
        TableRow(
            [
                Cell(named(need), sub=_("核对表“%(name)s”") % {"name": named(checklist)} if checklist else ""),
                enumerated(named(s) for s in steps),
                bars(need, checklist),
                cite(need.cite) if isinstance(need, Check) and need.cite else "—",
            ]
        )
        for need, checklist, steps in looked.values()
    ]
    columns = [Column(_("条件"), wide=True), Column(_("步骤")), Column(_("作用")), Column(_("依据"))]
    return Table(_("要核对的条件"), columns, rows, Empty(_("没有要核对的条件")), stack=True)


def bars(need: Need, checklist: Checklist | None) -> str:
    """What comes of a check that does not hold, and of one that cannot be judged."""
    if checklist is not None:
        return _("逐项列出，随步骤存档")
    if isinstance(need, Check) and need.unknown is IfUnknown.ATTEST:
        return _("不符合的不能办理；系统不能判定的，写明查证情况后办理")
    return _("不符合或不能判定的，不能办理")


@dataclass(frozen=True)
class Grounds:
    """The grounds that a step which ends a case chooses from."""

    step: str
    ends: str
    choices: tuple[str, ...]
    basis: tuple[Cell, ...]


def grounds(p: Procedure) -> list[Grounds]:
    """When a case ends without what was asked for: the choices of the steps that lead to an end."""
    out = []
    for s in p.steps:
        choices = [f for f in s.inputs if f.type is Type.CHOICE]
        ends = [p.state(to) for to in s.targets if not s.opens and p.state(to).tone in ("closed", "late")]
        if ends and choices:
            listed = tuple(named(c) for f in choices for c in f.choices)
            out.append(Grounds(named(s), enumerated(map(named, ends)), listed, tuple(cite(c) for c in s.basis)))
    return out


def keys_table(p: Procedure) -> Table:
    """The keys by which programs name what the guide names in words."""
    rows = [
        *(TableRow([named(s), Cell(s.id, lang="en"), _("环节")]) for s in p.states),
        *(TableRow([named(s), Cell(s.id, lang="en"), _("步骤")]) for s in p.steps),
        *(TableRow([named(c), Cell(c.id, lang="en"), _("期限")]) for c in p.clocks),
    ]
    return Table(
        _("程序用的标识"), [Column(_("名称"), wide=True), Column(_("标识")), Column(_("种类"))], rows, stack=True
    )


def examples(p: Procedure) -> list[dict[str, Any]]:
    """The worked examples of the declaration, run now."""
    return [
        {
            "name": e.name,
            "history": "\n".join(line.strip() for line in e.history.strip().splitlines()),
            "expected": expected(p, e),
            "wrong": wrong,
            "tag": FAILED if wrong else PASSED,
        }
        for e in p.examples
        if isinstance(e, Example)
        for wrong in [run_example(p, e, calendar())]
    ]


def expected(p: Procedure, e: Example) -> list[tuple[str, Any]]:
    """What an example says must come out, in words."""
    clocks = {c.id: named(c) for c in p.clocks}
    pairs: list[tuple[str, Any]] = [(_("环节"), named(p.state(e.state)))]
    if e.on:
        pairs.append((_("观察日"), e.on.isoformat()))
    return pairs + [(clocks.get(id, id), CLOCK_TAGS.get(value, value)) for id, value in e.clocks.items()]


def steps_table(p: Procedure, roles: dict[str, str]) -> Table:
    places = {
        "own": _("办理单位"),
        "above": _("上级单位"),
        "office": _("发起单位"),
        "any": _("任何单位"),
    }

    def row(s: Step) -> TableRow:
        place = p.place(s)
        beside = [_("%(aside)s期间") % {"aside": named(p.find_aside(a))} for a in place.open]
        beside += [_("非%(aside)s期间") % {"aside": named(p.find_aside(a))} for a in place.closed]
        sources = enumerated(named(p.state(x)) for x in p.sources(s)) or _("（发起）")
        inputs = enumerated(
            named(f) + ("*" if f.required else "") + (f"（{_('个人信息')}）" if f.personal else "") for f in s.inputs
        )
        needs = enumerated(named(f) for f in s.needs)
        return TableRow(
            [
                named(s),
                Cell(sources, sub=enumerated(beside)),
                enumerated(named(p.state(to)) for to in s.targets) or _("不变"),
                Cell(
                    enumerated(roles.get(r, r) for r in s.roles),
                    sub="" if set(s.roles) <= set(BY_ITSELF) else places[s.at],
                ),
                Cell(inputs or "—", sub=_("前提：%(needs)s") % {"needs": needs} if needs else ""),
                enumerated(str(cite(c).value) for c in s.basis) or "—",
            ],
            id=f"step-{s.id}",
        )

    columns = [_("步骤"), _("从"), _("到"), _("由谁办理"), _("填写内容（* 必填）"), _("依据")]
    return Table(_("步骤"), [Column(c) for c in columns], [row(s) for s in p.steps], stack=True)


def clocks_table(p: Procedure) -> Table:
    columns = [_("期限"), _("起算"), _("停止"), _("长度与依据"), _("中止、不计与延长"), _("届满后果")]
    rows = [
        TableRow(
            [
                named(c),
                enumerated(moved_by(p, name) for name in c.start),
                enumerated(moved_by(p, name) for name in c.stop),
                Cell(length_text(p, c), sub=speak(c.basis_note)),
                "；".join(changes_of(p, c)) or "—",
                speak(c.on_expiry) or "—",
            ],
            id=f"clock-{c.id}",
        )
        for c in p.clocks
    ]
    return Table(_("期限"), [Column(c) for c in columns], rows, Empty(_("没有期限")), stack=True)


def moved_by(p: Procedure, name: str) -> str:
    """What starts or stops a clock, in words: a step, a state that is entered, a letter that is served."""
    if name.startswith(TO):
        return _("进入“%(state)s”") % {"state": named(p.state(name.removeprefix(TO)))}
    if name.startswith(SERVED):
        letters = (letter for s in p.steps for letter in s.letters if letter.id == name.removeprefix(SERVED))
        return _("送达“%(letter)s”") % {"letter": named(next(letters))}
    return named(p.step(name))


def changes_of(p: Procedure, c: Clock) -> list[str]:
    """What suspends, leaves out of count, restarts and lengthens a clock."""

    def stands(names: tuple[str, ...]) -> str:
        return enumerated(named(p.find_aside(name) or p.state(name)) for name in names)

    out = []
    if c.suspend:
        out.append(_("中止：%(steps)s") % {"steps": stands(c.suspend)})
    if c.exclude:
        out.append(_("不计入：%(steps)s") % {"steps": stands(c.exclude)})
    if c.restart:
        out.append(_("重新起算：%(steps)s") % {"steps": enumerated(moved_by(p, name) for name in c.restart)})
    for e in c.extensions:
        lengths = "、".join(speak(x) for x in dict.fromkeys(lengths_of(e.up_to))) or _("所填长度")
        said = {"step": named(p.step(e.by)), "length": lengths, "n": e.times}
        out.append(_("%(step)s可延长 %(length)s，最多 %(n)s 次") % said)
    return out


def length_text(p: Procedure, c: Clock) -> str:
    out = [_("%(length)s（平台期限，非法定期限）") % {"length": plain(x)} for x in own_lengths_of(c.length)]
    for v in (v for term in terms_of(c.length) for v in term.versions):
        until = _("至 %(day)s 前") % {"day": v.until.isoformat()} if v.until else ""
        doubt = "" if v.verified else _("，未核实")
        out.append(
            f"{_('%(day)s 起') % {'day': v.since.isoformat()}}{until}：{plain(v.value)}（{plain(v.cite)}{doubt}）"
        )
    paths = c.due_paths or ((not out and c.length_paths) or ())
    fields = {f"{s.id}.{f.id}": f for s in p.steps for f in s.inputs}
    if said := list(dict.fromkeys(named(fields[path]) for path in paths if path in fields)):
        out.append(_("以所填“%(field)s”为准") % {"field": enumerated(said)})
    return "；".join(out)
