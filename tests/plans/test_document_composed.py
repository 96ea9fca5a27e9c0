"""Layouts other than those of the seeds; the documents are composed for the tests (data/README.md)."""

from __future__ import annotations

from pathlib import Path

import pytest

from plans.document import read_document, to_json

DATA = Path(__file__).parent / "data"
FILES = sorted(path.name for path in DATA.glob("composed-*.txt"))


def _read(prefix: str):
    (path,) = DATA.glob(f"composed-{prefix}-*.txt")
    return read_document(path.read_text(encoding="utf-8"))


def _json(prefix: str):
    return to_json(_read(prefix))


def _periods(document):
    return [(task["period"]["text"], task["period"]["start"], task["period"]["end"]) for task in document["tasks"]]


@pytest.mark.parametrize("name", FILES)
def test_every_line_is_recognised(name):
    document = read_document((DATA / name).read_text(encoding="utf-8"))

    assert to_json(document)["unrecognised"] == []


@pytest.mark.parametrize(
    ("prefix", "number", "symbol", "kind", "place", "date", "issuer"),
    [
        ("01", None, "KH-UBND", "KẾ HOẠCH", "Sơn Thủy", (2024, 3, None), "ỦY BAN NHÂN DÂN TỈNH SƠN THỦY"),
        ("02", "45", "QĐ-SKHCN", "QUYẾT ĐỊNH", "Lạc Giang", (2025, 2, 5), "SỞ KHOA HỌC VÀ CÔNG NGHỆ"),
        ("03", "15", "KH-BCĐ", "KẾ HOẠCH", "Mường Khấu", (2025, 1, 9), "BAN CHỈ ĐẠO ISO"),
        ("04", None, "KH-UBND", "KẾ HOẠCH", "Hải Lăng", (2026, None, None), "ỦY BAN NHÂN DÂN TỈNH HẢI LĂNG"),
        ("05", "07", "KH-BCĐ", "KẾ HOẠCH", "Vĩnh Đông", (2024, 3, 12), "BAN CHỈ ĐẠO ISO TỈNH VĨNH ĐÔNG"),
        ("06", "231", "KH-SNV", "KẾ HOẠCH", "Đại An", (2023, 6, 16), "SỞ NỘI VỤ"),
        ("07", None, None, "KẾ HOẠCH", None, (None, None, None), None),
        ("08", "12", "QĐ-UBND", "QUYẾT ĐỊNH", "Phú Lâm", (2025, 8, 20), "ỦY BAN NHÂN DÂN XÃ PHÚ LÂM"),
        ("09", "03", "KH/BCĐ", "KẾ HOẠCH", "Bình Sơn", (2025, 4, 1), "BAN CHỈ ĐẠO CẢI CÁCH HÀNH CHÍNH"),
        ("10", "118", "CTr-SKHCN", "CHƯƠNG TRÌNH", "Tây Nguyên Hạ", (2024, None, None), "SỞ KHOA HỌC VÀ CÔNG NGHỆ"),
        ("11", "09", "KH-TĐC", "KẾ HOẠCH", "Thạch Khê", (2025, 1, 2), "CHI CỤC TIÊU CHUẨN ĐO LƯỜNG CHẤT LƯỢNG"),
        ("12", "77", "KH-UBND", None, "Cẩm Đình", (2025, 5, 3), None),
        ("13", "88", "KH-UBND", "KẾ HOẠCH", "Cần Lũng", (2024, 2, 28), "ỦY BAN NHÂN DÂN THÀNH PHỐ CẦN LŨNG"),
        ("14", None, "QĐ-BKHCN", "QUYẾT ĐỊNH", "Hà Nội", (2025, None, None), "BỘ KHOA HỌC VÀ CÔNG NGHỆ"),
        ("15", "02", "KH-BCĐISO", "KẾ HOẠCH", "Hoà Sơn", (2024, 1, 15), "BCĐ ISO HÀNH CHÍNH"),
        ("16", None, "QĐ-BCĐISO", "QUYẾT ĐỊNH", "Vân Lĩnh", (2025, 3, None), "BAN CHỈ ĐẠO ISO"),
        ("17", None, "KH-UBND", "KẾ HOẠCH", "Hải Yên", (2025, 2, None), "ỦY BAN NHÂN DÂN TỈNH HẢI YÊN"),
        ("18", "34", "KH-SKHCN", "KẾ HOẠCH", "Sen Hồ", (2025, 1, 17), "SỞ KHOA HỌC VÀ CÔNG NGHỆ"),
        ("19", "1207", "QĐ-UBND", "QUYẾT ĐỊNH", "Lam Thành", (2024, 4, 22), "ỦY BAN NHÂN DÂN TỈNH LAM THÀNH"),
        ("20", "06", "KH-BCĐ", "KẾ HOẠCH", "Cao Phong", (2023, 3, 8), "BCĐ ISO TỈNH"),
        ("21", None, "KH-UBND", "KẾ HOẠCH", "Mỏ Cày Hạ", (2025, None, None), "UBND XÃ MỎ CÀY HẠ"),
        ("22", None, "QĐ-SNV", "QUYẾT ĐỊNH", "Khe Lau", (2024, None, None), "SỞ NỘI VỤ"),
        ("23", "102", "KH-SKHCN", "KẾ HOẠCH", "Đồng Xuyên", (2026, 2, 5), "SỞ KHOA HỌC VÀ CÔNG NGHỆ"),
        ("24", "412", "KH-UBND", "KẾ HOẠCH", "Nghĩa Sơn", (2024, 12, 29), "ỦY BAN NHÂN DÂN TỈNH NGHĨA SƠN"),
        ("25", "77", "QĐ-BVĐK", "QUYẾT ĐỊNH", "Bắc Lĩnh", (2025, 6, 3), "BỆNH VIỆN ĐA KHOA BẮC LĨNH"),
    ],
)
def test_head_in_many_layouts(prefix, number, symbol, kind, place, date, issuer):
    document = _json(prefix)

    assert (document["number"], document["symbol"], document["kind"]) == (number, symbol, kind)
    assert (document["place"], tuple(document["issue_date"].values())) == (place, date)
    assert document["issuer"] == issuer


@pytest.mark.parametrize(
    ("prefix", "title"),
    [
        (
            "01",
            "Xây dựng, áp dụng, duy trì và cải tiến Hệ thống quản lý chất lượng theo tiêu chuẩn quốc gia TCVN ISO "
            "9001:2015 tại các cơ quan hành chính trên địa bàn tỉnh Sơn Thủy năm 2024",
        ),
        (
            "02",
            "Về việc phê duyệt Kế hoạch áp dụng Hệ thống quản lý chất lượng theo TCVN ISO 9001:2015 năm 2025",
        ),
        ("05", "HOẠT ĐỘNG NĂM 2024"),
        ("08", "V/v ban hành Kế hoạch áp dụng HTQLCL theo TCVN ISO 9001:2015 năm 2025"),
        ("12", "Nâng cao Chỉ số cải cách hành chính thông qua áp dụng ISO 9001"),
    ],
)
def test_titles_on_one_line_or_several(prefix, title):
    assert _json(prefix)["title"] == title


@pytest.mark.parametrize(
    ("prefix", "bases", "purposes", "requirements", "tasks", "bodies", "recipients"),
    [
        ("01", 3, 2, 3, 3, 3, 5),
        ("02", 3, 1, 0, 3, 2, 4),
        ("03", 1, 1, 1, 3, 3, 3),
        ("04", 2, 2, 1, 3, 3, 2),
        ("05", 2, 1, 0, 3, 3, 2),
        ("06", 1, 1, 1, 3, 2, 3),
        ("07", 0, 0, 0, 0, 0, 0),
        ("08", 2, 1, 1, 2, 3, 3),
        ("09", 0, 1, 1, 2, 2, 3),
        ("10", 1, 3, 0, 3, 2, 2),
        ("11", 0, 1, 0, 3, 1, 3),
        ("12", 0, 1, 0, 2, 1, 0),
        ("13", 1, 2, 0, 3, 3, 5),
        ("14", 3, 0, 0, 2, 4, 3),
        ("15", 2, 1, 1, 2, 3, 4),
        ("16", 3, 0, 0, 2, 1, 3),
        ("17", 2, 3, 0, 2, 3, 5),
        ("18", 1, 2, 1, 3, 2, 3),
        ("19", 3, 1, 1, 3, 4, 3),
        ("20", 1, 1, 2, 2, 2, 3),
        ("21", 1, 1, 1, 2, 2, 3),
        ("22", 2, 1, 0, 2, 3, 3),
        ("23", 1, 2, 0, 3, 2, 3),
        ("24", 2, 1, 2, 3, 3, 3),
        ("25", 3, 0, 0, 3, 1, 2),
    ],
)
def test_how_many_of_each(prefix, bases, purposes, requirements, tasks, bodies, recipients):
    document = _json(prefix)

    counts = [len(document[name]) for name in ("legal_bases", "purposes", "requirements", "tasks")]
    assert [*counts, len(document["responsibilities"]), len(document["recipients"])] == [
        bases,
        purposes,
        requirements,
        tasks,
        bodies,
        recipients,
    ]


@pytest.mark.parametrize(
    ("prefix", "amount", "source"),
    [
        ("01", 1_250_000_000, "ngân sách tỉnh"),
        ("02", 84_000_000, "nguồn ngân sách nhà nước năm 2025"),
        ("03", 145_500_000, "nguồn ngân sách huyện năm 2025"),
        ("04", 1_500_000_000, "nguồn sự nghiệp khoa học và công nghệ năm 2026"),
        ("05", None, "Ngân sách tỉnh cấp cho Ban Chỉ đạo"),
        ("06", 15_000_000, None),
        ("08", 20_000_000, "nguồn kinh phí chi thường xuyên năm 2025 của xã"),
        ("09", 250_000_000, "ngân sách tỉnh cấp"),
        ("10", 2_350_000_000, "Ngân sách tỉnh"),
        ("12", None, None),
        ("13", 350_000_000, "nguồn ngân sách nhà nước theo phân cấp"),
        ("14", 2_400_000_000, "nguồn ngân sách sự nghiệp khoa học năm 2025"),
        ("15", 120_000_000, "nguồn kinh phí hoạt động của Ban Chỉ đạo"),
        ("16", 1_250_000_000, "nguồn ngân sách tỉnh năm 2025"),
        ("17", 1_845_500_000, "nguồn ngân sách tỉnh cấp cho sự nghiệp khoa học"),
        ("18", 45_000_000, "dự toán chi thường xuyên của Sở năm 2025"),
        ("19", 1_500_500_000, "Nguồn ngân sách tỉnh năm 2024, 2025"),
        ("20", 90_000_000, "kinh phí chi cho hoạt động của Ban Chỉ đạo"),
        ("21", 12_500_000, "nguồn ngân sách xã"),
        ("22", 180_000_000, "nguồn kinh phí tự chủ năm 2024"),
        ("23", 36_500_000, "nguồn kinh phí giao năm 2026 của Chi cục"),
        ("24", 980_000_000, "Ngân sách tỉnh giao Sở Khoa học và Công nghệ"),
        ("25", 25_000_000, "nguồn thu sự nghiệp của Bệnh viện"),
    ],
)
def test_money_and_where_it_comes_from(prefix, amount, source):
    funding = _json(prefix)["funding"]

    assert (funding["amount"], funding["source"]) == (amount, source)


@pytest.mark.parametrize(
    ("prefix", "lines", "name"),
    [
        ("01", ["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"], "Trần Văn Minh"),
        ("02", ["GIÁM ĐỐC"], "Lê Thị Hồng Nhung"),
        ("03", ["TRƯỞNG BAN", "PHÓ CHỦ TỊCH UBND HUYỆN"], "Giàng A Páo"),
        ("04", ["TM. UỶ BAN NHÂN DÂN", "CHỦ TỊCH"], "NGUYỄN VĂN AN"),
        ("05", ["KT. TRƯỞNG BAN", "PHÓ TRƯỞNG BAN THƯỜNG TRỰC"], "TS. Phạm Quốc Khánh"),
        ("06", ["GIÁM ĐỐC"], "Hoàng Đình Dũng"),
        ("07", [], None),
        ("08", ["CHỦ TỊCH"], "Đỗ Mạnh Hà"),
        ("09", ["T/M BAN CHỈ ĐẠO", "TRƯỞNG BAN"], "Vũ Thị Lan Anh"),
        ("10", ["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"], "Y Thanh Niê"),
        ("11", ["CHI CỤC TRƯỞNG"], "Bùi Hữu Nghĩa"),
        ("12", [], None),
        ("13", ["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"], "Nguyễn Thị Ngọc Diệp Anh"),
        ("14", ["KT. BỘ TRƯỞNG", "THỨ TRƯỞNG"], "Lê Xuân Định Hướng"),
        ("15", ["TRƯỞNG BAN", "PHÓ CHỦ TỊCH UBND TỈNH"], "Quách Tất Liêm Chính"),
        ("16", ["TRƯỞNG BAN", "PHÓ CHỦ TỊCH UBND TỈNH"], "Trần Văn Bình"),
        ("17", ["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"], "Bùi Thị Khánh Vân"),
        ("18", ["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"], "Kpă Thị Hương"),
        ("19", ["KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"], "Phan Đình Lộc"),
        ("20", ["TRƯỞNG BAN", "PHÓ CHỦ TỊCH UBND TỈNH"], "Hà Quang Tuyển"),
        ("21", ["CHỦ TỊCH"], "Võ Thành Nhơn"),
        ("22", ["GIÁM ĐỐC"], "Triệu Mùi Pham"),
        ("23", ["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC"], "Huỳnh Ngọc Tân"),
        ("24", ["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"], "Cao Thị Bích Liên"),
        ("25", ["GIÁM ĐỐC"], "BSCKII. Tống Văn Lượng"),
    ],
)
def test_signing_blocks(prefix, lines, name):
    assert _json(prefix)["signature"] == {"lines": lines, "name": name}


def test_attributes_under_a_task_become_performers_period_and_deliverable():
    first, second, third = _read("01").tasks

    assert [(performer.text, performer.role) for performer in second.performers] == [
        ("Chi cục Tiêu chuẩn Đo lường Chất lượng", "lead"),
        ("Văn phòng UBND tỉnh", "support"),
        ("Sở Nội vụ", "support"),
        ("các cơ quan liên quan", "support"),
    ]
    assert (first.period.text, str(first.period.start), str(first.period.end)) == (
        "Quý II/2024",
        "2024-04-01",
        "2024-06-30",
    )
    assert (first.quantity, first.deliverable) == ("02 lớp", "02 lớp tập huấn với 120 học viên")
    assert third.period.start is None
    assert str(third.period.end) == "2024-12-15"


def test_markdown_table_with_groups_costs_and_total():
    document = _read("03")

    assert [(task.number, task.group, task.cost) for task in document.tasks] == [
        ("1", "Công tác chỉ đạo", 0),
        ("2", "Công tác chỉ đạo", 25_500_000),
        ("3", "Đánh giá", 120_000_000),
    ]
    assert document.tasks[0].performers[1].text == "Văn phòng HĐND và UBND"
    assert document.tasks[2].title == "Tự đánh giá 39 chỉ số tại các xã"
    assert _periods(to_json(document))[2] == ("Quý III, IV năm 2025", "2025-07-01", "2025-12-31")


def test_cells_that_go_on_in_the_next_lines():
    document = _json("05")

    assert document["tasks"][0]["title"] == "Họp Ban Chỉ đạo định kỳ"
    assert document["tasks"][0]["performers"] == [
        "Ban Chỉ đạo",
        "Sở Lao động - Thương binh và Xã hội",
        "Tổ giúp việc",
    ]
    assert document["tasks"][1]["performers"] == ["Sở KH&CN", "Sở Nội vụ", "UBND các huyện, thành phố"]
    assert document["tasks"][1]["quantity"] == "02 đợt"
    assert _json("11")["tasks"][0]["title"] == "Lập chương trình đánh giá nội bộ"


def test_cells_one_under_the_other():
    first, second = _json("15")["tasks"]

    assert (first["title"], first["performers"]) == ("Họp Ban Chỉ đạo", ["Sở KH&CN"])
    assert second["period"] == {"text": "Quý III/2024", "start": "2024-07-01", "end": "2024-09-30"}


def test_one_body_leads_and_another_supports_in_one_sentence():
    assert [(performer.text, performer.role) for performer in _read("13").tasks[1].performers] == [
        ("Sở Khoa học và Công nghệ", "lead"),
        ("Sở Nội vụ", "support"),
    ]


def test_annex_gives_tasks_their_time_and_performers():
    document = _read("06")

    assert _periods(to_json(document))[1] == ("Tháng 10/2023", "2023-10-01", "2023-10-31")
    assert [performer.role for performer in document.tasks[0].performers] == ["lead", "support"]
    assert document.annex_titles[0].text == "PHỤ LỤC TIẾN ĐỘ THỰC HIỆN"
    assert document.schedule[0].text == "Từ tháng 7 đến tháng 12 năm 2023."


def test_decision_keeps_authority_enacting_line_and_provisions():
    document = _read("02")

    assert document.authority.text == "GIÁM ĐỐC SỞ KHOA HỌC VÀ CÔNG NGHỆ TỈNH LẠC GIANG"
    assert document.enacting.text == "QUYẾT ĐỊNH:"
    assert len(document.provisions) == 2
    assert [task.number for task in document.tasks] == ["a", "b", "c"]
    assert document.responsibilities[0].body == "Chi cục Tiêu chuẩn Đo lường Chất lượng"


def test_plan_attached_to_a_decision_is_read_with_it():
    document = _json("08")

    assert document["purposes"] == ["Chuẩn hóa quy trình."]
    assert document["requirements"] == ["Dễ làm, dễ kiểm tra."]
    assert document["tasks"][1]["performers"] == ["các phòng chuyên môn"]
    assert document["tasks"][0]["period"]["end"] == "2025-08-30"


def test_tasks_in_sublevels_know_their_group():
    tasks = _read("10").tasks

    assert [(task.number, task.group) for task in tasks] == [("1.1", "Đào tạo"), ("1.2", "Đào tạo"), ("2.1", "Tư vấn")]


def test_recipients_side_by_side_with_the_signature_and_in_one_line():
    assert _json("01")["recipients"][3] == {"text": "UBND các huyện, thành phố", "purpose": "để thực hiện"}
    assert _json("09")["recipients"] == [
        {"text": "Thường trực Tỉnh ủy", "purpose": "để báo cáo"},
        {"text": "Các huyện ủy", "purpose": None},
        {"text": "Lưu: VP", "purpose": None},
    ]


def test_a_recipient_goes_on_in_the_left_column_beside_the_signature():
    assert _json("24")["recipients"][1] == {"text": "Các sở, ngành, UBND cấp xã", "purpose": "để thực hiện"}


def test_a_body_that_something_is_done_to_keeps_its_whole_name():
    assert _read("23").responsibilities[1].body == "các cơ quan được kiểm tra"
    assert _read("25").responsibilities[0].body == (
        "Các ông (bà) Trưởng phòng Quản lý chất lượng, Trưởng các khoa, phòng"
    )
