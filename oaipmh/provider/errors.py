"""What can go wrong with a request, in the words of OAI-PMH 2.0, 3.6.

Exception
├── Refused            the request is answered with these protocol errors, HTTP 200
└── Unavailable        HTTP 503 with Retry-After, the only flow control there is (3.1.2.2)

ProtocolError
├── BadVerb                    the verb is missing, unknown or repeated
├── BadArgument                unknown, missing, repeated, empty, misplaced or of unlawful syntax
├── BadResumptionToken         not one of ours, of another list, or its list is gone
├── CannotDisseminateFormat    the prefix is unknown here, or to this record
├── IdDoesNotExist             unknown or unlawful identifier
├── NoMetadataFormats          a known record without any format
├── NoRecordsMatch             an empty list
└── NoSetHierarchy             a repository without sets

Only this room turns errors into OAI codes; HTTP statuses of other rooms are not its business.
"""

from __future__ import annotations

from typing import ClassVar


class ProtocolError:
    """One `<error>`: `code` is the protocol's word, `message` one plain sentence for a person."""

    code: ClassVar[str]
    keeps_arguments: ClassVar[bool] = True  # whether `<request>` still carries the arguments as attributes (3.2)

    def __init__(self, message: str) -> None:
        self.message = message

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.message!r})"


class BadVerb(ProtocolError):
    code = "badVerb"
    keeps_arguments = False


class BadArgument(ProtocolError):
    code = "badArgument"
    keeps_arguments = False


class BadResumptionToken(ProtocolError):
    code = "badResumptionToken"


class CannotDisseminateFormat(ProtocolError):
    code = "cannotDisseminateFormat"


class IdDoesNotExist(ProtocolError):
    code = "idDoesNotExist"


class NoMetadataFormats(ProtocolError):
    code = "noMetadataFormats"


class NoRecordsMatch(ProtocolError):
    code = "noRecordsMatch"


class NoSetHierarchy(ProtocolError):
    code = "noSetHierarchy"


class Refused(Exception):
    """The request cannot be carried out; every reason that was found, in the order it was found."""

    def __init__(self, *errors: ProtocolError) -> None:
        super().__init__("; ".join(error.message for error in errors))
        self.errors = errors


class Unavailable(Exception):
    """Come back later: `str(error)` says why."""

    def __init__(self, message: str, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s
