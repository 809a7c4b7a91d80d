"""Webhooks: a receiver's own library believes the notices; nothing but ids; retried, given up, sent again; never inwards."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
import pytest_asyncio
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool
from standardwebhooks import Webhook, WebhookVerificationError

from loaders.events.outbox import NUMBER
from loaders.events.relay import Relay
from loaders.feed.feeds import Feeds
from loaders.postgres import logins
from loaders.postgres.dsn import async_url
from loaders.webhooks import posting, webhook_desk, webhooks
from loaders.webhooks.posting import Poster
from loaders.webhooks.webhooks import ENDED, PAUSES, Webhooks
from schema.errors import BadInputError, SetupError
from schema.tables.directory import organisation
from schema.tables.referral import referral
from schema.tables.webhook import webhook, webhook_delivery
from schema.vocabulary import MandateKind, OrganisationStatus, OrgKind, ReferralStatus, WebhookState
from tests.auth.test_published_keys import partner, response
from tests.cluster import Cluster
from tests.loaders.commands.world import Partner, World, made_world

__all__ = ["made_world"]

KEY = b"tests-only-key-of-webhooks-32-by"
URL = "https://partner.example/maillage"


@dataclass
class Receiver:
    """A partner's server, as the poster sees it: answers with `status`, and keeps what it got."""

    status: int | None = 204
    got: list[tuple[str, bytes, Mapping[str, str]]] = field(default_factory=list)

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int | None:
        self.got.append((url, body, headers))
        return self.status


@dataclass
class Office:
    world: World
    engine: Any
    receiver: Receiver
    works: Webhooks
    number: Any

    async def association(self) -> tuple[Partner, UUID, str]:
        partner = await self.world.partner(OrgKind.ASSOCIATION, mandate=MandateKind.MEASURE)
        identity, secret = await webhook_desk.register(self.engine, KEY, partner.id, URL)
        return partner, identity, secret

    async def work(self) -> None:
        await self.number()
        await self.works.make_notices()
        while await self.works.deliver():
            pass

    async def later(self, identity: UUID) -> None:
        """The pause before the next attempt is over."""
        await self.world.admin.execute(
            webhook_delivery.update()
            .where(webhook_delivery.c.webhook_id == identity)
            .values(next_at=self.world.now - timedelta(seconds=1))
        )

    async def notices(self, identity: UUID) -> list[dict[str, Any]]:
        return await self.world.rows(webhook_delivery, webhook_delivery.c.webhook_id == identity)


@pytest_asyncio.fixture(loop_scope="module", name="office")
async def made_office(world: World, cluster: Cluster) -> AsyncIterator[Office]:
    engine = create_async_engine(async_url(cluster.login(logins.COMMANDS)), poolclass=NullPool)
    connection = await asyncpg.connect(cluster.login(logins.RELAY))
    await world.admin.execute(webhook.update().values(state=WebhookState.DISABLED.value))

    async def number() -> None:
        while await connection.fetchval(NUMBER):
            pass

    receiver: Any = Receiver()
    yield Office(world, engine, receiver, Webhooks(world.lanes, Feeds(world.lanes), KEY, receiver), number)
    await connection.close()
    await engine.dispose()


async def test_a_notice_says_kind_time_and_id_and_its_receiver_can_believe_it(office: Office) -> None:
    partner, identity, secret = await office.association()
    other, _, other_secret = await office.association()
    one = await office.world.referral(partner)
    await office.work()
    [(url, body, headers)] = office.receiver.got
    assert url == URL
    said = Webhook(secret).verify(body, dict(headers))
    assert set(said) == {"type", "timestamp", "data"}
    assert (said["type"], said["data"]) == ("referral.changed", {"id": f"ref_{one}"})
    [notice] = await office.notices(identity)
    assert headers["webhook-id"] == str(notice["id"])
    assert (notice["state"], notice["attempts"], notice["answer"]) == ("DELIVERED", 1, 204)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body.replace(b"changed", b"deleted"), dict(headers))
    with pytest.raises(WebhookVerificationError):
        Webhook(other_secret).verify(body, dict(headers))
    assert other.id != partner.id
    # Nothing new, nothing told.
    await office.work()
    assert len(office.receiver.got) == 1


async def test_a_row_that_has_left_the_view_until_delivery_is_told_as_ended(office: Office) -> None:
    """Rights are read again at each attempt."""
    partner, identity, _ = await office.association()
    one = await office.world.referral(partner)
    await office.number()
    await office.works.make_notices()
    await office.world.change(referral, one, status=ReferralStatus.WITHDRAWN.value)
    await office.work()
    assert {json.loads(body)["type"] for _, body, _ in office.receiver.got} == {ENDED}
    assert {notice["kind"] for notice in await office.notices(identity)} == {ENDED}


async def test_a_suspended_organisation_is_told_nothing(office: Office) -> None:
    partner, _, _ = await office.association()
    await office.world.referral(partner)
    await office.number()
    await office.works.make_notices()
    await office.world.change(organisation, partner.id, status=OrganisationStatus.SUSPENDED.value)
    await office.work()
    await office.world.referral(partner)
    await office.work()
    assert office.receiver.got == []


async def test_what_fails_is_tried_again_later_then_given_up_and_can_be_sent_again(office: Office) -> None:
    partner, identity, secret = await office.association()
    await office.world.referral(partner)
    office.receiver.status = 500
    await office.work()
    for attempt in range(1, len(PAUSES) + 1):
        [notice] = await office.notices(identity)
        assert (notice["state"], notice["attempts"], notice["answer"]) == ("WAITING", attempt, 500)
        pause = (notice["next_at"] - office.world.now).total_seconds()
        assert PAUSES[attempt - 1] * 0.8 - 1 <= pause <= PAUSES[attempt - 1] * 1.5 + 60
        await office.later(identity)
        await office.work()
    [notice] = await office.notices(identity)
    assert notice["state"] == "DEAD"
    office.receiver.status = 200
    assert await webhook_desk.replay(office.engine, identity) == 1
    await office.work()
    [notice] = await office.notices(identity)
    assert (notice["state"], notice["attempts"]) == ("DELIVERED", 1)
    # The same notice: its receiver knows repeats by the id.
    assert {headers["webhook-id"] for _, _, headers in office.receiver.got} == {str(notice["id"])}
    Webhook(secret).verify(office.receiver.got[-1][1], dict(office.receiver.got[-1][2]))


async def test_what_failed_at_the_same_moment_is_not_tried_at_the_same_moment_again(office: Office) -> None:
    """A receiver that comes back is not met by everything at once."""
    partner, identity, _ = await office.association()
    for _ in range(8):
        await office.world.referral(partner)
    office.receiver.status = 500
    await office.work()
    await office.later(identity)
    await office.work()
    notices = await office.notices(identity)
    assert [notice["attempts"] for notice in notices] == [2] * 8
    at = sorted(notice["next_at"] for notice in notices)
    # Of five minutes, spread over more than three; eight within ten seconds would be a chance of one in ten million.
    assert (at[-1] - at[0]).total_seconds() > 10


async def test_an_address_that_keeps_failing_or_is_gone_is_told_nothing_more(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "MOST_FAILURES", 2)
    partner, identity, _ = await office.association()
    office.receiver.status = None
    await office.world.referral(partner)
    await office.work()
    await office.later(identity)
    await office.work()
    [row] = await office.world.rows(webhook, webhook.c.id == identity)
    assert (row["state"], row["failures"]) == ("DISABLED", 2)
    await office.later(identity)
    await office.work()
    assert len(office.receiver.got) == 2
    await webhook_desk.switch(office.engine, identity, WebhookState.ACTIVE)
    office.receiver.status = 410
    await office.work()
    [row] = await office.world.rows(webhook, webhook.c.id == identity)
    assert row["state"] == "DISABLED"


async def test_who_does_not_answer_comes_after_everybody_else(office: Office) -> None:
    owner, silent, _ = await office.association()
    quick, _, _ = await office.association()
    await office.world.admin.execute(webhook.update().where(webhook.c.id == silent).values(failures=1))
    notice = {"webhook_id": silent, "organisation_id": owner.id, "prefix": "ref", "kind": "referral.changed"}
    for _ in range(25):
        await office.world.admin.execute(webhook_delivery.insert().values(**notice, row_id=uuid4()))
    one = await office.world.referral(quick)
    await office.number()
    await office.works.make_notices()
    await office.works.deliver()
    assert f"ref_{one}" in {json.loads(body)["data"]["id"] for _, body, _ in office.receiver.got}


async def test_no_error_ends_the_work(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = asyncio.Event()

    async def deliver(_: Webhooks) -> int:
        if not failed:
            failed.append(True)
            raise KeyError
        tried.set()
        return 0

    failed: list[bool] = []
    monkeypatch.setattr(webhooks, "_SOON", 0.01)
    monkeypatch.setattr(Webhooks, "deliver", deliver)
    office.works.start(Relay(""))
    await asyncio.wait_for(tried.wait(), 10)
    await office.works.close()


async def test_a_new_secret_signs_beside_the_old_one_for_a_day(office: Office) -> None:
    partner, identity, old = await office.association()
    new = await webhook_desk.rotate(office.engine, KEY, identity)
    assert new != old
    await office.world.referral(partner)
    await office.work()
    for secret in (old, new):
        Webhook(secret).verify(office.receiver.got[0][1], dict(office.receiver.got[0][2]))
    await office.world.change(webhook, identity, previous_until=office.world.now - timedelta(seconds=1))
    await office.world.referral(partner)
    await office.work()
    Webhook(new).verify(office.receiver.got[1][1], dict(office.receiver.got[1][2]))
    with pytest.raises(WebhookVerificationError):
        Webhook(old).verify(office.receiver.got[1][1], dict(office.receiver.got[1][2]))


async def test_what_the_organisation_may_not_see_makes_no_notice(office: Office) -> None:
    partner, identity, _ = await office.association()
    other = await office.world.partner(OrgKind.ASSOCIATION, mandate=MandateKind.MEASURE)
    one = await office.world.referral(partner)
    await office.work()
    before = await office.notices(identity)
    hidden = await office.world.referral(other)
    await office.world.change(referral, hidden, status=ReferralStatus.ACCEPTED.value)
    await office.world.change(referral, one, assigned_member_id=None)
    await office.work()
    assert await office.notices(identity) == before


@pytest.mark.parametrize(
    "url", ["http://partner.example/", "https://127.0.0.1/", "https://[::1]/", "https://user@partner.example/", "x"]
)
async def test_an_address_that_cannot_be_meant_is_refused(office: Office, url: str) -> None:
    partner = await office.world.partner(OrgKind.ASSOCIATION, mandate=MandateKind.MEASURE)
    with pytest.raises(BadInputError):
        await webhook_desk.register(office.engine, KEY, partner.id, url)
    assert await office.world.rows(webhook, webhook.c.organisation_id == partner.id) == []


async def test_only_organisations_that_follow_changes_have_webhooks_and_only_so_many(office: Office) -> None:
    operator = await office.world.partner(OrgKind.OPERATOR)
    with pytest.raises(SetupError):
        await webhook_desk.register(office.engine, KEY, operator.id, URL)
    partner, _, _ = await office.association()
    for _ in range(4):
        await webhook_desk.register(office.engine, KEY, partner.id, URL)
    with pytest.raises(SetupError):
        await webhook_desk.register(office.engine, KEY, partner.id, URL)


async def test_a_notice_goes_to_the_address_that_was_checked_and_a_redirect_is_no_delivery(tmp_path: Path) -> None:
    for reply, status in (
        (response(b"", "204 No Content"), 204),
        (response(b"", "302 Found", "Location: https://elsewhere.example/"), 302),
    ):
        async with partner(tmp_path, reply) as (edges, url, requests, asked):
            poster = Poster(edges.resolve, edges.is_allowed, edges.tls)
            assert await poster.post(url, b'{"type":"x"}', {"webhook-id": "1"}) == status
            [request] = requests
            assert request.startswith(b"POST ")
            assert b"host: partner.example" in request.lower()
            assert b"webhook-id: 1" in request.lower()
            assert len(asked) == 1
    # Under another name's certificate nothing is sent.
    async with partner(tmp_path, response(b""), name="elsewhere.example") as (edges, url, requests, _):
        assert await Poster(edges.resolve, edges.is_allowed, edges.tls).post(url, b"{}", {}) is None
        assert requests == []


async def test_who_takes_too_long_is_left_and_what_is_said_besides_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "SECONDS", 0.5)
    async with partner(tmp_path, response(b"", "204 No Content"), pause=5) as (edges, url, requests, _):
        began = time.monotonic()
        assert await Poster(edges.resolve, edges.is_allowed, edges.tls).post(url, b"{}", {}) is None
        assert time.monotonic() - began < 4
        assert len(requests) == 1
    # An answer without an end: its status is enough.
    endless = response(b"", "200 OK").replace(b"Content-Length: 0", b"Content-Length: 1000000000") + b"x" * 100_000
    monkeypatch.setattr(posting, "SECONDS", 10)
    async with partner(tmp_path, endless) as (edges, url, _, _):
        assert await Poster(edges.resolve, edges.is_allowed, edges.tls).post(url, b"{}", {}) == 200


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "192.168.0.1", "::1", "fc00::1"])
async def test_nothing_is_ever_sent_inwards(address: str) -> None:
    """Whatever a name resolves to at the moment of sending; one private address among several is enough to refuse."""

    async def resolve(_: str, __: int) -> list[Any]:
        return [ip_address("1.1.1.1"), ip_address(address)]

    assert await Poster(resolve).post(URL, b"{}", {}) is None
