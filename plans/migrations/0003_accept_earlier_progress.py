"""What units reported before reports were accepted or returned counted as it stood: it still does."""

from django.db import migrations
from django.db.models import F


def accept(apps, schema_editor):
    updates = apps.get_model("plans", "ProgressUpdate").objects.filter(state="submitted")
    updates.update(state="accepted", submitted_by=F("by"), submitted_at=F("at"), decided_at=F("at"))


class Migration(migrations.Migration):
    dependencies = [("plans", "0002_execution")]
    operations = [migrations.RunPython(accept, migrations.RunPython.noop)]
