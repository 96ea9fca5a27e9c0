"""Files of papers, read or refused in words that say what to do."""

from __future__ import annotations

from django.utils.translation import gettext as _

from plans.document import decoding
from plans.document.files import LARGEST_FILE, read_file


class UnreadablePaper(Exception):
    """The file gives no text; `str()` says why and what to do."""

    def __init__(self, cause: decoding.NotText) -> None:
        self.cause = cause

    def __str__(self) -> str:
        return _reason(self.cause)


def read_paper(*, name: str, data: bytes) -> str:
    """The text of a .txt, .docx or .pdf file; rows of its tables stand as rows in it. Raises UnreadablePaper."""
    try:
        return read_file(name=name, data=data)
    except decoding.NotText as cause:
        raise UnreadablePaper(cause) from None


def _reason(cause: decoding.NotText) -> str:
    match cause:
        case decoding.IsEmpty():
            return _("The file is empty. Choose the file with the text of the plan.")
        case decoding.IsTooLarge():
            return _(
                "The file is larger than %(size)s MB. Send the plan alone, without its appendices of pictures."
            ) % {"size": LARGEST_FILE // 1_000_000}
        case decoding.IsTooLong():
            return _("The document is longer than %(pages)s pages or 1 MB of text. Send the plan alone.") % {
                "pages": decoding.MOST_PAGES
            }
        case decoding.IsOldWord():
            return _("This is a Word file of the old kind (.doc). Open it in Word, save it as .docx and send that.")
        case decoding.IsEncrypted():
            return _("The file asks for a password. Save it without the password and send it again.")
        case decoding.HasMacros():
            return _("The file holds macros. Save it as .docx without macros and send it again.")
        case decoding.HasNoText():
            return _(
                "This PDF has no text: its pages are pictures of a scan. Send the Word file it was printed from, or "
                "have the scan recognised (OCR) and send the result."
            )
        case decoding.IsLegacyFont():
            return _(
                "The text is typed in a font from before Unicode (TCVN3 “.VnTime” or VNI). Convert it to Unicode, for "
                "example with Unikey, and send it again."
            )
        case decoding.IsRenamed():
            return _("The name of the file does not fit its content. Send it with the ending it was saved with.")
        case decoding.IsDamaged():
            return _("The file is damaged or cut short. Open it where it was made, save it anew and send it again.")
        case decoding.IsUnsafe():
            return _("The file is built in a way no plan is, and was not opened. Save the document anew and send that.")
        case decoding.IsNotUnicode():
            return _("The file is not UTF-8. Save it as UTF-8 text and send it again.")
        case _:
            return _(
                "This is no .txt, .docx or .pdf file. Save the document in one of these formats and send it again."
            )
