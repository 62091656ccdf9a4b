"""OpenTelemetry: spans leave the process only when a collector is named."""

from __future__ import annotations

from collections.abc import Callable

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from shared.runtime.settings import Settings


def configure_tracing(settings: Settings, process: str) -> Callable[[], None]:
    """Export spans of this process to the collector; answers what flushes and ends it. Call once a process.

    Without a collector nothing is recorded, and a caller's `traceparent` is still passed on.
    """
    if settings.otlp_endpoint is None:
        return lambda: None
    provider = TracerProvider(resource=Resource.create({SERVICE_NAME: f"revcycle-{process}"}))
    exporter = OTLPSpanExporter(endpoint=f"{settings.otlp_endpoint.rstrip('/')}/v1/traces")
    provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    return provider.shutdown
