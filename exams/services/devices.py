"""Which browsers have an attempt open, so that a second one is noticed."""

import uuid
from datetime import datetime, timedelta

from exams.models import Attempt, AttemptDevice

# Three missed heartbeats of 30 seconds and a little more: then a browser counts as gone.
DEVICE_PRESENCE = timedelta(seconds=100)


def record_heartbeat(*, attempt: Attempt, device_id: uuid.UUID, now: datetime) -> bool:
    """Note that this browser has the attempt open; whether another one has it open too."""
    own = AttemptDevice.objects.filter(attempt=attempt, device_id=device_id)
    if not own.update(seen_at=now):
        # Its first word; a second request of it may be on its way too.
        AttemptDevice.objects.bulk_create(
            [AttemptDevice(attempt=attempt, device_id=device_id, seen_at=now)],
            update_conflicts=True,
            unique_fields=["attempt", "device_id"],
            update_fields=["seen_at"],
        )
    return (
        AttemptDevice.objects.filter(attempt=attempt, seen_at__gt=now - DEVICE_PRESENCE)
        .exclude(device_id=device_id)
        .exists()
    )
