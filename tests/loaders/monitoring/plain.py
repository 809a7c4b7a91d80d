"""What the figures have to be, counted over the rows in plain Python, and what a statement says, to be compared with it."""

from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from loaders.monitoring.document import Tallies
from loaders.monitoring.periods import Period
from tests.loaders.monitoring.world import PARIS, Rows


def months_of(first: datetime, last: datetime) -> list[tuple[datetime, datetime]]:
    """Month by month from a first to a last instant, by the civil clock of Paris."""
    moments = [first.astimezone(PARIS)]
    while moments[-1] < last:
        now = moments[-1]
        moments.append(now.replace(year=now.year + now.month // 12, month=now.month % 12 + 1))
    return list(pairwise(moments))


def expected(world: Rows, first: datetime, last: datetime, cases: set[UUID] | None = None) -> dict[str, Any]:
    """What the document has to say, counted over the rows in plain Python."""
    opened = {
        row["id"]: row
        for row in world["situation"]
        if first <= row["opened_at"] < last and (cases is None or row["id"] in cases)
    }

    def of(name: str) -> list[dict[str, Any]]:
        return [row for row in world[name] if row["situation_id"] in opened]

    incoming = [row for row in of("contact") if row["direction"] == "IN"]
    earliest: dict[UUID, dict[str, Any]] = {}
    for row in sorted(incoming, key=lambda row: row["at"], reverse=True):
        earliest[row["situation_id"]] = row
    homes: dict[UUID, str] = {}
    for row in sorted(of("situation_jurisdiction"), key=lambda row: (row["starts_at"], row["id"])):
        if row["role"] == "RESIDENCE":
            homes.setdefault(row["situation_id"], row["department_code"])
    said: dict[tuple[str, UUID], set[str]] = defaultdict(set)
    for row in of("problematic") + of("sensitive_problematic"):
        said[row["kind"], row["situation_id"]].add(row["value"])
    ages = [row["age"] for row in of("minor") if row["age"] is not None]
    days = (first.astimezone(PARIS).date(), (last - timedelta(seconds=1)).astimezone(PARIS).date())
    sessions = {row["id"] for row in world["working_session"] if days[0] <= row["held_on"] <= days[1]}
    events = [row["participants"] for row in world["awareness_event"] if days[0] <= row["held_on"] <= days[1]]
    answers = [row for row in world["survey_response"] if first <= row["answered_at"] < last]
    targets = {row["id"]: row["target"] for row in world["survey_campaign"]}
    months = months_of(first, last)

    def by_month(moments: list[datetime]) -> dict[str, int]:
        counts = {
            f"{start.year}-{start.month:02}": sum(start <= moment < end for moment in moments) for start, end in months
        }
        return {key: count for key, count in counts.items() if count}

    return {
        "situations": len(opened),
        "gender": dict(Counter(row["gender"] for row in of("minor"))),
        "known": dict(Counter(row["known_to_cp"] for row in opened.values())),
        "ages": {"known": len(ages), "total": sum(ages)},
        "situations_by_month": by_month([row["opened_at"] for row in opened.values()]),
        "contacts_by_month": by_month([opened[row["situation_id"]]["opened_at"] for row in incoming]),
        "callers": dict(Counter(row["caller_category"] for row in earliest.values())),
        "departments": dict(Counter(homes.get(case, "?") for case in opened)),
        "observations": {
            kind: (
                sum("YES" in values for values in found),
                sum("NO" in values and "YES" not in values for values in found),
            )
            for kind in {kind for kind, _ in said}
            for found in [[values for (other, _), values in said.items() if other == kind]]
            if any(values & {"YES", "NO"} for values in found)
        },
        "actions": dict(Counter(kind for _, kind in {(row["situation_id"], row["kind"]) for row in of("dlpm_action")})),
        "sessions": {
            "sessions": len(sessions),
            "actors": len({row["actor_id"] for row in world["working_session_actor"] if row["session_id"] in sessions}),
        },
        "awareness": {"events": len(events), "participants": sum(events)},
        "podcasts": sum(days[0] <= row["published_on"] <= days[1] for row in world["podcast_episode"]),
        "answers": dict(Counter((targets[row["campaign_id"]], row["confronted"]) for row in answers)),
        "survey_departments": len({row["department_code"] for row in answers}),
    }


def became(world: Rows, first: datetime, last: datetime, cases: set[UUID]) -> dict[str, dict[str, int]]:
    """What became of these cases in the period, whenever they were opened."""

    def within(name: str, moment: str) -> list[dict[str, Any]]:
        return [
            row for row in world[name] if row["situation_id"] in cases and row[moment] and first <= row[moment] < last
        ]

    def answer(row: dict[str, Any]) -> str:
        if row["status"] in {"PROPOSED", "DECLINED"}:
            return {"PROPOSED": "PENDING", "DECLINED": "DECLINED"}[row["status"]]
        return "WITHDRAWN" if row["status"] == "WITHDRAWN" and not row["answered_at"] else "ACCEPTED"

    return {
        "OWN_ORIENTATIONS": dict(Counter(answer(row) for row in within("referral", "proposed_at"))),
        "OWN_FOLLOW_UPS": dict(Counter(row["status"] for row in within("referral", "ended_at") if row["answered_at"])),
        "OWN_DUTIES": dict(
            Counter(
                f"{row['duty']}:{'WAIVED' if row['waiver'] else 'DONE'}"
                for row in within("information_duty", "recorded_at")
            )
        ),
    }


def readable(document: dict[str, Any], period: Period) -> dict[str, Any]:
    """The document of a statement as `expected` says it, for the period alone."""
    tallies = Tallies(document)
    first, count = period.slot
    months = tallies.months(period.whole_year)

    def of(cube: str) -> dict[str, int]:
        found = {word: sum(values[first : first + count]) for word, values in months.get(cube, {}).items()}
        return {word: number for word, number in found.items() if number}

    def by_month(cube: str) -> dict[str, int]:
        values = [sum(column) for column in zip(*months.get(cube, {"": (0,) * 12}).values(), strict=True)]
        named = zip((key for key, _, _ in period.months), values[first : first + count], strict=True)
        return {key: number for key, number in named if number}

    said: dict[str, list[int]] = {}
    for word, number in of("PROBLEMATICS").items():
        kind, _, answer_ = word.partition(":")
        said.setdefault(kind, [0, 0])[answer_ == "NO"] = number
    ages = of("AGES")
    return {
        "situations": sum(of("SITUATIONS").values()),
        "gender": of("GENDER"),
        "known": of("KNOWN"),
        "ages": {"known": ages.get("KNOWN", 0), "total": ages.get("TOTAL", 0)},
        "situations_by_month": by_month("SITUATIONS"),
        "contacts_by_month": by_month("CONTACTS"),
        "callers": of("CALLERS"),
        "departments": {place: sum(words.values()) for place, words in tallies.places("SITUATIONS", "D").items()},
        "observations": {kind: tuple(numbers) for kind, numbers in said.items()},
        "actions": of("ACTIONS"),
        **{name: document[name] for name in ("sessions", "awareness", "podcasts", "survey_departments")},
        "answers": {(row["target"], row["confronted"]): row["count"] for row in document["answers"]},
    }


def midnight(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), PARIS)
