import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ApprovalListView } from '#channels/http/contract/approvals.ts';
import { sampleIds } from '#sandbox/ninox-data.ts';
import { join } from '../support/accounts.ts';
import { chat } from '../support/chat.ts';
import type { Decide } from '../support/openai-script.ts';
import {
  answered,
  createVisitors,
  isTooWide,
  messagesOf,
  phone,
  say,
  snap,
  tabTo,
  toolCards,
} from '../support/page.ts';
import { createGate, startScriptedApp } from '../support/scripted-app.ts';
import { personaFile, startTestApp, type TestApp } from '../support/start-app.ts';

const visitors = createVisitors();
let app: TestApp & AsyncDisposable;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app[Symbol.asyncDispose]());

const persona = 'Record janitor';
const start = '/?persona=record-janitor';
const inDatabase = (record: number, table: string) => `Delete record ${record} in table ${table} of the CRM database.`;
const card = (page: Page, title: RegExp | string = /^Delete/) => page.getByRole('article', { name: title });
const approve = (within: Locator) => within.getByRole('button', { name: 'Approve', exact: true }).click();
const waits = (page: Page) => page.getByText(`${persona} waits for a decision.`);
const inboxLink = (page: Page) =>
  page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: /^Approvals/ });

/** Asks in a conversation of its own and waits for the card. */
async function ask(record: number, table: string): Promise<Page> {
  const page = await visitors.open(app.address, start);
  await say(page, inDatabase(record, table));
  await card(page).waitFor();
  await waits(page).waitFor();
  return page;
}

/** Leaves nothing that waits to the next test. */
async function stopAll(): Promise<void> {
  const { items } = (await app.get('/api/v1/approvals')).body as ApprovalListView;
  for (const { conversationId } of items) await app.send('POST', `/api/chat/${conversationId}/stop`, {});
}

test('what would happen is shown, nothing is done before it is approved, and then the answer goes on', async () => {
  const page = await ask(17, 'A');
  const asked = card(page);
  expect(await asked.getByRole('list', { name: 'Where' }).textContent()).toMatch(/CRM[\s\S]*Companies[\s\S]*17/);
  const fields = asked.getByRole('table');
  await fields.getByRole('cell', { name: 'TEST company, please delete' }).waitFor();
  expect(await asked.textContent()).toContain('This persona has to ask before it does this.');
  expect(await asked.textContent()).toContain(`${persona} asks on behalf of you`);
  expect(await asked.getByText(/^ends in 2\d h$/).count()).toBe(1);
  expect(await page.evaluate(() => document.activeElement?.textContent)).not.toContain('Approve');
  expect(await toolCards(page).filter({ hasText: 'Succeeded' }).filter({ hasText: 'Delete' }).count()).toBe(0);
  expect(await page.getByRole('button', { name: 'Send', exact: true }).isDisabled()).toBe(true);
  expect(await inboxLink(page).getAttribute('aria-label')).toBe('Approvals, 1 waiting');
  await expect.poll(() => page.title()).toMatch(/^\(1\) /);
  await page.getByText('waits for a decision', { exact: true }).waitFor();
  await snap(page, 'approval-asked');

  await approve(asked);
  await answered(page);
  const done = toolCards(page).filter({ hasText: 'Delete' });
  expect(await done.textContent()).toContain('Succeeded');
  expect(await card(page).count()).toBe(0);
  await expect.poll(() => inboxLink(page).getAttribute('aria-label')).toBeNull();
  await expect.poll(() => page.title()).not.toMatch(/^\(/);
  await snap(page, 'approval-approved');
});

test('whoever denies can say why, with the keyboard alone, and the persona is told', async () => {
  const page = await ask(21, 'A');
  const deny = card(page).getByRole('button', { name: 'Deny…' });
  await tabTo(page, deny);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  expect(await deny.evaluate((button) => button === document.activeElement)).toBe(true);
  await page.keyboard.press('Enter');
  await page.keyboard.type('That one stays.');
  await snap(page, 'approval-deny');
  await page.keyboard.press('Enter');
  await answered(page);
  expect(await messagesOf(page, persona).evaluate((message) => message === document.activeElement)).toBe(true);
  const denied = toolCards(page).filter({ hasText: 'Denied' });
  expect(await denied.locator('xpath=../..').textContent()).toContain('That one stays.');
  expect(await messagesOf(page, persona).textContent()).toContain('That one stays.');
});

test('changed arguments are looked up anew, shown beside what was asked for, and approved by themselves', async () => {
  const page = await ask(9, 'A');
  await card(page).getByRole('button', { name: 'Change arguments…' }).click();
  const form = page.getByRole('form', { name: 'Change arguments' });
  await form.getByRole('button', { name: 'Look it up anew' }).click();
  await form.getByText('Nothing is changed yet', { exact: false }).waitFor();
  await form.getByLabel('Record id').fill('18');
  await form.getByRole('button', { name: 'Look it up anew' }).click();
  const changed = card(page).getByRole('region', { name: 'Changed arguments' });
  expect(await changed.locator('del').textContent()).toBe('9');
  expect(await changed.locator('ins').textContent()).toBe('18');
  await card(page).getByRole('cell', { name: 'Steinwiesen Pension', exact: true }).waitFor();
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('H2');
  await waits(page).waitFor();
  await snap(page, 'approval-changed');
  await approve(card(page));
  await answered(page);
  const done = toolCards(page).filter({ hasText: 'Delete' });
  await done.click();
  expect(await done.locator('..').getByRole('figure', { name: 'Arguments' }).textContent()).toContain('"18"');
});

test('a decision made elsewhere shows here by itself, and a page opened meanwhile follows too', async () => {
  const page = await ask(5, 'A');
  const other = await visitors.open(app.address, new URL(page.url()).pathname);
  await waits(other).waitFor();
  const inbox = await visitors.open(app.address, '/approvals');
  await inbox.getByRole('list', { name: 'Waiting approvals' }).getByRole('link').first().click();
  await approve(card(inbox));
  for (const one of [page, other]) {
    await answered(one);
    expect(await toolCards(one).filter({ hasText: 'Delete' }).textContent()).toContain('Succeeded');
  }
  await card(inbox).getByText('It was done and succeeded.').waitFor();
  await inbox.getByRole('heading', { name: 'Nothing waits for a decision' }).waitFor();
  await snap(inbox, 'approvals-decided');
  await inbox.getByRole('link', { name: 'Decided' }).click();
  await inbox.getByRole('list', { name: 'Decided approvals' }).getByText('Approved').first().waitFor();
});

test('stopping withdraws what is asked, and the conversation goes on', async () => {
  const page = await ask(22, 'A');
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await messagesOf(page, persona).getByText('Stopped', { exact: true }).waitFor();
  await waits(page).waitFor({ state: 'detached' });
  await say(page, 'Which databases could you clean up?');
  await answered(page);
});

test('what has moved since it was asked is not done, and the refusal says so', async () => {
  const first = await ask(23, 'A');
  const second = await ask(23, 'A');
  await approve(card(first));
  await answered(first);
  await approve(card(second));
  await answered(second);
  const refused = toolCards(second).filter({ hasText: 'Delete' });
  expect(await refused.textContent()).toMatch(/Denied|Failed/);
  await snap(second, 'approval-moved');
});

test('the inbox and a card fit a phone, and links to what is not there say so', async () => {
  await ask(19, 'A');
  const page = await visitors.open(app.address, '/approvals', phone);
  await page.getByRole('list', { name: 'Waiting approvals' }).getByRole('link').first().click();
  await card(page).getByRole('button', { name: 'Approve', exact: true }).waitFor();
  expect(await isTooWide(page)).toBe(false);
  await snap(page, 'phone-approval');
  await page.getByRole('link', { name: 'Back to Approvals' }).click();
  expect(await isTooWide(page)).toBe(false);
  await snap(page, 'phone-approvals');
  const missing = await visitors.open(app.address, '/approvals/nowhere', { expected: [/404/] });
  await missing.getByRole('heading', { name: 'There is no such approval' }).waitFor();
  await stopAll();
});

test('an auditor sees what is asked and why it is not theirs to decide', async () => {
  await ask(20, 'A');
  const cookie = await join(app, { name: 'Audrey', email: 'audrey@example.com', role: 'auditor' });
  const page = await visitors.open(app.address, '/approvals', { cookie, colorScheme: 'dark' });
  await page.getByRole('list', { name: 'Waiting approvals' }).getByRole('link').first().click();
  await card(page).getByText('You cannot decide on this').waitFor();
  expect(await card(page).getByRole('button', { name: 'Approve', exact: true }).count()).toBe(0);
  await snap(page, 'dark-approval-auditor');
  await stopAll();
});

const { company } = sampleIds;
const deletion = (record: number) => ({
  name: 'ninox_delete_record',
  args: { team_id: company.team, database_id: company.crm, table_id: 'A', record_id: String(record) },
});

/** Makes all calls in one step, and tells afterwards how many results there are. */
const deletes =
  (...records: readonly number[]): Decide =>
  ({ toolResults }) =>
    toolResults.length === 0
      ? { text: 'I delete what you told me.', calls: records.map(deletion) }
      : { text: `Results: ${toolResults.length}` };

test('several calls of one step are approved in one go, each as it is shown', async () => {
  const scripted = visitors.use(await startScriptedApp(deletes(17, 21)));
  const page = await visitors.open(scripted.app.address);
  await say(page, 'Clean up');
  await card(page).nth(1).waitFor();
  expect(await card(page).count()).toBe(2);
  await page.getByRole('figure').filter({ hasText: 'The model says — not checked' }).first().waitFor();
  expect(await page.getByRole('figure').first().textContent()).toContain('I delete what you told me.');
  await snap(page, 'approvals-several');
  await page.getByRole('button', { name: 'Approve all 2' }).click();
  await messagesOf(page, 'Tester').getByText('Results: 2').waitFor();
  await answered(page);
  expect(await toolCards(page).filter({ hasText: 'Succeeded' }).count()).toBe(2);
});

test('a decision that comes too late is refused in its place, and the card shows what holds', async () => {
  const scripted = visitors.use(await startScriptedApp(deletes(17, 21)));
  const page = await visitors.open(scripted.app.address, '/', { expected: [/409/] });
  const gate = createGate();
  await page.route('**/decision', async (route) => {
    await gate.until;
    await route.continue();
  });
  await say(page, 'Clean up');
  const first = card(page).filter({ has: page.getByRole('cell', { name: 'TEST company, please delete' }) });
  await approve(first);
  const { items } = (await scripted.app.get('/api/v1/approvals')).body as ApprovalListView;
  const asked = items.find(({ plan }) => plan?.records[0]?.id === '17');
  await scripted.app.send('POST', `/api/v1/approvals/${asked?.id}/decision`, { decision: 'deny', hash: asked?.hash });
  gate.open();
  await first.getByRole('alert').waitFor();
  await first.getByText('Denied', { exact: true }).waitFor();
  expect(await first.getByRole('button', { name: 'Approve', exact: true }).count()).toBe(0);
  await snap(page, 'approval-too-late');
});

test('a limit that is reached pauses the answer, and a person lets it go on or ends it', async () => {
  const lines = ['approvals: { ninox_delete_record: auto }', 'effects: { ninox_delete_record: { run: 1 } }'];
  const decide: Decide = ({ toolResults }) =>
    toolResults.length < 2 ? { calls: [deletion(toolResults.length === 0 ? 17 : 21)] } : { text: 'Both are gone.' };
  const scripted = visitors.use(await startScriptedApp(decide, { personas: { tester: personaFile(lines) } }));
  const page = await visitors.open(scripted.app.address);
  await say(page, 'Clean up');
  const limit = card(page, /1 of 1 record in this answer/);
  await limit.getByLabel('Continue with how many more records?').fill('0');
  await limit.getByRole('button', { name: 'Continue', exact: true }).click();
  await limit.getByText('Must be 1.').waitFor();
  await snap(page, 'approval-budget');
  await limit.getByLabel('Continue with how many more records?').fill('1');
  await limit.getByRole('button', { name: 'Continue', exact: true }).click();
  await messagesOf(page, 'Tester').getByText('Both are gone.').waitFor();
  await answered(page);
  expect(await toolCards(page).filter({ hasText: 'Succeeded' }).count()).toBe(2);
});

test('an answer that waited over the API is found in its conversation', async () => {
  const { conversationId } = await chat(app, inDatabase(16, 'A'), { personaId: 'record-janitor' });
  const page = await visitors.open(app.address, `/c/${conversationId}`);
  await waits(page).waitFor();
  await approve(card(page));
  await answered(page);
});
