"""How long a guesser waits, and whom a proxy is believed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured

from jinzhi.config.proxies import client_of, networks
from jinzhi.kernel.patience import PAIR

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, 0), (4, 0), (5, 30), (6, 60), (8, 240), (11, 1800), (9999, 1800)]
)
def test_the_delay_doubles_up_to_a_bound(failures, seconds):
    assert PAIR.delay(failures) == timedelta(seconds=seconds)


def test_the_wait_ends():
    assert PAIR.wait(5, NOW - timedelta(seconds=20), NOW) == timedelta(seconds=10)
    assert PAIR.wait(5, NOW - timedelta(seconds=30), NOW) == timedelta(0)
    assert PAIR.wait(5, None, NOW) == timedelta(0)


@pytest.mark.parametrize(
    ("remote", "forwarded", "client"),
    [
        ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "1.2.3.4, 203.0.113.9", "203.0.113.9"),
        ("10.0.0.1", "1.2.3.4, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "nonsense", "10.0.0.1"),
        ("203.0.113.9", "1.2.3.4", "203.0.113.9"),
        ("10.0.0.1", "2001:db8::1", "2001:db8::1"),
    ],
)
def test_the_client_is_whom_the_nearest_trusted_proxies_name(remote, forwarded, client):
    assert client_of(remote, forwarded, networks("10.0.0.0/24")) == client


def test_a_wrong_network_is_said():
    with pytest.raises(ImproperlyConfigured, match="JINZHI_PROXIES"):
        networks("10.0.0")
