"""Webhooks over the API: a delegate gets a secret once more under the same key, sees the log, and no case in it."""

from uuid import uuid4

from schema.vocabulary import Audience
from tests.graph.callers import code, data, token
from tests.network import Network

REGISTER = """mutation ($input: RegisterWebhookInput!) {
  registerWebhook(input: $input) { secret webhook { id url state generation organisation { name } } userErrors { code } } }"""
ROTATE = """mutation ($input: RotateWebhookSecretInput!) {
  rotateWebhookSecret(input: $input) { secret webhook { generation previousUntil } userErrors { code } } }"""
LISTED = "{ webhooks(first: 100) { nodes { id url state } } }"
LOG = """query ($webhook: ID!) {
  webhookDeliveries(first: 10, filter: {webhook: $webhook, state: [DEAD]}) { nodes { id kind state attempts answer webhook { id } } } }"""
REPLAY = """mutation ($input: ReplayWebhookDeliveryInput!) {
  replayWebhookDelivery(input: $input) { webhookDelivery { state attempts } userErrors { code } } }"""
# Of a name that leads nowhere: nothing leaves this machine.
URL = "https://partner.invalid/maillage"


def test_a_delegate_registers_rekeys_and_reads_the_log(network: Network) -> None:
    wish = {"input": {"url": URL, "idempotencyKey": f"key-{uuid4()}"}}
    made = data(network, Audience.DEL, REGISTER, wish)["registerWebhook"]
    assert made["userErrors"] == []
    assert made["secret"].startswith("whsec_")
    assert (made["webhook"]["url"], made["webhook"]["state"], made["webhook"]["generation"]) == (URL, "ACTIVE", 1)
    # The answer was lost: the same key gives the same webhook and the same secret.
    assert data(network, Audience.DEL, REGISTER, wish)["registerWebhook"] == made
    public = made["webhook"]["id"]
    rotated = data(network, Audience.DEL, ROTATE, {"input": {"webhook": public}})["rotateWebhookSecret"]
    assert rotated["webhook"]["generation"] == 2
    assert rotated["secret"] not in {None, made["secret"]}

    row = public.partition("_")[2]
    network.administer(
        "INSERT INTO webhook_delivery (webhook_id, organisation_id, row_id, prefix, kind, state, attempts, answer) "
        "SELECT id, organisation_id, gen_random_uuid(), 'ref', 'referral.changed', 'DEAD', 10, 500 FROM webhook WHERE id = $1",
        row,
    )
    [logged] = data(network, Audience.DEL, LOG, {"webhook": public})["webhookDeliveries"]["nodes"]
    assert (logged["kind"], logged["attempts"], logged["answer"], logged["webhook"]) == (
        "referral.changed", 10, 500, {"id": public},
    )  # fmt: skip
    # The operator sees that notices come and go, not of what kind they were.
    assert code(network.post(token(network, Audience.ADM), {"query": LOG, "variables": {"webhook": public}})) == (
        "GRAPHQL_VALIDATION_FAILED"
    )
    again = data(network, Audience.DEL, REPLAY, {"input": {"delivery": logged["id"]}})["replayWebhookDelivery"]
    assert again == {"webhookDelivery": {"state": "WAITING", "attempts": 0}, "userErrors": []}
    assert public in {one["id"] for one in data(network, Audience.ADM, LISTED)["webhooks"]["nodes"]}


def test_whoever_has_no_part_in_webhooks_has_none_in_their_schema(network: Network) -> None:
    for audience in (Audience.CRI, Audience.LIS, Audience.ORG_CRIP, Audience.ONP):
        assert code(network.post(token(network, audience), {"query": LISTED})) == "GRAPHQL_VALIDATION_FAILED"
    # The operator has the list, and no way to a secret.
    answer = network.post(token(network, Audience.ADM), {"query": REGISTER, "variables": {"input": {"url": URL}}})
    assert code(answer) == "GRAPHQL_VALIDATION_FAILED"
