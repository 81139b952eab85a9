import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { LiveRun } from '#agent/live-run.ts';
import { isLast, type RunEvent } from '#agent/run-events.ts';
import { encodeRunEvent, uiStreamEnd, uiStreamHeaders } from './ui-stream.ts';

/** A reader that lets this much pile up is let go; it can resume, and the run does not wait for it. */
const maxUnreadBytes = 4 * 1024 * 1024;
const keepAliveMs = 15_000;

/**
 * Sends a run to one reader, from its beginning to its end, or until it waits for a person. A reader that goes away only stops reading: the run goes on.
 * `scrub` takes secrets in use out of JSON.
 */
export function streamRun(
  run: Pick<LiveRun, 'subscribe'>,
  response: ServerResponse,
  scrub: (text: string) => string,
): void {
  streamEvents(run, response, (event) => encodeRunEvent(event, scrub));
}

/** The same, with a say in what is sent of each event. */
export function streamEvents(
  run: Pick<LiveRun, 'subscribe'>,
  response: ServerResponse,
  encode: (event: RunEvent) => string,
): void {
  sendEvents(run, response, { headers: uiStreamHeaders, encode, isLast, end: uiStreamEnd });
}

/** Anything that tells late readers what happened so far, and then goes on. */
export interface EventSource<Event> {
  subscribe(listener: (event: Event) => void): () => void;
}

export interface EventProtocol<Event> {
  readonly headers: OutgoingHttpHeaders;
  /** The server-sent events of one event: one, several or none. */
  readonly encode: (event: Event) => string;
  readonly isLast: (event: Event) => boolean;
  /** What stands behind the last event. */
  readonly end: string;
}

/** The same with events of any kind, in any protocol of server-sent events. */
export function sendEvents<Event>(
  source: EventSource<Event>,
  response: ServerResponse,
  protocol: EventProtocol<Event>,
): void {
  // Who left while the run was being started will never be told to close again.
  if (response.destroyed) return;
  const writer = createWriter(response);
  const keepAlive = setInterval(() => writer.send(': keep-alive\n\n'), keepAliveMs);
  let leave = () => {};
  let isOver = false;
  const stop = () => {
    isOver = true;
    clearInterval(keepAlive);
    leave();
  };
  response.once('close', stop);
  // A socket that breaks while it is written to is only a reader that left.
  response.on('error', stop);
  response.writeHead(200, protocol.headers);
  response.flushHeaders();
  leave = source.subscribe((event) => {
    writer.send(protocol.encode(event));
    if (!protocol.isLast(event)) return;
    writer.end(protocol.end);
    stop();
  });
  if (isOver) leave();
}

/** What one turn of the event loop brings goes out in one write: socket writes are the dearest part of streaming. */
function createWriter(response: ServerResponse) {
  let unsent = '';
  let scheduled = false;
  const flush = () => {
    scheduled = false;
    if (unsent === '' || response.destroyed || response.writableEnded) return;
    response.write(unsent);
    unsent = '';
    if (response.writableLength > maxUnreadBytes) response.destroy();
  };
  return {
    send(text: string): void {
      unsent += text;
      if (scheduled) return;
      scheduled = true;
      setImmediate(flush);
    },
    end(text: string): void {
      unsent += text;
      flush();
      response.end();
    },
  };
}
