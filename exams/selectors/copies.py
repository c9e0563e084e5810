"""The seal of a copy: whether a file of answers is still as the exam room wrote it.

The room gets the key with its page, so the seal shows damage and edits; it does not bind somebody who takes the key
out of the page. Whoever takes a copy in decides whether to believe it.
"""

import hashlib
import hmac
import json
import uuid
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

SALT = "exams.copies"


def seal_key(attempt_id: uuid.UUID, secret: str | None = None) -> str:
    """The key of this attempt's copies; hex."""
    return salted_hmac(SALT, str(attempt_id), secret=secret, algorithm="sha256").hexdigest()


def is_sealed(attempt_id: uuid.UUID, copy: Mapping[str, Any]) -> bool:
    """Whether the copy's `seal` is over everything else in it. Keys keep their order, as JSON.stringify writes them."""
    body = {name: value for name, value in copy.items() if name != "seal"}
    try:
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    except (UnicodeEncodeError, ValueError):
        return False
    secrets = [None, *settings.SECRET_KEY_FALLBACKS]
    seals = [hmac.new(seal_key(attempt_id, s).encode(), text, hashlib.sha256).hexdigest() for s in secrets]
    return any(constant_time_compare(seal, str(copy.get("seal", ""))) for seal in seals)
