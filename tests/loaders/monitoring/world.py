"""A small world of rows made by hand, on either side of every border of the periods that are counted."""

import random
from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from loaders.monitoring.periods import REPORT_YEAR, Period
from schema.vocabulary import DlpmActionKind, InformationDutyKind, Problematic, SurveyTarget

Rows = dict[str, list[dict[str, Any]]]

PARIS = ZoneInfo("Europe/Paris")
DEPARTMENTS = ["01", "02", "13", "2A", "59", "69", "75", "93", "971", "976"]
CALLERS = (
    "FATHER MOTHER SIBLING STEP_PARENT EXTENDED_FAMILY ENTOURAGE PROFESSIONAL WITNESS MINOR UNDISCLOSED UNKNOWN"
).split()
STARRED = {"PSYCH_SUFFERING", "ADDICTION", "SEXUAL_VIOLENCE", "SELF_HARM", "PREGNANCY", "FORCED_DELINQUENCY"}
TOLD = set(
    "SENT ACKNOWLEDGED QUALIFIED NOT_QUALIFIED COMPLEMENT_OF_EXISTING EVALUATING CONCLUDED RETURNED_TO_119".split()
)
# Period, first instant, first instant after it: typed from a calendar, not computed.
PERIODS = [
    (REPORT_YEAR, "2023-04-02T22:00:00Z", "2024-04-02T22:00:00Z"),
    (Period(2023), "2022-12-31T23:00:00Z", "2023-12-31T23:00:00Z"),
    (Period(2024, quarter=1), "2023-12-31T23:00:00Z", "2024-03-31T22:00:00Z"),
    (Period(2023, quarter=4), "2023-09-30T22:00:00Z", "2023-12-31T23:00:00Z"),
    (Period(2024, month=3), "2024-02-29T23:00:00Z", "2024-03-31T22:00:00Z"),
    (Period(2031, month=7), "2031-06-30T22:00:00Z", "2031-07-31T22:00:00Z"),
]


class World:
    """Rows that chance draws, the same at every run."""

    def __init__(self) -> None:
        self.chance = random.Random("monitoring")
        self.rows: Rows = defaultdict(list)
        self.organisation = self.uuid()
        self.authorities = [self.uuid(), self.uuid()]

    def uuid(self) -> UUID:
        return UUID(int=self.chance.getrandbits(128), version=4)

    def add(self, table: str, **values: Any) -> UUID:
        identity = self.uuid()
        self.rows[table].append({"id": identity, **values})
        return identity

    def moments(self) -> list[datetime]:
        """Each border and the second before it, and many between them."""
        borders = sorted(
            {datetime.fromisoformat(moment) for _, *moments in PERIODS for moment in moments if moment < "2025"}
        )
        at_borders = [border + shift for border in borders for shift in (-timedelta(seconds=1), timedelta(0))]
        between = [self.chance.choice(borders[:-1]) + timedelta(days=self.chance.random() * 180) for _ in range(150)]
        return at_borders + between

    def directory(self) -> None:
        place = {"region_code": "0", "region_name": "-", "timezone": "Europe/Paris"}
        self.rows["department"] = [{"code": code, "name": f"Département {code}"} | place for code in DEPARTMENTS]
        self.rows["organisation"] = [
            {"id": self.organisation, "name": "DLPM", "kind": "DLPM", "territories": [], "sirets": []}
        ]
        self.rows["authority"] = [
            {"id": authority, "code": str(number), "name": "-", "kind": "DEPARTMENT", "timezone": "Europe/Paris"}
            for number, authority in enumerate(self.authorities)
        ]

    def situation(self, ref: str, opened_at: datetime) -> None:
        case = self.add(
            "situation",
            ref=ref,
            controller_org_id=self.organisation,
            opened_at=opened_at,
            known_to_cp=self.chance.choice(["YES", "YES", "NO", "UNKNOWN"]),
        )
        self.minors(case)
        self.contacts(case, opened_at)
        self.jurisdictions(case, opened_at)
        self.observations(case)
        self.reports(case)

    def minors(self, case: UUID) -> None:
        for _ in range(self.chance.choice([1, 1, 1, 2])):
            self.add(
                "minor",
                situation_id=case,
                gender=self.chance.choice(["GIRL"] * 8 + ["BOY", "TRANS_OTHER", "UNKNOWN"]),
                age=self.chance.choice([None, 13, 14, 15, 15, 16, 17]),
            )

    def contacts(self, case: UUID, opened_at: datetime) -> None:
        for _ in range(self.chance.choice([0, 1, 2, 5])):
            self.add(
                "contact",
                situation_id=case,
                controller_org_id=self.organisation,
                at=opened_at + timedelta(days=self.chance.randint(-3, 90), seconds=self.chance.random()),
                direction=self.chance.choice(["IN", "IN", "OUT"]),
                outcome="ANSWERED_HELP",
                caller_category=self.chance.choice(CALLERS),
            )

    def jurisdictions(self, case: UUID, opened_at: datetime) -> None:
        for place in range(self.chance.choice([0, 1, 2, 3])):
            self.add(
                "situation_jurisdiction",
                situation_id=case,
                department_code=self.chance.choice(DEPARTMENTS[:-1]),
                authority_id=self.chance.choice(self.authorities),
                role=self.chance.choice(["RESIDENCE", "RESIDENCE", "PRESENCE", "CUSTODY"]),
                starts_at=opened_at,
                ends_at=None if place else opened_at + timedelta(days=30),
            )

    def observations(self, case: UUID) -> None:
        for _ in range(self.chance.choice([0, 2, 6])):
            kind = self.chance.choice([kind.value for kind in Problematic])
            table = "sensitive_problematic" if kind in STARRED else "problematic"
            self.add(table, situation_id=case, kind=kind, value=self.chance.choice(["YES", "NO", "UNKNOWN"]))
        for _ in range(self.chance.choice([0, 1, 3])):
            self.add("dlpm_action", situation_id=case, kind=self.chance.choice([kind.value for kind in DlpmActionKind]))

    def reports(self, case: UUID) -> None:
        for _ in range(self.chance.choice([0, 1, 2])):
            self.add(
                "concern_report",
                situation_id=case,
                controller_org_id=self.organisation,
                to_authority_id=self.chance.choice(self.authorities),
                status=self.chance.choice(["DRAFT", "VALIDATED", "MISROUTED", *sorted(TOLD)]),
                danger_types=[],
            )

    def became(self, moments: list[datetime]) -> None:
        """What became of the cases that authorities were told of: orientations, and duties done or waived."""
        states = ["PROPOSED", "DECLINED", "ACCEPTED", "COMPLETED", "LOST_CONTACT", "WITHDRAWN", "DRAFT"]
        minors = {row["situation_id"]: row["id"] for row in self.rows["minor"]}
        for number, (case, minor) in enumerate(minors.items()):
            status = self.chance.choice(states)
            at = self.chance.choice(moments)
            answered = status not in {"PROPOSED", "DRAFT"} and self.chance.random() < 0.8
            self.add(
                "referral",
                ref=f"ori-{number}",
                situation_id=case,
                minor_id=minor,
                controller_org_id=self.organisation,
                to_org_id=self.organisation,
                kind="DIRECT_SUPPORT",
                status=status,
                proposed_at=None if status == "DRAFT" else at,
                answered_at=at + timedelta(days=2) if answered else None,
                ended_at=at + timedelta(days=40) if status in {"COMPLETED", "LOST_CONTACT", "WITHDRAWN"} else None,
                need_codes=[],
                shared_kinds=[],
                coded_problematics=[],
                coded_forms=[],
            )
            waiver = self.chance.choice([None, "CHILD_INTEREST"])
            self.add(
                "information_duty",
                situation_id=case,
                duty=self.chance.choice([kind.value for kind in InformationDutyKind]),
                person="-",
                done_at=None if waiver else at,
                waiver=waiver,
                reason="-",
                recorded_at=at,
            )

    def network_life(self, moments: list[datetime]) -> None:
        for number, moment in enumerate(moments):
            day = moment.astimezone(PARIS).date()
            session = self.add("working_session", held_on=day, subject="-")
            self.add("awareness_event", held_on=day, title="-", participants=number * 7)
            self.add("podcast_episode", number=number, title="-", published_on=day)
            if not self.rows["actor"] or number % 3 == 0:
                self.add("actor", name=str(number))
            for met in self.rows["actor"][-(number % 4) :] if number % 4 else []:
                self.rows["working_session_actor"].append({"session_id": session, "actor_id": met["id"]})

    def surveys(self, moments: list[datetime]) -> None:
        for target in SurveyTarget:
            campaign = self.add("survey_campaign", target=target.value, title="-", opened_on=date(2023, 1, 1))
            for answered_at in moments:
                self.add(
                    "survey_response",
                    campaign_id=campaign,
                    department_code=self.chance.choice(DEPARTMENTS),
                    confronted=self.chance.choice(["YES", "YES", "YES", "NO", "UNKNOWN"]),
                    answered_at=answered_at,
                )


def _world() -> Rows:
    world = World()
    world.directory()
    moments = world.moments()
    for number, opened_at in enumerate(moments):
        world.situation(str(number), opened_at)
    world.network_life(moments[:40])
    world.surveys(moments[:30])
    # Last, so that chance draws all others as it did before.
    world.became(moments)
    return dict(world.rows)


WORLD = _world()
