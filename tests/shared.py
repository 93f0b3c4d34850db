"""The large real data beside the checkout (../shared), which few tests need and no stranger has.

A test that reads it says so: ``@pytest.mark.shared("seed/plan_division_2021.txt")``. It is skipped where that is not
there, and any other test that opens something of it fails (see ``conftest``). JINZHI_SHARED names another place.
"""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("JINZHI_SHARED") or ROOT.parent / "shared")
