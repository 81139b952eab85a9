import { createServer } from 'node:net';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sampleIds } from '#sandbox/ninox-data.ts';
import { createNinoxServer, type NinoxStandIn } from '#sandbox/ninox-server.ts';
import { createVisitors, isTooWide, phone, snap, tabTo } from '../support/page.ts';
import { postJson, readCookie } from '../support/sign-in.ts';
import { startTestApp, type TestApp } from '../support/start-app.ts';

const keys = { all: 'n1nox-key-of-everything', one: 'n1nox-key-of-one-team', none: 'n1nox-key-without-teams' };
const { company } = sampleIds;
/** The browser itself logs every refusal; these belong to the stories below. */
const refusals = { expected: [/status of (400|401|404|409|422)/] };

const visitors = createVisitors();
let ninox: NinoxStandIn;
let ninoxUrl: string;
let closedPort: number;
let app: TestApp & AsyncDisposable;
beforeAll(async () => {
  ninox = createNinoxServer({
    keys: [
      { key: keys.all, teams: 'all' },
      { key: keys.one, teams: [company.team] },
      { key: keys.none, teams: [] },
    ],
  });
  ninoxUrl = await ninox.listen();
  closedPort = await findClosedPort();
  app = await startTestApp({ ALLOWED_PRIVATE_HOSTS: `${new URL(ninoxUrl).host},127.0.0.1:${closedPort}` });
});
afterAll(async () => {
  await app?.[Symbol.asyncDispose]();
  await ninox.close();
});

const goOn = (page: Page) => page.getByRole('button', { name: 'Continue' }).click();
const keyBox = (page: Page) =>
  page.getByRole('textbox', { name: 'API key' }).or(page.getByLabel('API key', { exact: true }));

interface Connected {
  readonly id: string;
  readonly scopes: readonly string[];
  readonly limits: Record<string, readonly string[]>;
  readonly limitNames: Record<string, string>;
  readonly status: string;
  readonly label: string;
  readonly ownership: string;
  readonly health: { readonly seen: readonly { readonly name: string }[] };
}

async function readConnection(id: string): Promise<Connected> {
  return (await app.get(`/api/v1/connections/${id}`)).body as Connected;
}

/** A connection to the Ninox of this file, made without the pages. */
async function connect(label: string, key = keys.all): Promise<Connected> {
  const { status, body } = await app.send('POST', '/api/v1/connections', {
    integration: 'ninox',
    place: 'own-host',
    address: ninoxUrl,
    key,
    label,
    ownership: 'organization',
    scopes: ['ninox:teams:read', 'ninox:databases:read'],
  });
  expect(status, JSON.stringify(body)).toBe(201);
  return body as Connected;
}

describe('connecting', () => {
  test('the stand-in is connected in a few steps, and the last page leads to the personas', async () => {
    const page = await visitors.open(app.address, '/integrations');
    const card = page.getByRole('article', { name: 'Ninox' });
    await card.getByText(/tools$/).click();
    expect(await card.getByRole('list', { name: 'Tools of Ninox' }).textContent()).toMatch(/Delete.*Destructive/);
    await snap(page, 'integrations');
    await card.getByRole('link', { name: 'Connect Ninox' }).click();
    await page.getByRole('radio', { name: 'Local stand-in' }).check();
    await goOn(page);
    await page.getByRole('button', { name: 'Test the connection' }).click();
    const seen = page.getByRole('list', { name: 'What the key can see' });
    expect(await seen.textContent()).toContain('Example Interiors');
    await goOn(page);
    await page.getByRole('textbox', { name: 'Name' }).fill('Sample company');
    await goOn(page);
    expect(await page.getByRole('checkbox', { name: 'See teams' }).isChecked()).toBe(true);
    expect(await page.getByRole('checkbox', { name: 'Delete records' }).isChecked(), 'destructive').toBe(false);
    await goOn(page);
    await page.getByRole('button', { name: 'Connect Ninox' }).click();
    await page.getByRole('heading', { name: '“Sample company” is connected' }).waitFor();
    const attach = await page.getByRole('link', { name: /Attach it to a persona/ }).getAttribute('href');
    const id = new URL(page.url()).searchParams.get('connection');
    expect(attach).toBe(`/personas/new?connection=${id}`);
    await page.getByRole('link', { name: 'Integrations', exact: true }).first().click();
    const row = page.getByRole('list', { name: 'Connections' }).getByRole('link', { name: /Sample company/ });
    expect(await row.textContent()).toMatch(/Working.*Sample data.*Organization/);
  });

  test('whatever is wrong is said in words, and what was typed stays until it is right', async () => {
    const page = await visitors.open(app.address, '/integrations/ninox/connect', refusals);
    const address = page.getByLabel('Address of the server');
    const problem = page.getByRole('alert');
    const tryAddress = async (typed: string) => {
      await page.getByRole('button', { name: 'Change the address' }).click();
      await address.fill(typed);
      await goOn(page);
      await page.getByRole('button', { name: 'Test the key' }).click();
    };
    await page.getByRole('radio', { name: 'Your own server' }).check();
    await goOn(page);
    expect(await problem.textContent()).toBe('Fill in the address of the server.');
    await address.fill('https://10.1.2.3:8443');
    await goOn(page);
    await page.getByRole('button', { name: 'Test the key' }).click();
    expect(await problem.textContent()).toMatch(/Paste the whole key/);

    await keyBox(page).fill('n1nox-key-nobody-knows');
    await page.getByRole('button', { name: 'Test the key' }).click();
    await problem.filter({ hasText: /private network.*ALLOWED_PRIVATE_HOSTS=10\.1\.2\.3:8443/ }).waitFor();
    await snap(page, 'integrations-private-address');
    await tryAddress(`http://127.0.0.1:${closedPort}`);
    await problem.filter({ hasText: 'reached through the connection “the one you are trying”' }).waitFor();
    await tryAddress(ninoxUrl);
    await problem.filter({ hasText: 'Ninox did not accept the key' }).waitFor();
    expect(await keyBox(page).inputValue()).toBe('n1nox-key-nobody-knows');

    await keyBox(page).fill(keys.none);
    await page.getByRole('button', { name: 'Test the key' }).click();
    await problem.filter({ hasText: 'sees no team' }).waitFor();
    await keyBox(page).fill(keys.all);
    await page.keyboard.press('Enter');
    await page.getByText('The key works. It can see 3 teams.').waitFor();
    await page.goBack();
    expect(await address.inputValue(), 'going back keeps it').toBe(ninoxUrl);
    await page.goForward();
    await page.getByText('The key works. It can see 3 teams.').waitFor();
    expect(await whatIsStored(page)).not.toContain(keys.all);
  });

  test('a failed connecting loses nothing, and teams are limited by name', async () => {
    const page = await visitors.open(app.address, '/integrations/ninox/connect', refusals);
    await page.getByRole('radio', { name: 'Your own server' }).check();
    await page.getByLabel('Address of the server').fill(ninoxUrl);
    await goOn(page);
    await keyBox(page).fill(keys.all);
    await page.getByRole('button', { name: 'Test the key' }).click();
    await page.getByText('The key works', { exact: false }).waitFor();
    await goOn(page);
    await page.getByRole('textbox', { name: 'Name' }).fill('Ninox of the office');
    await page.getByRole('radio', { name: 'Personal' }).check();
    await goOn(page);
    await page.getByRole('checkbox', { name: 'Delete records' }).check();
    await goOn(page);
    await page.getByRole('radio', { name: 'Only these teams' }).check();
    await page.getByText('Nothing is ticked: no team may be used at all.').waitFor();
    await page.getByRole('checkbox', { name: /Example Interiors/ }).check();

    const mend = ninox.faults.set({ kind: 'status', status: 503, match: /teams/ });
    await page.getByRole('button', { name: 'Connect Ninox' }).click();
    await page.getByText('It was not connected. Everything you typed is still here.').waitFor({ timeout: 25_000 });
    mend();
    expect(await page.getByRole('checkbox', { name: /Example Interiors/ }).isChecked()).toBe(true);
    await page.getByRole('button', { name: 'Connect Ninox' }).click();
    await page.getByRole('heading', { name: '“Ninox of the office” is connected' }).waitFor({ timeout: 25_000 });
    await page.getByText('It may be used for Example Interiors only.', { exact: false }).waitFor();
    const id = new URL(page.url()).searchParams.get('connection') ?? '';
    expect(await readConnection(id)).toMatchObject({
      ownership: 'personal',
      scopes: ['ninox:teams:read', 'ninox:databases:read', 'ninox:records:read', 'ninox:records:delete'],
      limits: { teams: [company.team] },
      limitNames: { [company.team]: 'Example Interiors' },
    });
  });

  test('it works with the keyboard alone', async () => {
    const page = await visitors.open(app.address, '/integrations/ninox/connect');
    await tabTo(page, page.getByRole('radio', { checked: true }));
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Test the connection' }).waitFor();
    expect(await focused(page), 'the step is read').toBe('Test the connection');
    await tabTo(page, page.getByRole('button', { name: 'Test the connection' }));
    await page.keyboard.press('Enter');
    await page.getByText('The key works', { exact: false }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Name it' }).waitFor();
    expect(await focused(page)).toBe('Name it');
  });
});

describe('managing', () => {
  test('databases and tables are limited by name, and names outlive a reload', async () => {
    const { id } = await connect('Limited Ninox');
    const page = await visitors.open(app.address, `/integrations/connections/${id}`);
    const tables = page.getByRole('group', { name: 'Tables' });
    await tables.getByRole('radio', { name: 'Only these tables' }).check();
    await tables.getByText('Example Interiors').click();
    await tables.getByText('CRM', { exact: true }).click();
    await tables.getByRole('checkbox', { name: /Contacts/ }).check();
    await page.getByRole('button', { name: 'Save changes' }).click();
    await page.getByText('Saved. It counts from the next call on.').waitFor();
    const { limits, limitNames } = await readConnection(id);
    const [table = ''] = limits.tables ?? [];
    expect(table).toMatch(new RegExp(`^${company.crm}/[A-Z]$`));
    expect(limitNames).toEqual({ [table]: 'CRM › Contacts' });
    await page.reload();
    expect(await tables.getByRole('list', { name: 'Ticked' }).textContent()).toBe(`CRM › Contacts${table}`);
    await snap(page, 'integrations-manage');
    await tables.getByRole('button', { name: 'Take CRM › Contacts away' }).click();
    await page.getByRole('button', { name: 'Discard' }).click();
    await tables.getByText('CRM › Contacts').waitFor();
  });

  test('of two tabs the second is told, and nothing is overwritten', async () => {
    const { id } = await connect('Twice opened');
    const first = await visitors.open(app.address, `/integrations/connections/${id}`);
    const second = await visitors.open(app.address, `/integrations/connections/${id}`, refusals);
    const save = (page: Page) => page.getByRole('button', { name: 'Save changes' }).click();
    await second.getByRole('textbox', { name: 'Name' }).fill('Second');
    await first.getByRole('textbox', { name: 'Name' }).fill('First');
    await save(first);
    await first.getByText('Saved. It counts from the next call on.').waitFor();
    await save(second);
    await second.getByText('Somebody else changed this connection meanwhile').waitFor();
    expect((await readConnection(id)).label).toBe('First');
    await second.getByRole('button', { name: 'Load what it is now' }).click();
    await expect.poll(() => second.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('First');
  });

  test('a new key that sees less is taken only when that is accepted', async () => {
    const { id } = await connect('Key changer');
    const page = await visitors.open(app.address, `/integrations/connections/${id}`, refusals);
    const dialog = page.getByRole('dialog', { name: 'Replace the key' });
    const open = page.getByRole('button', { name: 'Replace the key…' });
    const offer = async (key: string) => {
      await dialog.getByLabel('New API key', { exact: true }).fill(key);
      await dialog.getByRole('button', { name: 'Test and replace' }).click();
    };
    await open.click();
    await offer('n1nox-key-nobody-knows');
    await dialog.getByText('The key was not replaced. The old one stays in use.').waitFor();
    await offer(keys.one);
    const lost = dialog.getByRole('list', { name: 'Teams that would be lost' });
    expect(await lost.textContent()).toMatch(/Workshop/);
    expect(await lost.getByRole('listitem').count()).toBe(2);
    await snap(page, 'integrations-lost-teams');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    expect((await readConnection(id)).health.seen).toHaveLength(3);

    await open.click();
    await offer(keys.one);
    await dialog.getByRole('button', { name: 'Replace it all the same' }).click();
    await dialog.getByText('The new key is in use').waitFor();
    await dialog.getByRole('button', { name: 'Done' }).click();
    await dialog.waitFor({ state: 'hidden' });
    expect((await readConnection(id)).health.seen.map(({ name }) => name)).toEqual(['Example Interiors']);
    expect(await whatIsStored(page)).not.toContain(keys.one);
  });

  test('revoking names who uses it first, and is done only when it is said again', async () => {
    const { id } = await connect('Short-lived');
    const page = await visitors.open(app.address, `/integrations/connections/${id}`);
    const dialog = page.getByRole('dialog', { name: 'Revoke “Short-lived”?' });
    const revoke = page.getByRole('button', { name: 'Revoke…' });
    await revoke.click();
    await dialog.getByText('Database librarian').waitFor();
    await snap(page, 'integrations-revoke');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    expect((await readConnection(id)).status).toBe('active');
    await revoke.click();
    await dialog.getByText('Database librarian').waitFor();
    await dialog.getByRole('button', { name: 'Revoke', exact: true }).click();
    await page.getByText('cannot be used any more', { exact: false }).waitFor();
    expect((await readConnection(id)).status).toBe('revoked');
    expect(await revoke.count()).toBe(0);
    await expect.poll(() => focused(page)).toMatch(/^Revoked/);
    await page.getByRole('heading', { name: 'What it could see until then' }).waitFor();
    const anew = page.getByRole('link', { name: 'connect it anew' });
    expect(await anew.getAttribute('href')).toBe('/integrations/ninox/connect');
    await page.goto(`${app.address}/integrations`);
    await page.getByRole('button', { name: /Show revoked ones/ }).click();
    await page.getByRole('link', { name: /Short-lived.*Revoked/ }).waitFor();
  });

  test('a check tells of a key that was deleted, in words', async () => {
    const { id } = await connect('Checked');
    const page = await visitors.open(app.address, `/integrations/connections/${id}`);
    const mend = ninox.faults.set({ kind: 'status', status: 401, match: /teams/ });
    await page.getByRole('button', { name: 'Check now' }).click();
    await page.getByText('Checked: there is a problem.').waitFor();
    await page.getByText('The last check failed').waitFor();
    mend();
    await page.getByRole('button', { name: 'Check now' }).click();
    await page.getByText('Checked: the connection works.').waitFor();
    expect(await page.getByText('The last check failed').count()).toBe(0);
  });
});

describe('other roles and screens', () => {
  test('a member connects for themselves only and reads the organization’s', async () => {
    const { id } = await connect('Of the organization');
    const cookie = await invite('member');
    const page = await visitors.open(app.address, `/integrations/connections/${id}`, { cookie });
    await page.getByText('You can see this connection but not change it.', { exact: false }).waitFor();
    expect(await page.getByRole('button', { name: /Revoke|Save|Check now|Replace/ }).count()).toBe(0);
    await page.goto(`${app.address}/integrations/ninox/connect`);
    await page.getByRole('radio', { name: 'Local stand-in' }).check();
    await goOn(page);
    await page.getByRole('button', { name: 'Test the connection' }).click();
    await page.getByText('The key works', { exact: false }).waitFor();
    await goOn(page);
    await page.getByText('Only your own conversations use it.', { exact: false }).waitFor();
    expect(await page.getByRole('radio').count()).toBe(0);
  });

  test('what somebody else has is not there', async () => {
    const page = await visitors.open(app.address, '/integrations/connections/nobody-has-this', refusals);
    await page.getByRole('heading', { name: 'There is no such connection' }).waitFor();
  });

  test('every page fits a phone', async () => {
    const { id } = await connect('On a phone');
    const page = await visitors.open(app.address, '/integrations', phone);
    const places: [string, RegExp][] = [
      ['/integrations', /^Connections$/],
      ['/integrations/ninox/connect', /Where does your Ninox run/],
      [`/integrations/connections/${id}`, /^Who uses it$/],
    ];
    for (const [index, [place, heading]] of places.entries()) {
      await page.goto(app.address + place);
      await page.getByRole('heading', { name: heading }).waitFor();
      expect(await isTooWide(page), place).toBe(false);
      await snap(page, `phone-integrations-${index}`);
    }
  });
});

/** Somebody who was invited with this role and made an account: their session. */
async function invite(role: string): Promise<string> {
  const email = `${role}-${Date.now()}@example.com`;
  const { body } = await app.send('POST', '/api/v1/invitations', { email, role });
  const token = new URL((body as { link: string }).link).pathname.split('/').at(-1);
  const answer = await postJson(`${app.address}/api/v1/invitation-links/${token}/sign-up`, {
    name: 'Max',
    password: 'correct horse battery',
  });
  return readCookie(answer);
}

function focused(page: Page): Promise<string | null | undefined> {
  return page.evaluate(() => document.activeElement?.textContent);
}

function whatIsStored(page: Page): Promise<string> {
  return page.evaluate(() => JSON.stringify([localStorage, sessionStorage, document.cookie, location.href]));
}

/** A port nothing listens on. */
async function findClosedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
