import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Addresses every measured process is given in `BENCH_SERVERS`. */
export interface BenchServers {
  readonly modelUrl: string;
  readonly ninoxUrl: string;
  readonly ninoxKey: string;
}

/** Milliseconds of CPU (user and system) since the start, and resident bytes now. */
export interface Usage {
  readonly cpuMs: number;
  readonly rssBytes: number;
}

export interface MeasuredProcess {
  readonly url: string;
  /** Milliseconds from spawning to being able to answer. */
  readonly startMs: number;
  usage(): Promise<Usage>;
  stop(): Promise<void>;
}

/** Starts one measured program in its own process and waits until it serves. */
export async function startMeasured(file: string, environment: Record<string, string>): Promise<MeasuredProcess> {
  const startedAt = performance.now();
  const child = fork(new URL(file, import.meta.url), { env: { ...process.env, ...environment } });
  const ready = await nextMessage<{ url: string }>(child, 'ready');
  const startMs = performance.now() - startedAt;
  return {
    url: ready.url,
    startMs,
    usage() {
      child.send({ type: 'usage?' });
      return nextMessage<Usage>(child, 'usage');
    },
    async stop() {
      if (child.exitCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}

async function nextMessage<T>(child: ChildProcess, type: string): Promise<T> {
  const ended = new AbortController();
  const onExit = () => ended.abort(new Error(`the process ended before it said “${type}”`));
  child.once('exit', onExit);
  try {
    for (;;) {
      const [message] = (await once(child, 'message', { signal: ended.signal })) as [{ type: string } & T];
      if (message.type === type) return message;
    }
  } finally {
    child.off('exit', onExit);
  }
}

/** In the measured process: answers questions about its use. */
export function reportUsage(): void {
  process.on('message', (message: { type: string }) => {
    if (message.type !== 'usage?') return;
    const { user, system } = process.cpuUsage();
    process.send?.({ type: 'usage', cpuMs: (user + system) / 1000, rssBytes: process.memoryUsage.rss() });
  });
}

/** In the measured process: says where it serves, once it does. */
export function serveOn(server: Server): void {
  server.once('listening', () => {
    const { port } = server.address() as AddressInfo;
    process.send?.({ type: 'ready', url: `http://127.0.0.1:${port}` });
  });
}
