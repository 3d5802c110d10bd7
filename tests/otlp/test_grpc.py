"""OTLP over gRPC: the specified status codes."""

import grpc
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2_grpc import TraceServiceStub

from payloads import traces


@pytest.fixture
def channel(server):
    with grpc.insecure_channel(server.grpc) as channel:
        yield channel


def status_of(call):
    with pytest.raises(grpc.RpcError) as failure:
        call()
    return failure.value.code()


def test_spans_are_stored(server, channel, project_name):
    """A call with a key in its metadata is answered once its spans are stored."""
    key = server.new_project(project_name)

    TraceServiceStub(channel).Export(traces("rpc"), metadata=[("x-vedette-key", key)])

    assert len(server.get(f"/api/traces/{'74' * 16}", project=project_name)["spans"]) == 1


def test_a_faulty_span_is_a_partial_success(server, channel):
    """The answer counts it."""
    answer = TraceServiceStub(channel).Export(
        traces("x", trace_id=b""), metadata=[("authorization", f"Bearer {server.key}")]
    )

    assert answer.partial_success.rejected_spans == 1


def test_an_unknown_key_is_unauthenticated(channel):
    """A client must not try again."""
    code = status_of(lambda: TraceServiceStub(channel).Export(traces("x"), metadata=[("x-vedette-key", "nobody")]))

    assert code is grpc.StatusCode.UNAUTHENTICATED


def test_garbage_is_an_invalid_argument(server, channel):
    """A client must not try again."""
    export = channel.unary_unary("/opentelemetry.proto.collector.trace.v1.TraceService/Export")

    assert status_of(lambda: export(b"garbage", metadata=[("x-vedette-key", server.key)])) is (
        grpc.StatusCode.INVALID_ARGUMENT
    )


def test_too_large_a_message_is_resource_exhausted(server, channel):
    """Compressed or not, the limit is that of the decompressed message."""
    request = ExportTraceServiceRequest()
    request.resource_spans.add(schema_url="x" * 70_000_000)
    stub = TraceServiceStub(channel)

    code = status_of(
        lambda: stub.Export(request, metadata=[("x-vedette-key", server.key)], compression=grpc.Compression.Gzip)
    )

    assert code is grpc.StatusCode.RESOURCE_EXHAUSTED
