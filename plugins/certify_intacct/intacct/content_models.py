"""The legacy functions' content models as data: which fields, in which order, which required.

The gateway validates legacy functions against its schema, where order matters (Intacct XML gateway reference, Content models; the
vendor's api.xsd). One entry for each element; a field is named as in Intacct and its kind says how it is written.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Model:
    """One element's content.

    :param fields: names in the schema's order.
    :param required: fields that must be given.
    :param one_of: groups of which exactly one field must be given.
    :param not_both: pairs that exclude each other.
    :param needs: a field, and those of which one must be given with it.
    :param dates: fields written as year, month, day.
    :param lists: a field that holds a list, the name of its items and their model.
    """

    fields: tuple[str, ...]
    required: tuple[str, ...] = ()
    one_of: tuple[tuple[str, ...], ...] = ()
    not_both: tuple[tuple[str, str], ...] = ()
    needs: tuple[tuple[str, tuple[str, ...]], ...] = ()
    dates: frozenset[str] = frozenset()
    lists: dict[str, tuple[str, Model]] = field(default_factory=dict)


CUSTOM_FIELD = Model(fields=("customfieldname", "customfieldvalue"), required=("customfieldname", "customfieldvalue"))
TAX_ENTRY = Model(fields=("detailid", "trx_tax"), required=("detailid",))
_CUSTOM = {"customfields": ("customfield", CUSTOM_FIELD)}
_TAXES = {"taxentries": ("taxentry", TAX_ENTRY)}
_PROJECT = (("taskid", ("projectid",)), ("costtypeid", ("taskid",)))

# Where a line of an expense report or of an adjustment is booked, in the schema's order; a card's line has another.
_CODED = (
    "locationid", "departmentid", "customfields", "projectid", "taskid", "costtypeid", "customerid", "vendorid",
    "employeeid", "itemid", "classid", "contractid", "warehouseid", "billable",
)  # fmt: skip

# What was spent, when, and by which rate it is paid back.
_SPENT = ("currency", "trx_amount", "exchratedate", "exchratetype", "exchrate", "expensedate")

CARD_LINE = Model(
    fields=(
        "glaccountno",
        "accountlabel",
        "description",
        "paymentamount",
        "departmentid",
        "locationid",
        "customerid",
        "vendorid",
        "employeeid",
        "projectid",
        "taskid",
        "costtypeid",
        "itemid",
        "classid",
        "contractid",
        "warehouseid",
        "customfields",
        "totaltrxamount",
        "taxentries",
        "billable",
    ),
    required=("paymentamount",),
    one_of=(("glaccountno", "accountlabel"),),
    needs=_PROJECT,
    lists=_CUSTOM | _TAXES,
)

CARD_TRANSACTION = Model(
    fields=(
        "chargecardid",
        "paymentdate",
        "referenceno",
        "payee",
        "description",
        "supdocid",
        "currency",
        "exchratedate",
        "exchratetype",
        "exchrate",
        "customfields",
        "inclusivetax",
        "taxsolutionid",
        "ccpayitems",
    ),
    required=("chargecardid", "paymentdate", "ccpayitems"),
    not_both=(("exchratetype", "exchrate"), ("exchratedate", "exchrate")),
    needs=(
        ("currency", ("exchratetype", "exchrate")),
        ("exchratedate", ("exchratetype",)),
        ("exchratetype", ("currency",)),
        ("exchrate", ("currency",)),
    ),
    dates=frozenset({"paymentdate", "exchratedate"}),
    lists=_CUSTOM | {"ccpayitems": ("ccpayitem", CARD_LINE)},
)

EXPENSE_LINE = Model(
    fields=(
        "expensetype",
        "glaccountno",
        "amount",
        *_SPENT,
        "memo",
        "form1099",
        "form1099type",
        "form1099box",
        "paidfor",
        *_CODED,
        "exppmttype",
        "quantity",
        "rate",
        "totaltrxamount",
        "taxentries",
    ),
    one_of=(("expensetype", "glaccountno"),),
    not_both=(("exchratetype", "exchrate"),),
    needs=_PROJECT,
    dates=frozenset({"exchratedate", "expensedate"}),
    lists=_CUSTOM | _TAXES,
)

EXPENSES = Model(
    fields=(
        "employeeid",
        "datecreated",
        "dateposted",
        "batchkey",
        "expensereportno",
        "state",
        "description",
        "memo",
        "externalid",
        "basecurr",
        "currency",
        "customfields",
        "supdocid",
        "inclusivetax",
        "taxsolutionid",
        "expenses",
    ),
    required=("employeeid", "datecreated", "expenses"),
    dates=frozenset({"datecreated", "dateposted"}),
    lists=_CUSTOM | {"expenses": ("expense", EXPENSE_LINE)},
)

ADJUSTED_EXPENSE_LINE = Model(
    fields=(
        "expensetype",
        "glaccountno",
        "amount",
        *_SPENT,
        "memo",
        *(name for name in _CODED if name != "customfields"),
        "exppmttype",
        "quantity",
        "rate",
        "customfields",
        "totaltrxamount",
        "taxentries",
    ),
    required=("amount",),
    one_of=(("expensetype", "glaccountno"),),
    not_both=(("exchratetype", "exchrate"),),
    needs=_PROJECT,
    dates=frozenset({"exchratedate", "expensedate"}),
    lists=_CUSTOM | _TAXES,
)

ADJUSTED_EXPENSES = Model(
    fields=(
        "employeeid",
        "datecreated",
        "dateposted",
        "batchkey",
        "adjustmentno",
        "docnumber",
        "description",
        "basecurr",
        "currency",
        "expenseadjustments",
        "supdocid",
        "inclusivetax",
        "taxsolutionid",
    ),
    required=("employeeid", "datecreated", "expenseadjustments"),
    dates=frozenset({"datecreated", "dateposted"}),
    lists={"expenseadjustments": ("expenseadjustment", ADJUSTED_EXPENSE_LINE)},
)

ADJUSTMENT_LINE = Model(
    fields=(
        "accountlabel",
        "glaccountno",
        "offsetglaccountno",
        "amount",
        "allocationid",
        "memo",
        *_CODED,
        "totaltrxamount",
        "taxentries",
    ),
    required=("amount",),
    one_of=(("accountlabel", "glaccountno"),),
    needs=_PROJECT,
    lists=_CUSTOM | _TAXES,
)

ADJUSTMENT = Model(
    fields=(
        "vendorid",
        "datecreated",
        "dateposted",
        "batchkey",
        "adjustmentno",
        "action",
        "billno",
        "description",
        "externalid",
        "basecurr",
        "currency",
        "exchratedate",
        "exchratetype",
        "exchrate",
        "nogl",
        "customfields",
        "inclusivetax",
        "taxsolutionid",
        "apadjustmentitems",
    ),
    required=("vendorid", "datecreated", "apadjustmentitems"),
    not_both=(("exchratetype", "exchrate"), ("exchratedate", "exchrate")),
    needs=(
        ("basecurr", ("currency",)),
        ("currency", ("exchratetype", "exchrate")),
        ("exchratedate", ("exchratetype",)),
        ("exchratetype", ("currency",)),
        ("exchrate", ("currency",)),
    ),
    dates=frozenset({"datecreated", "dateposted", "exchratedate"}),
    lists=_CUSTOM | {"apadjustmentitems": ("lineitem", ADJUSTMENT_LINE)},
)

ATTACHMENT = Model(
    fields=("attachmentname", "attachmenttype", "attachmentdata"),
    required=("attachmentname", "attachmenttype", "attachmentdata"),
)

SUPDOC = Model(
    fields=("supdocid", "supdocname", "supdocfoldername", "supdocdescription", "attachments"),
    required=("supdocid",),
    lists={"attachments": ("attachment", ATTACHMENT)},
)

SUPDOC_FOLDER = Model(
    fields=("supdocfoldername", "supdocfolderdescription", "supdocparentfoldername"),
    required=("supdocfoldername",),
)
