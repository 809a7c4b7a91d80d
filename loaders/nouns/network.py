"""Who takes part: authorities, organisations, their people and tools."""

from loaders.nouns.noun import Noun, Relation, named, newest, of, to
from schema.tables import directory, oauth, people, webhook
from schema.vocabulary import Category

NETWORK = (
    Noun("Department", directory.department, "dep", named("code"), case=False),
    Noun(
        "Authority",
        directory.authority,
        "aut",
        named("code"),
        {"departments": Relation("AuthorityDepartment", "id", "authority_id", many=True)},
        {"code": ("code", "in")},
        case=False,
    ),
    Noun(
        "AuthorityDepartment",
        directory.authority_department,
        "aud",
        named("department_code"),
        {
            "department": Relation("Department", "department_code", "code"),
            "authority": to("Authority", "authority_id"),
        },
        case=False,
    ),
    Noun(
        "Organisation",
        directory.organisation,
        "org",
        named("name"),
        {
            "authority": to("Authority", "authority_id", Category.DIRECTORY),
            "resourceCards": of("ResourceCard", "organisation_id"),
            "members": of("Member", "organisation_id"),
        },
        {"kind": ("kind", "in"), "authority": ("authority_id", "id"), "territory": ("territories", "has")},
        case=False,
    ),
    Noun(
        "ResourceCard",
        directory.resource_card,
        "car",
        named("title"),
        {"organisation": to("Organisation", "organisation_id", Category.DIRECTORY)},
        {"territory": ("territories", "has"), "visibility": ("visibility", "in")},
        case=False,
    ),
    Noun(
        "Member",
        people.member,
        "mbr",
        newest("created_at"),
        {
            "organisation": to("Organisation", "organisation_id", Category.ACCOUNTS),
            "habilitations": of("Habilitation", "member_id"),
        },
        {"status": ("status", "in")},
        case=False,
    ),
    Noun(
        "Habilitation",
        people.habilitation,
        "hab",
        newest("valid_from"),
        {
            "member": to("Member", "member_id", Category.ACCOUNTS),
            "organisation": to("Organisation", "organisation_id", Category.ACCOUNTS),
        },
        {"role": ("role", "in"), "state": ("state", "in")},
        case=False,
    ),
    Noun(
        "Tool",
        oauth.oauth_client,
        "cli",
        newest("created_at"),
        {
            "organisation": to("Organisation", "organisation_id", Category.ACCOUNTS),
            "keys": of("ToolKey", "client_id"),
            "secrets": of("ToolSecret", "client_id"),
        },
        {"status": ("status", "in"), "organisation": ("organisation_id", "id")},
        case=False,
    ),
    Noun("ToolKey", oauth.client_key, "key", newest("not_before"), {}, case=False),
    Noun("ToolSecret", oauth.client_secret, "sec", newest("created_at"), {}, case=False),
    Noun(
        "Webhook",
        webhook.webhook,
        "whk",
        newest("created_at"),
        {"organisation": to("Organisation", "organisation_id", Category.ACCOUNTS)},
        {"state": ("state", "in"), "organisation": ("organisation_id", "id")},
        case=False,
    ),
    Noun(
        "WebhookDelivery",
        webhook.webhook_delivery,
        "whd",
        newest("created_at"),
        {"webhook": to("Webhook", "webhook_id", Category.ACCOUNTS)},
        {"webhook": ("webhook_id", "id"), "state": ("state", "in")},
        case=False,
    ),
)
