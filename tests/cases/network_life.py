"""What hangs on no case, and cases that stand beside each other as repeats."""

from datetime import timedelta
from itertools import pairwise
from uuid import uuid4

from tests.cases.builder import Builder
from tests.cases.moments import NOW, SOON, TODAY


def network_life(builder: Builder) -> None:
    """What hangs on no case: cards, surveys, requests, retention, the log."""
    services = builder.services
    campaign = builder.add("survey_campaign", target="CRIP", title="Campagne", opened_on=TODAY)
    for code in ("cli_dlpm", "cli_crip_59", "cli_crip_13", "cli_ase_59", "cli_asso_measure", "cli_foyer"):
        organisation = services[code].id
        for visibility in ("PUBLIC", "NETWORK", "SECRET"):
            builder.add(
                "resource_card", organisation_id=organisation, title=f"{code} {visibility}", visibility=visibility
            )
        builder.add(
            "survey_response",
            campaign_id=campaign,
            organisation_id=organisation,
            department_code="13",
            confronted="YES",
        )
        builder.add(
            "subject_request", controller_org_id=organisation, kind="ACCESS", received_at=builder.instant(), due_at=SOON
        )
        builder.add(
            "data_breach",
            controller_org_id=organisation,
            noticed_by="MEMBER",
            noticed_at=builder.instant(),
            natures=["CONFIDENTIALITY"],
            description="Courriel envoyé au mauvais service",
            due_at=SOON,
        )
        builder.add(
            "client_secret",
            client_id=code,
            organisation_id=organisation,
            hash="$argon2id$v=19$none",
            created_at=builder.instant(),
            expires_at=SOON,
            allowed_by_id=builder.dlpm.one("LIS", 0),
            added_by_id=builder.dlpm.one("LIS", 1),
        )
        webhook = builder.add(
            "webhook", organisation_id=organisation, url=f"https://{code}.example/hook", state="DISABLED"
        )
        builder.add(
            "webhook_delivery",
            webhook_id=webhook,
            organisation_id=organisation,
            row_id=uuid4(),
            prefix="ref",
            kind="referral.changed",
            state="DEAD" if code == "cli_foyer" else "DELIVERED",
        )
        builder.add("retention_job", controller_org_id=organisation, rule="R1", ran_at=builder.instant())
        builder.add(
            "legal_hold",
            situation_id=next(iter(builder.names.values())),
            controller_org_id=organisation,
            reason="Procédure en cours",
            placed_at=builder.instant(),
        )
    builder.add("awareness_event", held_on=TODAY, title="Intervention", participants=3)
    session = builder.add("working_session", held_on=TODAY, subject="Sujet")
    actor = builder.add("actor", name="Acteur")
    builder.rows.append(("working_session_actor", {"session_id": session, "actor_id": actor}))
    for place, code in enumerate(("cli_dlpm", "cli_crip_59", "cli_foyer")):
        builder.rows.append(
            (
                "access_log",
                {
                    "writer_id": uuid4(),
                    "seq": 1,
                    "at": NOW - timedelta(minutes=place),
                    "event": "MATRIX",
                    "outcome": "OK",
                    "trace_id": f"t{place}",
                    "organisation_id": services[code].id,
                    "client_id": code,
                    "audience": "CRI",
                    "situations": "[]",
                    "prev": b"",
                    "hash": b"",
                },
            )
        )


def repeats(builder: Builder) -> None:
    """Every case beside the next one, archived ones included, in each of the four states."""
    cases = list(builder.names.values())
    for place, (one, other) in enumerate(pairwise(cases)):
        state = ("PROPOSED", "MERGED", "KEPT_APART", "UNMERGED")[place % 4]
        decided = {"decided_at": NOW, "reason": "Mémoire"} if state != "PROPOSED" else {}
        for shown, asked, side in ((one, other, "DUPLICATE"), (other, one, "PRINCIPAL")):
            builder.add(
                "repeat_candidate",
                situation_id=shown,
                for_situation_id=asked,
                state=state,
                merged_as=side if state == "MERGED" else None,
                band="LIKELY",
                weight=150 + place,
                agreeing=["FIRST_NAME", "PLACE"],
                disagreeing=["PHONE"],
                proposed_at=builder.instant(),
                **decided,
            )
