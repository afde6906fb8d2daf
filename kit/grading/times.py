"""When work is late: what a teacher has said of it, and what the learner's clock says."""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from attrs import frozen

from kit.course.messages import KitError, message

_DAY = timedelta(days=1)
#: As spreadsheets write a day in much of Europe.
_DAY_FIRST = re.compile(r"(\d\d?)\.(\d\d?)\.(\d{4})\b")
_CLOCK_IS_OFF = timedelta(days=365)  #: so far from the day it was due no clock can be believed


@frozen
class LateRule:
    """When work is late, and what that costs: nothing, where the teacher has not said so."""

    due: datetime | None = None  #: with a zone
    off: float = 0.0  #: per cent of the mark for each day begun after ``due``
    #: Whose days are counted; None: as this computer's clock shows them.
    zone: tzinfo | None = None
    grace: float = 1.0  #: minutes after ``due`` that count for nothing

    def __str__(self) -> str:
        """Return by when it is due, with the zone; '' where that was not said."""
        if self.due is None:
            return ""
        shown = self._wall_clock(self.due)
        text = f"{shown:%Y-%m-%d %H:%M}"
        if shown.time() == datetime.min.time():  # midnight belongs to the day that ends
            text = f"{shown - _DAY:%Y-%m-%d} 24:00"
        offset = f"{self.due.astimezone(self.zone):%z}"
        return f"{text} (UTC{offset[:3]}:{offset[3:]})"

    def _wall_clock(self, moment: datetime) -> datetime:
        """Return what the clock on the wall shows at a moment, in summer and winter."""
        return moment.astimezone(self.zone).replace(tzinfo=None)

    def hours(self, sealed: datetime | None) -> float | None:
        """Return how many hours after ``due`` it was sealed; None where that cannot be told.

        ``sealed`` is what the learner's own clock said. Nothing can be told from a clock that was
        a year or more away.
        """
        if self.due is None or sealed is None or abs(sealed - self.due) >= _CLOCK_IS_OFF:
            return None
        late = sealed - self.due
        if late <= timedelta(minutes=self.grace):
            return 0.0
        return late.total_seconds() / 3600

    def off_in_all(self, sealed: datetime | None) -> float:
        """Return what is taken off a mark, in per cent of it.

        A day is from one time of the wall clock to the same on the next, across summer time too.
        """
        if not self.hours(sealed) or sealed is None or self.due is None:
            return 0.0
        late = self._wall_clock(sealed) - self._wall_clock(self.due)
        return min(100.0, self.off * max(1, math.ceil(late / _DAY)))


def read_due(text: str) -> LateRule:
    """Read a day, or a day and a time, perhaps with a zone: an offset, or a name after a space.

    A day alone means its end.

    Raises:
        KitError: when it is no such thing.

    """
    written, _, name = _in_iso(text.strip()).partition(" ")
    if name[:1].isdigit():  # '2026-02-01 17:00'
        hour, _, name = name.partition(" ")
        written = f"{written}T{hour}"
    try:
        zone = ZoneInfo(name.strip()) if name.strip() else None
        written = written.removesuffix("T24:00")
        if ":" in written or "T" in written:
            time = datetime.fromisoformat(written)
        else:
            last_day = date.fromisoformat(written)
            time = datetime.combine(last_day, datetime.min.time()) + _DAY
        if time.tzinfo is None:
            # Without a zone it is meant as the clock on this computer shows it.
            return LateRule(time.replace(tzinfo=zone) if zone else time.astimezone(), zone=zone)
        return LateRule(time, zone=zone or time.tzinfo)
    except (ValueError, OverflowError, ZoneInfoNotFoundError, OSError):
        raise KitError(message("grade.bad_due", text=text)) from None


def _in_iso(text: str) -> str:
    """Return a day and time that a spreadsheet has rewritten as they were."""
    if match := _DAY_FIRST.match(text):
        day, month, year = match.groups()
        text = f"{year}-{month:0>2}-{day:0>2}{text[match.end() :]}"
    return re.sub(r"(?<=[ T])(?=\d:)", "0", text, count=1)  # 9:00 is 09:00


def when(sealed: str) -> datetime | None:
    """Return when something was sealed; None where that is no time, or one without a zone."""
    try:
        moment = datetime.fromisoformat(sealed)
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None
