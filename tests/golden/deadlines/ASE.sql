-- binds: viewer_organisation, viewer_authority, viewer_member, viewer_kind, viewer_purpose, viewer_token, filter_overdue, page_size, cursor_outer, cursor_inner
-- access log: G04, G12, G21, G33, G36; on condition: -
WITH followed_caseworker_caseworker_closed AS
(SELECT anon_9.situation_id AS situation_id
FROM (SELECT reach_13.situation_id AS situation_id
FROM reach AS reach_13
WHERE reach_13.viewer = $3::UUID AND reach_13.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED'])) AS anon_9
 LIMIT 400),
followed_caseworker AS
(SELECT anon_23.situation_id AS situation_id
FROM (SELECT reach_27.situation_id AS situation_id
FROM reach AS reach_27
WHERE reach_27.viewer = $3::UUID AND reach_27.via = 'CASEWORKER') AS anon_23
 LIMIT 400),
soon AS
(SELECT first.kind AS kind, first.due_at AS due_at, first.about AS about, first.situation AS situation, first.id AS id
FROM (SELECT anon_32.kind AS kind, anon_32.due_at AS due_at, anon_32.about AS about, anon_32.situation AS situation, anon_32.id AS id
FROM (SELECT anon_33.kind AS kind, anon_33.due_at AS due_at, anon_33.about AS about, anon_33.situation AS situation, anon_33.id AS id
FROM (SELECT 'ACKNOWLEDGEMENT' AS kind, concern_report_4.acknowledge_due_at AS due_at, 'rep_' || CAST(concern_report_4.id AS TEXT) AS about, concern_report_4.situation_id AS situation, concern_report_4.id AS id, concern_report_4.acknowledge_due_at AS walked
FROM concern_report AS concern_report_4
WHERE concern_report_4.acknowledge_due_at IS NOT NULL AND concern_report_4.status = 'SENT' AND concern_report_4.acknowledge_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND concern_report_4.acknowledge_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND concern_report_4.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT']) AND concern_report_4.to_authority_id = $2::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_33
WHERE reach_33.viewer = $3::UUID AND reach_33.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED', 'GRANT:G11:' || $5::VARCHAR]) AND reach_33.situation_id = concern_report_4.situation_id AND reach_33.starts_at <= now() AND reach_33.ends_at > now()
 LIMIT ALL OFFSET 0)) AND CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_34
WHERE reach_34.viewer = $3::UUID AND reach_34.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND reach_34.situation_id = concern_report_4.situation_id AND reach_34.starts_at <= now() AND reach_34.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN concern_report_4.status END = 'SENT' AND CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_35
WHERE reach_35.viewer = $3::UUID AND reach_35.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND reach_35.situation_id = concern_report_4.situation_id AND reach_35.starts_at <= now() AND reach_35.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN concern_report_4.acknowledge_due_at END IS NOT NULL) AS anon_33
WHERE (anon_33.due_at < now()) = $7::BOOLEAN ORDER BY anon_33.walked ASC, anon_33.id ASC
 LIMIT 101) AS anon_32 UNION ALL SELECT anon_34.kind AS kind, anon_34.due_at AS due_at, anon_34.about AS about, anon_34.situation AS situation, anon_34.id AS id
FROM (SELECT anon_35.kind AS kind, anon_35.due_at AS due_at, anon_35.about AS about, anon_35.situation AS situation, anon_35.id AS id
FROM (SELECT 'EVALUATION' AS kind, concern_report_5.evaluation_due_at AS due_at, 'rep_' || CAST(concern_report_5.id AS TEXT) AS about, concern_report_5.situation_id AS situation, concern_report_5.id AS id, concern_report_5.evaluation_due_at AS walked
FROM concern_report AS concern_report_5
WHERE concern_report_5.evaluation_due_at IS NOT NULL AND concern_report_5.status = any(ARRAY['ACKNOWLEDGED', 'EVALUATING', 'QUALIFIED']) AND concern_report_5.evaluation_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND concern_report_5.evaluation_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND concern_report_5.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT']) AND concern_report_5.to_authority_id = $2::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_36
WHERE reach_36.viewer = $3::UUID AND reach_36.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED', 'GRANT:G11:' || $5::VARCHAR]) AND reach_36.situation_id = concern_report_5.situation_id AND reach_36.starts_at <= now() AND reach_36.ends_at > now()
 LIMIT ALL OFFSET 0)) AND CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_37
WHERE reach_37.viewer = $3::UUID AND reach_37.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND reach_37.situation_id = concern_report_5.situation_id AND reach_37.starts_at <= now() AND reach_37.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN concern_report_5.status END = any(ARRAY['ACKNOWLEDGED', 'EVALUATING', 'QUALIFIED']) AND CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_38
WHERE reach_38.viewer = $3::UUID AND reach_38.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND reach_38.situation_id = concern_report_5.situation_id AND reach_38.starts_at <= now() AND reach_38.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN concern_report_5.evaluation_due_at END IS NOT NULL) AS anon_35
WHERE (anon_35.due_at < now()) = $7::BOOLEAN ORDER BY anon_35.walked ASC, anon_35.id ASC
 LIMIT 101) AS anon_34 UNION ALL SELECT anon_36.kind AS kind, anon_36.due_at AS due_at, anon_36.about AS about, anon_36.situation AS situation, anon_36.id AS id
FROM (SELECT anon_37.kind AS kind, anon_37.due_at AS due_at, anon_37.about AS about, anon_37.situation AS situation, anon_37.id AS id
FROM (SELECT 'RETURN' AS kind, concern_report_6.return_due_at AS due_at, 'rep_' || CAST(concern_report_6.id AS TEXT) AS about, concern_report_6.situation_id AS situation, concern_report_6.id AS id, concern_report_6.return_due_at AS walked
FROM concern_report AS concern_report_6
WHERE concern_report_6.return_due_at IS NOT NULL AND concern_report_6.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'SENT']) AND concern_report_6.return_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND concern_report_6.return_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND concern_report_6.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT']) AND concern_report_6.to_authority_id = $2::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_39
WHERE reach_39.viewer = $3::UUID AND reach_39.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED', 'GRANT:G11:' || $5::VARCHAR]) AND reach_39.situation_id = concern_report_6.situation_id AND reach_39.starts_at <= now() AND reach_39.ends_at > now()
 LIMIT ALL OFFSET 0)) AND CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_40
WHERE reach_40.viewer = $3::UUID AND reach_40.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND reach_40.situation_id = concern_report_6.situation_id AND reach_40.starts_at <= now() AND reach_40.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN concern_report_6.status END = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'SENT']) AND CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_41
WHERE reach_41.viewer = $3::UUID AND reach_41.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND reach_41.situation_id = concern_report_6.situation_id AND reach_41.starts_at <= now() AND reach_41.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN concern_report_6.return_due_at END IS NOT NULL) AS anon_37
WHERE (anon_37.due_at < now()) = $7::BOOLEAN ORDER BY anon_37.walked ASC, anon_37.id ASC
 LIMIT 101) AS anon_36) AS first ORDER BY first.due_at ASC, first.kind ASC, first.id ASC
 LIMIT $8::INTEGER + 1)
 SELECT CASE WHEN (set_config('app.organisation', CAST($1::UUID AS TEXT), true) != '' AND set_config('app.authority', CAST($2::UUID AS TEXT), true) != '' AND set_config('app.member', CAST($3::UUID AS TEXT), true) != '' AND set_config('app.kind', CAST($4::VARCHAR AS TEXT), true) != '' AND set_config('app.purpose', CAST($5::VARCHAR AS TEXT), true) != '' AND standing($6::VARCHAR)) THEN (SELECT ARRAY[(SELECT row_to_json(row$) AS row_to_json_1
FROM (SELECT answer."totalCount" AS "totalCount", answer.nodes AS nodes, answer."pageInfo" AS "pageInfo") AS row$), answer.situations$] AS anon_2
FROM (SELECT (SELECT count(*) AS count_1
FROM (SELECT clock.id AS id
FROM (SELECT anon_3.kind AS kind, anon_3.due_at AS due_at, anon_3.about AS about, anon_3.situation AS situation, anon_3.id AS id
FROM (SELECT 'ACKNOWLEDGEMENT' AS kind, concern_report_1.acknowledge_due_at AS due_at, 'rep_' || CAST(concern_report_1.id AS TEXT) AS about, concern_report_1.situation_id AS situation, concern_report_1.id AS id, concern_report_1.acknowledge_due_at AS walked
FROM concern_report AS concern_report_1
WHERE concern_report_1.acknowledge_due_at IS NOT NULL AND concern_report_1.status = 'SENT' AND concern_report_1.acknowledge_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND concern_report_1.acknowledge_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND concern_report_1.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT']) AND concern_report_1.to_authority_id = $2::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_1
WHERE reach_1.viewer = $3::UUID AND reach_1.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED', 'GRANT:G11:' || $5::VARCHAR]) AND reach_1.situation_id = concern_report_1.situation_id AND reach_1.starts_at <= now() AND reach_1.ends_at > now()
 LIMIT ALL OFFSET 0)) AND CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_2
WHERE reach_2.viewer = $3::UUID AND reach_2.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND reach_2.situation_id = concern_report_1.situation_id AND reach_2.starts_at <= now() AND reach_2.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN concern_report_1.status END = 'SENT' AND CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_3
WHERE reach_3.viewer = $3::UUID AND reach_3.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND reach_3.situation_id = concern_report_1.situation_id AND reach_3.starts_at <= now() AND reach_3.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN concern_report_1.acknowledge_due_at END IS NOT NULL) AS anon_3
WHERE (anon_3.due_at < now()) = $7::BOOLEAN UNION ALL SELECT anon_4.kind AS kind, anon_4.due_at AS due_at, anon_4.about AS about, anon_4.situation AS situation, anon_4.id AS id
FROM (SELECT 'EVALUATION' AS kind, concern_report_2.evaluation_due_at AS due_at, 'rep_' || CAST(concern_report_2.id AS TEXT) AS about, concern_report_2.situation_id AS situation, concern_report_2.id AS id, concern_report_2.evaluation_due_at AS walked
FROM concern_report AS concern_report_2
WHERE concern_report_2.evaluation_due_at IS NOT NULL AND concern_report_2.status = any(ARRAY['ACKNOWLEDGED', 'EVALUATING', 'QUALIFIED']) AND concern_report_2.evaluation_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND concern_report_2.evaluation_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND concern_report_2.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT']) AND concern_report_2.to_authority_id = $2::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_4
WHERE reach_4.viewer = $3::UUID AND reach_4.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED', 'GRANT:G11:' || $5::VARCHAR]) AND reach_4.situation_id = concern_report_2.situation_id AND reach_4.starts_at <= now() AND reach_4.ends_at > now()
 LIMIT ALL OFFSET 0)) AND CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_5
WHERE reach_5.viewer = $3::UUID AND reach_5.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND reach_5.situation_id = concern_report_2.situation_id AND reach_5.starts_at <= now() AND reach_5.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN concern_report_2.status END = any(ARRAY['ACKNOWLEDGED', 'EVALUATING', 'QUALIFIED']) AND CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_6
WHERE reach_6.viewer = $3::UUID AND reach_6.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND reach_6.situation_id = concern_report_2.situation_id AND reach_6.starts_at <= now() AND reach_6.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN concern_report_2.evaluation_due_at END IS NOT NULL) AS anon_4
WHERE (anon_4.due_at < now()) = $7::BOOLEAN UNION ALL SELECT anon_5.kind AS kind, anon_5.due_at AS due_at, anon_5.about AS about, anon_5.situation AS situation, anon_5.id AS id
FROM (SELECT 'RETURN' AS kind, concern_report_3.return_due_at AS due_at, 'rep_' || CAST(concern_report_3.id AS TEXT) AS about, concern_report_3.situation_id AS situation, concern_report_3.id AS id, concern_report_3.return_due_at AS walked
FROM concern_report AS concern_report_3
WHERE concern_report_3.return_due_at IS NOT NULL AND concern_report_3.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'SENT']) AND concern_report_3.return_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND concern_report_3.return_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND concern_report_3.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT']) AND concern_report_3.to_authority_id = $2::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_7
WHERE reach_7.viewer = $3::UUID AND reach_7.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED', 'GRANT:G11:' || $5::VARCHAR]) AND reach_7.situation_id = concern_report_3.situation_id AND reach_7.starts_at <= now() AND reach_7.ends_at > now()
 LIMIT ALL OFFSET 0)) AND CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_8
WHERE reach_8.viewer = $3::UUID AND reach_8.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND reach_8.situation_id = concern_report_3.situation_id AND reach_8.starts_at <= now() AND reach_8.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN concern_report_3.status END = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'SENT']) AND CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_9
WHERE reach_9.viewer = $3::UUID AND reach_9.via = any(ARRAY['CASEWORKER', 'CASEWORKER_CLOSED']) AND reach_9.situation_id = concern_report_3.situation_id AND reach_9.starts_at <= now() AND reach_9.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN concern_report_3.return_due_at END IS NOT NULL) AS anon_5
WHERE (anon_5.due_at < now()) = $7::BOOLEAN UNION ALL SELECT anon_6.kind AS kind, anon_6.due_at AS due_at, anon_6.about AS about, anon_6.situation AS situation, anon_6.id AS id
FROM (SELECT 'PLACEMENT' AS kind, measure_1.placement_due_at AS due_at, 'mea_' || CAST(measure_1.id AS TEXT) AS about, measure_1.situation_id AS situation, measure_1.id AS id, measure_1.placement_due_at AS walked
FROM measure AS measure_1
WHERE measure_1.placement_due_at IS NOT NULL AND (measure_1.ends_on IS NULL OR measure_1.ends_on >= (SELECT CAST(CAST(timezone('Europe/Paris', now()) AS DATE) - 1 AS DATE) AS anon_7)) AND measure_1.placement_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND measure_1.placement_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND (measure_1.authority_id = $2::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_10
WHERE reach_10.viewer = $3::UUID AND reach_10.via = 'CASEWORKER_CLOSED' AND reach_10.situation_id = measure_1.situation_id AND reach_10.starts_at <= now() AND reach_10.ends_at > now()
 LIMIT ALL OFFSET 0)) OR measure_1.organisation_id = $1::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_11
WHERE reach_11.viewer = $3::UUID AND reach_11.via = 'CASEWORKER_CLOSED' AND reach_11.situation_id = measure_1.situation_id AND reach_11.starts_at <= now() AND reach_11.ends_at > now()
 LIMIT ALL OFFSET 0)) OR (EXISTS (SELECT 1
FROM reach AS reach_12
WHERE reach_12.viewer = $3::UUID AND reach_12.via = 'CASEWORKER' AND reach_12.situation_id = measure_1.situation_id AND reach_12.starts_at <= now() AND reach_12.ends_at > now()
 LIMIT ALL OFFSET 0))) AND measure_1.starts_on <= CAST(timezone((SELECT authority_1.timezone
FROM authority AS authority_1
WHERE authority_1.id = measure_1.authority_id AND true), now()) AS DATE) AND (measure_1.ends_on IS NULL OR measure_1.ends_on >= CAST(timezone((SELECT authority_1.timezone
FROM authority AS authority_1
WHERE authority_1.id = measure_1.authority_id AND true), now()) AS DATE)) AND measure_1.placement_due_at IS NOT NULL AND NOT (SELECT count(*) < 400 AS anon_8
FROM followed_caseworker_caseworker_closed)) AS anon_6
WHERE (anon_6.due_at < now()) = $7::BOOLEAN UNION ALL SELECT anon_10.kind AS kind, anon_10.due_at AS due_at, anon_10.about AS about, anon_10.situation AS situation, anon_10.id AS id
FROM (SELECT DISTINCT followed_caseworker_caseworker_closed.situation_id AS situation_id
FROM followed_caseworker_caseworker_closed) AS mine JOIN LATERAL (SELECT 'PLACEMENT' AS kind, measure_2.placement_due_at AS due_at, 'mea_' || CAST(measure_2.id AS TEXT) AS about, measure_2.situation_id AS situation, measure_2.id AS id, measure_2.placement_due_at AS walked
FROM measure AS measure_2
WHERE measure_2.placement_due_at IS NOT NULL AND (measure_2.ends_on IS NULL OR measure_2.ends_on >= (SELECT CAST(CAST(timezone('Europe/Paris', now()) AS DATE) - 1 AS DATE) AS anon_11)) AND measure_2.placement_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND measure_2.placement_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND (measure_2.authority_id = $2::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_14
WHERE reach_14.viewer = $3::UUID AND reach_14.via = 'CASEWORKER_CLOSED' AND reach_14.situation_id = measure_2.situation_id AND reach_14.starts_at <= now() AND reach_14.ends_at > now()
 LIMIT ALL OFFSET 0)) OR measure_2.organisation_id = $1::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_15
WHERE reach_15.viewer = $3::UUID AND reach_15.via = 'CASEWORKER_CLOSED' AND reach_15.situation_id = measure_2.situation_id AND reach_15.starts_at <= now() AND reach_15.ends_at > now()
 LIMIT ALL OFFSET 0)) OR (EXISTS (SELECT 1
FROM reach AS reach_16
WHERE reach_16.viewer = $3::UUID AND reach_16.via = 'CASEWORKER' AND reach_16.situation_id = measure_2.situation_id AND reach_16.starts_at <= now() AND reach_16.ends_at > now()
 LIMIT ALL OFFSET 0))) AND measure_2.starts_on <= CAST(timezone((SELECT authority_2.timezone
FROM authority AS authority_2
WHERE authority_2.id = measure_2.authority_id AND true), now()) AS DATE) AND (measure_2.ends_on IS NULL OR measure_2.ends_on >= CAST(timezone((SELECT authority_2.timezone
FROM authority AS authority_2
WHERE authority_2.id = measure_2.authority_id AND true), now()) AS DATE)) AND measure_2.placement_due_at IS NOT NULL AND measure_2.situation_id = mine.situation_id
 LIMIT ALL OFFSET 0) AS anon_10 ON true
WHERE (SELECT count(*) < 400 AS anon_8
FROM followed_caseworker_caseworker_closed) AND (anon_10.due_at < now()) = $7::BOOLEAN UNION ALL SELECT anon_12.kind AS kind, anon_12.due_at AS due_at, anon_12.about AS about, anon_12.situation AS situation, anon_12.id AS id
FROM (SELECT 'MEASURE_REVIEW' AS kind, measure_3.review_due_at AS due_at, 'mea_' || CAST(measure_3.id AS TEXT) AS about, measure_3.situation_id AS situation, measure_3.id AS id, measure_3.review_due_at AS walked
FROM measure AS measure_3
WHERE measure_3.review_due_at IS NOT NULL AND (measure_3.ends_on IS NULL OR measure_3.ends_on >= (SELECT CAST(CAST(timezone('Europe/Paris', now()) AS DATE) - 1 AS DATE) AS anon_13)) AND (measure_3.ends_on IS NULL OR measure_3.ends_on > CAST(timezone('UTC', measure_3.review_due_at) AS DATE)) AND measure_3.review_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND measure_3.review_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND (measure_3.authority_id = $2::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_17
WHERE reach_17.viewer = $3::UUID AND reach_17.via = 'CASEWORKER_CLOSED' AND reach_17.situation_id = measure_3.situation_id AND reach_17.starts_at <= now() AND reach_17.ends_at > now()
 LIMIT ALL OFFSET 0)) OR measure_3.organisation_id = $1::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_18
WHERE reach_18.viewer = $3::UUID AND reach_18.via = 'CASEWORKER_CLOSED' AND reach_18.situation_id = measure_3.situation_id AND reach_18.starts_at <= now() AND reach_18.ends_at > now()
 LIMIT ALL OFFSET 0)) OR (EXISTS (SELECT 1
FROM reach AS reach_19
WHERE reach_19.viewer = $3::UUID AND reach_19.via = 'CASEWORKER' AND reach_19.situation_id = measure_3.situation_id AND reach_19.starts_at <= now() AND reach_19.ends_at > now()
 LIMIT ALL OFFSET 0))) AND measure_3.starts_on <= CAST(timezone((SELECT authority_3.timezone
FROM authority AS authority_3
WHERE authority_3.id = measure_3.authority_id AND true), now()) AS DATE) AND (measure_3.ends_on IS NULL OR measure_3.ends_on >= CAST(timezone((SELECT authority_3.timezone
FROM authority AS authority_3
WHERE authority_3.id = measure_3.authority_id AND true), now()) AS DATE)) AND measure_3.review_due_at IS NOT NULL AND NOT (SELECT count(*) < 400 AS anon_14
FROM followed_caseworker_caseworker_closed)) AS anon_12
WHERE (anon_12.due_at < now()) = $7::BOOLEAN UNION ALL SELECT anon_15.kind AS kind, anon_15.due_at AS due_at, anon_15.about AS about, anon_15.situation AS situation, anon_15.id AS id
FROM (SELECT DISTINCT followed_caseworker_caseworker_closed.situation_id AS situation_id
FROM followed_caseworker_caseworker_closed) AS mine JOIN LATERAL (SELECT 'MEASURE_REVIEW' AS kind, measure_4.review_due_at AS due_at, 'mea_' || CAST(measure_4.id AS TEXT) AS about, measure_4.situation_id AS situation, measure_4.id AS id, measure_4.review_due_at AS walked
FROM measure AS measure_4
WHERE measure_4.review_due_at IS NOT NULL AND (measure_4.ends_on IS NULL OR measure_4.ends_on >= (SELECT CAST(CAST(timezone('Europe/Paris', now()) AS DATE) - 1 AS DATE) AS anon_16)) AND measure_4.review_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND measure_4.review_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND (measure_4.authority_id = $2::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_20
WHERE reach_20.viewer = $3::UUID AND reach_20.via = 'CASEWORKER_CLOSED' AND reach_20.situation_id = measure_4.situation_id AND reach_20.starts_at <= now() AND reach_20.ends_at > now()
 LIMIT ALL OFFSET 0)) OR measure_4.organisation_id = $1::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_21
WHERE reach_21.viewer = $3::UUID AND reach_21.via = 'CASEWORKER_CLOSED' AND reach_21.situation_id = measure_4.situation_id AND reach_21.starts_at <= now() AND reach_21.ends_at > now()
 LIMIT ALL OFFSET 0)) OR (EXISTS (SELECT 1
FROM reach AS reach_22
WHERE reach_22.viewer = $3::UUID AND reach_22.via = 'CASEWORKER' AND reach_22.situation_id = measure_4.situation_id AND reach_22.starts_at <= now() AND reach_22.ends_at > now()
 LIMIT ALL OFFSET 0))) AND measure_4.starts_on <= CAST(timezone((SELECT authority_4.timezone
FROM authority AS authority_4
WHERE authority_4.id = measure_4.authority_id AND true), now()) AS DATE) AND (measure_4.ends_on IS NULL OR measure_4.ends_on >= CAST(timezone((SELECT authority_4.timezone
FROM authority AS authority_4
WHERE authority_4.id = measure_4.authority_id AND true), now()) AS DATE)) AND measure_4.review_due_at IS NOT NULL AND measure_4.situation_id = mine.situation_id
 LIMIT ALL OFFSET 0) AS anon_15 ON true
WHERE (SELECT count(*) < 400 AS anon_14
FROM followed_caseworker_caseworker_closed) AND (anon_15.due_at < now()) = $7::BOOLEAN UNION ALL SELECT anon_17.kind AS kind, anon_17.due_at AS due_at, anon_17.about AS about, anon_17.situation AS situation, anon_17.id AS id
FROM (SELECT 'MEASURE_REVIEW' AS kind, measure_5.review_due_at AS due_at, 'mea_' || CAST(measure_5.id AS TEXT) AS about, measure_5.situation_id AS situation, measure_5.id AS id, measure_5.review_due_at AS walked
FROM measure AS measure_5
WHERE measure_5.review_due_at IS NOT NULL AND (measure_5.ends_on IS NULL OR measure_5.ends_on >= (SELECT CAST(CAST(timezone('Europe/Paris', now()) AS DATE) - 1 AS DATE) AS anon_18)) AND measure_5.ends_on <= CAST(timezone('UTC', measure_5.review_due_at) AS DATE) AND measure_5.review_due_at >= now() - make_interval(0, 0, 0, 0, 48) AND measure_5.review_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND measure_5.review_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND (measure_5.authority_id = $2::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_23
WHERE reach_23.viewer = $3::UUID AND reach_23.via = 'CASEWORKER_CLOSED' AND reach_23.situation_id = measure_5.situation_id AND reach_23.starts_at <= now() AND reach_23.ends_at > now()
 LIMIT ALL OFFSET 0)) OR measure_5.organisation_id = $1::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_24
WHERE reach_24.viewer = $3::UUID AND reach_24.via = 'CASEWORKER_CLOSED' AND reach_24.situation_id = measure_5.situation_id AND reach_24.starts_at <= now() AND reach_24.ends_at > now()
 LIMIT ALL OFFSET 0)) OR (EXISTS (SELECT 1
FROM reach AS reach_25
WHERE reach_25.viewer = $3::UUID AND reach_25.via = 'CASEWORKER' AND reach_25.situation_id = measure_5.situation_id AND reach_25.starts_at <= now() AND reach_25.ends_at > now()
 LIMIT ALL OFFSET 0))) AND measure_5.starts_on <= CAST(timezone((SELECT authority_5.timezone
FROM authority AS authority_5
WHERE authority_5.id = measure_5.authority_id AND true), now()) AS DATE) AND (measure_5.ends_on IS NULL OR measure_5.ends_on >= CAST(timezone((SELECT authority_5.timezone
FROM authority AS authority_5
WHERE authority_5.id = measure_5.authority_id AND true), now()) AS DATE)) AND measure_5.review_due_at IS NOT NULL AND NOT (SELECT count(*) < 400 AS anon_19
FROM followed_caseworker_caseworker_closed)) AS anon_17
WHERE (anon_17.due_at < now()) = $7::BOOLEAN UNION ALL SELECT anon_20.kind AS kind, anon_20.due_at AS due_at, anon_20.about AS about, anon_20.situation AS situation, anon_20.id AS id
FROM (SELECT 'MAJORITY' AS kind, CAST(timezone(coalesce((SELECT authority_6.timezone
FROM authority AS authority_6
WHERE authority_6.id = $2::UUID AND true), 'Europe/Paris'), minor_1.majority_on + make_interval(0, 0, 0, -1) + make_interval(0, 0, 0, 1)) AS TIMESTAMP WITH TIME ZONE) AS due_at, 'min_' || CAST(minor_1.id AS TEXT) AS about, minor_1.situation_id AS situation, minor_1.id AS id, minor_1.majority_on AS walked
FROM minor AS minor_1
WHERE minor_1.majority_on IS NOT NULL AND minor_1.majority_on >= (SELECT CAST(CAST(timezone('Europe/Paris', now()) AS DATE) - 1 AS DATE) AS anon_21) AND minor_1.majority_on >= CAST(CAST(timezone('Europe/Paris', CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END) AS DATE) - 1 AS DATE) AND minor_1.majority_on <= CAST(CAST(timezone('Europe/Paris', CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END) AS DATE) + 2 AS DATE) AND (EXISTS (SELECT 1
FROM reach AS reach_26
WHERE reach_26.viewer = $3::UUID AND reach_26.via = 'CASEWORKER' AND reach_26.situation_id = minor_1.situation_id AND reach_26.starts_at <= now() AND reach_26.ends_at > now()
 LIMIT ALL OFFSET 0)) AND CAST(timezone(coalesce((SELECT authority_7.timezone
FROM authority AS authority_7
WHERE authority_7.id = $2::UUID AND true), 'Europe/Paris'), minor_1.majority_on + make_interval(0, 0, 0, -1) + make_interval(0, 0, 0, 1)) AS TIMESTAMP WITH TIME ZONE) > now() AND minor_1.majority_on IS NOT NULL AND NOT (SELECT count(*) < 400 AS anon_22
FROM followed_caseworker)) AS anon_20
WHERE (anon_20.due_at < now()) = $7::BOOLEAN UNION ALL SELECT anon_24.kind AS kind, anon_24.due_at AS due_at, anon_24.about AS about, anon_24.situation AS situation, anon_24.id AS id
FROM (SELECT DISTINCT followed_caseworker.situation_id AS situation_id
FROM followed_caseworker) AS mine JOIN LATERAL (SELECT 'MAJORITY' AS kind, CAST(timezone(coalesce((SELECT authority_8.timezone
FROM authority AS authority_8
WHERE authority_8.id = $2::UUID AND true), 'Europe/Paris'), minor_2.majority_on + make_interval(0, 0, 0, -1) + make_interval(0, 0, 0, 1)) AS TIMESTAMP WITH TIME ZONE) AS due_at, 'min_' || CAST(minor_2.id AS TEXT) AS about, minor_2.situation_id AS situation, minor_2.id AS id, minor_2.majority_on AS walked
FROM minor AS minor_2
WHERE minor_2.majority_on IS NOT NULL AND minor_2.majority_on >= (SELECT CAST(CAST(timezone('Europe/Paris', now()) AS DATE) - 1 AS DATE) AS anon_25) AND minor_2.majority_on >= CAST(CAST(timezone('Europe/Paris', CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END) AS DATE) - 1 AS DATE) AND minor_2.majority_on <= CAST(CAST(timezone('Europe/Paris', CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END) AS DATE) + 2 AS DATE) AND (EXISTS (SELECT 1
FROM reach AS reach_28
WHERE reach_28.viewer = $3::UUID AND reach_28.via = 'CASEWORKER' AND reach_28.situation_id = minor_2.situation_id AND reach_28.starts_at <= now() AND reach_28.ends_at > now()
 LIMIT ALL OFFSET 0)) AND CAST(timezone(coalesce((SELECT authority_9.timezone
FROM authority AS authority_9
WHERE authority_9.id = $2::UUID AND true), 'Europe/Paris'), minor_2.majority_on + make_interval(0, 0, 0, -1) + make_interval(0, 0, 0, 1)) AS TIMESTAMP WITH TIME ZONE) > now() AND minor_2.majority_on IS NOT NULL AND minor_2.situation_id = mine.situation_id
 LIMIT ALL OFFSET 0) AS anon_24 ON true
WHERE (SELECT count(*) < 400 AS anon_22
FROM followed_caseworker) AND (anon_24.due_at < now()) = $7::BOOLEAN UNION ALL SELECT anon_26.kind AS kind, anon_26.due_at AS due_at, anon_26.about AS about, anon_26.situation AS situation, anon_26.id AS id
FROM (SELECT 'ADDRESS_ANSWER' AS kind, department_transfer_1.address_answer_due_at AS due_at, 'tra_' || CAST(department_transfer_1.id AS TEXT) AS about, department_transfer_1.situation_id AS situation, department_transfer_1.id AS id, department_transfer_1.address_answer_due_at AS walked
FROM department_transfer AS department_transfer_1
WHERE department_transfer_1.address_answer_due_at IS NOT NULL AND department_transfer_1.state = 'UNKNOWN_ADDRESS' AND department_transfer_1.address_answer_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND department_transfer_1.address_answer_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND (EXISTS (SELECT 1
FROM reach AS reach_29
WHERE reach_29.viewer = $3::UUID AND reach_29.via = 'CASEWORKER' AND reach_29.situation_id = department_transfer_1.situation_id AND reach_29.starts_at <= now() AND reach_29.ends_at > now()
 LIMIT ALL OFFSET 0)) AND (department_transfer_1.origin_authority_id = $2::UUID OR department_transfer_1.destination_authority_id = $2::UUID) AND department_transfer_1.state = 'UNKNOWN_ADDRESS' AND department_transfer_1.address_answer_due_at IS NOT NULL AND NOT (SELECT count(*) < 400 AS anon_27
FROM followed_caseworker)) AS anon_26
WHERE (anon_26.due_at < now()) = $7::BOOLEAN UNION ALL SELECT anon_28.kind AS kind, anon_28.due_at AS due_at, anon_28.about AS about, anon_28.situation AS situation, anon_28.id AS id
FROM (SELECT DISTINCT followed_caseworker.situation_id AS situation_id
FROM followed_caseworker) AS mine JOIN LATERAL (SELECT 'ADDRESS_ANSWER' AS kind, department_transfer_2.address_answer_due_at AS due_at, 'tra_' || CAST(department_transfer_2.id AS TEXT) AS about, department_transfer_2.situation_id AS situation, department_transfer_2.id AS id, department_transfer_2.address_answer_due_at AS walked
FROM department_transfer AS department_transfer_2
WHERE department_transfer_2.address_answer_due_at IS NOT NULL AND department_transfer_2.state = 'UNKNOWN_ADDRESS' AND department_transfer_2.address_answer_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND department_transfer_2.address_answer_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND (EXISTS (SELECT 1
FROM reach AS reach_30
WHERE reach_30.viewer = $3::UUID AND reach_30.via = 'CASEWORKER' AND reach_30.situation_id = department_transfer_2.situation_id AND reach_30.starts_at <= now() AND reach_30.ends_at > now()
 LIMIT ALL OFFSET 0)) AND (department_transfer_2.origin_authority_id = $2::UUID OR department_transfer_2.destination_authority_id = $2::UUID) AND department_transfer_2.state = 'UNKNOWN_ADDRESS' AND department_transfer_2.address_answer_due_at IS NOT NULL AND department_transfer_2.situation_id = mine.situation_id
 LIMIT ALL OFFSET 0) AS anon_28 ON true
WHERE (SELECT count(*) < 400 AS anon_27
FROM followed_caseworker) AND (anon_28.due_at < now()) = $7::BOOLEAN UNION ALL SELECT anon_29.kind AS kind, anon_29.due_at AS due_at, anon_29.about AS about, anon_29.situation AS situation, anon_29.id AS id
FROM (SELECT 'TRANSFER_WINDOW' AS kind, department_transfer_3.window_ends_at AS due_at, 'tra_' || CAST(department_transfer_3.id AS TEXT) AS about, department_transfer_3.situation_id AS situation, department_transfer_3.id AS id, department_transfer_3.window_ends_at AS walked
FROM department_transfer AS department_transfer_3
WHERE department_transfer_3.window_ends_at IS NOT NULL AND department_transfer_3.state = 'RECEIVED' AND department_transfer_3.window_ends_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND department_transfer_3.window_ends_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND (EXISTS (SELECT 1
FROM reach AS reach_31
WHERE reach_31.viewer = $3::UUID AND reach_31.via = 'CASEWORKER' AND reach_31.situation_id = department_transfer_3.situation_id AND reach_31.starts_at <= now() AND reach_31.ends_at > now()
 LIMIT ALL OFFSET 0)) AND (department_transfer_3.origin_authority_id = $2::UUID OR department_transfer_3.destination_authority_id = $2::UUID) AND department_transfer_3.state = 'RECEIVED' AND department_transfer_3.window_ends_at IS NOT NULL AND NOT (SELECT count(*) < 400 AS anon_30
FROM followed_caseworker)) AS anon_29
WHERE (anon_29.due_at < now()) = $7::BOOLEAN UNION ALL SELECT anon_31.kind AS kind, anon_31.due_at AS due_at, anon_31.about AS about, anon_31.situation AS situation, anon_31.id AS id
FROM (SELECT DISTINCT followed_caseworker.situation_id AS situation_id
FROM followed_caseworker) AS mine JOIN LATERAL (SELECT 'TRANSFER_WINDOW' AS kind, department_transfer_4.window_ends_at AS due_at, 'tra_' || CAST(department_transfer_4.id AS TEXT) AS about, department_transfer_4.situation_id AS situation, department_transfer_4.id AS id, department_transfer_4.window_ends_at AS walked
FROM department_transfer AS department_transfer_4
WHERE department_transfer_4.window_ends_at IS NOT NULL AND department_transfer_4.state = 'RECEIVED' AND department_transfer_4.window_ends_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND department_transfer_4.window_ends_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND (EXISTS (SELECT 1
FROM reach AS reach_32
WHERE reach_32.viewer = $3::UUID AND reach_32.via = 'CASEWORKER' AND reach_32.situation_id = department_transfer_4.situation_id AND reach_32.starts_at <= now() AND reach_32.ends_at > now()
 LIMIT ALL OFFSET 0)) AND (department_transfer_4.origin_authority_id = $2::UUID OR department_transfer_4.destination_authority_id = $2::UUID) AND department_transfer_4.state = 'RECEIVED' AND department_transfer_4.window_ends_at IS NOT NULL AND department_transfer_4.situation_id = mine.situation_id
 LIMIT ALL OFFSET 0) AS anon_31 ON true
WHERE (SELECT count(*) < 400 AS anon_30
FROM followed_caseworker) AND (anon_31.due_at < now()) = $7::BOOLEAN) AS clock
 LIMIT 1000) AS counted) AS "totalCount", coalesce(json_agg(numbered.node_0) FILTER (WHERE numbered.number <= $8::INTEGER), '[]'::json) AS nodes, json_build_object('hasNextPage', count(*) > $8::INTEGER, 'endCursor', (coalesce(array_agg(numbered.cursor) FILTER (WHERE numbered.number <= $8::INTEGER), '{}'::text[]))[least(count(*), $8::INTEGER)]) AS "pageInfo", coalesce(json_agg(numbered.situation) FILTER (WHERE numbered.number <= $8::INTEGER AND numbered.situation IS NOT NULL), '[]'::json) AS situations$
FROM (SELECT page.node_0 AS node_0, page.cursor AS cursor, page.situation AS situation, row_number() OVER () AS number
FROM (SELECT (SELECT row_to_json(row$) AS row_to_json_2
FROM (SELECT clock.kind AS kind, clock.due_at AS "dueAt", clock.due_at < now() AS overdue, clock.about AS about) AS row$) AS node_0, translate(encode(convert_to(CAST(clock.due_at AS TEXT) || '|' || clock.kind || '|' || CAST(clock.id AS TEXT), 'UTF8') || SUBSTRING(sha256($9::BYTEA || sha256($10::BYTEA || convert_to(CAST(clock.due_at AS TEXT) || '|' || clock.kind || '|' || CAST(clock.id AS TEXT), 'UTF8'))) FROM 1 FOR 16), 'base64'), E'+/=\n', '-_') AS cursor, clock.situation AS situation
FROM (SELECT soon.kind AS kind, soon.due_at AS due_at, soon.about AS about, soon.situation AS situation, soon.id AS id
FROM soon UNION ALL SELECT anon_38.kind AS kind, anon_38.due_at AS due_at, anon_38.about AS about, anon_38.situation AS situation, anon_38.id AS id
FROM (SELECT anon_39.kind AS kind, anon_39.due_at AS due_at, anon_39.about AS about, anon_39.situation AS situation, anon_39.id AS id
FROM (SELECT 'PLACEMENT' AS kind, measure_6.placement_due_at AS due_at, 'mea_' || CAST(measure_6.id AS TEXT) AS about, measure_6.situation_id AS situation, measure_6.id AS id, measure_6.placement_due_at AS walked
FROM measure AS measure_6
WHERE measure_6.placement_due_at IS NOT NULL AND (measure_6.ends_on IS NULL OR measure_6.ends_on >= (SELECT CAST(CAST(timezone('Europe/Paris', now()) AS DATE) - 1 AS DATE) AS anon_40)) AND measure_6.placement_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND measure_6.placement_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND measure_6.placement_due_at <= (SELECT CASE WHEN (count(*) > $8::INTEGER) THEN max(soon.due_at) ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AS anon_41
FROM soon) AND (measure_6.authority_id = $2::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_42
WHERE reach_42.viewer = $3::UUID AND reach_42.via = 'CASEWORKER_CLOSED' AND reach_42.situation_id = measure_6.situation_id AND reach_42.starts_at <= now() AND reach_42.ends_at > now()
 LIMIT ALL OFFSET 0)) OR measure_6.organisation_id = $1::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_43
WHERE reach_43.viewer = $3::UUID AND reach_43.via = 'CASEWORKER_CLOSED' AND reach_43.situation_id = measure_6.situation_id AND reach_43.starts_at <= now() AND reach_43.ends_at > now()
 LIMIT ALL OFFSET 0)) OR (EXISTS (SELECT 1
FROM reach AS reach_44
WHERE reach_44.viewer = $3::UUID AND reach_44.via = 'CASEWORKER' AND reach_44.situation_id = measure_6.situation_id AND reach_44.starts_at <= now() AND reach_44.ends_at > now()
 LIMIT ALL OFFSET 0))) AND measure_6.starts_on <= CAST(timezone((SELECT authority_10.timezone
FROM authority AS authority_10
WHERE authority_10.id = measure_6.authority_id AND true), now()) AS DATE) AND (measure_6.ends_on IS NULL OR measure_6.ends_on >= CAST(timezone((SELECT authority_10.timezone
FROM authority AS authority_10
WHERE authority_10.id = measure_6.authority_id AND true), now()) AS DATE)) AND measure_6.placement_due_at IS NOT NULL AND NOT (SELECT count(*) < 400 AS anon_42
FROM followed_caseworker_caseworker_closed)) AS anon_39
WHERE (anon_39.due_at < now()) = $7::BOOLEAN ORDER BY anon_39.walked ASC, anon_39.id ASC
 LIMIT 101) AS anon_38 UNION ALL SELECT anon_43.kind AS kind, anon_43.due_at AS due_at, anon_43.about AS about, anon_43.situation AS situation, anon_43.id AS id
FROM (SELECT anon_44.kind AS kind, anon_44.due_at AS due_at, anon_44.about AS about, anon_44.situation AS situation, anon_44.id AS id
FROM (SELECT DISTINCT followed_caseworker_caseworker_closed.situation_id AS situation_id
FROM followed_caseworker_caseworker_closed) AS mine JOIN LATERAL (SELECT 'PLACEMENT' AS kind, measure_7.placement_due_at AS due_at, 'mea_' || CAST(measure_7.id AS TEXT) AS about, measure_7.situation_id AS situation, measure_7.id AS id, measure_7.placement_due_at AS walked
FROM measure AS measure_7
WHERE measure_7.placement_due_at IS NOT NULL AND (measure_7.ends_on IS NULL OR measure_7.ends_on >= (SELECT CAST(CAST(timezone('Europe/Paris', now()) AS DATE) - 1 AS DATE) AS anon_45)) AND measure_7.placement_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND measure_7.placement_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND measure_7.placement_due_at <= (SELECT CASE WHEN (count(*) > $8::INTEGER) THEN max(soon.due_at) ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AS anon_41
FROM soon) AND (measure_7.authority_id = $2::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_45
WHERE reach_45.viewer = $3::UUID AND reach_45.via = 'CASEWORKER_CLOSED' AND reach_45.situation_id = measure_7.situation_id AND reach_45.starts_at <= now() AND reach_45.ends_at > now()
 LIMIT ALL OFFSET 0)) OR measure_7.organisation_id = $1::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_46
WHERE reach_46.viewer = $3::UUID AND reach_46.via = 'CASEWORKER_CLOSED' AND reach_46.situation_id = measure_7.situation_id AND reach_46.starts_at <= now() AND reach_46.ends_at > now()
 LIMIT ALL OFFSET 0)) OR (EXISTS (SELECT 1
FROM reach AS reach_47
WHERE reach_47.viewer = $3::UUID AND reach_47.via = 'CASEWORKER' AND reach_47.situation_id = measure_7.situation_id AND reach_47.starts_at <= now() AND reach_47.ends_at > now()
 LIMIT ALL OFFSET 0))) AND measure_7.starts_on <= CAST(timezone((SELECT authority_11.timezone
FROM authority AS authority_11
WHERE authority_11.id = measure_7.authority_id AND true), now()) AS DATE) AND (measure_7.ends_on IS NULL OR measure_7.ends_on >= CAST(timezone((SELECT authority_11.timezone
FROM authority AS authority_11
WHERE authority_11.id = measure_7.authority_id AND true), now()) AS DATE)) AND measure_7.placement_due_at IS NOT NULL AND measure_7.situation_id = mine.situation_id
 LIMIT ALL OFFSET 0) AS anon_44 ON true
WHERE (SELECT count(*) < 400 AS anon_42
FROM followed_caseworker_caseworker_closed) AND (anon_44.due_at < now()) = $7::BOOLEAN ORDER BY anon_44.walked ASC, anon_44.id ASC
 LIMIT 101) AS anon_43 UNION ALL SELECT anon_46.kind AS kind, anon_46.due_at AS due_at, anon_46.about AS about, anon_46.situation AS situation, anon_46.id AS id
FROM (SELECT anon_47.kind AS kind, anon_47.due_at AS due_at, anon_47.about AS about, anon_47.situation AS situation, anon_47.id AS id
FROM (SELECT 'MEASURE_REVIEW' AS kind, measure_8.review_due_at AS due_at, 'mea_' || CAST(measure_8.id AS TEXT) AS about, measure_8.situation_id AS situation, measure_8.id AS id, measure_8.review_due_at AS walked
FROM measure AS measure_8
WHERE measure_8.review_due_at IS NOT NULL AND (measure_8.ends_on IS NULL OR measure_8.ends_on >= (SELECT CAST(CAST(timezone('Europe/Paris', now()) AS DATE) - 1 AS DATE) AS anon_48)) AND (measure_8.ends_on IS NULL OR measure_8.ends_on > CAST(timezone('UTC', measure_8.review_due_at) AS DATE)) AND measure_8.review_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND measure_8.review_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND measure_8.review_due_at <= (SELECT CASE WHEN (count(*) > $8::INTEGER) THEN max(soon.due_at) ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AS anon_41
FROM soon) AND (measure_8.authority_id = $2::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_48
WHERE reach_48.viewer = $3::UUID AND reach_48.via = 'CASEWORKER_CLOSED' AND reach_48.situation_id = measure_8.situation_id AND reach_48.starts_at <= now() AND reach_48.ends_at > now()
 LIMIT ALL OFFSET 0)) OR measure_8.organisation_id = $1::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_49
WHERE reach_49.viewer = $3::UUID AND reach_49.via = 'CASEWORKER_CLOSED' AND reach_49.situation_id = measure_8.situation_id AND reach_49.starts_at <= now() AND reach_49.ends_at > now()
 LIMIT ALL OFFSET 0)) OR (EXISTS (SELECT 1
FROM reach AS reach_50
WHERE reach_50.viewer = $3::UUID AND reach_50.via = 'CASEWORKER' AND reach_50.situation_id = measure_8.situation_id AND reach_50.starts_at <= now() AND reach_50.ends_at > now()
 LIMIT ALL OFFSET 0))) AND measure_8.starts_on <= CAST(timezone((SELECT authority_12.timezone
FROM authority AS authority_12
WHERE authority_12.id = measure_8.authority_id AND true), now()) AS DATE) AND (measure_8.ends_on IS NULL OR measure_8.ends_on >= CAST(timezone((SELECT authority_12.timezone
FROM authority AS authority_12
WHERE authority_12.id = measure_8.authority_id AND true), now()) AS DATE)) AND measure_8.review_due_at IS NOT NULL AND NOT (SELECT count(*) < 400 AS anon_49
FROM followed_caseworker_caseworker_closed)) AS anon_47
WHERE (anon_47.due_at < now()) = $7::BOOLEAN ORDER BY anon_47.walked ASC, anon_47.id ASC
 LIMIT 101) AS anon_46 UNION ALL SELECT anon_50.kind AS kind, anon_50.due_at AS due_at, anon_50.about AS about, anon_50.situation AS situation, anon_50.id AS id
FROM (SELECT anon_51.kind AS kind, anon_51.due_at AS due_at, anon_51.about AS about, anon_51.situation AS situation, anon_51.id AS id
FROM (SELECT DISTINCT followed_caseworker_caseworker_closed.situation_id AS situation_id
FROM followed_caseworker_caseworker_closed) AS mine JOIN LATERAL (SELECT 'MEASURE_REVIEW' AS kind, measure_9.review_due_at AS due_at, 'mea_' || CAST(measure_9.id AS TEXT) AS about, measure_9.situation_id AS situation, measure_9.id AS id, measure_9.review_due_at AS walked
FROM measure AS measure_9
WHERE measure_9.review_due_at IS NOT NULL AND (measure_9.ends_on IS NULL OR measure_9.ends_on >= (SELECT CAST(CAST(timezone('Europe/Paris', now()) AS DATE) - 1 AS DATE) AS anon_52)) AND measure_9.review_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND measure_9.review_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND measure_9.review_due_at <= (SELECT CASE WHEN (count(*) > $8::INTEGER) THEN max(soon.due_at) ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AS anon_41
FROM soon) AND (measure_9.authority_id = $2::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_51
WHERE reach_51.viewer = $3::UUID AND reach_51.via = 'CASEWORKER_CLOSED' AND reach_51.situation_id = measure_9.situation_id AND reach_51.starts_at <= now() AND reach_51.ends_at > now()
 LIMIT ALL OFFSET 0)) OR measure_9.organisation_id = $1::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_52
WHERE reach_52.viewer = $3::UUID AND reach_52.via = 'CASEWORKER_CLOSED' AND reach_52.situation_id = measure_9.situation_id AND reach_52.starts_at <= now() AND reach_52.ends_at > now()
 LIMIT ALL OFFSET 0)) OR (EXISTS (SELECT 1
FROM reach AS reach_53
WHERE reach_53.viewer = $3::UUID AND reach_53.via = 'CASEWORKER' AND reach_53.situation_id = measure_9.situation_id AND reach_53.starts_at <= now() AND reach_53.ends_at > now()
 LIMIT ALL OFFSET 0))) AND measure_9.starts_on <= CAST(timezone((SELECT authority_13.timezone
FROM authority AS authority_13
WHERE authority_13.id = measure_9.authority_id AND true), now()) AS DATE) AND (measure_9.ends_on IS NULL OR measure_9.ends_on >= CAST(timezone((SELECT authority_13.timezone
FROM authority AS authority_13
WHERE authority_13.id = measure_9.authority_id AND true), now()) AS DATE)) AND measure_9.review_due_at IS NOT NULL AND measure_9.situation_id = mine.situation_id
 LIMIT ALL OFFSET 0) AS anon_51 ON true
WHERE (SELECT count(*) < 400 AS anon_49
FROM followed_caseworker_caseworker_closed) AND (anon_51.due_at < now()) = $7::BOOLEAN ORDER BY anon_51.walked ASC, anon_51.id ASC
 LIMIT 101) AS anon_50 UNION ALL SELECT anon_53.kind AS kind, anon_53.due_at AS due_at, anon_53.about AS about, anon_53.situation AS situation, anon_53.id AS id
FROM (SELECT anon_54.kind AS kind, anon_54.due_at AS due_at, anon_54.about AS about, anon_54.situation AS situation, anon_54.id AS id
FROM (SELECT 'MEASURE_REVIEW' AS kind, measure_10.review_due_at AS due_at, 'mea_' || CAST(measure_10.id AS TEXT) AS about, measure_10.situation_id AS situation, measure_10.id AS id, measure_10.review_due_at AS walked
FROM measure AS measure_10
WHERE measure_10.review_due_at IS NOT NULL AND (measure_10.ends_on IS NULL OR measure_10.ends_on >= (SELECT CAST(CAST(timezone('Europe/Paris', now()) AS DATE) - 1 AS DATE) AS anon_55)) AND measure_10.ends_on <= CAST(timezone('UTC', measure_10.review_due_at) AS DATE) AND measure_10.review_due_at >= now() - make_interval(0, 0, 0, 0, 48) AND measure_10.review_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND measure_10.review_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND measure_10.review_due_at <= (SELECT CASE WHEN (count(*) > $8::INTEGER) THEN max(soon.due_at) ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AS anon_41
FROM soon) AND (measure_10.authority_id = $2::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_54
WHERE reach_54.viewer = $3::UUID AND reach_54.via = 'CASEWORKER_CLOSED' AND reach_54.situation_id = measure_10.situation_id AND reach_54.starts_at <= now() AND reach_54.ends_at > now()
 LIMIT ALL OFFSET 0)) OR measure_10.organisation_id = $1::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_55
WHERE reach_55.viewer = $3::UUID AND reach_55.via = 'CASEWORKER_CLOSED' AND reach_55.situation_id = measure_10.situation_id AND reach_55.starts_at <= now() AND reach_55.ends_at > now()
 LIMIT ALL OFFSET 0)) OR (EXISTS (SELECT 1
FROM reach AS reach_56
WHERE reach_56.viewer = $3::UUID AND reach_56.via = 'CASEWORKER' AND reach_56.situation_id = measure_10.situation_id AND reach_56.starts_at <= now() AND reach_56.ends_at > now()
 LIMIT ALL OFFSET 0))) AND measure_10.starts_on <= CAST(timezone((SELECT authority_14.timezone
FROM authority AS authority_14
WHERE authority_14.id = measure_10.authority_id AND true), now()) AS DATE) AND (measure_10.ends_on IS NULL OR measure_10.ends_on >= CAST(timezone((SELECT authority_14.timezone
FROM authority AS authority_14
WHERE authority_14.id = measure_10.authority_id AND true), now()) AS DATE)) AND measure_10.review_due_at IS NOT NULL AND NOT (SELECT count(*) < 400 AS anon_56
FROM followed_caseworker_caseworker_closed)) AS anon_54
WHERE (anon_54.due_at < now()) = $7::BOOLEAN ORDER BY anon_54.walked ASC, anon_54.id ASC
 LIMIT 101) AS anon_53 UNION ALL SELECT anon_57.kind AS kind, anon_57.due_at AS due_at, anon_57.about AS about, anon_57.situation AS situation, anon_57.id AS id
FROM (SELECT anon_58.kind AS kind, anon_58.due_at AS due_at, anon_58.about AS about, anon_58.situation AS situation, anon_58.id AS id
FROM (SELECT 'MAJORITY' AS kind, CAST(timezone(coalesce((SELECT authority_15.timezone
FROM authority AS authority_15
WHERE authority_15.id = $2::UUID AND true), 'Europe/Paris'), minor_3.majority_on + make_interval(0, 0, 0, -1) + make_interval(0, 0, 0, 1)) AS TIMESTAMP WITH TIME ZONE) AS due_at, 'min_' || CAST(minor_3.id AS TEXT) AS about, minor_3.situation_id AS situation, minor_3.id AS id, minor_3.majority_on AS walked
FROM minor AS minor_3
WHERE minor_3.majority_on IS NOT NULL AND minor_3.majority_on >= (SELECT CAST(CAST(timezone('Europe/Paris', now()) AS DATE) - 1 AS DATE) AS anon_59) AND minor_3.majority_on >= CAST(CAST(timezone('Europe/Paris', CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END) AS DATE) - 1 AS DATE) AND minor_3.majority_on <= CAST(CAST(timezone('Europe/Paris', CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END) AS DATE) + 2 AS DATE) AND minor_3.majority_on <= CAST(CAST(timezone('Europe/Paris', (SELECT CASE WHEN (count(*) > $8::INTEGER) THEN max(soon.due_at) ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AS anon_41
FROM soon)) AS DATE) + 2 AS DATE) AND (EXISTS (SELECT 1
FROM reach AS reach_57
WHERE reach_57.viewer = $3::UUID AND reach_57.via = 'CASEWORKER' AND reach_57.situation_id = minor_3.situation_id AND reach_57.starts_at <= now() AND reach_57.ends_at > now()
 LIMIT ALL OFFSET 0)) AND CAST(timezone(coalesce((SELECT authority_16.timezone
FROM authority AS authority_16
WHERE authority_16.id = $2::UUID AND true), 'Europe/Paris'), minor_3.majority_on + make_interval(0, 0, 0, -1) + make_interval(0, 0, 0, 1)) AS TIMESTAMP WITH TIME ZONE) > now() AND minor_3.majority_on IS NOT NULL AND NOT (SELECT count(*) < 400 AS anon_60
FROM followed_caseworker)) AS anon_58
WHERE (anon_58.due_at < now()) = $7::BOOLEAN ORDER BY anon_58.walked ASC, anon_58.id ASC
 LIMIT 101) AS anon_57 UNION ALL SELECT anon_61.kind AS kind, anon_61.due_at AS due_at, anon_61.about AS about, anon_61.situation AS situation, anon_61.id AS id
FROM (SELECT anon_62.kind AS kind, anon_62.due_at AS due_at, anon_62.about AS about, anon_62.situation AS situation, anon_62.id AS id
FROM (SELECT DISTINCT followed_caseworker.situation_id AS situation_id
FROM followed_caseworker) AS mine JOIN LATERAL (SELECT 'MAJORITY' AS kind, CAST(timezone(coalesce((SELECT authority_17.timezone
FROM authority AS authority_17
WHERE authority_17.id = $2::UUID AND true), 'Europe/Paris'), minor_4.majority_on + make_interval(0, 0, 0, -1) + make_interval(0, 0, 0, 1)) AS TIMESTAMP WITH TIME ZONE) AS due_at, 'min_' || CAST(minor_4.id AS TEXT) AS about, minor_4.situation_id AS situation, minor_4.id AS id, minor_4.majority_on AS walked
FROM minor AS minor_4
WHERE minor_4.majority_on IS NOT NULL AND minor_4.majority_on >= (SELECT CAST(CAST(timezone('Europe/Paris', now()) AS DATE) - 1 AS DATE) AS anon_63) AND minor_4.majority_on >= CAST(CAST(timezone('Europe/Paris', CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END) AS DATE) - 1 AS DATE) AND minor_4.majority_on <= CAST(CAST(timezone('Europe/Paris', CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END) AS DATE) + 2 AS DATE) AND minor_4.majority_on <= CAST(CAST(timezone('Europe/Paris', (SELECT CASE WHEN (count(*) > $8::INTEGER) THEN max(soon.due_at) ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AS anon_41
FROM soon)) AS DATE) + 2 AS DATE) AND (EXISTS (SELECT 1
FROM reach AS reach_58
WHERE reach_58.viewer = $3::UUID AND reach_58.via = 'CASEWORKER' AND reach_58.situation_id = minor_4.situation_id AND reach_58.starts_at <= now() AND reach_58.ends_at > now()
 LIMIT ALL OFFSET 0)) AND CAST(timezone(coalesce((SELECT authority_18.timezone
FROM authority AS authority_18
WHERE authority_18.id = $2::UUID AND true), 'Europe/Paris'), minor_4.majority_on + make_interval(0, 0, 0, -1) + make_interval(0, 0, 0, 1)) AS TIMESTAMP WITH TIME ZONE) > now() AND minor_4.majority_on IS NOT NULL AND minor_4.situation_id = mine.situation_id
 LIMIT ALL OFFSET 0) AS anon_62 ON true
WHERE (SELECT count(*) < 400 AS anon_60
FROM followed_caseworker) AND (anon_62.due_at < now()) = $7::BOOLEAN ORDER BY anon_62.walked ASC, anon_62.id ASC
 LIMIT 101) AS anon_61 UNION ALL SELECT anon_64.kind AS kind, anon_64.due_at AS due_at, anon_64.about AS about, anon_64.situation AS situation, anon_64.id AS id
FROM (SELECT anon_65.kind AS kind, anon_65.due_at AS due_at, anon_65.about AS about, anon_65.situation AS situation, anon_65.id AS id
FROM (SELECT 'ADDRESS_ANSWER' AS kind, department_transfer_5.address_answer_due_at AS due_at, 'tra_' || CAST(department_transfer_5.id AS TEXT) AS about, department_transfer_5.situation_id AS situation, department_transfer_5.id AS id, department_transfer_5.address_answer_due_at AS walked
FROM department_transfer AS department_transfer_5
WHERE department_transfer_5.address_answer_due_at IS NOT NULL AND department_transfer_5.state = 'UNKNOWN_ADDRESS' AND department_transfer_5.address_answer_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND department_transfer_5.address_answer_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND department_transfer_5.address_answer_due_at <= (SELECT CASE WHEN (count(*) > $8::INTEGER) THEN max(soon.due_at) ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AS anon_41
FROM soon) AND (EXISTS (SELECT 1
FROM reach AS reach_59
WHERE reach_59.viewer = $3::UUID AND reach_59.via = 'CASEWORKER' AND reach_59.situation_id = department_transfer_5.situation_id AND reach_59.starts_at <= now() AND reach_59.ends_at > now()
 LIMIT ALL OFFSET 0)) AND (department_transfer_5.origin_authority_id = $2::UUID OR department_transfer_5.destination_authority_id = $2::UUID) AND department_transfer_5.state = 'UNKNOWN_ADDRESS' AND department_transfer_5.address_answer_due_at IS NOT NULL AND NOT (SELECT count(*) < 400 AS anon_66
FROM followed_caseworker)) AS anon_65
WHERE (anon_65.due_at < now()) = $7::BOOLEAN ORDER BY anon_65.walked ASC, anon_65.id ASC
 LIMIT 101) AS anon_64 UNION ALL SELECT anon_67.kind AS kind, anon_67.due_at AS due_at, anon_67.about AS about, anon_67.situation AS situation, anon_67.id AS id
FROM (SELECT anon_68.kind AS kind, anon_68.due_at AS due_at, anon_68.about AS about, anon_68.situation AS situation, anon_68.id AS id
FROM (SELECT DISTINCT followed_caseworker.situation_id AS situation_id
FROM followed_caseworker) AS mine JOIN LATERAL (SELECT 'ADDRESS_ANSWER' AS kind, department_transfer_6.address_answer_due_at AS due_at, 'tra_' || CAST(department_transfer_6.id AS TEXT) AS about, department_transfer_6.situation_id AS situation, department_transfer_6.id AS id, department_transfer_6.address_answer_due_at AS walked
FROM department_transfer AS department_transfer_6
WHERE department_transfer_6.address_answer_due_at IS NOT NULL AND department_transfer_6.state = 'UNKNOWN_ADDRESS' AND department_transfer_6.address_answer_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND department_transfer_6.address_answer_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND department_transfer_6.address_answer_due_at <= (SELECT CASE WHEN (count(*) > $8::INTEGER) THEN max(soon.due_at) ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AS anon_41
FROM soon) AND (EXISTS (SELECT 1
FROM reach AS reach_60
WHERE reach_60.viewer = $3::UUID AND reach_60.via = 'CASEWORKER' AND reach_60.situation_id = department_transfer_6.situation_id AND reach_60.starts_at <= now() AND reach_60.ends_at > now()
 LIMIT ALL OFFSET 0)) AND (department_transfer_6.origin_authority_id = $2::UUID OR department_transfer_6.destination_authority_id = $2::UUID) AND department_transfer_6.state = 'UNKNOWN_ADDRESS' AND department_transfer_6.address_answer_due_at IS NOT NULL AND department_transfer_6.situation_id = mine.situation_id
 LIMIT ALL OFFSET 0) AS anon_68 ON true
WHERE (SELECT count(*) < 400 AS anon_66
FROM followed_caseworker) AND (anon_68.due_at < now()) = $7::BOOLEAN ORDER BY anon_68.walked ASC, anon_68.id ASC
 LIMIT 101) AS anon_67 UNION ALL SELECT anon_69.kind AS kind, anon_69.due_at AS due_at, anon_69.about AS about, anon_69.situation AS situation, anon_69.id AS id
FROM (SELECT anon_70.kind AS kind, anon_70.due_at AS due_at, anon_70.about AS about, anon_70.situation AS situation, anon_70.id AS id
FROM (SELECT 'TRANSFER_WINDOW' AS kind, department_transfer_7.window_ends_at AS due_at, 'tra_' || CAST(department_transfer_7.id AS TEXT) AS about, department_transfer_7.situation_id AS situation, department_transfer_7.id AS id, department_transfer_7.window_ends_at AS walked
FROM department_transfer AS department_transfer_7
WHERE department_transfer_7.window_ends_at IS NOT NULL AND department_transfer_7.state = 'RECEIVED' AND department_transfer_7.window_ends_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND department_transfer_7.window_ends_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND department_transfer_7.window_ends_at <= (SELECT CASE WHEN (count(*) > $8::INTEGER) THEN max(soon.due_at) ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AS anon_41
FROM soon) AND (EXISTS (SELECT 1
FROM reach AS reach_61
WHERE reach_61.viewer = $3::UUID AND reach_61.via = 'CASEWORKER' AND reach_61.situation_id = department_transfer_7.situation_id AND reach_61.starts_at <= now() AND reach_61.ends_at > now()
 LIMIT ALL OFFSET 0)) AND (department_transfer_7.origin_authority_id = $2::UUID OR department_transfer_7.destination_authority_id = $2::UUID) AND department_transfer_7.state = 'RECEIVED' AND department_transfer_7.window_ends_at IS NOT NULL AND NOT (SELECT count(*) < 400 AS anon_71
FROM followed_caseworker)) AS anon_70
WHERE (anon_70.due_at < now()) = $7::BOOLEAN ORDER BY anon_70.walked ASC, anon_70.id ASC
 LIMIT 101) AS anon_69 UNION ALL SELECT anon_72.kind AS kind, anon_72.due_at AS due_at, anon_72.about AS about, anon_72.situation AS situation, anon_72.id AS id
FROM (SELECT anon_73.kind AS kind, anon_73.due_at AS due_at, anon_73.about AS about, anon_73.situation AS situation, anon_73.id AS id
FROM (SELECT DISTINCT followed_caseworker.situation_id AS situation_id
FROM followed_caseworker) AS mine JOIN LATERAL (SELECT 'TRANSFER_WINDOW' AS kind, department_transfer_8.window_ends_at AS due_at, 'tra_' || CAST(department_transfer_8.id AS TEXT) AS about, department_transfer_8.situation_id AS situation, department_transfer_8.id AS id, department_transfer_8.window_ends_at AS walked
FROM department_transfer AS department_transfer_8
WHERE department_transfer_8.window_ends_at IS NOT NULL AND department_transfer_8.state = 'RECEIVED' AND department_transfer_8.window_ends_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND department_transfer_8.window_ends_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND department_transfer_8.window_ends_at <= (SELECT CASE WHEN (count(*) > $8::INTEGER) THEN max(soon.due_at) ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AS anon_41
FROM soon) AND (EXISTS (SELECT 1
FROM reach AS reach_62
WHERE reach_62.viewer = $3::UUID AND reach_62.via = 'CASEWORKER' AND reach_62.situation_id = department_transfer_8.situation_id AND reach_62.starts_at <= now() AND reach_62.ends_at > now()
 LIMIT ALL OFFSET 0)) AND (department_transfer_8.origin_authority_id = $2::UUID OR department_transfer_8.destination_authority_id = $2::UUID) AND department_transfer_8.state = 'RECEIVED' AND department_transfer_8.window_ends_at IS NOT NULL AND department_transfer_8.situation_id = mine.situation_id
 LIMIT ALL OFFSET 0) AS anon_73 ON true
WHERE (SELECT count(*) < 400 AS anon_71
FROM followed_caseworker) AND (anon_73.due_at < now()) = $7::BOOLEAN ORDER BY anon_73.walked ASC, anon_73.id ASC
 LIMIT 101) AS anon_72) AS clock ORDER BY clock.due_at ASC, clock.kind ASC, clock.id ASC
 LIMIT $8::INTEGER + 1) AS page) AS numbered) AS answer) END AS anon_1
