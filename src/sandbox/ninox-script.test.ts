import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { crm, type SendOptions, type StartedStandIn, startStandIn } from './ninox-test-client.ts';

let standIn: StartedStandIn;
const send = (path: string, options?: SendOptions) => standIn.send(path, options);
const get = <Shape>(path: string) => standIn.get<Shape>(path);

beforeEach(async () => {
  standIn = await startStandIn();
});
afterEach(() => standIn.server.close());

describe('query and exec', () => {
  const ask = (script: string) => get(`${crm}/query?query=${encodeURIComponent(script)}`);

  it.each([
    ['cnt(select Contacts)', 40],
    ['select Contacts where \'Last name\' = "Varnhorst"', ['B5', 'B12']],
    ['select Contacts where Company = 5 and Newsletter = false', []],
    ['select B where Company = 24 or (Company = 5 and Note != null);', ['B5', 'B12', 'B24', 'B39']],
    ['first(select Deals where Amount >= 5000)', 'D5'],
    ['first(select Deals where Amount > 99999)', null],
    ["last(select Contacts).'First name'", 'Piet'],
    ['min((select Deals).Amount)', 800],
    ['cnt((select Companies).Website)', 17],
    ['"just \\"text\\""', 'just "text"'],
    ['-2.5', -2.5],
  ])('answers %s', async (script, expected) => {
    expect(await ask(script)).toEqual(expected);
  });

  it('takes the script by POST too, and the same for exec', async () => {
    for (const path of ['query', 'exec']) {
      const answer = await send(`${crm}/${path}`, { method: 'POST', body: { query: 'cnt(select Companies)' } });
      expect([answer.status, answer.text]).toEqual([200, '24']);
    }
  });

  it.each([
    ['select Nowhere', 500, 'Table not found: Nowhere'],
    ['select Contacts where Nothing = 1', 500, 'Field not found: Nothing'],
    ['(select Contacts).Nothing', 500, 'Field not found: Nothing'],
    ['delete first(select Contacts)', 501, 'It stopped at “delete first(select Contacts)”.'],
    ['for c in select Contacts do c end', 501, 'understands only'],
    ['cnt(select Contacts', 501, 'It stopped at the end.'],
    ['1 + 1', 501, 'It stopped at “+ 1”.'],
    ['"open', 501, 'It stopped at “"open”.'],
  ])('refuses %s with %i and says why', async (script, status, message) => {
    const answer = await send(`${crm}/query`, { method: 'POST', body: { query: script } });
    expect([answer.status, answer.json()]).toEqual([status, { message: expect.stringContaining(message) }]);
  });

  it.each([[1990], [5000]])('refuses %i open brackets', async (count) => {
    const answer = await send(`${crm}/query`, { method: 'POST', body: { query: '('.repeat(count) } });
    expect(answer.status).toBe(501);
  });

  it('refuses a request without a script', async () => {
    expect((await send(`${crm}/query`)).status).toBe(400);
    expect((await send(`${crm}/query`, { method: 'POST', body: { query: 5 } })).status).toBe(400);
  });
});
