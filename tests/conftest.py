"""What tests share: a city with its units, and three people: of a unit, of the unit above it, of another unit."""

from __future__ import annotations

import gc
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management.color import no_style
from django.db import connection
from django.db.models.signals import pre_save
from django.dispatch import receiver
from django.test import Client
from hypothesis import HealthCheck, settings

from jinzhi.apps.accounts.acting import Acting, acting_as
from jinzhi.apps.accounts.models import Membership, User
from jinzhi.apps.catalogue.models import Installation
from jinzhi.apps.catalogue.registry import catalogue
from jinzhi.apps.units.actions import sync_units
from jinzhi.apps.units.models import Group, Unit
from tests.looking import pytest_runtest_setup, shared_is_said  # noqa: F401 - pytest finds them here
from tests.template_database import Finish, start_from_template

# a machine that does other work beside is no fault of a property
settings.register_profile("jinzhi", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("jinzhi")


@receiver(pre_save)
def no_longer_than_its_column(sender, instance, **kwargs) -> None:
    """SQLite keeps a text longer than its column; PostgreSQL answers 500. So a test that writes one fails on both."""
    for field in sender._meta.concrete_fields:
        value = getattr(instance, field.attname)
        if isinstance(value, str) and field.max_length and len(value) > field.max_length:
            raise AssertionError(f"{sender.__name__}.{field.name} holds {len(value)} characters of {field.max_length}")


@pytest.fixture(scope="session")
def finish_template(django_db_modify_db_settings, django_db_blocker) -> Finish:
    with django_db_blocker.unblock():
        return start_from_template()


@pytest.fixture(scope="session")
def django_db_setup(finish_template, django_db_setup, django_db_blocker) -> None:
    """As pytest-django has it, on a copy of a database that was migrated before."""
    with django_db_blocker.unblock():
        finish_template()


#: the folders whose files take longest go first, so that no worker is left with one of them at the end
DEAREST_FIRST = ("postgres", "journeys", "web", "apps")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A file stays with one worker (``--dist loadfile``), for it may share what is dear; the dearest begin."""
    places = {folder: n for n, folder in enumerate(DEAREST_FIRST)}
    items.sort(key=lambda item: places.get(item.path.relative_to(HERE).parts[0], len(places)))


def pytest_collection_finish() -> None:
    """What was imported stays: the garbage collector need not walk through it again and again."""
    gc.collect()
    gc.freeze()


HERE = Path(__file__).parent
PASSWORD = "correct horse 津知"


@dataclass
class Person:
    """A user with one post, a signed-in client, and in whose name they act."""

    user: User
    acting: Acting
    client: Client
    membership: Membership


def person(username: str, unit: str, role: str, name: str = "") -> Person:
    user = User.objects.create_user(username, password=PASSWORD, name=name or username)
    post = Membership.objects.create(user=user, unit=Unit.objects.get(code=unit), role=role, since=date(2021, 1, 1))
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return Person(user, acting_as(post), client, post)


@pytest.fixture(autouse=True)
def place_and_day(settings, tmp_path_factory) -> None:
    """Every test keeps its files in a folder of its own and stands on the same day, whatever the clock says."""
    var = tmp_path_factory.getbasetemp() / "var"
    settings.JINZHI_TODAY = "2026-11-22"
    settings.JINZHI_STORE = var / "store"
    # not shared: rows are rolled back after a test, an index is not
    settings.JINZHI_INDEX = var / "index" / uuid4().hex
    settings.JINZHI_KEYS = var / "keys"
    settings.JINZHI_WITNESSES = var / "witnesses.json"
    settings.JINZHI_AUDIT = var / "audit.json"
    settings.JINZHI_SEARCH = "memory"
    settings.EMAIL_FILE_PATH = var / "mail"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


#: the rows that ``sync_units`` made of a catalogue, to be copied: it asks the database hundreds of times
_made: dict[str, Any] = {}


def declared_units() -> None:
    """The declared units and groups: made by ``sync_units`` once, then the same rows again for every test."""
    members = Group.members.through
    if _made.get("of") is not catalogue():
        sync_units()
        _made["rows"] = [(m, list(m._default_manager.order_by("pk").values())) for m in (Unit, Group, members)]
        _made["of"] = catalogue()
        return
    for model, rows in _made["rows"]:
        model._default_manager.bulk_create(model(**row) for row in rows)
    reset = connection.ops.sequence_reset_sql(no_style(), [model for model, _rows in _made["rows"]])
    with connection.cursor() as cursor:
        for statement in reset:
            cursor.execute(statement)


@pytest.fixture
def city(db) -> Installation:
    """Tianjin with its declared units; no demonstration data, nobody signed in sees anything."""
    declared_units()
    return Installation.objects.create(pk=1, city_zh="天津", city_en="Tianjin")


@pytest.fixture
def district(city) -> Person:
    """Of a unit: the reporter of Binhai."""
    return person("binhai", "tj-binhai", "reporter", "滨海填报人")


@pytest.fixture
def above(city) -> Person:
    """Of the unit above it: the plan's office of the city."""
    return person("office", "tianjin", "plan-office", "规划办")


@pytest.fixture
def elsewhere(city) -> Person:
    """Of another unit: the reporter of Dongli."""
    return person("dongli", "tj-dongli", "reporter", "东丽填报人")


@pytest.fixture
def make_person(city):
    return person
