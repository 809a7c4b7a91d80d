"""The mutations on webhooks: each delegate's own, and what the operator may stop."""

from schema.types.acts_webhook import (
    DisableWebhookInput,
    EnableWebhookInput,
    RegisterWebhookInput,
    ReplayWebhookDeliveryInput,
    RotateWebhookSecretInput,
    WebhookDeliveryPayload,
    WebhookPayload,
    WebhookSecretPayload,
)
from schema.types.described import public_type
from schema.types.mutation_parts import act


@public_type
class WebhookMutation:
    """Acts on webhooks (inherited by the root, never shown itself)."""

    register_webhook: WebhookSecretPayload = act(
        "Register a webhook of one's own organisation.", RegisterWebhookInput, WebhookSecretPayload
    )
    rotate_webhook_secret: WebhookSecretPayload = act(
        "Replace the secret of a webhook.", RotateWebhookSecretInput, WebhookSecretPayload
    )
    disable_webhook: WebhookPayload = act("Tell a webhook nothing more.", DisableWebhookInput, WebhookPayload)
    enable_webhook: WebhookPayload = act("Tell a disabled webhook again.", EnableWebhookInput, WebhookPayload)
    replay_webhook_delivery: WebhookDeliveryPayload = act(
        "Try a notice again that was given up.", ReplayWebhookDeliveryInput, WebhookDeliveryPayload
    )
