import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CreatedWidgetKeyView, WidgetView } from '#channels/http/contract/widgets.ts';
import { join } from '../support/join.ts';
import { createVisitors, isTooWide, phone, snap, tabTo } from '../support/page.ts';
import { personaFile, startTestApp, type TestApp } from '../support/start-app.ts';
import { bootHeaders, shop, signIdentity } from '../support/widget-scene.ts';

const visitors = createVisitors();
let app: TestApp & AsyncDisposable;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app?.[Symbol.asyncDispose]());

const part = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
const saved = (page: Page) => page.getByText('Saved.', { exact: true }).first().waitFor();

/** A widget made without the pages. */
async function make(name: string): Promise<WidgetView & { readonly path: string }> {
  const request = { name, personaId: 'database-librarian', origins: [shop] };
  const { status, body } = await app.send('POST', '/api/v1/widgets', request);
  if (status !== 201) throw new Error(`not made: ${status} ${JSON.stringify(body)}`);
  const widget = body as WidgetView;
  return { ...widget, path: `/widgets/${widget.id}` };
}

async function read(id: string): Promise<WidgetView> {
  return (await app.get(`/api/v1/widgets/${id}`)).body as WidgetView;
}

/** What the launcher on a page of the site is answered. */
async function boot(id: string) {
  const response = await fetch(`${app.address}/api/widget/v1/${id}/boot`, {
    method: 'POST',
    headers: bootHeaders(shop),
    body: '{}',
  });
  return { status: response.status, body: (await response.json()) as { visitorToken: string; code?: string } };
}

test('a widget is made, given its look, and switched off so that nobody is answered', async () => {
  const page = await visitors.open(app.address, '/widgets', { expected: [/status of 400/] });
  await page.getByRole('heading', { name: 'There is no widget yet' }).waitFor();
  await page.getByRole('button', { name: 'New widget' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('Shop');
  const where = page.getByRole('textbox', { name: /^Where it stands/ });
  await where.fill('shop.example');
  await page.getByRole('button', { name: 'Create the widget' }).click();
  await page.getByText('begin it with https://', { exact: false }).waitFor();
  await where.fill('');
  await page.getByRole('button', { name: 'Create the widget' }).click();
  await page.getByRole('heading', { name: 'Shop', level: 1 }).waitFor();
  await part(page, 'On or off').getByText('No address is allowed yet', { exact: false }).waitFor();

  const id = new URL(page.url()).pathname.split('/').at(-1) ?? '';
  const tag = page.getByRole('figure', { name: 'The tag' });
  expect(await tag.textContent()).toContain(`src="${app.address}/widget.js" data-widget="${id}"`);
  await page.getByText('The site has a strict content policy').click();
  expect(await page.getByRole('figure', { name: 'For the content policy' }).textContent()).toContain(
    `connect-src ${app.address};\nframe-src ${app.address}`,
  );

  const origins = page.getByRole('textbox', { name: 'Sites it may stand on' });
  await origins.fill(`${shop}/prices`);
  await page.getByRole('button', { name: 'Save changes' }).click();
  await page.getByText(`write it as ${shop}`, { exact: false }).waitFor();
  expect(await origins.evaluate((box) => box === document.activeElement), 'led to the fault').toBe(true);
  await origins.fill(`${shop}/\nhttp://localhost:8080`);
  await page.getByRole('textbox', { name: 'Title' }).fill('Ask our librarian');
  await page.getByRole('textbox', { name: 'Colour', exact: true }).fill('#FACC15');
  await page.getByRole('radio', { name: 'Left' }).check();
  const preview = page.frameLocator('iframe[title="Preview of the chat"]');
  await preview.getByText('Ask our librarian').first().waitFor();
  await page.getByRole('img', { name: 'The button, at the left' }).waitFor();
  await page.getByRole('textbox', { name: 'Messages of one visitor in a day' }).fill('7');
  await page.getByRole('textbox', { name: 'Tokens for all visitors in a day' }).fill('');
  await page.getByRole('checkbox', { name: 'Visitors may attach text files' }).check();
  await snap(page, 'widget-look');
  await page.getByRole('button', { name: 'Save changes' }).click();
  await saved(page);
  expect(await read(id)).toMatchObject({
    origins: [shop, 'http://localhost:8080'],
    appearance: { title: 'Ask our librarian', position: 'left' },
    limits: { visitorPerDay: 7, widgetTokensPerDay: null },
    attachments: true,
    problems: [],
  });
  await part(page, 'On or off').getByText('On', { exact: true }).waitFor();

  expect((await boot(id)).status).toBe(200);
  await page.getByRole('button', { name: 'Switch off…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Switch off' }).click();
  await part(page, 'On or off').getByText('Switched off', { exact: true }).waitFor();
  expect(await boot(id)).toMatchObject({ status: 403, body: { code: 'WIDGET_OFF' } });
  await snap(page, 'widget-off');
  await page.getByRole('button', { name: 'Switch on' }).click();
  await page.getByRole('button', { name: 'Switch off…' }).waitFor();
  expect((await boot(id)).status).toBe(200);

  await page.getByRole('button', { name: 'Delete…' }).click();
  await page.getByRole('button', { name: 'Delete the widget' }).click();
  await page.getByRole('heading', { name: 'There is no widget yet' }).waitFor();
  expect((await boot(id)).status).toBe(404);
});

test('a key is shown once, a second one can be given, and the old one is revoked', async () => {
  const { id, path } = await make('Keys');
  const page = await visitors.open(app.address, path, { expected: [/status of 400/] });
  const keys = part(page, 'Keys');
  await keys.getByRole('button', { name: 'New key' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Make the key' }).click();
  const secret = await dialog.getByRole('textbox', { name: 'Secret' }).inputValue();
  const keyId = (await read(id)).keys[0]?.id ?? '';
  const example = dialog.getByRole('figure', { name: 'In Node, with the package jose' });
  expect(await example.textContent()).toContain(`kid: '${keyId}'`);
  await snap(page, 'widget-key');
  await dialog.getByRole('button', { name: 'Done' }).click();
  expect(await page.content(), 'shown once').not.toContain(secret);

  await keys.getByRole('button', { name: 'New key' }).click();
  await dialog.getByRole('radio', { name: 'A key pair of yours (EdDSA)' }).check();
  const publicKey = dialog.getByRole('textbox', { name: 'Public key' });
  await publicKey.fill('-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----');
  await dialog.getByRole('button', { name: 'Add the key' }).click();
  await dialog.getByText('Keep that on your server', { exact: false }).waitFor();
  await publicKey.fill('{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}');
  await dialog.getByRole('button', { name: 'Add the key' }).click();
  await dialog.getByRole('button', { name: 'Done' }).click();
  await keys.getByText('Two keys count at a time', { exact: false }).waitFor();
  expect(await keys.getByRole('button', { name: 'New key' }).isDisabled()).toBe(true);

  await keys.getByRole('button', { name: `Revoke the key ${keyId}` }).click();
  await dialog.getByRole('button', { name: 'Revoke' }).click();
  await keys.getByText('Two keys count at a time', { exact: false }).waitFor({ state: 'detached' });
  expect((await read(id)).keys.map(({ algorithm }) => algorithm)).toEqual(['EdDSA']);
});

test('what a colleague has changed meanwhile is not lost, and what is written is not either', async () => {
  const { id, path, revision } = await make('Both');
  const page = await visitors.open(app.address, path, { expected: [/status of 409/] });
  await page.getByRole('textbox', { name: 'Greeting' }).fill('Good morning!');
  await app.send('PATCH', `/api/v1/widgets/${id}`, { revision, name: 'Theirs' });
  await page.getByRole('button', { name: 'Save changes' }).click();
  await page.getByRole('alert').getByText('after you had opened it', { exact: false }).waitFor();
  expect((await read(id)).appearance.greeting).not.toBe('Good morning!');
  await page.getByRole('button', { name: 'Save mine all the same' }).click();
  await saved(page);
  expect(await read(id)).toMatchObject({ name: 'Theirs', appearance: { greeting: 'Good morning!' } });
  await page.getByRole('heading', { name: 'Theirs', level: 1 }).waitFor();
  // Nothing is lost by a press on a link either.
  await page.getByRole('textbox', { name: 'Greeting' }).fill('Good night!');
  await page.getByRole('link', { name: 'Widgets', exact: true }).first().click();
  await page.getByRole('dialog', { name: 'Leave without saving?' }).getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Discard' }).click();
  await expect.poll(() => page.getByRole('textbox', { name: 'Greeting' }).inputValue()).toBe('Good morning!');
});

test('the page fits a phone in the dark, and the use is told in a table too', async () => {
  const { path } = await make('Small');
  const page = await visitors.open(app.address, path, { ...phone, colorScheme: 'dark' });
  await part(page, 'Use')
    .getByRole('img', { name: /^Messages by day, from/ })
    .waitFor();
  await page.getByRole('button', { name: /^Tokens/ }).click();
  await part(page, 'Use')
    .getByRole('img', { name: /^Tokens by day, from/ })
    .waitFor();
  await page.getByText('As a table').click();
  expect(await page.getByRole('region', { name: 'Use by day' }).getByRole('row').count()).toBe(31);
  expect(await isTooWide(page)).toBe(false);
  await snap(page, 'phone-dark-widget');
  await page.getByRole('img', { name: 'The button, at the right' }).scrollIntoViewIfNeeded();
  await page.frameLocator('iframe[title="Preview of the chat"]').getByRole('textbox').waitFor();
  await snap(page, 'phone-dark-widget-look');
});

test('with the keyboard alone a widget is switched off', async () => {
  const { id, path } = await make('Keyboard');
  const page = await visitors.open(app.address, path);
  await page.getByRole('button', { name: 'Switch off…' }).waitFor();
  await tabTo(page, page.getByRole('button', { name: 'Switch off…' }));
  await page.keyboard.press('Enter');
  await tabTo(page, page.getByRole('dialog').getByRole('button', { name: 'Switch off' }));
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Switch on' }).waitFor();
  expect((await read(id)).isOn).toBe(false);
});

test('members see no widgets, and where no persona answers in one, it is said how that is changed', async () => {
  await using other = await startTestApp({}, { personas: { tester: personaFile() } });
  const page = await visitors.open(other.address, '/widgets', { cookie: other.cookie });
  await page.getByRole('button', { name: 'New widget' }).click();
  await page.getByText('No persona answers in a web widget yet', { exact: false }).waitFor();
  await page.getByRole('link', { name: 'Choose a persona to edit' }).click();
  await page.getByRole('article', { name: 'Tester' }).waitFor();
  const { cookie } = await join(other, 'Mia');
  const theirs = await visitors.open(other.address, '/widgets', { cookie });
  await theirs.getByRole('heading', { name: 'Your role does not allow this' }).waitFor();
  expect(await theirs.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Widgets' }).count()).toBe(0);
  await Promise.all([page.close(), theirs.close()]);
});

test('a code from the account page links a visitor whom the site has named, and unlinks them again', async () => {
  const { id } = await make('Links');
  const made = await app.send('POST', `/api/v1/widgets/${id}/keys`, { algorithm: 'HS256' });
  const { key, secret } = made.body as CreatedWidgetKeyView;
  const page = await visitors.open(app.address, '/settings/account');
  const elsewhere = part(page, 'Known elsewhere');
  await elsewhere.getByText('You are linked with no account', { exact: false }).waitFor();
  await elsewhere.getByRole('button', { name: 'Link an account' }).click();
  await page.getByRole('button', { name: 'Make a code' }).click();
  const code = await page.getByRole('textbox', { name: 'Code' }).inputValue();
  await page.getByText(`/persona link ${code}`).waitFor();
  await snap(page, 'link-code');

  const { visitorToken } = (await boot(id)).body;
  const identity = await signIdentity({ keyId: key.id, secret: secret ?? '' }, id, { name: 'Ada of the shop' });
  const linked = await fetch(`${app.address}/api/widget/v1/link`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${visitorToken}`,
      'x-widget-identity': identity,
    },
    body: JSON.stringify({ code }),
  });
  expect(linked.status).toBe(200);
  await page.getByRole('button', { name: 'Done' }).click();
  await elsewhere.getByText('Ada of the shop', { exact: true }).waitFor();
  expect(await elsewhere.getByRole('listitem').textContent()).toContain('Web widget “Links”');
  await snap(page, 'known-elsewhere');
  await elsewhere.getByRole('button', { name: /^Unlink Ada of the shop/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Unlink' }).click();
  await elsewhere.getByText('You are linked with no account', { exact: false }).waitFor();
});
