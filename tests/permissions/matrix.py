"""The printed matrix of groups and roles, and what the groups are."""

from dataclasses import dataclass

ROLES = ("LIS", "SUP", "ANA", "CRI", "ASE", "ASM", "ASO", "COO", "DEL", "ADM", "DPO", "ONP")

TABLE = """
|Group|LIS|SUP|ANA|CRI|ASE|ASM|ASO|COO|DEL|ADM|DPO|ONP|
|---|---|---|---|---|---|---|---|---|---|---|---|---|
|G01 case header|Nw|N|A|J1|O|O|-|S8|-|-|N10|A|
|G02 coded profile|Nw|N|A|J1|O|O|O12|S8|-|-|-4|A|
|G03 minor, minimal|Nw|N|-|Jw1|Ow|O3|-|-|-|-|-4|-|
|G04 full identity|Nw|N|-|J1|O|O5|-|-|-|-|-4|-|
|G05 parents|Nw|N|-|J1|O|O5|-|-|-|-|-4|-|
|G06 caller identity|Sw6|N9|-|J1+7|-|-|-|-|-|-|-|-|
|G07 caller category, exact|Nw|N|A|J1+7|-|-|-|-|-|-|-|-|
|G08 caller category, coarse|N|N|A|J1|-|-|-|-|-|-|-|A|
|G09 contacts|Nw|N|A|-|-|-|-|-|-|-|-4|A|
|G10 listening notes|Ow|N|-|-|-|-|-|-|-|-|-|-|
|G11 IP text|Nw|Nw|-|J1|O2|O2|-|-|-|-|-4|-|
|G12 IP steps|Nw|Nw|A|Jw1|O|-|-|S8|-|-|N10|A|
|G13 return codes|N|N|A|Jw1|O|-|-|-|-|-|-4|A|
|G14 judicial referral, fact|N|N|A|Jw1|O|-|-|-|-|-|-4|A|
|G15 judicial motive|-|N|A|Jw1|O|-|-|-|-|-|-4|A|
|G16 problematics, plain|Nw|N|A|Jw1|Ow|O13|O12|-|-|-|-4|A|
|G17 problematics, starred|Nw|N|A|J1|O|O2+15|-|-|-|-|-4|A|
|G18 exploitation facts|Nw|N|A|J1|O|O2|O12|-|-|-|-4|A|
|G19 live danger, perpetrators|Nw|N|-|J1|O2|-|-|-|-|-|-4|-|
|G20 known to ASE, contact|Nw|N|A|Jw1|Ow|O16|-|-|-|-|-4|A|
|G21 measures, caseworker|-|N|A|Jw1|Ow|-|-|-|-|-|-4|A|
|G22 jurisdictions|Nw|Nw|A|Jw1|O|-|-|-|-|-|-4|A|
|G23 referral, follow-up|Nw|N|A|J1|O|Ow|Ow|Sw8|-|-|-|A|
|G24 note for the ASE|-|-|-|J1|O|Ow|-|-|-|-|-4|-|
|G25 association's notes|-|-|-|-|-|Ow|Ow|-|-|-|-|-|
|G26 DLPM actions|Nw|N|A|-|-|-|-|-|-|-|-4|A|
|G27 information duties|Ow|N|-|Jw1|O|-|-|-|-|-|N10|-|
|G28 grants|Ow|Nw|-|Jw1|O|O2|-|-|-|-|N10|-|
|G29 disclosure ledger|O|N|-|J1|O|O2|-|-|-|-|N10|-|
|G30 access log|-|S|-|-|-|-|-|-|S|N17|N10|-|
|G31 users, clients, keys|-|S|-|-|-|-|-|-|Sw|Nw17|N10|-|
|G32 requests, retention|-|-|-|-|-|-|-|-|-|-|Nw10|-|
|G33 directory|N|Nw|Nw|N|N|Nw18|Nw18|Nw18|N|N|N|N|
|G34 surveys, meetings|N|Nw|Nw|Sw|Sw|Sw|-|Sw|-|-|-|A|
|G35 indicators|A11|A11|A11|A11|A11|A11|A11|-|-|-|A11|A11|
|G36 transfers|-|N|A|Jw1|O|-|-|-|-|-|-4|-|
|G37 repeats|Nw|Nw|-|-|-|-|-|-|-|-|-|-|
|G38 alerts|N|N|-|-|-|-|-|-|-|-|-|-|
"""


@dataclass(frozen=True)
class Cell:
    """One cell of the matrix: how far a role reaches, whether it may write there, and under which conditions."""

    reach: str
    write: bool
    conditions: frozenset[int]


def parse_cell(text: str) -> Cell:
    """Letter, optional `w`, condition numbers joined by `+` (section 2)."""
    rest = text[1:]
    write = rest.startswith("w")
    numbers = rest.removeprefix("w")
    return Cell(text[0], write, frozenset(int(number) for number in numbers.split("+") if number))


def parse_table(table: str) -> dict[tuple[str, str], Cell]:
    """The printed matrix, one entry per (group, role)."""
    header, _, *lines = table.strip().splitlines()
    roles = header.strip("|").split("|")[1:]
    cells = {}
    for line in lines:
        title, *texts = line.strip("|").split("|")
        for role, text in zip(roles, texts, strict=True):
            cells[title[:3], role] = parse_cell(text)
    return cells


MATRIX = parse_table(TABLE)
GROUPS = tuple(f"G{number:02}" for number in range(1, 39))
# What hangs on one situation. The others (log, members, requests, directory, surveys, cubes) outlive any case.
CASE_GROUPS = frozenset(GROUPS) - {"G30", "G31", "G32", "G33", "G34", "G35"}
REPORT_GROUPS = frozenset({"G11", "G12", "G13"})
REFERRAL_GROUPS = frozenset({"G23", "G24", "G25"})
GRANTABLE = frozenset({"G11", "G17", "G18", "G19"})
P5 = frozenset({"G06", "G10"})
# Classes P3 to P5 of the data model; G33 holds P0 and P1.
P3_TO_P5 = frozenset(
    "G03 G04 G05 G06 G07 G09 G10 G11 G13 G14 G15 G16 G17 G18 G19 G20 G21 G22 G24 G25 G26 G27 G28 G29 G32 G36 G37 G38".split()
)
