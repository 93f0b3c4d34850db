"""The figures on a document's page, and their images as they are served."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from jinzhi.apps.evidence.store.store import keep_bytes, path_of
from jinzhi.apps.patents.models import Document as Stored
from jinzhi.apps.patents.models import Picture
from jinzhi.apps.patents.store.storing import prepare, store
from jinzhi.demo.figures import drawn
from jinzhi.demo.patents import make_patents
from jinzhi.kernel.patent import Drawing, PatentDocument, Source, Text

NUMBER = "CN117000001A"
PNG = drawn()["YANSHI0001.PNG"]
TIFF = b"II*\x00\x08\x00\x00\x00" + bytes(3000)


@pytest.fixture
def figured(db, settings, tmp_path) -> Stored:
    """A document with four figures, of which two have an image here."""
    settings.JINZHI_STORE = tmp_path / "store"
    store([
        prepare(PatentDocument(
            "CN", NUMBER[2:-1], "A", NUMBER, date(2024, 3, 1), language="zh", titles=(Text("zh", "一种隔膜"),),
            drawings=(
                Drawing("A1.PNG", "图1", abstract=True), Drawing("a1.png", "图1"), Drawing("A2.TIF", "0002"),
                Drawing("A3.TIF"),
            ),
            source=Source("cnipa-test"),
        ))
    ])  # fmt: skip
    row = Stored.objects.get()
    for position, name, kind, image in ((1, "A1.PNG", "image/png", PNG), (3, "A2.TIF", "image/tiff", TIFF)):
        sha256, _ = keep_bytes(image)
        Picture.objects.create(
            document=row, position=position, name=name, media_type=kind, size=len(image), sha256=sha256
        )
    return row


def look(person, number: str = NUMBER):
    return person.client.get(reverse("patent", args=[number]))


def served(person, n: int, **query: str):
    return person.client.get(reverse("patent-drawing", args=[NUMBER, n]), query)


def test_each_figure_is_named_and_shown_offered_or_said_to_be_missing(district, figured):
    page = look(district)
    told = [(f.name, f.shown, bool(f.href)) for f in page.context["figures"]]
    assert told == [("摘要附图", True, True), ("图2", False, True), ("图4", False, False)]
    text = page.content.decode()
    assert f'<img src="/patents/{NUMBER}/drawings/1?v=' in text
    assert 'alt="摘要附图" loading="lazy"' in text
    assert "下载 TIFF 图像（2 KB）" in text
    assert "图像没有入库" in text


def test_an_image_is_served_as_what_it_is_and_may_be_kept_for_ever(district, figured):
    address = look(district).context["figures"][0].href
    answer = district.client.get(address)
    assert b"".join(answer.streaming_content) == PNG
    assert (answer["Content-Type"], answer["Content-Length"]) == ("image/png", str(len(PNG)))
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["Content-Disposition"].startswith("inline")
    assert "immutable" in answer["Cache-Control"]
    assert "immutable" not in served(district, 1)["Cache-Control"], "without its content's name it may change"
    assert "immutable" not in served(district, 1, v="0" * 16)["Cache-Control"]


def test_tiff_is_a_download(district, figured):
    answer = served(district, 3)
    assert b"".join(answer.streaming_content) == TIFF
    assert answer["Content-Disposition"] == 'attachment; filename="A2.TIF"'


def test_what_is_not_there_or_was_changed_is_not_served(district, figured):
    assert served(district, 2).status_code == 404
    path_of(Picture.objects.get(position=1).sha256).write_bytes(PNG[:-1] + b"x")
    assert served(district, 1).status_code == 404


def test_images_are_as_public_as_their_document(client, district, above, elsewhere, figured):
    assert [served(person, 1).status_code for person in (district, above, elsewhere)] == [200, 200, 200]
    assert client.get(reverse("patent-drawing", args=[NUMBER, 1])).status_code == 302


def test_the_page_says_that_images_are_left_out(district, figured, settings):
    assert "JINZHI_KEEP_DRAWINGS" not in look(district).content.decode()
    settings.JINZHI_KEEP_DRAWINGS = False
    assert "JINZHI_KEEP_DRAWINGS=0" in look(district).content.decode()


def test_figures_cost_one_statement(district, figured, django_assert_max_num_queries):
    look(district)
    with django_assert_max_num_queries(31):
        look(district)


def test_the_demonstration_shows_a_handful_of_images(city, settings, tmp_path):
    settings.JINZHI_STORE = tmp_path / "store"
    make_patents(300, index=False)
    assert Picture.objects.count() > 10
    assert Picture.objects.values("sha256").distinct().count() <= 5
    first = Picture.objects.select_related("document").first()
    assert first.document.demo
    assert first.document.content.drawings[0].number == "图1（演示）"
    make_patents(300, index=False)
