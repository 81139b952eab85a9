import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { variableNames } from '#config/env.ts';
import type { FromService, ToService } from './failpoint-service.ts';
import type { Failpoint } from './failpoints.ts';
import { createHttpClient, type HttpClient } from './http-client.ts';
import { signInOwner } from './sign-in.ts';

/** A service in a process of its own that dies at a commit, or whenever it is told to. */
export interface FailpointService extends HttpClient {
  readonly address: string;
  /** The owner's session; it outlives the process. */
  readonly cookie: string;
  /** Resolves once the process is gone. */
  readonly gone: Promise<void>;
  readonly isGone: () => boolean;
  /** What it has logged. */
  readonly logged: () => string;
  /** Resolves once the next matching commit is deadly. */
  arm(failpoint: Failpoint): Promise<void>;
  /** Arms it to stall at that commit; gives when it does, and then what lets it go on. */
  stallAt(
    failpoint: Omit<Failpoint, 'onceThere'>,
  ): Promise<{ readonly stalled: Promise<void>; readonly goOn: () => void }>;
  /** kill -9; resolves once it is gone. */
  kill(): Promise<void>;
}

export interface FailpointServiceOptions {
  readonly directory: string;
  readonly variables: Readonly<Record<string, string>>;
  /** Null signs the owner in, or sets the service up. */
  readonly cookie: string | null;
  readonly clockAheadMs?: number;
}

const compiled = fileURLToPath(new URL('../../node_modules/.cache/compiled', import.meta.url));
const entry = fileURLToPath(new URL('./failpoint-service.ts', import.meta.url));

export async function startFailpointService(options: FailpointServiceOptions): Promise<FailpointService> {
  const { directory, variables, clockAheadMs = 0 } = options;
  const child = fork(entry, {
    cwd: directory,
    execArgv: [],
    env: { ...foreignVariables(), ...serviceVariables(directory), ...variables, CLOCK_AHEAD_MS: String(clockAheadMs) },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const logged = collect(child);
  const gone = once(child, 'exit').then(() => undefined);
  const isGone = () => child.exitCode !== null || child.signalCode !== null;
  const heard = hear(child, { gone, logged });
  const { address, setUpLink } = await heard('ready');
  const cookie = options.cookie ?? (await signInOwner(address, setUpLink));
  const arm = async (failpoint: Failpoint) => {
    const armed = heard('armed');
    child.send({ type: 'arm', failpoint } satisfies ToService);
    await armed;
  };
  return {
    ...createHttpClient(address, cookie),
    address,
    cookie,
    gone,
    isGone,
    logged,
    arm,
    async stallAt(failpoint) {
      const stalled = heard('stalled').then(() => undefined);
      await arm({ ...failpoint, onceThere: 'stall' });
      return { stalled, goOn: () => void child.send({ type: 'go on' } satisfies ToService) };
    },
    async kill() {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

function serviceVariables(directory: string): Readonly<Record<string, string>> {
  return {
    PORT: '0',
    DATA_DIR: directory,
    LOG_LEVEL: 'warn',
    CHAT_MESSAGES_PER_MINUTE: '0',
    FILL_DEMO: 'false',
    // The same program is started again and again.
    NODE_COMPILE_CACHE: compiled,
  };
}

/** Without what whoever runs this has set for a service of their own. */
function foreignVariables(): NodeJS.ProcessEnv {
  const ours = new Set<string>(variableNames);
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.has(name)));
}

function collect(child: ChildProcess): () => string {
  let text = '';
  const add = (chunk: Buffer) => {
    text += chunk.toString('utf8');
  };
  child.stdout?.on('data', add);
  child.stderr?.on('data', add);
  return () => text;
}

type Heard = <Type extends FromService['type']>(type: Type) => Promise<FromService & { readonly type: Type }>;

function hear(child: ChildProcess, ending: { gone: Promise<void>; logged: () => string }): Heard {
  return <Type extends FromService['type']>(type: Type) =>
    new Promise<FromService & { readonly type: Type }>((resolve, reject) => {
      const listen = (message: FromService) => {
        if (message.type !== type) return;
        child.off('message', listen);
        resolve(message as FromService & { readonly type: Type });
      };
      child.on('message', listen);
      void ending.gone.then(() => {
        reject(new Error(`The service ended before it said “${type}”:\n${ending.logged()}`));
      });
    });
}
