"""What a submission asked, as a keyed digest beside the key: the same key with another content is told apart.

Nullable and without a default, so that SQLite adds the column in place and keeps the triggers of the table.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("evidence", "0010_attachment_address")]

    operations = [migrations.AddField("event", "asked", models.CharField(max_length=64, null=True))]
