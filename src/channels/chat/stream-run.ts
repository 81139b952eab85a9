import type { ServerResponse } from 'node:http';
import type { LiveRun } from '#agent/live-run.ts';
import { isLast } from '#agent/run-events.ts';
import { encodeRunEvent, uiStreamEnd, uiStreamHeaders } from './ui-stream.ts';

/** A reader that lets this much pile up is let go; it can resume, and the run does not wait for it. */
const maxUnreadBytes = 4 * 1024 * 1024;
const keepAliveMs = 15_000;

/**
 * Sends a run to one reader, from its beginning to its end, or until it waits for a person. A reader that goes away only stops reading: the run goes on.
 * `scrub` takes secrets in use out of what is sent.
 */
export function streamRun(run: LiveRun, response: ServerResponse, scrub: (text: string) => string): void {
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
  response.writeHead(200, uiStreamHeaders);
  response.flushHeaders();
  leave = run.subscribe((event) => {
    writer.send(scrub(encodeRunEvent(event)));
    if (!isLast(event)) return;
    writer.end(uiStreamEnd);
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
