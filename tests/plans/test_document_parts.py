"""Small pieces of a document in the spellings typists use."""

from __future__ import annotations

import pytest

from plans.document import read_document, to_json
from plans.document.attributes import split_attributes
from plans.document.decoding import IsBinary, IsEmpty, IsNotUnicode, IsTooLarge, decode
from plans.document.funding import cell_amount, figures, read_funding
from plans.document.model import Text
from plans.document.performers import read_performers


@pytest.mark.parametrize(
    ("text", "amounts"),
    [
        ("84.000.000 đồng", [84_000_000]),
        ("84,000,000 VNĐ", [84_000_000]),
        ("84 000 000 đồng", [84_000_000]),
        ("84 triệu đồng", [84_000_000]),
        ("1,5 tỷ đồng", [1_500_000_000]),
        ("1.250 triệu đồng", [1_250_000_000]),
        ("2 tỷ 350 triệu đồng", [2_350_000_000]),
        ("1,25 tỉ đồng", [1_250_000_000]),
        ("500 nghìn đồng", [500_000]),
        ("20.000.000đ", [20_000_000]),
        ("Quyết định số 29/QĐ-KHCN năm 2024 cho 10 đơn vị", []),
        ("đợt 1: 30.000.000 đồng, đợt 2: 54.000.000 đồng", [30_000_000, 54_000_000]),
    ],
)
def test_figures_in_whole_dong(text, amounts):
    assert [figure.amount for figure in figures(text)] == amounts


@pytest.mark.parametrize(
    ("cell", "header", "amount"),
    [
        ("25,5", "Kinh phí (triệu đồng)", 25_500_000),
        ("5.000.000", "Kinh phí (đồng)", 5_000_000),
        ("120", "Kinh phí (triệu đồng)", 120_000_000),
        ("Không", "Kinh phí", None),
        ("Theo dự toán", "Kinh phí (triệu đồng)", None),
    ],
)
def test_cells_of_a_money_column(cell, header, amount):
    assert cell_amount(cell, header) == amount


@pytest.mark.parametrize(
    ("words", "amount"),
    [
        ("Kinh phí: 84.000.000 đồng, trong đó: tập huấn 50.000.000 đồng; kiểm tra 34.000.000 đồng", 84_000_000),
        ("Tập huấn 50 triệu đồng, kiểm tra 34 triệu đồng. Tổng cộng: 84 triệu đồng", 84_000_000),
        ("Tập huấn 50 triệu đồng, kiểm tra 34 triệu đồng", None),
        ("Theo quy định hiện hành", None),
    ],
)
def test_the_total_is_named_or_adds_up_or_is_unknown(words, amount):
    assert read_funding((Text(words, (1,)),), None).amount == amount


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        (
            "- Ban Chỉ đạo ISO tỉnh - Sở KH&CN - Tổ chuyên môn giúp việc",
            ["Ban Chỉ đạo ISO tỉnh", "Sở KH&CN", "Tổ chuyên môn giúp việc"],
        ),
        ("- Sở Lao động - Thương binh và Xã hội - Sở Nội vụ", ["Sở Lao động - Thương binh và Xã hội", "Sở Nội vụ"]),
        ("Sở Khoa học và Công nghệ - Cơ quan thường trực", ["Sở Khoa học và Công nghệ - Cơ quan thường trực"]),
        ("Phòng Tài chính - Kế hoạch", ["Phòng Tài chính - Kế hoạch"]),
        ("Sở KH&CN, Sở Nội vụ, UBND các huyện, thành phố", ["Sở KH&CN", "Sở Nội vụ", "UBND các huyện, thành phố"]),
        ("Sở Tài chính; Sở Nội vụ; và các đơn vị liên quan.", ["Sở Tài chính", "Sở Nội vụ", "các đơn vị liên quan"]),
        ("Sở Văn hóa, Thể thao và Du lịch", ["Sở Văn hóa, Thể thao và Du lịch"]),
        ("Văn phòng HĐND và UBND huyện", ["Văn phòng HĐND và UBND huyện"]),
        ("Sở Nông nghiệp và Môi trường", ["Sở Nông nghiệp và Môi trường"]),
        ("+ Báo cáo viên\n+ Chuyên gia\ntư vấn", ["Báo cáo viên", "Chuyên gia tư vấn"]),
        ("Sở KH&CN\nSở Nội vụ", ["Sở KH&CN", "Sở Nội vụ"]),
        ("-", []),
        ("", []),
    ],
)  # fmt: skip
def test_names_of_performers(cell, names):
    assert [performer.text for performer in read_performers(cell, "execute")] == names


def test_roles_named_inside_a_cell():
    performers = read_performers("Chủ trì: Sở KH&CN; Phối hợp: Sở Nội vụ, UBND các xã", "execute")

    assert [(performer.text, performer.role) for performer in performers] == [
        ("Sở KH&CN", "lead"),
        ("Sở Nội vụ", "support"),
        ("UBND các xã", "support"),
    ]


def test_attributes_after_the_title():
    title, attributes = split_attributes("Viết sổ tay. Chủ trì: Sở KH&CN; thời gian: Quý I/2024.")

    assert title == "Viết sổ tay."
    assert [kind for kind, _value in attributes] == ["lead", "period"]


@pytest.mark.parametrize(
    ("line", "number", "symbol"),
    [
        ("Số: 231 /KH-UBND", "231", "KH-UBND"),
        ("Số 15/KH-BCĐ", "15", "KH-BCĐ"),
        ("Số:15/KH-BCĐ", "15", "KH-BCĐ"),
        ("SỐ: 05/KH - UBND", "05", "KH-UBND"),
        ("Số:……/KH-UBND", None, "KH-UBND"),
        ("Số: ..... /QĐ-UBND", None, "QĐ-UBND"),
        ("Số:      /KH-BCĐ", None, "KH-BCĐ"),
        ("Số: 12/2024/QĐ-UBND", "12", "2024/QĐ-UBND"),
        ("Số 03-KH/TU", "03", "KH/TU"),
    ],
)
def test_number_and_symbol(line, number, symbol):
    document = read_document(f"{line}\n\nKẾ HOẠCH\nÁp dụng ISO 9001")

    assert (document.number, document.symbol, document.title) == (number, symbol, "Áp dụng ISO 9001")


@pytest.mark.parametrize(
    ("line", "place", "date"),
    [
        ("Sơn Hà, ngày 16 tháng 6 năm 2023", "Sơn Hà", (2023, 6, 16)),
        ("Sơn Hà, ngày … tháng … năm 2024", "Sơn Hà", (2024, None, None)),
        ("Sơn Hà, ngày.....tháng.....năm 2024", "Sơn Hà", (2024, None, None)),
        ("Sơn Hà, ngày tháng 02 năm 2024", "Sơn Hà", (2024, 2, None)),
        ("SƠN HÀ, NGÀY 5 THÁNG 3 NĂM 2024", "SƠN HÀ", (2024, 3, 5)),
        ("Sơn Hà ngày 5/3/2024", "Sơn Hà", (2024, 3, 5)),
        ("Sơn Hà, ngày    tháng    năm", "Sơn Hà", (None, None, None)),
        ("Sơn Hà, ngày 45 tháng 13 năm 0000", "Sơn Hà", (None, None, None)),
        ("TP. Sơn Hà, ngày 01 tháng 12 năm 2024", "TP. Sơn Hà", (2024, 12, 1)),
    ],
)
def test_place_and_date_with_blanks(line, place, date):
    document = read_document(f"{line}\n\nKẾ HOẠCH\nÁp dụng ISO 9001")

    assert document.place == place
    assert (document.issue_date.year, document.issue_date.month, document.issue_date.day) == date


@pytest.mark.parametrize(
    "heading",
    [
        "I. KINH PHÍ",
        "I/ KINH PHÍ",
        "I- KINH PHÍ",
        "A. Kinh phí",
        "1. Kinh phí",
        "Phần I. KINH PHÍ",
        "KINH PHÍ THỰC HIỆN",
    ],
)
def test_headings_in_many_styles(heading):
    document = read_document(f"KẾ HOẠCH\nÁp dụng ISO 9001\n\n{heading}\n\nNgân sách tỉnh cấp 84 triệu đồng.")

    assert document.funding.amount == 84_000_000


@pytest.mark.parametrize("bullet", ["-", "–", "+", "•", "*", "1.", "1/", "1)", "a)", "a.", "\uf0b7"])
def test_lists_in_many_styles(bullet):
    document = read_document(f"KẾ HOẠCH\nÁp dụng ISO\n\nI. NHIỆM VỤ\n\n{bullet} Khảo sát.\n\n{bullet} Đào tạo.")

    assert [task.title for task in document.tasks] == ["Khảo sát.", "Đào tạo."]


@pytest.mark.parametrize("opening", ["Căn cứ", "Thực hiện", "Triển khai", "Theo đề nghị của", "Xét đề nghị của"])
def test_legal_bases_by_their_first_words(opening):
    text = f"KẾ HOẠCH\nÁp dụng ISO 9001\n\n{opening} Sở A tại Tờ trình số 1;\nCăn cứ Luật B;\n\nI. MỤC ĐÍCH\nTốt hơn."

    assert to_json(read_document(text))["legal_bases"] == [f"{opening} Sở A tại Tờ trình số 1;", "Căn cứ Luật B;"]


@pytest.mark.parametrize(
    ("line", "text", "purpose"),
    [
        ("- Bộ KH&CN (để b/c);", "Bộ KH&CN", "để b/c"),
        ("- Sở Nội vụ (t/h);", "Sở Nội vụ", "t/h"),
        ("- Các sở (để phối hợp);", "Các sở", "để phối hợp"),
        ("- Văn phòng (phòng 12);", "Văn phòng (phòng 12)", None),
        ("- Lưu: VT, TĐC.", "Lưu: VT, TĐC", None),
        ("* Như Điều 3;", "Như Điều 3", None),
        ("Như trên;", "Như trên", None),
    ],
)
def test_recipients(line, text, purpose):
    document = read_document(f"KẾ HOẠCH\nÁp dụng ISO\n\nI. NHIỆM VỤ\n\n1. Khảo sát.\n\nNơi nhận\n{line}")

    assert [(recipient.text, recipient.purpose) for recipient in document.recipients] == [(text, purpose)]


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", IsEmpty),
        (b" \n\t", IsEmpty),
        (b"\xef\xbb\xbf", IsEmpty),
        (b"PK\x03\x04rest", IsBinary),
        (b"%PDF-1.7", IsBinary),
        (b"a\0b", IsBinary),
        (b"\xd0\xcf\x11\xe0", IsBinary),
        ("Kê hoach".encode("latin-1"), IsNotUnicode),
        (b"a" * 5_000_001, IsTooLarge),
    ],
)
def test_bytes_that_are_no_text(data, error):
    with pytest.raises(error):
        decode(data)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_that_are_read(encoding):
    assert decode("Kế hoạch".encode(encoding)) == "Kế hoạch"
