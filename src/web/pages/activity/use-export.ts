import { useCallback, useEffect, useRef, useState } from 'react';
import { type AuditQuery, fetchOrProblem } from '../../api-client.ts';
import { createRowCounter, type ExportFormat } from './count-rows.ts';

export type ExportState =
  | { readonly step: 'ready' }
  | { readonly step: 'running'; readonly events: number; readonly bytes: number }
  | { readonly step: 'saved'; readonly events: number; readonly fileName: string }
  | { readonly step: 'stopped' }
  | { readonly step: 'failed'; readonly error: unknown };

export interface Export {
  readonly state: ExportState;
  readonly start: (format: ExportFormat, query: AuditQuery) => void;
  readonly stop: () => void;
}

/** Fetches the export and hands it to the browser as a file, once it is there to its end. Leaving the page stops it. */
export function useExport(): Export {
  const [state, setState] = useState<ExportState>({ step: 'ready' });
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);
  const start = useCallback((format: ExportFormat, query: AuditQuery) => {
    const controller = new AbortController();
    running.current?.abort();
    running.current = controller;
    setState({ step: 'running', events: 0, bytes: 0 });
    // Not more often than a person can read.
    const tell = throttle((events: number, bytes: number) => setState({ step: 'running', events, bytes }));
    receive({ format, query, signal: controller.signal, tell }).then(
      (saved) => setState({ step: 'saved', ...saved }),
      (error: unknown) => {
        if (running.current !== controller) return;
        setState(controller.signal.aborted ? { step: 'stopped' } : { step: 'failed', error });
      },
    );
  }, []);
  const stop = useCallback(() => running.current?.abort(), []);
  return { state, start, stop };
}

interface Receiving {
  readonly format: ExportFormat;
  readonly query: AuditQuery;
  readonly signal: AbortSignal;
  readonly tell: (events: number, bytes: number) => void;
}

async function receive({ format, query, signal, tell }: Receiving): Promise<{ events: number; fileName: string }> {
  const response = await fetchOrProblem('/api/v1/audit-exports', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ format, ...query }),
    signal,
  });
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  const count = createRowCounter(format);
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let events = 0;
  let bytes = 0;
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
    if (done || value === undefined) break;
    pieces.push(value);
    bytes += value.length;
    events = count(decoder.decode(value, { stream: true }));
    tell(events, bytes);
  }
  const fileName = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1];
  const name = fileName ?? `activity.${format}`;
  save(new Blob(pieces, { type: response.headers.get('content-type') ?? '' }), name);
  return { events, fileName: name };
}

function save(file: Blob, name: string): void {
  const link = document.createElement('a');
  const url = URL.createObjectURL(file);
  link.href = url;
  link.download = name;
  link.click();
  // The browser has its own copy by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

function throttle(tell: (events: number, bytes: number) => void): (events: number, bytes: number) => void {
  let last = 0;
  return (events, bytes) => {
    const now = performance.now();
    if (now - last < 200) return;
    last = now;
    tell(events, bytes);
  };
}
