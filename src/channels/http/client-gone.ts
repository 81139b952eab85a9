import type { Response } from 'express';

/** Aborted once nobody reads the answer any more: it is sent whole, or the client has left. */
export function clientGone(response: Response): AbortSignal {
  const gone = new AbortController();
  if (response.destroyed) gone.abort();
  else response.once('close', () => gone.abort());
  return gone.signal;
}
