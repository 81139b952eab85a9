import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { NewApproval } from '#agent/approvals/approval-store.ts';
import { startSlackCardUpkeep } from '#channels/slack/card-upkeep.ts';
import { createLogger } from '#log';
import type { Who } from '../support/approval-app.ts';
import { type CardScene, day, guest, openCardScene } from '../support/card-scene.ts';

const log = createLogger({ level: 'silent' });

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

describe('who else is asked', () => {
  test('where somebody else has to decide, those who may and are linked, each in a direct message', async () => {
    const approval = await scene.ask({ fourEyes: true });
    only(scene.inThread());
    expect([scene.people.mia, scene.people.max, scene.people.ida].map((user) => scene.direct(user).length)).toEqual([
      0, 0, 0,
    ]);
    await scene.press(only(scene.inThread()), 'approve', scene.people.mia);
    expect(only(scene.whispers(scene.people.mia)).text).toContain('somebody else has to decide');
    expect(await scene.statusOf(approval)).toBe('pending');
    await scene.press(only(scene.direct(scene.people.ada)), 'approve', scene.people.ada);
    expect(await scene.statusOf(approval)).toBe('approved');
    for (const card of [
      only(scene.inThread()),
      only(scene.direct(scene.people.ada)),
      only(scene.direct(scene.people.olga)),
    ]) {
      expect([card.text, card.buttons]).toEqual([expect.stringContaining('Ada approved it'), []]);
    }
  });

  test('of a guest’s run the thread learns only that somebody decides', async () => {
    const asked = { requesterId: guest.id, expiresAt: new Date(scene.now + day) };
    const [approval, second] = [await scene.app.add(asked), await scene.app.add(asked)];
    await scene.cards.ask(scene.place, { approvalIds: [approval.id, second.id], requester: guest });
    const notice = only(scene.inThread());
    expect(notice.text).toContain('Somebody of the organization has to decide');
    expect(notice.buttons).toEqual([]);
    expect(notice.text).not.toMatch(/Acme|Berlin|Customers/);
    const [first] = scene.direct(scene.people.ada);
    expect([first?.text, scene.direct(scene.people.ada).length]).toEqual([expect.stringContaining('Acme'), 2]);
    expect(scene.direct(scene.people.mia)).toEqual([]);
    await scene.press(scene.direct(scene.people.olga)[0] ?? never(), 'deny', scene.people.olga);
    expect([await scene.statusOf(approval), await scene.statusOf(second)]).toEqual(['denied', 'pending']);
    const told = only(scene.inThread());
    expect(told.text).toContain('This is not done');
    expect(told.text).not.toMatch(/Olga|Acme|Berlin|Customers/);
    expect(scene.direct(scene.people.ada)[0]?.text).toContain('Olga denied it');
  });
});

describe('what is decided elsewhere', () => {
  const decide = async ({ id, hash }: NewApproval, who: Who = 'ada') =>
    scene.app.service.decide(await scene.app.actorOf(who), { id, hash, decision: 'approve', reason: null, more: null });

  test('replaces the card, where this process hears of it', async () => {
    const approval = await scene.ask();
    const upkeep = startSlackCardUpkeep({
      cards: scene.cards,
      rows: scene.desk.cardRows,
      feed: scene.app.feed,
      log,
      repeat: () => ({ stop() {} }),
    });
    onTestFinished(() => upkeep.stop());
    await scene.slack.until(() => (scene.inThread().length === 1 ? true : null), 'the card');
    await expect.poll(async () => (await scene.desk.cardRows.organizationsAsked()).length).toBe(1);
    await decide(approval);
    scene.app.feed.changed('org');
    await scene.slack.until(() => (scene.inThread()[0]?.text.includes('Ada approved it') ? true : null), 'the outcome');
  });

  test('replaces it later where Slack did not answer, whoever asks then', async () => {
    const approval = await scene.ask({ fourEyes: true });
    scene.slack.intercept(({ method }) => (method === 'chat.update' ? { broken: 'after' } : undefined));
    await decide(approval);
    await scene.cards.refresh();
    scene.slack.intercept(() => undefined);
    await scene.openCards().refresh();
    for (const card of [
      only(scene.inThread()),
      only(scene.direct(scene.people.ada)),
      only(scene.direct(scene.people.olga)),
    ]) {
      expect(card.text).toContain('Ada approved it');
    }
    expect(await scene.desk.cardRows.listStale(10)).toEqual([]);
  });

  test('asks nothing of a workspace that is not connected any more', async () => {
    const approval = await scene.ask();
    await scene.desk.workspaces.ended(scene.workspace, 'app_uninstalled');
    await decide(approval);
    const before = scene.slack.callsOf('chat.update').length;
    await scene.cards.refresh();
    expect(scene.slack.callsOf('chat.update')).toHaveLength(before);
  });

  test('lets a card go whose message was deleted', async () => {
    const approval = await scene.ask();
    scene.slack.intercept(({ method }) => (method === 'chat.update' ? { error: 'message_not_found' } : undefined));
    await decide(approval);
    await scene.cards.refresh();
    await scene.cards.refresh();
    expect(scene.slack.callsOf('chat.update')).toHaveLength(3);
  });
});
