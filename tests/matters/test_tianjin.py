"""The declarations of Tianjin: its units, its words for many of them, the rows of its plan."""

from jinzhi.kernel.declare import collect
from jinzhi.kernel.organisation import NameBook, OrgUnit, UnitGroup
from jinzhi.kernel.plan import PlanRow

CITY = collect(["jinzhi.matters.tianjin"])
BOOK = NameBook.from_catalogue(CITY)

#: every unit or group in a duty bracket of the division document of 2021-11-02
NAMED_IN_THE_PLAN = """
    市知识产权局 市工业和信息化局 市科技局 市国资委 市商务局 市文化和旅游局 市委宣传部 市教委 市金融局 市发展改革委
    市市场监管委 天津银保监局 市农业农村委 市农委 天津海关 市高级人民法院 市人民检察院 市公安局 市司法局 市人社局
    市财政局 滨海新区政府 各区知识产权局 相关区知识产权局 各区人民政府 市知识产权战略领导小组各成员单位
    领导小组各成员单位 天津市知识产权战略领导小组办公室
"""


def _own(kind: str) -> list[str]:
    return [p for p in CITY.problems() if f"({kind} " in p]


def test_units_groups_and_rows_are_well_formed():
    assert _own("unit") == _own("unit-group") == _own("plan-row") == []


def test_every_name_in_the_plan_is_known():
    assert [n for n in NAMED_IN_THE_PLAN.split() if not BOOK.resolve(n).known] == []


def test_there_are_twenty_three_tasks_nine_projects_and_five_safeguards():
    rows = CITY.all(PlanRow)
    assert [sum(r.part_number == n for r in rows) for n in (1, 2, 3)] == [23, 9, 5]


def test_rows_are_called_after_their_sections():
    sizes = {"C": 3, "U": 5, "P": 5, "S": 3, "J": 3, "G": 4, "E": 9, "K": 5}
    assert set(CITY.ids("plan-row")) == {f"{letter}{n}" for letter, k in sizes.items() for n in range(1, k + 1)}


def test_sixteen_districts_each_with_an_ip_office():
    districts = [u for u in CITY.all(OrgUnit) if u.level == "district"]
    offices = {u.parent for u in CITY.all(OrgUnit) if u.level == "bureau"}
    assert len(districts) == 16
    assert {d.id for d in districts} == offices


def test_all_district_ip_offices_are_sixteen():
    assert len(BOOK.resolve("各区知识产权局").members) == 16


def test_district_offices_concerned_are_those_of_the_districts_named():
    found = BOOK.resolve("相关区知识产权局", context="推动滨海新区和东丽区开展建设")
    assert set(found.members) == {"tj-binhai-ip", "tj-dongli-ip"}


def test_a_list_of_members_that_nobody_has_read_says_so():
    group = CITY.get(UnitGroup, "tj-strategy-members")
    assert not group.verified
    assert group.note
