"""A suggester behind an endpoint that speaks the chat completions API of OpenAI, as most model servers do."""

from __future__ import annotations

from collections.abc import Sequence

import httpx
import orjson
from pydantic import TypeAdapter, ValidationError

from services.encoder.domain.reading.proposals import Proposal
from services.encoder.domain.reading.suggestions import ReadChart
from services.encoder.suggesters.port import SuggesterFailed

_ASK = (
    "You propose ICD-10-CM codes for the documents of one encounter. Propose only what the words support. Answer with "
    'a JSON object {"proposals": [{"code", "quote", "document", "confidence"}]}: the code, the words of the document '
    "that support it copied exactly, the document's id, and a confidence from 0 to 1. Leave out what is negated, ruled "
    "out, of a relative, or planned."
)
_PROPOSALS = TypeAdapter(list[Proposal])
_MOST = 200
"""Of more proposals than this the rest is passed over."""


class OpenAiCompatible:
    """Sends the chart's documents, which hold PHI, to the endpoint that the operator names, and to no other."""

    def __init__(self, client: httpx.AsyncClient, model: str) -> None:
        """`client` with the endpoint's base address, its key among the headers, and a timeout. The caller closes it."""
        self._client, self._model = client, model
        self.name = f"openai:{model}"

    async def propose(self, chart: ReadChart) -> Sequence[Proposal]:
        """Raises SuggesterFailed where the endpoint does not answer, or not as asked."""
        try:
            response = await self._client.post("chat/completions", json=self._request(chart))
            response.raise_for_status()
            answer = orjson.loads(response.json()["choices"][0]["message"]["content"])
            return _PROPOSALS.validate_python(answer["proposals"][:_MOST])
        except httpx.HTTPError as error:
            raise SuggesterFailed(f"the suggester did not answer: {type(error).__name__}") from error
        except (KeyError, IndexError, TypeError, ValueError, ValidationError) as error:
            # the answer may quote the chart: neither it nor the cause is told
            raise SuggesterFailed(f"the suggester did not answer as asked: {type(error).__name__}") from None

    def _request(self, chart: ReadChart) -> dict[str, object]:
        documents = [{"id": each.id, "kind": each.kind, "text": each.text} for each in chart.documents]
        content = {"setting": chart.setting, "date": chart.day.isoformat(), "documents": documents}
        return {
            "model": self._model,
            "temperature": 0,
            "response_format": {"type": "json_object"},
            "messages": [
                {"role": "system", "content": _ASK},
                {"role": "user", "content": orjson.dumps(content).decode()},
            ],
        }
