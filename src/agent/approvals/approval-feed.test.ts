import { expect, test } from 'vitest';
import { createLogger } from '#log';
import { createApprovalFeed } from './approval-feed.ts';

function openFeed() {
  const markers = new Map<string, string>();
  const asked: string[] = [];
  let look: (() => void) | null = null;
  let fails = false;
  const feed = createApprovalFeed({
    async marker(organizationId) {
      asked.push(organizationId);
      if (fails) throw new Error('no database');
      return markers.get(organizationId) ?? '';
    },
    log: createLogger({ level: 'silent' }),
    repeat(given) {
      look = given;
      return {
        stop() {
          look = null;
        },
      };
    },
  });
  const listen = async (organizationId: string) => {
    const told = { changed: 0, closed: 0 };
    const leave = await feed.listen(organizationId, {
      changed() {
        told.changed += 1;
      },
      closed() {
        told.closed += 1;
      },
    });
    return { told, leave };
  };
  return {
    feed,
    markers,
    asked,
    listen,
    fail(now: boolean) {
      fails = now;
    },
    isLooking: () => look !== null,
    /** One look, until it has ended. */
    async look() {
      look?.();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

test('tells at once what changed here, and with the next look what changed elsewhere, to the organization alone', async () => {
  const open = openFeed();
  const [ann, bob, eve] = [await open.listen('org'), await open.listen('org'), await open.listen('other')];
  open.feed.changed('org');
  expect([ann.told.changed, bob.told.changed, eve.told.changed]).toEqual([1, 1, 0]);
  await open.look();
  expect([ann.told.changed, eve.told.changed]).toEqual([1, 0]);
  open.markers.set('other', 'new');
  await open.look();
  await open.look();
  expect([ann.told.changed, eve.told.changed]).toEqual([1, 1]);
  bob.leave();
  open.feed.changed('org');
  expect([ann.told.changed, bob.told.changed]).toEqual([2, 1]);
});

test('asks the database only while somebody listens', async () => {
  const open = openFeed();
  expect(open.isLooking()).toBe(false);
  const { leave } = await open.listen('org');
  expect(open.isLooking()).toBe(true);
  leave();
  expect(open.isLooking()).toBe(false);
  open.feed.changed('org');
  expect(open.asked).toEqual(['org']);
});

test('a look that fails is made up for by the next one', async () => {
  const open = openFeed();
  const { told } = await open.listen('org');
  open.markers.set('org', 'new');
  open.fail(true);
  await open.look();
  expect(told.changed).toBe(0);
  open.fail(false);
  await open.look();
  expect(told.changed).toBe(1);
});

test('when it closes every listener is told, and whoever comes later at once', async () => {
  const open = openFeed();
  const first = await open.listen('org');
  open.feed.close();
  const late = await open.listen('org');
  open.feed.close();
  expect([first.told, late.told]).toEqual([
    { changed: 0, closed: 1 },
    { changed: 0, closed: 1 },
  ]);
  expect(open.isLooking()).toBe(false);
  first.leave();
});
