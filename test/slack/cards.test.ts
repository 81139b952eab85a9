import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { budgetQuestion, callQuestion } from '../support/approvals.ts';
import { type CardScene, day, openCardScene } from '../support/card-scene.ts';

let scene: CardScene;
beforeEach(async () => {
  scene = await openCardScene();
});
afterEach(() => scene[Symbol.asyncDispose]());

const only = <T>(items: readonly T[]): T => {
  expect(items).toHaveLength(1);
  return items[0] as T;
};

function never(): never {
  throw new Error('There is no such card.');
}

describe('a card', () => {
  test('shows what would happen in the server’s words, and the persona’s own as its claim', async () => {
    const { id, hash } = await scene.ask();
    const card = only(scene.inThread());
    for (const words of [
      'Clerk* asks for a decision',
      'Delete 1 record from Customers',
      'On behalf of Mia',
      'Table *Customers*',
      ':warning: 2 linked records',
      '*Acme* (record 7, as it is now)',
      'City: Berlin',
      'which nobody has checked',
      'I delete the old customer.',
    ]) {
      expect(card.text).toContain(words);
    }
    expect(card.buttons.map(({ text, style, value, url }) => [text, style, value, url])).toEqual([
      ['Approve', 'primary', `${id} ${hash}`, null],
      ['Deny', 'danger', `${id} ${hash}`, null],
      ['Open in the inbox', null, '', `https://personas.example.com/approvals/${id}`],
    ]);
    // Whoever else may decide and is linked sees the same.
    expect([scene.people.ada, scene.people.olga].map((user) => only(scene.direct(user)).text)).toEqual([
      card.text,
      card.text,
    ]);
    expect([scene.people.mia, scene.people.max, scene.people.ida].map((user) => scene.direct(user).length)).toEqual([
      0, 0, 0,
    ]);
  });

  test('calls nobody, whatever records, personas and models are called', async () => {
    const evil = '<!channel> <@U1|you> @everyone <https://evil.example|Approve> &lt;!here&gt; *bold* s3cret';
    const plan = {
      ...callQuestion().plan,
      summary: `Delete ${evil}`,
      targets: [{ level: 'table' as const, id: evil, name: evil }],
      records: [{ id: evil, title: evil, fields: [{ name: evil, value: evil }] }],
      warnings: [evil],
    };
    await scene.ask({ question: callQuestion({ plan, words: `${evil}\n> ${evil}`, title: evil }) });
    const card = only(scene.inThread());
    expect(card.pings).toEqual([]);
    expect(card.unfurled).toEqual([]);
    expect(card.raw).not.toMatch(/<https:\/\/evil|<!(?!date)|<@|s3cret/);
    expect(card.text).toContain('<!channel>');
  });

  test('of a long plan is shortened to what Slack takes, and says so', async () => {
    const record = (id: number) => ({
      id: String(id),
      title: `Customer ${id} `.repeat(40),
      fields: Array.from({ length: 40 }, (_, at) => ({ name: `Field ${at}`, value: '<'.repeat(900) })),
    });
    const plan = {
      summary: 'Delete 25 records from Customers',
      targets: [],
      records: Array.from({ length: 20 }, (_, at) => record(at)),
      count: 25,
      warnings: Array.from({ length: 30 }, (_, at) => `Warning ${at}`),
    };
    await scene.ask({ question: callQuestion({ plan, words: 'why '.repeat(2_000) }) });
    const card = only(scene.inThread());
    expect(card.text).toContain('This is not all of it.');
    expect(card.text).toContain('17 more that are not shown here: 25 in all');
    expect(card.buttons).toHaveLength(3);
  });

  test('of a change shows what stands there and what it becomes', async () => {
    const plan = {
      summary: 'Change 1 record in Customers',
      targets: [],
      records: [
        {
          id: '7',
          title: 'Acme',
          fields: [
            { name: 'City', value: 'Bonn', before: 'Berlin' },
            { name: 'Note', value: null, before: 'Old' },
            { name: 'Paid', value: true, before: null },
          ],
        },
      ],
      count: 1,
      warnings: [],
    };
    await scene.ask({ question: callQuestion({ plan }) });
    const { text } = only(scene.inThread());
    expect(text).toContain('*Acme* (record 7, what changes)');
    for (const line of ['City: Berlin → Bonn', 'Note: Old → (empty)', 'Paid: (empty) → Yes']) {
      expect(text).toContain(line);
    }
  });

  test('of a creation has no number for what is not there yet', async () => {
    const records = [{ id: null, title: 'Acme', fields: [{ name: 'City', value: 'Bonn' }] }];
    const plan = { summary: 'Create 1 record in Customers', targets: [], records, count: 1, warnings: [] };
    await scene.ask({ question: callQuestion({ plan }) });
    const { text } = only(scene.inThread());
    expect(text).toContain('*Acme* (new)');
    expect(text).toContain('City: Bonn');
    expect(text).not.toMatch(/null|→/);
  });

  test('is posted once, however often it is asked for', async () => {
    const approval = await scene.ask();
    const requester = await scene.app.actorOf('mia');
    const again = () => scene.cards.ask(scene.place, { approvalIds: [approval.id], requester });
    await Promise.all([again(), again(), again()]);
    await scene.openCards().ask(scene.place, { approvalIds: [approval.id], requester });
    only(scene.inThread());
  });

  test('that was posted and not noted is found again', async () => {
    scene.slack.intercept(({ method }) => (method === 'chat.postMessage' ? { broken: 'after' } : undefined));
    const approval = await scene.app.add({ expiresAt: new Date(scene.now + day) });
    const asked = { approvalIds: [approval.id], requester: await scene.app.actorOf('mia') };
    await expect(scene.cards.ask(scene.place, asked)).rejects.toThrow();
    scene.slack.intercept(() => undefined);
    await scene.openCards().ask(scene.place, asked);
    await scene.press(only(scene.inThread()), 'approve', scene.people.mia);
    expect(only(scene.inThread()).text).toContain('Mia approved it');
  });

  test('is not made of what does not wait any more', async () => {
    const approval = await scene.app.add({ expiresAt: new Date(scene.now + day) });
    await scene.app.service.decide(await scene.app.actorOf('mia'), {
      ...approval,
      decision: 'deny',
      reason: null,
      more: null,
    });
    await scene.cards.ask(scene.place, {
      approvalIds: [approval.id, 'nothing'],
      requester: await scene.app.actorOf('mia'),
    });
    expect(scene.inThread()).toEqual([]);
  });
});

describe('a press', () => {
  test('of the requester approves, and the outcome stands in the card’s place', async () => {
    const approval = await scene.ask();
    await scene.press(only(scene.inThread()), 'approve', scene.people.mia);
    expect(await scene.statusOf(approval)).toBe('approved');
    const card = only(scene.inThread());
    expect([card.buttons, card.edits]).toEqual([[], 1]);
    expect(card.text).toContain('Mia approved it');
    expect(card.text).toContain('Delete 1 record from Customers');
    await scene.app.service.settled();
    expect(scene.app.resumed).toEqual(['org run-1']);
  });

  test('a hundred times, by whomever, does it once', async () => {
    const approval = await scene.ask();
    const card = only(scene.inThread());
    const clicks = Array.from({ length: 100 }, (_, at) => {
      const user =
        [scene.people.mia, scene.people.ada, scene.people.olga, scene.people.max, scene.people.una][at % 5] ??
        scene.people.una;
      return scene.press(card, at % 7 === 0 ? 'deny' : 'approve', user, user === scene.people.una ? null : undefined);
    });
    await Promise.all(clicks);
    await scene.app.service.settled();
    expect(scene.app.resumed).toEqual(['org run-1']);
    const decided = (await scene.app.recorded()).filter(({ action }) => /^approval\.(approved|denied)$/.test(action));
    expect(decided).toMatchObject([{ channel: 'slack' }]);
    expect(['approved', 'denied']).toContain(await scene.statusOf(approval));
    await scene.cards.refresh();
    expect(only(scene.inThread()).buttons).toEqual([]);
  });

  test.each([
    ['max', 'Only the person on whose behalf it is asked, owners and admins decide on it.'],
    ['ida', 'Your role here, auditor, does not decide on approvals.'],
    ['una', 'I do not know who you are here'],
  ] as const)('of %s does nothing and says why, only to them', async (who, words) => {
    const approval = await scene.ask({ approvers: null });
    const isUnlinked = who === 'una';
    if (who === 'max') await scene.app.add({});
    const actor = isUnlinked ? null : undefined;
    await scene.press(only(scene.inThread()), 'approve', scene.people[who], actor);
    const said = only(scene.whispers(scene.people[who])).text;
    // What somebody may not even see is not told to be there.
    expect(said).toContain(who === 'max' ? 'You may not decide on this' : words);
    expect(await scene.statusOf(approval)).toBe('pending');
    expect(scene.app.resumed).toEqual([]);
    expect(only(scene.inThread()).buttons).toHaveLength(3);
    expect(scene.direct(scene.people[who])).toEqual([]);
  });

  test('of somebody of another organization does nothing', async () => {
    const approval = await scene.ask();
    await scene.press(only(scene.inThread()), 'approve', scene.people.una, await scene.app.actorOf('eve'));
    expect(await scene.statusOf(approval)).toBe('pending');
    expect(only(scene.whispers(scene.people.una)).text).toContain('I do not know who you are here');
  });

  test('on what was changed meanwhile does nothing, and the card shows what is asked now', async () => {
    const approval = await scene.ask();
    const seen = only(scene.inThread());
    const changed = await scene.app.service.changeArguments(await scene.app.actorOf('ada'), {
      id: approval.id,
      hash: approval.hash,
      arguments: { team_id: 'T1', database_id: 'D1', table_id: 'A', record_id: '8' },
    });
    await scene.press(seen, 'approve', scene.people.mia);
    expect(only(scene.whispers(scene.people.mia)).text).toContain('Its arguments were changed');
    expect(await scene.statusOf(approval)).toBe('replaced');
    expect(await scene.statusOf(changed)).toBe('pending');
    const card = only(scene.inThread());
    expect(card.text).toContain('A person has changed what the persona had asked for');
    await scene.press(card, 'approve', scene.people.mia);
    expect(await scene.statusOf(changed)).toBe('approved');
    expect(only(scene.inThread()).text).toContain('Mia approved it');
  });

  test('on what is over is told so, and the card shows it', async () => {
    const approval = await scene.ask();
    const seen = only(scene.inThread());
    await scene.app.service.decide(await scene.app.actorOf('ada'), {
      ...approval,
      decision: 'deny',
      reason: 'Not <this> one',
      more: null,
    });
    await scene.press(seen, 'approve', scene.people.mia);
    expect(only(scene.whispers(scene.people.mia)).text).toContain('Ada has denied this already');
    expect(only(scene.inThread()).text).toContain('Ada denied it: “Not <this> one”');
    scene.now += 2 * day;
    const late = await scene.ask({ expiresAt: new Date(scene.now + 1_000) });
    const lateCard = scene.inThread().at(-1) ?? never();
    scene.now += 2_000;
    await scene.press(lateCard, 'approve', scene.people.mia);
    expect(scene.whispers(scene.people.mia).at(-1)?.text).toContain('Nobody decided in time');
    await scene.app.service.expireDue();
    await scene.cards.refresh();
    expect(await scene.statusOf(late)).toBe('expired');
    expect(scene.inThread().at(-1)?.text).toContain('Nobody decided in time');
  });

  test('lets a run go on beyond a limit with as many as are offered', async () => {
    const question = budgetQuestion();
    const approval = await scene.ask({ question, callId: null });
    const card = only(scene.inThread());
    expect(card.buttons.map(({ text }) => text)).toEqual(['Go on with 5 more', 'Stop here', 'Open in the inbox']);
    await scene.press(card, 'approve', scene.people.mia);
    expect(await scene.app.store.find('org', approval.id)).toMatchObject({ status: 'approved', more: 5 });
    expect(only(scene.inThread()).text).toContain('Mia lets it go on');
  });
});
