-- binds: viewer_organisation, viewer_authority, viewer_member, viewer_kind, viewer_purpose, viewer_token, page_size, first_0, first_2, first_1, cursor_outer, cursor_inner
-- access log: G25; on condition: G01, G03
WITH counted AS
(SELECT anon_5.situation_id AS situation_id
FROM (SELECT reach_2.situation_id AS situation_id
FROM reach AS reach_2
WHERE reach_2.viewer = $3::UUID AND reach_2.via = ANY (ARRAY['ASSIGNED', 'GRANT:G18:' || $5::VARCHAR]) UNION ALL SELECT reach_3.situation_id AS situation_id
FROM reach AS reach_3
WHERE reach_3.viewer = $1::UUID AND reach_3.via = any(ARRAY['ENTRUSTED', 'ENTRUSTED_CLOSED'])) AS anon_5
 LIMIT 200000),
told AS
(SELECT anon_10.situation_id AS situation_id
FROM (SELECT reach_7.situation_id AS situation_id
FROM reach AS reach_7
WHERE reach_7.viewer = $3::UUID AND reach_7.via = 'ASSIGNED' UNION ALL SELECT reach_8.situation_id AS situation_id
FROM reach AS reach_8
WHERE reach_8.viewer = $1::UUID AND reach_8.via = any(ARRAY['ENTRUSTED', 'ENTRUSTED_CLOSED'])) AS anon_10
 LIMIT 2000)
 SELECT CASE WHEN (set_config('app.organisation', CAST($1::UUID AS TEXT), true) != '' AND set_config('app.authority', CAST($2::UUID AS TEXT), true) != '' AND set_config('app.member', CAST($3::UUID AS TEXT), true) != '' AND set_config('app.kind', CAST($4::VARCHAR AS TEXT), true) != '' AND set_config('app.purpose', CAST($5::VARCHAR AS TEXT), true) != '' AND standing($6::VARCHAR)) THEN (SELECT CASE WHEN answer.more$ THEN ARRAY[NULL::json, NULL::json] ELSE ARRAY[(SELECT row_to_json(row$) AS row_to_json_1
FROM (SELECT answer."totalCount" AS "totalCount", answer.nodes AS nodes, answer."pageInfo" AS "pageInfo") AS row$), answer.situations$] END AS anon_2
FROM (SELECT (SELECT count(*) AS count_1
FROM (SELECT 1
FROM situation AS situation_1 JOIN LATERAL (SELECT array((SELECT reach_1.via
FROM reach AS reach_1
WHERE reach_1.viewer = any(ARRAY[$3::UUID, $1::UUID]) AND reach_1.situation_id = situation_1.id AND reach_1.starts_at <= now() AND reach_1.ends_at > now())) AS vias
 LIMIT ALL OFFSET 0) AS seen_1 ON true
WHERE ((seen_1.vias && ARRAY['ASSIGNED', 'GRANT:G18:' || $5::VARCHAR]) OR (seen_1.vias && ARRAY['ENTRUSTED', 'ENTRUSTED_CLOSED'])) AND NOT (SELECT count(*) < 200000 AS anon_4
FROM counted) ORDER BY situation_1.opened_at DESC, situation_1.id DESC
 LIMIT 10000) AS anon_3) + (SELECT count(*) AS count_2
FROM (SELECT 1
FROM situation AS situation_2 JOIN LATERAL (SELECT array((SELECT reach_4.via
FROM reach AS reach_4
WHERE reach_4.viewer = any(ARRAY[$3::UUID, $1::UUID]) AND reach_4.situation_id = situation_2.id AND reach_4.starts_at <= now() AND reach_4.ends_at > now())) AS vias
 LIMIT ALL OFFSET 0) AS seen_1 ON true
WHERE ((seen_1.vias && ARRAY['ASSIGNED', 'GRANT:G18:' || $5::VARCHAR]) OR (seen_1.vias && ARRAY['ENTRUSTED', 'ENTRUSTED_CLOSED'])) AND (SELECT count(*) < 200000 AS anon_4
FROM counted) AND situation_2.id = ANY (array((SELECT counted.situation_id
FROM counted)))
 LIMIT 10000) AS anon_6) AS "totalCount", coalesce(json_agg(numbered.node_0) FILTER (WHERE numbered.number <= $7::INTEGER), '[]'::json) AS nodes, json_build_object('hasNextPage', count(*) > $7::INTEGER, 'endCursor', (coalesce(array_agg(numbered.cursor) FILTER (WHERE numbered.number <= $7::INTEGER), '{}'::text[]))[least(count(*), $7::INTEGER)]) AS "pageInfo", coalesce(json_agg(numbered.situation) FILTER (WHERE numbered.number <= $7::INTEGER AND numbered.situation IS NOT NULL), '[]'::json) AS situations$, count(*) < $7::INTEGER + 1 AND cardinality(array((SELECT reach_5.situation_id
FROM reach AS reach_5
WHERE reach_5.viewer = $3::UUID AND reach_5.via = any(ARRAY['GRANT:G18:' || $5::VARCHAR])))) > 0 AS more$
FROM (SELECT page.node_0 AS node_0, page.cursor AS cursor, page.situation AS situation, row_number() OVER () AS number
FROM (WITH rows$ AS
(SELECT anon_7.id AS id, anon_7.opened_at AS opened_at, anon_7.status AS status, anon_7.vias$ AS vias$, anon_7.key$ AS key$, anon_7.tie$ AS tie$
FROM (SELECT anon_8.id AS id, anon_8.opened_at AS opened_at, anon_8.status AS status, anon_8.vias$ AS vias$, anon_8.key$ AS key$, anon_8.tie$ AS tie$
FROM (SELECT situation_3.id AS id, situation_3.opened_at AS opened_at, situation_3.status AS status, seen_1.vias AS vias$, situation_3.opened_at AS key$, situation_3.id AS tie$
FROM situation AS situation_3 JOIN LATERAL (SELECT array((SELECT reach_6.via
FROM reach AS reach_6
WHERE reach_6.viewer = any(ARRAY[$3::UUID, $1::UUID]) AND reach_6.situation_id = situation_3.id AND reach_6.starts_at <= now() AND reach_6.ends_at > now())) AS vias
 LIMIT ALL OFFSET 0) AS seen_1 ON true
WHERE ('ASSIGNED' = any(seen_1.vias) OR (seen_1.vias && ARRAY['ENTRUSTED', 'ENTRUSTED_CLOSED'])) AND NOT (SELECT count(*) < 2000 AS anon_9
FROM told) ORDER BY situation_3.opened_at DESC, situation_3.id DESC
 LIMIT $7::INTEGER + 1) AS anon_8 UNION ALL SELECT anon_11.id AS id, anon_11.opened_at AS opened_at, anon_11.status AS status, anon_11.vias$ AS vias$, anon_11.key$ AS key$, anon_11.tie$ AS tie$
FROM (SELECT situation_4.id AS id, situation_4.opened_at AS opened_at, situation_4.status AS status, seen_1.vias AS vias$, situation_4.opened_at AS key$, situation_4.id AS tie$
FROM situation AS situation_4 JOIN LATERAL (SELECT array((SELECT reach_9.via
FROM reach AS reach_9
WHERE reach_9.viewer = any(ARRAY[$3::UUID, $1::UUID]) AND reach_9.situation_id = situation_4.id AND reach_9.starts_at <= now() AND reach_9.ends_at > now())) AS vias
 LIMIT ALL OFFSET 0) AS seen_1 ON true
WHERE ('ASSIGNED' = any(seen_1.vias) OR (seen_1.vias && ARRAY['ENTRUSTED', 'ENTRUSTED_CLOSED'])) AND (SELECT count(*) < 2000 AS anon_9
FROM told) AND situation_4.id = ANY (array((SELECT told.situation_id
FROM told))) ORDER BY situation_4.opened_at DESC, situation_4.id DESC
 LIMIT $7::INTEGER + 1) AS anon_11) AS anon_7 ORDER BY anon_7.key$ DESC, anon_7.tie$ DESC
 LIMIT $7::INTEGER + 1)
 SELECT (SELECT row_to_json(row$) AS row_to_json_2
FROM (SELECT CASE WHEN ('ASSIGNED' = any(rows$.vias$) OR (rows$.vias$ && ARRAY['ENTRUSTED', 'ENTRUSTED_CLOSED'])) THEN rows$.status END AS status, CASE WHEN ('ASSIGNED' = any(rows$.vias$) OR (rows$.vias$ && ARRAY['ENTRUSTED', 'ENTRUSTED_CLOSED'])) THEN rows$.opened_at END AS "openedAt", (SELECT coalesce(json_agg(row$), '[]'::json) AS coalesce_1
FROM (SELECT CASE WHEN ('ASSIGNED' = any(rows$.vias$) AND (EXISTS (SELECT 1
FROM referral AS referral_1
WHERE referral_1.minor_id = minor_1.id AND referral_1.assigned_member_id = $3::UUID AND referral_1.to_org_id = $1::UUID AND referral_1.kind = 'DIRECT_SUPPORT' AND referral_1.status = any(ARRAY['ENGAGED', 'IDENTITY_RELEASED', 'ONGOING', 'PAUSED_RUNAWAY']) AND referral_1.minor_agreement = 'AGREED'
 LIMIT ALL OFFSET 0)) OR 'MANDATED' = any(rows$.vias$)) THEN minor_1.first_name END AS "firstName"
FROM minor AS minor_1
WHERE minor_1.situation_id = rows$.id AND ('ASSIGNED' = any(rows$.vias$) AND (EXISTS (SELECT 1
FROM referral AS referral_2
WHERE referral_2.minor_id = minor_1.id AND referral_2.assigned_member_id = $3::UUID AND referral_2.to_org_id = $1::UUID AND referral_2.kind = 'DIRECT_SUPPORT' AND referral_2.status = any(ARRAY['ACCEPTED', 'ENGAGED', 'IDENTITY_RELEASED', 'ONGOING', 'PAUSED_RUNAWAY'])
 LIMIT ALL OFFSET 0)) OR (rows$.vias$ && ARRAY['ENTRUSTED', 'MANDATED'])) ORDER BY minor_1.id DESC
 LIMIT $8::INTEGER) AS row$) AS minors, (SELECT coalesce(json_agg(row$), '[]'::json) AS coalesce_2
FROM (SELECT (SELECT coalesce(json_agg(row$), '[]'::json) AS coalesce_3
FROM (SELECT association_note_1.text AS text
FROM association_note AS association_note_1 JOIN LATERAL (SELECT array((SELECT reach_10.via
FROM reach AS reach_10
WHERE reach_10.viewer = $1::UUID AND reach_10.situation_id = association_note_1.situation_id AND reach_10.starts_at <= now() AND reach_10.ends_at > now())) AS vias
 LIMIT ALL OFFSET 0) AS seen_2 ON true
WHERE association_note_1.referral_id = referral_3.id AND association_note_1.organisation_id = $1::UUID AND ((seen_2.vias && ARRAY['CONSULTS', 'CONSULTS_CLOSED']) AND (EXISTS (SELECT 1
FROM referral AS referral_4
WHERE referral_4.id = association_note_1.referral_id AND referral_4.to_org_id = $1::UUID AND referral_4.kind = 'PROFESSIONAL_CONSULTATION' AND referral_4.status = any(ARRAY['ACCEPTED', 'COMPLETED', 'ENGAGED', 'IDENTITY_RELEASED', 'LOST_CONTACT', 'ONGOING', 'PAUSED_RUNAWAY', 'REFUSED_BY_MINOR', 'TRANSFERRED', 'WITHDRAWN']) AND referral_4.assigned_member_id = $3::UUID
 LIMIT ALL OFFSET 0)) OR (seen_2.vias && ARRAY['SUPPORTS', 'SUPPORTS_CLOSED']) AND (EXISTS (SELECT 1
FROM referral AS referral_5
WHERE referral_5.id = association_note_1.referral_id AND referral_5.to_org_id = $1::UUID AND referral_5.kind = 'DIRECT_SUPPORT' AND referral_5.status = any(ARRAY['ACCEPTED', 'COMPLETED', 'ENGAGED', 'IDENTITY_RELEASED', 'LOST_CONTACT', 'ONGOING', 'PAUSED_RUNAWAY', 'REFUSED_BY_MINOR', 'TRANSFERRED', 'WITHDRAWN']) AND referral_5.assigned_member_id = $3::UUID
 LIMIT ALL OFFSET 0))) ORDER BY association_note_1.at DESC, association_note_1.id DESC
 LIMIT $9::INTEGER) AS row$) AS "associationNotes"
FROM referral AS referral_3
WHERE referral_3.situation_id = rows$.id AND referral_3.status = any(ARRAY['ACCEPTED', 'COMPLETED', 'ENGAGED', 'IDENTITY_RELEASED', 'LOST_CONTACT', 'ONGOING', 'PAUSED_RUNAWAY', 'REFUSED_BY_MINOR', 'TRANSFERRED', 'WITHDRAWN']) AND referral_3.assigned_member_id = $3::UUID AND referral_3.to_org_id = $1::UUID AND (referral_3.kind = 'DIRECT_SUPPORT' AND (rows$.vias$ && ARRAY['SUPPORTS', 'SUPPORTS_CLOSED']) OR referral_3.kind = 'PROFESSIONAL_CONSULTATION' AND (rows$.vias$ && ARRAY['CONSULTS', 'CONSULTS_CLOSED'])) ORDER BY coalesce(CASE WHEN (referral_3.status = any(ARRAY['ACCEPTED', 'COMPLETED', 'ENGAGED', 'IDENTITY_RELEASED', 'LOST_CONTACT', 'ONGOING', 'PAUSED_RUNAWAY', 'REFUSED_BY_MINOR', 'TRANSFERRED']) AND (referral_3.kind = 'DIRECT_SUPPORT' AND (rows$.vias$ && ARRAY['SUPPORTS', 'SUPPORTS_CLOSED']) OR referral_3.kind = 'PROFESSIONAL_CONSULTATION' AND (rows$.vias$ && ARRAY['CONSULTS', 'CONSULTS_CLOSED']))) THEN referral_3.proposed_at END, '-infinity'::timestamptz) DESC, referral_3.id DESC
 LIMIT $10::INTEGER) AS row$) AS referrals) AS row$) AS node_0, translate(encode(convert_to(CAST(rows$.key$ AS TEXT) || '|' || CAST(rows$.tie$ AS TEXT), 'UTF8') || SUBSTRING(sha256($11::BYTEA || sha256($12::BYTEA || convert_to(CAST(rows$.key$ AS TEXT) || '|' || CAST(rows$.tie$ AS TEXT), 'UTF8'))) FROM 1 FOR 16), 'base64'), E'+/=\n', '-_') AS cursor, rows$.id AS situation
FROM rows$ ORDER BY rows$.key$ DESC, rows$.tie$ DESC) AS page) AS numbered) AS answer) END AS anon_1

-- binds: viewer_organisation, viewer_authority, viewer_member, viewer_kind, viewer_purpose, viewer_token, page_size, first_0, first_2, first_1, cursor_outer, cursor_inner
-- access log: G25; on condition: G01, G03
WITH counted AS
(SELECT anon_5.situation_id AS situation_id
FROM (SELECT reach_2.situation_id AS situation_id
FROM reach AS reach_2
WHERE reach_2.viewer = $3::UUID AND reach_2.via = ANY (ARRAY['ASSIGNED', 'GRANT:G18:' || $5::VARCHAR]) UNION ALL SELECT reach_3.situation_id AS situation_id
FROM reach AS reach_3
WHERE reach_3.viewer = $1::UUID AND reach_3.via = any(ARRAY['ENTRUSTED', 'ENTRUSTED_CLOSED'])) AS anon_5
 LIMIT 200000),
told AS
(SELECT anon_10.situation_id AS situation_id
FROM (SELECT reach_6.situation_id AS situation_id
FROM reach AS reach_6
WHERE reach_6.viewer = $3::UUID AND reach_6.via = 'ASSIGNED' UNION ALL SELECT reach_7.situation_id AS situation_id
FROM reach AS reach_7
WHERE reach_7.viewer = $1::UUID AND reach_7.via = any(ARRAY['ENTRUSTED', 'ENTRUSTED_CLOSED'])) AS anon_10
 LIMIT 2000)
 SELECT CASE WHEN (set_config('app.organisation', CAST($1::UUID AS TEXT), true) != '' AND set_config('app.authority', CAST($2::UUID AS TEXT), true) != '' AND set_config('app.member', CAST($3::UUID AS TEXT), true) != '' AND set_config('app.kind', CAST($4::VARCHAR AS TEXT), true) != '' AND set_config('app.purpose', CAST($5::VARCHAR AS TEXT), true) != '' AND standing($6::VARCHAR)) THEN (SELECT ARRAY[(SELECT row_to_json(row$) AS row_to_json_1
FROM (SELECT answer."totalCount" AS "totalCount", answer.nodes AS nodes, answer."pageInfo" AS "pageInfo") AS row$), answer.situations$] AS anon_2
FROM (SELECT (SELECT count(*) AS count_1
FROM (SELECT 1
FROM situation AS situation_1 JOIN LATERAL (SELECT array((SELECT reach_1.via
FROM reach AS reach_1
WHERE reach_1.viewer = any(ARRAY[$3::UUID, $1::UUID]) AND reach_1.situation_id = situation_1.id AND reach_1.starts_at <= now() AND reach_1.ends_at > now())) AS vias
 LIMIT ALL OFFSET 0) AS seen_1 ON true
WHERE ((seen_1.vias && ARRAY['ASSIGNED', 'GRANT:G18:' || $5::VARCHAR]) OR (seen_1.vias && ARRAY['ENTRUSTED', 'ENTRUSTED_CLOSED'])) AND NOT (SELECT count(*) < 200000 AS anon_4
FROM counted) ORDER BY situation_1.opened_at DESC, situation_1.id DESC
 LIMIT 10000) AS anon_3) + (SELECT count(*) AS count_2
FROM (SELECT 1
FROM situation AS situation_2 JOIN LATERAL (SELECT array((SELECT reach_4.via
FROM reach AS reach_4
WHERE reach_4.viewer = any(ARRAY[$3::UUID, $1::UUID]) AND reach_4.situation_id = situation_2.id AND reach_4.starts_at <= now() AND reach_4.ends_at > now())) AS vias
 LIMIT ALL OFFSET 0) AS seen_1 ON true
WHERE ((seen_1.vias && ARRAY['ASSIGNED', 'GRANT:G18:' || $5::VARCHAR]) OR (seen_1.vias && ARRAY['ENTRUSTED', 'ENTRUSTED_CLOSED'])) AND (SELECT count(*) < 200000 AS anon_4
FROM counted) AND situation_2.id = ANY (array((SELECT counted.situation_id
FROM counted)))
 LIMIT 10000) AS anon_6) AS "totalCount", coalesce(json_agg(numbered.node_0) FILTER (WHERE numbered.number <= $7::INTEGER), '[]'::json) AS nodes, json_build_object('hasNextPage', count(*) > $7::INTEGER, 'endCursor', (coalesce(array_agg(numbered.cursor) FILTER (WHERE numbered.number <= $7::INTEGER), '{}'::text[]))[least(count(*), $7::INTEGER)]) AS "pageInfo", coalesce(json_agg(numbered.situation) FILTER (WHERE numbered.number <= $7::INTEGER AND numbered.situation IS NOT NULL), '[]'::json) AS situations$
FROM (SELECT page.node_0 AS node_0, page.cursor AS cursor, page.situation AS situation, row_number() OVER () AS number
FROM (WITH rows$ AS
(SELECT anon_7.id AS id, anon_7.opened_at AS opened_at, anon_7.status AS status, anon_7.vias$ AS vias$, anon_7.key$ AS key$, anon_7.tie$ AS tie$
FROM (WITH near AS
(SELECT anon_8.id AS id, anon_8.opened_at AS opened_at, anon_8.status AS status, anon_8.vias$ AS vias$, anon_8.key$ AS key$, anon_8.tie$ AS tie$
FROM (SELECT situation_3.id AS id, situation_3.opened_at AS opened_at, situation_3.status AS status, seen_1.vias AS vias$, situation_3.opened_at AS key$, situation_3.id AS tie$
FROM situation AS situation_3 JOIN LATERAL (SELECT array((SELECT reach_5.via
FROM reach AS reach_5
WHERE reach_5.viewer = any(ARRAY[$3::UUID, $1::UUID]) AND reach_5.situation_id = situation_3.id AND reach_5.starts_at <= now() AND reach_5.ends_at > now())) AS vias
 LIMIT ALL OFFSET 0) AS seen_1 ON true
WHERE ('ASSIGNED' = any(seen_1.vias) OR (seen_1.vias && ARRAY['ENTRUSTED', 'ENTRUSTED_CLOSED'])) AND NOT (SELECT count(*) < 2000 AS anon_9
FROM told) ORDER BY situation_3.opened_at DESC, situation_3.id DESC
 LIMIT $7::INTEGER + 1) AS anon_8 UNION ALL SELECT anon_11.id AS id, anon_11.opened_at AS opened_at, anon_11.status AS status, anon_11.vias$ AS vias$, anon_11.key$ AS key$, anon_11.tie$ AS tie$
FROM (SELECT situation_4.id AS id, situation_4.opened_at AS opened_at, situation_4.status AS status, seen_1.vias AS vias$, situation_4.opened_at AS key$, situation_4.id AS tie$
FROM situation AS situation_4 JOIN LATERAL (SELECT array((SELECT reach_8.via
FROM reach AS reach_8
WHERE reach_8.viewer = any(ARRAY[$3::UUID, $1::UUID]) AND reach_8.situation_id = situation_4.id AND reach_8.starts_at <= now() AND reach_8.ends_at > now())) AS vias
 LIMIT ALL OFFSET 0) AS seen_1 ON true
WHERE ('ASSIGNED' = any(seen_1.vias) OR (seen_1.vias && ARRAY['ENTRUSTED', 'ENTRUSTED_CLOSED'])) AND (SELECT count(*) < 2000 AS anon_9
FROM told) AND situation_4.id = ANY (array((SELECT told.situation_id
FROM told))) ORDER BY situation_4.opened_at DESC, situation_4.id DESC
 LIMIT $7::INTEGER + 1) AS anon_11)
 SELECT near.id AS id, near.opened_at AS opened_at, near.status AS status, near.vias$ AS vias$, near.key$ AS key$, near.tie$ AS tie$
FROM near UNION ALL SELECT anon_12.id AS id, anon_12.opened_at AS opened_at, anon_12.status AS status, anon_12.vias$ AS vias$, anon_12.key$ AS key$, anon_12.tie$ AS tie$
FROM (SELECT situation_5.id AS id, situation_5.opened_at AS opened_at, situation_5.status AS status, seen_1.vias AS vias$, '-infinity'::timestamptz AS key$, situation_5.id AS tie$
FROM situation AS situation_5 JOIN LATERAL (SELECT array((SELECT reach_9.via
FROM reach AS reach_9
WHERE reach_9.viewer = any(ARRAY[$3::UUID, $1::UUID]) AND reach_9.situation_id = situation_5.id AND reach_9.starts_at <= now() AND reach_9.ends_at > now())) AS vias
 LIMIT ALL OFFSET 0) AS seen_1 ON true
WHERE ('GRANT:G18:' || $5::VARCHAR) = any(seen_1.vias) AND situation_5.id = any(array((SELECT reach_10.situation_id
FROM reach AS reach_10
WHERE reach_10.viewer = $3::UUID AND reach_10.via = any(ARRAY['GRANT:G18:' || $5::VARCHAR])))) AND NOT ('ASSIGNED' = any(seen_1.vias) OR (seen_1.vias && ARRAY['ENTRUSTED', 'ENTRUSTED_CLOSED'])) AND (SELECT count(*) AS count_3
FROM near) < $7::INTEGER + 1 ORDER BY '-infinity'::timestamptz DESC, situation_5.id DESC
 LIMIT $7::INTEGER + 1) AS anon_12) AS anon_7 ORDER BY anon_7.key$ DESC, anon_7.tie$ DESC
 LIMIT $7::INTEGER + 1)
 SELECT (SELECT row_to_json(row$) AS row_to_json_2
FROM (SELECT CASE WHEN ('ASSIGNED' = any(rows$.vias$) OR (rows$.vias$ && ARRAY['ENTRUSTED', 'ENTRUSTED_CLOSED'])) THEN rows$.status END AS status, CASE WHEN ('ASSIGNED' = any(rows$.vias$) OR (rows$.vias$ && ARRAY['ENTRUSTED', 'ENTRUSTED_CLOSED'])) THEN rows$.opened_at END AS "openedAt", (SELECT coalesce(json_agg(row$), '[]'::json) AS coalesce_1
FROM (SELECT CASE WHEN ('ASSIGNED' = any(rows$.vias$) AND (EXISTS (SELECT 1
FROM referral AS referral_1
WHERE referral_1.minor_id = minor_1.id AND referral_1.assigned_member_id = $3::UUID AND referral_1.to_org_id = $1::UUID AND referral_1.kind = 'DIRECT_SUPPORT' AND referral_1.status = any(ARRAY['ENGAGED', 'IDENTITY_RELEASED', 'ONGOING', 'PAUSED_RUNAWAY']) AND referral_1.minor_agreement = 'AGREED'
 LIMIT ALL OFFSET 0)) OR 'MANDATED' = any(rows$.vias$)) THEN minor_1.first_name END AS "firstName"
FROM minor AS minor_1
WHERE minor_1.situation_id = rows$.id AND ('ASSIGNED' = any(rows$.vias$) AND (EXISTS (SELECT 1
FROM referral AS referral_2
WHERE referral_2.minor_id = minor_1.id AND referral_2.assigned_member_id = $3::UUID AND referral_2.to_org_id = $1::UUID AND referral_2.kind = 'DIRECT_SUPPORT' AND referral_2.status = any(ARRAY['ACCEPTED', 'ENGAGED', 'IDENTITY_RELEASED', 'ONGOING', 'PAUSED_RUNAWAY'])
 LIMIT ALL OFFSET 0)) OR (rows$.vias$ && ARRAY['ENTRUSTED', 'MANDATED'])) ORDER BY minor_1.id DESC
 LIMIT $8::INTEGER) AS row$) AS minors, (SELECT coalesce(json_agg(row$), '[]'::json) AS coalesce_2
FROM (SELECT (SELECT coalesce(json_agg(row$), '[]'::json) AS coalesce_3
FROM (SELECT association_note_1.text AS text
FROM association_note AS association_note_1 JOIN LATERAL (SELECT array((SELECT reach_11.via
FROM reach AS reach_11
WHERE reach_11.viewer = $1::UUID AND reach_11.situation_id = association_note_1.situation_id AND reach_11.starts_at <= now() AND reach_11.ends_at > now())) AS vias
 LIMIT ALL OFFSET 0) AS seen_2 ON true
WHERE association_note_1.referral_id = referral_3.id AND association_note_1.organisation_id = $1::UUID AND ((seen_2.vias && ARRAY['CONSULTS', 'CONSULTS_CLOSED']) AND (EXISTS (SELECT 1
FROM referral AS referral_4
WHERE referral_4.id = association_note_1.referral_id AND referral_4.to_org_id = $1::UUID AND referral_4.kind = 'PROFESSIONAL_CONSULTATION' AND referral_4.status = any(ARRAY['ACCEPTED', 'COMPLETED', 'ENGAGED', 'IDENTITY_RELEASED', 'LOST_CONTACT', 'ONGOING', 'PAUSED_RUNAWAY', 'REFUSED_BY_MINOR', 'TRANSFERRED', 'WITHDRAWN']) AND referral_4.assigned_member_id = $3::UUID
 LIMIT ALL OFFSET 0)) OR (seen_2.vias && ARRAY['SUPPORTS', 'SUPPORTS_CLOSED']) AND (EXISTS (SELECT 1
FROM referral AS referral_5
WHERE referral_5.id = association_note_1.referral_id AND referral_5.to_org_id = $1::UUID AND referral_5.kind = 'DIRECT_SUPPORT' AND referral_5.status = any(ARRAY['ACCEPTED', 'COMPLETED', 'ENGAGED', 'IDENTITY_RELEASED', 'LOST_CONTACT', 'ONGOING', 'PAUSED_RUNAWAY', 'REFUSED_BY_MINOR', 'TRANSFERRED', 'WITHDRAWN']) AND referral_5.assigned_member_id = $3::UUID
 LIMIT ALL OFFSET 0))) ORDER BY association_note_1.at DESC, association_note_1.id DESC
 LIMIT $9::INTEGER) AS row$) AS "associationNotes"
FROM referral AS referral_3
WHERE referral_3.situation_id = rows$.id AND referral_3.status = any(ARRAY['ACCEPTED', 'COMPLETED', 'ENGAGED', 'IDENTITY_RELEASED', 'LOST_CONTACT', 'ONGOING', 'PAUSED_RUNAWAY', 'REFUSED_BY_MINOR', 'TRANSFERRED', 'WITHDRAWN']) AND referral_3.assigned_member_id = $3::UUID AND referral_3.to_org_id = $1::UUID AND (referral_3.kind = 'DIRECT_SUPPORT' AND (rows$.vias$ && ARRAY['SUPPORTS', 'SUPPORTS_CLOSED']) OR referral_3.kind = 'PROFESSIONAL_CONSULTATION' AND (rows$.vias$ && ARRAY['CONSULTS', 'CONSULTS_CLOSED'])) ORDER BY coalesce(CASE WHEN (referral_3.status = any(ARRAY['ACCEPTED', 'COMPLETED', 'ENGAGED', 'IDENTITY_RELEASED', 'LOST_CONTACT', 'ONGOING', 'PAUSED_RUNAWAY', 'REFUSED_BY_MINOR', 'TRANSFERRED']) AND (referral_3.kind = 'DIRECT_SUPPORT' AND (rows$.vias$ && ARRAY['SUPPORTS', 'SUPPORTS_CLOSED']) OR referral_3.kind = 'PROFESSIONAL_CONSULTATION' AND (rows$.vias$ && ARRAY['CONSULTS', 'CONSULTS_CLOSED']))) THEN referral_3.proposed_at END, '-infinity'::timestamptz) DESC, referral_3.id DESC
 LIMIT $10::INTEGER) AS row$) AS referrals) AS row$) AS node_0, translate(encode(convert_to(CAST(rows$.key$ AS TEXT) || '|' || CAST(rows$.tie$ AS TEXT), 'UTF8') || SUBSTRING(sha256($11::BYTEA || sha256($12::BYTEA || convert_to(CAST(rows$.key$ AS TEXT) || '|' || CAST(rows$.tie$ AS TEXT), 'UTF8'))) FROM 1 FOR 16), 'base64'), E'+/=\n', '-_') AS cursor, rows$.id AS situation
FROM rows$ ORDER BY rows$.key$ DESC, rows$.tie$ DESC) AS page) AS numbered) AS answer) END AS anon_1
