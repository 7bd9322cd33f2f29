"""The way of one call through the gateway, in order."""

from time import perf_counter
from uuid import uuid4

from intark_lab import journal
from intark_lab.clock import Clock
from intark_lab.deployment import Definition, DeployedPlan
from intark_lab.faults import Faults
from intark_lab.gateway import errors, rules
from intark_lab.gateway.endpoints import Endpoints
from intark_lab.gateway.exchange import Answer, Headers, Request, read_request
from intark_lab.gateway.limits import RateLimits
from intark_lab.gateway.snapshot import Access, Snapshot
from intark_lab.sources import Sources
from intark_lab.store import Store


class Passage:
    """What became of one call on its way; the usage row is read off it."""

    __slots__ = ("access", "api", "endpoint_ms", "error_key", "headers", "plan")

    def __init__(self):
        self.api: Definition | None = None
        self.plan: DeployedPlan | None = None
        self.access: Access | None = None
        self.headers: Headers = []
        self.error_key: str | None = None
        self.endpoint_ms = 0


class Gateway:
    """An ASGI application that takes the calls of one lab."""

    def __init__(self, store: Store, clock: Clock, sources: Sources, faults: Faults):
        self._store, self._clock = store, clock
        self._endpoints = Endpoints(sources, faults)
        self._limits = RateLimits()
        self._snapshot = Snapshot(store)

    async def __call__(self, scope: dict, receive, send) -> None:
        """Answer an HTTP scope. `root_path` is the gateway's own place in the address."""
        started = perf_counter()
        request = read_request(scope, len(scope["root_path"]))
        request_id = str(uuid4())
        transaction_id = request.headers.get(b"x-gravitee-transaction-id", request_id.encode())
        passage = Passage()
        answer = self._answer(request, passage)
        elapsed = int((perf_counter() - started) * 1000)
        await self._store.usage(
            self._usage(
                request, passage, answer, request_id, transaction_id.decode("latin-1"), elapsed
            )
        )
        headers = [*answer.headers, *passage.headers]
        if passage.api is not None:
            headers.append((b"x-gravitee-transaction-id", transaction_id))
            headers.append((b"x-gravitee-request-id", request_id.encode()))
        headers.append((b"content-length", b"%d" % len(answer.body)))
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})

    def forget_limits(self) -> None:
        self._limits.clear()

    def _answer(self, request: Request, passage: Passage) -> Answer:
        if self._snapshot.generation != self._store.generation:
            self._snapshot = Snapshot(self._store)
        passage.api = self._snapshot.api(request.path)
        if passage.api is None:
            return errors.no_context_path()
        try:
            self._admit(request, passage)
            return self._call_endpoint(request, passage)
        except errors.Refused as refused:
            passage.error_key = refused.error_key
            return errors.refusal(refused, request.headers.get(b"accept"))

    def _admit(self, request: Request, passage: Passage) -> None:
        """Key to subscription, then the plan's policies for this path; raise Refused."""
        now = self._clock.ms()
        api = passage.api
        if request.key is None:
            passage.plan = self._snapshot.keyless(api.api)
            if passage.plan is None:
                raise errors.unauthorized("GATEWAY_PLAN_UNRESOLVABLE")
        else:
            passage.access = self._snapshot.access(request.key, api.api, now)
            if passage.access is None:
                raise errors.unauthorized("API_KEY_INVALID")
            passage.plan = passage.access.plan
        path = request.path[len(api.context_path) :]
        for flow in passage.plan.flows:
            if path == flow["path"] or path.startswith(flow["path"].rstrip("/") + "/"):
                self._apply(flow, request, passage, path, now)

    def _apply(self, flow: dict, request: Request, passage: Passage, path: str, now: int) -> None:
        configuration = flow["configuration"]
        if flow["policy"] == "resource-filtering":
            rules.authorise(configuration, passage.api.context_path, path, request.method)
        elif flow["policy"] == "rate-limit":
            caller = passage.access.subscription if passage.access else request.client
            bucket = (passage.plan.id, caller, flow["path"])
            self._limits.take(configuration, bucket, now, passage.headers)

    def _call_endpoint(self, request: Request, passage: Passage) -> Answer:
        started = perf_counter()
        path = request.path[len(passage.api.context_path) :]
        answer, passage.error_key = self._endpoints.answer(passage.api, request, path)
        passage.endpoint_ms = int((perf_counter() - started) * 1000)
        return answer

    def _usage(
        self,
        request: Request,
        passage: Passage,
        answer: Answer,
        request_id: str,
        transaction_id: str,
        elapsed: int,
    ) -> tuple:
        api, access, headers = passage.api, passage.access, request.headers
        return (
            self._clock.ms(),
            transaction_id,
            request_id,
            api.api if api else journal.UNKNOWN,
            passage.plan.id if passage.plan else None,
            access.application if access else journal.UNKNOWN,
            access.subscription if access else None,
            request.method,
            request.path,
            request.query.decode("latin-1"),
            answer.status,
            elapsed,
            max(0, elapsed - passage.endpoint_ms),
            int(headers.get(b"content-length", b"0")),
            len(answer.body),
            api.endpoint if api else None,
            headers.get(b"host", b"").decode("latin-1"),
            headers.get(b"user-agent", b"").decode("latin-1"),
            request.client,
            request.key_from,
            passage.error_key,
        )
