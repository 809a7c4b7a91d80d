-- binds: viewer_organisation, viewer_authority, viewer_member, viewer_kind, viewer_purpose, viewer_token, node_ids, node_kinds
-- access log: G23, G33; on condition: -
SELECT CASE WHEN (set_config('app.organisation', CAST($1::UUID AS TEXT), true) != '' AND set_config('app.authority', CAST($2::UUID AS TEXT), true) != '' AND set_config('app.member', CAST($3::UUID AS TEXT), true) != '' AND set_config('app.kind', CAST($4::VARCHAR AS TEXT), true) != '' AND set_config('app.purpose', CAST($5::VARCHAR AS TEXT), true) != '' AND standing($6::VARCHAR)) THEN (SELECT ARRAY[coalesce(json_agg(listed.node), '[]'::json), coalesce(json_agg(listed.situation) FILTER (WHERE listed.situation IS NOT NULL), '[]'::json)] AS anon_2
FROM (SELECT CASE WHEN (anon_3.kind = 'fol') THEN (SELECT (SELECT row_to_json(row$) AS row_to_json_1
FROM (SELECT 'fol_' || CAST(follow_up_1.id AS TEXT) AS id, 'FollowUp' AS __typename, follow_up_1.status AS step, (SELECT row_to_json(row$) AS value
FROM (SELECT referral_1.ref AS ref
FROM referral AS referral_1 JOIN LATERAL (SELECT array((SELECT reach_1.via
FROM reach AS reach_1
WHERE reach_1.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_1.situation_id = referral_1.situation_id AND reach_1.starts_at <= now() AND reach_1.ends_at > now())) AS vias
 LIMIT ALL OFFSET 0) AS seen_2 ON true
WHERE referral_1.id = follow_up_1.referral_id AND 'NETWORK' = any(seen_2.vias)) AS row$) AS referral) AS row$) AS anon_4
FROM follow_up AS follow_up_1 JOIN LATERAL (SELECT array((SELECT reach_2.via
FROM reach AS reach_2
WHERE reach_2.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_2.situation_id = follow_up_1.situation_id AND reach_2.starts_at <= now() AND reach_2.ends_at > now())) AS vias
 LIMIT ALL OFFSET 0) AS seen_1 ON true
WHERE follow_up_1.id = anon_3.id AND 'NETWORK' = any(seen_1.vias)) WHEN (anon_3.kind = 'org') THEN (SELECT (SELECT row_to_json(row$) AS row_to_json_2
FROM (SELECT 'org_' || CAST(organisation_1.id AS TEXT) AS id, 'Organisation' AS __typename, organisation_1.name AS name) AS row$) AS anon_5
FROM organisation AS organisation_1
WHERE organisation_1.id = anon_3.id AND true) WHEN (anon_3.kind = 'ref') THEN (SELECT (SELECT row_to_json(row$) AS row_to_json_3
FROM (SELECT 'ref_' || CAST(referral_2.id AS TEXT) AS id, 'Referral' AS __typename, referral_2.status AS status) AS row$) AS anon_6
FROM referral AS referral_2 JOIN LATERAL (SELECT array((SELECT reach_3.via
FROM reach AS reach_3
WHERE reach_3.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_3.situation_id = referral_2.situation_id AND reach_3.starts_at <= now() AND reach_3.ends_at > now())) AS vias
 LIMIT ALL OFFSET 0) AS seen_1 ON true
WHERE referral_2.id = anon_3.id AND 'NETWORK' = any(seen_1.vias)) ELSE NULL END AS node, CASE WHEN (anon_3.kind = 'fol') THEN (SELECT follow_up_2.situation_id
FROM follow_up AS follow_up_2 JOIN LATERAL (SELECT array((SELECT reach_4.via
FROM reach AS reach_4
WHERE reach_4.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_4.situation_id = follow_up_2.situation_id AND reach_4.starts_at <= now() AND reach_4.ends_at > now())) AS vias
 LIMIT ALL OFFSET 0) AS seen_1 ON true
WHERE follow_up_2.id = anon_3.id AND 'NETWORK' = any(seen_1.vias)) WHEN (anon_3.kind = 'ref') THEN (SELECT referral_3.situation_id
FROM referral AS referral_3 JOIN LATERAL (SELECT array((SELECT reach_5.via
FROM reach AS reach_5
WHERE reach_5.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_5.situation_id = referral_3.situation_id AND reach_5.starts_at <= now() AND reach_5.ends_at > now())) AS vias
 LIMIT ALL OFFSET 0) AS seen_1 ON true
WHERE referral_3.id = anon_3.id AND 'NETWORK' = any(seen_1.vias)) ELSE NULL END AS situation, anon_3.place AS place
FROM unnest($7::UUID[], $8::TEXT[]) WITH ORDINALITY AS anon_3(id, kind, place) ORDER BY anon_3.place) AS listed) END AS anon_1
