import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type App, type AppParts, startApp } from '#app';
import { loadConfig } from '#config/config.ts';
import { readEnvironment } from '#config/env.ts';
import { createHttpClient, type HttpClient } from './http-client.ts';
import { layPreparedData } from './prepared-service.ts';
import { rememberCookie, signInOwner } from './sign-in.ts';

export interface TestApp extends HttpClient {
  readonly app: App;
  readonly address: string;
  readonly directory: string;
  /** The owner's session. */
  readonly cookie: string;
}

export interface TestAppOptions extends AppParts {
  readonly directory?: string;
  /** Front matter and instructions of personas by id, in place of the shipped ones. */
  readonly personas?: Readonly<Record<string, string>>;
}

/**
 * A real service on a free port with a fresh SQLite file, the stand-ins, and quiet logs, set up and with its owner
 * signed in to the demo organization. Ended and cleaned up by
 * `await using`; pass `directory` to start again on what an earlier one left.
 */
export async function startTestApp(
  environment: Record<string, string> = {},
  options: TestAppOptions = {},
): Promise<TestApp & AsyncDisposable> {
  const directory = options.directory ?? (await mkdtemp(path.join(tmpdir(), 'personas-test-')));
  const prepared = options.directory === undefined ? await layPreparedData(directory, environment) : null;
  const personas = options.personas === undefined ? {} : await writePersonas(directory, options.personas);
  const config = loadConfig(
    readEnvironment({
      PORT: '0',
      DATA_DIR: directory,
      LOG_LEVEL: 'silent',
      CHAT_MESSAGES_PER_MINUTE: '0',
      FILL_DEMO: 'false',
      ...personas,
      ...environment,
    }),
  );
  const app = await startApp(config, options);
  const { address } = app;
  const cookie = prepared ?? (await signInOwner(address, app.setUpLink));
  rememberCookie(address, cookie);
  return {
    app,
    address,
    directory,
    cookie,
    ...createHttpClient(address, cookie),
    async [Symbol.asyncDispose]() {
      await app.close(0);
      if (options.directory === undefined) await rm(directory, { recursive: true, force: true });
    },
  };
}

export async function writePersonas(directory: string, personas: Readonly<Record<string, string>>) {
  const folder = path.join(directory, 'personas');
  await mkdir(folder, { recursive: true });
  for (const [id, text] of Object.entries(personas)) await writeFile(path.join(folder, `${id}.md`), text);
  return { PERSONAS_DIR: folder };
}

/** A persona file in short: granted everything, with further front matter lines. */
export function personaFile(lines: readonly string[] = []): string {
  const granted = 'scopes: [ninox:teams:read, ninox:databases:read, ninox:records:delete]';
  return [
    '---',
    'name: Tester',
    'description: For tests.',
    granted,
    ...lines,
    '---',
    'You are a test persona.',
    '',
  ].join('\n');
}
