import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { NewAuditEvent } from '#audit/audit-event.ts';
import type { Actor } from '#auth/actor.ts';
import { createChange } from '#auth/change.ts';
import { createOutsideLinks } from '#auth/outside/outside-links.ts';
import { createOutsidePeople, visitorIdOf } from '#auth/outside/outside-people.ts';
import type { OutsidePerson } from '#auth/outside/outside-person.ts';
import { personActor } from '#auth/person-actor.ts';
import type { Database } from '#db/database.ts';
import { createActorNames } from '#db/repositories/actor-names.ts';
import { createOrganizationRepository } from '#db/repositories/organizations.ts';
import { createOutsideLinkRepository } from '#db/repositories/outside-links.ts';
import { createVisitorRepository } from '#db/repositories/visitors.ts';
import type { CreatePlace, Place } from './place.ts';

export function outsideSuite(createPlace: CreatePlace): void {
  let place: Place;
  let db: Database;
  let now: number;
  const clock = () => new Date(now);
  const recorded: NewAuditEvent[] = [];
  const organizations = () => createOrganizationRepository(db, { newId: randomUUID });
  const rows = () => createOutsideLinkRepository(db, clock);
  const visitors = () => createVisitorRepository(db, clock);
  const people = () => createOutsidePeople({ visitors: visitors(), links: rows(), organizations: organizations() });
  const links = () =>
    createOutsideLinks({
      links: rows(),
      organizations: organizations(),
      audit: { append: async (event: NewAuditEvent) => void recorded.push(event) } as never,
      change: createChange(db),
      clock,
    });

  beforeEach(async () => {
    place = await createPlace();
    db = await place.open();
    now = Date.parse('2026-11-25T10:00:00.000Z');
    recorded.length = 0;
    for (const id of ['org', 'other']) await organizations().insert({ id, name: id, isDemo: false });
  });
  afterEach(async () => {
    await db.close();
    await place.remove();
  });

  async function join(id: string, organizationId = 'org'): Promise<Actor> {
    const at = clock();
    await db.query
      .insert(db.tables.users)
      .values({ id, name: id, email: `${id}@example.com`, emailVerified: false, createdAt: at, updatedAt: at })
      .onConflictDoNothing();
    await organizations().addMember({ organizationId, userId: id, role: 'member' });
    return personActor({ id, name: id }, { organizationId, role: 'member' });
  }
  const slackUser = (external: string): OutsidePerson => ({
    organizationId: 'org',
    kind: 'slack',
    place: 'connection-1',
    external,
    identified: true,
    name: `@${external}`,
  });

  describe('links', () => {
    test('a code that a member made links whoever types it, once', async () => {
      const ann = await join('ann');
      const { code } = await links().makeCode(ann);
      expect(await people().memberFor(slackUser('U1'))).toBeNull();
      expect(await links().redeem(slackUser('U1'), ` ${code.toLowerCase()} `)).toEqual(ann);
      expect(await people().memberFor(slackUser('U1'))).toEqual(ann);
      expect(await people().memberFor(slackUser('U2'))).toBeNull();
      await expect(links().redeem(slackUser('U2'), code)).rejects.toMatchObject({ code: 'INPUT_INVALID' });
      expect(recorded).toMatchObject([{ action: 'visitor.linked', actorId: 'ann' }]);
    });

    test('of many who type one code at once, one is linked', async () => {
      const ann = await join('ann');
      const { code } = await links().makeCode(ann);
      const service = links();
      const typed = await Promise.allSettled(
        Array.from({ length: 10 }, (_, index) => service.redeem(slackUser(`U${index}`), code)),
      );
      expect(typed.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect(await links().list(ann)).toHaveLength(1);
    });

    test('a code is good for ten minutes, for its organization, and only the newest of a member', async () => {
      const ann = await join('ann');
      const { code: first } = await links().makeCode(ann);
      const { code: second } = await links().makeCode(ann);
      await expect(links().redeem(slackUser('U1'), first)).rejects.toMatchObject({ code: 'INPUT_INVALID' });
      const elsewhere = { ...slackUser('U1'), organizationId: 'other' };
      await expect(links().redeem(elsewhere, second)).rejects.toMatchObject({ code: 'INPUT_INVALID' });
      now += 10 * 60_000;
      await expect(links().redeem(slackUser('U1'), second)).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    });

    test('after five wrong codes nothing is taken for ten minutes, not even the right one', async () => {
      const { code } = await links().makeCode(await join('ann'));
      const service = links();
      for (let trial = 0; trial < 5; trial++) {
        await expect(service.redeem(slackUser('U1'), 'AAAAA-AAAAA')).rejects.toMatchObject({ code: 'INPUT_INVALID' });
      }
      await expect(service.redeem(slackUser('U1'), code)).rejects.toMatchObject({ code: 'RATE_LIMITED' });
      expect(await service.redeem(slackUser('U2'), code)).toMatchObject({ id: 'ann' });
    });

    test('whom nobody has identified is never linked, whatever is stored', async () => {
      const ann = await join('ann');
      const { code } = await links().makeCode(ann);
      const anonymous = { ...slackUser('U1'), identified: false };
      await expect(links().redeem(anonymous, code)).rejects.toMatchObject({ code: 'FORBIDDEN' });
      await links().redeem(slackUser('U1'), code);
      expect(await people().memberFor(anonymous)).toBeNull();
    });

    test('nobody but a person who is signed in makes a code', async () => {
      const ann = await join('ann');
      const key: Actor = { ...ann, kind: 'key', keyScopes: ['links:own'], apiKey: { id: 'k', name: 'k' } };
      await expect(links().makeCode(key)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    });

    test('who links with another member is linked with that one alone, and both are recorded', async () => {
      const [ann, bob] = [await join('ann'), await join('bob')];
      for (const member of [ann, bob]) await links().redeem(slackUser('U1'), (await links().makeCode(member)).code);
      expect(await people().memberFor(slackUser('U1'))).toEqual(bob);
      expect(await links().list(ann)).toEqual([]);
      expect(recorded.map(({ action, actorId }) => `${action} ${actorId}`)).toEqual([
        'visitor.linked ann',
        'visitor.unlinked bob',
        'visitor.linked bob',
      ]);
    });

    test('who was unlinked, or has left, is a guest again; the role is the one of this moment', async () => {
      const ann = await join('ann');
      const { code } = await links().makeCode(ann);
      await links().redeem(slackUser('U1'), code);
      await organizations().setRole('org', 'ann', 'admin');
      expect(await people().memberFor(slackUser('U1'))).toMatchObject({ role: 'admin' });
      const [link] = await links().list(ann);
      const bob = await join('bob');
      await expect(links().unlink(bob, link?.id ?? '')).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await links().unlink(ann, link?.id ?? '');
      expect(await people().memberFor(slackUser('U1'))).toBeNull();
      const again = await links().makeCode(ann);
      await links().redeem(slackUser('U1'), again.code);
      await organizations().removeMember('org', 'ann');
      expect(await people().memberFor(slackUser('U1'))).toBeNull();
    });

    test('the linked people of one place are found by their members', async () => {
      for (const [user, external] of [
        ['ann', 'U1'],
        ['bob', 'U2'],
      ] as const) {
        const { code } = await links().makeCode(await join(user));
        await links().redeem(slackUser(external), code);
      }
      const where = { organizationId: 'org', kind: 'slack', place: 'connection-1' } as const;
      expect(await links().personsOf(where, ['bob', 'nobody'])).toEqual([{ userId: 'bob', external: 'U2' }]);
      expect(await links().personsOf({ ...where, place: 'connection-2' }, ['bob'])).toEqual([]);
    });
  });

  describe('guests', () => {
    test('the same person is the same guest, and nobody else is', async () => {
      const first = await people().guestFor(slackUser('U1'));
      const again = await people().guestFor({ ...slackUser('U1'), name: 'Renamed\n\u202e' });
      expect(again).toEqual({ ...first, name: 'Renamed' });
      const others = [
        slackUser('U2'),
        { ...slackUser('U1'), organizationId: 'other' },
        { ...slackUser('U1'), place: 'connection-2' },
        { ...slackUser('U1'), kind: 'widget' as const },
        { ...slackUser('U1'), identified: false },
      ];
      expect(new Set([first.id, ...others.map(visitorIdOf)]).size).toBe(6);
      const names = await createActorNames(db).namesOf('org', [first.id]);
      expect(names.get(first.id)).toBe('Renamed');
    });

    test('a guest is welcome as long as the widget is on', async () => {
      const at = clock();
      const widget = {
        organizationId: 'org',
        id: 'w1',
        name: 'Shop',
        personaId: 'p',
        isOn: true,
        origins: [],
        identifiedOnly: false,
        attachments: false,
        appearance: {} as never,
        limits: {} as never,
        revision: 1,
        createdBy: 'ann',
        createdAt: at,
        updatedBy: 'ann',
        updatedAt: at,
      };
      await db.query.insert(db.tables.widgets).values(widget);
      const guest = await people().guestFor({ ...slackUser('x'), kind: 'widget', place: 'w1' });
      expect(await people().isWelcome('org', guest.id)).toBe(true);
      expect(await people().isWelcome('other', guest.id)).toBe(false);
      await db.query.update(db.tables.widgets).set({ isOn: false });
      expect(await people().isWelcome('org', guest.id)).toBe(false);
      const unknown = await people().guestFor(slackUser('U1'));
      expect(await people().isWelcome('org', unknown.id)).toBe(false);
    });
  });
}
