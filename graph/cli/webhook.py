"""The command line of webhooks: `python -m graph webhook add | rotate | disable | enable | list | log | replay`."""

from typing import Annotated
from uuid import UUID

import typer

from graph.cli.options import DataOption, JsonOption, OrganisationArgument
from graph.cli.place import place
from graph.cli.telling import tell, tell_rows
from loaders.webhooks import webhook_desk
from schema.vocabulary import WebhookState

webhook_app = typer.Typer(no_args_is_help=True, help="Where organisations' software is told of changes.")

WebhookArgument = Annotated[UUID, typer.Argument(metavar="WEBHOOK", help="Id of the webhook.")]


@webhook_app.command("add")
def add(
    organisation: OrganisationArgument,
    url: Annotated[str, typer.Argument(help="An https address with a host name.")],
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Register a webhook; its secret is shown now, and can only be replaced later."""
    owner = UUID(organisation.removeprefix("org_"))
    with place(data) as here:
        identity, secret = here.run(lambda engine: webhook_desk.register(engine, here.secrets.webhooks, owner, url))
    tell({"webhook": identity, "secret": secret}, as_json=as_json, sentence=f"{identity} is told. Secret: {secret}")


@webhook_app.command("rotate")
def rotate(webhook: WebhookArgument, as_json: JsonOption = False, data: DataOption = None) -> None:
    """Replace the secret; for a day notices are signed with both."""
    with place(data) as here:
        secret = here.run(lambda engine: webhook_desk.rotate(engine, here.secrets.webhooks, webhook))
    tell({"webhook": webhook, "secret": secret}, as_json=as_json, sentence=f"New secret: {secret}")


@webhook_app.command("disable")
def disable(webhook: WebhookArgument, as_json: JsonOption = False, data: DataOption = None) -> None:
    """Tell it nothing more; what waits goes on waiting."""
    _switch(webhook, WebhookState.DISABLED, "It is told nothing.", as_json=as_json, data=data)


@webhook_app.command("enable")
def enable(webhook: WebhookArgument, as_json: JsonOption = False, data: DataOption = None) -> None:
    """Tell it again, what waits first."""
    _switch(webhook, WebhookState.ACTIVE, "It is told again.", as_json=as_json, data=data)


def _switch(webhook: UUID, state: WebhookState, sentence: str, *, as_json: bool, data: DataOption) -> None:
    with place(data) as here:
        here.run(lambda engine: webhook_desk.switch(engine, webhook, state))
    tell({"webhook": webhook, "state": state.value}, as_json=as_json, sentence=sentence)


@webhook_app.command("replay")
def replay(webhook: WebhookArgument, as_json: JsonOption = False, data: DataOption = None) -> None:
    """Try again the notices that were given up."""
    with place(data) as here:
        count = here.run(lambda engine: webhook_desk.replay(engine, webhook))
    tell({"webhook": webhook, "notices": count}, as_json=as_json, sentence=f"{count} notices are tried again.")


@webhook_app.command("list")
def list_webhooks(as_json: JsonOption = False, data: DataOption = None) -> None:
    """List the webhooks, and how their notices stand."""
    with place(data) as here:
        tell_rows(here.run(webhook_desk.listed), as_json=as_json, title="Webhooks")


@webhook_app.command("log")
def log(webhook: WebhookArgument, as_json: JsonOption = False, data: DataOption = None) -> None:
    """List the last notices of a webhook: ids, kinds and answers."""
    with place(data) as here:
        tell_rows(here.run(lambda engine: webhook_desk.log(engine, webhook)), as_json=as_json, title="Notices")
