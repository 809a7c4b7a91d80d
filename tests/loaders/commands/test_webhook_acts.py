"""Webhooks by the delegate's own hand: their organisation's only, five at most, stopped by the operator, never taken over."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from auth.caller import Caller
from loaders.commands.registry import COMMANDS
from loaders.webhooks.webhooks import OVERLAP
from schema.errors import BadInputError
from schema.tables.webhook import webhook, webhook_delivery
from schema.vocabulary import Audience, MandateKind, OrgKind, Role
from tests.loaders.commands.world import Partner, World, made_world, public  # noqa: F401

URL = "https://partner.example/maillage"
ACTS = ("rotateWebhookSecret", "disableWebhook", "enableWebhook")


async def delegate(world: World, kind: OrgKind = OrgKind.ASSOCIATION) -> tuple[Partner, Caller]:
    partner = await world.partner(kind, mandate=MandateKind.MEASURE)
    return partner, await world.person(partner, Role.DEL)


async def registered(world: World, caller: Caller) -> UUID:
    outcome = await world.act("registerWebhook", caller, url=URL)
    assert outcome.subject is not None
    return outcome.subject


async def notice(world: World, owner: Partner, of: UUID, state: str) -> UUID:
    return await world.add(
        webhook_delivery,
        webhook_id=of,
        organisation_id=owner.id,
        row_id=uuid4(),
        prefix="ref",
        kind="referral.changed",
        state=state,
        attempts=10,
        answer=500,
    )


async def test_a_delegate_registers_and_the_log_says_who_and_for_whom(world: World) -> None:
    partner, caller = await delegate(world)
    made = await registered(world, caller)
    row = await world.row(webhook, made)
    assert (row["organisation_id"], row["url"], row["state"], row["generation"]) == (partner.id, URL, "ACTIVE", 1)
    record = await world.log(world.traces[-1])
    assert record["operation"] == f"registerWebhook; organisation={partner.id}, webhook={made}"
    assert record["member_id"] == caller.member_id


async def test_an_organisation_has_five_at_most_and_one_without_a_feed_none(world: World) -> None:
    partner, caller = await delegate(world)
    for _ in range(5):
        await registered(world, caller)
    assert await world.refused("registerWebhook", caller, url=URL) == "TOO_MANY_WEBHOOKS"
    assert len(await world.rows(webhook, webhook.c.organisation_id == partner.id)) == 5
    operator, stranger = await delegate(world, OrgKind.OPERATOR)
    assert await world.refused("registerWebhook", stranger, url=URL) == "NO_FEED"
    assert await world.rows(webhook, webhook.c.organisation_id == operator.id) == []


@pytest.mark.parametrize(
    "url", ["http://partner.example/", "https://127.0.0.1/", "https://localhost/", "https://user@partner.example/", "x"]
)
async def test_an_address_that_cannot_be_meant_is_refused(world: World, url: str) -> None:
    partner, caller = await delegate(world)
    with pytest.raises(BadInputError, match="`url` is an https address"):
        await world.act("registerWebhook", caller, url=url)
    assert await world.rows(webhook, webhook.c.organisation_id == partner.id) == []


async def test_a_new_secret_overlaps_with_the_one_before(world: World) -> None:
    _, caller = await delegate(world)
    made = await registered(world, caller)
    await world.act("rotateWebhookSecret", caller, webhook=public("Webhook", made))
    row = await world.row(webhook, made)
    assert (row["generation"], row["previous_until"]) == (2, world.now + OVERLAP)


async def test_a_webhook_is_stopped_and_told_again(world: World) -> None:
    _, caller = await delegate(world)
    made = await registered(world, caller)
    wish = {"webhook": public("Webhook", made)}
    assert await world.refused("enableWebhook", caller, **wish) == "WRONG_STATUS"
    seen = await world.version(caller, "Webhook", made)
    await world.act("disableWebhook", caller, **wish, expected_version=seen)
    assert (await world.row(webhook, made))["state"] == "DISABLED"
    assert await world.refused("enableWebhook", caller, **wish, expected_version=seen) == "STALE_VERSION"
    await world.change(webhook, made, failures=100)
    await world.act("enableWebhook", caller, **wish)
    row = await world.row(webhook, made)
    assert (row["state"], row["failures"]) == ("ACTIVE", 0)


async def test_only_a_notice_that_was_given_up_is_sent_again(world: World) -> None:
    partner, caller = await delegate(world)
    made = await registered(world, caller)
    for state, code in (("WAITING", "WRONG_STATUS"), ("DELIVERED", "WRONG_STATUS")):
        one = await notice(world, partner, made, state)
        wish = {"delivery": public("WebhookDelivery", one)}
        assert await world.refused("replayWebhookDelivery", caller, **wish) == code
    dead = await notice(world, partner, made, "DEAD")
    await world.act("replayWebhookDelivery", caller, delivery=public("WebhookDelivery", dead))
    row = await world.row(webhook_delivery, dead)
    assert (row["state"], row["attempts"], row["ended_at"]) == ("WAITING", 0, None)


async def test_what_is_anothers_answers_like_what_does_not_exist_and_stays(world: World) -> None:
    partner, owner = await delegate(world)
    made = await registered(world, owner)
    dead = await notice(world, partner, made, "DEAD")
    _, stranger = await delegate(world)
    before = [await world.row(webhook, made), await world.row(webhook_delivery, dead)]
    for identity in (made, uuid4()):
        for act in ACTS:
            assert await world.refused(act, stranger, webhook=public("Webhook", identity)) == "NOT_FOUND"
    for identity in (dead, uuid4()):
        wish = {"delivery": public("WebhookDelivery", identity)}
        assert await world.refused("replayWebhookDelivery", stranger, **wish) == "NOT_FOUND"
    assert [await world.row(webhook, made), await world.row(webhook_delivery, dead)] == before


async def test_the_operator_stops_a_webhook_and_never_holds_its_secret(world: World) -> None:
    _, owner = await delegate(world)
    made = await registered(world, owner)
    operator = await world.partner(OrgKind.OPERATOR)
    administrator = await world.person(operator, Role.ADM)
    await world.act("disableWebhook", administrator, webhook=public("Webhook", made))
    assert (await world.row(webhook, made))["state"] == "DISABLED"


def test_who_may_do_what_to_webhooks() -> None:
    """From the table of permissions: `w` of G31 is the delegate's and the administrator's; a secret is the delegate's."""
    may: dict[str, Any] = {name: set(command.act.audiences) for name, command in COMMANDS.items() if "ebhook" in name}
    assert may == {
        "registerWebhook": {Audience.DEL},
        "rotateWebhookSecret": {Audience.DEL},
        "disableWebhook": {Audience.ADM, Audience.DEL},
        "enableWebhook": {Audience.ADM, Audience.DEL},
        "replayWebhookDelivery": {Audience.ADM, Audience.DEL},
    }
