-- binds: viewer_organisation, viewer_authority, viewer_member, viewer_kind, viewer_purpose, viewer_token, first_0, filter_status, page_size
-- access log: G23, G33; on condition: G02, G03
SELECT CASE WHEN (set_config('app.organisation', CAST($1::UUID AS TEXT), true) != '' AND set_config('app.authority', CAST($2::UUID AS TEXT), true) != '' AND set_config('app.member', CAST($3::UUID AS TEXT), true) != '' AND set_config('app.kind', CAST($4::VARCHAR AS TEXT), true) != '' AND set_config('app.purpose', CAST($5::VARCHAR AS TEXT), true) != '' AND standing($6::VARCHAR)) THEN (SELECT ARRAY[(SELECT row_to_json(row$) AS row_to_json_1
FROM (SELECT answer.nodes AS nodes) AS row$), answer.situations$] AS anon_2
FROM (SELECT coalesce(json_agg(page.node_0), '[]'::json) AS nodes, coalesce(json_agg(page.situation) FILTER (WHERE page.situation IS NOT NULL), '[]'::json) AS situations$
FROM (SELECT rows.node_0 AS node_0, rows.situation AS situation
FROM (WITH near AS
(SELECT anon_3.node_0 AS node_0, anon_3.situation AS situation, anon_3.key$ AS key$, anon_3.tie$ AS tie$
FROM (SELECT (SELECT row_to_json(row$) AS row_to_json_2
FROM (SELECT 'ref_' || CAST(referral_1.id AS TEXT) AS id, referral_1.ref AS ref, referral_1.status AS status, CASE WHEN (referral_1.status = any(ARRAY['ACCEPTED', 'ENGAGED', 'IDENTITY_RELEASED', 'ONGOING', 'PAUSED_RUNAWAY']) AND (referral_1.kind = 'DIRECT_SUPPORT' AND 'SUPPORTS' = any(seen_1.vias) OR referral_1.kind = 'PROFESSIONAL_CONSULTATION' AND 'CONSULTS' = any(seen_1.vias))) THEN referral_1.age_band END AS "ageBand", CASE WHEN (referral_1.status = any(ARRAY['ACCEPTED', 'ENGAGED', 'IDENTITY_RELEASED', 'ONGOING', 'PAUSED_RUNAWAY']) AND (referral_1.kind = 'DIRECT_SUPPORT' AND 'SUPPORTS' = any(seen_1.vias) OR referral_1.kind = 'PROFESSIONAL_CONSULTATION' AND 'CONSULTS' = any(seen_1.vias))) THEN referral_1.need_codes END AS "needCodes", CASE WHEN (referral_1.status = any(ARRAY['ACCEPTED', 'ENGAGED', 'IDENTITY_RELEASED', 'ONGOING', 'PAUSED_RUNAWAY']) AND (referral_1.kind = 'DIRECT_SUPPORT' AND 'SUPPORTS' = any(seen_1.vias) OR referral_1.kind = 'PROFESSIONAL_CONSULTATION' AND 'CONSULTS' = any(seen_1.vias))) THEN referral_1.territory END AS territory, (SELECT row_to_json(row$) AS value
FROM (SELECT CASE WHEN ('ASSIGNED' = any(seen_2.vias) AND (EXISTS (SELECT 1
FROM referral AS referral_2
WHERE referral_2.minor_id = minor_1.id AND referral_2.assigned_member_id = $3::UUID AND referral_2.to_org_id = $1::UUID AND referral_2.kind = 'DIRECT_SUPPORT' AND referral_2.status = any(ARRAY['ACCEPTED', 'ENGAGED', 'IDENTITY_RELEASED', 'ONGOING', 'PAUSED_RUNAWAY'])
 LIMIT ALL OFFSET 0)) OR 'ENTRUSTED' = any(seen_2.vias)) THEN minor_1.age_band END AS "ageBand", CASE WHEN ('ASSIGNED' = any(seen_2.vias) AND (EXISTS (SELECT 1
FROM referral AS referral_3
WHERE referral_3.minor_id = minor_1.id AND referral_3.assigned_member_id = $3::UUID AND referral_3.to_org_id = $1::UUID AND referral_3.kind = 'DIRECT_SUPPORT' AND referral_3.status = any(ARRAY['ENGAGED', 'IDENTITY_RELEASED', 'ONGOING', 'PAUSED_RUNAWAY']) AND referral_3.minor_agreement = 'AGREED'
 LIMIT ALL OFFSET 0)) OR 'MANDATED' = any(seen_2.vias)) THEN minor_1.first_name END AS "firstName"
FROM minor AS minor_1 JOIN LATERAL (SELECT array((SELECT reach_1.via
FROM reach AS reach_1
WHERE reach_1.viewer = any(ARRAY[$3::UUID, $1::UUID]) AND reach_1.situation_id = minor_1.situation_id AND reach_1.starts_at <= now() AND reach_1.ends_at > now())) AS vias
 LIMIT ALL OFFSET 0) AS seen_2 ON true
WHERE minor_1.id = referral_1.minor_id AND ('ASSIGNED' = any(seen_2.vias) AND (EXISTS (SELECT 1
FROM referral AS referral_4
WHERE referral_4.minor_id = minor_1.id AND referral_4.assigned_member_id = $3::UUID AND referral_4.to_org_id = $1::UUID AND referral_4.kind = 'DIRECT_SUPPORT' AND referral_4.status = any(ARRAY['ACCEPTED', 'ENGAGED', 'IDENTITY_RELEASED', 'ONGOING', 'PAUSED_RUNAWAY'])
 LIMIT ALL OFFSET 0)) OR (seen_2.vias && ARRAY['ENTRUSTED', 'MANDATED']))) AS row$) AS minor, (SELECT coalesce(json_agg(row$), '[]'::json) AS coalesce_1
FROM (SELECT follow_up_1.status AS status, follow_up_1.recorded_at AS "recordedAt", step_5.value AS organisation
FROM follow_up AS follow_up_1 JOIN LATERAL (SELECT array((SELECT reach_2.via
FROM reach AS reach_2
WHERE reach_2.viewer = $1::UUID AND reach_2.situation_id = follow_up_1.situation_id AND reach_2.starts_at <= now() AND reach_2.ends_at > now())) AS vias
 LIMIT ALL OFFSET 0) AS seen_3 ON true LEFT OUTER JOIN LATERAL (SELECT row_to_json(row$) AS value
FROM (SELECT organisation_1.name AS name
FROM organisation AS organisation_1
WHERE organisation_1.id = follow_up_1.organisation_id AND true) AS row$) AS step_5 ON true
WHERE follow_up_1.referral_id = referral_1.id AND follow_up_1.organisation_id = $1::UUID AND (follow_up_1.recorded_by_id = $3::UUID AND (seen_3.vias && ARRAY['CONSULTS', 'CONSULTS_CLOSED']) AND (EXISTS (SELECT 1
FROM referral AS referral_5
WHERE referral_5.id = follow_up_1.referral_id AND referral_5.to_org_id = $1::UUID AND referral_5.kind = 'PROFESSIONAL_CONSULTATION' AND referral_5.status = any(ARRAY['ACCEPTED', 'COMPLETED', 'ENGAGED', 'IDENTITY_RELEASED', 'LOST_CONTACT', 'ONGOING', 'PAUSED_RUNAWAY', 'REFUSED_BY_MINOR', 'TRANSFERRED', 'WITHDRAWN']) AND referral_5.assigned_member_id = $3::UUID
 LIMIT ALL OFFSET 0)) OR follow_up_1.recorded_by_id = $3::UUID AND (seen_3.vias && ARRAY['SUPPORTS', 'SUPPORTS_CLOSED']) AND (EXISTS (SELECT 1
FROM referral AS referral_6
WHERE referral_6.id = follow_up_1.referral_id AND referral_6.to_org_id = $1::UUID AND referral_6.kind = 'DIRECT_SUPPORT' AND referral_6.status = any(ARRAY['ACCEPTED', 'COMPLETED', 'ENGAGED', 'IDENTITY_RELEASED', 'LOST_CONTACT', 'ONGOING', 'PAUSED_RUNAWAY', 'REFUSED_BY_MINOR', 'TRANSFERRED', 'WITHDRAWN']) AND referral_6.assigned_member_id = $3::UUID
 LIMIT ALL OFFSET 0)) OR 'CONSULTS' = any(seen_3.vias) AND (EXISTS (SELECT 1
FROM referral AS referral_7
WHERE referral_7.id = follow_up_1.referral_id AND referral_7.to_org_id = $1::UUID AND referral_7.kind = 'PROFESSIONAL_CONSULTATION' AND referral_7.status = any(ARRAY['ACCEPTED', 'ENGAGED', 'IDENTITY_RELEASED', 'ONGOING', 'PAUSED_RUNAWAY']) AND referral_7.assigned_member_id = $3::UUID
 LIMIT ALL OFFSET 0)) OR 'SUPPORTS' = any(seen_3.vias) AND (EXISTS (SELECT 1
FROM referral AS referral_8
WHERE referral_8.id = follow_up_1.referral_id AND referral_8.to_org_id = $1::UUID AND referral_8.kind = 'DIRECT_SUPPORT' AND referral_8.status = any(ARRAY['ACCEPTED', 'ENGAGED', 'IDENTITY_RELEASED', 'ONGOING', 'PAUSED_RUNAWAY']) AND referral_8.assigned_member_id = $3::UUID
 LIMIT ALL OFFSET 0))) ORDER BY follow_up_1.recorded_at DESC, follow_up_1.id DESC
 LIMIT $7::INTEGER) AS row$) AS "followUps", (SELECT coalesce(json_agg(notice$), '[]'::json) AS coalesce_2
FROM (SELECT 'ageBand' AS field, 'ENDED' AS reason
WHERE NOT (referral_1.status = any(ARRAY['ACCEPTED', 'ENGAGED', 'IDENTITY_RELEASED', 'ONGOING', 'PAUSED_RUNAWAY']) AND (referral_1.kind = 'DIRECT_SUPPORT' AND 'SUPPORTS' = any(seen_1.vias) OR referral_1.kind = 'PROFESSIONAL_CONSULTATION' AND 'CONSULTS' = any(seen_1.vias))) UNION ALL SELECT 'needCodes' AS field, 'ENDED' AS reason
WHERE NOT (referral_1.status = any(ARRAY['ACCEPTED', 'ENGAGED', 'IDENTITY_RELEASED', 'ONGOING', 'PAUSED_RUNAWAY']) AND (referral_1.kind = 'DIRECT_SUPPORT' AND 'SUPPORTS' = any(seen_1.vias) OR referral_1.kind = 'PROFESSIONAL_CONSULTATION' AND 'CONSULTS' = any(seen_1.vias))) UNION ALL SELECT 'territory' AS field, 'ENDED' AS reason
WHERE NOT (referral_1.status = any(ARRAY['ACCEPTED', 'ENGAGED', 'IDENTITY_RELEASED', 'ONGOING', 'PAUSED_RUNAWAY']) AND (referral_1.kind = 'DIRECT_SUPPORT' AND 'SUPPORTS' = any(seen_1.vias) OR referral_1.kind = 'PROFESSIONAL_CONSULTATION' AND 'CONSULTS' = any(seen_1.vias)))) AS notice$) AS withheld) AS row$) AS node_0, referral_1.situation_id AS situation, referral_1.proposed_at AS key$, referral_1.id AS tie$
FROM referral AS referral_1 JOIN LATERAL (SELECT array((SELECT reach_3.via
FROM reach AS reach_3
WHERE reach_3.viewer = $1::UUID AND reach_3.situation_id = referral_1.situation_id AND reach_3.starts_at <= now() AND reach_3.ends_at > now())) AS vias
 LIMIT ALL OFFSET 0) AS seen_1 ON true
WHERE referral_1.status = any(ARRAY['ACCEPTED', 'COMPLETED', 'ENGAGED', 'IDENTITY_RELEASED', 'LOST_CONTACT', 'ONGOING', 'PAUSED_RUNAWAY', 'REFUSED_BY_MINOR', 'TRANSFERRED']) AND referral_1.assigned_member_id = $3::UUID AND referral_1.to_org_id = $1::UUID AND (referral_1.kind = 'DIRECT_SUPPORT' AND (seen_1.vias && ARRAY['SUPPORTS', 'SUPPORTS_CLOSED']) OR referral_1.kind = 'PROFESSIONAL_CONSULTATION' AND (seen_1.vias && ARRAY['CONSULTS', 'CONSULTS_CLOSED'])) AND referral_1.proposed_at IS NOT NULL AND referral_1.status = any($8::TEXT[]) ORDER BY referral_1.proposed_at DESC, referral_1.id DESC
 LIMIT $9::INTEGER) AS anon_3)
 SELECT near.node_0 AS node_0, near.situation AS situation, near.key$ AS key$, near.tie$ AS tie$
FROM near UNION ALL SELECT anon_4.node_0 AS node_0, anon_4.situation AS situation, anon_4.key$ AS key$, anon_4.tie$ AS tie$
FROM (SELECT (SELECT row_to_json(row$) AS row_to_json_3
FROM (SELECT 'ref_' || CAST(referral_9.id AS TEXT) AS id, referral_9.ref AS ref, referral_9.status AS status, CASE WHEN (referral_9.status = any(ARRAY['ACCEPTED', 'ENGAGED', 'IDENTITY_RELEASED', 'ONGOING', 'PAUSED_RUNAWAY']) AND (referral_9.kind = 'DIRECT_SUPPORT' AND 'SUPPORTS' = any(seen_1.vias) OR referral_9.kind = 'PROFESSIONAL_CONSULTATION' AND 'CONSULTS' = any(seen_1.vias))) THEN referral_9.age_band END AS "ageBand", CASE WHEN (referral_9.status = any(ARRAY['ACCEPTED', 'ENGAGED', 'IDENTITY_RELEASED', 'ONGOING', 'PAUSED_RUNAWAY']) AND (referral_9.kind = 'DIRECT_SUPPORT' AND 'SUPPORTS' = any(seen_1.vias) OR referral_9.kind = 'PROFESSIONAL_CONSULTATION' AND 'CONSULTS' = any(seen_1.vias))) THEN referral_9.need_codes END AS "needCodes", CASE WHEN (referral_9.status = any(ARRAY['ACCEPTED', 'ENGAGED', 'IDENTITY_RELEASED', 'ONGOING', 'PAUSED_RUNAWAY']) AND (referral_9.kind = 'DIRECT_SUPPORT' AND 'SUPPORTS' = any(seen_1.vias) OR referral_9.kind = 'PROFESSIONAL_CONSULTATION' AND 'CONSULTS' = any(seen_1.vias))) THEN referral_9.territory END AS territory, (SELECT row_to_json(row$) AS value
FROM (SELECT CASE WHEN ('ASSIGNED' = any(seen_2.vias) AND (EXISTS (SELECT 1
FROM referral AS referral_10
WHERE referral_10.minor_id = minor_2.id AND referral_10.assigned_member_id = $3::UUID AND referral_10.to_org_id = $1::UUID AND referral_10.kind = 'DIRECT_SUPPORT' AND referral_10.status = any(ARRAY['ACCEPTED', 'ENGAGED', 'IDENTITY_RELEASED', 'ONGOING', 'PAUSED_RUNAWAY'])
 LIMIT ALL OFFSET 0)) OR 'ENTRUSTED' = any(seen_2.vias)) THEN minor_2.age_band END AS "ageBand", CASE WHEN ('ASSIGNED' = any(seen_2.vias) AND (EXISTS (SELECT 1
FROM referral AS referral_11
WHERE referral_11.minor_id = minor_2.id AND referral_11.assigned_member_id = $3::UUID AND referral_11.to_org_id = $1::UUID AND referral_11.kind = 'DIRECT_SUPPORT' AND referral_11.status = any(ARRAY['ENGAGED', 'IDENTITY_RELEASED', 'ONGOING', 'PAUSED_RUNAWAY']) AND referral_11.minor_agreement = 'AGREED'
 LIMIT ALL OFFSET 0)) OR 'MANDATED' = any(seen_2.vias)) THEN minor_2.first_name END AS "firstName"
FROM minor AS minor_2 JOIN LATERAL (SELECT array((SELECT reach_4.via
FROM reach AS reach_4
WHERE reach_4.viewer = any(ARRAY[$3::UUID, $1::UUID]) AND reach_4.situation_id = minor_2.situation_id AND reach_4.starts_at <= now() AND reach_4.ends_at > now())) AS vias
 LIMIT ALL OFFSET 0) AS seen_2 ON true
WHERE minor_2.id = referral_9.minor_id AND ('ASSIGNED' = any(seen_2.vias) AND (EXISTS (SELECT 1
FROM referral AS referral_12
WHERE referral_12.minor_id = minor_2.id AND referral_12.assigned_member_id = $3::UUID AND referral_12.to_org_id = $1::UUID AND referral_12.kind = 'DIRECT_SUPPORT' AND referral_12.status = any(ARRAY['ACCEPTED', 'ENGAGED', 'IDENTITY_RELEASED', 'ONGOING', 'PAUSED_RUNAWAY'])
 LIMIT ALL OFFSET 0)) OR (seen_2.vias && ARRAY['ENTRUSTED', 'MANDATED']))) AS row$) AS minor, (SELECT coalesce(json_agg(row$), '[]'::json) AS coalesce_3
FROM (SELECT follow_up_2.status AS status, follow_up_2.recorded_at AS "recordedAt", step_5.value AS organisation
FROM follow_up AS follow_up_2 JOIN LATERAL (SELECT array((SELECT reach_5.via
FROM reach AS reach_5
WHERE reach_5.viewer = $1::UUID AND reach_5.situation_id = follow_up_2.situation_id AND reach_5.starts_at <= now() AND reach_5.ends_at > now())) AS vias
 LIMIT ALL OFFSET 0) AS seen_3 ON true LEFT OUTER JOIN LATERAL (SELECT row_to_json(row$) AS value
FROM (SELECT organisation_2.name AS name
FROM organisation AS organisation_2
WHERE organisation_2.id = follow_up_2.organisation_id AND true) AS row$) AS step_5 ON true
WHERE follow_up_2.referral_id = referral_9.id AND follow_up_2.organisation_id = $1::UUID AND (follow_up_2.recorded_by_id = $3::UUID AND (seen_3.vias && ARRAY['CONSULTS', 'CONSULTS_CLOSED']) AND (EXISTS (SELECT 1
FROM referral AS referral_13
WHERE referral_13.id = follow_up_2.referral_id AND referral_13.to_org_id = $1::UUID AND referral_13.kind = 'PROFESSIONAL_CONSULTATION' AND referral_13.status = any(ARRAY['ACCEPTED', 'COMPLETED', 'ENGAGED', 'IDENTITY_RELEASED', 'LOST_CONTACT', 'ONGOING', 'PAUSED_RUNAWAY', 'REFUSED_BY_MINOR', 'TRANSFERRED', 'WITHDRAWN']) AND referral_13.assigned_member_id = $3::UUID
 LIMIT ALL OFFSET 0)) OR follow_up_2.recorded_by_id = $3::UUID AND (seen_3.vias && ARRAY['SUPPORTS', 'SUPPORTS_CLOSED']) AND (EXISTS (SELECT 1
FROM referral AS referral_14
WHERE referral_14.id = follow_up_2.referral_id AND referral_14.to_org_id = $1::UUID AND referral_14.kind = 'DIRECT_SUPPORT' AND referral_14.status = any(ARRAY['ACCEPTED', 'COMPLETED', 'ENGAGED', 'IDENTITY_RELEASED', 'LOST_CONTACT', 'ONGOING', 'PAUSED_RUNAWAY', 'REFUSED_BY_MINOR', 'TRANSFERRED', 'WITHDRAWN']) AND referral_14.assigned_member_id = $3::UUID
 LIMIT ALL OFFSET 0)) OR 'CONSULTS' = any(seen_3.vias) AND (EXISTS (SELECT 1
FROM referral AS referral_15
WHERE referral_15.id = follow_up_2.referral_id AND referral_15.to_org_id = $1::UUID AND referral_15.kind = 'PROFESSIONAL_CONSULTATION' AND referral_15.status = any(ARRAY['ACCEPTED', 'ENGAGED', 'IDENTITY_RELEASED', 'ONGOING', 'PAUSED_RUNAWAY']) AND referral_15.assigned_member_id = $3::UUID
 LIMIT ALL OFFSET 0)) OR 'SUPPORTS' = any(seen_3.vias) AND (EXISTS (SELECT 1
FROM referral AS referral_16
WHERE referral_16.id = follow_up_2.referral_id AND referral_16.to_org_id = $1::UUID AND referral_16.kind = 'DIRECT_SUPPORT' AND referral_16.status = any(ARRAY['ACCEPTED', 'ENGAGED', 'IDENTITY_RELEASED', 'ONGOING', 'PAUSED_RUNAWAY']) AND referral_16.assigned_member_id = $3::UUID
 LIMIT ALL OFFSET 0))) ORDER BY follow_up_2.recorded_at DESC, follow_up_2.id DESC
 LIMIT $7::INTEGER) AS row$) AS "followUps", (SELECT coalesce(json_agg(notice$), '[]'::json) AS coalesce_4
FROM (SELECT 'ageBand' AS field, 'ENDED' AS reason
WHERE NOT (referral_9.status = any(ARRAY['ACCEPTED', 'ENGAGED', 'IDENTITY_RELEASED', 'ONGOING', 'PAUSED_RUNAWAY']) AND (referral_9.kind = 'DIRECT_SUPPORT' AND 'SUPPORTS' = any(seen_1.vias) OR referral_9.kind = 'PROFESSIONAL_CONSULTATION' AND 'CONSULTS' = any(seen_1.vias))) UNION ALL SELECT 'needCodes' AS field, 'ENDED' AS reason
WHERE NOT (referral_9.status = any(ARRAY['ACCEPTED', 'ENGAGED', 'IDENTITY_RELEASED', 'ONGOING', 'PAUSED_RUNAWAY']) AND (referral_9.kind = 'DIRECT_SUPPORT' AND 'SUPPORTS' = any(seen_1.vias) OR referral_9.kind = 'PROFESSIONAL_CONSULTATION' AND 'CONSULTS' = any(seen_1.vias))) UNION ALL SELECT 'territory' AS field, 'ENDED' AS reason
WHERE NOT (referral_9.status = any(ARRAY['ACCEPTED', 'ENGAGED', 'IDENTITY_RELEASED', 'ONGOING', 'PAUSED_RUNAWAY']) AND (referral_9.kind = 'DIRECT_SUPPORT' AND 'SUPPORTS' = any(seen_1.vias) OR referral_9.kind = 'PROFESSIONAL_CONSULTATION' AND 'CONSULTS' = any(seen_1.vias)))) AS notice$) AS withheld) AS row$) AS node_0, referral_9.situation_id AS situation, '-infinity'::timestamptz AS key$, referral_9.id AS tie$
FROM referral AS referral_9 JOIN LATERAL (SELECT array((SELECT reach_6.via
FROM reach AS reach_6
WHERE reach_6.viewer = $1::UUID AND reach_6.situation_id = referral_9.situation_id AND reach_6.starts_at <= now() AND reach_6.ends_at > now())) AS vias
 LIMIT ALL OFFSET 0) AS seen_1 ON true
WHERE referral_9.status = 'WITHDRAWN' AND referral_9.assigned_member_id = $3::UUID AND referral_9.to_org_id = $1::UUID AND (referral_9.kind = 'DIRECT_SUPPORT' AND (seen_1.vias && ARRAY['SUPPORTS', 'SUPPORTS_CLOSED']) OR referral_9.kind = 'PROFESSIONAL_CONSULTATION' AND (seen_1.vias && ARRAY['CONSULTS', 'CONSULTS_CLOSED'])) AND NOT (referral_9.status = any(ARRAY['ACCEPTED', 'COMPLETED', 'ENGAGED', 'IDENTITY_RELEASED', 'LOST_CONTACT', 'ONGOING', 'PAUSED_RUNAWAY', 'REFUSED_BY_MINOR', 'TRANSFERRED']) AND (referral_9.kind = 'DIRECT_SUPPORT' AND (seen_1.vias && ARRAY['SUPPORTS', 'SUPPORTS_CLOSED']) OR referral_9.kind = 'PROFESSIONAL_CONSULTATION' AND (seen_1.vias && ARRAY['CONSULTS', 'CONSULTS_CLOSED']))) AND referral_9.status = any($8::TEXT[]) AND (SELECT count(*) AS count_1
FROM near) < $9::INTEGER ORDER BY '-infinity'::timestamptz DESC, referral_9.id DESC
 LIMIT $9::INTEGER) AS anon_4) AS rows ORDER BY rows.key$ DESC, rows.tie$ DESC
 LIMIT $9::INTEGER) AS page) AS answer) END AS anon_1
