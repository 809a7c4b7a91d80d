"""What an authority does of a case: links, measures, transfers."""

from loaders.nouns.noun import IN_SITUATION, Noun, newest, to
from schema.tables import protection
from schema.vocabulary import Category

PROTECTION = (
    Noun(
        "AseLink",
        protection.ase_link,
        "lnk",
        newest("proposed_at"),
        {"situation": IN_SITUATION, "aseOrganisation": to("Organisation", "ase_org_id", Category.KNOWN_TO_ASE)},
        {"state": ("state", "in")},
    ),
    Noun(
        "Measure",
        protection.measure,
        "mea",
        newest("starts_on"),
        {
            "situation": IN_SITUATION,
            "authority": to("Authority", "authority_id", Category.MEASURES),
            "organisation": to("Organisation", "organisation_id", Category.MEASURES),
        },
    ),
    Noun(
        "DlpmAction",
        protection.dlpm_action,
        "act",
        newest("at"),
        {"situation": IN_SITUATION, "targetOrganisation": to("Organisation", "target_org_id", Category.DLPM_ACTIONS)},
    ),
    Noun(
        "DepartmentTransfer",
        protection.department_transfer,
        "tra",
        newest("requested_at"),
        {
            "situation": IN_SITUATION,
            "originAuthority": to("Authority", "origin_authority_id", Category.TRANSFERS),
            "destinationAuthority": to("Authority", "destination_authority_id", Category.TRANSFERS),
        },
        {"state": ("state", "in")},
    ),
)
