-- binds: viewer_organisation, viewer_authority, viewer_member, viewer_kind, viewer_purpose, viewer_token, first_0, filter_status, page_size
-- access log: G02, G03, G23, G33; on condition: -
WITH followed AS
(SELECT anon_5.situation_id AS situation_id
FROM (SELECT reach_4.situation_id AS situation_id
FROM reach AS reach_4
WHERE reach_4.viewer = $3::UUID AND reach_4.via = 'CASEWORKER') AS anon_5
 LIMIT 2000)
 SELECT CASE WHEN (set_config('app.organisation', CAST($1::UUID AS TEXT), true) != '' AND set_config('app.authority', CAST($2::UUID AS TEXT), true) != '' AND set_config('app.member', CAST($3::UUID AS TEXT), true) != '' AND set_config('app.kind', CAST($4::VARCHAR AS TEXT), true) != '' AND set_config('app.purpose', CAST($5::VARCHAR AS TEXT), true) != '' AND standing($6::VARCHAR)) THEN (SELECT ARRAY[(SELECT row_to_json(row$) AS row_to_json_1
FROM (SELECT answer.nodes AS nodes) AS row$), answer.situations$] AS anon_2
FROM (SELECT coalesce(json_agg(page.node_0), '[]'::json) AS nodes, coalesce(json_agg(page.situation) FILTER (WHERE page.situation IS NOT NULL), '[]'::json) AS situations$
FROM (SELECT rows.node_0 AS node_0, rows.situation AS situation
FROM (SELECT anon_3.node_0 AS node_0, anon_3.situation AS situation, anon_3.key$ AS key$, anon_3.tie$ AS tie$
FROM (SELECT (SELECT row_to_json(row$) AS row_to_json_2
FROM (SELECT 'ref_' || CAST(referral_1.id AS TEXT) AS id, referral_1.ref AS ref, referral_1.status AS status, referral_1.age_band AS "ageBand", referral_1.need_codes AS "needCodes", referral_1.territory AS territory, (SELECT row_to_json(row$) AS value
FROM (SELECT minor_1.age_band AS "ageBand", minor_1.first_name AS "firstName"
FROM minor AS minor_1 JOIN LATERAL (SELECT array((SELECT reach_1.via
FROM reach AS reach_1
WHERE reach_1.viewer = $3::UUID AND reach_1.situation_id = minor_1.situation_id AND reach_1.starts_at <= now() AND reach_1.ends_at > now())) AS vias
 LIMIT ALL OFFSET 0) AS seen_2 ON true
WHERE minor_1.id = referral_1.minor_id AND 'CASEWORKER' = any(seen_2.vias)) AS row$) AS minor, (SELECT coalesce(json_agg(row$), '[]'::json) AS coalesce_1
FROM (SELECT follow_up_1.status AS status, follow_up_1.recorded_at AS "recordedAt", step_5.value AS organisation
FROM follow_up AS follow_up_1 JOIN LATERAL (SELECT array((SELECT reach_2.via
FROM reach AS reach_2
WHERE reach_2.viewer = $3::UUID AND reach_2.situation_id = follow_up_1.situation_id AND reach_2.starts_at <= now() AND reach_2.ends_at > now())) AS vias
 LIMIT ALL OFFSET 0) AS seen_3 ON true LEFT OUTER JOIN LATERAL (SELECT row_to_json(row$) AS value
FROM (SELECT organisation_1.name AS name
FROM organisation AS organisation_1
WHERE organisation_1.id = follow_up_1.organisation_id AND true) AS row$) AS step_5 ON true
WHERE follow_up_1.referral_id = referral_1.id AND 'CASEWORKER' = any(seen_3.vias) ORDER BY follow_up_1.recorded_at DESC, follow_up_1.id DESC
 LIMIT $7::INTEGER) AS row$) AS "followUps", '[]'::json AS withheld) AS row$) AS node_0, referral_1.situation_id AS situation, referral_1.proposed_at AS key$, referral_1.id AS tie$
FROM referral AS referral_1 JOIN LATERAL (SELECT array((SELECT reach_3.via
FROM reach AS reach_3
WHERE reach_3.viewer = $3::UUID AND reach_3.situation_id = referral_1.situation_id AND reach_3.starts_at <= now() AND reach_3.ends_at > now())) AS vias
 LIMIT ALL OFFSET 0) AS seen_1 ON true
WHERE referral_1.status = any(ARRAY['ACCEPTED', 'COMPLETED', 'DECLINED', 'ENGAGED', 'IDENTITY_RELEASED', 'LOST_CONTACT', 'ONGOING', 'PAUSED_RUNAWAY', 'PROPOSED', 'REFUSED_BY_MINOR', 'TRANSFERRED', 'WITHDRAWN']) AND 'CASEWORKER' = any(seen_1.vias) AND referral_1.proposed_at IS NOT NULL AND NOT (SELECT count(*) < 2000 AS anon_4
FROM followed) AND referral_1.status = any($8::TEXT[]) ORDER BY referral_1.proposed_at DESC, referral_1.id DESC
 LIMIT $9::INTEGER) AS anon_3 UNION ALL SELECT anon_6.node_0 AS node_0, anon_6.situation AS situation, anon_6.key$ AS key$, anon_6.tie$ AS tie$
FROM (SELECT (SELECT row_to_json(row$) AS row_to_json_3
FROM (SELECT 'ref_' || CAST(referral_2.id AS TEXT) AS id, referral_2.ref AS ref, referral_2.status AS status, referral_2.age_band AS "ageBand", referral_2.need_codes AS "needCodes", referral_2.territory AS territory, (SELECT row_to_json(row$) AS value
FROM (SELECT minor_2.age_band AS "ageBand", minor_2.first_name AS "firstName"
FROM minor AS minor_2 JOIN LATERAL (SELECT array((SELECT reach_5.via
FROM reach AS reach_5
WHERE reach_5.viewer = $3::UUID AND reach_5.situation_id = minor_2.situation_id AND reach_5.starts_at <= now() AND reach_5.ends_at > now())) AS vias
 LIMIT ALL OFFSET 0) AS seen_2 ON true
WHERE minor_2.id = referral_2.minor_id AND 'CASEWORKER' = any(seen_2.vias)) AS row$) AS minor, (SELECT coalesce(json_agg(row$), '[]'::json) AS coalesce_2
FROM (SELECT follow_up_2.status AS status, follow_up_2.recorded_at AS "recordedAt", step_5.value AS organisation
FROM follow_up AS follow_up_2 JOIN LATERAL (SELECT array((SELECT reach_6.via
FROM reach AS reach_6
WHERE reach_6.viewer = $3::UUID AND reach_6.situation_id = follow_up_2.situation_id AND reach_6.starts_at <= now() AND reach_6.ends_at > now())) AS vias
 LIMIT ALL OFFSET 0) AS seen_3 ON true LEFT OUTER JOIN LATERAL (SELECT row_to_json(row$) AS value
FROM (SELECT organisation_2.name AS name
FROM organisation AS organisation_2
WHERE organisation_2.id = follow_up_2.organisation_id AND true) AS row$) AS step_5 ON true
WHERE follow_up_2.referral_id = referral_2.id AND 'CASEWORKER' = any(seen_3.vias) ORDER BY follow_up_2.recorded_at DESC, follow_up_2.id DESC
 LIMIT $7::INTEGER) AS row$) AS "followUps", '[]'::json AS withheld) AS row$) AS node_0, referral_2.situation_id AS situation, referral_2.proposed_at AS key$, referral_2.id AS tie$
FROM referral AS referral_2 JOIN LATERAL (SELECT array((SELECT reach_7.via
FROM reach AS reach_7
WHERE reach_7.viewer = $3::UUID AND reach_7.situation_id = referral_2.situation_id AND reach_7.starts_at <= now() AND reach_7.ends_at > now())) AS vias
 LIMIT ALL OFFSET 0) AS seen_1 ON true
WHERE referral_2.status = any(ARRAY['ACCEPTED', 'COMPLETED', 'DECLINED', 'ENGAGED', 'IDENTITY_RELEASED', 'LOST_CONTACT', 'ONGOING', 'PAUSED_RUNAWAY', 'PROPOSED', 'REFUSED_BY_MINOR', 'TRANSFERRED', 'WITHDRAWN']) AND 'CASEWORKER' = any(seen_1.vias) AND referral_2.proposed_at IS NOT NULL AND (SELECT count(*) < 2000 AS anon_4
FROM followed) AND referral_2.situation_id = ANY (array((SELECT followed.situation_id
FROM followed))) AND referral_2.status = any($8::TEXT[]) ORDER BY referral_2.proposed_at DESC, referral_2.id DESC
 LIMIT $9::INTEGER) AS anon_6) AS rows ORDER BY rows.key$ DESC, rows.tie$ DESC
 LIMIT $9::INTEGER) AS page) AS answer) END AS anon_1
