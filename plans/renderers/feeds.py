"""Calendar feeds as iCalendar (RFC 5545, RFC 7986). The same content is the same bytes: nothing is sent twice."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar, vText
from icalendar import Event as Entry

from plans.contexts.feed import Feed, FeedEntry
from plans.period import VIETNAM

EVERY = timedelta(hours=4)


def render_feed(feed: Feed, *, site: str) -> bytes:
    """`site` is what comes before a path of the portal: "https://iso.example.gov.vn"."""
    calendar = Calendar()
    calendar.add("PRODID", "-//isoportal//isoportal//VI")
    calendar.add("VERSION", "2.0")
    calendar.add("CALSCALE", "GREGORIAN")
    calendar.add("NAME", feed.name)
    calendar.add("X-WR-CALNAME", feed.name)
    calendar.add("X-WR-TIMEZONE", str(VIETNAM))
    calendar.add("REFRESH-INTERVAL", EVERY, parameters={"VALUE": "DURATION"})
    calendar.add("X-PUBLISHED-TTL", vText("PT4H"))
    for each in feed.entries:
        calendar.add_component(_entry(each, site))
    calendar.add_missing_timezones(first_date=date(2020, 1, 1), last_date=date(2040, 1, 1))
    content: bytes = calendar.to_ical()
    return content


def _entry(each: FeedEntry, site: str) -> Entry:
    entry = Entry()
    entry.add("UID", each.uid)
    # Without a METHOD the stamp is when the entry last changed (RFC 5545, 3.8.7.2).
    entry.add("DTSTAMP", each.changed.astimezone(UTC))
    entry.add("LAST-MODIFIED", each.changed.astimezone(UTC))
    entry.add("SEQUENCE", each.sequence)
    entry.add("DTSTART", _local(each.start))
    entry.add("DTEND", _local(each.end))
    entry.add("SUMMARY", each.summary)
    if each.description:
        entry.add("DESCRIPTION", each.description)
    if each.location:
        entry.add("LOCATION", each.location)
    entry.add("URL", f"{site}{each.path}")
    entry.add("STATUS", "CANCELLED" if each.is_cancelled else "CONFIRMED")
    # A task that runs for months leaves its people free; an event does not.
    busy = isinstance(each.start, datetime) and not each.is_cancelled
    entry.add("TRANSP", "OPAQUE" if busy else "TRANSPARENT")
    return entry


def _local(when: date | datetime) -> date | datetime:
    return when.astimezone(VIETNAM) if isinstance(when, datetime) else when
