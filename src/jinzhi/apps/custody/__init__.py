"""Custody of electronic evidence: items, versions, holds, hands and retention."""
