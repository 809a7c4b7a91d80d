-- binds: viewer_organisation, viewer_authority, viewer_member, viewer_kind, viewer_purpose, viewer_token, filter_overdue, page_size, cursor_outer, cursor_inner
-- access log: G04, G33; on condition: -
WITH followed_mandated AS
(SELECT anon_6.situation_id AS situation_id
FROM (SELECT reach_5.situation_id AS situation_id
FROM reach AS reach_5
WHERE reach_5.viewer = $1::UUID AND reach_5.via = 'MANDATED') AS anon_6
 LIMIT 400)
 SELECT CASE WHEN (set_config('app.organisation', CAST($1::UUID AS TEXT), true) != '' AND set_config('app.authority', CAST($2::UUID AS TEXT), true) != '' AND set_config('app.member', CAST($3::UUID AS TEXT), true) != '' AND set_config('app.kind', CAST($4::VARCHAR AS TEXT), true) != '' AND set_config('app.purpose', CAST($5::VARCHAR AS TEXT), true) != '' AND standing($6::VARCHAR)) THEN (SELECT ARRAY[(SELECT row_to_json(row$) AS row_to_json_1
FROM (SELECT answer."totalCount" AS "totalCount", answer.nodes AS nodes, answer."pageInfo" AS "pageInfo") AS row$), answer.situations$] AS anon_2
FROM (SELECT (SELECT count(*) AS count_1
FROM (SELECT clock.id AS id
FROM (SELECT anon_3.kind AS kind, anon_3.due_at AS due_at, anon_3.about AS about, anon_3.situation AS situation, anon_3.id AS id
FROM (SELECT 'MAJORITY' AS kind, CAST(timezone(coalesce((SELECT authority_1.timezone
FROM authority AS authority_1
WHERE authority_1.id = $2::UUID AND true), 'Europe/Paris'), minor_1.majority_on + make_interval(0, 0, 0, -1) + make_interval(0, 0, 0, 1)) AS TIMESTAMP WITH TIME ZONE) AS due_at, CAST(NULL AS TEXT) AS about, minor_1.situation_id AS situation, minor_1.id AS id, minor_1.majority_on AS walked
FROM minor AS minor_1
WHERE minor_1.majority_on IS NOT NULL AND minor_1.majority_on >= (SELECT CAST(CAST(timezone('Europe/Paris', now()) AS DATE) - 1 AS DATE) AS anon_4) AND minor_1.majority_on >= CAST(CAST(timezone('Europe/Paris', CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END) AS DATE) - 1 AS DATE) AND minor_1.majority_on <= CAST(CAST(timezone('Europe/Paris', CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END) AS DATE) + 2 AS DATE) AND ((EXISTS (SELECT 1
FROM reach AS reach_1
WHERE reach_1.viewer = $3::UUID AND reach_1.via = 'ASSIGNED' AND reach_1.situation_id = minor_1.situation_id AND reach_1.starts_at <= now() AND reach_1.ends_at > now()
 LIMIT ALL OFFSET 0)) AND (EXISTS (SELECT 1
FROM referral AS referral_1
WHERE referral_1.minor_id = minor_1.id AND referral_1.assigned_member_id = $3::UUID AND referral_1.to_org_id = $1::UUID AND referral_1.kind = 'DIRECT_SUPPORT' AND referral_1.status = any(ARRAY['ACCEPTED', 'ENGAGED', 'IDENTITY_RELEASED', 'ONGOING', 'PAUSED_RUNAWAY'])
 LIMIT ALL OFFSET 0)) OR (EXISTS (SELECT 1
FROM reach AS reach_2
WHERE reach_2.viewer = $1::UUID AND reach_2.via = any(ARRAY['ENTRUSTED', 'MANDATED']) AND reach_2.situation_id = minor_1.situation_id AND reach_2.starts_at <= now() AND reach_2.ends_at > now()
 LIMIT ALL OFFSET 0))) AND CAST(timezone(coalesce((SELECT authority_2.timezone
FROM authority AS authority_2
WHERE authority_2.id = $2::UUID AND true), 'Europe/Paris'), CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_3
WHERE reach_3.viewer = $1::UUID AND reach_3.via = 'MANDATED' AND reach_3.situation_id = minor_1.situation_id AND reach_3.starts_at <= now() AND reach_3.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN minor_1.majority_on END + make_interval(0, 0, 0, -1) + make_interval(0, 0, 0, 1)) AS TIMESTAMP WITH TIME ZONE) > now() AND CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_4
WHERE reach_4.viewer = $1::UUID AND reach_4.via = 'MANDATED' AND reach_4.situation_id = minor_1.situation_id AND reach_4.starts_at <= now() AND reach_4.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN minor_1.majority_on END IS NOT NULL AND NOT (SELECT count(*) < 400 AS anon_5
FROM followed_mandated)) AS anon_3
WHERE (anon_3.due_at < now()) = $7::BOOLEAN UNION ALL SELECT anon_7.kind AS kind, anon_7.due_at AS due_at, anon_7.about AS about, anon_7.situation AS situation, anon_7.id AS id
FROM (SELECT DISTINCT followed_mandated.situation_id AS situation_id
FROM followed_mandated) AS mine JOIN LATERAL (SELECT 'MAJORITY' AS kind, CAST(timezone(coalesce((SELECT authority_3.timezone
FROM authority AS authority_3
WHERE authority_3.id = $2::UUID AND true), 'Europe/Paris'), minor_2.majority_on + make_interval(0, 0, 0, -1) + make_interval(0, 0, 0, 1)) AS TIMESTAMP WITH TIME ZONE) AS due_at, CAST(NULL AS TEXT) AS about, minor_2.situation_id AS situation, minor_2.id AS id, minor_2.majority_on AS walked
FROM minor AS minor_2
WHERE minor_2.majority_on IS NOT NULL AND minor_2.majority_on >= (SELECT CAST(CAST(timezone('Europe/Paris', now()) AS DATE) - 1 AS DATE) AS anon_8) AND minor_2.majority_on >= CAST(CAST(timezone('Europe/Paris', CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END) AS DATE) - 1 AS DATE) AND minor_2.majority_on <= CAST(CAST(timezone('Europe/Paris', CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END) AS DATE) + 2 AS DATE) AND ((EXISTS (SELECT 1
FROM reach AS reach_6
WHERE reach_6.viewer = $3::UUID AND reach_6.via = 'ASSIGNED' AND reach_6.situation_id = minor_2.situation_id AND reach_6.starts_at <= now() AND reach_6.ends_at > now()
 LIMIT ALL OFFSET 0)) AND (EXISTS (SELECT 1
FROM referral AS referral_2
WHERE referral_2.minor_id = minor_2.id AND referral_2.assigned_member_id = $3::UUID AND referral_2.to_org_id = $1::UUID AND referral_2.kind = 'DIRECT_SUPPORT' AND referral_2.status = any(ARRAY['ACCEPTED', 'ENGAGED', 'IDENTITY_RELEASED', 'ONGOING', 'PAUSED_RUNAWAY'])
 LIMIT ALL OFFSET 0)) OR (EXISTS (SELECT 1
FROM reach AS reach_7
WHERE reach_7.viewer = $1::UUID AND reach_7.via = any(ARRAY['ENTRUSTED', 'MANDATED']) AND reach_7.situation_id = minor_2.situation_id AND reach_7.starts_at <= now() AND reach_7.ends_at > now()
 LIMIT ALL OFFSET 0))) AND CAST(timezone(coalesce((SELECT authority_4.timezone
FROM authority AS authority_4
WHERE authority_4.id = $2::UUID AND true), 'Europe/Paris'), CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_8
WHERE reach_8.viewer = $1::UUID AND reach_8.via = 'MANDATED' AND reach_8.situation_id = minor_2.situation_id AND reach_8.starts_at <= now() AND reach_8.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN minor_2.majority_on END + make_interval(0, 0, 0, -1) + make_interval(0, 0, 0, 1)) AS TIMESTAMP WITH TIME ZONE) > now() AND CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_9
WHERE reach_9.viewer = $1::UUID AND reach_9.via = 'MANDATED' AND reach_9.situation_id = minor_2.situation_id AND reach_9.starts_at <= now() AND reach_9.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN minor_2.majority_on END IS NOT NULL AND minor_2.situation_id = mine.situation_id
 LIMIT ALL OFFSET 0) AS anon_7 ON true
WHERE (SELECT count(*) < 400 AS anon_5
FROM followed_mandated) AND (anon_7.due_at < now()) = $7::BOOLEAN) AS clock
 LIMIT 1000) AS counted) AS "totalCount", coalesce(json_agg(numbered.node_0) FILTER (WHERE numbered.number <= $8::INTEGER), '[]'::json) AS nodes, json_build_object('hasNextPage', count(*) > $8::INTEGER, 'endCursor', (coalesce(array_agg(numbered.cursor) FILTER (WHERE numbered.number <= $8::INTEGER), '{}'::text[]))[least(count(*), $8::INTEGER)]) AS "pageInfo", coalesce(json_agg(numbered.situation) FILTER (WHERE numbered.number <= $8::INTEGER AND numbered.situation IS NOT NULL), '[]'::json) AS situations$
FROM (SELECT page.node_0 AS node_0, page.cursor AS cursor, page.situation AS situation, row_number() OVER () AS number
FROM (SELECT (SELECT row_to_json(row$) AS row_to_json_2
FROM (SELECT clock.kind AS kind, clock.due_at AS "dueAt", clock.due_at < now() AS overdue, clock.about AS about) AS row$) AS node_0, translate(encode(convert_to(CAST(clock.due_at AS TEXT) || '|' || clock.kind || '|' || CAST(clock.id AS TEXT), 'UTF8') || SUBSTRING(sha256($9::BYTEA || sha256($10::BYTEA || convert_to(CAST(clock.due_at AS TEXT) || '|' || clock.kind || '|' || CAST(clock.id AS TEXT), 'UTF8'))) FROM 1 FOR 16), 'base64'), E'+/=\n', '-_') AS cursor, clock.situation AS situation
FROM (SELECT anon_9.kind AS kind, anon_9.due_at AS due_at, anon_9.about AS about, anon_9.situation AS situation, anon_9.id AS id
FROM (SELECT anon_10.kind AS kind, anon_10.due_at AS due_at, anon_10.about AS about, anon_10.situation AS situation, anon_10.id AS id
FROM (SELECT 'MAJORITY' AS kind, CAST(timezone(coalesce((SELECT authority_5.timezone
FROM authority AS authority_5
WHERE authority_5.id = $2::UUID AND true), 'Europe/Paris'), minor_3.majority_on + make_interval(0, 0, 0, -1) + make_interval(0, 0, 0, 1)) AS TIMESTAMP WITH TIME ZONE) AS due_at, CAST(NULL AS TEXT) AS about, minor_3.situation_id AS situation, minor_3.id AS id, minor_3.majority_on AS walked
FROM minor AS minor_3
WHERE minor_3.majority_on IS NOT NULL AND minor_3.majority_on >= (SELECT CAST(CAST(timezone('Europe/Paris', now()) AS DATE) - 1 AS DATE) AS anon_11) AND minor_3.majority_on >= CAST(CAST(timezone('Europe/Paris', CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END) AS DATE) - 1 AS DATE) AND minor_3.majority_on <= CAST(CAST(timezone('Europe/Paris', CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END) AS DATE) + 2 AS DATE) AND ((EXISTS (SELECT 1
FROM reach AS reach_10
WHERE reach_10.viewer = $3::UUID AND reach_10.via = 'ASSIGNED' AND reach_10.situation_id = minor_3.situation_id AND reach_10.starts_at <= now() AND reach_10.ends_at > now()
 LIMIT ALL OFFSET 0)) AND (EXISTS (SELECT 1
FROM referral AS referral_3
WHERE referral_3.minor_id = minor_3.id AND referral_3.assigned_member_id = $3::UUID AND referral_3.to_org_id = $1::UUID AND referral_3.kind = 'DIRECT_SUPPORT' AND referral_3.status = any(ARRAY['ACCEPTED', 'ENGAGED', 'IDENTITY_RELEASED', 'ONGOING', 'PAUSED_RUNAWAY'])
 LIMIT ALL OFFSET 0)) OR (EXISTS (SELECT 1
FROM reach AS reach_11
WHERE reach_11.viewer = $1::UUID AND reach_11.via = any(ARRAY['ENTRUSTED', 'MANDATED']) AND reach_11.situation_id = minor_3.situation_id AND reach_11.starts_at <= now() AND reach_11.ends_at > now()
 LIMIT ALL OFFSET 0))) AND CAST(timezone(coalesce((SELECT authority_6.timezone
FROM authority AS authority_6
WHERE authority_6.id = $2::UUID AND true), 'Europe/Paris'), CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_12
WHERE reach_12.viewer = $1::UUID AND reach_12.via = 'MANDATED' AND reach_12.situation_id = minor_3.situation_id AND reach_12.starts_at <= now() AND reach_12.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN minor_3.majority_on END + make_interval(0, 0, 0, -1) + make_interval(0, 0, 0, 1)) AS TIMESTAMP WITH TIME ZONE) > now() AND CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_13
WHERE reach_13.viewer = $1::UUID AND reach_13.via = 'MANDATED' AND reach_13.situation_id = minor_3.situation_id AND reach_13.starts_at <= now() AND reach_13.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN minor_3.majority_on END IS NOT NULL AND NOT (SELECT count(*) < 400 AS anon_12
FROM followed_mandated)) AS anon_10
WHERE (anon_10.due_at < now()) = $7::BOOLEAN ORDER BY anon_10.walked ASC, anon_10.id ASC
 LIMIT $8::INTEGER + 1) AS anon_9 UNION ALL SELECT anon_13.kind AS kind, anon_13.due_at AS due_at, anon_13.about AS about, anon_13.situation AS situation, anon_13.id AS id
FROM (SELECT anon_14.kind AS kind, anon_14.due_at AS due_at, anon_14.about AS about, anon_14.situation AS situation, anon_14.id AS id
FROM (SELECT DISTINCT followed_mandated.situation_id AS situation_id
FROM followed_mandated) AS mine JOIN LATERAL (SELECT 'MAJORITY' AS kind, CAST(timezone(coalesce((SELECT authority_7.timezone
FROM authority AS authority_7
WHERE authority_7.id = $2::UUID AND true), 'Europe/Paris'), minor_4.majority_on + make_interval(0, 0, 0, -1) + make_interval(0, 0, 0, 1)) AS TIMESTAMP WITH TIME ZONE) AS due_at, CAST(NULL AS TEXT) AS about, minor_4.situation_id AS situation, minor_4.id AS id, minor_4.majority_on AS walked
FROM minor AS minor_4
WHERE minor_4.majority_on IS NOT NULL AND minor_4.majority_on >= (SELECT CAST(CAST(timezone('Europe/Paris', now()) AS DATE) - 1 AS DATE) AS anon_15) AND minor_4.majority_on >= CAST(CAST(timezone('Europe/Paris', CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END) AS DATE) - 1 AS DATE) AND minor_4.majority_on <= CAST(CAST(timezone('Europe/Paris', CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END) AS DATE) + 2 AS DATE) AND ((EXISTS (SELECT 1
FROM reach AS reach_14
WHERE reach_14.viewer = $3::UUID AND reach_14.via = 'ASSIGNED' AND reach_14.situation_id = minor_4.situation_id AND reach_14.starts_at <= now() AND reach_14.ends_at > now()
 LIMIT ALL OFFSET 0)) AND (EXISTS (SELECT 1
FROM referral AS referral_4
WHERE referral_4.minor_id = minor_4.id AND referral_4.assigned_member_id = $3::UUID AND referral_4.to_org_id = $1::UUID AND referral_4.kind = 'DIRECT_SUPPORT' AND referral_4.status = any(ARRAY['ACCEPTED', 'ENGAGED', 'IDENTITY_RELEASED', 'ONGOING', 'PAUSED_RUNAWAY'])
 LIMIT ALL OFFSET 0)) OR (EXISTS (SELECT 1
FROM reach AS reach_15
WHERE reach_15.viewer = $1::UUID AND reach_15.via = any(ARRAY['ENTRUSTED', 'MANDATED']) AND reach_15.situation_id = minor_4.situation_id AND reach_15.starts_at <= now() AND reach_15.ends_at > now()
 LIMIT ALL OFFSET 0))) AND CAST(timezone(coalesce((SELECT authority_8.timezone
FROM authority AS authority_8
WHERE authority_8.id = $2::UUID AND true), 'Europe/Paris'), CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_16
WHERE reach_16.viewer = $1::UUID AND reach_16.via = 'MANDATED' AND reach_16.situation_id = minor_4.situation_id AND reach_16.starts_at <= now() AND reach_16.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN minor_4.majority_on END + make_interval(0, 0, 0, -1) + make_interval(0, 0, 0, 1)) AS TIMESTAMP WITH TIME ZONE) > now() AND CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_17
WHERE reach_17.viewer = $1::UUID AND reach_17.via = 'MANDATED' AND reach_17.situation_id = minor_4.situation_id AND reach_17.starts_at <= now() AND reach_17.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN minor_4.majority_on END IS NOT NULL AND minor_4.situation_id = mine.situation_id
 LIMIT ALL OFFSET 0) AS anon_14 ON true
WHERE (SELECT count(*) < 400 AS anon_12
FROM followed_mandated) AND (anon_14.due_at < now()) = $7::BOOLEAN ORDER BY anon_14.walked ASC, anon_14.id ASC
 LIMIT $8::INTEGER + 1) AS anon_13) AS clock ORDER BY clock.due_at ASC, clock.kind ASC, clock.id ASC
 LIMIT $8::INTEGER + 1) AS page) AS numbered) AS answer) END AS anon_1
