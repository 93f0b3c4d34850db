"""People, the posts they hold, and tokens that act for a post."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models

from jinzhi.apps.units.models import Unit


class User(AbstractUser):
    """A person. The name is one field, as Chinese names are."""

    name = models.CharField(max_length=60, blank=True)

    def __str__(self) -> str:
        return self.name or self.username


class Membership(models.Model):
    """A post: a person holds a role at a unit. ``role`` is the id of a declared role."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="memberships")
    role = models.SlugField(max_length=80)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "unit", "role"], name="one_post")]
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.user} {self.role} @ {self.unit}"


class Token(models.Model):
    """A token of a program: acts as one post, within its scopes. Only its SHA-256 is kept."""

    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12)
    sha256 = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    made_at = models.DateTimeField()
    expires_on = models.DateField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class Draft(models.Model):
    """What a person typed into a form and has not handed in: by the address that the form posts to.

    Read by its author only; no files, no passwords; thrown away when the form is handed in, or after 30 days.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="drafts")
    address = models.CharField(max_length=500)
    page = models.CharField(max_length=1000)
    fields = models.JSONField(default=dict)
    #: how many events the form was made from: a draft of an older record is not filled in unasked
    seq = models.CharField(max_length=20, default="", blank=True)
    #: the names of the files that were chosen: they cannot be kept, and the form says so
    files = models.JSONField(default=list, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "address"], name="one_draft")]
        ordering = ["-at"]

    def __str__(self) -> str:
        return self.address
