from django.db import migrations, models


class Migration(migrations.Migration):
    """What was looked at before is taken as opened: nothing kept apart how, and nobody is blamed for that."""

    dependencies = [("cases", "0005_watch")]

    operations = [
        migrations.AddField("seen", "opened", models.BooleanField(default=True)),
        migrations.AlterField("seen", "opened", models.BooleanField(default=False)),
    ]
