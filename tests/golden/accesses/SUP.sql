-- binds: viewer_organisation, viewer_authority, viewer_member, viewer_kind, viewer_purpose, viewer_token, page_size, cursor_outer, cursor_inner, filter_outcome, filter_since
-- access log: G01, G30, G33; on condition: -
SELECT CASE WHEN (set_config('app.organisation', CAST($1::UUID AS TEXT), true) != '' AND set_config('app.authority', CAST($2::UUID AS TEXT), true) != '' AND set_config('app.member', CAST($3::UUID AS TEXT), true) != '' AND set_config('app.kind', CAST($4::VARCHAR AS TEXT), true) != '' AND set_config('app.purpose', CAST($5::VARCHAR AS TEXT), true) != '' AND standing($6::VARCHAR)) THEN (SELECT ARRAY[(SELECT row_to_json(row$) AS row_to_json_1
FROM (SELECT answer.nodes AS nodes, answer."pageInfo" AS "pageInfo") AS row$), answer.situations$] AS anon_2
FROM (SELECT coalesce(json_agg(numbered.node_0) FILTER (WHERE numbered.number <= $7::INTEGER), '[]'::json) AS nodes, json_build_object('hasNextPage', count(*) > $7::INTEGER, 'endCursor', (coalesce(array_agg(numbered.cursor) FILTER (WHERE numbered.number <= $7::INTEGER), '{}'::text[]))[least(count(*), $7::INTEGER)]) AS "pageInfo", coalesce(json_agg(numbered.situation) FILTER (WHERE numbered.number <= $7::INTEGER AND numbered.situation IS NOT NULL), '[]'::json) AS situations$
FROM (SELECT page.node_0 AS node_0, page.cursor AS cursor, page.situation AS situation, row_number() OVER () AS number
FROM (SELECT (SELECT row_to_json(row$) AS row_to_json_2
FROM (SELECT case_access_1.at AS at, case_access_1.reader AS reader, case_access_1.purpose AS purpose, case_access_1.categories AS categories, (SELECT row_to_json(row$) AS value
FROM (SELECT situation_1.ref AS ref
FROM situation AS situation_1
WHERE situation_1.id = case_access_1.situation_id AND (seen_1.vias && ARRAY['ARCHIVED', 'NETWORK'])) AS row$) AS situation, (SELECT row_to_json(row$) AS value
FROM (SELECT organisation_1.name AS name
FROM organisation AS organisation_1
WHERE organisation_1.id = case_access_1.organisation_id AND true) AS row$) AS organisation) AS row$) AS node_0, translate(encode(convert_to(CAST(case_access_1.at AS TEXT) || '|' || CAST(case_access_1.id AS TEXT), 'UTF8') || SUBSTRING(sha256($8::BYTEA || sha256($9::BYTEA || convert_to(CAST(case_access_1.at AS TEXT) || '|' || CAST(case_access_1.id AS TEXT), 'UTF8'))) FROM 1 FOR 16), 'base64'), E'+/=\n', '-_') AS cursor, case_access_1.situation_id AS situation
FROM case_access AS case_access_1 JOIN LATERAL (SELECT array((SELECT reach_1.via
FROM reach AS reach_1
WHERE reach_1.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_1.situation_id = case_access_1.situation_id AND reach_1.starts_at <= now() AND reach_1.ends_at > now())) AS vias
 LIMIT ALL OFFSET 0) AS seen_1 ON true
WHERE (case_access_1.controller_org_id = $1::UUID OR case_access_1.organisation_id = $1::UUID) AND case_access_1.outcome = any($10::TEXT[]) AND case_access_1.at >= $11::TIMESTAMP WITH TIME ZONE ORDER BY case_access_1.at DESC, case_access_1.id DESC
 LIMIT $7::INTEGER + 1) AS page) AS numbered) AS answer) END AS anon_1
