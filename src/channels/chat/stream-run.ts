import type { ServerResponse } from 'node:http';
import type { LiveRun } from '#agent/live-run.ts';
import { encodeRunEvent, uiStreamEnd, uiStreamHeaders } from './ui-stream.ts';

/** A reader that lets this much pile up is let go; it can resume, and the run does not wait for it. */
const maxUnreadBytes = 4 * 1024 * 1024;
const keepAliveMs = 15_000;

/**
 * Sends a run to one reader, from its beginning to its end. A reader that goes away only stops reading: the run goes on.
 */
export function streamRun(run: LiveRun, response: ServerResponse): void {
  response.writeHead(200, uiStreamHeaders);
  response.flushHeaders();
  let unsent = '';
  let scheduled = false;
  const flush = () => {
    scheduled = false;
    if (unsent === '' || response.destroyed) return;
    response.write(unsent);
    unsent = '';
    if (response.writableLength > maxUnreadBytes) response.destroy();
  };
  // What one turn of the event loop brings goes out in one write: socket writes are the dearest part of streaming.
  const send = (text: string) => {
    unsent += text;
    if (scheduled) return;
    scheduled = true;
    setImmediate(flush);
  };
  const keepAlive = setInterval(() => send(': keep-alive\n\n'), keepAliveMs);
  const leave = run.subscribe((event) => {
    send(encodeRunEvent(event));
    if (event.type !== 'run-finished') return;
    unsent += uiStreamEnd;
    flush();
    response.end();
  });
  response.once('close', () => {
    clearInterval(keepAlive);
    leave();
  });
}
