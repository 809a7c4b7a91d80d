-- binds: viewer_organisation, viewer_authority, viewer_member, viewer_kind, viewer_purpose, viewer_token, filter_status, page_size, first_0
-- access log: G23, G33; on condition: G02, G03
SELECT CASE WHEN (set_config('app.organisation', CAST($1::UUID AS TEXT), true) != '' AND set_config('app.authority', CAST($2::UUID AS TEXT), true) != '' AND set_config('app.member', CAST($3::UUID AS TEXT), true) != '' AND set_config('app.kind', CAST($4::VARCHAR AS TEXT), true) != '' AND set_config('app.purpose', CAST($5::VARCHAR AS TEXT), true) != '' AND standing($6::VARCHAR)) THEN (SELECT ARRAY[(SELECT row_to_json(row$) AS row_to_json_1
FROM (SELECT answer.nodes AS nodes) AS row$), answer.situations$] AS anon_2
FROM (SELECT coalesce(json_agg(page.node_0), '[]'::json) AS nodes, coalesce(json_agg(page.situation) FILTER (WHERE page.situation IS NOT NULL), '[]'::json) AS situations$
FROM (WITH rows$ AS
(SELECT anon_3.id AS id, anon_3.ref AS ref, anon_3.situation_id AS situation_id, anon_3.minor_id AS minor_id, anon_3.kind AS kind, anon_3.status AS status, anon_3.age_band AS age_band, anon_3.territory AS territory, anon_3.need_codes AS need_codes, anon_3.vias$ AS vias$, anon_3.key$ AS key$, anon_3.tie$ AS tie$
FROM (WITH near AS
(SELECT anon_4.id AS id, anon_4.ref AS ref, anon_4.situation_id AS situation_id, anon_4.minor_id AS minor_id, anon_4.kind AS kind, anon_4.status AS status, anon_4.age_band AS age_band, anon_4.territory AS territory, anon_4.need_codes AS need_codes, anon_4.vias$ AS vias$, anon_4.key$ AS key$, anon_4.tie$ AS tie$
FROM (SELECT referral_1.id AS id, referral_1.ref AS ref, referral_1.situation_id AS situation_id, referral_1.minor_id AS minor_id, referral_1.kind AS kind, referral_1.status AS status, referral_1.age_band AS age_band, referral_1.territory AS territory, referral_1.need_codes AS need_codes, seen_1.vias AS vias$, referral_1.proposed_at AS key$, referral_1.id AS tie$
FROM referral AS referral_1 JOIN LATERAL (SELECT array((SELECT reach_1.via
FROM reach AS reach_1
WHERE reach_1.viewer = $1::UUID AND reach_1.situation_id = referral_1.situation_id AND reach_1.starts_at <= now() AND reach_1.ends_at > now())) AS vias
 LIMIT ALL OFFSET 0) AS seen_1 ON true
WHERE referral_1.status = any(ARRAY['ACCEPTED', 'COMPLETED', 'ENGAGED', 'IDENTITY_RELEASED', 'LOST_CONTACT', 'ONGOING', 'PAUSED_RUNAWAY', 'REFUSED_BY_MINOR', 'TRANSFERRED']) AND referral_1.assigned_member_id = $3::UUID AND referral_1.to_org_id = $1::UUID AND (referral_1.kind = 'DIRECT_SUPPORT' AND (seen_1.vias && ARRAY['SUPPORTS', 'SUPPORTS_CLOSED']) OR referral_1.kind = 'PROFESSIONAL_CONSULTATION' AND (seen_1.vias && ARRAY['CONSULTS', 'CONSULTS_CLOSED'])) AND referral_1.proposed_at IS NOT NULL AND referral_1.status = any($7::TEXT[]) ORDER BY referral_1.proposed_at DESC, referral_1.id DESC
 LIMIT $8::INTEGER) AS anon_4)
 SELECT near.id AS id, near.ref AS ref, near.situation_id AS situation_id, near.minor_id AS minor_id, near.kind AS kind, near.status AS status, near.age_band AS age_band, near.territory AS territory, near.need_codes AS need_codes, near.vias$ AS vias$, near.key$ AS key$, near.tie$ AS tie$
FROM near UNION ALL SELECT anon_5.id AS id, anon_5.ref AS ref, anon_5.situation_id AS situation_id, anon_5.minor_id AS minor_id, anon_5.kind AS kind, anon_5.status AS status, anon_5.age_band AS age_band, anon_5.territory AS territory, anon_5.need_codes AS need_codes, anon_5.vias$ AS vias$, anon_5.key$ AS key$, anon_5.tie$ AS tie$
FROM (SELECT referral_2.id AS id, referral_2.ref AS ref, referral_2.situation_id AS situation_id, referral_2.minor_id AS minor_id, referral_2.kind AS kind, referral_2.status AS status, referral_2.age_band AS age_band, referral_2.territory AS territory, referral_2.need_codes AS need_codes, seen_1.vias AS vias$, '-infinity'::timestamptz AS key$, referral_2.id AS tie$
FROM referral AS referral_2 JOIN LATERAL (SELECT array((SELECT reach_2.via
FROM reach AS reach_2
WHERE reach_2.viewer = $1::UUID AND reach_2.situation_id = referral_2.situation_id AND reach_2.starts_at <= now() AND reach_2.ends_at > now())) AS vias
 LIMIT ALL OFFSET 0) AS seen_1 ON true
WHERE referral_2.status = 'WITHDRAWN' AND referral_2.assigned_member_id = $3::UUID AND referral_2.to_org_id = $1::UUID AND (referral_2.kind = 'DIRECT_SUPPORT' AND (seen_1.vias && ARRAY['SUPPORTS', 'SUPPORTS_CLOSED']) OR referral_2.kind = 'PROFESSIONAL_CONSULTATION' AND (seen_1.vias && ARRAY['CONSULTS', 'CONSULTS_CLOSED'])) AND NOT (referral_2.status = any(ARRAY['ACCEPTED', 'COMPLETED', 'ENGAGED', 'IDENTITY_RELEASED', 'LOST_CONTACT', 'ONGOING', 'PAUSED_RUNAWAY', 'REFUSED_BY_MINOR', 'TRANSFERRED']) AND (referral_2.kind = 'DIRECT_SUPPORT' AND (seen_1.vias && ARRAY['SUPPORTS', 'SUPPORTS_CLOSED']) OR referral_2.kind = 'PROFESSIONAL_CONSULTATION' AND (seen_1.vias && ARRAY['CONSULTS', 'CONSULTS_CLOSED']))) AND referral_2.status = any($7::TEXT[]) AND (SELECT count(*) AS count_1
FROM near) < $8::INTEGER ORDER BY '-infinity'::timestamptz DESC, referral_2.id DESC
 LIMIT $8::INTEGER) AS anon_5) AS anon_3 ORDER BY anon_3.key$ DESC, anon_3.tie$ DESC
 LIMIT $8::INTEGER)
 SELECT (SELECT row_to_json(row$) AS row_to_json_2
FROM (SELECT 'ref_' || CAST(rows$.id AS TEXT) AS id, rows$.ref AS ref, rows$.status AS status, CASE WHEN (rows$.status = any(ARRAY['ACCEPTED', 'ENGAGED', 'IDENTITY_RELEASED', 'ONGOING', 'PAUSED_RUNAWAY']) AND (rows$.kind = 'DIRECT_SUPPORT' AND 'SUPPORTS' = any(rows$.vias$) OR rows$.kind = 'PROFESSIONAL_CONSULTATION' AND 'CONSULTS' = any(rows$.vias$))) THEN rows$.age_band END AS "ageBand", CASE WHEN (rows$.status = any(ARRAY['ACCEPTED', 'ENGAGED', 'IDENTITY_RELEASED', 'ONGOING', 'PAUSED_RUNAWAY']) AND (rows$.kind = 'DIRECT_SUPPORT' AND 'SUPPORTS' = any(rows$.vias$) OR rows$.kind = 'PROFESSIONAL_CONSULTATION' AND 'CONSULTS' = any(rows$.vias$))) THEN rows$.need_codes END AS "needCodes", CASE WHEN (rows$.status = any(ARRAY['ACCEPTED', 'ENGAGED', 'IDENTITY_RELEASED', 'ONGOING', 'PAUSED_RUNAWAY']) AND (rows$.kind = 'DIRECT_SUPPORT' AND 'SUPPORTS' = any(rows$.vias$) OR rows$.kind = 'PROFESSIONAL_CONSULTATION' AND 'CONSULTS' = any(rows$.vias$))) THEN rows$.territory END AS territory, (SELECT row_to_json(row$) AS value
FROM (SELECT CASE WHEN ('ASSIGNED' = any(seen_2.vias) AND (EXISTS (SELECT 1
FROM referral AS referral_3
WHERE referral_3.minor_id = minor_1.id AND referral_3.assigned_member_id = $3::UUID AND referral_3.to_org_id = $1::UUID AND referral_3.kind = 'DIRECT_SUPPORT' AND referral_3.status = any(ARRAY['ACCEPTED', 'ENGAGED', 'IDENTITY_RELEASED', 'ONGOING', 'PAUSED_RUNAWAY'])
 LIMIT ALL OFFSET 0)) OR 'ENTRUSTED' = any(seen_2.vias)) THEN minor_1.age_band END AS "ageBand", CASE WHEN ('ASSIGNED' = any(seen_2.vias) AND (EXISTS (SELECT 1
FROM referral AS referral_4
WHERE referral_4.minor_id = minor_1.id AND referral_4.assigned_member_id = $3::UUID AND referral_4.to_org_id = $1::UUID AND referral_4.kind = 'DIRECT_SUPPORT' AND referral_4.status = any(ARRAY['ENGAGED', 'IDENTITY_RELEASED', 'ONGOING', 'PAUSED_RUNAWAY']) AND referral_4.minor_agreement = 'AGREED'
 LIMIT ALL OFFSET 0)) OR 'MANDATED' = any(seen_2.vias)) THEN minor_1.first_name END AS "firstName"
FROM minor AS minor_1 JOIN LATERAL (SELECT array((SELECT reach_3.via
FROM reach AS reach_3
WHERE reach_3.viewer = any(ARRAY[$3::UUID, $1::UUID]) AND reach_3.situation_id = minor_1.situation_id AND reach_3.starts_at <= now() AND reach_3.ends_at > now())) AS vias
 LIMIT ALL OFFSET 0) AS seen_2 ON true
WHERE minor_1.id = rows$.minor_id AND ('ASSIGNED' = any(seen_2.vias) AND (EXISTS (SELECT 1
FROM referral AS referral_5
WHERE referral_5.minor_id = minor_1.id AND referral_5.assigned_member_id = $3::UUID AND referral_5.to_org_id = $1::UUID AND referral_5.kind = 'DIRECT_SUPPORT' AND referral_5.status = any(ARRAY['ACCEPTED', 'ENGAGED', 'IDENTITY_RELEASED', 'ONGOING', 'PAUSED_RUNAWAY'])
 LIMIT ALL OFFSET 0)) OR (seen_2.vias && ARRAY['ENTRUSTED', 'MANDATED']))) AS row$) AS minor, (SELECT coalesce(json_agg(row$), '[]'::json) AS coalesce_1
FROM (SELECT follow_up_1.status AS status, follow_up_1.recorded_at AS "recordedAt", step_5.value AS organisation
FROM follow_up AS follow_up_1 JOIN LATERAL (SELECT array((SELECT reach_4.via
FROM reach AS reach_4
WHERE reach_4.viewer = $1::UUID AND reach_4.situation_id = follow_up_1.situation_id AND reach_4.starts_at <= now() AND reach_4.ends_at > now())) AS vias
 LIMIT ALL OFFSET 0) AS seen_3 ON true LEFT OUTER JOIN LATERAL (SELECT row_to_json(row$) AS value
FROM (SELECT organisation_1.name AS name
FROM organisation AS organisation_1
WHERE organisation_1.id = follow_up_1.organisation_id AND true) AS row$) AS step_5 ON true
WHERE follow_up_1.referral_id = rows$.id AND follow_up_1.organisation_id = $1::UUID AND (follow_up_1.recorded_by_id = $3::UUID AND (seen_3.vias && ARRAY['CONSULTS', 'CONSULTS_CLOSED']) AND (EXISTS (SELECT 1
FROM referral AS referral_6
WHERE referral_6.id = follow_up_1.referral_id AND referral_6.to_org_id = $1::UUID AND referral_6.kind = 'PROFESSIONAL_CONSULTATION' AND referral_6.status = any(ARRAY['ACCEPTED', 'COMPLETED', 'ENGAGED', 'IDENTITY_RELEASED', 'LOST_CONTACT', 'ONGOING', 'PAUSED_RUNAWAY', 'REFUSED_BY_MINOR', 'TRANSFERRED', 'WITHDRAWN']) AND referral_6.assigned_member_id = $3::UUID
 LIMIT ALL OFFSET 0)) OR follow_up_1.recorded_by_id = $3::UUID AND (seen_3.vias && ARRAY['SUPPORTS', 'SUPPORTS_CLOSED']) AND (EXISTS (SELECT 1
FROM referral AS referral_7
WHERE referral_7.id = follow_up_1.referral_id AND referral_7.to_org_id = $1::UUID AND referral_7.kind = 'DIRECT_SUPPORT' AND referral_7.status = any(ARRAY['ACCEPTED', 'COMPLETED', 'ENGAGED', 'IDENTITY_RELEASED', 'LOST_CONTACT', 'ONGOING', 'PAUSED_RUNAWAY', 'REFUSED_BY_MINOR', 'TRANSFERRED', 'WITHDRAWN']) AND referral_7.assigned_member_id = $3::UUID
 LIMIT ALL OFFSET 0)) OR 'CONSULTS' = any(seen_3.vias) AND (EXISTS (SELECT 1
FROM referral AS referral_8
WHERE referral_8.id = follow_up_1.referral_id AND referral_8.to_org_id = $1::UUID AND referral_8.kind = 'PROFESSIONAL_CONSULTATION' AND referral_8.status = any(ARRAY['ACCEPTED', 'ENGAGED', 'IDENTITY_RELEASED', 'ONGOING', 'PAUSED_RUNAWAY']) AND referral_8.assigned_member_id = $3::UUID
 LIMIT ALL OFFSET 0)) OR 'SUPPORTS' = any(seen_3.vias) AND (EXISTS (SELECT 1
FROM referral AS referral_9
WHERE referral_9.id = follow_up_1.referral_id AND referral_9.to_org_id = $1::UUID AND referral_9.kind = 'DIRECT_SUPPORT' AND referral_9.status = any(ARRAY['ACCEPTED', 'ENGAGED', 'IDENTITY_RELEASED', 'ONGOING', 'PAUSED_RUNAWAY']) AND referral_9.assigned_member_id = $3::UUID
 LIMIT ALL OFFSET 0))) ORDER BY follow_up_1.recorded_at DESC, follow_up_1.id DESC
 LIMIT $9::INTEGER) AS row$) AS "followUps", (SELECT coalesce(json_agg(notice$), '[]'::json) AS coalesce_2
FROM (SELECT 'ageBand' AS field, 'ENDED' AS reason
WHERE NOT (rows$.status = any(ARRAY['ACCEPTED', 'ENGAGED', 'IDENTITY_RELEASED', 'ONGOING', 'PAUSED_RUNAWAY']) AND (rows$.kind = 'DIRECT_SUPPORT' AND 'SUPPORTS' = any(rows$.vias$) OR rows$.kind = 'PROFESSIONAL_CONSULTATION' AND 'CONSULTS' = any(rows$.vias$))) UNION ALL SELECT 'needCodes' AS field, 'ENDED' AS reason
WHERE NOT (rows$.status = any(ARRAY['ACCEPTED', 'ENGAGED', 'IDENTITY_RELEASED', 'ONGOING', 'PAUSED_RUNAWAY']) AND (rows$.kind = 'DIRECT_SUPPORT' AND 'SUPPORTS' = any(rows$.vias$) OR rows$.kind = 'PROFESSIONAL_CONSULTATION' AND 'CONSULTS' = any(rows$.vias$))) UNION ALL SELECT 'territory' AS field, 'ENDED' AS reason
WHERE NOT (rows$.status = any(ARRAY['ACCEPTED', 'ENGAGED', 'IDENTITY_RELEASED', 'ONGOING', 'PAUSED_RUNAWAY']) AND (rows$.kind = 'DIRECT_SUPPORT' AND 'SUPPORTS' = any(rows$.vias$) OR rows$.kind = 'PROFESSIONAL_CONSULTATION' AND 'CONSULTS' = any(rows$.vias$)))) AS notice$) AS withheld) AS row$) AS node_0, rows$.situation_id AS situation
FROM rows$ ORDER BY rows$.key$ DESC, rows$.tie$ DESC) AS page) AS answer) END AS anon_1
