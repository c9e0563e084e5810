"""Sessions with their user. Whoever is signed in stays signed in: the rows are taken over."""

import django.db.models.deletion
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps
from django.utils import timezone


def take_over(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    users = {str(pk) for pk in apps.get_model("accounts", "User").objects.values_list("pk", flat=True)}
    new_rows = apps.get_model("accounts", "Session").objects
    old_rows = apps.get_model("sessions", "Session").objects.filter(expire_date__gt=timezone.now())
    reader = SessionStore()
    for old in old_rows.iterator():
        user_id = reader.decode(old.session_data).get(SESSION_KEY)
        if user_id is None or user_id in users:
            new_rows.create(
                session_key=old.session_key,
                session_data=old.session_data,
                expire_date=old.expire_date,
                user_id=user_id,
            )


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("sessions", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Session",
            fields=[
                (
                    "session_key",
                    models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name="session key"),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sessions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"verbose_name": "session", "verbose_name_plural": "sessions", "abstract": False},
        ),
        migrations.RunPython(take_over, migrations.RunPython.noop),
    ]
