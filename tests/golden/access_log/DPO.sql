-- binds: viewer_organisation, viewer_authority, viewer_member, viewer_kind, viewer_purpose, viewer_token, filter_event, filter_since, page_size
-- access log: G30; on condition: -
SELECT CASE WHEN (set_config('app.organisation', CAST($1::UUID AS TEXT), true) != '' AND set_config('app.authority', CAST($2::UUID AS TEXT), true) != '' AND set_config('app.member', CAST($3::UUID AS TEXT), true) != '' AND set_config('app.kind', CAST($4::VARCHAR AS TEXT), true) != '' AND set_config('app.purpose', CAST($5::VARCHAR AS TEXT), true) != '' AND standing($6::VARCHAR)) THEN (SELECT ARRAY[(SELECT row_to_json(row$) AS row_to_json_1
FROM (SELECT answer.nodes AS nodes) AS row$), answer.situations$] AS anon_2
FROM (SELECT coalesce(json_agg(page.node_0), '[]'::json) AS nodes, coalesce(json_agg(page.situation) FILTER (WHERE page.situation IS NOT NULL), '[]'::json) AS situations$
FROM (SELECT (SELECT row_to_json(row$) AS row_to_json_2
FROM (SELECT access_log_1.at AS at, access_log_1.event AS event, access_log_1.outcome AS outcome, access_log_1.trace_id AS "traceId") AS row$) AS node_0, NULL AS situation
FROM access_log AS access_log_1
WHERE ($4::VARCHAR = 'DLPM' OR access_log_1.organisation_id = $1::UUID) AND access_log_1.event = any($7::TEXT[]) AND access_log_1.at >= $8::TIMESTAMP WITH TIME ZONE ORDER BY access_log_1.at DESC, access_log_1.hash DESC
 LIMIT $9::INTEGER) AS page) AS answer) END AS anon_1
