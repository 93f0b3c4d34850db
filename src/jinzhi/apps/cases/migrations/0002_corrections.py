"""Counts, beside each case, of its corrections and of what was recorded late."""

from django.db import migrations, models


def count(apps, editor):
    """Corrections made before the column was there."""
    case, event = apps.get_model("cases", "Case"), apps.get_model("evidence", "Event")
    made = {}
    for stream in event.objects.filter(verb="correct", stream__startswith="case:").values_list("stream", flat=True):
        made[stream] = made.get(stream, 0) + 1
    for stream, n in made.items():
        case.objects.filter(pk=int(stream.removeprefix("case:"))).update(corrected=n)


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0001_initial"),
        ("evidence", "0001_initial"),
    ]

    operations = [
        migrations.AddField("case", "asked", models.PositiveIntegerField(default=0)),
        migrations.AddField("case", "corrected", models.PositiveIntegerField(default=0)),
        migrations.AddField("case", "late_entries", models.PositiveIntegerField(default=0)),
        migrations.RunPython(count, migrations.RunPython.noop),
    ]
