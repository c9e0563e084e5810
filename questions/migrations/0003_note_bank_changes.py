"""Triggers that note every change of the bank, so that processes know when what they remember of it is old."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

# Everything that papers and results are read from.
TABLES = [
    "questions_domain",
    "questions_domainweight",
    "questions_examblueprint",
    "questions_misconception",
    "questions_option",
    "questions_question",
    "questions_questiontopic",
    "questions_questionversion",
    "questions_reference",
    "questions_topic",
]

# One row a transaction; a later change in the same one takes the next number. Old rows go, the newest always stays.
FUNCTION = """
CREATE FUNCTION questions_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM questions_bankchange WHERE id IN (
        SELECT id FROM questions_bankchange WHERE changed_at < now() - interval '1 day' FOR UPDATE SKIP LOCKED
    );
    INSERT INTO questions_bankchange (transaction_id, changed_at) VALUES (txid_current(), now())
    ON CONFLICT (transaction_id) DO UPDATE SET id = nextval(pg_get_serial_sequence('questions_bankchange', 'id'));
    RETURN NULL;
END
$$
"""


def add_triggers(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor != "postgresql":
        return
    schema_editor.execute(FUNCTION)
    for table in TABLES:
        schema_editor.execute(
            f"CREATE TRIGGER note_change AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION questions_note_change()"
        )


def drop_triggers(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION questions_note_change() CASCADE")


class Migration(migrations.Migration):
    dependencies = [("questions", "0002_retake_after_days")]

    operations = [
        migrations.CreateModel(
            name="BankChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("transaction_id", models.BigIntegerField(unique=True)),
                ("changed_at", models.DateTimeField(help_text="When the transaction began.")),
            ],
        ),
        migrations.RunPython(add_triggers, drop_triggers),
    ]
