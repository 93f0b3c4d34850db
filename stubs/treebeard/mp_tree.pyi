"""What we use of treebeard's trees by path; the library says no types. mypy reads this, nothing runs it."""

from collections.abc import Mapping
from typing import ClassVar, TypeVar

from django.db import models

Node = TypeVar("Node", bound=MP_Node, covariant=True)

class MP_NodeManager(models.Manager[Node]):
    def get_parent(self, node: MP_Node) -> Node | None: ...
    def get_first_root_node(self) -> Node | None: ...
    def find_problems(self) -> tuple[list[object], ...]: ...
    def get_children(self, node: MP_Node) -> models.QuerySet[Node]: ...
    def add_root(self, values: Mapping[str, object]) -> Node: ...
    def add_child(self, parent: MP_Node, values: Mapping[str, object]) -> Node: ...
    def move(self, node: MP_Node, target: MP_Node, position: str) -> None: ...

class MP_Node(models.Model):
    steplen: ClassVar[int]
    path: models.CharField[str, str]
    depth: models.PositiveIntegerField[int, int]
    numchild: models.PositiveIntegerField[int, int]
    node_order_by: list[str]

    class Meta:
        abstract = True

    def is_root(self) -> bool: ...
