"""The acts on webhooks: register, replace the secret, disable, enable, send a notice again."""

import strawberry

from schema.types.acts_fields import act_input, version_last_read
from schema.types.described import public_type
from schema.types.links import ToWebhook, ToWebhookDelivery
from schema.types.mutation_parts import Refusable


@public_type
class WebhookPayload(Refusable):
    """The webhook after the act."""

    webhook: ToWebhook | None = strawberry.field(description="The webhook; null when the act was refused.")


@public_type
class WebhookSecretPayload(Refusable):
    """The webhook after the act, and its secret, which nothing else shows."""

    webhook: ToWebhook | None = strawberry.field(description="The webhook; null when the act was refused.")
    secret: str | None = strawberry.field(
        description="The secret (whsec_...) with which the receiver verifies notices; null when the act was refused. It is stored nowhere: whoever loses it replaces it."
    )


@public_type
class WebhookDeliveryPayload(Refusable):
    """The notice after the act."""

    webhook_delivery: ToWebhookDelivery | None = strawberry.field(
        description="The notice; null when the act was refused."
    )


@act_input
class RegisterWebhookInput:
    """An address of one's own organisation that is told of what changes from now on."""

    url: str = strawberry.field(description="An https address with a host name that leads to public addresses only.")


@act_input
class RotateWebhookSecretInput:
    """A webhook that gets a new secret; for 24 hours notices are signed with both."""

    webhook: strawberry.ID = strawberry.field(description="Id of the webhook.")
    expected_version: str | None = version_last_read()


@act_input
class DisableWebhookInput:
    """A webhook that is told nothing more; what waits goes on waiting."""

    webhook: strawberry.ID = strawberry.field(description="Id of the webhook.")
    expected_version: str | None = version_last_read()


@act_input
class EnableWebhookInput:
    """A disabled webhook that is told again, what waits first."""

    webhook: strawberry.ID = strawberry.field(description="Id of the webhook.")
    expected_version: str | None = version_last_read()


@act_input
class ReplayWebhookDeliveryInput:
    """A notice that was given up, and is tried again; its receiver knows it by its id."""

    delivery: strawberry.ID = strawberry.field(description="Id of the notice.")
    expected_version: str | None = version_last_read()
