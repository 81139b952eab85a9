import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createAuditLog } from '#audit/audit-log.ts';
import type { Database } from '#db/open-database.ts';
import { createAuditRepository } from '#db/repositories/audit.ts';
import { createSecretRepository } from '#db/repositories/secrets.ts';
import { createLogger } from '#log';
import { createDataKeys, type DataKeys, DataUnreadable } from '#vault/data-keys.ts';
import { type OpenVault, openVault } from '#vault/open-vault.ts';
import { Secret } from '#vault/secret.ts';
import { createSecretRegistry, type SecretRegistry } from '#vault/secret-registry.ts';
import { newEvent } from './audit-suite.ts';
import type { CreatePlace, Place } from './place.ts';
import { keysOf, onFirst, onSecond, origin, problemOf, second } from './vault-fixture.ts';

export function encryptedDataSuite(createPlace: CreatePlace): void {
  let place: Place;
  let db: Database;
  let registry: SecretRegistry;

  beforeEach(async () => {
    place = await createPlace();
    db = await place.open();
    registry = createSecretRegistry();
  });
  afterEach(async () => {
    await db.close();
    await place.remove();
  });

  const repository = (handle = db) => createSecretRepository(handle);
  const open = (keys = onFirst, handle = db): Promise<OpenVault> =>
    openVault({ repository: repository(handle), keys, registry });
  describe('data keys', () => {
    const dataKeysOf = (vault: OpenVault, handle = db): DataKeys =>
      createDataKeys({ vault, inTransaction: handle.inTransaction });
    const at = { organizationId: 'org', purpose: 'audit', context: 'row 1' } as const;

    test('encrypt so that only the same place opens it, now and after a start', async () => {
      const keys = dataKeysOf(await open());
      const text = 'ä text with 😀 and "quotes"';
      const encrypted = await keys.encrypt(at, text);
      expect(encrypted).toMatch(/^enc1\.[\w-]{16}\.[\w-]+$/);
      expect(await keys.encrypt(at, text)).not.toBe(encrypted);
      expect(await keys.decrypt(at, encrypted)).toBe(text);
      const restarted = dataKeysOf(await open(onSecond));
      expect(await restarted.decrypt(at, encrypted)).toBe(text);
      expect(await keys.decrypt(at, await keys.encrypt(at, ''))).toBe('');
      await expect(keys.decrypt({ ...at, context: 'row 2' }, encrypted)).rejects.toThrow(DataUnreadable);
      await keys.encrypt({ ...at, purpose: 'snapshots' }, text);
      await expect(keys.decrypt({ ...at, purpose: 'snapshots' }, encrypted)).rejects.toThrow(DataUnreadable);
      await keys.encrypt({ ...at, organizationId: 'other' }, text);
      await expect(keys.decrypt({ ...at, organizationId: 'other' }, encrypted)).rejects.toThrow(DataUnreadable);
    });

    test('refuse every text that was changed in one character', async () => {
      const keys = dataKeysOf(await open());
      const encrypted = await keys.encrypt(at, 'some text');
      for (let index = 0; index < encrypted.length; index += 1) {
        const other = encrypted[index] === 'A' ? 'B' : 'A';
        const changed = `${encrypted.slice(0, index)}${other}${encrypted.slice(index + 1)}`;
        await expect(keys.decrypt(at, changed)).rejects.toThrow(DataUnreadable);
      }
      for (const changed of ['', 'enc1..', encrypted.slice(0, -1), `${encrypted}A`, `x${encrypted}`]) {
        await expect(keys.decrypt(at, changed)).rejects.toThrow(DataUnreadable);
      }
    });

    test('are made once, however many ask at once, in two processes', async () => {
      const other = await place.open();
      try {
        const sides = [dataKeysOf(await open()), dataKeysOf(await open(onFirst, other), other)];
        const asked = Array.from(
          { length: 20 },
          async (_, turn) => (await sides[turn % 2]?.encrypt(at, `text ${turn}`)) ?? '',
        );
        const encrypted = await Promise.all(asked);
        expect(await db.query.select().from(db.tables.secrets)).toHaveLength(1);
        const reader = dataKeysOf(await open());
        const texts = await Promise.all(encrypted.map((text) => reader.decrypt(at, text)));
        expect(texts).toEqual(Array.from({ length: 20 }, (_, turn) => `text ${turn}`));
      } finally {
        await other.close();
      }
    });

    test('are not made by reading', async () => {
      const keys = dataKeysOf(await open());
      expect(await problemOf(keys.decrypt(at, `enc1.${'A'.repeat(16)}.${'A'.repeat(22)}`))).toBe('missing');
      expect(await db.query.select().from(db.tables.secrets)).toEqual([]);
    });

    test('made in a transaction that fails are not used after it', async () => {
      const keys = dataKeysOf(await open());
      const outside: Promise<string>[] = [];
      const work = db.transaction(async () => {
        const encrypted = await keys.encrypt(at, 'inside');
        expect(await keys.decrypt(at, encrypted)).toBe('inside');
        throw new Error('no');
      });
      outside.push(keys.encrypt(at, 'outside'));
      await expect(work).rejects.toThrow('no');
      const encrypted = (await Promise.all(outside))[0] ?? '';
      expect(await dataKeysOf(await open()).decrypt(at, encrypted)).toBe('outside');
    });

    test('are only sealed anew when the key of the vault changes', async () => {
      const encrypted = await dataKeysOf(await open()).encrypt(at, 'some text');
      expect(await (await open(onSecond)).resealAll()).toMatchObject({ resealed: 1 });
      expect(await dataKeysOf(await open(keysOf([second]))).decrypt(at, encrypted)).toBe('some text');
    });
  });

  describe('the audit', () => {
    const auditKey = Buffer.alloc(32, 7);
    async function auditOf(vault: OpenVault) {
      const dataKeys = createDataKeys({ vault, inTransaction: db.inTransaction });
      return createAuditLog({
        repository: createAuditRepository(db),
        key: auditKey,
        scrub: registry.scrubJson,
        bodies: {
          seal: (organizationId, context, text) =>
            dataKeys.encrypt({ organizationId, purpose: 'audit', context }, text),
          open: (organizationId, context, stored) =>
            dataKeys.decrypt({ organizationId, purpose: 'audit', context }, stored),
        },
      });
    }
    const plainAudit = () => createAuditLog({ repository: createAuditRepository(db), key: auditKey });
    const bodiesStored = async () =>
      (await db.query.select().from(db.tables.auditBodies)).map(({ body }) => body ?? '');
    const body = { prompt: 'Which teams?', response: [{ name: 'Sales' }] };

    test('stores bodies encrypted, gives them back, and its chain is proved without any key of the vault', async () => {
      const audit = await auditOf(await open());
      const events = await Promise.all(
        Array.from({ length: 70 }, (_, place) => audit.append(newEvent({ callId: `call-${place}`, body }))),
      );
      expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: 70 }, (_, place) => place + 1));
      for (const stored of await bodiesStored()) {
        expect(stored).toMatch(/^enc1\./);
        expect(stored).not.toContain('Sales');
      }
      const found = await (await auditOf(await open())).find('org', events[3]?.id ?? '');
      expect(found).toEqual({ event: events[3], body, bodyProblem: null });
      expect(await plainAudit().verify('org')).toMatchObject({ ok: true, events: 70 });
    });

    test('still reads bodies from before, beside encrypted ones in one chain', async () => {
      const before = await plainAudit().append(newEvent({ body }));
      const audit = await auditOf(await open());
      const after = await db.transaction(() => audit.append(newEvent({ body })));
      for (const event of [before, after]) {
        expect(await audit.find('org', event.id)).toMatchObject({ body, bodyProblem: null });
      }
      expect(await audit.verify('org')).toMatchObject({ ok: true, events: 2 });
    });

    test('says of a body that cannot be opened that it cannot, and of an erased one that it was erased', async () => {
      const vault = await open();
      const audit = await auditOf(vault);
      const [first, second, third] = [
        await audit.append(newEvent({ body })),
        await audit.append(newEvent({ body })),
        await audit.append(newEvent({ body })),
      ];
      await createAuditRepository(db).eraseBody('org', first.id);
      await place.execute(
        `${place.disarm('audit_bodies')} update audit_bodies set body = (select b.body from audit_bodies b where b.event_id = '${third.id}') where event_id = '${second.id}'`,
      );
      expect(await audit.find('org', first.id)).toMatchObject({ body: null, bodyProblem: 'erased' });
      // A body that was put beside another event does not open there.
      expect(await audit.find('org', second.id)).toMatchObject({ body: null, bodyProblem: 'unreadable' });
      expect(await audit.find('org', third.id)).toMatchObject({ body, bodyProblem: null });
      await vault.forget({ organizationId: 'org', holder: 'data-key:audit' });
      expect(await (await auditOf(vault)).find('org', third.id)).toMatchObject({ bodyProblem: 'unreadable' });
    });

    test('keeps no secret in use, in whichever form, and neither does the log', async () => {
      const value = 'k3y/with "quotes"+and=signs';
      const lines: string[] = [];
      const log = createLogger({
        level: 'trace',
        scrub: registry.scrub,
        destination: { write: (line) => void lines.push(line) },
      });
      const audit = await auditOf(await open());
      (await open()).lend(origin, new Secret(value));
      const bytes = Buffer.from(value);
      const forms = {
        plain: value,
        url: `https://host/?key=${encodeURIComponent(value)}&x=1`,
        base64: `Basic ${Buffer.from(`user:${value}`).toString('base64')}`,
        base64url: bytes.toString('base64url'),
        hex: bytes.toString('hex'),
        json: JSON.stringify({ key: value }),
      };
      log.info(
        { ...forms, deep: [{ forms }], err: new Error(`refused: ${value}`, { cause: new Error(value) }) },
        value,
      );
      log.child({ name: forms.base64url }).warn('%s and %j', forms.url, forms);
      const event = await audit.append(
        newEvent({
          body: { prompt: value, arguments: forms, response: [forms], error: forms.json, details: { [value]: 1 } },
        }),
      );
      const found = await audit.find('org', event.id);
      const hidden = [value, encodeURIComponent(value), bytes.toString('base64url'), bytes.toString('hex'), 'quotes'];
      const needles = [...hidden, bytes.toString('base64'), JSON.stringify(value).slice(1, -1)];
      for (const text of [lines.join('\n'), JSON.stringify(found?.body)]) {
        expect(text.match(/\[secret [0-9a-f]{8}\]/g)?.length).toBeGreaterThanOrEqual(12);
        for (const needle of needles) expect(text).not.toContain(needle);
        // Base64 of “with "quotes" and” in the middle of other data.
        for (const part of [3, 9]) expect(text).not.toContain(bytes.subarray(part, part + 9).toString('base64'));
      }
      for (const line of lines) expect(() => JSON.parse(line) as unknown).not.toThrow();
      expect(found?.body).toMatchObject({
        arguments: { url: expect.stringMatching(/^https:\/\/host\/\?key=\[secret/) },
      });
    });
  });
}
