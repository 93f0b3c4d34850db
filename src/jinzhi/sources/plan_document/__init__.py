"""Work-division documents (任务分工): a file to its text, a text to rows, units and what could not be placed."""

from jinzhi.sources.plan_document.errors import PlanDocumentError
from jinzhi.sources.plan_document.flow import simplify
from jinzhi.sources.plan_document.parse import Layout, parse

__all__ = ["Layout", "PlanDocumentError", "parse", "simplify"]
