"""Browser sessions that know whose they are: one query brings the session and its user (`SESSION_ENGINE`).

Every request of a signed-in browser begins with that query, so it does for two other things as well: a second query
for the user, and the question whether a connection kept from an earlier request is still alive.
"""

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.models import Session, User

Read = TypeVar("Read")


class SessionStore(DatabaseSessionStore):
    """Django's sessions in the database, each row with its user. `owner` is the user as read with the session."""

    owner: User | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        session = super().create_model_instance(data)
        assert isinstance(session, Session), "get_model_class says so"
        session.user_id = data.get(SESSION_KEY)
        return session

    def _get_session_from_db(self) -> Session | None:
        found = _alive(self._read)
        if found is None:
            self._session_key = None
        else:
            self.owner = found.user
        return found

    def _read(self) -> Session | None:
        if connection.vendor == "postgresql":
            return _read_in_one_statement(str(self.session_key))
        rows = Session.objects.select_related("user").order_by()
        return next(iter(rows.filter(session_key=self.session_key, expire_date__gt=timezone.now())), None)


@cache
def _statement() -> tuple[str, list[str]]:
    """The query, and the user's fields in its order."""
    fields = User._meta.concrete_fields
    columns = ", ".join(f'person."{field.column}"' for field in fields)
    return (
        f"SELECT session.session_data, session.expire_date, {columns} "  # noqa: S608 - columns of our own
        "FROM accounts_session AS session LEFT JOIN accounts_user AS person ON person.id = session.user_id "
        "WHERE session.session_key = %s AND session.expire_date > %s",
        [field.attname for field in fields],
    )


def _read_in_one_statement(session_key: str) -> Session | None:
    """What the ORM reads, without putting the same query together for every request, which takes longer than it."""
    sql, names = _statement()
    with connection.cursor() as cursor:
        cursor.execute(sql, [session_key, timezone.now()])
        row = cursor.fetchone()
    if row is None:
        return None
    text, until, *values = row
    user = None if values[names.index("id")] is None else User.from_db(connection.alias, names, values)
    return Session(session_key=session_key, session_data=text, expire_date=until, user=user)


def owner_of(session: SessionBase) -> User | None:
    """The user whose session this is, if everything speaks for it, as `django.contrib.auth.get_user` would find.

    None leaves it to that: for a password that was changed, a secret that is being replaced, somebody blocked.
    """
    user_id = session.get(SESSION_KEY)  # the first access reads the row
    user = getattr(session, "owner", None)
    if user is None or str(user.pk) != user_id or not user.is_active:
        return None
    if session.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None
    if not constant_time_compare(session.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash()):
        return None
    return user


def _alive(read: Callable[[], Read]) -> Read:
    """Do a request's first reading without asking the kept connection first whether it is alive.

    The reading shows it. It changes nothing, so on a dead connection it is done once more on a new one.
    """
    if connection.in_atomic_block or connection.health_check_done:  # type: ignore[attr-defined]  # stubs lack it
        return read()
    connection.health_check_done = True  # type: ignore[attr-defined]
    try:
        return read()
    except (OperationalError, InterfaceError):
        connection.close()
        return read()
