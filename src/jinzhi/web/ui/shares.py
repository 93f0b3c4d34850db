"""How a share is written, wherever one stands: as the indicators write it, so that pages never differ by rounding."""

from __future__ import annotations

from decimal import Decimal


def share_text(part: int, whole: int) -> str:
    """``part`` of ``whole`` in per cent with one decimal; empty where there is nothing to divide by."""
    return f"{Decimal(100 * part) / Decimal(whole):.1f}%" if whole else ""
