/** Resolves with whichever comes first. */
export async function overOrAborted(over: Promise<void>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const aborted = Promise.withResolvers<void>();
  const abort = () => aborted.resolve();
  signal.addEventListener('abort', abort, { once: true });
  await Promise.race([over, aborted.promise]);
  signal.removeEventListener('abort', abort);
}
