-- binds: viewer_organisation, viewer_authority, viewer_member, viewer_kind, viewer_purpose, viewer_token, node_ids, node_kinds
-- access log: G23, G33; on condition: -
SELECT CASE WHEN (set_config('app.organisation', CAST($1::UUID AS TEXT), true) != '' AND set_config('app.authority', CAST($2::UUID AS TEXT), true) != '' AND set_config('app.member', CAST($3::UUID AS TEXT), true) != '' AND set_config('app.kind', CAST($4::VARCHAR AS TEXT), true) != '' AND set_config('app.purpose', CAST($5::VARCHAR AS TEXT), true) != '' AND standing($6::VARCHAR)) THEN (SELECT ARRAY[coalesce(json_agg(listed.node), '[]'::json), coalesce(json_agg(listed.situation) FILTER (WHERE listed.situation IS NOT NULL), '[]'::json)] AS anon_2
FROM (SELECT CASE WHEN (anon_3.kind = 'fol') THEN (SELECT (SELECT row_to_json(row$) AS row_to_json_1
FROM (SELECT 'fol_' || CAST(follow_up_1.id AS TEXT) AS id, 'FollowUp' AS __typename, follow_up_1.status AS step, (SELECT row_to_json(row$) AS value
FROM (SELECT referral_1.ref AS ref
FROM referral AS referral_1 JOIN LATERAL (SELECT array((SELECT reach_1.via
FROM reach AS reach_1
WHERE reach_1.viewer = $1::UUID AND reach_1.situation_id = referral_1.situation_id AND reach_1.starts_at <= now() AND reach_1.ends_at > now())) AS vias
 LIMIT ALL OFFSET 0) AS seen_2 ON true
WHERE referral_1.id = follow_up_1.referral_id AND referral_1.kind = 'PROFESSIONAL_CONSULTATION' AND referral_1.status = any(ARRAY['ACCEPTED', 'COMPLETED', 'ENGAGED', 'IDENTITY_RELEASED', 'LOST_CONTACT', 'ONGOING', 'PAUSED_RUNAWAY', 'REFUSED_BY_MINOR', 'TRANSFERRED', 'WITHDRAWN']) AND referral_1.assigned_member_id = $3::UUID AND referral_1.to_org_id = $1::UUID AND (seen_2.vias && ARRAY['CONSULTS', 'CONSULTS_CLOSED'])) AS row$) AS referral) AS row$) AS anon_4
FROM follow_up AS follow_up_1 JOIN LATERAL (SELECT array((SELECT reach_2.via
FROM reach AS reach_2
WHERE reach_2.viewer = $1::UUID AND reach_2.situation_id = follow_up_1.situation_id AND reach_2.starts_at <= now() AND reach_2.ends_at > now())) AS vias
 LIMIT ALL OFFSET 0) AS seen_1 ON true
WHERE follow_up_1.id = anon_3.id AND follow_up_1.organisation_id = $1::UUID AND (follow_up_1.recorded_by_id = $3::UUID AND (seen_1.vias && ARRAY['CONSULTS', 'CONSULTS_CLOSED']) AND (EXISTS (SELECT 1
FROM referral AS referral_2
WHERE referral_2.id = follow_up_1.referral_id AND referral_2.to_org_id = $1::UUID AND referral_2.kind = 'PROFESSIONAL_CONSULTATION' AND referral_2.status = any(ARRAY['ACCEPTED', 'COMPLETED', 'ENGAGED', 'IDENTITY_RELEASED', 'LOST_CONTACT', 'ONGOING', 'PAUSED_RUNAWAY', 'REFUSED_BY_MINOR', 'TRANSFERRED', 'WITHDRAWN']) AND referral_2.assigned_member_id = $3::UUID
 LIMIT ALL OFFSET 0)) OR 'CONSULTS' = any(seen_1.vias) AND (EXISTS (SELECT 1
FROM referral AS referral_3
WHERE referral_3.id = follow_up_1.referral_id AND referral_3.to_org_id = $1::UUID AND referral_3.kind = 'PROFESSIONAL_CONSULTATION' AND referral_3.status = any(ARRAY['ACCEPTED', 'ENGAGED', 'IDENTITY_RELEASED', 'ONGOING', 'PAUSED_RUNAWAY']) AND referral_3.assigned_member_id = $3::UUID
 LIMIT ALL OFFSET 0)))) WHEN (anon_3.kind = 'org') THEN (SELECT (SELECT row_to_json(row$) AS row_to_json_2
FROM (SELECT 'org_' || CAST(organisation_1.id AS TEXT) AS id, 'Organisation' AS __typename, organisation_1.name AS name) AS row$) AS anon_5
FROM organisation AS organisation_1
WHERE organisation_1.id = anon_3.id AND true) WHEN (anon_3.kind = 'ref') THEN (SELECT (SELECT row_to_json(row$) AS row_to_json_3
FROM (SELECT 'ref_' || CAST(referral_4.id AS TEXT) AS id, 'Referral' AS __typename, referral_4.status AS status) AS row$) AS anon_6
FROM referral AS referral_4 JOIN LATERAL (SELECT array((SELECT reach_3.via
FROM reach AS reach_3
WHERE reach_3.viewer = $1::UUID AND reach_3.situation_id = referral_4.situation_id AND reach_3.starts_at <= now() AND reach_3.ends_at > now())) AS vias
 LIMIT ALL OFFSET 0) AS seen_1 ON true
WHERE referral_4.id = anon_3.id AND referral_4.kind = 'PROFESSIONAL_CONSULTATION' AND referral_4.status = any(ARRAY['ACCEPTED', 'COMPLETED', 'ENGAGED', 'IDENTITY_RELEASED', 'LOST_CONTACT', 'ONGOING', 'PAUSED_RUNAWAY', 'REFUSED_BY_MINOR', 'TRANSFERRED', 'WITHDRAWN']) AND referral_4.assigned_member_id = $3::UUID AND referral_4.to_org_id = $1::UUID AND (seen_1.vias && ARRAY['CONSULTS', 'CONSULTS_CLOSED'])) ELSE NULL END AS node, CASE WHEN (anon_3.kind = 'fol') THEN (SELECT follow_up_2.situation_id
FROM follow_up AS follow_up_2 JOIN LATERAL (SELECT array((SELECT reach_4.via
FROM reach AS reach_4
WHERE reach_4.viewer = $1::UUID AND reach_4.situation_id = follow_up_2.situation_id AND reach_4.starts_at <= now() AND reach_4.ends_at > now())) AS vias
 LIMIT ALL OFFSET 0) AS seen_1 ON true
WHERE follow_up_2.id = anon_3.id AND follow_up_2.organisation_id = $1::UUID AND (follow_up_2.recorded_by_id = $3::UUID AND (seen_1.vias && ARRAY['CONSULTS', 'CONSULTS_CLOSED']) AND (EXISTS (SELECT 1
FROM referral AS referral_5
WHERE referral_5.id = follow_up_2.referral_id AND referral_5.to_org_id = $1::UUID AND referral_5.kind = 'PROFESSIONAL_CONSULTATION' AND referral_5.status = any(ARRAY['ACCEPTED', 'COMPLETED', 'ENGAGED', 'IDENTITY_RELEASED', 'LOST_CONTACT', 'ONGOING', 'PAUSED_RUNAWAY', 'REFUSED_BY_MINOR', 'TRANSFERRED', 'WITHDRAWN']) AND referral_5.assigned_member_id = $3::UUID
 LIMIT ALL OFFSET 0)) OR 'CONSULTS' = any(seen_1.vias) AND (EXISTS (SELECT 1
FROM referral AS referral_6
WHERE referral_6.id = follow_up_2.referral_id AND referral_6.to_org_id = $1::UUID AND referral_6.kind = 'PROFESSIONAL_CONSULTATION' AND referral_6.status = any(ARRAY['ACCEPTED', 'ENGAGED', 'IDENTITY_RELEASED', 'ONGOING', 'PAUSED_RUNAWAY']) AND referral_6.assigned_member_id = $3::UUID
 LIMIT ALL OFFSET 0)))) WHEN (anon_3.kind = 'ref') THEN (SELECT referral_7.situation_id
FROM referral AS referral_7 JOIN LATERAL (SELECT array((SELECT reach_5.via
FROM reach AS reach_5
WHERE reach_5.viewer = $1::UUID AND reach_5.situation_id = referral_7.situation_id AND reach_5.starts_at <= now() AND reach_5.ends_at > now())) AS vias
 LIMIT ALL OFFSET 0) AS seen_1 ON true
WHERE referral_7.id = anon_3.id AND referral_7.kind = 'PROFESSIONAL_CONSULTATION' AND referral_7.status = any(ARRAY['ACCEPTED', 'COMPLETED', 'ENGAGED', 'IDENTITY_RELEASED', 'LOST_CONTACT', 'ONGOING', 'PAUSED_RUNAWAY', 'REFUSED_BY_MINOR', 'TRANSFERRED', 'WITHDRAWN']) AND referral_7.assigned_member_id = $3::UUID AND referral_7.to_org_id = $1::UUID AND (seen_1.vias && ARRAY['CONSULTS', 'CONSULTS_CLOSED'])) ELSE NULL END AS situation, anon_3.place AS place
FROM unnest($7::UUID[], $8::TEXT[]) WITH ORDINALITY AS anon_3(id, kind, place) ORDER BY anon_3.place) AS listed) END AS anon_1
