-- binds: viewer_organisation, viewer_authority, viewer_member, viewer_kind, viewer_purpose, viewer_token, filter_overdue, page_size, cursor_outer, cursor_inner
-- access log: G04, G08, G12, G21, G33, G36; on condition: -
SELECT CASE WHEN (set_config('app.organisation', CAST($1::UUID AS TEXT), true) != '' AND set_config('app.authority', CAST($2::UUID AS TEXT), true) != '' AND set_config('app.member', CAST($3::UUID AS TEXT), true) != '' AND set_config('app.kind', CAST($4::VARCHAR AS TEXT), true) != '' AND set_config('app.purpose', CAST($5::VARCHAR AS TEXT), true) != '' AND standing($6::VARCHAR)) THEN (SELECT ARRAY[(SELECT row_to_json(row$) AS row_to_json_1
FROM (SELECT answer."totalCount" AS "totalCount", answer.nodes AS nodes, answer."pageInfo" AS "pageInfo") AS row$), answer.situations$] AS anon_2
FROM (SELECT (SELECT count(*) AS count_1
FROM (SELECT 'ACKNOWLEDGEMENT' AS kind, concern_report_1.acknowledge_due_at AS due_at, 'rep_' || CAST(concern_report_1.id AS TEXT) AS about, concern_report_1.situation_id AS situation, concern_report_1.id AS id
FROM concern_report AS concern_report_1
WHERE concern_report_1.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT']) AND concern_report_1.to_authority_id = $2::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_1
WHERE reach_1.viewer = $2::UUID AND reach_1.via = any(ARRAY['REPORTED', 'REPORTED_CLOSED']) AND reach_1.situation_id = concern_report_1.situation_id AND reach_1.starts_at <= now() AND reach_1.ends_at > now()
 LIMIT ALL OFFSET 0)) AND concern_report_1.status = 'SENT' UNION ALL SELECT 'EVALUATION' AS kind, concern_report_2.evaluation_due_at AS due_at, 'rep_' || CAST(concern_report_2.id AS TEXT) AS about, concern_report_2.situation_id AS situation, concern_report_2.id AS id
FROM concern_report AS concern_report_2
WHERE concern_report_2.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT']) AND concern_report_2.to_authority_id = $2::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_2
WHERE reach_2.viewer = $2::UUID AND reach_2.via = any(ARRAY['REPORTED', 'REPORTED_CLOSED']) AND reach_2.situation_id = concern_report_2.situation_id AND reach_2.starts_at <= now() AND reach_2.ends_at > now()
 LIMIT ALL OFFSET 0)) AND concern_report_2.status = any(ARRAY['ACKNOWLEDGED', 'EVALUATING', 'QUALIFIED']) UNION ALL SELECT 'RETURN' AS kind, concern_report_3.return_due_at AS due_at, 'rep_' || CAST(concern_report_3.id AS TEXT) AS about, concern_report_3.situation_id AS situation, concern_report_3.id AS id
FROM concern_report AS concern_report_3
WHERE concern_report_3.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT']) AND concern_report_3.to_authority_id = $2::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_3
WHERE reach_3.viewer = $2::UUID AND reach_3.via = any(ARRAY['REPORTED', 'REPORTED_CLOSED']) AND reach_3.situation_id = concern_report_3.situation_id AND reach_3.starts_at <= now() AND reach_3.ends_at > now()
 LIMIT ALL OFFSET 0)) AND concern_report_3.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'SENT']) UNION ALL SELECT 'SENDER_ANSWER' AS kind, CAST(timezone((SELECT authority_1.timezone
FROM authority AS authority_1
WHERE authority_1.id = concern_report_4.to_authority_id AND true), CAST(timezone((SELECT authority_1.timezone
FROM authority AS authority_1
WHERE authority_1.id = concern_report_4.to_authority_id AND true), concern_report_4.sent_at) AS DATE) + make_interval(0, 3) + make_interval(0, 0, 0, 1)) AS TIMESTAMP WITH TIME ZONE) AS due_at, 'rep_' || CAST(concern_report_4.id AS TEXT) AS about, concern_report_4.situation_id AS situation, concern_report_4.id AS id
FROM concern_report AS concern_report_4
WHERE concern_report_4.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT']) AND concern_report_4.to_authority_id = $2::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_4
WHERE reach_4.viewer = $2::UUID AND reach_4.via = any(ARRAY['REPORTED', 'REPORTED_CLOSED']) AND reach_4.situation_id = concern_report_4.situation_id AND reach_4.starts_at <= now() AND reach_4.ends_at > now()
 LIMIT ALL OFFSET 0)) AND concern_report_4.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'SENT']) AND (EXISTS (SELECT 1
FROM contact AS contact_1
WHERE contact_1.id = CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_5
WHERE reach_5.viewer = $2::UUID AND reach_5.via = 'REPORTED' AND reach_5.situation_id = concern_report_4.situation_id AND reach_5.starts_at <= now() AND reach_5.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN concern_report_4.origin_contact_id END AND (EXISTS (SELECT 1
FROM concern_report AS concern_report_5
WHERE concern_report_5.origin_contact_id = contact_1.id AND concern_report_5.to_authority_id = $2::UUID AND concern_report_5.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT'])
 LIMIT ALL OFFSET 0)) AND (EXISTS (SELECT 1
FROM reach AS reach_6
WHERE reach_6.viewer = $2::UUID AND reach_6.via = 'REPORTED' AND reach_6.situation_id = contact_1.situation_id AND reach_6.starts_at <= now() AND reach_6.ends_at > now()
 LIMIT ALL OFFSET 0)) AND contact_1.caller_category_public = 'PROFESSIONAL'
 LIMIT ALL OFFSET 0)) UNION ALL SELECT 'PLACEMENT' AS kind, CAST(timezone((SELECT authority_2.timezone
FROM authority AS authority_2
WHERE authority_2.id = measure_1.authority_id AND true), measure_1.starts_on + make_interval(0, 0, 0, 8) + make_interval(0, 0, 0, 1)) AS TIMESTAMP WITH TIME ZONE) AS due_at, 'mea_' || CAST(measure_1.id AS TEXT) AS about, measure_1.situation_id AS situation, measure_1.id AS id
FROM measure AS measure_1
WHERE (measure_1.authority_id = $2::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_7
WHERE reach_7.viewer = $2::UUID AND reach_7.via = 'REPORTED_CLOSED' AND reach_7.situation_id = measure_1.situation_id AND reach_7.starts_at <= now() AND reach_7.ends_at > now()
 LIMIT ALL OFFSET 0)) OR measure_1.organisation_id = $1::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_8
WHERE reach_8.viewer = $2::UUID AND reach_8.via = 'REPORTED_CLOSED' AND reach_8.situation_id = measure_1.situation_id AND reach_8.starts_at <= now() AND reach_8.ends_at > now()
 LIMIT ALL OFFSET 0)) OR (EXISTS (SELECT 1
FROM reach AS reach_9
WHERE reach_9.viewer = $2::UUID AND reach_9.via = 'REPORTED' AND reach_9.situation_id = measure_1.situation_id AND reach_9.starts_at <= now() AND reach_9.ends_at > now()
 LIMIT ALL OFFSET 0))) AND measure_1.placement = '3' AND measure_1.starts_on <= CAST(timezone((SELECT authority_3.timezone
FROM authority AS authority_3
WHERE authority_3.id = measure_1.authority_id AND true), now()) AS DATE) AND (measure_1.ends_on IS NULL OR measure_1.ends_on >= CAST(timezone((SELECT authority_3.timezone
FROM authority AS authority_3
WHERE authority_3.id = measure_1.authority_id AND true), now()) AS DATE)) UNION ALL SELECT 'MEASURE_REVIEW' AS kind, least(CAST(timezone((SELECT authority_4.timezone
FROM authority AS authority_4
WHERE authority_4.id = measure_2.authority_id AND true), measure_2.starts_on + CASE WHEN (measure_2.decision = 'ADMINISTRATIVE') THEN make_interval(0, 12) WHEN (measure_2.decision = 'JUDICIAL') THEN make_interval(0, 24) END + make_interval(0, 0, 0, 1)) AS TIMESTAMP WITH TIME ZONE), CAST(timezone((SELECT authority_4.timezone
FROM authority AS authority_4
WHERE authority_4.id = measure_2.authority_id AND true), measure_2.ends_on + make_interval(0, 0, 0, 1)) AS TIMESTAMP WITH TIME ZONE)) AS due_at, 'mea_' || CAST(measure_2.id AS TEXT) AS about, measure_2.situation_id AS situation, measure_2.id AS id
FROM measure AS measure_2
WHERE (measure_2.authority_id = $2::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_10
WHERE reach_10.viewer = $2::UUID AND reach_10.via = 'REPORTED_CLOSED' AND reach_10.situation_id = measure_2.situation_id AND reach_10.starts_at <= now() AND reach_10.ends_at > now()
 LIMIT ALL OFFSET 0)) OR measure_2.organisation_id = $1::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_11
WHERE reach_11.viewer = $2::UUID AND reach_11.via = 'REPORTED_CLOSED' AND reach_11.situation_id = measure_2.situation_id AND reach_11.starts_at <= now() AND reach_11.ends_at > now()
 LIMIT ALL OFFSET 0)) OR (EXISTS (SELECT 1
FROM reach AS reach_12
WHERE reach_12.viewer = $2::UUID AND reach_12.via = 'REPORTED' AND reach_12.situation_id = measure_2.situation_id AND reach_12.starts_at <= now() AND reach_12.ends_at > now()
 LIMIT ALL OFFSET 0))) AND measure_2.starts_on <= CAST(timezone((SELECT authority_5.timezone
FROM authority AS authority_5
WHERE authority_5.id = measure_2.authority_id AND true), now()) AS DATE) AND (measure_2.ends_on IS NULL OR measure_2.ends_on >= CAST(timezone((SELECT authority_5.timezone
FROM authority AS authority_5
WHERE authority_5.id = measure_2.authority_id AND true), now()) AS DATE)) UNION ALL SELECT 'MAJORITY' AS kind, CAST(timezone(coalesce((SELECT authority_6.timezone
FROM authority AS authority_6
WHERE authority_6.id = $2::UUID AND true), 'Europe/Paris'), minor_1.birth_date + make_interval(0, 216) + make_interval(0, 0, 0, -1) + make_interval(0, 0, 0, 1)) AS TIMESTAMP WITH TIME ZONE) AS due_at, 'min_' || CAST(minor_1.id AS TEXT) AS about, minor_1.situation_id AS situation, minor_1.id AS id
FROM minor AS minor_1
WHERE (EXISTS (SELECT 1
FROM reach AS reach_13
WHERE reach_13.viewer = $2::UUID AND reach_13.via = 'REPORTED' AND reach_13.situation_id = minor_1.situation_id AND reach_13.starts_at <= now() AND reach_13.ends_at > now()
 LIMIT ALL OFFSET 0)) AND CAST(timezone(coalesce((SELECT authority_7.timezone
FROM authority AS authority_7
WHERE authority_7.id = $2::UUID AND true), 'Europe/Paris'), minor_1.birth_date + make_interval(0, 216) + make_interval(0, 0, 0, -1) + make_interval(0, 0, 0, 1)) AS TIMESTAMP WITH TIME ZONE) > now() UNION ALL SELECT 'ADDRESS_ANSWER' AS kind, CAST(timezone((SELECT authority_8.timezone
FROM authority AS authority_8
WHERE authority_8.id = department_transfer_1.origin_authority_id AND true), CAST(timezone((SELECT authority_8.timezone
FROM authority AS authority_8
WHERE authority_8.id = department_transfer_1.origin_authority_id AND true), department_transfer_1.address_lost_at) AS DATE) + make_interval(0, 0, 0, 10) + make_interval(0, 0, 0, 1)) AS TIMESTAMP WITH TIME ZONE) AS due_at, 'tra_' || CAST(department_transfer_1.id AS TEXT) AS about, department_transfer_1.situation_id AS situation, department_transfer_1.id AS id
FROM department_transfer AS department_transfer_1
WHERE (department_transfer_1.origin_authority_id = $2::UUID OR department_transfer_1.destination_authority_id = $2::UUID) AND (EXISTS (SELECT 1
FROM reach AS reach_14
WHERE reach_14.viewer = $2::UUID AND reach_14.via = 'REPORTED' AND reach_14.situation_id = department_transfer_1.situation_id AND reach_14.starts_at <= now() AND reach_14.ends_at > now()
 LIMIT ALL OFFSET 0)) AND department_transfer_1.state = 'UNKNOWN_ADDRESS' UNION ALL SELECT 'TRANSFER_WINDOW' AS kind, department_transfer_2.window_ends_at AS due_at, 'tra_' || CAST(department_transfer_2.id AS TEXT) AS about, department_transfer_2.situation_id AS situation, department_transfer_2.id AS id
FROM department_transfer AS department_transfer_2
WHERE (department_transfer_2.origin_authority_id = $2::UUID OR department_transfer_2.destination_authority_id = $2::UUID) AND (EXISTS (SELECT 1
FROM reach AS reach_15
WHERE reach_15.viewer = $2::UUID AND reach_15.via = 'REPORTED' AND reach_15.situation_id = department_transfer_2.situation_id AND reach_15.starts_at <= now() AND reach_15.ends_at > now()
 LIMIT ALL OFFSET 0)) AND department_transfer_2.state = 'RECEIVED') AS clock
WHERE clock.due_at IS NOT NULL AND (clock.due_at < now()) = $7::BOOLEAN) AS "totalCount", coalesce(json_agg(numbered.node_0) FILTER (WHERE numbered.number <= $8::INTEGER), '[]'::json) AS nodes, json_build_object('hasNextPage', count(*) > $8::INTEGER, 'endCursor', (coalesce(array_agg(numbered.cursor) FILTER (WHERE numbered.number <= $8::INTEGER), '{}'::text[]))[least(count(*), $8::INTEGER)]) AS "pageInfo", coalesce(json_agg(numbered.situation) FILTER (WHERE numbered.number <= $8::INTEGER AND numbered.situation IS NOT NULL), '[]'::json) AS situations$
FROM (SELECT page.node_0 AS node_0, page.cursor AS cursor, page.situation AS situation, row_number() OVER () AS number
FROM (SELECT (SELECT row_to_json(row$) AS row_to_json_2
FROM (SELECT clock.kind AS kind, clock.due_at AS "dueAt", clock.due_at < now() AS overdue, clock.about AS about) AS row$) AS node_0, translate(encode(convert_to(CAST(clock.due_at AS TEXT) || '|' || clock.kind || '|' || CAST(clock.id AS TEXT), 'UTF8') || SUBSTRING(sha256($9::BYTEA || sha256($10::BYTEA || convert_to(CAST(clock.due_at AS TEXT) || '|' || clock.kind || '|' || CAST(clock.id AS TEXT), 'UTF8'))) FROM 1 FOR 16), 'base64'), E'+/=\n', '-_') AS cursor, clock.situation AS situation
FROM (SELECT 'ACKNOWLEDGEMENT' AS kind, concern_report_6.acknowledge_due_at AS due_at, 'rep_' || CAST(concern_report_6.id AS TEXT) AS about, concern_report_6.situation_id AS situation, concern_report_6.id AS id
FROM concern_report AS concern_report_6
WHERE concern_report_6.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT']) AND concern_report_6.to_authority_id = $2::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_16
WHERE reach_16.viewer = $2::UUID AND reach_16.via = any(ARRAY['REPORTED', 'REPORTED_CLOSED']) AND reach_16.situation_id = concern_report_6.situation_id AND reach_16.starts_at <= now() AND reach_16.ends_at > now()
 LIMIT ALL OFFSET 0)) AND concern_report_6.status = 'SENT' UNION ALL SELECT 'EVALUATION' AS kind, concern_report_7.evaluation_due_at AS due_at, 'rep_' || CAST(concern_report_7.id AS TEXT) AS about, concern_report_7.situation_id AS situation, concern_report_7.id AS id
FROM concern_report AS concern_report_7
WHERE concern_report_7.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT']) AND concern_report_7.to_authority_id = $2::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_17
WHERE reach_17.viewer = $2::UUID AND reach_17.via = any(ARRAY['REPORTED', 'REPORTED_CLOSED']) AND reach_17.situation_id = concern_report_7.situation_id AND reach_17.starts_at <= now() AND reach_17.ends_at > now()
 LIMIT ALL OFFSET 0)) AND concern_report_7.status = any(ARRAY['ACKNOWLEDGED', 'EVALUATING', 'QUALIFIED']) UNION ALL SELECT 'RETURN' AS kind, concern_report_8.return_due_at AS due_at, 'rep_' || CAST(concern_report_8.id AS TEXT) AS about, concern_report_8.situation_id AS situation, concern_report_8.id AS id
FROM concern_report AS concern_report_8
WHERE concern_report_8.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT']) AND concern_report_8.to_authority_id = $2::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_18
WHERE reach_18.viewer = $2::UUID AND reach_18.via = any(ARRAY['REPORTED', 'REPORTED_CLOSED']) AND reach_18.situation_id = concern_report_8.situation_id AND reach_18.starts_at <= now() AND reach_18.ends_at > now()
 LIMIT ALL OFFSET 0)) AND concern_report_8.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'SENT']) UNION ALL SELECT 'SENDER_ANSWER' AS kind, CAST(timezone((SELECT authority_9.timezone
FROM authority AS authority_9
WHERE authority_9.id = concern_report_9.to_authority_id AND true), CAST(timezone((SELECT authority_9.timezone
FROM authority AS authority_9
WHERE authority_9.id = concern_report_9.to_authority_id AND true), concern_report_9.sent_at) AS DATE) + make_interval(0, 3) + make_interval(0, 0, 0, 1)) AS TIMESTAMP WITH TIME ZONE) AS due_at, 'rep_' || CAST(concern_report_9.id AS TEXT) AS about, concern_report_9.situation_id AS situation, concern_report_9.id AS id
FROM concern_report AS concern_report_9
WHERE concern_report_9.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT']) AND concern_report_9.to_authority_id = $2::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_19
WHERE reach_19.viewer = $2::UUID AND reach_19.via = any(ARRAY['REPORTED', 'REPORTED_CLOSED']) AND reach_19.situation_id = concern_report_9.situation_id AND reach_19.starts_at <= now() AND reach_19.ends_at > now()
 LIMIT ALL OFFSET 0)) AND concern_report_9.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'SENT']) AND (EXISTS (SELECT 1
FROM contact AS contact_2
WHERE contact_2.id = CASE WHEN (EXISTS (SELECT 1
FROM reach AS reach_20
WHERE reach_20.viewer = $2::UUID AND reach_20.via = 'REPORTED' AND reach_20.situation_id = concern_report_9.situation_id AND reach_20.starts_at <= now() AND reach_20.ends_at > now()
 LIMIT ALL OFFSET 0)) THEN concern_report_9.origin_contact_id END AND (EXISTS (SELECT 1
FROM concern_report AS concern_report_10
WHERE concern_report_10.origin_contact_id = contact_2.id AND concern_report_10.to_authority_id = $2::UUID AND concern_report_10.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'RETURNED_TO_119', 'SENT'])
 LIMIT ALL OFFSET 0)) AND (EXISTS (SELECT 1
FROM reach AS reach_21
WHERE reach_21.viewer = $2::UUID AND reach_21.via = 'REPORTED' AND reach_21.situation_id = contact_2.situation_id AND reach_21.starts_at <= now() AND reach_21.ends_at > now()
 LIMIT ALL OFFSET 0)) AND contact_2.caller_category_public = 'PROFESSIONAL'
 LIMIT ALL OFFSET 0)) UNION ALL SELECT 'PLACEMENT' AS kind, CAST(timezone((SELECT authority_10.timezone
FROM authority AS authority_10
WHERE authority_10.id = measure_3.authority_id AND true), measure_3.starts_on + make_interval(0, 0, 0, 8) + make_interval(0, 0, 0, 1)) AS TIMESTAMP WITH TIME ZONE) AS due_at, 'mea_' || CAST(measure_3.id AS TEXT) AS about, measure_3.situation_id AS situation, measure_3.id AS id
FROM measure AS measure_3
WHERE (measure_3.authority_id = $2::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_22
WHERE reach_22.viewer = $2::UUID AND reach_22.via = 'REPORTED_CLOSED' AND reach_22.situation_id = measure_3.situation_id AND reach_22.starts_at <= now() AND reach_22.ends_at > now()
 LIMIT ALL OFFSET 0)) OR measure_3.organisation_id = $1::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_23
WHERE reach_23.viewer = $2::UUID AND reach_23.via = 'REPORTED_CLOSED' AND reach_23.situation_id = measure_3.situation_id AND reach_23.starts_at <= now() AND reach_23.ends_at > now()
 LIMIT ALL OFFSET 0)) OR (EXISTS (SELECT 1
FROM reach AS reach_24
WHERE reach_24.viewer = $2::UUID AND reach_24.via = 'REPORTED' AND reach_24.situation_id = measure_3.situation_id AND reach_24.starts_at <= now() AND reach_24.ends_at > now()
 LIMIT ALL OFFSET 0))) AND measure_3.placement = '3' AND measure_3.starts_on <= CAST(timezone((SELECT authority_11.timezone
FROM authority AS authority_11
WHERE authority_11.id = measure_3.authority_id AND true), now()) AS DATE) AND (measure_3.ends_on IS NULL OR measure_3.ends_on >= CAST(timezone((SELECT authority_11.timezone
FROM authority AS authority_11
WHERE authority_11.id = measure_3.authority_id AND true), now()) AS DATE)) UNION ALL SELECT 'MEASURE_REVIEW' AS kind, least(CAST(timezone((SELECT authority_12.timezone
FROM authority AS authority_12
WHERE authority_12.id = measure_4.authority_id AND true), measure_4.starts_on + CASE WHEN (measure_4.decision = 'ADMINISTRATIVE') THEN make_interval(0, 12) WHEN (measure_4.decision = 'JUDICIAL') THEN make_interval(0, 24) END + make_interval(0, 0, 0, 1)) AS TIMESTAMP WITH TIME ZONE), CAST(timezone((SELECT authority_12.timezone
FROM authority AS authority_12
WHERE authority_12.id = measure_4.authority_id AND true), measure_4.ends_on + make_interval(0, 0, 0, 1)) AS TIMESTAMP WITH TIME ZONE)) AS due_at, 'mea_' || CAST(measure_4.id AS TEXT) AS about, measure_4.situation_id AS situation, measure_4.id AS id
FROM measure AS measure_4
WHERE (measure_4.authority_id = $2::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_25
WHERE reach_25.viewer = $2::UUID AND reach_25.via = 'REPORTED_CLOSED' AND reach_25.situation_id = measure_4.situation_id AND reach_25.starts_at <= now() AND reach_25.ends_at > now()
 LIMIT ALL OFFSET 0)) OR measure_4.organisation_id = $1::UUID AND (EXISTS (SELECT 1
FROM reach AS reach_26
WHERE reach_26.viewer = $2::UUID AND reach_26.via = 'REPORTED_CLOSED' AND reach_26.situation_id = measure_4.situation_id AND reach_26.starts_at <= now() AND reach_26.ends_at > now()
 LIMIT ALL OFFSET 0)) OR (EXISTS (SELECT 1
FROM reach AS reach_27
WHERE reach_27.viewer = $2::UUID AND reach_27.via = 'REPORTED' AND reach_27.situation_id = measure_4.situation_id AND reach_27.starts_at <= now() AND reach_27.ends_at > now()
 LIMIT ALL OFFSET 0))) AND measure_4.starts_on <= CAST(timezone((SELECT authority_13.timezone
FROM authority AS authority_13
WHERE authority_13.id = measure_4.authority_id AND true), now()) AS DATE) AND (measure_4.ends_on IS NULL OR measure_4.ends_on >= CAST(timezone((SELECT authority_13.timezone
FROM authority AS authority_13
WHERE authority_13.id = measure_4.authority_id AND true), now()) AS DATE)) UNION ALL SELECT 'MAJORITY' AS kind, CAST(timezone(coalesce((SELECT authority_14.timezone
FROM authority AS authority_14
WHERE authority_14.id = $2::UUID AND true), 'Europe/Paris'), minor_2.birth_date + make_interval(0, 216) + make_interval(0, 0, 0, -1) + make_interval(0, 0, 0, 1)) AS TIMESTAMP WITH TIME ZONE) AS due_at, 'min_' || CAST(minor_2.id AS TEXT) AS about, minor_2.situation_id AS situation, minor_2.id AS id
FROM minor AS minor_2
WHERE (EXISTS (SELECT 1
FROM reach AS reach_28
WHERE reach_28.viewer = $2::UUID AND reach_28.via = 'REPORTED' AND reach_28.situation_id = minor_2.situation_id AND reach_28.starts_at <= now() AND reach_28.ends_at > now()
 LIMIT ALL OFFSET 0)) AND CAST(timezone(coalesce((SELECT authority_15.timezone
FROM authority AS authority_15
WHERE authority_15.id = $2::UUID AND true), 'Europe/Paris'), minor_2.birth_date + make_interval(0, 216) + make_interval(0, 0, 0, -1) + make_interval(0, 0, 0, 1)) AS TIMESTAMP WITH TIME ZONE) > now() UNION ALL SELECT 'ADDRESS_ANSWER' AS kind, CAST(timezone((SELECT authority_16.timezone
FROM authority AS authority_16
WHERE authority_16.id = department_transfer_3.origin_authority_id AND true), CAST(timezone((SELECT authority_16.timezone
FROM authority AS authority_16
WHERE authority_16.id = department_transfer_3.origin_authority_id AND true), department_transfer_3.address_lost_at) AS DATE) + make_interval(0, 0, 0, 10) + make_interval(0, 0, 0, 1)) AS TIMESTAMP WITH TIME ZONE) AS due_at, 'tra_' || CAST(department_transfer_3.id AS TEXT) AS about, department_transfer_3.situation_id AS situation, department_transfer_3.id AS id
FROM department_transfer AS department_transfer_3
WHERE (department_transfer_3.origin_authority_id = $2::UUID OR department_transfer_3.destination_authority_id = $2::UUID) AND (EXISTS (SELECT 1
FROM reach AS reach_29
WHERE reach_29.viewer = $2::UUID AND reach_29.via = 'REPORTED' AND reach_29.situation_id = department_transfer_3.situation_id AND reach_29.starts_at <= now() AND reach_29.ends_at > now()
 LIMIT ALL OFFSET 0)) AND department_transfer_3.state = 'UNKNOWN_ADDRESS' UNION ALL SELECT 'TRANSFER_WINDOW' AS kind, department_transfer_4.window_ends_at AS due_at, 'tra_' || CAST(department_transfer_4.id AS TEXT) AS about, department_transfer_4.situation_id AS situation, department_transfer_4.id AS id
FROM department_transfer AS department_transfer_4
WHERE (department_transfer_4.origin_authority_id = $2::UUID OR department_transfer_4.destination_authority_id = $2::UUID) AND (EXISTS (SELECT 1
FROM reach AS reach_30
WHERE reach_30.viewer = $2::UUID AND reach_30.via = 'REPORTED' AND reach_30.situation_id = department_transfer_4.situation_id AND reach_30.starts_at <= now() AND reach_30.ends_at > now()
 LIMIT ALL OFFSET 0)) AND department_transfer_4.state = 'RECEIVED') AS clock
WHERE clock.due_at IS NOT NULL AND (clock.due_at < now()) = $7::BOOLEAN ORDER BY clock.due_at ASC, clock.kind ASC, clock.id ASC
 LIMIT $8::INTEGER + 1) AS page) AS numbered) AS answer) END AS anon_1
