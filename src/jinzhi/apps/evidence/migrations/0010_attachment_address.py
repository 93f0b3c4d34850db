"""Addresses of files that cannot be guessed, and whether a file was erased."""

import jinzhi.apps.evidence.models
from django.db import migrations, models


def give_tokens(apps, editor):
    attachments = apps.get_model("evidence", "Attachment")
    for kept in attachments.objects.filter(token=None).only("pk").iterator():
        attachments.objects.filter(pk=kept.pk).update(token=jinzhi.apps.evidence.models.new_token())


class Migration(migrations.Migration):
    dependencies = [("evidence", "0009_accusations")]

    operations = [
        migrations.AddField("attachment", "erased_at", models.DateTimeField(null=True, blank=True)),
        migrations.AddField("attachment", "token", models.CharField(max_length=32, null=True, editable=False)),
        migrations.RunPython(give_tokens, migrations.RunPython.noop),
        migrations.AlterField(
            "attachment", "token",
            models.CharField(
                max_length=32, unique=True, editable=False, default=jinzhi.apps.evidence.models.new_token
            ),
        ),
    ]
