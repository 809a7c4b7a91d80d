"""The independent oracle of "who sees what": a second, naive reading of the permissions tables, plain Python only.

It stands in `tests/permissions`, one file a noun, and this is its door. It imports nothing of ours, shares no word
list with the policy, and prefers length to cleverness: each function quotes the sentence it obeys. An *audience* is
a role code ("LIS") or an organisation-only client ("CLIENT:CRIP"). `Facts` is what relates one viewer to one
situation, `Row` what is particular to the row and the column asked for. Neither holds a protected value, so nothing
here can depend on one, except `caller_anonymity`, which condition 7 itself names.

Readings ("s." = section, "r." = rule of section 5). Each is the strictest the text allows, except the last sentence
of 13, and 20 and 22, which follow the wording where a stricter guess was possible:
 1. "A cell with condition 2 needs only the grant": the base reach (caseworker, assigned) is not asked, but the
    grant is checked whole at every read, and one group too many in it kills the grant, not only that group (s. 7).
 2. For an association or foyer a grant works only with a Measure naming it or a DIRECT_SUPPORT referral released or
    later (s. 8 names grants from IDENTITY_RELEASED on); it need not be the receiver's own referral.
 3. Condition 3 must hold on the very referral assigned to the viewer, not on two referrals together. Condition 5
    replaces it.
 4. Before acceptance a referral gives only the list of s. 8; it is a relation to the situation (G01 and the rest)
    only when DIRECT_SUPPORT and ACCEPTED or later. So the receiving COO reads no G01 while PROPOSED.
 5. Étayage is unlinked to the case for every mandate: the worker reads G02 and G16 as copied, G23 and G25, and
    never G01, G20 or G24. An ASM still needs condition 13 on G16.
 6. A DIRECT_SUPPORT referral to an OUTSIDE_MISSION association gives nothing: the mandate is a hard ceiling.
 7. DRAFT referrals are seen inside the DLPM only, by no CRIP, ASE or client.
 8. ASM and ASO read Referral, FollowUp and notes of their own referral only, even where a Measure reaches the case
    (r. 9).
 9. COO: G02 only of a referral PROPOSED to its own organisation, so never for a CRIP or an ASE; `kind` only while
    PROPOSED; no follow-up, no `minor_agreement`, no `to_org`, no retention state. Accept, decline, assign:
    receiving organisation only.
10. r. 9 covers foyers as associations, and every role of them (COO, DPO too): no Situation id or ref. Other columns
    stay.
11. Report rows (G11-G13, so returns and evaluations too) reach a partner only when addressed to its own authority,
    SENT or later, not MISROUTED, whatever its role. An association or foyer has no authority: no report row at all.
12. End states: "own notes" is G25, and the follow-ups (G23) that the assigned worker recorded in person; those of a
    colleague or a tool are gone, and G24 is gone from all. WITHDRAWN also hides the referral's dates. PROPOSED, then
    closed: the COO alone keeps ref, status and dates.
13. Closure (r. 8): a partner keeps G01, G12, rows its organisation controls and its own referral as ended, each
    only where the matrix still gives it. The one write left is G13 by a CRIP. A DPO is not a "partner".
14. INTERMEDIATE: SUP and DPO read, nobody writes, own rows included. ANONYMISED and DELETED: nobody, case groups.
15. S for the rows hanging on a case (G27-G29) of a DPO outside the 119: relation to the case and row controlled,
    both.
16. SECRET cards: LIS, SUP, ANA and the owning organisation, although only three roles carry condition 18.
17. Break-glass of ASE and ASM replaces assignment only: agreement, grant, mandate and shared kinds are still asked.
    "No grant, referral or transfer" are acts (G36 is a `-4` cell). Unconfirmed, theirs lasts its 60 minutes; a
    DPO's needs the second person first. Étayage cannot be opened.
18. Condition 9 is for one caller, with reason, for 60 minutes. `professional_identity_to_crip` is off unless said.
19. Several purposes and none chosen: refused altogether (r. 5). A purpose outside the role's: the same.
20. Organisation-only clients: "whatever the matrix says" is taken at its word (an ASE needs the AseLink, not the
    jurisdiction row). PROPOSED counts as live (s. 7 of the domain: withdrawn "from any live state"). Writes by an
    association start at ENGAGED; a person's start at IDENTITY_RELEASED ("first contact"), for étayage at ACCEPTED.
21. Withheld reasons the text leaves open: 8 and 17 are OUT_OF_MANDATE; a row out of reach has no reason at all.
22. Measures and referrals are taken as of the situation: no text ties them to one minor of a sibling group.
"""

from tests.permissions.acts import ACTS, CLIENT_ACTS, TOGETHER, may_act, may_evaluate, may_release, may_send_report
from tests.permissions.audiences import (
    AUDIENCES,
    CLIENTS,
    ORG_ONLY,
    PURPOSES,
    ROLE_ORGANISATIONS,
    client_kind,
    is_client,
)
from tests.permissions.existence import may_exist, may_exist_in_inputs, smallest_count, through_indicators
from tests.permissions.facts import ASPECTS, BreakGlass, Facts, Grant, Referral, Report, Row, TwoPersonApproval
from tests.permissions.grants import grant_lives
from tests.permissions.matrix import CASE_GROUPS, GRANTABLE, GROUPS, MATRIX, P3_TO_P5, P5, ROLES, Cell
from tests.permissions.reading import may_read, may_see_referral, may_see_report, may_see_situation
from tests.permissions.states import REFERRAL_STATUSES, REPORT_STATUSES, SENT_OR_LATER
from tests.permissions.viewers import facts_of, purposes_of
from tests.permissions.withholding import withheld_reason
from tests.permissions.writing import may_write

__all__ = [
    "ACTS",
    "ASPECTS",
    "AUDIENCES",
    "CASE_GROUPS",
    "CLIENTS",
    "CLIENT_ACTS",
    "GRANTABLE",
    "GROUPS",
    "MATRIX",
    "ORG_ONLY",
    "P3_TO_P5",
    "P5",
    "PURPOSES",
    "REFERRAL_STATUSES",
    "REPORT_STATUSES",
    "ROLES",
    "ROLE_ORGANISATIONS",
    "SENT_OR_LATER",
    "TOGETHER",
    "BreakGlass",
    "Cell",
    "Facts",
    "Grant",
    "Referral",
    "Report",
    "Row",
    "TwoPersonApproval",
    "client_kind",
    "facts_of",
    "grant_lives",
    "is_client",
    "may_act",
    "may_evaluate",
    "may_exist",
    "may_exist_in_inputs",
    "may_read",
    "may_release",
    "may_see_referral",
    "may_see_report",
    "may_see_situation",
    "may_send_report",
    "may_write",
    "purposes_of",
    "smallest_count",
    "through_indicators",
    "withheld_reason",
]
