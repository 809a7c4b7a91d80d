-- binds: viewer_organisation, viewer_authority, viewer_member, viewer_kind, viewer_purpose, viewer_token, filter_overdue, filter_sentSince, filter_status, filter_urgency, page_size, first_0, cursor_outer, cursor_inner, cursor_value, cursor_id
-- access log: G01, G02, G12; on condition: -
SELECT CASE WHEN (set_config('app.organisation', CAST($1::UUID AS TEXT), true) != '' AND set_config('app.authority', CAST($2::UUID AS TEXT), true) != '' AND set_config('app.member', CAST($3::UUID AS TEXT), true) != '' AND set_config('app.kind', CAST($4::VARCHAR AS TEXT), true) != '' AND set_config('app.purpose', CAST($5::VARCHAR AS TEXT), true) != '' AND standing($6::VARCHAR)) THEN (SELECT ARRAY[(SELECT row_to_json(row$) AS row_to_json_1
FROM (SELECT answer."totalCount" AS "totalCount", answer."pageInfo" AS "pageInfo", answer.nodes AS nodes) AS row$), answer.situations$] AS anon_2
FROM (SELECT (SELECT count(*) AS count_1
FROM (SELECT 1
FROM concern_report AS concern_report_1 JOIN LATERAL (SELECT array((SELECT reach_1.via
FROM reach AS reach_1
WHERE reach_1.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_1.situation_id = concern_report_1.situation_id AND reach_1.starts_at <= now() AND reach_1.ends_at > now())) AS vias
 LIMIT ALL OFFSET 0) AS seen_1 ON true
WHERE 'NETWORK' = any(seen_1.vias) AND concern_report_1.sent_at IS NOT NULL AND coalesce(concern_report_1.due_at < now(), false) = $7::BOOLEAN AND concern_report_1.sent_at >= $8::TIMESTAMP WITH TIME ZONE AND concern_report_1.status = any($9::TEXT[]) AND concern_report_1.urgency = any($10::TEXT[]) ORDER BY concern_report_1.sent_at DESC, concern_report_1.id DESC
 LIMIT 10000) AS anon_3) AS "totalCount", json_build_object('hasNextPage', count(*) > $11::INTEGER, 'endCursor', (coalesce(array_agg(numbered.cursor) FILTER (WHERE numbered.number <= $11::INTEGER), '{}'::text[]))[least(count(*), $11::INTEGER)]) AS "pageInfo", coalesce(json_agg(numbered.node_0) FILTER (WHERE numbered.number <= $11::INTEGER), '[]'::json) AS nodes, coalesce(json_agg(numbered.situation) FILTER (WHERE numbered.number <= $11::INTEGER AND numbered.situation IS NOT NULL), '[]'::json) AS situations$
FROM (SELECT page.node_0 AS node_0, page.cursor AS cursor, page.situation AS situation, row_number() OVER () AS number
FROM (SELECT (SELECT row_to_json(row$) AS row_to_json_2
FROM (SELECT 'rep_' || CAST(concern_report_2.id AS TEXT) AS id, concern_report_2.status AS status, concern_report_2.urgency AS urgency, concern_report_2.sent_at AS "sentAt", concern_report_2.due_at AS "dueAt", left(encode(sha256(convert_to(CAST(row(concern_report_2.acknowledge_due_at, concern_report_2.acknowledged_at, concern_report_2.appraisal, concern_report_2.concluded_at, concern_report_2.conclusion, concern_report_2.danger_types, concern_report_2.drafted_at, concern_report_2.due_at, concern_report_2.evaluation_due_at, concern_report_2.kind, concern_report_2.origin_code, concern_report_2.parents_informed, concern_report_2.parents_informed_reason, concern_report_2.qualified_at, concern_report_2.return_due_at, concern_report_2.sender_answer_due_at, concern_report_2.sent_at, concern_report_2.status, concern_report_2.suggested_department_code, concern_report_2.summary_for_crip, concern_report_2.transmitter_code, concern_report_2.urgency, concern_report_2.validated_at, concern_report_2.complements_report_id, concern_report_2.minor_id, concern_report_2.origin_contact_id, concern_report_2.to_authority_id) AS TEXT), 'UTF8')), 'hex'), 20) AS version, (SELECT row_to_json(row$) AS value
FROM (SELECT situation_1.status AS status, (SELECT coalesce(json_agg(row$), '[]'::json) AS coalesce_1
FROM (SELECT minor_1.age_band AS "ageBand"
FROM minor AS minor_1
WHERE minor_1.situation_id = situation_1.id AND 'NETWORK' = any(seen_1.vias) ORDER BY minor_1.id DESC
 LIMIT $12::INTEGER) AS row$) AS minors
FROM situation AS situation_1
WHERE situation_1.id = concern_report_2.situation_id AND 'NETWORK' = any(seen_1.vias)) AS row$) AS situation, '[]'::json AS withheld) AS row$) AS node_0, translate(encode(convert_to(CAST(concern_report_2.sent_at AS TEXT) || '|' || CAST(concern_report_2.id AS TEXT), 'UTF8') || SUBSTRING(sha256($13::BYTEA || sha256($14::BYTEA || convert_to(CAST(concern_report_2.sent_at AS TEXT) || '|' || CAST(concern_report_2.id AS TEXT), 'UTF8'))) FROM 1 FOR 16), 'base64'), E'+/=\n', '-_') AS cursor, concern_report_2.situation_id AS situation
FROM concern_report AS concern_report_2 JOIN LATERAL (SELECT array((SELECT reach_2.via
FROM reach AS reach_2
WHERE reach_2.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_2.situation_id = concern_report_2.situation_id AND reach_2.starts_at <= now() AND reach_2.ends_at > now())) AS vias
 LIMIT ALL OFFSET 0) AS seen_1 ON true
WHERE 'NETWORK' = any(seen_1.vias) AND concern_report_2.sent_at IS NOT NULL AND coalesce(concern_report_2.due_at < now(), false) = $7::BOOLEAN AND concern_report_2.sent_at >= $8::TIMESTAMP WITH TIME ZONE AND concern_report_2.status = any($9::TEXT[]) AND concern_report_2.urgency = any($10::TEXT[]) AND (concern_report_2.sent_at, concern_report_2.id) < ($15::TIMESTAMP WITH TIME ZONE, $16::UUID) ORDER BY concern_report_2.sent_at DESC, concern_report_2.id DESC
 LIMIT $11::INTEGER + 1) AS page) AS numbered) AS answer) END AS anon_1
