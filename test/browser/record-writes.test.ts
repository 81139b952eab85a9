import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { sampleIds } from '#sandbox/ninox-data.ts';
import type { ScriptedCall } from '../support/openai-script.ts';
import { answered, createVisitors, isTooWide, phone, say, snap, toolCards } from '../support/page.ts';
import { startScriptedApp } from '../support/scripted-app.ts';
import { personaFile } from '../support/start-app.ts';

const visitors = createVisitors();

const { company } = sampleIds;
const place = { team_id: company.team, database_id: company.crm, table_id: 'B' };
const card = (page: Page, title: RegExp) => page.getByRole('article', { name: title });
const rowsOf = (page: Page, title: RegExp) => card(page, title).getByRole('row').allTextContents();
const writer = personaFile().replace(/^scopes: .*$/m, 'scopes: [ninox:records:write, ninox:records:delete]');

/** A persona that makes this one call, asked on a phone. */
async function asked(call: ScriptedCall): Promise<Page> {
  const scripted = visitors.use(
    await startScriptedApp(({ toolResults }) => (toolResults.length === 0 ? { calls: [call] } : { text: 'Done.' }), {
      personas: { tester: writer },
    }),
  );
  const page = await visitors.open(scripted.app.address, '/', phone);
  await say(page, 'Go on');
  return page;
}

async function approve(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Approve', exact: true }).click();
  await answered(page);
  await toolCards(page).filter({ hasText: 'Succeeded' }).waitFor();
}

test('a change is shown field by field with what stands there and what it becomes', async () => {
  const fields = { Note: 'Moved to the new office', Company: null };
  const page = await asked({ name: 'ninox_update_record', args: { ...place, record_id: '5', fields } });
  const title = /^Change 1 record in Contacts/;
  await card(page, title).waitFor();
  expect(await rowsOf(page, title)).toEqual([
    'CompanyNow: 5Becomes: Empty',
    'NoteNow: Decides about furniture for the waiting roomBecomes: Moved to the new office',
  ]);
  expect(await card(page, title).textContent()).toContain('Record 5, 2 fields change');
  expect(await isTooWide(page)).toBe(false);
  await snap(page, 'phone-change-asked');
  await approve(page);
});

test('what is to be created is shown without a number', async () => {
  const fields = { 'First name': 'Ada', Newsletter: true };
  const page = await asked({ name: 'ninox_create_records', args: { ...place, records: [{ fields }] } });
  const title = /^Create 1 record in Contacts/;
  await card(page, title).waitFor();
  expect(await rowsOf(page, title)).toEqual(['First nameAda', 'NewsletterYes']);
  expect(await card(page, title).textContent()).toContain('New, 2 fields');
  expect(await isTooWide(page)).toBe(false);
  await snap(page, 'phone-creation-asked');
  await approve(page);
});

test('of several that are to be deleted each can be opened', async () => {
  const page = await asked({ name: 'ninox_delete_records', args: { ...place, record_ids: ['12', '31'] } });
  const title = /^Delete 2 records from Contacts/;
  await card(page, title).getByText('Record 12, as it is now').click();
  await card(page, title).getByRole('cell', { name: 'Varnhorst', exact: true }).waitFor();
  expect(await card(page, title).getByRole('list', { name: 'Warnings' }).textContent()).toContain('business-card.txt');
  expect(await isTooWide(page)).toBe(false);
  await snap(page, 'phone-deletion-of-several-asked');
  await approve(page);
});
