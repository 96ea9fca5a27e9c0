"""The two plans that came with the portal, field by field."""

from __future__ import annotations

from pathlib import Path

import pytest

from plans.document import read_document, to_json

DATA = Path(__file__).parents[2] / "plans" / "data"

HUE = {
    "number": "231",
    "symbol": "KH-UBND",
    "kind": "KẾ HOẠCH",
    "place": "Thừa Thiên Huế",
    "issue_date": {
        "year": 2023,
        "month": 6,
        "day": 16,
    },
    "issuer": "Ủy ban nhân dân tỉnh Thừa Thiên Huế",
    "title": (
        "Áp dụng thí điểm Tiêu chuẩn quốc gia TCVN ISO 18091:2020 đối với Ủy ban nhân dân các huyện, thị xã và "
        "thành phố Huế trên địa bàn tỉnh Thừa Thiên Huế năm 2023"
    ),
    "standards": [
        "TCVN ISO 18091:2020",
    ],
    "legal_bases": [
        (
            "Căn cứ Quyết định số 2667/QĐ-BKHCN ngày 28 tháng 12 năm 2022 của Bộ Khoa học và Công nghệ phê "
            "duyệt phương hướng, mục tiêu, nhiệm vụ khoa học công nghệ và đổi mới sáng tạo đến năm 2025;"
        ),
        (
            "Căn cứ Công văn số 1221/BKHCN-TĐC ngày 04 tháng 5 năm 2023 của Bộ Khoa học và Công nghệ về việc "
            "triển khai áp dụng thí điểm tiêu chuẩn TCVN ISO 18091 tại Thừa Thiên Huế;"
        ),
        (
            "Triển khai Chương trình số 3328/CTPH-BKHCN-TTH ngày 22 tháng 11 năm 2021 về Chương trình phối hợp "
            "hoạt động khoa học và công nghệ giữa Tỉnh Thừa Thiên Huế và Bộ Khoa học và Công nghệ giai đoạn "
            "2021-2025, định hướng đến năm 2030, Ủy ban nhân dân (UBND) tỉnh xây dựng và ban hành Kế hoạch áp "
            "dụng thí điểm Tiêu chuẩn quốc gia TCVN ISO 18091:2020 đối với Ủy ban nhân dân các huyện, thị xã "
            "và thành phố trên địa bàn tỉnh Thừa Thiên Huế năm 2023, cụ thể như sau:"
        ),
    ],
    "purposes": [
        (
            "Triển khai áp dụng Tiêu chuẩn quốc gia TCVN ISO 18091:2020 (viết tắt là TCVN ISO 18091:2020) vào "
            "hoạt động tại một số UBND các huyện, thị xã và thành phố trên địa bàn tỉnh Thừa Thiên Huế nhằm "
            "mục đích cung cấp các sản phẩm, dịch vụ công có chất lượng cao cho công dân, hướng tới xây dựng "
            "chính quyền địa phương tin cậy, minh bạch có trách nhiệm và hướng tới các mục tiêu về phát triển "
            "bền vững."
        ),
        (
            "Kết quả áp dụng thí điểm TCVN ISO 18091:2020 vào hoạt động tại một số UBND cấp huyện trên địa bàn "
            "tỉnh làm cơ sở, nền tảng để đáp ứng triển khai trên phạm vi cả nước nói chung và trên địa bàn "
            "tỉnh Thừa Thiên Huế nói riêng."
        ),
    ],
    "requirements": [
        "Việc áp dụng thí điểm TCVN ISO 18091:2020 được triển khai tại 02 UBND cấp huyện.",
        (
            "UBND huyện, thị xã được thí điểm có trách nhiệm chủ động phối hợp với Sở Khoa học và Công nghệ, "
            "Tổng cục Tiêu Chuẩn Đo lường Chất lượng để triển khai thực hiện có hiệu quả việc áp dụng thí điểm "
            "TCVN ISO 18091:2020 tại địa phương."
        ),
    ],
    "tasks": [
        {
            "number": "1",
            "title": (
                "Khảo sát, chọn đơn vị tham gia thí điểm; Khảo sát đánh giá thực trạng để áp dụng HTQLCL tổng "
                "thể theo Tiêu chuẩn quốc gia TCVN ISO 18091:2020 tại các đơn vị áp dụng thí điểm."
            ),
            "performers": [],
            "period": {
                "text": None,
                "start": None,
                "end": None,
            },
            "quantity": None,
        },
        {
            "number": "2",
            "title": (
                "Đào tạo kiến thức cơ bản về HTQLCL tổng thể áp dụng theo Tiêu chuẩn TCVN ISO 18091:2020 tại "
                "các đơn vị áp dụng thí điểm."
            ),
            "performers": [],
            "period": {
                "text": None,
                "start": None,
                "end": None,
            },
            "quantity": None,
        },
        {
            "number": "3",
            "title": (
                "Triển khai hướng dẫn xây dựng và áp dụng HTQLCL tổng thể theo TCVN ISO 18091:2020 tại các đơn "
                "vị áp dụng thí điểm."
            ),
            "performers": [],
            "period": {
                "text": None,
                "start": None,
                "end": None,
            },
            "quantity": None,
        },
        {
            "number": "4",
            "title": (
                "Hướng dẫn triển khai thực hiện kế hoạch hành động xây dựng và áp dụng Hệ thống quản lý chất "
                "lượng tổng thể theo TCVN ISO 18091:2020 tại các đơn vị áp dụng thí điểm."
            ),
            "performers": [],
            "period": {
                "text": None,
                "start": None,
                "end": None,
            },
            "quantity": None,
        },
        {
            "number": "5",
            "title": (
                "Hội nghị đánh giá tình hình triển khai áp dụng TCVN ISO 18091:2020 tại các đơn vị áp dụng thí điểm."
            ),
            "performers": [],
            "period": {
                "text": None,
                "start": None,
                "end": None,
            },
            "quantity": None,
        },
        {
            "number": "6",
            "title": "Hội nghị tổng kết, đánh giá kết quả thực hiện thí điểm và báo cáo UBND tỉnh.",
            "performers": [],
            "period": {
                "text": None,
                "start": None,
                "end": None,
            },
            "quantity": None,
        },
    ],
    "funding": {
        "text": (
            "1. Nguồn kinh phí: Từ nguồn kinh phí cấp cho Sở Khoa học và Công nghệ trong kế hoạch năm 2023.\n"
            "2. Định mức: Nội dung chi và việc sử dụng kinh phí thực hiện theo quy định hiện hành."
        ),
        "amount": None,
        "source": "Từ nguồn kinh phí cấp cho Sở Khoa học và Công nghệ trong kế hoạch năm 2023",
    },
    "responsibilities": [
        {
            "body": "Ban chỉ đạo 19 tỉnh",
            "duties": [
                (
                    "Chỉ đạo, theo dõi, đôn đốc, kiểm tra, đánh giá báo cáo UBND tỉnh tình hình thực hiện Kế "
                    "hoạch đảm bảo đúng tiến độ và chất lượng."
                ),
            ],
        },
        {
            "body": "Sở Khoa học và Công nghệ",
            "duties": [
                (
                    "Làm đầu mối triển khai, hướng dẫn, theo dõi, đôn đốc, tham mưu báo cáo BCĐ 19 báo cáo "
                    "UBND tỉnh trong việc triển khai thực hiện Kế hoạch này."
                ),
                (
                    "Chủ trì phối hợp với Tổng cục Tiêu chuẩn Đo Lường Chất lượng hướng dẫn UBND các huyện thí "
                    "điểm xây dựng và triển khai kế hoạch cụ thể thí điểm áp dụng TCVN ISO 18091:2020 tại đơn "
                    "vị đảm bảo chất lượng và tiến độ."
                ),
            ],
        },
        {
            "body": "Sở Tài chính",
            "duties": [
                (
                    "Trên cơ sở dự toán của đơn vị và khả năng cân đối ngân sách, tham mưu UBND tỉnh cân đối "
                    "kinh phí cho các đơn vị để triển khai thực hiện Kế hoạch."
                ),
                (
                    "Hướng dẫn các cơ quan, đơn vị trong việc sử dụng, thanh quyết toán kinh phí ngân sách "
                    "theo quy định."
                ),
            ],
        },
        {
            "body": "UBND các huyện triển khai thí điểm",
            "duties": [
                (
                    "Xây dựng ban hành và triển khai kế hoạch cụ thể thí điểm áp dụng TCVN ISO 18091:2020 tại "
                    "địa phương theo hướng dẫn của Ban chỉ đạo 19, Sở Khoa học và Công nghệ, Tổng cục Tiêu "
                    "chuẩn Đo Lường Chất lượng. Bố trí cán bộ lãnh đạo và giao nhiệm vụ cho các phòng, ban, bộ "
                    "phận, đơn vị liên quan thuộc cấp mình quản lý chủ động phối hợp với Sở Khoa học và Công "
                    "nghệ, Tổng cục Tiêu chuẩn Đo Lường Chất lượng và các sở, ngành, đơn vị có liên quan triển "
                    "khai thực hiện đảm bảo chất lượng và tiến độ."
                ),
            ],
        },
        {
            "body": "các sở, ngành, đơn vị có liên quan",
            "duties": [
                (
                    "Các sở, ngành, đơn vị có liên quan trong phạm vi chức năng nhiệm vụ được giao có trách "
                    "nhiệm phối hợp với Ban chỉ đạo 19, Sở Khoa học và Công nghệ, Tổng cục Tiêu chuẩn Đo Lường "
                    "Chất lượng và đơn vị thí điểm triển khai Kế hoạch đảm bảo chất lượng và tiến độ."
                ),
            ],
        },
    ],
    "recipients": [
        {
            "text": "Bộ KH&CN",
            "purpose": "để b/c",
        },
        {
            "text": "Chủ tịch, các PCT UBND tỉnh",
            "purpose": None,
        },
        {
            "text": "Tổng cục TCDLCL",
            "purpose": "để phối hợp",
        },
        {
            "text": "Các Sở, ban, ngành",
            "purpose": None,
        },
        {
            "text": "UBND các huyện, thị xã, thành phố liên quan",
            "purpose": None,
        },
        {
            "text": "VP: CVP, các PCVP",
            "purpose": None,
        },
        {
            "text": "Lưu VT, CN",
            "purpose": None,
        },
    ],
    "signature": {
        "lines": [
            "TM. ỦY BAN NHÂN DÂN",
            "KT. CHỦ TỊCH",
            "PHÓ CHỦ TỊCH",
        ],
        "name": "Nguyễn Thanh Bình",
    },
    "unrecognised": [],
}

BAC_GIANG = {
    "number": None,
    "symbol": "KH-BCĐ",
    "kind": "KẾ HOẠCH",
    "place": "Bắc Giang",
    "issue_date": {
        "year": 2024,
        "month": 2,
        "day": None,
    },
    "issuer": "Ban Chỉ đạo ISO tỉnh",
    "title": "Hoạt động của Ban Chỉ đạo ISO tỉnh năm 2024",
    "standards": [
        "TCVN ISO 9001",
    ],
    "legal_bases": [
        (
            "Căn cứ Kế hoạch số 278/KH-UBND ngày 13/12/2017 của UBND tỉnh Bắc Giang về việc xây dựng và áp "
            "dụng Hệ thống quản lý chất lượng theo Tiêu chuẩn quốc gia TCVN ISO 9001 vào hoạt động của các cơ "
            "quan thuộc hệ thống hành chính nhà nước tỉnh Bắc Giang giai đoạn 2018-2020;"
        ),
        (
            "Căn cứ Kế hoạch số 218/KH-UBND ngày 02/11/2018 của UBND tỉnh về việc Xây dựng, chuyển đổi Hệ "
            "thống quản lý chất lượng lên phiên bản Tiêu chuẩn Quốc gia TCVN ISO 9001:2015 của các sở, ngành, "
            "cơ quan; Xây dựng, áp dụng tiêu chuẩn quốc gia TCVN ISO 9001:2015 vào hoạt động tại các UBND cấp "
            "xã trên địa bàn tỉnh Bắc Giang;"
        ),
        (
            "Căn cứ Quyết định số 29/QĐ-KHCN, ngày 22/01/2024 của Giám đốc Sở Khoa học và Công nghệ về việc "
            "giao dự toán thu, chi ngân sách nhà nước năm 2024 cho các đơn vị thuộc Sở Khoa học và Công nghệ "
            "Bắc Giang;"
        ),
    ],
    "purposes": [
        (
            "Triển khai hoạt động của Ban Chỉ đạo ISO tỉnh đối với công tác xây dựng, áp dụng, duy trì và cải "
            "tiến Hệ thống quản lý chất lượng theo Tiêu chuẩn Quốc gia TCVN ISO 9001 (HTQLCL) trong các cơ "
            "quan nhà nước tỉnh Bắc Giang đạt hiệu quả, góp phần đẩy mạnh công tác cải cách hành chính."
        ),
    ],
    "requirements": [],
    "tasks": [
        {
            "number": "1",
            "title": (
                "Đôn đốc việc xây dựng, áp dụng, duy trì và cải tiến HTQLCL của các cơ quan hành chính nhà "
                "nước trên địa bàn tỉnh Bắc Giang."
            ),
            "performers": [
                "Ban Chỉ đạo ISO tỉnh",
                "Sở KH&CN",
                "Tổ chuyên môn giúp việc",
            ],
            "period": {
                "text": "Từ tháng 01 - 12/ 2024",
                "start": "2024-01-01",
                "end": "2024-12-31",
            },
            "quantity": None,
        },
        {
            "number": "2",
            "title": "Học tập kinh nghiệm áp dụng ISO 18091 tại TP Hải Phòng",
            "performers": [
                "Ban Chỉ đạo ISO tỉnh",
                "Sở KH&CN",
            ],
            "period": {
                "text": "Tháng 02-6/2024",
                "start": "2024-02-01",
                "end": "2024-06-30",
            },
            "quantity": None,
        },
        {
            "number": "3",
            "title": (
                "Đào tạo, tập huấn công tác đánh giá, chấm điểm trên phần mềm cho các cơ quan cấp tỉnh, UBND "
                "các huyện, thành phố"
            ),
            "performers": [
                "Chi cục TCDLCL",
                "Báo cáo viên",
                "Các cơ quan hành chính",
            ],
            "period": {
                "text": "Tháng 10/2024",
                "start": "2024-10-01",
                "end": "2024-10-31",
            },
            "quantity": "01 hội nghị",
        },
        {
            "number": "4",
            "title": "Đào tạo, tập huấn chấm điểm cho cấp xã của 10 huyện, thành phố",
            "performers": [
                "Chi cục TCDLCL",
                "Báo cáo viên",
                "UBND cấp xã trên địa bàn tỉnh",
            ],
            "period": {
                "text": "Tháng 10/2024",
                "start": "2024-10-01",
                "end": "2024-10-31",
            },
            "quantity": "02 hội nghị",
        },
        {
            "number": "5",
            "title": "Kiểm tra, đánh giá chấm điểm HTQLCL của các cơ quan.",
            "performers": [
                "Ban Chỉ đạo ISO tỉnh",
                "Tổ chuyên môn giúp việc",
            ],
            "period": {
                "text": "Tháng 10-12/2024",
                "start": "2024-10-01",
                "end": "2024-12-31",
            },
            "quantity": None,
        },
    ],
    "funding": {
        "text": (
            "Kinh phí thực hiện Kế hoạch từ nguồn ngân sách tỉnh đã cấp cho Ban Chỉ đạo ISO tỉnh năm 2024 là: "
            "84.000.000 đồng (có dự toán chi tiết kèm theo)"
        ),
        "amount": 84000000,
        "source": "nguồn ngân sách tỉnh đã cấp cho Ban Chỉ đạo ISO tỉnh năm 2024",
    },
    "responsibilities": [
        {
            "body": "Chi cục Tiêu chuẩn Đo lường Chất lượng",
            "duties": [
                (
                    "Giao Chi cục Tiêu chuẩn Đo lường Chất lượng tham mưu Ban Chỉ đạo ISO tỉnh, Sở Khoa học và "
                    "Công nghệ và phối hợp với các cơ quan, đơn vị liên quan tổ chức thực hiện kế hoạch đảm "
                    "bảo nội dung, tiến độ./."
                ),
            ],
        },
    ],
    "recipients": [
        {
            "text": "Đ/c Mai Sơn - PCT TT UBND tỉnh, Trưởng BCD ISO tỉnh",
            "purpose": "b/c",
        },
        {
            "text": "Các thành viên BCD",
            "purpose": "t/h",
        },
        {
            "text": "Tổ tham mưu giúp việc",
            "purpose": "t/h",
        },
        {
            "text": "dungtv@bacgiang.gov.vn",
            "purpose": None,
        },
        {
            "text": "Lưu: VT, TĐC",
            "purpose": None,
        },
    ],
    "signature": {
        "lines": [
            "TM. BAN CHỈ ĐẠO",
            "KT. TRƯỞNG BAN",
            "PHÓ TRƯỞNG BAN",
            "GIÁM ĐỐC SỞ KHOA HỌC VÀ CÔNG NGHỆ",
        ],
        "name": "Nguyễn Thanh Bình",
    },
    "unrecognised": [],
}


def _read(name: str):
    return read_document((DATA / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("name", "expected"), [("kh-231-thua-thien-hue-2023.txt", HUE), ("kh-bcd-bac-giang-2024.txt", BAC_GIANG)]
)
@pytest.mark.parametrize("field", list(HUE))
def test_each_field_of_the_seed_is_read(name, expected, field):
    assert to_json(_read(name))[field] == expected[field]


def test_json_has_exactly_the_agreed_fields_in_order():
    assert list(to_json(read_document(""))) == list(HUE)


def test_what_printing_needs_is_kept_beside_the_json():
    hue, bac_giang = _read("kh-231-thua-thien-hue-2023.txt"), _read("kh-bcd-bac-giang-2024.txt")

    assert hue.closing[0].text.startswith("Trong quá trình triển khai thực hiện")
    assert hue.annex_notes[0].text == "(Phụ lục nội dung, kinh phí và tiến độ thực hiện kèm theo)"
    assert hue.funding.norm == "Nội dung chi và việc sử dụng kinh phí thực hiện theo quy định hiện hành"
    assert hue.recipients[-1].is_filing
    assert hue.requirements[1].source == (29, 31)
    assert hue.responsibilities[4].heading == "Trách nhiệm của các sở, ngành, đơn vị có liên quan"
    assert bac_giang.signature.office == "GIÁM ĐỐC SỞ KHOA HỌC VÀ CÔNG NGHỆ"
    assert [len(content.source) for content in bac_giang.contents] == [1, 1, 1, 1]
    assert bac_giang.preamble[0].text.endswith("cụ thể như sau:")
    assert "ISO 18091" in bac_giang.cited_standards


@pytest.mark.parametrize("name", ["kh-231-thua-thien-hue-2023.txt", "kh-bcd-bac-giang-2024.txt"])
def test_sections_hold_the_body_word_for_word(name):
    document = _read(name)
    start, stop = document.sections[0].source[0], document.recipients_heading.source[0]
    closing = {number for clause in document.closing for number in clause.source}
    body = [line.text for line in document.lines if start <= line.number < stop and line.number not in closing]

    printed = [
        words
        for section in document.sections
        for words in (
            section.label,
            section.title,
            *(part for item in section.items for part in (item.label, item.text)),
        )
    ]

    assert "".join(printed).replace(" ", "") == "".join(body).replace(" ", "")
