"""The own last day of each report: that of its period, unless the day said in its call was corrected."""

from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def fill(apps, schema_editor):
    Report, Period, Event = (
        apps.get_model(*names) for names in (("plan", "Report"), ("plan", "Period"), ("evidence", "Event"))
    )
    said = Period._base_manager.filter(pk=OuterRef("period_id")).values("due")[:1]
    Report._base_manager.update(due=Subquery(said))
    reports = {f"case:{case}": pk for pk, case in Report._base_manager.values_list("pk", "case_id")}
    corrected = Event._base_manager.filter(stream__startswith="case:", verb="correct", data__seq=1).order_by("id")
    for stream, data in corrected.values_list("stream", "data"):
        due = data.get("data", {}).get("due")
        if stream in reports and due:
            Report._base_manager.filter(pk=reports[stream]).update(due=due)


class Migration(migrations.Migration):
    dependencies = [
        ("plan", "0003_milestone_direction"),
        ("cases", "0004_seen"),
        ("evidence", "0010_attachment_address"),
    ]

    operations = [
        migrations.AddField("report", "due", models.DateField(null=True)),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField("report", "due", models.DateField(db_index=True)),
    ]
