"""What a server has read before anybody asks."""

from __future__ import annotations

import subprocess
import sys

from tests.test_reading_goes_on import ROOT, environment_of

SCRIPT = """
import sys, django
django.setup()
from jinzhi.web.patents.warming import warm
assert "jinzhi.config.urls" not in sys.modules
warm()
print("jinzhi.config.urls" in sys.modules, "jinzhi.web.patents.page" in sys.modules)
"""


def test_the_first_visitor_does_not_wait_for_the_pages_to_be_read(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], env=environment_of(tmp_path), cwd=ROOT, capture_output=True, text=True,
        timeout=300,
    )  # fmt: skip
    assert done.stdout.split() == ["True", "True"], done.stderr[-2000:]
