-- binds: viewer_organisation, viewer_authority, viewer_member, viewer_kind, viewer_purpose, viewer_token, page_size
-- access log: G23; on condition: -
WITH counted AS
(SELECT anon_5.situation_id AS situation_id
FROM (SELECT reach_2.situation_id AS situation_id
FROM reach AS reach_2
WHERE reach_2.viewer = $2::UUID AND reach_2.via = 'REPORTED') AS anon_5
 LIMIT 200000),
followed AS
(SELECT anon_10.situation_id AS situation_id
FROM (SELECT reach_5.situation_id AS situation_id
FROM reach AS reach_5
WHERE reach_5.viewer = $2::UUID AND reach_5.via = 'REPORTED') AS anon_10
 LIMIT 2000)
 SELECT CASE WHEN (set_config('app.organisation', CAST($1::UUID AS TEXT), true) != '' AND set_config('app.authority', CAST($2::UUID AS TEXT), true) != '' AND set_config('app.member', CAST($3::UUID AS TEXT), true) != '' AND set_config('app.kind', CAST($4::VARCHAR AS TEXT), true) != '' AND set_config('app.purpose', CAST($5::VARCHAR AS TEXT), true) != '' AND standing($6::VARCHAR)) THEN (SELECT ARRAY[(SELECT row_to_json(row$) AS row_to_json_1
FROM (SELECT answer.n AS n, answer.list AS list) AS row$), answer.situations$] AS anon_2
FROM (SELECT (SELECT count(*) AS count_1
FROM (SELECT 1
FROM follow_up AS follow_up_1 JOIN LATERAL (SELECT array((SELECT reach_1.via
FROM reach AS reach_1
WHERE reach_1.viewer = $2::UUID AND reach_1.situation_id = follow_up_1.situation_id AND reach_1.starts_at <= now() AND reach_1.ends_at > now())) AS vias
 LIMIT ALL OFFSET 0) AS seen_1 ON true
WHERE 'REPORTED' = any(seen_1.vias) AND NOT (SELECT count(*) < 200000 AS anon_4
FROM counted) ORDER BY follow_up_1.recorded_at DESC, follow_up_1.id DESC
 LIMIT 10000) AS anon_3) + (SELECT count(*) AS count_2
FROM (SELECT 1
FROM follow_up AS follow_up_2 JOIN LATERAL (SELECT array((SELECT reach_3.via
FROM reach AS reach_3
WHERE reach_3.viewer = $2::UUID AND reach_3.situation_id = follow_up_2.situation_id AND reach_3.starts_at <= now() AND reach_3.ends_at > now())) AS vias
 LIMIT ALL OFFSET 0) AS seen_1 ON true
WHERE 'REPORTED' = any(seen_1.vias) AND (SELECT count(*) < 200000 AS anon_4
FROM counted) AND follow_up_2.situation_id = ANY (array((SELECT counted.situation_id
FROM counted)))
 LIMIT 10000) AS anon_6) AS n, coalesce(json_agg(page.node_0), '[]'::json) AS list, coalesce(json_agg(page.situation) FILTER (WHERE page.situation IS NOT NULL), '[]'::json) AS situations$
FROM (WITH rows$ AS
(SELECT anon_7.id AS id, anon_7.situation_id AS situation_id, anon_7.status AS status, anon_7.key$ AS key$, anon_7.tie$ AS tie$
FROM (SELECT anon_8.id AS id, anon_8.situation_id AS situation_id, anon_8.status AS status, anon_8.key$ AS key$, anon_8.tie$ AS tie$
FROM (SELECT follow_up_3.id AS id, follow_up_3.situation_id AS situation_id, follow_up_3.status AS status, follow_up_3.recorded_at AS key$, follow_up_3.id AS tie$
FROM follow_up AS follow_up_3 JOIN LATERAL (SELECT array((SELECT reach_4.via
FROM reach AS reach_4
WHERE reach_4.viewer = $2::UUID AND reach_4.situation_id = follow_up_3.situation_id AND reach_4.starts_at <= now() AND reach_4.ends_at > now())) AS vias
 LIMIT ALL OFFSET 0) AS seen_1 ON true
WHERE 'REPORTED' = any(seen_1.vias) AND NOT (SELECT count(*) < 2000 AS anon_9
FROM followed) ORDER BY follow_up_3.recorded_at DESC, follow_up_3.id DESC
 LIMIT $7::INTEGER) AS anon_8 UNION ALL SELECT anon_11.id AS id, anon_11.situation_id AS situation_id, anon_11.status AS status, anon_11.key$ AS key$, anon_11.tie$ AS tie$
FROM (SELECT follow_up_4.id AS id, follow_up_4.situation_id AS situation_id, follow_up_4.status AS status, follow_up_4.recorded_at AS key$, follow_up_4.id AS tie$
FROM follow_up AS follow_up_4 JOIN LATERAL (SELECT array((SELECT reach_6.via
FROM reach AS reach_6
WHERE reach_6.viewer = $2::UUID AND reach_6.situation_id = follow_up_4.situation_id AND reach_6.starts_at <= now() AND reach_6.ends_at > now())) AS vias
 LIMIT ALL OFFSET 0) AS seen_1 ON true
WHERE 'REPORTED' = any(seen_1.vias) AND (SELECT count(*) < 2000 AS anon_9
FROM followed) AND follow_up_4.situation_id = ANY (array((SELECT followed.situation_id
FROM followed))) ORDER BY follow_up_4.recorded_at DESC, follow_up_4.id DESC
 LIMIT $7::INTEGER) AS anon_11) AS anon_7 ORDER BY anon_7.key$ DESC, anon_7.tie$ DESC
 LIMIT $7::INTEGER)
 SELECT (SELECT row_to_json(row$) AS row_to_json_2
FROM (SELECT 'fol_' || CAST(rows$.id AS TEXT) AS i, rows$.status AS s, rows$.status AS again, 'FollowUp' AS __typename) AS row$) AS node_0, rows$.situation_id AS situation
FROM rows$ ORDER BY rows$.key$ DESC, rows$.tie$ DESC) AS page) AS answer) END AS anon_1
