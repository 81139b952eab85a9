import { rmSync } from 'node:fs';
import { cp, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startApp } from '#app';
import { loadConfig } from '#config/config.ts';
import { readEnvironment } from '#config/env.ts';
import { signInOwner } from './sign-in.ts';

interface Prepared {
  readonly folder: string;
  readonly cookie: string;
}

/** What a service has stored under any of these differs from what it stores without. */
const stored =
  /^(DATABASE_URL|NINOX_.*|AUDIT_KEY|AUTH_SECRET|VAULT_.*|PUBLIC_URL|HOST|TRUST_PROXY|FILL_DEMO|NODE_ENV)$/;

let prepared: Promise<Prepared> | undefined;

/**
 * Lays the data of a service that was set up and stopped into `directory`, where that is what a new service would store
 * too. Gives the session of its owner, or null where it does not fit: migrations, keys and two hashes of a password
 * take longer than the rest of a start, and are the same each time.
 */
export async function layPreparedData(
  directory: string,
  environment: Readonly<Record<string, string>>,
): Promise<string | null> {
  if (Object.keys(environment).some((name) => stored.test(name))) return null;
  prepared ??= prepare();
  const { folder, cookie } = await prepared;
  await cp(folder, directory, { recursive: true });
  return cookie;
}

async function prepare(): Promise<Prepared> {
  const folder = await mkdtemp(path.join(tmpdir(), 'personas-prepared-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const variables = { PORT: '0', DATA_DIR: folder, LOG_LEVEL: 'silent', FILL_DEMO: 'false' };
  const app = await startApp(loadConfig(readEnvironment(variables)));
  try {
    return { folder, cookie: await signInOwner(app.address, app.setUpLink) };
  } finally {
    await app.close(0);
  }
}
