-- binds: viewer_organisation, viewer_authority, viewer_member, viewer_kind, viewer_purpose, viewer_token, filter_overdue, page_size, cursor_outer, cursor_inner
-- access log: G01, G04, G08, G12, G21, G31, G33, G36, G38; on condition: -
WITH soon AS
(SELECT first.kind AS kind, first.due_at AS due_at, first.about AS about, first.situation AS situation, first.id AS id
FROM (SELECT anon_20.kind AS kind, anon_20.due_at AS due_at, anon_20.about AS about, anon_20.situation AS situation, anon_20.id AS id
FROM (SELECT anon_21.kind AS kind, anon_21.due_at AS due_at, anon_21.about AS about, anon_21.situation AS situation, anon_21.id AS id
FROM (SELECT 'REPORT' AS kind, contact_3.report_due_at AS due_at, 'con_' || CAST(contact_3.id AS TEXT) AS about, contact_3.situation_id AS situation, contact_3.id AS id, contact_3.report_due_at AS walked
FROM contact AS contact_3
WHERE contact_3.report_due_at IS NOT NULL AND contact_3.report_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND contact_3.report_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND (EXISTS (SELECT 1
FROM reach AS reach_15
WHERE reach_15.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_15.via = any(ARRAY['ARCHIVED', 'NETWORK']) AND reach_15.situation_id = contact_3.situation_id AND reach_15.starts_at <= now() AND reach_15.ends_at > now()
 LIMIT ALL OFFSET 0)) AND (EXISTS (SELECT 1
FROM situation AS situation_2
WHERE situation_2.id = contact_3.situation_id AND (EXISTS (SELECT 1
FROM reach AS reach_16
WHERE reach_16.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_16.via = any(ARRAY['ARCHIVED', 'NETWORK']) AND reach_16.situation_id = situation_2.id AND reach_16.starts_at <= now() AND reach_16.ends_at > now()
 LIMIT ALL OFFSET 0)) AND situation_2.status != 'CLOSED'
 LIMIT ALL OFFSET 0)) AND contact_3.report_due_at IS NOT NULL) AS anon_21
WHERE (anon_21.due_at < now()) = $7::BOOLEAN ORDER BY anon_21.walked ASC, anon_21.id ASC
 LIMIT 101) AS anon_20 UNION ALL SELECT anon_22.kind AS kind, anon_22.due_at AS due_at, anon_22.about AS about, anon_22.situation AS situation, anon_22.id AS id
FROM (SELECT anon_23.kind AS kind, anon_23.due_at AS due_at, anon_23.about AS about, anon_23.situation AS situation, anon_23.id AS id
FROM (SELECT 'ACKNOWLEDGEMENT' AS kind, concern_report_6.acknowledge_due_at AS due_at, 'rep_' || CAST(concern_report_6.id AS TEXT) AS about, concern_report_6.situation_id AS situation, concern_report_6.id AS id, concern_report_6.acknowledge_due_at AS walked
FROM concern_report AS concern_report_6
WHERE concern_report_6.acknowledge_due_at IS NOT NULL AND concern_report_6.status = 'SENT' AND concern_report_6.acknowledge_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND concern_report_6.acknowledge_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND (EXISTS (SELECT 1
FROM reach AS reach_17
WHERE reach_17.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_17.via = any(ARRAY['ARCHIVED', 'NETWORK']) AND reach_17.situation_id = concern_report_6.situation_id AND reach_17.starts_at <= now() AND reach_17.ends_at > now()
 LIMIT ALL OFFSET 0)) AND concern_report_6.status = 'SENT' AND concern_report_6.acknowledge_due_at IS NOT NULL) AS anon_23
WHERE (anon_23.due_at < now()) = $7::BOOLEAN ORDER BY anon_23.walked ASC, anon_23.id ASC
 LIMIT 101) AS anon_22 UNION ALL SELECT anon_24.kind AS kind, anon_24.due_at AS due_at, anon_24.about AS about, anon_24.situation AS situation, anon_24.id AS id
FROM (SELECT anon_25.kind AS kind, anon_25.due_at AS due_at, anon_25.about AS about, anon_25.situation AS situation, anon_25.id AS id
FROM (SELECT 'EVALUATION' AS kind, concern_report_7.evaluation_due_at AS due_at, 'rep_' || CAST(concern_report_7.id AS TEXT) AS about, concern_report_7.situation_id AS situation, concern_report_7.id AS id, concern_report_7.evaluation_due_at AS walked
FROM concern_report AS concern_report_7
WHERE concern_report_7.evaluation_due_at IS NOT NULL AND concern_report_7.status = any(ARRAY['ACKNOWLEDGED', 'EVALUATING', 'QUALIFIED']) AND concern_report_7.evaluation_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND concern_report_7.evaluation_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND (EXISTS (SELECT 1
FROM reach AS reach_18
WHERE reach_18.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_18.via = any(ARRAY['ARCHIVED', 'NETWORK']) AND reach_18.situation_id = concern_report_7.situation_id AND reach_18.starts_at <= now() AND reach_18.ends_at > now()
 LIMIT ALL OFFSET 0)) AND concern_report_7.status = any(ARRAY['ACKNOWLEDGED', 'EVALUATING', 'QUALIFIED']) AND concern_report_7.evaluation_due_at IS NOT NULL) AS anon_25
WHERE (anon_25.due_at < now()) = $7::BOOLEAN ORDER BY anon_25.walked ASC, anon_25.id ASC
 LIMIT 101) AS anon_24 UNION ALL SELECT anon_26.kind AS kind, anon_26.due_at AS due_at, anon_26.about AS about, anon_26.situation AS situation, anon_26.id AS id
FROM (SELECT anon_27.kind AS kind, anon_27.due_at AS due_at, anon_27.about AS about, anon_27.situation AS situation, anon_27.id AS id
FROM (SELECT 'RETURN' AS kind, concern_report_8.return_due_at AS due_at, 'rep_' || CAST(concern_report_8.id AS TEXT) AS about, concern_report_8.situation_id AS situation, concern_report_8.id AS id, concern_report_8.return_due_at AS walked
FROM concern_report AS concern_report_8
WHERE concern_report_8.return_due_at IS NOT NULL AND concern_report_8.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'SENT']) AND concern_report_8.return_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND concern_report_8.return_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND (EXISTS (SELECT 1
FROM reach AS reach_19
WHERE reach_19.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_19.via = any(ARRAY['ARCHIVED', 'NETWORK']) AND reach_19.situation_id = concern_report_8.situation_id AND reach_19.starts_at <= now() AND reach_19.ends_at > now()
 LIMIT ALL OFFSET 0)) AND concern_report_8.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'SENT']) AND concern_report_8.return_due_at IS NOT NULL) AS anon_27
WHERE (anon_27.due_at < now()) = $7::BOOLEAN ORDER BY anon_27.walked ASC, anon_27.id ASC
 LIMIT 101) AS anon_26 UNION ALL SELECT anon_28.kind AS kind, anon_28.due_at AS due_at, anon_28.about AS about, anon_28.situation AS situation, anon_28.id AS id
FROM (SELECT anon_29.kind AS kind, anon_29.due_at AS due_at, anon_29.about AS about, anon_29.situation AS situation, anon_29.id AS id
FROM (SELECT 'SENDER_ANSWER' AS kind, concern_report_9.sender_answer_due_at AS due_at, 'rep_' || CAST(concern_report_9.id AS TEXT) AS about, concern_report_9.situation_id AS situation, concern_report_9.id AS id, concern_report_9.sender_answer_due_at AS walked
FROM concern_report AS concern_report_9
WHERE concern_report_9.sender_answer_due_at IS NOT NULL AND concern_report_9.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'SENT']) AND concern_report_9.sender_answer_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND concern_report_9.sender_answer_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND (EXISTS (SELECT 1
FROM reach AS reach_20
WHERE reach_20.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_20.via = any(ARRAY['ARCHIVED', 'NETWORK']) AND reach_20.situation_id = concern_report_9.situation_id AND reach_20.starts_at <= now() AND reach_20.ends_at > now()
 LIMIT ALL OFFSET 0)) AND concern_report_9.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'SENT']) AND (EXISTS (SELECT 1
FROM contact AS contact_4
WHERE contact_4.id = concern_report_9.origin_contact_id AND (EXISTS (SELECT 1
FROM reach AS reach_21
WHERE reach_21.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_21.via = any(ARRAY['ARCHIVED', 'NETWORK']) AND reach_21.situation_id = contact_4.situation_id AND reach_21.starts_at <= now() AND reach_21.ends_at > now()
 LIMIT ALL OFFSET 0)) AND contact_4.caller_category_public = 'PROFESSIONAL'
 LIMIT ALL OFFSET 0)) AND concern_report_9.sender_answer_due_at IS NOT NULL) AS anon_29
WHERE (anon_29.due_at < now()) = $7::BOOLEAN ORDER BY anon_29.walked ASC, anon_29.id ASC
 LIMIT 101) AS anon_28 UNION ALL SELECT anon_30.kind AS kind, anon_30.due_at AS due_at, anon_30.about AS about, anon_30.situation AS situation, anon_30.id AS id
FROM (SELECT anon_31.kind AS kind, anon_31.due_at AS due_at, anon_31.about AS about, anon_31.situation AS situation, anon_31.id AS id
FROM (SELECT 'PLACEMENT' AS kind, measure_4.placement_due_at AS due_at, 'mea_' || CAST(measure_4.id AS TEXT) AS about, measure_4.situation_id AS situation, measure_4.id AS id, measure_4.placement_due_at AS walked
FROM measure AS measure_4
WHERE measure_4.placement_due_at IS NOT NULL AND (measure_4.ends_on IS NULL OR measure_4.ends_on >= (SELECT CAST(CAST(timezone('Europe/Paris', now()) AS DATE) - 1 AS DATE) AS anon_32)) AND measure_4.placement_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND measure_4.placement_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND (EXISTS (SELECT 1
FROM reach AS reach_22
WHERE reach_22.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_22.via = any(ARRAY['ARCHIVED', 'NETWORK']) AND reach_22.situation_id = measure_4.situation_id AND reach_22.starts_at <= now() AND reach_22.ends_at > now()
 LIMIT ALL OFFSET 0)) AND measure_4.starts_on <= CAST(timezone((SELECT authority_6.timezone
FROM authority AS authority_6
WHERE authority_6.id = measure_4.authority_id AND true), now()) AS DATE) AND (measure_4.ends_on IS NULL OR measure_4.ends_on >= CAST(timezone((SELECT authority_6.timezone
FROM authority AS authority_6
WHERE authority_6.id = measure_4.authority_id AND true), now()) AS DATE)) AND measure_4.placement_due_at IS NOT NULL) AS anon_31
WHERE (anon_31.due_at < now()) = $7::BOOLEAN ORDER BY anon_31.walked ASC, anon_31.id ASC
 LIMIT 101) AS anon_30 UNION ALL SELECT anon_33.kind AS kind, anon_33.due_at AS due_at, anon_33.about AS about, anon_33.situation AS situation, anon_33.id AS id
FROM (SELECT anon_34.kind AS kind, anon_34.due_at AS due_at, anon_34.about AS about, anon_34.situation AS situation, anon_34.id AS id
FROM (SELECT 'MEASURE_REVIEW' AS kind, measure_5.review_due_at AS due_at, 'mea_' || CAST(measure_5.id AS TEXT) AS about, measure_5.situation_id AS situation, measure_5.id AS id, measure_5.review_due_at AS walked
FROM measure AS measure_5
WHERE measure_5.review_due_at IS NOT NULL AND (measure_5.ends_on IS NULL OR measure_5.ends_on >= (SELECT CAST(CAST(timezone('Europe/Paris', now()) AS DATE) - 1 AS DATE) AS anon_35)) AND (measure_5.ends_on IS NULL OR measure_5.ends_on > CAST(timezone('UTC', measure_5.review_due_at) AS DATE)) AND measure_5.review_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND measure_5.review_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND (EXISTS (SELECT 1
FROM reach AS reach_23
WHERE reach_23.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_23.via = any(ARRAY['ARCHIVED', 'NETWORK']) AND reach_23.situation_id = measure_5.situation_id AND reach_23.starts_at <= now() AND reach_23.ends_at > now()
 LIMIT ALL OFFSET 0)) AND measure_5.starts_on <= CAST(timezone((SELECT authority_7.timezone
FROM authority AS authority_7
WHERE authority_7.id = measure_5.authority_id AND true), now()) AS DATE) AND (measure_5.ends_on IS NULL OR measure_5.ends_on >= CAST(timezone((SELECT authority_7.timezone
FROM authority AS authority_7
WHERE authority_7.id = measure_5.authority_id AND true), now()) AS DATE)) AND measure_5.review_due_at IS NOT NULL) AS anon_34
WHERE (anon_34.due_at < now()) = $7::BOOLEAN ORDER BY anon_34.walked ASC, anon_34.id ASC
 LIMIT 101) AS anon_33 UNION ALL SELECT anon_36.kind AS kind, anon_36.due_at AS due_at, anon_36.about AS about, anon_36.situation AS situation, anon_36.id AS id
FROM (SELECT anon_37.kind AS kind, anon_37.due_at AS due_at, anon_37.about AS about, anon_37.situation AS situation, anon_37.id AS id
FROM (SELECT 'MEASURE_REVIEW' AS kind, measure_6.review_due_at AS due_at, 'mea_' || CAST(measure_6.id AS TEXT) AS about, measure_6.situation_id AS situation, measure_6.id AS id, measure_6.review_due_at AS walked
FROM measure AS measure_6
WHERE measure_6.review_due_at IS NOT NULL AND (measure_6.ends_on IS NULL OR measure_6.ends_on >= (SELECT CAST(CAST(timezone('Europe/Paris', now()) AS DATE) - 1 AS DATE) AS anon_38)) AND measure_6.ends_on <= CAST(timezone('UTC', measure_6.review_due_at) AS DATE) AND measure_6.review_due_at >= now() - make_interval(0, 0, 0, 0, 48) AND measure_6.review_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND measure_6.review_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND (EXISTS (SELECT 1
FROM reach AS reach_24
WHERE reach_24.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_24.via = any(ARRAY['ARCHIVED', 'NETWORK']) AND reach_24.situation_id = measure_6.situation_id AND reach_24.starts_at <= now() AND reach_24.ends_at > now()
 LIMIT ALL OFFSET 0)) AND measure_6.starts_on <= CAST(timezone((SELECT authority_8.timezone
FROM authority AS authority_8
WHERE authority_8.id = measure_6.authority_id AND true), now()) AS DATE) AND (measure_6.ends_on IS NULL OR measure_6.ends_on >= CAST(timezone((SELECT authority_8.timezone
FROM authority AS authority_8
WHERE authority_8.id = measure_6.authority_id AND true), now()) AS DATE)) AND measure_6.review_due_at IS NOT NULL) AS anon_37
WHERE (anon_37.due_at < now()) = $7::BOOLEAN ORDER BY anon_37.walked ASC, anon_37.id ASC
 LIMIT 101) AS anon_36 UNION ALL SELECT anon_39.kind AS kind, anon_39.due_at AS due_at, anon_39.about AS about, anon_39.situation AS situation, anon_39.id AS id
FROM (SELECT anon_40.kind AS kind, anon_40.due_at AS due_at, anon_40.about AS about, anon_40.situation AS situation, anon_40.id AS id
FROM (SELECT 'ADDRESS_ANSWER' AS kind, department_transfer_3.address_answer_due_at AS due_at, 'tra_' || CAST(department_transfer_3.id AS TEXT) AS about, department_transfer_3.situation_id AS situation, department_transfer_3.id AS id, department_transfer_3.address_answer_due_at AS walked
FROM department_transfer AS department_transfer_3
WHERE department_transfer_3.address_answer_due_at IS NOT NULL AND department_transfer_3.state = 'UNKNOWN_ADDRESS' AND department_transfer_3.address_answer_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND department_transfer_3.address_answer_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND (EXISTS (SELECT 1
FROM reach AS reach_25
WHERE reach_25.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_25.via = any(ARRAY['ARCHIVED', 'NETWORK']) AND reach_25.situation_id = department_transfer_3.situation_id AND reach_25.starts_at <= now() AND reach_25.ends_at > now()
 LIMIT ALL OFFSET 0)) AND department_transfer_3.state = 'UNKNOWN_ADDRESS' AND department_transfer_3.address_answer_due_at IS NOT NULL) AS anon_40
WHERE (anon_40.due_at < now()) = $7::BOOLEAN ORDER BY anon_40.walked ASC, anon_40.id ASC
 LIMIT 101) AS anon_39 UNION ALL SELECT anon_41.kind AS kind, anon_41.due_at AS due_at, anon_41.about AS about, anon_41.situation AS situation, anon_41.id AS id
FROM (SELECT anon_42.kind AS kind, anon_42.due_at AS due_at, anon_42.about AS about, anon_42.situation AS situation, anon_42.id AS id
FROM (SELECT 'TRANSFER_WINDOW' AS kind, department_transfer_4.window_ends_at AS due_at, 'tra_' || CAST(department_transfer_4.id AS TEXT) AS about, department_transfer_4.situation_id AS situation, department_transfer_4.id AS id, department_transfer_4.window_ends_at AS walked
FROM department_transfer AS department_transfer_4
WHERE department_transfer_4.window_ends_at IS NOT NULL AND department_transfer_4.state = 'RECEIVED' AND department_transfer_4.window_ends_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND department_transfer_4.window_ends_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND (EXISTS (SELECT 1
FROM reach AS reach_26
WHERE reach_26.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_26.via = any(ARRAY['ARCHIVED', 'NETWORK']) AND reach_26.situation_id = department_transfer_4.situation_id AND reach_26.starts_at <= now() AND reach_26.ends_at > now()
 LIMIT ALL OFFSET 0)) AND department_transfer_4.state = 'RECEIVED' AND department_transfer_4.window_ends_at IS NOT NULL) AS anon_42
WHERE (anon_42.due_at < now()) = $7::BOOLEAN ORDER BY anon_42.walked ASC, anon_42.id ASC
 LIMIT 101) AS anon_41 UNION ALL SELECT anon_43.kind AS kind, anon_43.due_at AS due_at, anon_43.about AS about, anon_43.situation AS situation, anon_43.id AS id
FROM (SELECT anon_44.kind AS kind, anon_44.due_at AS due_at, anon_44.about AS about, anon_44.situation AS situation, anon_44.id AS id
FROM (SELECT 'HABILITATION' AS kind, habilitation_2.valid_to AS due_at, 'hab_' || CAST(habilitation_2.id AS TEXT) AS about, CAST(NULL AS UUID) AS situation, habilitation_2.id AS id, habilitation_2.valid_to AS walked
FROM habilitation AS habilitation_2
WHERE habilitation_2.valid_to IS NOT NULL AND habilitation_2.valid_to >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND habilitation_2.valid_to <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND habilitation_2.organisation_id = $1::UUID AND habilitation_2.state = 'ACTIVE' AND habilitation_2.revoked_at IS NULL AND habilitation_2.valid_to IS NOT NULL) AS anon_44
WHERE (anon_44.due_at < now()) = $7::BOOLEAN ORDER BY anon_44.walked ASC, anon_44.id ASC
 LIMIT 101) AS anon_43) AS first ORDER BY first.due_at ASC, first.kind ASC, first.id ASC
 LIMIT $8::INTEGER + 1)
 SELECT CASE WHEN (set_config('app.organisation', CAST($1::UUID AS TEXT), true) != '' AND set_config('app.authority', CAST($2::UUID AS TEXT), true) != '' AND set_config('app.member', CAST($3::UUID AS TEXT), true) != '' AND set_config('app.kind', CAST($4::VARCHAR AS TEXT), true) != '' AND set_config('app.purpose', CAST($5::VARCHAR AS TEXT), true) != '' AND standing($6::VARCHAR)) THEN (SELECT ARRAY[(SELECT row_to_json(row$) AS row_to_json_1
FROM (SELECT answer."totalCount" AS "totalCount", answer.nodes AS nodes, answer."pageInfo" AS "pageInfo") AS row$), answer.situations$] AS anon_2
FROM (SELECT (SELECT count(*) AS count_1
FROM (SELECT clock.id AS id
FROM (SELECT anon_3.kind AS kind, anon_3.due_at AS due_at, anon_3.about AS about, anon_3.situation AS situation, anon_3.id AS id
FROM (SELECT 'REPORT' AS kind, contact_1.report_due_at AS due_at, 'con_' || CAST(contact_1.id AS TEXT) AS about, contact_1.situation_id AS situation, contact_1.id AS id, contact_1.report_due_at AS walked
FROM contact AS contact_1
WHERE contact_1.report_due_at IS NOT NULL AND contact_1.report_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND contact_1.report_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND (EXISTS (SELECT 1
FROM reach AS reach_1
WHERE reach_1.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_1.via = any(ARRAY['ARCHIVED', 'NETWORK']) AND reach_1.situation_id = contact_1.situation_id AND reach_1.starts_at <= now() AND reach_1.ends_at > now()
 LIMIT ALL OFFSET 0)) AND (EXISTS (SELECT 1
FROM situation AS situation_1
WHERE situation_1.id = contact_1.situation_id AND (EXISTS (SELECT 1
FROM reach AS reach_2
WHERE reach_2.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_2.via = any(ARRAY['ARCHIVED', 'NETWORK']) AND reach_2.situation_id = situation_1.id AND reach_2.starts_at <= now() AND reach_2.ends_at > now()
 LIMIT ALL OFFSET 0)) AND situation_1.status != 'CLOSED'
 LIMIT ALL OFFSET 0)) AND contact_1.report_due_at IS NOT NULL) AS anon_3
WHERE (anon_3.due_at < now()) = $7::BOOLEAN UNION ALL SELECT anon_4.kind AS kind, anon_4.due_at AS due_at, anon_4.about AS about, anon_4.situation AS situation, anon_4.id AS id
FROM (SELECT 'VALIDATION' AS kind, concern_report_1.sent_at + make_interval(0, 0, 0, 0, 24) AS due_at, 'rep_' || CAST(concern_report_1.id AS TEXT) AS about, concern_report_1.situation_id AS situation, concern_report_1.id AS id, concern_report_1.sent_at AS walked
FROM concern_report AS concern_report_1
WHERE concern_report_1.sent_at IS NOT NULL AND concern_report_1.sent_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END - make_interval(0, 0, 0, 0, 24) AND concern_report_1.sent_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END - make_interval(0, 0, 0, 0, 24) AND (EXISTS (SELECT 1
FROM reach AS reach_3
WHERE reach_3.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_3.via = any(ARRAY['ARCHIVED', 'NETWORK']) AND reach_3.situation_id = concern_report_1.situation_id AND reach_3.starts_at <= now() AND reach_3.ends_at > now()
 LIMIT ALL OFFSET 0)) AND concern_report_1.validated_at IS NULL AND concern_report_1.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'SENT']) AND concern_report_1.sent_at IS NOT NULL) AS anon_4
WHERE (anon_4.due_at < now()) = $7::BOOLEAN UNION ALL SELECT anon_5.kind AS kind, anon_5.due_at AS due_at, anon_5.about AS about, anon_5.situation AS situation, anon_5.id AS id
FROM (SELECT 'ACKNOWLEDGEMENT' AS kind, concern_report_2.acknowledge_due_at AS due_at, 'rep_' || CAST(concern_report_2.id AS TEXT) AS about, concern_report_2.situation_id AS situation, concern_report_2.id AS id, concern_report_2.acknowledge_due_at AS walked
FROM concern_report AS concern_report_2
WHERE concern_report_2.acknowledge_due_at IS NOT NULL AND concern_report_2.status = 'SENT' AND concern_report_2.acknowledge_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND concern_report_2.acknowledge_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND (EXISTS (SELECT 1
FROM reach AS reach_4
WHERE reach_4.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_4.via = any(ARRAY['ARCHIVED', 'NETWORK']) AND reach_4.situation_id = concern_report_2.situation_id AND reach_4.starts_at <= now() AND reach_4.ends_at > now()
 LIMIT ALL OFFSET 0)) AND concern_report_2.status = 'SENT' AND concern_report_2.acknowledge_due_at IS NOT NULL) AS anon_5
WHERE (anon_5.due_at < now()) = $7::BOOLEAN UNION ALL SELECT anon_6.kind AS kind, anon_6.due_at AS due_at, anon_6.about AS about, anon_6.situation AS situation, anon_6.id AS id
FROM (SELECT 'EVALUATION' AS kind, concern_report_3.evaluation_due_at AS due_at, 'rep_' || CAST(concern_report_3.id AS TEXT) AS about, concern_report_3.situation_id AS situation, concern_report_3.id AS id, concern_report_3.evaluation_due_at AS walked
FROM concern_report AS concern_report_3
WHERE concern_report_3.evaluation_due_at IS NOT NULL AND concern_report_3.status = any(ARRAY['ACKNOWLEDGED', 'EVALUATING', 'QUALIFIED']) AND concern_report_3.evaluation_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND concern_report_3.evaluation_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND (EXISTS (SELECT 1
FROM reach AS reach_5
WHERE reach_5.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_5.via = any(ARRAY['ARCHIVED', 'NETWORK']) AND reach_5.situation_id = concern_report_3.situation_id AND reach_5.starts_at <= now() AND reach_5.ends_at > now()
 LIMIT ALL OFFSET 0)) AND concern_report_3.status = any(ARRAY['ACKNOWLEDGED', 'EVALUATING', 'QUALIFIED']) AND concern_report_3.evaluation_due_at IS NOT NULL) AS anon_6
WHERE (anon_6.due_at < now()) = $7::BOOLEAN UNION ALL SELECT anon_7.kind AS kind, anon_7.due_at AS due_at, anon_7.about AS about, anon_7.situation AS situation, anon_7.id AS id
FROM (SELECT 'RETURN' AS kind, concern_report_4.return_due_at AS due_at, 'rep_' || CAST(concern_report_4.id AS TEXT) AS about, concern_report_4.situation_id AS situation, concern_report_4.id AS id, concern_report_4.return_due_at AS walked
FROM concern_report AS concern_report_4
WHERE concern_report_4.return_due_at IS NOT NULL AND concern_report_4.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'SENT']) AND concern_report_4.return_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND concern_report_4.return_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND (EXISTS (SELECT 1
FROM reach AS reach_6
WHERE reach_6.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_6.via = any(ARRAY['ARCHIVED', 'NETWORK']) AND reach_6.situation_id = concern_report_4.situation_id AND reach_6.starts_at <= now() AND reach_6.ends_at > now()
 LIMIT ALL OFFSET 0)) AND concern_report_4.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'SENT']) AND concern_report_4.return_due_at IS NOT NULL) AS anon_7
WHERE (anon_7.due_at < now()) = $7::BOOLEAN UNION ALL SELECT anon_8.kind AS kind, anon_8.due_at AS due_at, anon_8.about AS about, anon_8.situation AS situation, anon_8.id AS id
FROM (SELECT 'SENDER_ANSWER' AS kind, concern_report_5.sender_answer_due_at AS due_at, 'rep_' || CAST(concern_report_5.id AS TEXT) AS about, concern_report_5.situation_id AS situation, concern_report_5.id AS id, concern_report_5.sender_answer_due_at AS walked
FROM concern_report AS concern_report_5
WHERE concern_report_5.sender_answer_due_at IS NOT NULL AND concern_report_5.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'SENT']) AND concern_report_5.sender_answer_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND concern_report_5.sender_answer_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND (EXISTS (SELECT 1
FROM reach AS reach_7
WHERE reach_7.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_7.via = any(ARRAY['ARCHIVED', 'NETWORK']) AND reach_7.situation_id = concern_report_5.situation_id AND reach_7.starts_at <= now() AND reach_7.ends_at > now()
 LIMIT ALL OFFSET 0)) AND concern_report_5.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'SENT']) AND (EXISTS (SELECT 1
FROM contact AS contact_2
WHERE contact_2.id = concern_report_5.origin_contact_id AND (EXISTS (SELECT 1
FROM reach AS reach_8
WHERE reach_8.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_8.via = any(ARRAY['ARCHIVED', 'NETWORK']) AND reach_8.situation_id = contact_2.situation_id AND reach_8.starts_at <= now() AND reach_8.ends_at > now()
 LIMIT ALL OFFSET 0)) AND contact_2.caller_category_public = 'PROFESSIONAL'
 LIMIT ALL OFFSET 0)) AND concern_report_5.sender_answer_due_at IS NOT NULL) AS anon_8
WHERE (anon_8.due_at < now()) = $7::BOOLEAN UNION ALL SELECT anon_9.kind AS kind, anon_9.due_at AS due_at, anon_9.about AS about, anon_9.situation AS situation, anon_9.id AS id
FROM (SELECT 'PLACEMENT' AS kind, measure_1.placement_due_at AS due_at, 'mea_' || CAST(measure_1.id AS TEXT) AS about, measure_1.situation_id AS situation, measure_1.id AS id, measure_1.placement_due_at AS walked
FROM measure AS measure_1
WHERE measure_1.placement_due_at IS NOT NULL AND (measure_1.ends_on IS NULL OR measure_1.ends_on >= (SELECT CAST(CAST(timezone('Europe/Paris', now()) AS DATE) - 1 AS DATE) AS anon_10)) AND measure_1.placement_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND measure_1.placement_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND (EXISTS (SELECT 1
FROM reach AS reach_9
WHERE reach_9.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_9.via = any(ARRAY['ARCHIVED', 'NETWORK']) AND reach_9.situation_id = measure_1.situation_id AND reach_9.starts_at <= now() AND reach_9.ends_at > now()
 LIMIT ALL OFFSET 0)) AND measure_1.starts_on <= CAST(timezone((SELECT authority_1.timezone
FROM authority AS authority_1
WHERE authority_1.id = measure_1.authority_id AND true), now()) AS DATE) AND (measure_1.ends_on IS NULL OR measure_1.ends_on >= CAST(timezone((SELECT authority_1.timezone
FROM authority AS authority_1
WHERE authority_1.id = measure_1.authority_id AND true), now()) AS DATE)) AND measure_1.placement_due_at IS NOT NULL) AS anon_9
WHERE (anon_9.due_at < now()) = $7::BOOLEAN UNION ALL SELECT anon_11.kind AS kind, anon_11.due_at AS due_at, anon_11.about AS about, anon_11.situation AS situation, anon_11.id AS id
FROM (SELECT 'MEASURE_REVIEW' AS kind, measure_2.review_due_at AS due_at, 'mea_' || CAST(measure_2.id AS TEXT) AS about, measure_2.situation_id AS situation, measure_2.id AS id, measure_2.review_due_at AS walked
FROM measure AS measure_2
WHERE measure_2.review_due_at IS NOT NULL AND (measure_2.ends_on IS NULL OR measure_2.ends_on >= (SELECT CAST(CAST(timezone('Europe/Paris', now()) AS DATE) - 1 AS DATE) AS anon_12)) AND (measure_2.ends_on IS NULL OR measure_2.ends_on > CAST(timezone('UTC', measure_2.review_due_at) AS DATE)) AND measure_2.review_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND measure_2.review_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND (EXISTS (SELECT 1
FROM reach AS reach_10
WHERE reach_10.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_10.via = any(ARRAY['ARCHIVED', 'NETWORK']) AND reach_10.situation_id = measure_2.situation_id AND reach_10.starts_at <= now() AND reach_10.ends_at > now()
 LIMIT ALL OFFSET 0)) AND measure_2.starts_on <= CAST(timezone((SELECT authority_2.timezone
FROM authority AS authority_2
WHERE authority_2.id = measure_2.authority_id AND true), now()) AS DATE) AND (measure_2.ends_on IS NULL OR measure_2.ends_on >= CAST(timezone((SELECT authority_2.timezone
FROM authority AS authority_2
WHERE authority_2.id = measure_2.authority_id AND true), now()) AS DATE)) AND measure_2.review_due_at IS NOT NULL) AS anon_11
WHERE (anon_11.due_at < now()) = $7::BOOLEAN UNION ALL SELECT anon_13.kind AS kind, anon_13.due_at AS due_at, anon_13.about AS about, anon_13.situation AS situation, anon_13.id AS id
FROM (SELECT 'MEASURE_REVIEW' AS kind, measure_3.review_due_at AS due_at, 'mea_' || CAST(measure_3.id AS TEXT) AS about, measure_3.situation_id AS situation, measure_3.id AS id, measure_3.review_due_at AS walked
FROM measure AS measure_3
WHERE measure_3.review_due_at IS NOT NULL AND (measure_3.ends_on IS NULL OR measure_3.ends_on >= (SELECT CAST(CAST(timezone('Europe/Paris', now()) AS DATE) - 1 AS DATE) AS anon_14)) AND measure_3.ends_on <= CAST(timezone('UTC', measure_3.review_due_at) AS DATE) AND measure_3.review_due_at >= now() - make_interval(0, 0, 0, 0, 48) AND measure_3.review_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND measure_3.review_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND (EXISTS (SELECT 1
FROM reach AS reach_11
WHERE reach_11.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_11.via = any(ARRAY['ARCHIVED', 'NETWORK']) AND reach_11.situation_id = measure_3.situation_id AND reach_11.starts_at <= now() AND reach_11.ends_at > now()
 LIMIT ALL OFFSET 0)) AND measure_3.starts_on <= CAST(timezone((SELECT authority_3.timezone
FROM authority AS authority_3
WHERE authority_3.id = measure_3.authority_id AND true), now()) AS DATE) AND (measure_3.ends_on IS NULL OR measure_3.ends_on >= CAST(timezone((SELECT authority_3.timezone
FROM authority AS authority_3
WHERE authority_3.id = measure_3.authority_id AND true), now()) AS DATE)) AND measure_3.review_due_at IS NOT NULL) AS anon_13
WHERE (anon_13.due_at < now()) = $7::BOOLEAN UNION ALL SELECT anon_15.kind AS kind, anon_15.due_at AS due_at, anon_15.about AS about, anon_15.situation AS situation, anon_15.id AS id
FROM (SELECT 'MAJORITY' AS kind, CAST(timezone(coalesce((SELECT authority_4.timezone
FROM authority AS authority_4
WHERE authority_4.id = $2::UUID AND true), 'Europe/Paris'), minor_1.majority_on + make_interval(0, 0, 0, -1) + make_interval(0, 0, 0, 1)) AS TIMESTAMP WITH TIME ZONE) AS due_at, 'min_' || CAST(minor_1.id AS TEXT) AS about, minor_1.situation_id AS situation, minor_1.id AS id, minor_1.majority_on AS walked
FROM minor AS minor_1
WHERE minor_1.majority_on IS NOT NULL AND minor_1.majority_on >= (SELECT CAST(CAST(timezone('Europe/Paris', now()) AS DATE) - 1 AS DATE) AS anon_16) AND minor_1.majority_on >= CAST(CAST(timezone('Europe/Paris', CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END) AS DATE) - 1 AS DATE) AND minor_1.majority_on <= CAST(CAST(timezone('Europe/Paris', CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END) AS DATE) + 2 AS DATE) AND (EXISTS (SELECT 1
FROM reach AS reach_12
WHERE reach_12.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_12.via = any(ARRAY['ARCHIVED', 'NETWORK']) AND reach_12.situation_id = minor_1.situation_id AND reach_12.starts_at <= now() AND reach_12.ends_at > now()
 LIMIT ALL OFFSET 0)) AND CAST(timezone(coalesce((SELECT authority_5.timezone
FROM authority AS authority_5
WHERE authority_5.id = $2::UUID AND true), 'Europe/Paris'), minor_1.majority_on + make_interval(0, 0, 0, -1) + make_interval(0, 0, 0, 1)) AS TIMESTAMP WITH TIME ZONE) > now() AND minor_1.majority_on IS NOT NULL) AS anon_15
WHERE (anon_15.due_at < now()) = $7::BOOLEAN UNION ALL SELECT anon_17.kind AS kind, anon_17.due_at AS due_at, anon_17.about AS about, anon_17.situation AS situation, anon_17.id AS id
FROM (SELECT 'ADDRESS_ANSWER' AS kind, department_transfer_1.address_answer_due_at AS due_at, 'tra_' || CAST(department_transfer_1.id AS TEXT) AS about, department_transfer_1.situation_id AS situation, department_transfer_1.id AS id, department_transfer_1.address_answer_due_at AS walked
FROM department_transfer AS department_transfer_1
WHERE department_transfer_1.address_answer_due_at IS NOT NULL AND department_transfer_1.state = 'UNKNOWN_ADDRESS' AND department_transfer_1.address_answer_due_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND department_transfer_1.address_answer_due_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND (EXISTS (SELECT 1
FROM reach AS reach_13
WHERE reach_13.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_13.via = any(ARRAY['ARCHIVED', 'NETWORK']) AND reach_13.situation_id = department_transfer_1.situation_id AND reach_13.starts_at <= now() AND reach_13.ends_at > now()
 LIMIT ALL OFFSET 0)) AND department_transfer_1.state = 'UNKNOWN_ADDRESS' AND department_transfer_1.address_answer_due_at IS NOT NULL) AS anon_17
WHERE (anon_17.due_at < now()) = $7::BOOLEAN UNION ALL SELECT anon_18.kind AS kind, anon_18.due_at AS due_at, anon_18.about AS about, anon_18.situation AS situation, anon_18.id AS id
FROM (SELECT 'TRANSFER_WINDOW' AS kind, department_transfer_2.window_ends_at AS due_at, 'tra_' || CAST(department_transfer_2.id AS TEXT) AS about, department_transfer_2.situation_id AS situation, department_transfer_2.id AS id, department_transfer_2.window_ends_at AS walked
FROM department_transfer AS department_transfer_2
WHERE department_transfer_2.window_ends_at IS NOT NULL AND department_transfer_2.state = 'RECEIVED' AND department_transfer_2.window_ends_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND department_transfer_2.window_ends_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND (EXISTS (SELECT 1
FROM reach AS reach_14
WHERE reach_14.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_14.via = any(ARRAY['ARCHIVED', 'NETWORK']) AND reach_14.situation_id = department_transfer_2.situation_id AND reach_14.starts_at <= now() AND reach_14.ends_at > now()
 LIMIT ALL OFFSET 0)) AND department_transfer_2.state = 'RECEIVED' AND department_transfer_2.window_ends_at IS NOT NULL) AS anon_18
WHERE (anon_18.due_at < now()) = $7::BOOLEAN UNION ALL SELECT anon_19.kind AS kind, anon_19.due_at AS due_at, anon_19.about AS about, anon_19.situation AS situation, anon_19.id AS id
FROM (SELECT 'HABILITATION' AS kind, habilitation_1.valid_to AS due_at, 'hab_' || CAST(habilitation_1.id AS TEXT) AS about, CAST(NULL AS UUID) AS situation, habilitation_1.id AS id, habilitation_1.valid_to AS walked
FROM habilitation AS habilitation_1
WHERE habilitation_1.valid_to IS NOT NULL AND habilitation_1.valid_to >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END AND habilitation_1.valid_to <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AND habilitation_1.organisation_id = $1::UUID AND habilitation_1.state = 'ACTIVE' AND habilitation_1.revoked_at IS NULL AND habilitation_1.valid_to IS NOT NULL) AS anon_19
WHERE (anon_19.due_at < now()) = $7::BOOLEAN) AS clock
 LIMIT 1000) AS counted) AS "totalCount", coalesce(json_agg(numbered.node_0) FILTER (WHERE numbered.number <= $8::INTEGER), '[]'::json) AS nodes, json_build_object('hasNextPage', count(*) > $8::INTEGER, 'endCursor', (coalesce(array_agg(numbered.cursor) FILTER (WHERE numbered.number <= $8::INTEGER), '{}'::text[]))[least(count(*), $8::INTEGER)]) AS "pageInfo", coalesce(json_agg(numbered.situation) FILTER (WHERE numbered.number <= $8::INTEGER AND numbered.situation IS NOT NULL), '[]'::json) AS situations$
FROM (SELECT page.node_0 AS node_0, page.cursor AS cursor, page.situation AS situation, row_number() OVER () AS number
FROM (SELECT (SELECT row_to_json(row$) AS row_to_json_2
FROM (SELECT clock.kind AS kind, clock.due_at AS "dueAt", clock.due_at < now() AS overdue, clock.about AS about) AS row$) AS node_0, translate(encode(convert_to(CAST(clock.due_at AS TEXT) || '|' || clock.kind || '|' || CAST(clock.id AS TEXT), 'UTF8') || SUBSTRING(sha256($9::BYTEA || sha256($10::BYTEA || convert_to(CAST(clock.due_at AS TEXT) || '|' || clock.kind || '|' || CAST(clock.id AS TEXT), 'UTF8'))) FROM 1 FOR 16), 'base64'), E'+/=\n', '-_') AS cursor, clock.situation AS situation
FROM (SELECT soon.kind AS kind, soon.due_at AS due_at, soon.about AS about, soon.situation AS situation, soon.id AS id
FROM soon UNION ALL SELECT anon_45.kind AS kind, anon_45.due_at AS due_at, anon_45.about AS about, anon_45.situation AS situation, anon_45.id AS id
FROM (SELECT anon_46.kind AS kind, anon_46.due_at AS due_at, anon_46.about AS about, anon_46.situation AS situation, anon_46.id AS id
FROM (SELECT 'VALIDATION' AS kind, concern_report_10.sent_at + make_interval(0, 0, 0, 0, 24) AS due_at, 'rep_' || CAST(concern_report_10.id AS TEXT) AS about, concern_report_10.situation_id AS situation, concern_report_10.id AS id, concern_report_10.sent_at AS walked
FROM concern_report AS concern_report_10
WHERE concern_report_10.sent_at IS NOT NULL AND concern_report_10.sent_at >= CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END - make_interval(0, 0, 0, 0, 24) AND concern_report_10.sent_at <= CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END - make_interval(0, 0, 0, 0, 24) AND concern_report_10.sent_at <= (SELECT CASE WHEN (count(*) > $8::INTEGER) THEN max(soon.due_at) ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AS anon_47
FROM soon) - make_interval(0, 0, 0, 0, 24) AND (EXISTS (SELECT 1
FROM reach AS reach_27
WHERE reach_27.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_27.via = any(ARRAY['ARCHIVED', 'NETWORK']) AND reach_27.situation_id = concern_report_10.situation_id AND reach_27.starts_at <= now() AND reach_27.ends_at > now()
 LIMIT ALL OFFSET 0)) AND concern_report_10.validated_at IS NULL AND concern_report_10.status = any(ARRAY['ACKNOWLEDGED', 'COMPLEMENT_OF_EXISTING', 'CONCLUDED', 'EVALUATING', 'NOT_QUALIFIED', 'QUALIFIED', 'SENT']) AND concern_report_10.sent_at IS NOT NULL) AS anon_46
WHERE (anon_46.due_at < now()) = $7::BOOLEAN ORDER BY anon_46.walked ASC, anon_46.id ASC
 LIMIT 101) AS anon_45 UNION ALL SELECT anon_48.kind AS kind, anon_48.due_at AS due_at, anon_48.about AS about, anon_48.situation AS situation, anon_48.id AS id
FROM (SELECT anon_49.kind AS kind, anon_49.due_at AS due_at, anon_49.about AS about, anon_49.situation AS situation, anon_49.id AS id
FROM (SELECT 'MAJORITY' AS kind, CAST(timezone(coalesce((SELECT authority_9.timezone
FROM authority AS authority_9
WHERE authority_9.id = $2::UUID AND true), 'Europe/Paris'), minor_2.majority_on + make_interval(0, 0, 0, -1) + make_interval(0, 0, 0, 1)) AS TIMESTAMP WITH TIME ZONE) AS due_at, 'min_' || CAST(minor_2.id AS TEXT) AS about, minor_2.situation_id AS situation, minor_2.id AS id, minor_2.majority_on AS walked
FROM minor AS minor_2
WHERE minor_2.majority_on IS NOT NULL AND minor_2.majority_on >= (SELECT CAST(CAST(timezone('Europe/Paris', now()) AS DATE) - 1 AS DATE) AS anon_50) AND minor_2.majority_on >= CAST(CAST(timezone('Europe/Paris', CASE WHEN $7::BOOLEAN THEN CAST('-infinity' AS TIMESTAMP WITH TIME ZONE) ELSE now() END) AS DATE) - 1 AS DATE) AND minor_2.majority_on <= CAST(CAST(timezone('Europe/Paris', CASE WHEN $7::BOOLEAN THEN now() ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END) AS DATE) + 2 AS DATE) AND minor_2.majority_on <= CAST(CAST(timezone('Europe/Paris', (SELECT CASE WHEN (count(*) > $8::INTEGER) THEN max(soon.due_at) ELSE CAST('+infinity' AS TIMESTAMP WITH TIME ZONE) END AS anon_47
FROM soon)) AS DATE) + 2 AS DATE) AND (EXISTS (SELECT 1
FROM reach AS reach_28
WHERE reach_28.viewer = '00000000-0000-0000-0000-000000000000'::uuid AND reach_28.via = any(ARRAY['ARCHIVED', 'NETWORK']) AND reach_28.situation_id = minor_2.situation_id AND reach_28.starts_at <= now() AND reach_28.ends_at > now()
 LIMIT ALL OFFSET 0)) AND CAST(timezone(coalesce((SELECT authority_10.timezone
FROM authority AS authority_10
WHERE authority_10.id = $2::UUID AND true), 'Europe/Paris'), minor_2.majority_on + make_interval(0, 0, 0, -1) + make_interval(0, 0, 0, 1)) AS TIMESTAMP WITH TIME ZONE) > now() AND minor_2.majority_on IS NOT NULL) AS anon_49
WHERE (anon_49.due_at < now()) = $7::BOOLEAN ORDER BY anon_49.walked ASC, anon_49.id ASC
 LIMIT 101) AS anon_48) AS clock ORDER BY clock.due_at ASC, clock.kind ASC, clock.id ASC
 LIMIT $8::INTEGER + 1) AS page) AS numbered) AS answer) END AS anon_1
