"""The reach table: who stands in which relation to which situation, kept exact by the database itself.

`reach_definition` says what each relation means; `refresh_reach` makes the table equal to it for one situation, and
row triggers call it in the transaction of every change that can matter, raw SQL included. Times are part of the rows
(`starts_at`, `ends_at`), so an expiry needs no refresh. `python -m graph migrate` rebuilds it where the definition changed; a test
compares both.
"""

import hashlib
from collections.abc import Mapping

from loaders.postgres.triggers import changed

_OPEN = "s.status <> 'CLOSED' AND s.retention_state = 'ACTIVE'"
_KEPT = "s.retention_state = 'ACTIVE'"
_LIFE = "CASE WHEN s.status = 'CLOSED' THEN '_CLOSED' ELSE '' END"
# What "live" means of a link between a situation and an ASE service.
_LIVE_LINK = "l.ended_at IS NULL AND l.state IN ('PROPOSED', 'CONTACTED', 'CONFIRMED')"
_RUNNING = "('ACCEPTED', 'IDENTITY_RELEASED', 'ENGAGED', 'ONGOING', 'PAUSED_RUNAWAY')"
_RELEASED = "('IDENTITY_RELEASED', 'ENGAGED', 'ONGOING', 'PAUSED_RUNAWAY')"
_FOREVER = "'infinity'::timestamptz"
_EVER = "'-infinity'::timestamptz"
# A measure begins and ends at midnight of its authority's territory, whatever the zone of the session that writes.
_FROM_DAY = "civil_midnight(m.starts_on, m.authority_id)"
_TO_DAY = f"coalesce(civil_midnight(m.ends_on + 1, m.authority_id), {_FOREVER})"
# The mandate is a hard ceiling: outside a mission, an association discusses anonymised cases only.
_MANDATED = "(o.kind = 'FOYER' OR o.mandate_kind IN ('MEASURE', 'ASE_MISSION'))"
_RECEIVED = """EXISTS (
  SELECT 1 FROM concern_report r WHERE r.situation_id = s.id AND r.to_authority_id = j.authority_id
  AND r.status NOT IN ('DRAFT', 'VALIDATED', 'MISROUTED'))"""

# Condition 1 (permissions, section 4): a live jurisdiction AND a report addressed to that authority, sent, not misrouted.
_REPORTED = f"""
SELECT j.authority_id AS viewer, s.id AS situation_id, 'REPORTED' || {_LIFE} AS via,
       j.starts_at AS starts_at, coalesce(j.ends_at, {_FOREVER}) AS ends_at
FROM situation s JOIN situation_jurisdiction j ON j.situation_id = s.id WHERE {_KEPT} AND {_RECEIVED}"""

# Reach O of an ASE caseworker: a live jurisdiction of their authority and a live link or measure in their name.
_CASEWORKER = f"""
SELECT c.caseworker_id, s.id, 'CASEWORKER' || {_LIFE},
       greatest(c.starts_at, j.starts_at), least(c.ends_at, coalesce(j.ends_at, {_FOREVER}))
FROM situation s
JOIN (
  SELECT l.situation_id, l.caseworker_id, l.proposed_at AS starts_at, {_FOREVER} AS ends_at FROM ase_link l WHERE {_LIVE_LINK}
  UNION ALL SELECT m.situation_id, m.caseworker_id, {_FROM_DAY}, {_TO_DAY} FROM measure m
) c ON c.situation_id = s.id
JOIN member w ON w.id = c.caseworker_id
JOIN organisation o ON o.id = w.organisation_id
JOIN situation_jurisdiction j ON j.situation_id = s.id AND j.authority_id = o.authority_id
WHERE {_KEPT}"""

_LISTENING = f"""
SELECT t.member_id, s.id, 'LISTENING', {_EVER}, {_FOREVER}
FROM situation s JOIN (
  SELECT id AS situation_id, assigned_member_id AS member_id FROM situation
  UNION ALL SELECT situation_id, taken_by_id FROM contact
) t ON t.situation_id = s.id
WHERE t.member_id IS NOT NULL AND {_KEPT}"""

_LINKED = f"""
SELECT l.ase_org_id, s.id, 'ASE_LINKED' || {_LIFE}, l.proposed_at, {_FOREVER}
FROM situation s JOIN ase_link l ON l.situation_id = s.id WHERE {_KEPT} AND {_LIVE_LINK}"""

_ENTRUSTED = f"""
SELECT m.organisation_id, s.id, k.via || {_LIFE}, {_FROM_DAY}, {_TO_DAY}
FROM situation s JOIN measure m ON m.situation_id = s.id JOIN organisation o ON o.id = m.organisation_id
CROSS JOIN (VALUES ('ENTRUSTED'), ('MANDATED')) k (via)
WHERE {_KEPT} AND (k.via = 'ENTRUSTED' OR o.mandate_kind = 'MEASURE' OR o.kind = 'FOYER')"""

_ASSIGNED = f"""
SELECT r.assigned_member_id, s.id, 'ASSIGNED', {_EVER}, {_FOREVER}
FROM situation s JOIN referral r ON r.situation_id = s.id
JOIN member w ON w.id = r.assigned_member_id AND w.organisation_id = r.to_org_id
JOIN organisation o ON o.id = r.to_org_id
WHERE {_OPEN} AND r.kind = 'DIRECT_SUPPORT' AND r.status IN {_RUNNING} AND {_MANDATED}"""

# The receiver of a referral, by its kind: what the mandate allows, and whether the case is still open.
_RECEIVING = f"""
SELECT r.to_org_id, s.id, CASE r.kind WHEN 'DIRECT_SUPPORT' THEN 'SUPPORTS' ELSE 'CONSULTS' END || {_LIFE}, {_EVER}, {_FOREVER}
FROM situation s JOIN referral r ON r.situation_id = s.id JOIN organisation o ON o.id = r.to_org_id
WHERE {_KEPT} AND r.status <> 'DRAFT' AND (r.kind <> 'DIRECT_SUPPORT' OR {_MANDATED})"""

# Reach S of a data protection officer: a live relation of their organisation to the case, archived ones included.
_STAKE = f"""
SELECT t.organisation_id, s.id, 'STAKE', t.starts_at, t.ends_at
FROM situation s JOIN (
  SELECT l.situation_id, l.ase_org_id AS organisation_id, l.proposed_at AS starts_at, {_FOREVER} AS ends_at FROM ase_link l WHERE {_LIVE_LINK}
  UNION ALL SELECT m.situation_id, m.organisation_id, {_FROM_DAY}, {_TO_DAY} FROM measure m
  JOIN organisation o ON o.id = m.organisation_id WHERE o.kind = 'ASE' OR {_MANDATED}
  UNION ALL SELECT s.id, r.to_org_id, {_EVER}, {_FOREVER} FROM situation s JOIN referral r ON r.situation_id = s.id
  JOIN organisation o ON o.id = r.to_org_id
  WHERE s.status <> 'CLOSED' AND r.kind = 'DIRECT_SUPPORT' AND r.status IN {_RUNNING} AND {_MANDATED}
  UNION ALL SELECT s.id, o.id, j.starts_at, coalesce(j.ends_at, {_FOREVER}) FROM situation s
  JOIN situation_jurisdiction j ON j.situation_id = s.id
  JOIN organisation o ON o.authority_id = j.authority_id AND o.kind = 'CRIP' WHERE {_RECEIVED}
) t ON t.situation_id = s.id
WHERE s.retention_state IN ('ACTIVE', 'INTERMEDIATE')"""


def _spans(source: str) -> str:
    """Periods `(starts_at, ends_at)` as one multirange; an empty period is none, not an error."""
    return f"""coalesce((SELECT range_agg(CASE WHEN p.starts_at < p.ends_at THEN tstzrange(p.starts_at, p.ends_at) END)
  FROM ({source}) p), '{{}}')"""


_HABILITATED = """
SELECT h.valid_from AS starts_at, h.valid_to AS ends_at FROM habilitation h JOIN member w ON w.id = h.member_id
WHERE h.member_id = g.{side}_member_id AND h.organisation_id = g.{side}_org_id AND w.organisation_id = g.{side}_org_id
AND h.state = 'ACTIVE' AND h.revoked_at IS NULL AND h.secrecy_basis IS NOT NULL AND w.status = 'ACTIVE'"""

# Who may give (the 119; a CRIP under condition 1, whose reach holds the four groups that can be shared).
_GIVES = f"""
SELECT {_EVER} AS starts_at, {_FOREVER} AS ends_at WHERE f.kind = 'DLPM'
UNION ALL SELECT j.starts_at, coalesce(j.ends_at, {_FOREVER}) FROM situation_jurisdiction j
WHERE f.kind = 'CRIP' AND j.situation_id = s.id AND j.authority_id = f.authority_id AND {_RECEIVED}"""

# Who may receive: the ASE in its jurisdiction or by a link, whoever a live measure names, and an association once the
# identity is released to it (permissions, section 8).
_RECEIVES = f"""
SELECT {_FROM_DAY} AS starts_at, {_TO_DAY} AS ends_at FROM measure m WHERE m.situation_id = s.id AND m.organisation_id = o.id
UNION ALL SELECT l.proposed_at, {_FOREVER} FROM ase_link l WHERE l.situation_id = s.id AND l.ase_org_id = o.id AND {_LIVE_LINK}
UNION ALL SELECT j.starts_at, coalesce(j.ends_at, {_FOREVER}) FROM situation_jurisdiction j
WHERE o.kind = 'ASE' AND j.situation_id = s.id AND j.authority_id = o.authority_id
UNION ALL SELECT {_EVER}, {_FOREVER} FROM referral r
WHERE r.situation_id = s.id AND r.to_org_id = o.id AND r.kind = 'DIRECT_SUPPORT' AND r.status IN {_RELEASED} AND {_MANDATED}"""

# Majority without measure ends every sharing (permissions, section 7): once the youngest is 18, when the eighteenth
# birthday begins in the first of the territories that are competent at that moment; Paris, where none is.
_PROTECTED = f"""
SELECT {_EVER} AS starts_at, coalesce(max(CASE
  WHEN i.birth_date IS NOT NULL THEN coalesce((
    SELECT min(b.midnight) FROM situation_jurisdiction j
    CROSS JOIN civil_midnight((i.birth_date + interval '18 years')::date, j.authority_id) b (midnight)
    WHERE j.situation_id = s.id AND j.starts_at <= b.midnight AND coalesce(j.ends_at, {_FOREVER}) > b.midnight),
    (i.birth_date + interval '18 years') AT TIME ZONE 'Europe/Paris')
  WHEN i.age_band = 'A18_20' THEN {_EVER} ELSE {_FOREVER} END), {_FOREVER}) AS ends_at FROM minor i WHERE i.situation_id = s.id
UNION ALL SELECT {_FROM_DAY}, {_TO_DAY} FROM measure m WHERE m.situation_id = s.id"""

# The conditions of CASF L226-2-2 that can be computed: both people habilitated and bound by secrecy, both organisations
# involved, the duty to inform done or waived, the window open (permissions, section 7). All of them are periods.
_GRANTED = f"""
SELECT g.to_member_id, s.id, 'GRANT:' || c.category || ':' || g.purpose, lower(live.span), upper(live.span)
FROM situation s JOIN sharing_grant g ON g.situation_id = s.id
JOIN organisation f ON f.id = g.from_org_id AND f.status = 'ACTIVE'
JOIN organisation o ON o.id = g.to_org_id AND o.status = 'ACTIVE' AND o.mandate_kind IS DISTINCT FROM 'OUTSIDE_MISSION'
JOIN information_duty d ON d.id = g.duty_id AND d.duty = 'SHARING' AND d.situation_id = s.id
CROSS JOIN LATERAL unnest(
  {_spans("SELECT g.starts_at, g.expires_at AS ends_at")}
  * {_spans(_HABILITATED.format(side="from"))} * {_spans(_HABILITATED.format(side="to"))}
  * {_spans(_GIVES)} * {_spans(_RECEIVES)} * {_spans(_PROTECTED)}) live (span)
CROSS JOIN LATERAL unnest(g.field_groups) c (category)
WHERE {_OPEN} AND g.state = 'ACTIVE' AND g.approved_by_id IS NOT NULL AND g.revoked_at IS NULL"""

_IS_LIVE = (
    "h.state = 'ACTIVE' AND h.revoked_at IS NULL AND h.valid_from <= e.opened_at AND h.valid_to > e.opened_at "
    "AND b.status = 'ACTIVE'"
)
# Section 9: a supervisor, or CRI or COO of the same controller, opens a case to a DPO for a reason of control. Condition
# 9: a second supervisor opens one caller, whom the relation names. What a colleague on call opens is no relation: it is
# read apart, by its receipt (loaders/emergency.py).
_OPENED = f"""
SELECT e.member_id, e.situation_id, 'OPENED:' || c.category || CASE c.category WHEN 'G06' THEN ':' || e.caller_id ELSE '' END,
       e.opened_at, e.expires_at
FROM emergency_access e JOIN member a ON a.id = e.member_id CROSS JOIN LATERAL unnest(e.field_groups) c (category)
WHERE e.situation_id IS NOT NULL AND EXISTS (
  SELECT 1 FROM habilitation h JOIN member b ON b.id = h.member_id WHERE h.member_id = e.approved_by_id AND {_IS_LIVE}
  AND (h.role = 'SUP' OR (c.category <> 'G06' AND h.role IN ('CRI', 'COO') AND h.organisation_id = a.organisation_id)))
AND CASE c.category
  WHEN 'G06' THEN EXISTS (SELECT 1 FROM caller k WHERE k.id = e.caller_id AND k.situation_id = e.situation_id)
  ELSE e.reason_code IN ('COMPLAINT', 'SUBJECT_REQUEST', 'REQUISITION') END"""

_NETWORK = f"""
SELECT '00000000-0000-0000-0000-000000000000'::uuid, s.id,
       CASE s.retention_state WHEN 'ACTIVE' THEN 'NETWORK' ELSE 'ARCHIVED' END, {_EVER}, {_FOREVER}
FROM situation s WHERE s.retention_state IN ('ACTIVE', 'INTERMEDIATE')"""

_RELATIONS = (
    _REPORTED,
    _CASEWORKER,
    _LISTENING,
    _LINKED,
    _ENTRUSTED,
    _ASSIGNED,
    _RECEIVING,
    _STAKE,
    _GRANTED,
    _OPENED,
    _NETWORK,
)


def relations() -> Mapping[str, str]:
    """What each relation means, by the name it has above."""
    return {name.strip("_"): text for name, text in globals().items() if isinstance(text, str) and text in _RELATIONS}


# When a day begins in the territory of an authority.
_MIDNIGHT = """
CREATE OR REPLACE FUNCTION civil_midnight(day date, of_authority uuid) RETURNS timestamptz
LANGUAGE sql STABLE SET search_path = pg_catalog, public AS $$
SELECT day::timestamp AT TIME ZONE a.timezone FROM authority a WHERE a.id = of_authority
$$"""

# Periods of one relation are merged; of several that do not touch, the one that runs now or comes next is kept. When
# it ends with another still to come, the relation is gone until the next change of the case: never too much.
DEFINITION = f"""
CREATE OR REPLACE VIEW reach_definition AS
SELECT d.viewer, d.situation_id, d.via, lower(d.span) AS starts_at, upper(d.span) AS ends_at FROM (
  SELECT a.viewer, a.situation_id, a.via,
    (SELECT p.span FROM unnest(a.spans) p (span) WHERE upper(p.span) > now() ORDER BY lower(p.span) LIMIT 1) AS span
  FROM (
    SELECT viewer, situation_id, via,
      range_agg(CASE WHEN starts_at < ends_at THEN tstzrange(starts_at, ends_at) END) AS spans
    FROM ({" UNION ALL ".join(_RELATIONS)}) r GROUP BY viewer, situation_id, via) a) d
WHERE d.span IS NOT NULL"""

# One advisory lock per situation, taken before the view is read: of two transactions that change the same situation
# the second sees what the first committed, so the table is exact at every commit.
REFRESH = """
CREATE OR REPLACE FUNCTION refresh_reach(target uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(target::text, 0));
  WITH d AS MATERIALIZED (
    SELECT viewer, situation_id, via, starts_at, ends_at FROM reach_definition WHERE situation_id = target
  ), gone AS (
    DELETE FROM reach r WHERE r.situation_id = target
    AND NOT EXISTS (SELECT 1 FROM d WHERE d.viewer = r.viewer AND d.via = r.via)
  )
  INSERT INTO reach (viewer, situation_id, via, starts_at, ends_at)
  SELECT viewer, situation_id, via, starts_at, ends_at FROM d
  ON CONFLICT (viewer, situation_id, via) DO UPDATE SET starts_at = excluded.starts_at, ends_at = excluded.ends_at
  WHERE (reach.starts_at, reach.ends_at) IS DISTINCT FROM (excluded.starts_at, excluded.ends_at);
END $$"""

# Only what differs is written: a table written anew at every start would be twice as large, and without the map that
# lets probes stay in the index.
REBUILD = """
CREATE OR REPLACE FUNCTION refresh_reach_all() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  -- No event of any case (loaders/events/outbox.py).
  PERFORM set_config('maillage.rebuilding', 'on', true);
  CREATE TEMPORARY TABLE reach_now ON COMMIT DROP AS
    SELECT viewer, situation_id, via, starts_at, ends_at FROM public.reach_definition;
  ANALYZE reach_now;
  DELETE FROM public.reach r WHERE NOT EXISTS (
    SELECT 1 FROM reach_now d WHERE (d.viewer, d.situation_id, d.via) = (r.viewer, r.situation_id, r.via));
  INSERT INTO public.reach AS r (viewer, situation_id, via, starts_at, ends_at)
  SELECT d.viewer, d.situation_id, d.via, d.starts_at, d.ends_at
  FROM reach_now d LEFT JOIN public.reach k ON (k.viewer, k.situation_id, k.via) = (d.viewer, d.situation_id, d.via)
  WHERE (k.starts_at, k.ends_at) IS DISTINCT FROM (d.starts_at, d.ends_at)
  ON CONFLICT (viewer, situation_id, via) DO UPDATE SET starts_at = excluded.starts_at, ends_at = excluded.ends_at;
  DROP TABLE reach_now;
  PERFORM set_config('maillage.rebuilding', '', true);
END $$"""

_TRIGGER_FUNCTION = """
CREATE OR REPLACE FUNCTION reach_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  IF TG_TABLE_NAME = 'sharing_grant' AND TG_OP <> 'DELETE' THEN
    -- Whoever suspends these people at the same time waits for this grant, or this grant for them.
    PERFORM 1 FROM member w WHERE w.id IN (NEW.from_member_id, NEW.to_member_id) FOR SHARE;
    PERFORM 1 FROM habilitation h WHERE h.member_id IN (NEW.from_member_id, NEW.to_member_id) FOR SHARE;
    PERFORM 1 FROM organisation o WHERE o.id IN (NEW.from_org_id, NEW.to_org_id) FOR SHARE;
  END IF;
  IF TG_TABLE_NAME = 'situation' THEN
    PERFORM refresh_reach(NEW.id);
  ELSIF TG_OP = 'DELETE' THEN
    PERFORM refresh_reach(OLD.situation_id);
  ELSE
    PERFORM refresh_reach(NEW.situation_id);
    IF TG_OP = 'UPDATE' AND OLD.situation_id <> NEW.situation_id THEN PERFORM refresh_reach(OLD.situation_id); END IF;
  END IF;
  RETURN NULL;
END $$"""

# Callers and minors matter to what was opened or shared only: most cases have neither.
_DETAIL_FUNCTION = """
CREATE OR REPLACE FUNCTION reach_detail_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE touched uuid;
BEGIN
  FOR touched IN SELECT DISTINCT t.id FROM (VALUES
    (CASE WHEN TG_OP <> 'INSERT' THEN OLD.situation_id END), (CASE WHEN TG_OP <> 'DELETE' THEN NEW.situation_id END)) t (id)
    WHERE t.id IN (SELECT situation_id FROM emergency_access WHERE situation_id = t.id
                   UNION ALL SELECT situation_id FROM sharing_grant WHERE situation_id = t.id)
  LOOP
    PERFORM refresh_reach(touched);
  END LOOP;
  RETURN NULL;
END $$"""

# A person or an organisation that changes touches the situations they have a part in.
_PEOPLE_FUNCTION = """
CREATE OR REPLACE FUNCTION reach_people_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE person uuid; touched uuid; several uuid[];
BEGIN
  IF TG_TABLE_NAME = 'organisation' AND TG_OP = 'INSERT' THEN
    several := ARRAY(SELECT situation_id FROM situation_jurisdiction WHERE authority_id = NEW.authority_id);
  ELSIF TG_TABLE_NAME = 'organisation' THEN
    several := ARRAY(
      SELECT situation_id FROM sharing_grant WHERE NEW.id IN (from_org_id, to_org_id)
      UNION SELECT situation_id FROM ase_link WHERE ase_org_id = NEW.id
      UNION SELECT situation_id FROM measure WHERE organisation_id = NEW.id
      UNION SELECT situation_id FROM referral WHERE to_org_id = NEW.id
      UNION SELECT situation_id FROM situation_jurisdiction WHERE authority_id IN (OLD.authority_id, NEW.authority_id)
      UNION SELECT c.situation_id FROM ase_link c JOIN member w ON w.id = c.caseworker_id WHERE w.organisation_id = NEW.id
      UNION SELECT c.situation_id FROM measure c JOIN member w ON w.id = c.caseworker_id WHERE w.organisation_id = NEW.id);
  ELSE
    IF TG_TABLE_NAME = 'member' THEN
      person := NEW.id;
      several := ARRAY(
        SELECT situation_id FROM ase_link WHERE caseworker_id = person
        UNION SELECT situation_id FROM measure WHERE caseworker_id = person
        UNION SELECT situation_id FROM referral WHERE assigned_member_id = person);
    ELSIF TG_OP = 'DELETE' THEN
      person := OLD.member_id;
    ELSE
      person := NEW.member_id;
    END IF;
    several := several || ARRAY(
      SELECT situation_id FROM sharing_grant WHERE person IN (from_member_id, to_member_id)
      UNION SELECT situation_id FROM emergency_access WHERE person IN (member_id, approved_by_id));
  END IF;
  -- In one order, so that two of these never wait for each other in a ring.
  FOR touched IN SELECT DISTINCT t.id FROM unnest(several) t (id) ORDER BY 1 LOOP
    PERFORM refresh_reach(touched);
  END LOOP;
  RETURN NULL;
END $$"""

# Column lists: an update of anything else leaves the relations as they are.
_WATCHED = {
    "situation": "status, retention_state, assigned_member_id, controller_org_id",
    "situation_jurisdiction": "situation_id, authority_id, starts_at, ends_at",
    "concern_report": "situation_id, to_authority_id, status",
    "contact": "situation_id, taken_by_id",
    "ase_link": "situation_id, ase_org_id, caseworker_id, state, ended_at, proposed_at",
    "measure": "situation_id, authority_id, organisation_id, caseworker_id, starts_on, ends_on",
    "referral": "situation_id, to_org_id, assigned_member_id, kind, status",
    "sharing_grant": "situation_id, to_member_id, from_member_id, to_org_id, from_org_id, field_groups, purpose, state, approved_by_id, revoked_at, starts_at, expires_at, duty_id",
    "emergency_access": "situation_id, caller_id, member_id, approved_by_id, reason_code, field_groups, opened_at, expires_at",
    "information_duty": "situation_id, duty",
}
_DETAILS = {"caller": "situation_id", "minor": "situation_id, birth_date, age_band"}
_PEOPLE = {
    "habilitation": "member_id, organisation_id, role, state, revoked_at, valid_from, valid_to, secrecy_basis",
    "member": "status, organisation_id",
    "organisation": "status, mandate_kind, kind, authority_id",
}


def _trigger(event: str, table: str, function: str, columns: str = "") -> str:
    when = f"WHEN ({changed(columns.split(', '))}) " if columns else ""
    return (
        f"CREATE OR REPLACE TRIGGER reach_after_{event} AFTER {event.upper()} ON {table} "
        f"FOR EACH ROW {when}EXECUTE FUNCTION {function}()"
    )


BUILT_WITH = "SELECT obj_description('reach_definition'::regclass, 'pg_class')"


def rebuilding() -> list[str]:
    """Compute every relation afresh, and say with which definition."""
    return ["SELECT refresh_reach_all()", f"COMMENT ON VIEW reach_definition IS '{fingerprint()}'"]


def fingerprint() -> str:
    """Which definition a database was built with: another one means that the table has to be rebuilt."""
    return hashlib.sha256("\n".join(statements()).encode()).hexdigest()


def statements() -> list[str]:
    """All of it, to run in this order; safe to run again."""
    made = [_MIDNIGHT, DEFINITION, REFRESH, REBUILD, _TRIGGER_FUNCTION, _DETAIL_FUNCTION, _PEOPLE_FUNCTION]
    for watched, function in ((_WATCHED, "reach_changed"), (_DETAILS, "reach_detail_changed")):
        for table, columns in watched.items():
            made += [_trigger("update", table, function, columns)]
            # A duty counts through the grant that names it, which is written after it.
            made += [_trigger("insert", table, function)] if table != "information_duty" else []
            made += [_trigger("delete", table, function)] if table != "situation" else []
    for table, columns in _PEOPLE.items():
        made.append(_trigger("update", table, "reach_people_changed", columns))
    made += [_trigger(event, "habilitation", "reach_people_changed") for event in ("insert", "delete")]
    made.append(_trigger("insert", "organisation", "reach_people_changed"))
    return made
