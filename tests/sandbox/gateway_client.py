"""A bare client of the XML gateway for the sandbox's own tests: what is sent stands in the test, what comes back is parsed."""

from __future__ import annotations

from dataclasses import dataclass, field

import requests
from lxml import etree

Element = etree._Element
LOGIN = "<login><userid>{user}</userid><companyid>{company}</companyid><password>{password}</password>{more}</login>"


def login(
    *, user: str = "xml_gateway", company: str = "SANDBOX", password: str = "sandbox_user_password", more: str = ""
) -> str:
    """The login element; `more` comes after the password (clientid, locationid)."""
    return LOGIN.format(user=user, company=company, password=password, more=more)


def query(object_name: str, *fields: str, where: str = "", order: str = "", options: str = "", rest: str = "") -> str:
    """A query function; `where` is the operator inside `filter`, `order` names fields ("-F": descending)."""
    orders = "".join(
        f"<order><field>{name.lstrip('-')}</field><{'de' if name.startswith('-') else 'a'}scending/></order>"
        for name in order.split()
    )
    return (
        f"<query><object>{object_name}</object><select>{''.join(f'<field>{name}</field>' for name in fields)}</select>"
        + (f"<filter>{where}</filter>" if where else "")
        + (f"<orderby>{orders}</orderby>" if orders else "")
        + (f"<options>{options}</options>" if options else "")
        + rest
        + "</query>"
    )


def compare(operator: str, name: str, *values: str) -> str:
    """One operator of a filter."""
    return f"<{operator}><field>{name}</field>{''.join(f'<value>{value}</value>' for value in values)}</{operator}>"


@dataclass
class Answer:
    """What came back: the HTTP answer and, when it is XML, its root."""

    http: requests.Response
    root: Element = field(init=False)

    def __post_init__(self) -> None:
        self.root = etree.fromstring(self.http.content)

    def text(self, path: str) -> str | None:
        """The text at a path below `response`."""
        return self.root.findtext(path)

    @property
    def results(self) -> list[Element]:
        """The result elements."""
        return self.root.findall("operation/result")

    @property
    def data(self) -> Element:
        """The data of the one result, which must be a success."""
        (result,) = self.results
        assert result.findtext("status") == "success", etree.tostring(result).decode()
        data = result.find("data")
        assert data is not None
        return data

    @property
    def records(self) -> list[dict[str, str]]:
        """The records of the one result: tag to text."""
        return [{child.tag: child.text or "" for child in record} for record in self.data]

    @property
    def errors(self) -> list[tuple[str, str]]:
        """(errorno, description2) of every error, wherever it stands."""
        return [(e.findtext("errorno") or "", e.findtext("description2") or "") for e in self.root.iter("error")]


class GatewayClient:
    """Sends functions to a sandbox. `session` is used instead of the login once it is set."""

    def __init__(self, url: str) -> None:
        self.url = f"{url}/ia/xml/xmlgw.phtml"
        self.session = ""

    def body(
        self,
        *functions: str,
        authentication: str = "",
        sender: str = "sandbox_sender",
        sender_password: str = "sandbox_sender_password",
        control: str = "<uniqueid>false</uniqueid><dtdversion>3.0</dtdversion><includewhitespace>false</includewhitespace>",
        transaction: str = "",
        ids: list[str] | None = None,
    ) -> str:
        """The request document."""
        signed = authentication or (f"<sessionid>{self.session}</sessionid>" if self.session else login())
        names = ids or [f"f{number}" for number in range(len(functions))]
        calls = "".join(
            f'<function controlid="{i}">{call}</function>' for i, call in zip(names, functions, strict=True)
        )
        attribute = f' transaction="{transaction}"' if transaction else ""
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n<request><control>'
            f"<senderid>{sender}</senderid><password>{sender_password}</password><controlid>request</controlid>{control}"
            f"</control><operation{attribute}><authentication>{signed}</authentication>"
            f"<content>{calls}</content></operation></request>"
        )

    def post(self, body: str | bytes, **headers: str) -> requests.Response:
        """Send a document as it is."""
        content = body.encode() if isinstance(body, str) else body
        return requests.post(self.url, data=content, headers={"Content-Type": "application/xml", **headers}, timeout=60)

    def send(self, *functions: str, **options: object) -> Answer:
        """Send functions and parse the answer."""
        return Answer(self.post(self.body(*functions, **options)))  # type: ignore[arg-type]

    def sign_in(self, **options: object) -> str:
        """Open a session and use it from now on."""
        answer = self.send("<getAPISession/>", **options)
        self.session = answer.text("operation/result/data/api/sessionid") or ""
        assert self.session, etree.tostring(answer.root).decode()
        return self.session
