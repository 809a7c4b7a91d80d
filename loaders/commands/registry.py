"""Every command by the name of its mutation."""

from collections.abc import Mapping
from types import MappingProxyType

from loaders.commands import (
    accounts,
    action,
    ase_link,
    breach,
    client_keys,
    client_secrets,
    clients,
    contact,
    duty,
    emergency,
    evaluator,
    follow_up,
    grant,
    invitations,
    judicial_referral,
    measure,
    members,
    minor,
    network,
    notice,
    observation,
    orientation,
    referral,
    repeat,
    report,
    retention,
    situation,
    subject_request,
    survey,
    transfer,
    webhooks,
    yearly_report,
)
from loaders.commands.at_once import AtOnce
from loaders.commands.work import Command

_DLPM = (action, contact, duty, minor, network, notice, observation, orientation, repeat, situation)
_SHARING = (emergency, evaluator, grant)
_PARTNERS = (ase_link, follow_up, judicial_referral, measure, referral, report, survey, transfer)
_CONTROL = (breach, retention, subject_request)
_MONITORING = (yearly_report,)
_ACCOUNTS = (accounts, client_keys, client_secrets, clients, invitations, members, webhooks)


def _gather() -> dict[str, Command | AtOnce]:
    gathered: dict[str, Command | AtOnce] = {}
    for module in (*_DLPM, *_PARTNERS, *_SHARING, *_CONTROL, *_ACCOUNTS, *_MONITORING):
        twice = gathered.keys() & module.COMMANDS.keys()
        if twice:
            raise ValueError(twice)
        gathered |= module.COMMANDS
    return gathered


COMMANDS: Mapping[str, Command | AtOnce] = MappingProxyType(_gather())
