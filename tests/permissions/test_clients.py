"""Tools of organisations read and write their own short list."""

from dataclasses import replace

from tests.oracle import Referral, Report, Row, may_act, may_read, may_write, through_indicators
from tests.permissions.by_hand import REPORT_ROW, client_facts


def test_clients_by_their_own_list() -> None:
    crip_client = client_facts("CRIP", live_jurisdiction=True, report_statuses=frozenset({"QUALIFIED"}))
    assert may_read("CLIENT:CRIP", "G08", crip_client) and may_read("CLIENT:CRIP", "G12", crip_client, REPORT_ROW)
    assert not may_read("CLIENT:CRIP", "G08", replace(crip_client, live_jurisdiction=False))
    other = Row(report=Report(to_my_authority=False))
    assert not may_read("CLIENT:CRIP", "G12", crip_client, other)
    assert not may_write("CLIENT:CRIP", "G13", crip_client, other)
    assert not may_write("CLIENT:CRIP", "G13", replace(crip_client, live_jurisdiction=False), REPORT_ROW)
    assert may_write("CLIENT:CRIP", "G13", replace(crip_client, situation_closed=True), REPORT_ROW)
    assert not may_write("CLIENT:CRIP", "G12", replace(crip_client, situation_closed=True), REPORT_ROW)
    for status, seen in (("DRAFT", False), ("PROPOSED", True)):
        row = Row("status", referral=Referral(status=status, to_my_org=False))
        assert may_read("CLIENT:CRIP", "G23", crip_client, row) is seen
    assert not may_read("CLIENT:CRIP", "G23", crip_client)
    linked = client_facts("ASE", ase_link_of_my_org=True)
    assert may_read("CLIENT:ASE", "G01", linked) and not may_read("CLIENT:ASE", "G01", client_facts("ASE"))
    assert may_write("CLIENT:ASE", "G20", linked, Row("state"))
    assert not may_write("CLIENT:ASE", "G20", linked, Row("service_contact"))
    assert not may_write("CLIENT:ASE", "G20", client_facts("ASE"), Row("state"))
    assert not may_write("CLIENT:ASE", "G20", replace(linked, situation_closed=True), Row("state"))
    for kind in ("ASSOCIATION", "FOYER"):
        client, row = client_facts(kind), Row("age_band", referral=Referral())
        assert may_read(f"CLIENT:{kind}", "G02", client, row)
        assert not may_write(f"CLIENT:{kind}", "G23", client, Row("status", referral=Referral(status="ONGOING")))
        consultation = replace(row, referral=Referral(kind="PROFESSIONAL_CONSULTATION"))
        assert not may_read(f"CLIENT:{kind}", "G02", client, consultation)
        assert may_read(f"CLIENT:{kind}", "G02", client, replace(consultation, copied_into_referral=True))
        assert may_read(f"CLIENT:{kind}", "G23", client, consultation)
        for status in ("DRAFT", "DECLINED", "COMPLETED", "WITHDRAWN"):
            assert not may_read(f"CLIENT:{kind}", "G23", client, Row("status", referral=Referral(status=status)))
        secret = Row(card_visibility="SECRET")
        assert not may_read(f"CLIENT:{kind}", "G33", client, secret)
        assert may_read(f"CLIENT:{kind}", "G33", client, replace(secret, controlled_by_my_org=True))
        assert may_read(f"CLIENT:{kind}", "G33", client, Row(card_visibility="NETWORK"))
    assert not through_indicators("CLIENT:CRIP", "G01")
    assert may_act("CLIENT:CRIP", "ip.return") and not may_act("CLIENT:ASSOCIATION", "referral.accept")


def test_a_revoked_client_writes_nothing() -> None:
    row = Row("follow_up", referral=Referral(status="ONGOING"))
    assert may_write("CLIENT:FOYER", "G23", client_facts("FOYER"), row)
    assert not may_write("CLIENT:FOYER", "G23", client_facts("FOYER", habilitation_active=False), row)
    assert not may_write("CLIENT:FOYER", "G23", client_facts("FOYER", scopes_cover=False), row)
    assert not may_write("CLIENT:FOYER", "G23", client_facts("ASE"), row)
