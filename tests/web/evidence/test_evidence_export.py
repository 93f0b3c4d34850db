"""The bundle of an entry from its page: for those who may open the object."""

from __future__ import annotations

import io

from django.urls import reverse

from jinzhi.apps.evidence.events.deposits import deposit_content
from jinzhi.apps.evidence.log import log
from jinzhi.apps.evidence.models import Entry, Event
from jinzhi.verifier import verify
from jinzhi.web.evidence.objects import places
from tests.apps.test_custody import take
from tests.apps.test_evidence_bundles import own_folders

__all__ = ["own_folders"]


def kept(person) -> Entry:
    item = take(person)
    log.checkpoint()
    return Entry.objects.select_related("shard").get(object=item.stream, kind="evidence")


def test_the_page_of_an_entry_offers_its_bundle_which_verifies(district):
    entry = kept(district)
    address = reverse("evidence-bundle", args=[entry.number])
    assert address in district.client.get(reverse("log-entry", args=[entry.number])).content.decode()
    answer = district.client.get(address)
    assert answer["Content-Type"] == "application/zip" and f"{entry.number}.zip" in answer["Content-Disposition"]
    found = verify.verify_file(io.BytesIO(b"".join(answer.streaming_content)))
    assert found.ok and found.entry == entry.number
    assert Event.objects.filter(stream=f"viewing:{entry.object}", verb="export").count() == 1


def test_who_may_not_open_the_object_gets_no_bundle(district, above, elsewhere, client):
    entry = kept(district)
    address = reverse("evidence-bundle", args=[entry.number])
    assert above.client.get(address).status_code == 200
    assert elsewhere.client.get(address).status_code == 404
    assert address not in elsewhere.client.get(reverse("log-entry", args=[entry.number])).content.decode()
    assert client.get(address).status_code == 302


def test_an_entry_that_is_not_there_is_a_page_not_found(district):
    kept(district)
    assert district.client.get(reverse("evidence-bundle", args=["2026-999"])).status_code == 404


def test_every_page_leads_to_where_bundles_are_verified(district):
    assert reverse("evidence-verify") in district.client.get(reverse("evidence")).content.decode()


def test_a_file_put_in_by_a_unit_is_for_those_who_see_the_unit(district, above, elsewhere):
    entry = deposit_content("记录.txt", ["甲".encode()], who=district.acting)
    address = reverse("evidence-bundle", args=[entry.number])
    page = above.client.get(reverse("log-entry", args=[entry.number])).content.decode()
    assert "记录.txt" in page and address in page
    assert district.client.get(address).status_code == above.client.get(address).status_code == 200
    assert elsewhere.client.get(address).status_code == 404


def test_that_another_unit_put_the_same_file_in_is_not_told(district, above, elsewhere):
    mine = deposit_content("a.txt", [b"same"], who=district.acting)
    deposit_content("b.txt", [b"same"], who=elsewhere.acting)
    assert "b.txt" not in district.client.get(reverse("log-entry", args=[mine.number])).content.decode()
    assert places(district.acting, [mine.object]) == {}
    assert places(above.acting, [mine.object])
