import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { startApp } from '#app';
import type { Role } from '#auth/permissions.ts';
import type { InvitedView } from '#channels/http/contract/organization.ts';
import { loadConfig } from '#config/config.ts';
import { readEnvironment } from '#config/env.ts';
import { owner, postJson, readCookie } from './sign-in.ts';
import type { TestApp } from './start-app.ts';

export interface FreshApp extends AsyncDisposable {
  readonly address: string;
  /** Path and search of the set-up link. */
  readonly setUpPath: string;
}

/** A real service that nobody has set up yet. */
export async function startFreshApp(): Promise<FreshApp> {
  const directory = await mkdtemp(path.join(tmpdir(), 'personas-fresh-'));
  const variables = { PORT: '0', DATA_DIR: directory, LOG_LEVEL: 'silent', FILL_DEMO: 'false' };
  const app = await startApp(loadConfig(readEnvironment(variables)));
  const { pathname, search } = new URL(app.setUpLink ?? app.address);
  return {
    address: app.address,
    setUpPath: pathname + search,
    async [Symbol.asyncDispose]() {
      await app.close(0);
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** A session of the owner's own, beside the one every test app begins with. */
export async function signInAgain(address: string): Promise<string> {
  const { email, password } = owner;
  return readCookie(await postJson(`${address}/api/v1/sign-in`, { email, password }));
}

/** Invites as the owner and returns the path of the link. */
export async function inviteBy(app: TestApp, invitation: { email: string; role: Role }): Promise<string> {
  const { status, body } = await app.send('POST', '/api/v1/invitations', invitation);
  if (status >= 300) throw new Error(`No invitation: ${JSON.stringify(body)}`);
  return new URL((body as InvitedView).link).pathname;
}

/** The session of a new person in the owner's organization. */
export async function join(app: TestApp, person: { name: string; email: string; role: Role }): Promise<string> {
  const link = await inviteBy(app, { email: person.email, role: person.role });
  const account = { name: person.name, password: 'correct horse too' };
  return readCookie(
    await postJson(`${app.address}/api/v1/invitation-links/${link.split('/').at(-1)}/sign-up`, account),
  );
}

export async function fillIn(page: Page, values: Readonly<Record<string, string>>): Promise<void> {
  for (const [label, value] of Object.entries(values)) {
    await page.getByRole('textbox', { name: label, exact: true }).fill(value);
  }
}

/** Fills in the sign-in that stands before the page and sends it with Enter. */
export async function signInOnPage(page: Page, { email, password }: { email: string; password: string }) {
  await fillIn(page, { 'E-mail': email, Password: password });
  await page.keyboard.press('Enter');
}

/** Opens the menu with the organizations; `name` goes on in that one. */
export async function switchTo(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: /^Organization: / }).click();
  await page.getByRole('dialog', { name: 'Organizations' }).getByRole('button', { name }).click();
}
