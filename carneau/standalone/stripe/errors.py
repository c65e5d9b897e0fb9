"""Errors as Stripe words them."""

from typing import Any


class ApiProblem(Exception):
    status = 400
    type = "invalid_request_error"

    def __init__(self, message: str, *, code: str | None = None, param: str | None = None, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.param = param
        self.details = details

    def body(self) -> dict[str, Any]:
        error: dict[str, Any] = {"message": self.message, "type": self.type, **self.details}
        if self.code:
            error["code"] = self.code
            error["doc_url"] = f"https://stripe.com/docs/error-codes/{self.code.replace('_', '-')}"
        if self.param:
            error["param"] = self.param
        return {"error": error}


class BadParam(ApiProblem):
    """Refused before the endpoint began: Stripe keeps no idempotent answer for these."""


class Missing(ApiProblem):
    status = 404

    def __init__(self, kind: str, id: str, param: str) -> None:
        super().__init__(f"No such {kind}: '{id}'", code="resource_missing", param=param)


class Unauthorized(ApiProblem):
    status = 401


class KeyReused(ApiProblem):
    type = "idempotency_error"


class KeyInUse(ApiProblem):
    status = 409
    type = "idempotency_error"


class TooMany(ApiProblem):
    status = 429


class Broken(ApiProblem):
    status = 500
    type = "api_error"
