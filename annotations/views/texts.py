"""Texts of a study that several pages show."""

from annotations.visit import Visit


def consent_text(visit: Visit) -> dict[str, str]:
    """Return the text that a study asks consent to, in the language of the visit if it is given in that."""
    texts = visit.version.consent
    language = visit.language if visit.language in texts or not texts else next(iter(texts))
    text = texts.get(language, {"text": "", "sha256": ""})
    return {"consent_language": language, "consent_text": text["text"], "consent_sha256": text["sha256"]}
