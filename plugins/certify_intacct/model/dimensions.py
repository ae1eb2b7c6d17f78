"""The dimensions of Sage Intacct, one row each: where Intacct keeps their values, what a line calls them, where Certify has them.

All that is done for a dimension is done from its row: its values are read and judged, the rights to them are asked for, codes on lines
are looked up, accounts that require it are known, and its list in Certify is kept in step. Which of them a company uses, and
where Certify keeps them, says the section ``dimensions`` of connector.yaml.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from certify_intacct.model.rules import Rule


class PlaceKind(StrEnum):
    """What in Certify can hold the values of a dimension."""

    DEPARTMENT = "department"
    EMPLOYEE_GLD = "employee_gld"
    REPORT_GLD = "report_gld"


#: Certify has five General Ledger Dimensions of each kind.
GLD_NUMBERS = range(1, 6)


@dataclass(frozen=True)
class CertifyPlace:
    """Where Certify keeps the values of a dimension: its departments, or one of its General Ledger Dimensions (GLDs).

    :param number: which of the five GLDs; 0 for departments
    """

    kind: PlaceKind
    number: int = 0

    @classmethod
    def parse(cls, text: str) -> CertifyPlace:
        """The place that connector.yaml names ``department``, ``employee_gld/1`` or ``report_gld/2``.

        :raises ValueError: there is no such place
        """
        for place in PLACES:
            if text == str(place):
                return place
        raise ValueError(
            f"{text!r} is no place in Certify: department, employee_gld/1 to employee_gld/5, or report_gld/1 to report_gld/5"
        )

    def __str__(self) -> str:
        return f"{self.kind}/{self.number}" if self.number else str(self.kind)

    @property
    def label(self) -> str:
        """What people call it."""
        match self.kind:
            case PlaceKind.DEPARTMENT:
                return "Department"
            case PlaceKind.EMPLOYEE_GLD:
                return f"Employee GLD {self.number}"
            case PlaceKind.REPORT_GLD:
                return f"Expense Report GLD {self.number}"

    @property
    def rows(self) -> str:
        """What people call the list in it."""
        return "Certify's departments" if self.kind is PlaceKind.DEPARTMENT else self.label

    @property
    def menu(self) -> str:
        """Where in Certify it is kept."""
        if self.kind is PlaceKind.DEPARTMENT:
            return "Configuration > Departments"
        return f"Configuration > General Ledger Dimensions > {self.label}"

    @property
    def resource(self) -> str:
        """The resource of Certify's API that lists its rows."""
        match self.kind:
            case PlaceKind.DEPARTMENT:
                return "departments"
            case PlaceKind.EMPLOYEE_GLD:
                return f"empglds/{self.number}"
            case PlaceKind.REPORT_GLD:
                return f"exprptglds/{self.number}"

    @property
    def stream(self) -> str:
        """The stream of its rows where no dimension's list is kept in it."""
        return f"certify_{self.kind}_{self.number}"

    @property
    def number_field(self) -> str:
        """The field of a row that says to which GLD it belongs; its label stands in one of the same prefix."""
        return {PlaceKind.EMPLOYEE_GLD: "EmpGLDIndex", PlaceKind.REPORT_GLD: "ExpRptGLDIndex"}.get(self.kind, "")

    @property
    def label_field(self) -> str:
        """The field of a row that holds the label which the company gave the GLD."""
        return {PlaceKind.EMPLOYEE_GLD: "EmpGLDLabel", PlaceKind.REPORT_GLD: "ExpRptGLDLabel"}.get(self.kind, "")


PLACES = (
    CertifyPlace(PlaceKind.DEPARTMENT),
    *(CertifyPlace(kind, number) for kind in (PlaceKind.EMPLOYEE_GLD, PlaceKind.REPORT_GLD) for number in GLD_NUMBERS),
)

_GLDS = frozenset({PlaceKind.EMPLOYEE_GLD, PlaceKind.REPORT_GLD})


@dataclass(frozen=True, kw_only=True)
class Dimension:
    """A dimension of Intacct.

    :param name: its key in connector.yaml, and what people call one of its values
    :param plural: what people call several; the streams are named after it
    :param object: the Intacct object that holds its values
    :param code: the object's field with the ID
    :param title: the object's field with the name
    :param status: the object's field that says whether a value is active; empty where there is none, and then all are
    :param line: the field of a line in generic functions (``create``)
    :param legacy: the field of a line in legacy functions (``record_cctransaction``)
    :param longest: how many characters a line takes of a code, where the vendor says so (the API reference, the lines' own pages)
    :param requires: the flag of GLACCOUNT by which an account demands it; empty where none can
    :param always: whether every company has that flag; it lacks those of dimensions that it does not use
    :param application: the application (subscription) of Intacct whose permissions list it
    :param permission: the row there; List and View are needed
    :param menu: where in Intacct its values are kept
    :param parent: the dimension that its values belong to; the object has that dimension's code in a field of the same name
    :param within_parent: a code means something only together with its parent's, so that both stand on a line; a list of Certify has
        them joined (``P-20|T-3``)
    :param places: where in Certify it may stand
    :param default_place: where it stands unless connector.yaml says otherwise; empty when it is used only if connector.yaml names it
    :param required: whether a line without it is held unless connector.yaml says otherwise
    :param fewest: so many values every company has: fewer mean that they could not be read
    :param more: further fields of the object that something here asks for, by the name under which it does
    :param prevented: by subledger the field that says that a value's status prevents its documents, where the company shows it, and
        what Intacct's pages call it
    :param missing: the rule that holds a line which must have it and has not
    :param unknown: the rule that holds a line whose code Intacct does not have
    :param read_as: the stream of its values, where ``intacct_<plural>`` is something else
    :param called: Intacct's word for one of its values in messages, where it is not the name
    :param word: what people call one of its values, where it is not the name
    :param key: the object's field by which its records are told apart
    :param own: a dimension that a company made: which object it is says connector.yaml, and a line has the value's ``id``
    """

    name: str
    plural: str
    object: str
    code: str
    title: str
    line: str
    legacy: str
    requires: str
    application: str
    permission: str
    menu: str
    status: str = "STATUS"
    parent: str = ""
    within_parent: bool = False
    always: bool = False
    places: frozenset[PlaceKind] = _GLDS
    default_place: str = ""
    required: bool = False
    longest: int | None = None
    fewest: int = 0
    more: Mapping[str, str] = field(default_factory=dict)
    prevented: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    missing: Rule = Rule.DIMENSION_MISSING
    unknown: Rule = Rule.DIMENSION_UNKNOWN
    read_as: str = ""
    called: str = ""
    word: str = ""
    key: str = "RECORDNO"
    own: bool = False

    @property
    def noun(self) -> str:
        """What people call one of its values."""
        return self.word or self.name

    @property
    def stream(self) -> str:
        """The stream of its values in Intacct."""
        return self.read_as or f"intacct_{self.plural.replace(' ', '_')}"

    @property
    def certify_stream(self) -> str:
        """The stream of its list in Certify."""
        return f"certify_{self.plural.replace(' ', '_')}"

    @property
    def subject(self) -> str:
        """What a plan calls creates and updates of its list in Certify."""
        return self.name

    @property
    def deactivation(self) -> str:
        """What a plan calls deactivations in its list in Certify, which come last."""
        return f"{self.name}_deactivation"

    @property
    def within(self) -> tuple[Dimension, ...]:
        """The dimensions without which its codes mean nothing, the outermost first."""
        if not self.within_parent:
            return ()
        above = BY_NAME[self.parent]
        return (*above.within, above)

    @property
    def words(self) -> Mapping[str, str]:
        """What connector.yaml calls fields of its object beside their own names, with those: ``name``, ``code``, ``project.name``.

        What a value says of the one above it stands in fields that are named after that: ``PROJECTID``, ``PROJECTNAME``.
        """
        above = self.within or ((BY_NAME[self.parent],) if self.parent else ())
        found = {"code": self.code, "name": self.title}
        for one in above:
            found |= {f"{one.name}.code": one.code, f"{one.name}.name": f"{one.object}NAME"}
        return found

    @property
    def heading(self) -> str:
        """The same at the beginning of a sentence."""
        return f"{self.noun[:1].upper()}{self.noun[1:]}"

    def called_by(self, terms: Mapping[str, str]) -> Dimension:
        """The row with the company's own word for its values, where it has renamed the dimension.

        :param terms: those words, by object
        """
        term = terms.get(self.object.upper(), "")
        # "Cost centre" is a word in a sentence like any other, "GL Unit" is a name.
        word = f"{term[:1].lower()}{term[1:]}" if term[1:] == term[1:].lower() else term
        return replace(self, word=word) if term else self

    def field(self, word: str) -> str:
        """The field of its object that a word of connector.yaml means: one of ``words``, else a field by its own name."""
        return self.words.get(word, word)


#: In the order in which their lists are written to Certify.
DIMENSIONS = (
    Dimension(
        name="department", plural="departments", object="DEPARTMENT", code="DEPARTMENTID", title="TITLE",
        line="DEPARTMENTID", legacy="departmentid", longest=20, requires="REQUIREDEPT", always=True,
        application="Company", permission="Departments", menu="Company > Setup > Departments",
        places=frozenset({PlaceKind.DEPARTMENT}), default_place="department", required=True, fewest=1,
        missing=Rule.DEPARTMENT_MISSING, unknown=Rule.DEPARTMENT_UNKNOWN, more={"supervisor": "SUPERVISORID"},
    ),
    Dimension(
        name="entity", plural="entities", object="LOCATIONENTITY", code="LOCATIONID", title="NAME",
        line="LOCATIONID", legacy="locationid", longest=20, requires="REQUIRELOC", always=True,
        application="Company", permission="Entities", menu="Company > Setup > Entities",
        default_place="employee_gld/1", required=True, called="location",
        missing=Rule.ENTITY_MISSING, unknown=Rule.ENTITY_UNKNOWN, more={"currency": "CURRENCY"},
    ),
    Dimension(
        name="class", plural="classes", object="CLASS", code="CLASSID", title="NAME",
        line="CLASSID", legacy="classid", longest=20, requires="REQUIRECLASS",
        application="Company", permission="Classes", menu="Company > Setup > Classes",
    ),
    Dimension(
        name="project", plural="projects", object="PROJECT", code="PROJECTID", title="NAME", parent="customer",
        line="PROJECTID", legacy="projectid", longest=20, requires="REQUIREPROJECT",
        application="Projects", permission="Projects", menu="Projects > Projects",
        # By subledger: what the project's status prevents.
        prevented={"EE": ("PREVENTEXPENSE", "Prevent expense submittal"), "AP": ("PREVENTAPPO", "Prevent AP and PO transactions")},
    ),
    Dimension(
        name="task", plural="tasks", object="TASK", code="TASKID", title="NAME", status="", parent="project", within_parent=True,
        line="TASKID", legacy="taskid", longest=20, requires="REQUIRETASK",
        application="Projects", permission="Tasks", menu="Projects > Tasks",
    ),
    Dimension(
        name="customer", plural="customers", object="CUSTOMER", code="CUSTOMERID", title="NAME",
        line="CUSTOMERID", legacy="customerid", longest=20, requires="REQUIRECUSTOMER",
        application="Accounts Receivable", permission="Customers", menu="Accounts Receivable > Customers",
    ),
    Dimension(
        name="item", plural="items", object="ITEM", code="ITEMID", title="NAME",
        line="ITEMID", legacy="itemid", longest=30, requires="REQUIREITEM",
        application="Inventory Control", permission="Items", menu="Inventory Control > Items",
    ),
    Dimension(
        name="employee", plural="employees", object="EMPLOYEE", code="EMPLOYEEID", title="CONTACT_NAME",
        line="EMPLOYEEID", legacy="employeeid", longest=20, requires="REQUIREEMPLOYEE",
        application="Company", permission="Employees", menu="Company > Employees", read_as="intacct_employee_ids",
    ),
    Dimension(
        name="cost_type", plural="cost types", object="COSTTYPE", code="COSTTYPEID", title="NAME", parent="task",
        within_parent=True, word="cost type", line="COSTTYPEID", legacy="costtypeid", requires="",
        application="Projects", permission="Cost Types", menu="Projects > Cost types",
    ),
    Dimension(
        name="contract", plural="contracts", object="CONTRACT", code="CONTRACTID", title="NAME", parent="customer",
        line="CONTRACTID", legacy="contractid", requires="REQUIRECONTRACT",
        application="Contracts", permission="Contracts", menu="Contracts > Contracts",
    ),
    # Its ID is called LOCATIONID on the object itself (developer.intacct.com/api/inventory-control/warehouses).
    Dimension(
        name="warehouse", plural="warehouses", object="WAREHOUSE", code="LOCATIONID", title="NAME",
        line="WAREHOUSEID", legacy="warehouseid", requires="REQUIREWAREHOUSE",
        application="Inventory Control", permission="Warehouses", menu="Inventory Control > Warehouses",
    ),
    # Nothing in Certify holds it yet; that an account demands it is known all the same.
    Dimension(
        name="vendor", plural="vendors", object="VENDOR", code="VENDORID", title="NAME",
        line="VENDORID", legacy="vendorid", longest=20, requires="REQUIREVENDOR",
        application="Accounts Payable", permission="Vendors", menu="Accounts Payable > Vendors", places=frozenset(),
    ),
)  # fmt: skip

#: Dimensions that a company made itself (Platform Services > Dimensions), each an object of its own with ``id`` and ``name``. Of which
#: object each row is, says connector.yaml (``UserDefinedSettings.resolved``), and so the fields of lines and accounts.
OWN = tuple(
    Dimension(
        name=f"user_defined_{number}", plural=f"user defined {number}", object="", code="name", title="name", status="", key="id",
        line="", legacy="", requires=f"REQUIREGLDIM_{number}", own=True,
        application="Platform Services", permission="Objects", menu="the object's own page",
    )
    for number in GLD_NUMBERS
)  # fmt: skip
#: With it begins what a line calls one of them.
OWN_LINE = "GLDIM"

BY_NAME: Mapping[str, Dimension] = {dimension.name: dimension for dimension in (*DIMENSIONS, *OWN)}
DEPARTMENT = BY_NAME["department"]
ENTITY = BY_NAME["entity"]

#: What stands in the entity's place in a company that has no entities: the location, a dimension like any other there. Its name, and
#: with it its section of connector.yaml, its place in Certify and its field on a line are the entity's.
LOCATION = replace(
    ENTITY, word="location", object="LOCATION", permission="Locations", menu="Company > Setup > Locations",
    read_as="intacct_locations", more={}, missing=Rule.DIMENSION_MISSING, unknown=Rule.DIMENSION_UNKNOWN,
)  # fmt: skip

_LEGACY = {dimension.line: dimension.legacy for dimension in DIMENSIONS}


def legacy_field(line: str) -> str:
    """How a field of a line (``CLASSID``) is spelled in legacy functions.

    :raises KeyError: no dimension has such a field
    """
    return _LEGACY[line]
