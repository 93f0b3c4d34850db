"""The adjustment that changed a milestone last: none did before this version."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("plan", "0004_report_due"), ("cases", "0004_seen")]

    operations = [
        migrations.AddField(
            "milestone",
            "adjusted_by",
            models.ForeignKey(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="adjusted",
                to="cases.case",
            ),
        ),
    ]  # fmt: skip
