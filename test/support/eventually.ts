import { setTimeout as pause } from 'node:timers/promises';

/** Asks again and again until there is an answer that is not null. Rejects with the last words of `why` after the time. */
export async function eventually<T>(
  ask: () => Promise<T | null>,
  { why, withinMs = 20_000 }: { readonly why: () => string; readonly withinMs?: number },
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== null) return answer;
    if (Date.now() > deadline) throw new Error(`Not within ${withinMs} ms: ${why()}`);
    await pause(80);
  }
}
