-- binds: viewer_organisation, viewer_authority, viewer_member, viewer_kind, viewer_purpose, viewer_token, page_size
-- access log: G23; on condition: -
SELECT CASE WHEN (set_config('app.organisation', CAST($1::UUID AS TEXT), true) != '' AND set_config('app.authority', CAST($2::UUID AS TEXT), true) != '' AND set_config('app.member', CAST($3::UUID AS TEXT), true) != '' AND set_config('app.kind', CAST($4::VARCHAR AS TEXT), true) != '' AND set_config('app.purpose', CAST($5::VARCHAR AS TEXT), true) != '' AND standing($6::VARCHAR)) THEN (SELECT ARRAY[(SELECT row_to_json(row$) AS row_to_json_1
FROM (SELECT answer.n AS n, answer.list AS list) AS row$), answer.situations$] AS anon_2
FROM (SELECT (SELECT count(*) AS count_1
FROM (SELECT 1
FROM follow_up AS follow_up_1 JOIN LATERAL (SELECT array((SELECT reach_1.via
FROM reach AS reach_1
WHERE reach_1.viewer = $1::UUID AND reach_1.situation_id = follow_up_1.situation_id AND reach_1.starts_at <= now() AND reach_1.ends_at > now())) AS vias
 LIMIT ALL OFFSET 0) AS seen_1 ON true
WHERE follow_up_1.organisation_id = $1::UUID AND (follow_up_1.recorded_by_id = $3::UUID AND (seen_1.vias && ARRAY['CONSULTS', 'CONSULTS_CLOSED']) AND (EXISTS (SELECT 1
FROM referral AS referral_1
WHERE referral_1.id = follow_up_1.referral_id AND referral_1.to_org_id = $1::UUID AND referral_1.kind = 'PROFESSIONAL_CONSULTATION' AND referral_1.status = any(ARRAY['ACCEPTED', 'COMPLETED', 'ENGAGED', 'IDENTITY_RELEASED', 'LOST_CONTACT', 'ONGOING', 'PAUSED_RUNAWAY', 'REFUSED_BY_MINOR', 'TRANSFERRED', 'WITHDRAWN']) AND referral_1.assigned_member_id = $3::UUID
 LIMIT ALL OFFSET 0)) OR follow_up_1.recorded_by_id = $3::UUID AND (seen_1.vias && ARRAY['SUPPORTS', 'SUPPORTS_CLOSED']) AND (EXISTS (SELECT 1
FROM referral AS referral_2
WHERE referral_2.id = follow_up_1.referral_id AND referral_2.to_org_id = $1::UUID AND referral_2.kind = 'DIRECT_SUPPORT' AND referral_2.status = any(ARRAY['ACCEPTED', 'COMPLETED', 'ENGAGED', 'IDENTITY_RELEASED', 'LOST_CONTACT', 'ONGOING', 'PAUSED_RUNAWAY', 'REFUSED_BY_MINOR', 'TRANSFERRED', 'WITHDRAWN']) AND referral_2.assigned_member_id = $3::UUID
 LIMIT ALL OFFSET 0)) OR 'CONSULTS' = any(seen_1.vias) AND (EXISTS (SELECT 1
FROM referral AS referral_3
WHERE referral_3.id = follow_up_1.referral_id AND referral_3.to_org_id = $1::UUID AND referral_3.kind = 'PROFESSIONAL_CONSULTATION' AND referral_3.status = any(ARRAY['ACCEPTED', 'ENGAGED', 'IDENTITY_RELEASED', 'ONGOING', 'PAUSED_RUNAWAY']) AND referral_3.assigned_member_id = $3::UUID
 LIMIT ALL OFFSET 0)) OR 'SUPPORTS' = any(seen_1.vias) AND (EXISTS (SELECT 1
FROM referral AS referral_4
WHERE referral_4.id = follow_up_1.referral_id AND referral_4.to_org_id = $1::UUID AND referral_4.kind = 'DIRECT_SUPPORT' AND referral_4.status = any(ARRAY['ACCEPTED', 'ENGAGED', 'IDENTITY_RELEASED', 'ONGOING', 'PAUSED_RUNAWAY']) AND referral_4.assigned_member_id = $3::UUID
 LIMIT ALL OFFSET 0))) ORDER BY follow_up_1.recorded_at DESC, follow_up_1.id DESC
 LIMIT 10000) AS anon_3) AS n, coalesce(json_agg(page.node_0), '[]'::json) AS list, coalesce(json_agg(page.situation) FILTER (WHERE page.situation IS NOT NULL), '[]'::json) AS situations$
FROM (SELECT (SELECT row_to_json(row$) AS row_to_json_2
FROM (SELECT 'fol_' || CAST(follow_up_2.id AS TEXT) AS i, follow_up_2.status AS s, follow_up_2.status AS again, 'FollowUp' AS __typename) AS row$) AS node_0, follow_up_2.situation_id AS situation
FROM follow_up AS follow_up_2 JOIN LATERAL (SELECT array((SELECT reach_2.via
FROM reach AS reach_2
WHERE reach_2.viewer = $1::UUID AND reach_2.situation_id = follow_up_2.situation_id AND reach_2.starts_at <= now() AND reach_2.ends_at > now())) AS vias
 LIMIT ALL OFFSET 0) AS seen_1 ON true
WHERE follow_up_2.organisation_id = $1::UUID AND (follow_up_2.recorded_by_id = $3::UUID AND (seen_1.vias && ARRAY['CONSULTS', 'CONSULTS_CLOSED']) AND (EXISTS (SELECT 1
FROM referral AS referral_5
WHERE referral_5.id = follow_up_2.referral_id AND referral_5.to_org_id = $1::UUID AND referral_5.kind = 'PROFESSIONAL_CONSULTATION' AND referral_5.status = any(ARRAY['ACCEPTED', 'COMPLETED', 'ENGAGED', 'IDENTITY_RELEASED', 'LOST_CONTACT', 'ONGOING', 'PAUSED_RUNAWAY', 'REFUSED_BY_MINOR', 'TRANSFERRED', 'WITHDRAWN']) AND referral_5.assigned_member_id = $3::UUID
 LIMIT ALL OFFSET 0)) OR follow_up_2.recorded_by_id = $3::UUID AND (seen_1.vias && ARRAY['SUPPORTS', 'SUPPORTS_CLOSED']) AND (EXISTS (SELECT 1
FROM referral AS referral_6
WHERE referral_6.id = follow_up_2.referral_id AND referral_6.to_org_id = $1::UUID AND referral_6.kind = 'DIRECT_SUPPORT' AND referral_6.status = any(ARRAY['ACCEPTED', 'COMPLETED', 'ENGAGED', 'IDENTITY_RELEASED', 'LOST_CONTACT', 'ONGOING', 'PAUSED_RUNAWAY', 'REFUSED_BY_MINOR', 'TRANSFERRED', 'WITHDRAWN']) AND referral_6.assigned_member_id = $3::UUID
 LIMIT ALL OFFSET 0)) OR 'CONSULTS' = any(seen_1.vias) AND (EXISTS (SELECT 1
FROM referral AS referral_7
WHERE referral_7.id = follow_up_2.referral_id AND referral_7.to_org_id = $1::UUID AND referral_7.kind = 'PROFESSIONAL_CONSULTATION' AND referral_7.status = any(ARRAY['ACCEPTED', 'ENGAGED', 'IDENTITY_RELEASED', 'ONGOING', 'PAUSED_RUNAWAY']) AND referral_7.assigned_member_id = $3::UUID
 LIMIT ALL OFFSET 0)) OR 'SUPPORTS' = any(seen_1.vias) AND (EXISTS (SELECT 1
FROM referral AS referral_8
WHERE referral_8.id = follow_up_2.referral_id AND referral_8.to_org_id = $1::UUID AND referral_8.kind = 'DIRECT_SUPPORT' AND referral_8.status = any(ARRAY['ACCEPTED', 'ENGAGED', 'IDENTITY_RELEASED', 'ONGOING', 'PAUSED_RUNAWAY']) AND referral_8.assigned_member_id = $3::UUID
 LIMIT ALL OFFSET 0))) ORDER BY follow_up_2.recorded_at DESC, follow_up_2.id DESC
 LIMIT $7::INTEGER) AS page) AS answer) END AS anon_1
