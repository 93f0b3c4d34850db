"""Topic collections, tags and notes: the tree, one topic, tags in bulk and by Excel, and what stands on a document."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from jinzhi.apps.catalogue.clock import now, today
from jinzhi.apps.evidence.events.seals import SealVerdict, verdicts
from jinzhi.apps.evidence.models import Event
from jinzhi.apps.patents.desk import collections, notes
from jinzhi.apps.patents.desk.collections import Branch, may_write
from jinzhi.apps.patents.desk.notes import Brought
from jinzhi.apps.patents.models import Document, Topic, TopicItem
from jinzhi.apps.patents.refused import SearchRefused
from jinzhi.apps.patents.search.library import library
from jinzhi.apps.patents.store.queries import by_ids, collection, find_all
from jinzhi.engines.spreadsheet import SpreadsheetError
from jinzhi.kernel.declare import Named
from jinzhi.kernel.fields import Field, Type
from jinzhi.kernel.query import QueryError
from jinzhi.kernel.text import Words, id_of
from jinzhi.web.patents.address import AskedQuery, library_line, picked, query_string, read_address
from jinzhi.web.patents.desk import desk_of
from jinzhi.web.patents.document import columns, row_of
from jinzhi.web.patents.export import XLSX, attached
from jinzhi.web.patents.saved import asking_for, crumbs, moment, shown
from jinzhi.web.patents.tools import numbers_of
from jinzhi.web.patents.written import tag_text
from jinzhi.web.shell.access import page
from jinzhi.web.shell.listing import paged
from jinzhi.web.shell.requests import PageRequest
from jinzhi.web.shell.submissions import submitted
from jinzhi.web.ui.forms import FieldsForm
from jinzhi.web.ui.language import page_language, speak
from jinzhi.web.ui.records import TimelineItem
from jinzhi.web.ui.states import Tag
from jinzhi.web.ui.tables import Cell, Column, Empty, Table, TableRow

QUERY = Tag("检索式", "Query", "open", "⌕")
HAND = Tag("手工挑选", "Picked by hand", "normal", "☑")
VERBS = {
    "create": ("建立", "Created"), "change": ("修改", "Changed"), "pick": ("加入文献", "Documents put in"),
    "take-out": ("移出文献", "Documents taken out"), "remove": ("删除", "Removed"), "restore": ("恢复", "Restored"),
}  # fmt: skip

NAME = Field(id="name", zh="名称", en="Name", max_length=collections.LONGEST,
             help_zh="检索式里写 topic=名称", help_en="queries ask for it by topic=name")  # fmt: skip
ABOUT = Field(id="about", zh="说明", en="Description", type=Type.LONG, required=False)


def topic_text(branch: Branch) -> str:
    """The query that asks for a topic, whoever asks it."""
    return f'topic="{"/".join(branch.path)}@{branch.topic.unit.code}"'


def topic_href(branch: Branch) -> str:
    return f"{reverse('patents')}{query_string(topic_text(branch), ())}"


# --- the tree ---------------------------------------------------------------------------------------------------


def found_in(request: PageRequest, topic: Topic) -> tuple[list[int], str]:
    """(the documents of a topic and those below it, why they cannot be told)."""
    try:
        return library().find(collections.query_of(topic, desk_of(request)).root).tolist(), ""
    except QueryError as e:  # NoIndex too
        return [], speak(e)


@page(nav="patents", scope="plan.read")
@require_GET
def topics(request: PageRequest) -> HttpResponse:
    """Every topic that one may see, each below its parent, with how many documents it holds now."""
    who = request.acting
    rows = []
    for branch in collections.tree(who):
        topic = branch.topic
        ids, why = found_in(request, topic)
        rows.append(
            TableRow(
                [
                    Cell(
                        "　" * branch.depth + topic.name,
                        href=reverse("patents-topic", args=[topic.pk]),
                        sub=topic.about,
                    ),
                    Cell(len(ids), href=topic_href(branch)) if not why else Cell("—", sub=why),
                    Cell(tag=QUERY, sub=topic.saved.name) if topic.saved else Cell(tag=HAND, sub=str(branch.picked)),
                    Cell(str(topic.owner), sub=topic.unit.label),
                    moment(topic.updated_at),
                ],
                id=f"topic-{topic.pk}",
            )
        )
    heads = [
        Column(_("专题"), wide=True), Column(_("文献（含下级）"), numeric=True), Column(_("内容")), Column(_("建立人")),
        Column(_("更新时间")),
    ]  # fmt: skip
    empty = Empty(_("还没有专题"), _("专题可以由已存检索组成，也可以手工挑选文献。"))
    context = {
        "crumbs": crumbs(),
        "table": Table(_("专题库"), heads, rows, empty, stack=True, caption_hidden=True),
        "writes": may_write(request.acting),
        "removed": collections.removed(who) if may_write(request.acting) else [],
        "library": library_line(collection()),
        "print_title": _("专题库"),
    }
    return render(request, "patents/topics.html", context)


def find(request: PageRequest, pk: int, *, gone: bool = False) -> Topic:
    """A topic that one may see; any other is as good as not there."""
    topic = collections.find(request.acting, pk, gone=gone)
    if topic is None:
        raise Http404(_("没有这个专题，或者它属于您看不到的单位"))
    return topic


def branch_of(request: PageRequest, topic: Topic) -> Branch:
    return next(b for b in collections.tree(request.acting) if b.topic.pk == topic.pk)


@page(nav="patents", scope="plan.read")
@require_GET
def topic(request: PageRequest, pk: int) -> HttpResponse:
    """A topic with its documents; people of its unit put documents in and take them out."""
    who = request.acting
    topic = find(request, pk)
    branches = collections.tree(who)
    branch = next(b for b in branches if b.topic.pk == pk)
    ids, why = found_in(request, topic)
    by_hand = set(TopicItem.objects.filter(topic=topic).values_list("document_id", flat=True))
    here = paged(request, ids)
    writes = may_write(who, topic.unit)
    rows = []
    for row in by_ids(list(here.object_list)):
        line = row_of(row)
        rows.append(TableRow(line.cells, value=str(row.pk)))
    below = [b for b in branches if b.topic.parent_id == pk]
    trail = [b for b in branches if b.path == branch.path[: len(b.path)] and b.topic.unit_id == topic.unit_id][:-1]
    events = collections.past(topic)
    sealed = verdicts(events)
    context = {
        "crumbs": crumbs(
            (_("专题库"), reverse("patents-topics")),
            *((b.topic.name, reverse("patents-topic", args=[b.topic.pk])) for b in trail if b.depth < branch.depth),
        ),
        "topic": topic,
        "tag": QUERY if topic.saved else HAND,
        "why": why,
        "total": len(ids),
        "page": here,
        "table": Table(
            _("文献"), columns(), rows, Empty(_("专题里还没有文献")), select="n" if writes and by_hand else "",
            stack=True, caption_hidden=True,
        ),
        "by_hand": len(by_hand),
        "writes": writes,
        "below": [(b.topic.name, reverse("patents-topic", args=[b.topic.pk])) for b in below],
        "run": topic_href(branch),
        "pairs": [
            (_("说明"), topic.about),
            (_("内容"), Cell(topic.saved.text, sub=asking_for(topic.saved, who)) if topic.saved else _("手工挑选")),
            (_("检索式里写"), topic_text(branch)),
            (_("所属单位"), topic.unit.label),
            (_("建立人"), str(topic.owner)),
            (_("更新时间"), moment(topic.updated_at)),
        ],
        "story": [happened(e, sealed.of(e)) for e in events],
        "stream": topic.stream,
        "sealed": sealed,
        "print_title": "/".join(branch.path),
        "print_facts": library_line(collection()),
    }  # fmt: skip
    return render(request, "patents/topic.html", context)


def happened(event: Event, seal: SealVerdict) -> TimelineItem:
    zh, en = VERBS.get(event.verb, (event.verb, event.verb))
    count = event.data.get("count")
    word = speak(Words(zh, en))
    return TimelineItem(
        what=f"{word} {_('%(n)s 件') % {'n': count}}" if count else word,
        when=timezone.localtime(event.at),
        who=event.actor,
        seal=seal,
    )


# --- writing topics ---------------------------------------------------------------------------------------------


def _fields(request: PageRequest, topic: Topic | None) -> tuple[Field, ...]:
    who = request.acting
    branches = [b for b in collections.tree(who) if b.topic.unit_id == who.unit.pk]
    below = {topic.pk} if topic else set()
    for b in branches:
        if b.topic.parent_id in below:
            below.add(b.topic.pk)
    above = tuple(
        Named(id=f"t{b.topic.pk}", zh="/".join(b.path), en="/".join(b.path))
        for b in branches
        if b.topic.pk not in below
    )
    queries = tuple(Named(id=f"s{s.pk}", zh=s.name, en=s.name) for s in collections.choices(who))
    fields = [NAME, ABOUT]
    if above:
        fields.append(
            Field(id="parent", zh="上级专题", en="Topic above", type=Type.CHOICE, choices=above, required=False)
        )
    if queries:
        fields.append(
            Field(
                id="saved",
                zh="由已存检索组成",
                en="Stands on a saved query",
                type=Type.CHOICE,
                choices=queries,
                required=False,
                help_zh="留空为手工挑选；只列本单位共享的已存检索",
                help_en="empty: documents picked by hand; the unit's shared queries are listed",
            )
        )
    return tuple(fields)


def _given(request: PageRequest, form: FieldsForm) -> dict[str, Any]:
    parent, query = (str(form.values.get(id) or "") for id in ("parent", "saved"))
    return {
        "name": str(form.values["name"]),
        "about": str(form.values["about"] or ""),
        "parent": find(request, int(parent[1:])) if parent else None,
        "saved": next((s for s in collections.choices(request.acting) if f"s{s.pk}" == query), None),
    }


def _show(request: PageRequest, form: FieldsForm, topic: Topic | None = None) -> HttpResponse:
    title = _("修改专题") if topic else _("新建专题")
    context = {
        "crumbs": crumbs((_("专题库"), reverse("patents-topics"))),
        "form": form,
        "topic": topic,
        "title": title,
        "back": reverse("patents-topic", args=[topic.pk]) if topic else reverse("patents-topics"),
        "no_queries": not collections.choices(request.acting),
        "print_title": title,
    }
    return render(request, "patents/topic_form.html", context, status=422 if form.is_bound else 200)


def _refuse(form: FieldsForm, refusal: SearchRefused) -> None:
    form.add_error(refusal.field if refusal.field in form.fields else None, shown(refusal))


@page(nav="patents", scope="plan.read")
@require_http_methods(["GET", "POST"])
def new(request: PageRequest) -> HttpResponse:
    """A new topic of one's own unit."""
    if not may_write(request.acting):
        return redirect(f"{reverse('account_login')}?next={reverse('patents-topics')}")
    fields = _fields(request, None)
    if request.method != "POST":
        initial = {"parent": f"t{request.GET.get('parent', '')}"}
        return _show(request, FieldsForm(fields, who=request.acting, initial=initial, name="topic"))
    form = FieldsForm(fields, request.POST, who=request.acting, name="topic")
    if form.is_valid():
        try:
            made = collections.create(request.acting, **_given(request, form), key=submitted(request)[1])
        except SearchRefused as e:
            _refuse(form, e)
        else:
            messages.success(request, _("已建立专题“%(name)s”") % {"name": made.name})
            return redirect("patents-topic", pk=made.pk)
    return _show(request, form)


@page(nav="patents", scope="plan.read")
@require_http_methods(["GET", "POST"])
def edit(request: PageRequest, pk: int) -> HttpResponse:
    """Rename, describe, move a topic, or let it stand on another query."""
    topic = find(request, pk)
    if not may_write(request.acting, topic.unit):
        raise Http404(_("只有该单位的人可以修改这个专题"))
    fields = _fields(request, topic)
    if request.method != "POST":
        initial = {
            "name": topic.name, "about": topic.about, "parent": f"t{topic.parent_id or ''}",
            "saved": f"s{topic.saved_id or ''}",
        }  # fmt: skip
        return _show(request, FieldsForm(fields, who=request.acting, initial=initial, name="topic"), topic)
    form = FieldsForm(fields, request.POST, who=request.acting, name="topic")
    if form.is_valid():
        expected, key = submitted(request)
        try:
            collections.change(topic, request.acting, **_given(request, form), expected=expected, key=key)
        except SearchRefused as e:
            _refuse(form, e)
        else:
            messages.success(request, _("已保存修改"))
            return redirect("patents-topic", pk=pk)
    return _show(request, form, topic)


@page(nav="patents", scope="plan.read")
@require_POST
def turn(request: PageRequest, pk: int, verb: str) -> HttpResponse:
    """Put documents in by their numbers, take chosen ones out, remove the topic, or restore it."""
    who = request.acting
    if verb not in ("pick", "take-out", "remove", "restore"):
        raise Http404
    topic = find(request, pk, gone=verb == "restore")
    key = submitted(request)[1]
    try:
        match verb:
            case "pick":
                asked_for = numbers_of(request.POST.get("numbers", ""))
                there = find_all(asked_for)
                missing = [n for n in asked_for if there[n] is None]
                if not asked_for or missing:
                    raise _missing(missing)
                added = collections.pick(topic, who, [row.pk for row in there.values() if row is not None], key=key)
                messages.success(request, _("已加入 %(n)s 件") % {"n": added})
            case "take-out":
                chosen = [n for one in request.POST.getlist("n") if (n := id_of(one)) is not None]
                gone = collections.take_out(topic, who, chosen, key=key)
                messages.success(request, _("已移出 %(n)s 件") % {"n": gone})
            case "remove":
                collections.remove(topic, who, expected=submitted(request)[0])
                messages.success(request, _("已删除专题“%(name)s”，可以在下面恢复") % {"name": topic.name})
                return redirect(f"{reverse('patents-topics')}#removed")
            case _:
                collections.restore(topic, who)
                messages.success(request, _("已恢复专题“%(name)s”") % {"name": topic.name})
    except SearchRefused as e:
        messages.error(request, shown(e))
    return redirect("patents-topics") if verb == "restore" else redirect("patents-topic", pk=pk)


def _missing(numbers: list[str]) -> SearchRefused:
    if not numbers:
        return SearchRefused("没有号码：请每行写一个公开号或申请号", "no number: write one a line")
    some = "、".join(numbers[:10]) + ("…" if len(numbers) > 10 else "")
    return SearchRefused(
        f"库中没有 {len(numbers)} 个号码（{some}），一件也没有加入",
        f"{len(numbers)} numbers are not in the collection ({some}); nothing was put in",
    )


# --- tags -------------------------------------------------------------------------------------------------------


@page(nav="patents", scope="plan.read")
@require_GET
def tags(request: PageRequest) -> HttpResponse:
    """Every tag that one may see, with how many documents bear it."""
    return _tags(request)


def _tags(request: PageRequest, brought: Brought | None = None, problem: str = "") -> HttpResponse:
    rows = [
        TableRow([Cell(t.name, href=f"{reverse('patents')}{query_string(tag_text(t.name), ())}"), t.count, t.own])
        for t in notes.tags(request.acting)
    ]
    heads = [Column(_("标引"), wide=True), Column(_("文献"), numeric=True), Column(_("本单位标的"), numeric=True)]
    empty = Empty(
        _("还没有标引"), _("在检索结果上按“标引这些结果”，或在文献页上标引。"), reverse("patents"), _("去检索")
    )
    language = page_language()
    context = {
        "crumbs": crumbs(),
        "table": Table(_("标引"), heads, rows, empty, stack=True, caption_hidden=True),
        "writes": may_write(request.acting),
        "brought": brought,
        "errors": [*([problem] if problem else []), *(e.say(language) for e in (brought.errors if brought else ()))],
        "remarks": [speak(Words(zh, en)) for zh, en in (brought.notes if brought else ())],
        "print_title": _("标引"),
    }
    failed = bool(problem or (brought and brought.errors))
    return render(request, "patents/tags.html", context, status=422 if failed else 200)


@page(nav="patents", scope="plan.read")
@require_GET
def tags_export(request: PageRequest) -> HttpResponse:
    """Tags and notes of one's own unit as Excel, in the columns that can be imported again."""
    told: list[tuple[str, object]] = [
        (_("单位"), request.acting.unit.label), (_("文献库"), library_line(collection())),
        (_("填写说明"), _("一行一件；多个标引用分号隔开。导入时把表中的标引加到文献上，不删除已有标引。")),
        (_("生成时间"), now().strftime("%Y-%m-%d %H:%M")), (_("导出人"), request.acting.name),
    ]  # fmt: skip
    body = notes.workbook(request.acting, told, language=page_language())
    return attached(body, XLSX, f"{_('标引')} {today().isoformat()}.xlsx")


@page(nav="patents", scope="plan.read")
@require_POST
def tags_import(request: PageRequest) -> HttpResponse:
    """Put on the tags of a table; one wrong row, and nothing is written."""
    upload = request.FILES.get("file")
    if upload is None:
        return _tags(request, problem=_("请选择文件"))
    if (upload.size or 0) > settings.MAX_UPLOAD:
        return _tags(request, problem=_("文件超过 %(n)s 字节") % {"n": settings.MAX_UPLOAD})
    try:
        done = notes.bring(request.acting, upload.read(), key=submitted(request)[1])
    except (SpreadsheetError, SearchRefused) as e:
        return _tags(request, problem=speak(e))
    if done.errors:
        return _tags(request, done)
    messages.success(request, _("读入 %(rows)s 行，新加 %(n)s 处标引") % {"rows": done.rows, "n": done.added})
    return redirect("patents-tags")


# --- many documents at once -------------------------------------------------------------------------------------


def _meant(request: PageRequest) -> tuple[list[int], AskedQuery | None]:
    """The documents that an address means: those picked by hand, else all hits of its search."""
    if numbers := picked(request.GET):
        there = find_all(list(numbers))
        return [row.pk for row in there.values() if row is not None], None
    ask = read_address(request)
    return (ask.search.ids.tolist() if ask.search else []), ask


@page(nav="patents", scope="plan.read")
@require_http_methods(["GET", "POST"])
def mark(request: PageRequest) -> HttpResponse:
    """Tag the hits of a search, or picked documents, or put them into a topic, all at once."""
    who = request.acting
    ids, ask = _meant(request)
    back = f"{reverse('patents')}?{request.GET.urlencode()}"
    if not ids:
        messages.error(request, _("没有要标引的文献：请先检索或勾选"))
        return redirect(back)
    error = ""
    if request.method == "POST":
        try:
            if request.POST.get("_count") != str(len(ids)):
                raise SearchRefused(
                    f"打开这一页之后结果变了，现在是 {len(ids)} 件；请核对后再提交",
                    f"what is found has changed meanwhile and is {len(ids)} now: look again, then submit",
                )
            messages.success(request, _marked(request, ids))
            return redirect(back)
        except SearchRefused as e:
            error = shown(e)
    context = {
        "crumbs": crumbs(),
        "count": len(ids),
        "query": ask.text if ask else "",
        "error": error,
        "typed": request.POST,
        "own_tags": notes.own_names(who),
        "topics": _own_lists(request),
        "back": back,
        "print_title": _("标引"),
    }
    return render(request, "patents/mark.html", context, status=422 if error else 200)


def _own_lists(request: PageRequest) -> list[tuple[int, str]]:
    """The topics of one's own unit into which documents are picked."""
    who = request.acting
    branches = [b for b in collections.tree(who) if b.topic.unit_id == who.unit.pk and b.topic.saved_id is None]
    return [(b.topic.pk, "/".join(b.path)) for b in branches]


def _marked(request: PageRequest, ids: list[int]) -> str:
    """What was done with the documents, in words. Raises SearchRefused."""
    who, key = request.acting, submitted(request)[1]
    do, _sign, name = request.POST.get("do", "").partition(":")
    name = name or request.POST.get("name", "")
    match do:
        case "tag":
            return _("已给 %(n)s 件加上标引“%(name)s”（其余原来就有）") % {
                "n": notes.tag(who, name, ids, key=key),
                "name": name,
            }
        case "untag":
            return _("已从 %(n)s 件去掉标引“%(name)s”") % {"n": notes.untag(who, name, ids, key=key), "name": name}
        case "pick":
            raw = request.POST.get("topic", "")
            topic = collections.find(who, pk) if (pk := id_of(raw)) is not None else None
            if topic is None:
                raise SearchRefused("请选择专题", "choose a topic")
            return _("已加入专题“%(name)s” %(n)s 件") % {
                "n": collections.pick(topic, who, ids, key=key),
                "name": topic.name,
            }
    raise SearchRefused("请选择要做什么", "choose what to do")


# --- on a document ----------------------------------------------------------------------------------------------


@page(nav="patents", scope="plan.read")
@require_POST
def write(request: PageRequest, number: str) -> HttpResponse:
    """Tag a document, take a tag off, write, change, remove or restore a note, put it into a topic."""
    who = request.acting
    document = Document.objects.filter(number=number).defer("body").first()
    if document is None:
        raise Http404(_("库中没有 %(n)s") % {"n": number[:60]})
    expected, key = submitted(request)
    raw = request.POST.get("note", "")
    note = id_of(raw) or 0
    said = ""
    try:
        match request.POST.get("do", "").partition(":")[0]:
            case "tag" | "untag" | "pick":
                said = _marked(request, [document.pk])
            case "note":
                notes.write_note(who, document, request.POST.get("text", ""), key=key)
                said = _("已保存备注")
            case "change-note":
                notes.change_note(who, note, request.POST.get("text", ""), expected=expected, key=key)
                said = _("已修改备注")
            case "remove-note":
                notes.remove_note(who, note, expected=expected)
                said = _("已删除备注，可以恢复")
            case "restore-note":
                notes.restore_note(who, note)
                said = _("已恢复备注")
            case _:
                raise Http404
        messages.success(request, said)
    except SearchRefused as e:
        messages.error(request, shown(e))
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    return redirect(f"{reverse('patent', args=[document.number])}{query}#written")


urlpatterns = [
    path("patents/topics/", topics, name="patents-topics"),
    path("patents/topics/new/", new, name="patents-topic-new"),
    path("patents/topics/<int:pk>/", topic, name="patents-topic"),
    path("patents/topics/<int:pk>/edit/", edit, name="patents-topic-edit"),
    path("patents/topics/<int:pk>/<str:verb>/", turn, name="patents-topic-turn"),
    path("patents/tags/", tags, name="patents-tags"),
    path("patents/tags/export/", tags_export, name="patents-tags-export"),
    path("patents/tags/import/", tags_import, name="patents-tags-import"),
    path("patents/mark/", mark, name="patents-mark"),
    path("patents/mark/<str:number>/", write, name="patents-write"),
]
