"""What the door of log-ins says, in our words: Flask-Security's messages by its names, translated when shown."""

from __future__ import annotations

from typing import Final

from portal.web.i18n import later

WRONG: Final = later("That address and password do not belong together.")
CONFIRM_FIRST: Final = later("Confirm your address first: the letter that we sent you holds a link.")
TOO_MANY: Final = later("That was tried too often; wait an hour, or ask for a new password.")
TOO_MANY_LETTERS: Final = later("That was asked for too often; wait an hour, and look in your mail meanwhile.")
_PASSWORD: Final = later("A password has 8 to 1000 characters.")
_PASSKEY_FAILED: Final = later("The passkey was not accepted; try again, or log in with your password.")

MESSAGES: Final[dict[str, tuple[str, str]]] = {
    "GENERIC_AUTHN_FAILED": (WRONG, "error"),
    "CONFIRM_REGISTRATION": (later("We sent you a letter; the link in it confirms your address."), "success"),
    "CONFIRMATION_REQUEST": (later("If there is an account to confirm, a letter is on its way."), "info"),
    "EMAIL_CONFIRMED": (later("Your address is confirmed; you can log in."), "success"),
    "ALREADY_CONFIRMED": (later("This address is confirmed already; you can log in."), "info"),
    "INVALID_CONFIRMATION_TOKEN": (later("This link does not work any more; ask for a new one."), "error"),
    "CONFIRMATION_EXPIRED": (later("This link does not work any more; ask for a new one."), "error"),
    "CONFIRMATION_REQUIRED": (CONFIRM_FIRST, "error"),
    "PASSWORD_RESET_REQUEST": (
        later("If there is an account for that address, a letter with a link is on its way."),
        "info",
    ),
    "GENERIC_RECOVERY": (
        later("If there is an account for that address, a letter with a link is on its way."),
        "info",
    ),
    "PASSWORD_RESET_EXPIRED": (later("This link does not work any more; ask for a new one."), "error"),
    "INVALID_RESET_PASSWORD_TOKEN": (later("This link does not work any more; ask for a new one."), "error"),
    "PASSWORD_RESET_NO_LOGIN": (later("Your password is changed; log in with the new one."), "success"),
    "PASSWORD_RESET": (later("Your password is changed."), "success"),
    "PASSWORD_CHANGE": (later("Your password is changed; everywhere else you are logged out."), "success"),
    "PASSWORD_NOT_PROVIDED": (later("Give a password."), "error"),
    "PASSWORD_INVALID_LENGTH": (_PASSWORD, "error"),
    "PASSWORD_IS_THE_SAME": (later("The new password is the old one."), "error"),
    "INVALID_PASSWORD": (later("That is not your password."), "error"),
    "EMAIL_NOT_PROVIDED": (later("Give an e-mail address."), "error"),
    "INVALID_EMAIL_ADDRESS": (later("That is no e-mail address."), "error"),
    "INVALID_REDIRECT": (later("The page to go to after the log-in is none of this site."), "error"),
    "UNAUTHENTICATED": (later("Log in first."), "error"),
    "ANONYMOUS_USER_REQUIRED": (later("You are logged in already."), "info"),
    "REAUTHENTICATION_REQUIRED": (later("Give your password once more before you change this."), "info"),
    "REAUTHENTICATION_SUCCESSFUL": (later("Thank you; go on."), "info"),
    "DISABLED_ACCOUNT": (WRONG, "error"),
    "USER_DOES_NOT_EXIST": (WRONG, "error"),
    "INVALID_CODE": (later("That code is not right, or was used already; codes change every half minute."), "error"),
    "TWO_FACTOR_INVALID_TOKEN": (
        later("That code is not right, or was used already; codes change every half minute."),
        "error",
    ),
    "TWO_FACTOR_LOGIN_SUCCESSFUL": (later("You are logged in."), "success"),
    "TWO_FACTOR_CHANGE_METHOD_SUCCESSFUL": (later("From now on a code is asked for when you log in."), "success"),
    "TWO_FACTOR_PERMISSION_DENIED": (later("Log in with your password first."), "error"),
    "TWO_FACTOR_METHOD_NOT_AVAILABLE": (later("Choose one of these."), "error"),
    "TWO_FACTOR_DISABLED": (later("No code is asked for any more when you log in."), "success"),
    "TWO_FACTOR_SETUP_EXPIRED": (later("That took too long; begin again."), "error"),
    "INVALID_RECOVERY_CODE": (later("That is none of your recovery codes, or it was used already."), "error"),
    "NO_RECOVERY_CODES_SETUP": (later("You have no recovery codes yet."), "info"),
    "API_ERROR": (later("That could not be understood; begin again."), "error"),
    "INVALID_INPUT": (later("That cannot be taken as it is."), "error"),
    "INVALID_INPUT_LENGTH": (later("That is too long."), "error"),
    "WEBAUTHN_EXPIRED": (later("That took too long; begin again."), "error"),
    "WEBAUTHN_NAME_REQUIRED": (later("Give the passkey a name."), "error"),
    "WEBAUTHN_NAME_INUSE": (later("You have a passkey of that name already."), "error"),
    "WEBAUTHN_NAME_NOT_FOUND": (later("You have no passkey of that name."), "error"),
    "WEBAUTHN_NAME_DISALLOWED_CHARACTERS": (later("A name holds letters, digits, spaces, - and _ only."), "error"),
    "WEBAUTHN_CREDENTIAL_DELETED": (later("The passkey is removed."), "info"),
    "WEBAUTHN_REGISTER_SUCCESSFUL": (later("The passkey is added; you can log in with it."), "info"),
    "WEBAUTHN_CREDENTIAL_ID_INUSE": (later("This passkey is known already."), "error"),
    "WEBAUTHN_UNKNOWN_CREDENTIAL_ID": (_PASSKEY_FAILED, "error"),
    "WEBAUTHN_ORPHAN_CREDENTIAL_ID": (_PASSKEY_FAILED, "error"),
    "WEBAUTHN_NO_VERIFY": (_PASSKEY_FAILED, "error"),
    "WEBAUTHN_CREDENTIAL_WRONG_USAGE": (_PASSKEY_FAILED, "error"),
    "WEBAUTHN_MISMATCH_USER_HANDLE": (_PASSKEY_FAILED, "error"),
    "CHANGE_EMAIL_SENT": (later("We sent a letter to the new address; the link in it changes it."), "success"),
    "CHANGE_EMAIL_CONFIRMED": (later("Your address is changed."), "success"),
    "CHANGE_EMAIL_EXPIRED": (later("This link does not work any more; ask for a new one."), "error"),
}
