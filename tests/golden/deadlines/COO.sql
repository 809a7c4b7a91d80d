-- binds: viewer_organisation, viewer_authority, viewer_member, viewer_kind, viewer_purpose, viewer_token, filter_overdue, page_size, cursor_outer, cursor_inner
-- access log: G12; on condition: -
WITH followed_ase_linked_ase_linked_closed_entrusted_entrusted_closed_reported_reported_closed AS
(SELECT anon_5.situation_id AS situation_id
FROM (SELECT reach_3.situation_id AS situation_id
FROM reach AS reach_3
WHERE $4::VARCHAR = 'CRIP' AND reach_3.viewer = $2::UUID AND reach_3.via = any(ARRAY['REPORTED', 'REPORTED_CLOSED']) UNION ALL SELECT reach_4.situation_id AS situation_id
FROM reach AS reach_4
WHERE $4::VARCHAR = 'ASE' AND reach_4.viewer = $1::UUID AND reach_4.via = any(ARRAY['ASE_LINKED', 'ASE_LINKED_CLOSED', 'ENTRUSTED', 'ENTRUSTED_CLOSED'])) AS anon_5
 LIMIT 400)
 SELECT CASE WHEN (set_config('app.organisation', CAST($1::UUID AS TEXT), true) != '' AND set_config('app.authority', CAST($2::UUID AS TEXT), true) != '' AND set_config('app.member', CAST($3::UUID AS TEXT), true) != '' AND set_config('app.kind', CAST($4::VARCHAR AS TEXT), true) != '' AND set_config('app.purpose', CAST($5::VARCHAR AS TEXT), true) != '' AND standing($6::VARCHAR)) THEN (SELECT ARRAY[(SELECT row_to_json(row$) AS row_to_json_1
FROM (SELECT answer."totalCount" AS "totalCount", answer.nodes AS nodes, answer."pageInfo" AS "pageInfo") AS row$), answer.situations$] AS anon_2
FROM (SELECT (SELECT count(*) AS count_1
FROM (SELECT clock.id AS id
FROM (SELECT anon_3.kind AS kind, anon_3.due_at AS due_at, anon_3.about AS about, anon_3.situation AS situation, anon_3.id AS id
FROM (SELECT 'ACKNOWLEDGEMENT' AS kind, concern_report_1.acknowledge_due_at AS due_at, 'rep_' || CAST(concern_report_1.id AS TEXT) AS about, concern_report_1.situation_id AS situation, concern_report_1.id AS id, concern_report_1.acknowledge_due_at AS walked
FROM concern_report AS concern_report_1
WHERE concern_report_1.acknowledge_due_at IS NOT NULL AND concern_report_1.status = 'SENT' AND concern_report_1.acknowledge_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND concern_report_1.acknowledge_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND concern_report_1.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT']) AND concern_report_1.to_authority_id = (SELECT organisation_1.authority_id
FROM organisation AS organisation_1
WHERE organisation_1.id = $1::UUID) AND ($4::VARCHAR = 'ASE' AND (EXISTS (SELECT 1
FROM reach AS reach_1
WHERE reach_1.viewer = $1::UUID AND reach_1.via = any(ARRAY['ASE_LINKED', 'ASE_LINKED_CLOSED', 'ENTRUSTED', 'ENTRUSTED_CLOSED']) AND reach_1.situation_id = concern_report_1.situation_id AND reach_1.starts_at <= now() AND reach_1.ends_at > now()
 LIMIT ALL OFFSET 0)) OR $4::VARCHAR = 'CRIP' AND (EXISTS (SELECT 1
FROM reach AS reach_2
WHERE reach_2.viewer = $2::UUID AND reach_2.via = any(ARRAY['REPORTED', 'REPORTED_CLOSED']) AND reach_2.situation_id = concern_report_1.situation_id AND reach_2.starts_at <= now() AND reach_2.ends_at > now()
 LIMIT ALL OFFSET 0))) AND concern_report_1.status = 'SENT' AND concern_report_1.acknowledge_due_at IS NOT NULL AND NOT (SELECT count(*) < 400 AS anon_4
FROM followed_ase_linked_ase_linked_closed_entrusted_entrusted_closed_reported_reported_closed)) AS anon_3
WHERE (anon_3.due_at < now()) = $7::BOOLEAN UNION ALL SELECT anon_6.kind AS kind, anon_6.due_at AS due_at, anon_6.about AS about, anon_6.situation AS situation, anon_6.id AS id
FROM (SELECT DISTINCT followed_ase_linked_ase_linked_closed_entrusted_entrusted_closed_reported_reported_closed.situation_id AS situation_id
FROM followed_ase_linked_ase_linked_closed_entrusted_entrusted_closed_reported_reported_closed) AS mine JOIN LATERAL (SELECT 'ACKNOWLEDGEMENT' AS kind, concern_report_2.acknowledge_due_at AS due_at, 'rep_' || CAST(concern_report_2.id AS TEXT) AS about, concern_report_2.situation_id AS situation, concern_report_2.id AS id, concern_report_2.acknowledge_due_at AS walked
FROM concern_report AS concern_report_2
WHERE concern_report_2.acknowledge_due_at IS NOT NULL AND concern_report_2.status = 'SENT' AND concern_report_2.acknowledge_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND concern_report_2.acknowledge_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND concern_report_2.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT']) AND concern_report_2.to_authority_id = (SELECT organisation_2.authority_id
FROM organisation AS organisation_2
WHERE organisation_2.id = $1::UUID) AND ($4::VARCHAR = 'ASE' AND (EXISTS (SELECT 1
FROM reach AS reach_5
WHERE reach_5.viewer = $1::UUID AND reach_5.via = any(ARRAY['ASE_LINKED', 'ASE_LINKED_CLOSED', 'ENTRUSTED', 'ENTRUSTED_CLOSED']) AND reach_5.situation_id = concern_report_2.situation_id AND reach_5.starts_at <= now() AND reach_5.ends_at > now()
 LIMIT ALL OFFSET 0)) OR $4::VARCHAR = 'CRIP' AND (EXISTS (SELECT 1
FROM reach AS reach_6
WHERE reach_6.viewer = $2::UUID AND reach_6.via = any(ARRAY['REPORTED', 'REPORTED_CLOSED']) AND reach_6.situation_id = concern_report_2.situation_id AND reach_6.starts_at <= now() AND reach_6.ends_at > now()
 LIMIT ALL OFFSET 0))) AND concern_report_2.status = 'SENT' AND concern_report_2.acknowledge_due_at IS NOT NULL AND concern_report_2.situation_id = mine.situation_id
 LIMIT ALL OFFSET 0) AS anon_6 ON true
WHERE (SELECT count(*) < 400 AS anon_4
FROM followed_ase_linked_ase_linked_closed_entrusted_entrusted_closed_reported_reported_closed) AND (anon_6.due_at < now()) = $7::BOOLEAN UNION ALL SELECT anon_7.kind AS kind, anon_7.due_at AS due_at, anon_7.about AS about, anon_7.situation AS situation, anon_7.id AS id
FROM (SELECT 'EVALUATION' AS kind, concern_report_3.evaluation_due_at AS due_at, 'rep_' || CAST(concern_report_3.id AS TEXT) AS about, concern_report_3.situation_id AS situation, concern_report_3.id AS id, concern_report_3.evaluation_due_at AS walked
FROM concern_report AS concern_report_3
WHERE concern_report_3.evaluation_due_at IS NOT NULL AND concern_report_3.status = any(ARRAY['ACKNOWLEDGED', 'EVALUATING', 'QUALIFIED']) AND concern_report_3.evaluation_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND concern_report_3.evaluation_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND concern_report_3.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT']) AND concern_report_3.to_authority_id = (SELECT organisation_3.authority_id
FROM organisation AS organisation_3
WHERE organisation_3.id = $1::UUID) AND ($4::VARCHAR = 'ASE' AND (EXISTS (SELECT 1
FROM reach AS reach_7
WHERE reach_7.viewer = $1::UUID AND reach_7.via = any(ARRAY['ASE_LINKED', 'ASE_LINKED_CLOSED', 'ENTRUSTED', 'ENTRUSTED_CLOSED']) AND reach_7.situation_id = concern_report_3.situation_id AND reach_7.starts_at <= now() AND reach_7.ends_at > now()
 LIMIT ALL OFFSET 0)) OR $4::VARCHAR = 'CRIP' AND (EXISTS (SELECT 1
FROM reach AS reach_8
WHERE reach_8.viewer = $2::UUID AND reach_8.via = any(ARRAY['REPORTED', 'REPORTED_CLOSED']) AND reach_8.situation_id = concern_report_3.situation_id AND reach_8.starts_at <= now() AND reach_8.ends_at > now()
 LIMIT ALL OFFSET 0))) AND concern_report_3.status = any(ARRAY['ACKNOWLEDGED', 'EVALUATING', 'QUALIFIED']) AND concern_report_3.evaluation_due_at IS NOT NULL AND NOT (SELECT count(*) < 400 AS anon_8
FROM followed_ase_linked_ase_linked_closed_entrusted_entrusted_closed_reported_reported_closed)) AS anon_7
WHERE (anon_7.due_at < now()) = $7::BOOLEAN UNION ALL SELECT anon_9.kind AS kind, anon_9.due_at AS due_at, anon_9.about AS about, anon_9.situation AS situation, anon_9.id AS id
FROM (SELECT DISTINCT followed_ase_linked_ase_linked_closed_entrusted_entrusted_closed_reported_reported_closed.situation_id AS situation_id
FROM followed_ase_linked_ase_linked_closed_entrusted_entrusted_closed_reported_reported_closed) AS mine JOIN LATERAL (SELECT 'EVALUATION' AS kind, concern_report_4.evaluation_due_at AS due_at, 'rep_' || CAST(concern_report_4.id AS TEXT) AS about, concern_report_4.situation_id AS situation, concern_report_4.id AS id, concern_report_4.evaluation_due_at AS walked
FROM concern_report AS concern_report_4
WHERE concern_report_4.evaluation_due_at IS NOT NULL AND concern_report_4.status = any(ARRAY['ACKNOWLEDGED', 'EVALUATING', 'QUALIFIED']) AND concern_report_4.evaluation_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND concern_report_4.evaluation_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND concern_report_4.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT']) AND concern_report_4.to_authority_id = (SELECT organisation_4.authority_id
FROM organisation AS organisation_4
WHERE organisation_4.id = $1::UUID) AND ($4::VARCHAR = 'ASE' AND (EXISTS (SELECT 1
FROM reach AS reach_9
WHERE reach_9.viewer = $1::UUID AND reach_9.via = any(ARRAY['ASE_LINKED', 'ASE_LINKED_CLOSED', 'ENTRUSTED', 'ENTRUSTED_CLOSED']) AND reach_9.situation_id = concern_report_4.situation_id AND reach_9.starts_at <= now() AND reach_9.ends_at > now()
 LIMIT ALL OFFSET 0)) OR $4::VARCHAR = 'CRIP' AND (EXISTS (SELECT 1
FROM reach AS reach_10
WHERE reach_10.viewer = $2::UUID AND reach_10.via = any(ARRAY['REPORTED', 'REPORTED_CLOSED']) AND reach_10.situation_id = concern_report_4.situation_id AND reach_10.starts_at <= now() AND reach_10.ends_at > now()
 LIMIT ALL OFFSET 0))) AND concern_report_4.status = any(ARRAY['ACKNOWLEDGED', 'EVALUATING', 'QUALIFIED']) AND concern_report_4.evaluation_due_at IS NOT NULL AND concern_report_4.situation_id = mine.situation_id
 LIMIT ALL OFFSET 0) AS anon_9 ON true
WHERE (SELECT count(*) < 400 AS anon_8
FROM followed_ase_linked_ase_linked_closed_entrusted_entrusted_closed_reported_reported_closed) AND (anon_9.due_at < now()) = $7::BOOLEAN UNION ALL SELECT anon_10.kind AS kind, anon_10.due_at AS due_at, anon_10.about AS about, anon_10.situation AS situation, anon_10.id AS id
FROM (SELECT 'RETURN' AS kind, concern_report_5.return_due_at AS due_at, 'rep_' || CAST(concern_report_5.id AS TEXT) AS about, concern_report_5.situation_id AS situation, concern_report_5.id AS id, concern_report_5.return_due_at AS walked
FROM concern_report AS concern_report_5
WHERE concern_report_5.return_due_at IS NOT NULL AND concern_report_5.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'SENT']) AND concern_report_5.return_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND concern_report_5.return_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND concern_report_5.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT']) AND concern_report_5.to_authority_id = (SELECT organisation_5.authority_id
FROM organisation AS organisation_5
WHERE organisation_5.id = $1::UUID) AND ($4::VARCHAR = 'ASE' AND (EXISTS (SELECT 1
FROM reach AS reach_11
WHERE reach_11.viewer = $1::UUID AND reach_11.via = any(ARRAY['ASE_LINKED', 'ASE_LINKED_CLOSED', 'ENTRUSTED', 'ENTRUSTED_CLOSED']) AND reach_11.situation_id = concern_report_5.situation_id AND reach_11.starts_at <= now() AND reach_11.ends_at > now()
 LIMIT ALL OFFSET 0)) OR $4::VARCHAR = 'CRIP' AND (EXISTS (SELECT 1
FROM reach AS reach_12
WHERE reach_12.viewer = $2::UUID AND reach_12.via = any(ARRAY['REPORTED', 'REPORTED_CLOSED']) AND reach_12.situation_id = concern_report_5.situation_id AND reach_12.starts_at <= now() AND reach_12.ends_at > now()
 LIMIT ALL OFFSET 0))) AND concern_report_5.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'SENT']) AND concern_report_5.return_due_at IS NOT NULL AND NOT (SELECT count(*) < 400 AS anon_11
FROM followed_ase_linked_ase_linked_closed_entrusted_entrusted_closed_reported_reported_closed)) AS anon_10
WHERE (anon_10.due_at < now()) = $7::BOOLEAN UNION ALL SELECT anon_12.kind AS kind, anon_12.due_at AS due_at, anon_12.about AS about, anon_12.situation AS situation, anon_12.id AS id
FROM (SELECT DISTINCT followed_ase_linked_ase_linked_closed_entrusted_entrusted_closed_reported_reported_closed.situation_id AS situation_id
FROM followed_ase_linked_ase_linked_closed_entrusted_entrusted_closed_reported_reported_closed) AS mine JOIN LATERAL (SELECT 'RETURN' AS kind, concern_report_6.return_due_at AS due_at, 'rep_' || CAST(concern_report_6.id AS TEXT) AS about, concern_report_6.situation_id AS situation, concern_report_6.id AS id, concern_report_6.return_due_at AS walked
FROM concern_report AS concern_report_6
WHERE concern_report_6.return_due_at IS NOT NULL AND concern_report_6.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'SENT']) AND concern_report_6.return_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND concern_report_6.return_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND concern_report_6.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT']) AND concern_report_6.to_authority_id = (SELECT organisation_6.authority_id
FROM organisation AS organisation_6
WHERE organisation_6.id = $1::UUID) AND ($4::VARCHAR = 'ASE' AND (EXISTS (SELECT 1
FROM reach AS reach_13
WHERE reach_13.viewer = $1::UUID AND reach_13.via = any(ARRAY['ASE_LINKED', 'ASE_LINKED_CLOSED', 'ENTRUSTED', 'ENTRUSTED_CLOSED']) AND reach_13.situation_id = concern_report_6.situation_id AND reach_13.starts_at <= now() AND reach_13.ends_at > now()
 LIMIT ALL OFFSET 0)) OR $4::VARCHAR = 'CRIP' AND (EXISTS (SELECT 1
FROM reach AS reach_14
WHERE reach_14.viewer = $2::UUID AND reach_14.via = any(ARRAY['REPORTED', 'REPORTED_CLOSED']) AND reach_14.situation_id = concern_report_6.situation_id AND reach_14.starts_at <= now() AND reach_14.ends_at > now()
 LIMIT ALL OFFSET 0))) AND concern_report_6.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'SENT']) AND concern_report_6.return_due_at IS NOT NULL AND concern_report_6.situation_id = mine.situation_id
 LIMIT ALL OFFSET 0) AS anon_12 ON true
WHERE (SELECT count(*) < 400 AS anon_11
FROM followed_ase_linked_ase_linked_closed_entrusted_entrusted_closed_reported_reported_closed) AND (anon_12.due_at < now()) = $7::BOOLEAN) AS clock
 LIMIT 1000) AS counted) AS "totalCount", coalesce(json_agg(numbered.node_0) FILTER (WHERE numbered.number <= $8::INTEGER), '[]'::json) AS nodes, json_build_object('hasNextPage', count(*) > $8::INTEGER, 'endCursor', (coalesce(array_agg(numbered.cursor) FILTER (WHERE numbered.number <= $8::INTEGER), '{}'::text[]))[least(count(*), $8::INTEGER)]) AS "pageInfo", coalesce(json_agg(numbered.situation) FILTER (WHERE numbered.number <= $8::INTEGER AND numbered.situation IS NOT NULL), '[]'::json) AS situations$
FROM (SELECT page.node_0 AS node_0, page.cursor AS cursor, page.situation AS situation, row_number() OVER () AS number
FROM (SELECT (SELECT row_to_json(row$) AS row_to_json_2
FROM (SELECT clock.kind AS kind, clock.due_at AS "dueAt", clock.due_at < now() AS overdue, clock.about AS about) AS row$) AS node_0, translate(encode(convert_to(CAST(clock.due_at AS TEXT) || '|' || clock.kind || '|' || CAST(clock.id AS TEXT), 'UTF8') || SUBSTRING(sha256($9::BYTEA || sha256($10::BYTEA || convert_to(CAST(clock.due_at AS TEXT) || '|' || clock.kind || '|' || CAST(clock.id AS TEXT), 'UTF8'))) FROM 1 FOR 16), 'base64'), E'+/=\n', '-_') AS cursor, clock.situation AS situation
FROM (SELECT anon_13.kind AS kind, anon_13.due_at AS due_at, anon_13.about AS about, anon_13.situation AS situation, anon_13.id AS id
FROM (SELECT anon_14.kind AS kind, anon_14.due_at AS due_at, anon_14.about AS about, anon_14.situation AS situation, anon_14.id AS id
FROM (SELECT 'ACKNOWLEDGEMENT' AS kind, concern_report_7.acknowledge_due_at AS due_at, 'rep_' || CAST(concern_report_7.id AS TEXT) AS about, concern_report_7.situation_id AS situation, concern_report_7.id AS id, concern_report_7.acknowledge_due_at AS walked
FROM concern_report AS concern_report_7
WHERE concern_report_7.acknowledge_due_at IS NOT NULL AND concern_report_7.status = 'SENT' AND concern_report_7.acknowledge_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND concern_report_7.acknowledge_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND concern_report_7.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT']) AND concern_report_7.to_authority_id = (SELECT organisation_7.authority_id
FROM organisation AS organisation_7
WHERE organisation_7.id = $1::UUID) AND ($4::VARCHAR = 'ASE' AND (EXISTS (SELECT 1
FROM reach AS reach_15
WHERE reach_15.viewer = $1::UUID AND reach_15.via = any(ARRAY['ASE_LINKED', 'ASE_LINKED_CLOSED', 'ENTRUSTED', 'ENTRUSTED_CLOSED']) AND reach_15.situation_id = concern_report_7.situation_id AND reach_15.starts_at <= now() AND reach_15.ends_at > now()
 LIMIT ALL OFFSET 0)) OR $4::VARCHAR = 'CRIP' AND (EXISTS (SELECT 1
FROM reach AS reach_16
WHERE reach_16.viewer = $2::UUID AND reach_16.via = any(ARRAY['REPORTED', 'REPORTED_CLOSED']) AND reach_16.situation_id = concern_report_7.situation_id AND reach_16.starts_at <= now() AND reach_16.ends_at > now()
 LIMIT ALL OFFSET 0))) AND concern_report_7.status = 'SENT' AND concern_report_7.acknowledge_due_at IS NOT NULL AND NOT (SELECT count(*) < 400 AS anon_15
FROM followed_ase_linked_ase_linked_closed_entrusted_entrusted_closed_reported_reported_closed)) AS anon_14
WHERE (anon_14.due_at < now()) = $7::BOOLEAN ORDER BY anon_14.walked ASC, anon_14.id ASC
 LIMIT $8::INTEGER + 1) AS anon_13 UNION ALL SELECT anon_16.kind AS kind, anon_16.due_at AS due_at, anon_16.about AS about, anon_16.situation AS situation, anon_16.id AS id
FROM (SELECT anon_17.kind AS kind, anon_17.due_at AS due_at, anon_17.about AS about, anon_17.situation AS situation, anon_17.id AS id
FROM (SELECT DISTINCT followed_ase_linked_ase_linked_closed_entrusted_entrusted_closed_reported_reported_closed.situation_id AS situation_id
FROM followed_ase_linked_ase_linked_closed_entrusted_entrusted_closed_reported_reported_closed) AS mine JOIN LATERAL (SELECT 'ACKNOWLEDGEMENT' AS kind, concern_report_8.acknowledge_due_at AS due_at, 'rep_' || CAST(concern_report_8.id AS TEXT) AS about, concern_report_8.situation_id AS situation, concern_report_8.id AS id, concern_report_8.acknowledge_due_at AS walked
FROM concern_report AS concern_report_8
WHERE concern_report_8.acknowledge_due_at IS NOT NULL AND concern_report_8.status = 'SENT' AND concern_report_8.acknowledge_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND concern_report_8.acknowledge_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND concern_report_8.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT']) AND concern_report_8.to_authority_id = (SELECT organisation_8.authority_id
FROM organisation AS organisation_8
WHERE organisation_8.id = $1::UUID) AND ($4::VARCHAR = 'ASE' AND (EXISTS (SELECT 1
FROM reach AS reach_17
WHERE reach_17.viewer = $1::UUID AND reach_17.via = any(ARRAY['ASE_LINKED', 'ASE_LINKED_CLOSED', 'ENTRUSTED', 'ENTRUSTED_CLOSED']) AND reach_17.situation_id = concern_report_8.situation_id AND reach_17.starts_at <= now() AND reach_17.ends_at > now()
 LIMIT ALL OFFSET 0)) OR $4::VARCHAR = 'CRIP' AND (EXISTS (SELECT 1
FROM reach AS reach_18
WHERE reach_18.viewer = $2::UUID AND reach_18.via = any(ARRAY['REPORTED', 'REPORTED_CLOSED']) AND reach_18.situation_id = concern_report_8.situation_id AND reach_18.starts_at <= now() AND reach_18.ends_at > now()
 LIMIT ALL OFFSET 0))) AND concern_report_8.status = 'SENT' AND concern_report_8.acknowledge_due_at IS NOT NULL AND concern_report_8.situation_id = mine.situation_id
 LIMIT ALL OFFSET 0) AS anon_17 ON true
WHERE (SELECT count(*) < 400 AS anon_15
FROM followed_ase_linked_ase_linked_closed_entrusted_entrusted_closed_reported_reported_closed) AND (anon_17.due_at < now()) = $7::BOOLEAN ORDER BY anon_17.walked ASC, anon_17.id ASC
 LIMIT $8::INTEGER + 1) AS anon_16 UNION ALL SELECT anon_18.kind AS kind, anon_18.due_at AS due_at, anon_18.about AS about, anon_18.situation AS situation, anon_18.id AS id
FROM (SELECT anon_19.kind AS kind, anon_19.due_at AS due_at, anon_19.about AS about, anon_19.situation AS situation, anon_19.id AS id
FROM (SELECT 'EVALUATION' AS kind, concern_report_9.evaluation_due_at AS due_at, 'rep_' || CAST(concern_report_9.id AS TEXT) AS about, concern_report_9.situation_id AS situation, concern_report_9.id AS id, concern_report_9.evaluation_due_at AS walked
FROM concern_report AS concern_report_9
WHERE concern_report_9.evaluation_due_at IS NOT NULL AND concern_report_9.status = any(ARRAY['ACKNOWLEDGED', 'EVALUATING', 'QUALIFIED']) AND concern_report_9.evaluation_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND concern_report_9.evaluation_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND concern_report_9.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT']) AND concern_report_9.to_authority_id = (SELECT organisation_9.authority_id
FROM organisation AS organisation_9
WHERE organisation_9.id = $1::UUID) AND ($4::VARCHAR = 'ASE' AND (EXISTS (SELECT 1
FROM reach AS reach_19
WHERE reach_19.viewer = $1::UUID AND reach_19.via = any(ARRAY['ASE_LINKED', 'ASE_LINKED_CLOSED', 'ENTRUSTED', 'ENTRUSTED_CLOSED']) AND reach_19.situation_id = concern_report_9.situation_id AND reach_19.starts_at <= now() AND reach_19.ends_at > now()
 LIMIT ALL OFFSET 0)) OR $4::VARCHAR = 'CRIP' AND (EXISTS (SELECT 1
FROM reach AS reach_20
WHERE reach_20.viewer = $2::UUID AND reach_20.via = any(ARRAY['REPORTED', 'REPORTED_CLOSED']) AND reach_20.situation_id = concern_report_9.situation_id AND reach_20.starts_at <= now() AND reach_20.ends_at > now()
 LIMIT ALL OFFSET 0))) AND concern_report_9.status = any(ARRAY['ACKNOWLEDGED', 'EVALUATING', 'QUALIFIED']) AND concern_report_9.evaluation_due_at IS NOT NULL AND NOT (SELECT count(*) < 400 AS anon_20
FROM followed_ase_linked_ase_linked_closed_entrusted_entrusted_closed_reported_reported_closed)) AS anon_19
WHERE (anon_19.due_at < now()) = $7::BOOLEAN ORDER BY anon_19.walked ASC, anon_19.id ASC
 LIMIT $8::INTEGER + 1) AS anon_18 UNION ALL SELECT anon_21.kind AS kind, anon_21.due_at AS due_at, anon_21.about AS about, anon_21.situation AS situation, anon_21.id AS id
FROM (SELECT anon_22.kind AS kind, anon_22.due_at AS due_at, anon_22.about AS about, anon_22.situation AS situation, anon_22.id AS id
FROM (SELECT DISTINCT followed_ase_linked_ase_linked_closed_entrusted_entrusted_closed_reported_reported_closed.situation_id AS situation_id
FROM followed_ase_linked_ase_linked_closed_entrusted_entrusted_closed_reported_reported_closed) AS mine JOIN LATERAL (SELECT 'EVALUATION' AS kind, concern_report_10.evaluation_due_at AS due_at, 'rep_' || CAST(concern_report_10.id AS TEXT) AS about, concern_report_10.situation_id AS situation, concern_report_10.id AS id, concern_report_10.evaluation_due_at AS walked
FROM concern_report AS concern_report_10
WHERE concern_report_10.evaluation_due_at IS NOT NULL AND concern_report_10.status = any(ARRAY['ACKNOWLEDGED', 'EVALUATING', 'QUALIFIED']) AND concern_report_10.evaluation_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND concern_report_10.evaluation_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND concern_report_10.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT']) AND concern_report_10.to_authority_id = (SELECT organisation_10.authority_id
FROM organisation AS organisation_10
WHERE organisation_10.id = $1::UUID) AND ($4::VARCHAR = 'ASE' AND (EXISTS (SELECT 1
FROM reach AS reach_21
WHERE reach_21.viewer = $1::UUID AND reach_21.via = any(ARRAY['ASE_LINKED', 'ASE_LINKED_CLOSED', 'ENTRUSTED', 'ENTRUSTED_CLOSED']) AND reach_21.situation_id = concern_report_10.situation_id AND reach_21.starts_at <= now() AND reach_21.ends_at > now()
 LIMIT ALL OFFSET 0)) OR $4::VARCHAR = 'CRIP' AND (EXISTS (SELECT 1
FROM reach AS reach_22
WHERE reach_22.viewer = $2::UUID AND reach_22.via = any(ARRAY['REPORTED', 'REPORTED_CLOSED']) AND reach_22.situation_id = concern_report_10.situation_id AND reach_22.starts_at <= now() AND reach_22.ends_at > now()
 LIMIT ALL OFFSET 0))) AND concern_report_10.status = any(ARRAY['ACKNOWLEDGED', 'EVALUATING', 'QUALIFIED']) AND concern_report_10.evaluation_due_at IS NOT NULL AND concern_report_10.situation_id = mine.situation_id
 LIMIT ALL OFFSET 0) AS anon_22 ON true
WHERE (SELECT count(*) < 400 AS anon_20
FROM followed_ase_linked_ase_linked_closed_entrusted_entrusted_closed_reported_reported_closed) AND (anon_22.due_at < now()) = $7::BOOLEAN ORDER BY anon_22.walked ASC, anon_22.id ASC
 LIMIT $8::INTEGER + 1) AS anon_21 UNION ALL SELECT anon_23.kind AS kind, anon_23.due_at AS due_at, anon_23.about AS about, anon_23.situation AS situation, anon_23.id AS id
FROM (SELECT anon_24.kind AS kind, anon_24.due_at AS due_at, anon_24.about AS about, anon_24.situation AS situation, anon_24.id AS id
FROM (SELECT 'RETURN' AS kind, concern_report_11.return_due_at AS due_at, 'rep_' || CAST(concern_report_11.id AS TEXT) AS about, concern_report_11.situation_id AS situation, concern_report_11.id AS id, concern_report_11.return_due_at AS walked
FROM concern_report AS concern_report_11
WHERE concern_report_11.return_due_at IS NOT NULL AND concern_report_11.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'SENT']) AND concern_report_11.return_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND concern_report_11.return_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND concern_report_11.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT']) AND concern_report_11.to_authority_id = (SELECT organisation_11.authority_id
FROM organisation AS organisation_11
WHERE organisation_11.id = $1::UUID) AND ($4::VARCHAR = 'ASE' AND (EXISTS (SELECT 1
FROM reach AS reach_23
WHERE reach_23.viewer = $1::UUID AND reach_23.via = any(ARRAY['ASE_LINKED', 'ASE_LINKED_CLOSED', 'ENTRUSTED', 'ENTRUSTED_CLOSED']) AND reach_23.situation_id = concern_report_11.situation_id AND reach_23.starts_at <= now() AND reach_23.ends_at > now()
 LIMIT ALL OFFSET 0)) OR $4::VARCHAR = 'CRIP' AND (EXISTS (SELECT 1
FROM reach AS reach_24
WHERE reach_24.viewer = $2::UUID AND reach_24.via = any(ARRAY['REPORTED', 'REPORTED_CLOSED']) AND reach_24.situation_id = concern_report_11.situation_id AND reach_24.starts_at <= now() AND reach_24.ends_at > now()
 LIMIT ALL OFFSET 0))) AND concern_report_11.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'SENT']) AND concern_report_11.return_due_at IS NOT NULL AND NOT (SELECT count(*) < 400 AS anon_25
FROM followed_ase_linked_ase_linked_closed_entrusted_entrusted_closed_reported_reported_closed)) AS anon_24
WHERE (anon_24.due_at < now()) = $7::BOOLEAN ORDER BY anon_24.walked ASC, anon_24.id ASC
 LIMIT $8::INTEGER + 1) AS anon_23 UNION ALL SELECT anon_26.kind AS kind, anon_26.due_at AS due_at, anon_26.about AS about, anon_26.situation AS situation, anon_26.id AS id
FROM (SELECT anon_27.kind AS kind, anon_27.due_at AS due_at, anon_27.about AS about, anon_27.situation AS situation, anon_27.id AS id
FROM (SELECT DISTINCT followed_ase_linked_ase_linked_closed_entrusted_entrusted_closed_reported_reported_closed.situation_id AS situation_id
FROM followed_ase_linked_ase_linked_closed_entrusted_entrusted_closed_reported_reported_closed) AS mine JOIN LATERAL (SELECT 'RETURN' AS kind, concern_report_12.return_due_at AS due_at, 'rep_' || CAST(concern_report_12.id AS TEXT) AS about, concern_report_12.situation_id AS situation, concern_report_12.id AS id, concern_report_12.return_due_at AS walked
FROM concern_report AS concern_report_12
WHERE concern_report_12.return_due_at IS NOT NULL AND concern_report_12.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'SENT']) AND concern_report_12.return_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND concern_report_12.return_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND concern_report_12.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT']) AND concern_report_12.to_authority_id = (SELECT organisation_12.authority_id
FROM organisation AS organisation_12
WHERE organisation_12.id = $1::UUID) AND ($4::VARCHAR = 'ASE' AND (EXISTS (SELECT 1
FROM reach AS reach_25
WHERE reach_25.viewer = $1::UUID AND reach_25.via = any(ARRAY['ASE_LINKED', 'ASE_LINKED_CLOSED', 'ENTRUSTED', 'ENTRUSTED_CLOSED']) AND reach_25.situation_id = concern_report_12.situation_id AND reach_25.starts_at <= now() AND reach_25.ends_at > now()
 LIMIT ALL OFFSET 0)) OR $4::VARCHAR = 'CRIP' AND (EXISTS (SELECT 1
FROM reach AS reach_26
WHERE reach_26.viewer = $2::UUID AND reach_26.via = any(ARRAY['REPORTED', 'REPORTED_CLOSED']) AND reach_26.situation_id = concern_report_12.situation_id AND reach_26.starts_at <= now() AND reach_26.ends_at > now()
 LIMIT ALL OFFSET 0))) AND concern_report_12.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'SENT']) AND concern_report_12.return_due_at IS NOT NULL AND concern_report_12.situation_id = mine.situation_id
 LIMIT ALL OFFSET 0) AS anon_27 ON true
WHERE (SELECT count(*) < 400 AS anon_25
FROM followed_ase_linked_ase_linked_closed_entrusted_entrusted_closed_reported_reported_closed) AND (anon_27.due_at < now()) = $7::BOOLEAN ORDER BY anon_27.walked ASC, anon_27.id ASC
 LIMIT $8::INTEGER + 1) AS anon_26) AS clock ORDER BY clock.due_at ASC, clock.kind ASC, clock.id ASC
 LIMIT $8::INTEGER + 1) AS page) AS numbered) AS answer) END AS anon_1
