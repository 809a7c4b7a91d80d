"""The reach table: who stands in which relation to which situation, kept exact by the database itself.

`reach_definition` says what each relation means; `refresh_reach` makes the table equal to it for one situation, and
row triggers call it in the transaction of every change that can matter, raw SQL included. Times are part of the rows
(`starts_at`, `ends_at`), so an expiry needs no refresh. `python -m graph migrate` rebuilds it; a test compares both.
"""

# What "live" means of a link between a situation and an ASE service.
_LIVE_LINK = "l.ended_at IS NULL AND l.state IN ('PROPOSED', 'CONTACTED', 'CONFIRMED')"
_OPEN = "s.status <> 'CLOSED' AND s.retention_state = 'ACTIVE'"
_RUNNING = "('ACCEPTED', 'IDENTITY_RELEASED', 'ENGAGED', 'ONGOING', 'PAUSED_RUNAWAY')"
_PENDING_OR_RUNNING = "('PROPOSED', 'ACCEPTED', 'IDENTITY_RELEASED', 'ENGAGED', 'ONGOING', 'PAUSED_RUNAWAY')"
_FOREVER = "'infinity'::timestamptz"
_EVER = "'-infinity'::timestamptz"

# Condition 1 (permissions, section 4): a live jurisdiction AND a report addressed to that authority, sent, not misrouted.
_REPORTED = f"""
SELECT j.authority_id AS viewer, s.id AS situation_id,
       CASE WHEN s.status = 'CLOSED' THEN 'REPORTED_CLOSED' ELSE 'REPORTED' END AS via,
       min(j.starts_at) AS starts_at, max(coalesce(j.ends_at, {_FOREVER})) AS ends_at
FROM situation s JOIN situation_jurisdiction j ON j.situation_id = s.id
WHERE s.retention_state = 'ACTIVE' AND EXISTS (
  SELECT 1 FROM concern_report r WHERE r.situation_id = s.id AND r.to_authority_id = j.authority_id
  AND r.status NOT IN ('DRAFT', 'VALIDATED', 'MISROUTED'))
GROUP BY j.authority_id, s.id, s.status"""

# Reach O of an ASE caseworker: a live jurisdiction of the authority and a live link or measure in their name.
_CASEWORKER = f"""
SELECT c.caseworker_id, s.id, CASE WHEN s.status = 'CLOSED' THEN 'CASEWORKER_CLOSED' ELSE 'CASEWORKER' END,
       min(greatest(c.starts_at, j.starts_at)), max(least(c.ends_at, coalesce(j.ends_at, {_FOREVER})))
FROM situation s
JOIN (
  SELECT l.situation_id, l.caseworker_id, o.authority_id, l.proposed_at AS starts_at, {_FOREVER} AS ends_at
  FROM ase_link l JOIN organisation o ON o.id = l.ase_org_id WHERE {_LIVE_LINK}
  UNION ALL
  SELECT m.situation_id, m.caseworker_id, m.authority_id, m.starts_on::timestamptz, coalesce((m.ends_on + 1)::timestamptz, {_FOREVER})
  FROM measure m
) c ON c.situation_id = s.id AND c.caseworker_id IS NOT NULL
JOIN situation_jurisdiction j ON j.situation_id = s.id AND j.authority_id = c.authority_id
WHERE s.retention_state = 'ACTIVE'
GROUP BY c.caseworker_id, s.id, s.status"""

_LISTENING = f"""
SELECT DISTINCT t.member_id, s.id, 'LISTENING', {_EVER}, {_FOREVER}
FROM situation s JOIN (
  SELECT id AS situation_id, assigned_member_id AS member_id FROM situation
  UNION ALL SELECT situation_id, taken_by_id FROM contact
) t ON t.situation_id = s.id
WHERE t.member_id IS NOT NULL AND s.retention_state = 'ACTIVE'"""

_LINKED = f"""
SELECT l.ase_org_id, s.id, 'ASE_LINKED', min(l.proposed_at), {_FOREVER}
FROM situation s JOIN ase_link l ON l.situation_id = s.id WHERE {_OPEN} AND {_LIVE_LINK} GROUP BY l.ase_org_id, s.id"""

_ENTRUSTED = f"""
SELECT m.organisation_id, s.id, k.via, min(m.starts_on)::timestamptz, max(coalesce((m.ends_on + 1)::timestamptz, {_FOREVER}))
FROM situation s JOIN measure m ON m.situation_id = s.id JOIN organisation o ON o.id = m.organisation_id
CROSS JOIN (VALUES ('ENTRUSTED'), ('MANDATED')) k (via)
WHERE {_OPEN} AND (k.via = 'ENTRUSTED' OR o.mandate_kind = 'MEASURE' OR o.kind = 'FOYER')
GROUP BY m.organisation_id, s.id, k.via"""

_ASSIGNED = f"""
SELECT r.assigned_member_id, s.id, 'ASSIGNED', {_EVER}, {_FOREVER}
FROM situation s JOIN referral r ON r.situation_id = s.id
WHERE {_OPEN} AND r.assigned_member_id IS NOT NULL AND r.kind = 'DIRECT_SUPPORT' AND r.status IN {_RUNNING}
GROUP BY r.assigned_member_id, s.id"""

# Reach S of a data protection officer: rows the organisation controls, or a live relation to the situation.
_STAKE = f"""
SELECT t.organisation_id, s.id, 'STAKE', {_EVER}, {_FOREVER}
FROM situation s JOIN (
  SELECT id AS situation_id, controller_org_id AS organisation_id FROM situation
  UNION SELECT l.situation_id, l.ase_org_id FROM ase_link l WHERE {_LIVE_LINK}
  UNION SELECT situation_id, organisation_id FROM measure WHERE organisation_id IS NOT NULL AND (ends_on IS NULL OR ends_on >= current_date)
  UNION SELECT situation_id, to_org_id FROM referral WHERE status IN {_PENDING_OR_RUNNING}
) t ON t.situation_id = s.id"""

# The conditions of CASF L226-2-2 that can be computed: both people habilitated and bound by secrecy, both
# organisations involved, the duty to inform done or waived, the window open (permissions, section 7).
_INVOLVED = f"""(
  EXISTS (SELECT 1 FROM ase_link l WHERE l.situation_id = s.id AND l.ase_org_id = {{org}}.id AND {_LIVE_LINK})
  OR EXISTS (SELECT 1 FROM measure m WHERE m.situation_id = s.id AND m.organisation_id = {{org}}.id AND (m.ends_on IS NULL OR m.ends_on >= current_date))
  OR EXISTS (SELECT 1 FROM referral r WHERE r.situation_id = s.id AND r.to_org_id = {{org}}.id AND r.status IN {_PENDING_OR_RUNNING})
  OR EXISTS (SELECT 1 FROM situation_jurisdiction j WHERE j.situation_id = s.id AND j.authority_id = {{org}}.authority_id AND (j.ends_at IS NULL OR j.ends_at > now()))
  OR s.controller_org_id = {{org}}.id)"""

_HABILITATED = """
JOIN LATERAL (
  SELECT max(h.valid_to) AS until FROM habilitation h JOIN member m ON m.id = h.member_id
  WHERE h.member_id = g.{side}_member_id AND h.organisation_id = g.{side}_org_id AND h.state = 'ACTIVE'
  AND h.revoked_at IS NULL AND h.secrecy_basis IS NOT NULL AND m.status = 'ACTIVE'
) {side}_h ON {side}_h.until IS NOT NULL"""

_GRANTED = f"""
SELECT g.to_member_id, s.id, 'GRANT:' || c.category || ':' || g.purpose, min(g.starts_at), max(least(g.expires_at, from_h.until, to_h.until))
FROM situation s JOIN sharing_grant g ON g.situation_id = s.id
JOIN organisation f ON f.id = g.from_org_id AND f.status = 'ACTIVE'
JOIN organisation t ON t.id = g.to_org_id AND t.status = 'ACTIVE' AND t.mandate_kind IS DISTINCT FROM 'OUTSIDE_MISSION'
JOIN information_duty d ON d.id = g.duty_id AND d.duty = 'SHARING' AND d.situation_id = s.id
{_HABILITATED.format(side="from")}
{_HABILITATED.format(side="to")}
CROSS JOIN LATERAL unnest(g.field_groups) c (category)
WHERE {_OPEN} AND g.state = 'ACTIVE' AND g.approved_by_id IS NOT NULL AND g.revoked_at IS NULL
AND {_INVOLVED.format(org="f")} AND {_INVOLVED.format(org="t")}
GROUP BY g.to_member_id, s.id, c.category, g.purpose"""

_OPENED = """
SELECT e.member_id, e.situation_id, 'OPENED:' || c.category, min(e.opened_at), max(e.expires_at)
FROM emergency_access e CROSS JOIN LATERAL unnest(e.field_groups) c (category)
WHERE e.approved_by_id IS NOT NULL
GROUP BY e.member_id, e.situation_id, c.category"""

_NETWORK = f"""
SELECT '00000000-0000-0000-0000-000000000000'::uuid, s.id, 'NETWORK', {_EVER}, {_FOREVER}
FROM situation s WHERE s.retention_state = 'ACTIVE'"""

_RELATIONS = (_REPORTED, _CASEWORKER, _LISTENING, _LINKED, _ENTRUSTED, _ASSIGNED, _STAKE, _GRANTED, _OPENED, _NETWORK)

DEFINITION = "CREATE OR REPLACE VIEW reach_definition AS" + "\nUNION ALL".join(_RELATIONS)

# One advisory lock per situation, taken before the view is read: of two transactions that change the same situation
# the second sees what the first committed, so the table is exact at every commit.
REFRESH = """
CREATE OR REPLACE FUNCTION refresh_reach(target uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(target::text, 0));
  DELETE FROM reach r WHERE r.situation_id = target AND NOT EXISTS (
    SELECT 1 FROM reach_definition d WHERE d.situation_id = target AND d.viewer = r.viewer AND d.via = r.via);
  INSERT INTO reach (viewer, situation_id, via, starts_at, ends_at)
  SELECT viewer, situation_id, via, starts_at, ends_at FROM reach_definition WHERE situation_id = target
  ON CONFLICT (viewer, situation_id, via) DO UPDATE SET starts_at = excluded.starts_at, ends_at = excluded.ends_at
  WHERE (reach.starts_at, reach.ends_at) IS DISTINCT FROM (excluded.starts_at, excluded.ends_at);
END $$"""

REBUILD = """
CREATE OR REPLACE FUNCTION refresh_reach_all() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  DELETE FROM reach;
  INSERT INTO reach (viewer, situation_id, via, starts_at, ends_at)
  SELECT viewer, situation_id, via, starts_at, ends_at FROM reach_definition;
END $$"""

_TRIGGER_FUNCTION = """
CREATE OR REPLACE FUNCTION reach_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
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

# A person or an organisation that changes touches the situations they have a grant, a measure or a link in.
_PEOPLE_FUNCTION = """
CREATE OR REPLACE FUNCTION reach_people_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE touched uuid;
BEGIN
  FOR touched IN
    SELECT DISTINCT situation_id FROM sharing_grant WHERE
      CASE TG_TABLE_NAME
        WHEN 'member' THEN NEW.id IN (from_member_id, to_member_id)
        WHEN 'organisation' THEN NEW.id IN (from_org_id, to_org_id)
        ELSE (to_jsonb(NEW) ->> 'member_id')::uuid IN (from_member_id, to_member_id) END
    UNION SELECT DISTINCT situation_id FROM measure WHERE TG_TABLE_NAME = 'organisation' AND organisation_id = NEW.id
  LOOP
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
    "sharing_grant": "situation_id, to_member_id, from_member_id, field_groups, purpose, state, approved_by_id, revoked_at, starts_at, expires_at, duty_id",
    "emergency_access": "situation_id, member_id, approved_by_id, field_groups, opened_at, expires_at",
}
_PEOPLE = {
    "habilitation": "state, revoked_at, valid_to, secrecy_basis",
    "member": "status",
    "organisation": "status, mandate_kind, kind, authority_id",
}


def _changes(columns: str) -> str:
    return " OR ".join(f"OLD.{name.strip()} IS DISTINCT FROM NEW.{name.strip()}" for name in columns.split(","))


def statements() -> list[str]:
    """All of it, to run in this order; safe to run again."""
    made = [DEFINITION, REFRESH, REBUILD, _TRIGGER_FUNCTION, _PEOPLE_FUNCTION]
    for table, columns in _WATCHED.items():
        made += [
            f"CREATE OR REPLACE TRIGGER reach_after_update AFTER UPDATE ON {table} FOR EACH ROW WHEN ({_changes(columns)}) EXECUTE FUNCTION reach_changed()",
            f"CREATE OR REPLACE TRIGGER reach_after_insert AFTER INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION reach_changed()",
        ]
        if table != "situation":
            made.append(
                f"CREATE OR REPLACE TRIGGER reach_after_delete AFTER DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION reach_changed()"
            )
    for table, columns in _PEOPLE.items():
        made.append(
            f"CREATE OR REPLACE TRIGGER reach_after_update AFTER UPDATE ON {table} FOR EACH ROW WHEN ({_changes(columns)}) EXECUTE FUNCTION reach_people_changed()"
        )
    return made
