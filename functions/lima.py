"""The clock that people in Peru read."""

from datetime import timedelta, timezone

LIMA = timezone(timedelta(hours=-5), "Lima")
"""Peru has had no daylight saving time since 1994, so that an offset is enough and no database of time zones
is loaded.
"""
