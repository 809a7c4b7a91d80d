-- binds: viewer_organisation, viewer_authority, viewer_member, viewer_kind, viewer_purpose, viewer_token, first_0, filter_status, page_size
-- access log: G31, G33; on condition: -
SELECT CASE WHEN (set_config('app.organisation', CAST($1::UUID AS TEXT), true) != '' AND set_config('app.authority', CAST($2::UUID AS TEXT), true) != '' AND set_config('app.member', CAST($3::UUID AS TEXT), true) != '' AND set_config('app.kind', CAST($4::VARCHAR AS TEXT), true) != '' AND set_config('app.purpose', CAST($5::VARCHAR AS TEXT), true) != '' AND standing($6::VARCHAR)) THEN (SELECT ARRAY[(SELECT row_to_json(row$) AS row_to_json_1
FROM (SELECT answer.nodes AS nodes) AS row$), answer.situations$] AS anon_2
FROM (SELECT coalesce(json_agg(page.node_0), '[]'::json) AS nodes, coalesce(json_agg(page.situation) FILTER (WHERE page.situation IS NOT NULL), '[]'::json) AS situations$
FROM (SELECT (SELECT row_to_json(row$) AS row_to_json_2
FROM (SELECT 'mbr_' || CAST(member_1.id AS TEXT) AS id, member_1.status AS status, (SELECT row_to_json(row$) AS value
FROM (SELECT organisation_1.name AS name
FROM organisation AS organisation_1
WHERE organisation_1.id = member_1.organisation_id AND true) AS row$) AS organisation, (SELECT coalesce(json_agg(row$), '[]'::json) AS coalesce_1
FROM (SELECT habilitation_1.role AS role, habilitation_1.valid_to AS "validTo"
FROM habilitation AS habilitation_1
WHERE habilitation_1.member_id = member_1.id AND habilitation_1.organisation_id = $1::UUID ORDER BY habilitation_1.valid_from DESC, habilitation_1.id DESC
 LIMIT $7::INTEGER) AS row$) AS habilitations) AS row$) AS node_0, NULL AS situation
FROM member AS member_1
WHERE member_1.organisation_id = $1::UUID AND member_1.status = any($8::TEXT[]) ORDER BY member_1.created_at DESC, member_1.id DESC
 LIMIT $9::INTEGER) AS page) AS answer) END AS anon_1
