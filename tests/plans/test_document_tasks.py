"""Items that say who does them or when are tasks under any heading; the documents are composed (data/README.md)."""

from __future__ import annotations

from pathlib import Path

import pytest

from plans.document import read_document

DATA = Path(__file__).parent / "data"


def _read(prefix: str):
    (path,) = DATA.glob(f"composed-{prefix}-*.txt")
    return read_document(path.read_text(encoding="utf-8"))


def _told(task):
    period = (task.period.text, str(task.period.start or ""), str(task.period.end or ""))
    return task.number, task.title, [(who.role, who.text) for who in task.performers], period, task.quantity


@pytest.mark.parametrize(
    ("prefix", "tasks"),
    [
        (
            "16",
            [
                (
                    "1",
                    "Rà soát tài liệu hệ thống.",
                    [("lead", "Sở Khoa học và Công nghệ"), ("support", "Văn phòng UBND tỉnh")],
                    ("Quý II/2025", "2025-04-01", "2025-06-30"),
                    None,
                ),
                (
                    "2",
                    "Kiểm tra thực tế tại các cơ quan, đơn vị (02 cuộc).",
                    [("lead", "Tổ chuyên môn giúp việc")],
                    ("Tháng 8 - 10/2025", "2025-08-01", "2025-10-31"),
                    "02 cuộc",
                ),
            ],
        ),
        (
            "17",
            [
                (
                    "1",
                    "Tuyên truyền, phổ biến về Hệ thống quản lý chất lượng",
                    [
                        ("lead", "Báo và Đài Phát thanh - Truyền hình tỉnh"),
                        ("support", "Sở Khoa học và Công nghệ"),
                        ("support", "Sở Nội vụ"),
                    ],
                    ("Từ tháng 3 đến tháng 11 năm 2025", "2025-03-01", "2025-11-30"),
                    "04 phóng sự",
                ),
                (
                    "2",
                    "Đào tạo chuyên gia đánh giá nội bộ (03 lớp)",
                    [("lead", "Sở Khoa học và Công nghệ")],
                    ("Quý III năm 2025", "2025-07-01", "2025-09-30"),
                    "03 lớp",
                ),
            ],
        ),
        (
            "18",
            [
                (
                    "1",
                    "Cập nhật văn bản, tài liệu.",
                    [("lead", "Văn phòng Sở"), ("support", "các phòng chuyên môn")],
                    ("Tháng 02/2025", "2025-02-01", "2025-02-28"),
                    None,
                ),
                (
                    "2",
                    "Đánh giá nội bộ (01 đợt).",
                    [("lead", "Ban ISO"), ("support", "Thanh tra Sở")],
                    ("trước ngày 30/9/2025", "", "2025-09-30"),
                    "01 đợt",
                ),
                (
                    "3",
                    "Họp xem xét của lãnh đạo.",
                    [("lead", "Văn phòng Sở")],
                    ("Tháng 11/2025", "2025-11-01", "2025-11-30"),
                    None,
                ),
            ],
        ),
        (
            "21",
            [
                (
                    "3.1",
                    "Công bố lại hệ thống",
                    [("execute", "Văn phòng HĐND và UBND xã")],
                    ("15/6/2025", "", "2025-06-15"),
                    None,
                ),
                (
                    "3.2",
                    "Đánh giá nội bộ 02 đợt trong năm",
                    [("execute", "Tổ ISO xã"), ("execute", "các phòng chuyên môn")],
                    ("30/11/2025", "", "2025-11-30"),
                    "02 đợt",
                ),
            ],
        ),
        (
            "22",
            [
                (
                    "a",
                    "Khảo sát, thống kê quy trình",
                    [("lead", "Văn phòng Sở")],
                    ("Tháng 4/2024", "2024-04-01", "2024-04-30"),
                    None,
                ),
                (
                    "b",
                    "Thuê phần mềm ISO điện tử",
                    [("lead", "Văn phòng Sở"), ("support", "Phòng Cải cách hành chính")],
                    ("Quý III/2024", "2024-07-01", "2024-09-30"),
                    None,
                ),
            ],
        ),
    ],
)
def test_tasks_under_unusual_headings(prefix, tasks):
    assert [_told(task) for task in _read(prefix).tasks] == tasks


_HEADINGS = [
    "II. CÁC HOẠT ĐỘNG CHÍNH",
    "B. NỘI DUNG CÔNG VIỆC",
    "II. GIẢI PHÁP THỰC HIỆN",
    "III. NHIỆM VỤ, GIẢI PHÁP CHỦ YẾU",
    "II. PHẠM VI, ĐỐI TƯỢNG",
    "II. NHỮNG VIỆC CẦN LÀM",
    "II. TIẾN ĐỘ",
    "Điều 1. Ban hành Kế hoạch năm 2025, gồm:",
    "Điều 1. Phê duyệt Kế hoạch năm 2025 với các nội dung sau:",
]


@pytest.mark.parametrize("heading", _HEADINGS)
@pytest.mark.parametrize(
    "items",
    [
        "1. Rà soát tài liệu\nChủ trì: Sở Nội vụ\nThời gian thực hiện: Quý II/2025\n"
        "2. Đánh giá nội bộ\nChủ trì: Sở Y tế\nThời gian thực hiện: Quý III/2025\n",
        "1. Rà soát tài liệu. Chủ trì: Sở Nội vụ. Thời gian: Quý II/2025.\n"
        "2. Đánh giá nội bộ. Chủ trì: Sở Y tế. Thời gian: Quý III/2025.\n",
        "1. Rà soát tài liệu\n- Cơ quan chủ trì: Sở Nội vụ;\n- Thời hạn: Quý II/2025.\n"
        "2. Đánh giá nội bộ\n- Cơ quan chủ trì: Sở Y tế;\n- Thời hạn: Quý III/2025.\n",
    ],
)
def test_any_heading_over_items_with_performers(heading, items):
    document = read_document(f"Số: 5/KH-UBND\nKẾ HOẠCH\nÁp dụng ISO 9001 năm 2025\n\n{heading}\n{items}")

    assert [(task.number, task.title.rstrip("."), task.performers[0].text) for task in document.tasks] == [
        ("1", "Rà soát tài liệu", "Sở Nội vụ"),
        ("2", "Đánh giá nội bộ", "Sở Y tế"),
    ]
    assert [str(task.period.start) for task in document.tasks] == ["2025-04-01", "2025-07-01"]
    assert document.unrecognised == ()


def test_scope_is_kept_as_text_beside_the_tasks():
    assert [text.text for text in _read("21").scope] == [
        "Trung tâm Phục vụ hành chính công và các phòng chuyên môn của xã."
    ]
    assert [text.text for text in _read("17").scope] == [
        "toàn bộ hoạt động liên quan đến thực hiện thủ tục hành chính.",
        "các sở, ban, ngành; UBND các xã, phường, đặc khu.",
    ]


def test_duties_with_a_deadline_stay_duties():
    document = read_document(
        "KẾ HOẠCH\nÁp dụng ISO 9001 năm 2025\n\nI. TỔ CHỨC THỰC HIỆN\n1. Sở Nội vụ\n"
        "- Tổng hợp báo cáo. Thời gian: trước ngày 15/12/2025.\n"
    )

    assert document.tasks == ()
    assert [responsibility.body for responsibility in document.responsibilities] == ["Sở Nội vụ"]


def test_who_executes_a_decision_may_stand_after_what_it_enacts():
    attached, approving = _read("19"), _read("22")

    assert [text.text for text in attached.provisions][-1] == "Quyết định này có hiệu lực kể từ ngày ký ban hành."
    assert attached.responsibilities[1].body == (
        "Chánh Văn phòng UBND tỉnh; Giám đốc các Sở: Khoa học và Công nghệ, Tài chính; Chủ tịch UBND các huyện, "
        "thành phố, thị xã"
    )
    assert approving.provisions[-1].text == "Quyết định này có hiệu lực từ ngày ký."
    assert approving.responsibilities[-1].body == "Chánh Văn phòng Sở và Trưởng các phòng"


def test_thousands_with_a_fraction_in_a_money_column():
    assert [task.cost for task in _read("19").tasks] == [60_000_000, 240_000_000, 1_200_500_000]


def test_an_article_that_lists_tasks_without_performers_and_a_department_that_is_no_course():
    assert [_told(task) for task in _read("25").tasks] == [
        ("1", "Lập chương trình đánh giá", [], (None, "", ""), None),
        ("2", "Đánh giá tại 15 khoa, phòng", [], (None, "", ""), None),
        ("3", "Báo cáo kết quả khắc phục", [], (None, "", ""), None),
    ]
