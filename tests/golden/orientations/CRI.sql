-- binds: viewer_organisation, viewer_authority, viewer_member, viewer_kind, viewer_purpose, viewer_token, filter_status, page_size, first_0
-- access log: G02, G03, G23, G33; on condition: -
WITH followed AS
(SELECT anon_6.situation_id AS situation_id
FROM (SELECT reach_2.situation_id AS situation_id
FROM reach AS reach_2
WHERE reach_2.viewer = $2::UUID AND reach_2.via = 'REPORTED') AS anon_6
 LIMIT 2000)
 SELECT CASE WHEN (set_config('app.organisation', CAST($1::UUID AS TEXT), true) != '' AND set_config('app.authority', CAST($2::UUID AS TEXT), true) != '' AND set_config('app.member', CAST($3::UUID AS TEXT), true) != '' AND set_config('app.kind', CAST($4::VARCHAR AS TEXT), true) != '' AND set_config('app.purpose', CAST($5::VARCHAR AS TEXT), true) != '' AND standing($6::VARCHAR)) THEN (SELECT ARRAY[(SELECT row_to_json(row$) AS row_to_json_1
FROM (SELECT answer.nodes AS nodes) AS row$), answer.situations$] AS anon_2
FROM (SELECT coalesce(json_agg(page.node_0), '[]'::json) AS nodes, coalesce(json_agg(page.situation) FILTER (WHERE page.situation IS NOT NULL), '[]'::json) AS situations$
FROM (WITH rows$ AS
(SELECT anon_3.id AS id, anon_3.ref AS ref, anon_3.situation_id AS situation_id, anon_3.minor_id AS minor_id, anon_3.status AS status, anon_3.age_band AS age_band, anon_3.territory AS territory, anon_3.need_codes AS need_codes, anon_3.key$ AS key$, anon_3.tie$ AS tie$
FROM (SELECT anon_4.id AS id, anon_4.ref AS ref, anon_4.situation_id AS situation_id, anon_4.minor_id AS minor_id, anon_4.status AS status, anon_4.age_band AS age_band, anon_4.territory AS territory, anon_4.need_codes AS need_codes, anon_4.key$ AS key$, anon_4.tie$ AS tie$
FROM (SELECT referral_1.id AS id, referral_1.ref AS ref, referral_1.situation_id AS situation_id, referral_1.minor_id AS minor_id, referral_1.status AS status, referral_1.age_band AS age_band, referral_1.territory AS territory, referral_1.need_codes AS need_codes, referral_1.proposed_at AS key$, referral_1.id AS tie$
FROM referral AS referral_1 JOIN LATERAL (SELECT array((SELECT reach_1.via
FROM reach AS reach_1
WHERE reach_1.viewer = $2::UUID AND reach_1.situation_id = referral_1.situation_id AND reach_1.starts_at <= now() AND reach_1.ends_at > now())) AS vias
 LIMIT ALL OFFSET 0) AS seen_1 ON true
WHERE referral_1.status = any(ARRAY['ACCEPTED', 'COMPLETED', 'DECLINED', 'ENGAGED', 'IDENTITY_RELEASED', 'LOST_CONTACT', 'ONGOING', 'PAUSED_RUNAWAY', 'PROPOSED', 'REFUSED_BY_MINOR', 'TRANSFERRED', 'WITHDRAWN']) AND 'REPORTED' = any(seen_1.vias) AND referral_1.proposed_at IS NOT NULL AND NOT (SELECT count(*) < 2000 AS anon_5
FROM followed) AND referral_1.status = any($7::TEXT[]) ORDER BY referral_1.proposed_at DESC, referral_1.id DESC
 LIMIT $8::INTEGER) AS anon_4 UNION ALL SELECT anon_7.id AS id, anon_7.ref AS ref, anon_7.situation_id AS situation_id, anon_7.minor_id AS minor_id, anon_7.status AS status, anon_7.age_band AS age_band, anon_7.territory AS territory, anon_7.need_codes AS need_codes, anon_7.key$ AS key$, anon_7.tie$ AS tie$
FROM (SELECT referral_2.id AS id, referral_2.ref AS ref, referral_2.situation_id AS situation_id, referral_2.minor_id AS minor_id, referral_2.status AS status, referral_2.age_band AS age_band, referral_2.territory AS territory, referral_2.need_codes AS need_codes, referral_2.proposed_at AS key$, referral_2.id AS tie$
FROM referral AS referral_2 JOIN LATERAL (SELECT array((SELECT reach_3.via
FROM reach AS reach_3
WHERE reach_3.viewer = $2::UUID AND reach_3.situation_id = referral_2.situation_id AND reach_3.starts_at <= now() AND reach_3.ends_at > now())) AS vias
 LIMIT ALL OFFSET 0) AS seen_1 ON true
WHERE referral_2.status = any(ARRAY['ACCEPTED', 'COMPLETED', 'DECLINED', 'ENGAGED', 'IDENTITY_RELEASED', 'LOST_CONTACT', 'ONGOING', 'PAUSED_RUNAWAY', 'PROPOSED', 'REFUSED_BY_MINOR', 'TRANSFERRED', 'WITHDRAWN']) AND 'REPORTED' = any(seen_1.vias) AND referral_2.proposed_at IS NOT NULL AND (SELECT count(*) < 2000 AS anon_5
FROM followed) AND referral_2.situation_id = ANY (array((SELECT followed.situation_id
FROM followed))) AND referral_2.status = any($7::TEXT[]) ORDER BY referral_2.proposed_at DESC, referral_2.id DESC
 LIMIT $8::INTEGER) AS anon_7) AS anon_3 ORDER BY anon_3.key$ DESC, anon_3.tie$ DESC
 LIMIT $8::INTEGER)
 SELECT (SELECT row_to_json(row$) AS row_to_json_2
FROM (SELECT 'ref_' || CAST(rows$.id AS TEXT) AS id, rows$.ref AS ref, rows$.status AS status, rows$.age_band AS "ageBand", rows$.need_codes AS "needCodes", rows$.territory AS territory, (SELECT row_to_json(row$) AS value
FROM (SELECT minor_1.age_band AS "ageBand", minor_1.first_name AS "firstName"
FROM minor AS minor_1 JOIN LATERAL (SELECT array((SELECT reach_4.via
FROM reach AS reach_4
WHERE reach_4.viewer = $2::UUID AND reach_4.situation_id = minor_1.situation_id AND reach_4.starts_at <= now() AND reach_4.ends_at > now())) AS vias
 LIMIT ALL OFFSET 0) AS seen_2 ON true
WHERE minor_1.id = rows$.minor_id AND 'REPORTED' = any(seen_2.vias)) AS row$) AS minor, (SELECT coalesce(json_agg(row$), '[]'::json) AS coalesce_1
FROM (SELECT follow_up_1.status AS status, follow_up_1.recorded_at AS "recordedAt", step_5.value AS organisation
FROM follow_up AS follow_up_1 JOIN LATERAL (SELECT array((SELECT reach_5.via
FROM reach AS reach_5
WHERE reach_5.viewer = $2::UUID AND reach_5.situation_id = follow_up_1.situation_id AND reach_5.starts_at <= now() AND reach_5.ends_at > now())) AS vias
 LIMIT ALL OFFSET 0) AS seen_3 ON true LEFT OUTER JOIN LATERAL (SELECT row_to_json(row$) AS value
FROM (SELECT organisation_1.name AS name
FROM organisation AS organisation_1
WHERE organisation_1.id = follow_up_1.organisation_id AND true) AS row$) AS step_5 ON true
WHERE follow_up_1.referral_id = rows$.id AND 'REPORTED' = any(seen_3.vias) ORDER BY follow_up_1.recorded_at DESC, follow_up_1.id DESC
 LIMIT $9::INTEGER) AS row$) AS "followUps", '[]'::json AS withheld) AS row$) AS node_0, rows$.situation_id AS situation
FROM rows$ ORDER BY rows$.key$ DESC, rows$.tie$ DESC) AS page) AS answer) END AS anon_1
