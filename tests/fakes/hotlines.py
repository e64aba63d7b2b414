"""Stand-ins of IWF's and NCMEC's services and of a mail server: strict, and bad on command.

    ncmec = Ncmec()
    line = NcmecLine("https://ncmec.example.com/ispws", USER, PASSWORD, ncmec.transport)
    ncmec.faults = ["cut", "500"]

Each call takes the next fault from ``faults``; without one the service works. A fault named
``… after`` strikes when the call was done already: the other side has it, we do not know.
"""

from __future__ import annotations

import base64
import json
import socketserver
import threading
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar
from urllib.parse import parse_qs

import httpx
from lxml import etree

USER, PASSWORD = "linja", "fjalë kalimi për provë"

BEFORE = ("away", "slow", "cut", "500", "503", "429")
"""Faults before anything was done."""
AFTER = ("slow after", "cut after", "500 after", "garbage after")
"""Faults when it was done already."""
_RAISES: dict[str, type[httpx.TransportError]] = {
    "away": httpx.ConnectError,
    "slow": httpx.ReadTimeout,
    "cut": httpx.RemoteProtocolError,
}


class Hotline(ABC):
    """Checks who calls, strikes with the next fault, and counts what it was sent."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.calls: list[str] = []
        self.transport = httpx.MockTransport(self._answer)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.calls.append(request.url.path.rpartition("/")[2])
        fault, _, after = (self.faults.pop(0) if self.faults else "").partition(" ")
        done = self._asked(request) if after or not fault else None
        if fault in _RAISES:
            raise _RAISES[fault](fault, request=request)
        if fault == "garbage":
            return httpx.Response(200, text="<html>Mirë se vini</html>")
        if fault:
            return httpx.Response(int(fault))
        assert done is not None
        return done

    def _asked(self, request: httpx.Request) -> httpx.Response:
        given = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {given}":
            return httpx.Response(401)
        return self._served(request)

    @abstractmethod
    def _served(self, request: httpx.Request) -> httpx.Response:
        """What the service itself does with a call that it lets in."""


class Iwf(Hotline):
    """IWF's form: every field with its limit; each report gets a number, also a second one."""

    FIXED: ClassVar[dict[str, str | int]] = {
        **{"Reporting_Type": "R", "Media_Type_ID": 1, "Origin_ID": 5},
        **{"Submission_Type_ID": 1, "Reported_Category_ID": 2},
    }
    LIMITS: ClassVar[dict[str, int]] = {
        **{"Reported_URL": 1000, "Reporter_First_Name": 50, "Reporter_Last_Name": 50},
        **{"Reporter_Email_ID": 100, "Reporter_Description": 500},
    }
    NUMBERS = ("Report_Channel_ID", "Reporter_Country_ID")

    def __init__(self) -> None:
        super().__init__()
        self.filed: list[dict[str, Any]] = []

    def _served(self, request: httpx.Request) -> httpx.Response:
        form = json.loads(request.content)
        if wrong := list(self._wrong(form)):
            return self._says(400, 400, ", ".join(wrong))
        self.filed.append(form)
        return self._says(200, 0, "Success", f"IWF-{len(self.filed)}")

    def _wrong(self, form: dict[str, Any]) -> Iterator[str]:
        known = {*self.FIXED, *self.LIMITS, *self.NUMBERS, "Live_Report", "Reporter_Anonymous"}
        yield from known ^ form.keys()
        yield from (name for name, value in self.FIXED.items() if form.get(name) != value)
        yield from (name for name, most in self.LIMITS.items() if len(form.get(name) or "") > most)
        if form.get("Live_Report") not in ("L", "T") or not form.get("Reported_URL"):
            yield "Live_Report or Reported_URL"
        if form.get("Reporter_Anonymous") not in ("Y", "N"):
            yield "Reporter_Anonymous"

    def _says(self, status: int, code: int, words: str, data: str = "") -> httpx.Response:
        told = {"responseCode": code, "responseDescription": words, "responseData": data}
        return httpx.Response(status, json={"IWFReportService1.0": told})


class Ncmec(Hotline):
    """NCMEC's steps. What is opened and not finished is no report, and goes within a day."""

    ORDER: ClassVar[dict[str, tuple[str, ...]]] = {
        "report": (
            *("incidentSummary", "internetDetails", "lawEnforcement", "reporter"),
            *("personOrUserReported", "intendedRecipient", "victim", "additionalInfo"),
        ),
        "incidentSummary": (
            *("incidentType", "platform", "escalateToHighPriority", "reportAnnotations"),
            *("incidentDateTime", "incidentDateTimeDescription"),
        ),
        "reporter": ("reportingPerson", "contactPerson", "companyTemplate"),
    }

    def __init__(self) -> None:
        super().__init__()
        self.open: dict[str, bytes] = {}
        self.filed: dict[str, bytes] = {}
        self.retracted: set[str] = set()
        self._count = 4564000

    def a_day_passes(self) -> None:
        """What nobody finished is deleted."""
        self.open.clear()

    def _served(self, request: httpx.Request) -> httpx.Response:
        step = request.url.path.rpartition("/")[2]
        if step == "submit":
            return self._submit(request.content)
        number = parse_qs(request.content.decode()).get("id", [""])[0]
        return {"finish": self._finish, "retract": self._retract}[step](number)

    def _submit(self, body: bytes) -> httpx.Response:
        root = etree.fromstring(body)
        if not self._in_order(root):
            return self._says(4100, "Validation failed")
        self._count += 1
        self.open[str(self._count)] = body
        return self._says(0, "Success", str(self._count))

    def _in_order(self, root: etree._Element) -> bool:
        for part in root.iter(*self.ORDER):
            names = [child.tag for child in part]
            order = self.ORDER[part.tag]
            places = [order.index(name) if name in order else -1 for name in names]
            if -1 in places or places != sorted(places):
                return False
        return root.findtext("incidentSummary/incidentDateTime") is not None

    def _finish(self, number: str) -> httpx.Response:
        if number in self.filed:
            return self._says(5102, "Report already finished", number)
        if number in self.retracted:
            return self._says(5101, "Report already retracted", number)
        if number not in self.open:
            return self._says(5001, "Report does not exist", number)
        self.filed[number] = self.open.pop(number)
        text = f"<reportDoneResponse><responseCode>0</responseCode><reportId>{number}</reportId>"
        return httpx.Response(200, text=f"{text}<files/></reportDoneResponse>")

    def _retract(self, number: str) -> httpx.Response:
        if number in self.filed:
            return self._says(5102, "Report already finished", number)
        if self.open.pop(number, None) is None:
            return self._says(5001, "Report does not exist", number)
        self.retracted.add(number)
        return self._says(0, "Success", number)

    def _says(self, code: int, words: str, number: str = "") -> httpx.Response:
        told = f"<responseCode>{code}</responseCode><responseDescription>{words}"
        text = f"<reportResponse>{told}</responseDescription><reportId>{number}</reportId>"
        return httpx.Response(200, text=f"{text}</reportResponse>")


class Post:
    """A mail server at an address of this machine; ``faults`` as above, by the step they strike.

    ``rcpt 550`` and ``rcpt 451`` refuse the recipient, ``data 554`` the text; ``cut`` breaks
    the line before the text, ``cut after`` when the text was taken.
    """

    def __init__(self) -> None:
        self.letters: list[str] = []
        self.faults: list[str] = []
        self.url = ""


class _Talk(socketserver.StreamRequestHandler):
    """One mail session, in the words of RFC 5321."""

    def handle(self) -> None:
        post: Post = self.server.post  # type: ignore[attr-defined]
        fault = post.faults.pop(0) if post.faults else ""
        self._says("220 here")
        for line in self.rfile:
            verb = line.decode()[:4].upper()
            if verb == "DATA" and not self._data(post, fault):
                return
            if verb == "QUIT":
                self._says("221 bye")
                return
            if verb == "RCPT" and fault.startswith("rcpt"):
                self._says(f"{fault.removeprefix('rcpt ')} no")
            elif verb != "DATA":
                self._says("250 here")

    def _data(self, post: Post, fault: str) -> bool:
        if fault == "cut":
            return False
        self._says("354 go on")
        text = b""
        while not text.endswith(b"\r\n.\r\n"):
            text += self.rfile.readline()
        if fault.startswith("data"):
            self._says(f"{fault.removeprefix('data ')} no")
            return True
        post.letters.append(text.decode())
        if fault == "cut after":
            return False
        self._says("250 taken")
        return True

    def _says(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


@contextmanager
def posted() -> Iterator[Post]:
    """A mail server while the block runs."""
    post = Post()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Talk) as server:
        server.post = post  # type: ignore[attr-defined]
        server.daemon_threads = True
        post.url = f"smtp://127.0.0.1:{server.server_address[1]}"
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        try:
            yield post
        finally:
            server.shutdown()
