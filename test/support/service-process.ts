import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { variableNames } from '#config/env.ts';
import { createHttpClient, type HttpClient } from './http-client.ts';
import type { Decide } from './openai-script.ts';
import { createOpenAiServer, type OpenAiServer } from './openai-server.ts';
import { signInOwner } from './sign-in.ts';
import { writePersonas } from './start-app.ts';

/*
 * Programs of ours as processes of their own. Everything here belongs to the test that asked for it: when that is over,
 * well or not, its processes are killed and its folders removed.
 */

const root = fileURLToPath(new URL('../..', import.meta.url));

export type Variables = Readonly<Record<string, string>>;

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Program {
  /** Resolves once the process is gone and all it printed is read. */
  readonly ended: Promise<Ended>;
  /** What standard output has got so far. */
  printed(): string;
  /** Waits until that matches, looking from character `from` on; rejects when the program ends without. */
  whenPrinted(pattern: RegExp, from?: number): Promise<RegExpExecArray>;
  signal(name: NodeJS.Signals): void;
}

export interface ServiceProcess extends Program, HttpClient {
  readonly address: string;
  /** Where it keeps its data: start another one there to go on with it. */
  readonly directory: string;
  /** The owner's session. */
  readonly cookie: string;
}

export interface ServiceOptions {
  readonly variables?: Variables;
  readonly directory?: string;
  /** Persona files by id, in place of the shipped ones. */
  readonly personas?: Readonly<Record<string, string>>;
  /** Where it is started; an empty folder when nothing is said, because a `.env` there counts. */
  readonly workingDirectory?: string;
}

/** The real service, ready to answer, its owner signed in. */
export async function startService(options: ServiceOptions = {}): Promise<ServiceProcess> {
  const { program, directory } = await launchService(options);
  const [, address = ''] = await program.whenPrinted(/is ready: {2}(http:\S+)/);
  const [link = null] = /http:\S+\/set-up\?token=\S+/.exec(program.printed()) ?? [];
  const cookie = await signInOwner(address, link);
  return { ...program, ...createHttpClient(address, cookie), address, directory, cookie };
}

/** The real service in a configuration with which it cannot start. */
export async function startInVain(options: ServiceOptions): Promise<Ended> {
  return (await launchService(options)).program.ended;
}

async function launchService(options: ServiceOptions): Promise<{ program: Program; directory: string }> {
  const directory = options.directory ?? (await temporaryFolder());
  const personas = options.personas === undefined ? {} : await writePersonas(directory, options.personas);
  const variables = {
    PORT: '0',
    DATA_DIR: directory,
    PERSONAS_DIR: path.join(root, 'personas'),
    CHAT_MESSAGES_PER_MINUTE: '0',
    FILL_DEMO: 'false',
    ...personas,
    ...options.variables,
  };
  const workingDirectory = options.workingDirectory ?? (await temporaryFolder());
  return { program: startProgram({ words: ['src/main.ts'], variables, workingDirectory }), directory };
}

/** `npm run persona -- ...` on the data of `directory`. */
export async function runCommand(
  directory: string,
  words: readonly string[],
  variables: Variables = {},
): Promise<Ended> {
  return (await startCommand(directory, words, variables)).ended;
}

/** The same, without waiting for its end. */
export async function startCommand(
  directory: string,
  words: readonly string[],
  variables: Variables = {},
): Promise<Program> {
  return startProgram({
    words: ['src/cli/main.ts', ...words],
    variables: { DATA_DIR: directory, ...variables },
    workingDirectory: await temporaryFolder(),
  });
}

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'personas-process-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

interface ProgramStart {
  /** The program's file, relative to the project, and its arguments. */
  readonly words: readonly [string, ...string[]];
  readonly variables: Variables;
  readonly workingDirectory: string;
}

function startProgram({ words: [file, ...words], variables, workingDirectory }: ProgramStart): Program {
  const child = spawn(process.execPath, [path.join(root, file), ...words], {
    cwd: workingDirectory,
    env: { ...foreignVariables(), ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const program = follow(child);
  onTestFinished(async () => {
    program.signal('SIGKILL');
    await program.ended;
  });
  return program;
}

/** Without what whoever runs the tests has set for a service of their own. */
function foreignVariables(): NodeJS.ProcessEnv {
  const ours = new Set<string>(variableNames);
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.has(name)));
}

function follow(child: ChildProcess): Program {
  const text = { stdout: '', stderr: '' };
  const listeners = new Set<() => void>();
  const collect = (name: 'stdout' | 'stderr') =>
    child[name]?.setEncoding('utf8').on('data', (chunk: string) => {
      text[name] += chunk;
      for (const listener of listeners) listener();
    });
  collect('stdout');
  collect('stderr');
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, ...text }));
  });
  return {
    ended,
    printed: () => text.stdout,
    whenPrinted(pattern, from = 0) {
      const found = Promise.withResolvers<RegExpExecArray>();
      const look = () => {
        const match = pattern.exec(text.stdout.slice(from));
        if (match !== null) found.resolve(match);
      };
      listeners.add(look);
      look();
      ended.then(
        ({ code, stderr }) =>
          found.reject(new Error(`The program ended (${code}) before it printed ${pattern}:\n${text.stdout}${stderr}`)),
        found.reject,
      );
      return found.promise.finally(() => listeners.delete(look));
    },
    signal: (name) => void child.kill(name),
  };
}

/** A model whose every answer is scripted, and the variables that make it the service's default. */
export async function startScriptedModel(decide: Decide): Promise<{ model: OpenAiServer; variables: Variables }> {
  const model = createOpenAiServer(decide);
  onTestFinished(() => model.close());
  const OPENAI_BASE_URL = await model.listen();
  const variables = {
    OPENAI_API_KEY: 'sk-scripted',
    OPENAI_BASE_URL,
    OPENAI_API: 'responses',
    DEFAULT_MODEL: 'openai/scripted',
  };
  return { model, variables };
}
