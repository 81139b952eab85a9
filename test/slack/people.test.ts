import { expect, test } from 'vitest';
import { callsThenText } from '../support/openai-script.ts';
import { guestPersona, linkPerson, openSlackService, slackPersona, told } from '../support/slack-service.ts';
import { watchedIds } from '../support/watched-ninox.ts';

const record = {
  team_id: watchedIds.team,
  database_id: watchedIds.database,
  table_id: watchedIds.table,
  record_id: '1',
};
const deletion = { name: 'ninox_delete_record', args: record };

interface Events {
  readonly items: readonly {
    readonly actor: { readonly kind: string; readonly id: string };
    readonly code: string | null;
  }[];
}

test('whoever is not linked is refused with plain words where the persona has nothing for guests', async () => {
  await using service = await openSlackService();
  const { slack, model } = service;
  const gus = slack.addPerson('Gus');
  const sales = slack.addChannel('sales', [gus]);
  const said = slack.mention({ user: gus, channel: sales, text: 'Which teams?' });
  const refusal = await slack.until(
    () => slack.world.seen().find(({ fromApp, text }) => fromApp && /link/i.test(text)),
    'a refusal',
  );
  expect(refusal.text).toMatch(/\/persona link/);
  expect(refusal.pings.filter((ping) => ping !== `@${gus.id}`)).toEqual([]);
  await said.told;
  expect(model.requests).toEqual([]);
});

test('a guest is answered within the guest grant, and a destructive tool is refused whatever the model says', async () => {
  await using service = await openSlackService({
    personas: { tester: guestPersona('approvals: { ninox_delete_record: auto }') },
    decide: ({ toolResults, userText }) =>
      toolResults.length === 0
        ? { calls: [userText.includes('Delete') ? deletion : { name: 'ninox_list_teams', args: {} }] }
        : { text: `The tool said ${toolResults.map(({ output }) => output).join()}` },
  });
  const { slack, ninox, app } = service;
  const gus = slack.addPerson('Gus');
  const asked = await service.answered(slack.direct({ user: gus, text: 'Which teams?' }), 'The tool said');
  expect(asked.text).toContain('Failpoint Ltd');
  const refused = await service.answered(slack.direct({ user: gus, text: 'Delete record 1' }), 'The tool said');
  expect(refused.text).not.toMatch(/"deleted"\s*:\s*true/);
  expect(ninox.changes).toEqual([]);
  const { items } = (await app.get('/api/v1/audit-events?action=tool.denied')).body as Events;
  expect(items).toMatchObject([{ actor: { kind: 'visitor' }, code: expect.stringMatching(/TOOL_/) }]);
});

test('a code links a Slack user with a member, who is then whom it acts as; unlinking ends that', async () => {
  await using service = await openSlackService({
    personas: { tester: slackPersona('approvals: { ninox_delete_record: auto }') },
    decide: callsThenText([deletion], 'It is gone.'),
  });
  const { slack, ninox, app } = service;
  const max = await service.member('Max');
  await service.answered(slack.direct({ user: max.user, text: 'Delete record 1' }), 'It is gone.');
  expect(ninox.deletionsOf(1)).toHaveLength(1);
  const { items } = (await app.get('/api/v1/audit-events?action=tool.succeeded')).body as Events;
  expect(items).toMatchObject([{ actor: { kind: 'user', id: max.id }, channel: 'slack' }]);

  const { items: links } = (await max.client.get('/api/v1/outside-links')).body as { items: { id: string }[] };
  expect(links).toMatchObject([{ kind: 'slack', place: expect.any(String) }]);
  expect((await max.client.send('DELETE', `/api/v1/outside-links/${links[0]?.id}`)).status).toBeLessThan(300);
  const before = service.model.requests.length;
  await slack.direct({ user: max.user, text: 'Delete record 2' }).told;
  await slack.until(() => told(slack, max.user, /\/persona link/), 'a refusal');
  expect(service.model.requests).toHaveLength(before);
  expect(ninox.deletionsOf(2)).toEqual([]);
});

test('somebody is never linked by their e-mail address, nor with a code that is wrong or was used', async () => {
  await using service = await openSlackService();
  const { slack, app, model } = service;
  // The owner's own address, as everybody can set it.
  const fake = slack.addPerson('Olivia');
  slack.direct({ user: fake, text: 'hello' });
  await slack.until(() => told(slack, fake, /\/persona link/), 'a refusal');
  const { code } = (await app.send('POST', '/api/v1/outside-links/codes')).body as { code: string };
  const real = slack.addPerson('Real');
  await slack.command({ user: real, text: `link ${code}` });
  await slack.until(() => told(slack, real, /linked/i), 'that they are linked');
  await slack.command({ user: fake, text: `link ${code}` });
  await slack.until(() => told(slack, fake, /code/i), 'that the code is over');
  await slack.command({ user: fake, text: 'link 1234-5678' });
  await slack.direct({ user: fake, text: 'hello again' }).told;
  await service.answered(slack.direct({ user: real, text: 'hello' }), 'Hello from the persona.');
  expect(model.requests).toHaveLength(1);
});

test('whoever leaves the organization is a stranger at once', async () => {
  await using service = await openSlackService();
  const { slack, app, model } = service;
  const max = await service.member('Max');
  await service.answered(slack.direct({ user: max.user, text: 'hello' }), 'Hello from the persona.');
  expect((await app.send('DELETE', `/api/v1/members/${max.id}`)).status).toBeLessThan(300);
  slack.direct({ user: max.user, text: 'still there?' });
  await slack.until(() => told(slack, max.user, /\/persona link/), 'a refusal');
  expect(model.requests).toHaveLength(1);
});

test('/persona unlink ends one’s own link from Slack', async () => {
  await using service = await openSlackService();
  const { slack, model } = service;
  const user = slack.addPerson('Olivia');
  await linkPerson(slack, user, service.app);
  await slack.command({ user, text: 'unlink' });
  await slack.until(() => told(slack, user, /unlinked|no longer linked|not linked/i), 'that the link is over');
  await slack.direct({ user, text: 'hello' }).told;
  await slack.until(() => told(slack, user, /\/persona link/), 'a refusal');
  expect(model.requests).toEqual([]);
});
