/**
 * The fields of OTLP requests that are read, by their numbers in the protocol buffers.
 *
 * Source: https://github.com/open-telemetry/opentelemetry-proto/tree/v1.7.0/opentelemetry/proto
 */

type Fields = Readonly<Record<string, readonly [id: number, type: string, rule?: 'repeated']>>

const anyValue: Fields = {
  stringValue: [1, 'string'],
  boolValue: [2, 'bool'],
  intValue: [3, 'int64'],
  doubleValue: [4, 'double'],
  arrayValue: [5, 'ArrayValue'],
  kvlistValue: [6, 'KeyValueList'],
  bytesValue: [7, 'bytes'],
}

const messages: Readonly<Record<string, Fields>> = {
  AnyValue: anyValue,
  ArrayValue: { values: [1, 'AnyValue', 'repeated'] },
  KeyValueList: { values: [1, 'KeyValue', 'repeated'] },
  KeyValue: { key: [1, 'string'], value: [2, 'AnyValue'] },
  Resource: { attributes: [1, 'KeyValue', 'repeated'] },
  InstrumentationScope: {
    name: [1, 'string'],
    version: [2, 'string'],
    attributes: [3, 'KeyValue', 'repeated'],
  },
  TraceRequest: { resourceSpans: [1, 'ResourceSpans', 'repeated'] },
  ResourceSpans: { resource: [1, 'Resource'], scopeSpans: [2, 'ScopeSpans', 'repeated'] },
  ScopeSpans: { scope: [1, 'InstrumentationScope'], spans: [2, 'Span', 'repeated'] },
  Span: {
    traceId: [1, 'bytes'],
    spanId: [2, 'bytes'],
    traceState: [3, 'string'],
    parentSpanId: [4, 'bytes'],
    name: [5, 'string'],
    kind: [6, 'int32'],
    startTimeUnixNano: [7, 'fixed64'],
    endTimeUnixNano: [8, 'fixed64'],
    attributes: [9, 'KeyValue', 'repeated'],
    events: [11, 'SpanEvent', 'repeated'],
    links: [13, 'SpanLink', 'repeated'],
    status: [15, 'Status'],
    flags: [16, 'fixed32'],
  },
  SpanEvent: {
    timeUnixNano: [1, 'fixed64'],
    name: [2, 'string'],
    attributes: [3, 'KeyValue', 'repeated'],
  },
  SpanLink: { traceId: [1, 'bytes'], spanId: [2, 'bytes'], attributes: [4, 'KeyValue', 'repeated'] },
  Status: { message: [2, 'string'], code: [3, 'int32'] },
  LogsRequest: { resourceLogs: [1, 'ResourceLogs', 'repeated'] },
  ResourceLogs: { resource: [1, 'Resource'], scopeLogs: [2, 'ScopeLogs', 'repeated'] },
  ScopeLogs: { scope: [1, 'InstrumentationScope'], logRecords: [2, 'LogRecord', 'repeated'] },
  LogRecord: {
    timeUnixNano: [1, 'fixed64'],
    severityNumber: [2, 'int32'],
    severityText: [3, 'string'],
    body: [5, 'AnyValue'],
    attributes: [6, 'KeyValue', 'repeated'],
    traceId: [9, 'bytes'],
    spanId: [10, 'bytes'],
    observedTimeUnixNano: [11, 'fixed64'],
    eventName: [12, 'string'],
  },
}

/** The messages as the protocol buffers library takes them. */
export const otlpDescriptor = {
  nested: Object.fromEntries(
    Object.entries(messages).map(([name, fields]) => [
      name,
      {
        fields: Object.fromEntries(
          Object.entries(fields).map(([field, [id, type, rule]]) => [
            field,
            rule === undefined ? { id, type } : { id, type, rule },
          ]),
        ),
        // At most one of the values of AnyValue is set.
        ...(name === 'AnyValue' ? { oneofs: { value: { oneof: Object.keys(anyValue) } } } : {}),
      },
    ]),
  ),
}
