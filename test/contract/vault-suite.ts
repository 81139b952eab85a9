import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Database } from '#db/open-database.ts';
import { createSecretRepository } from '#db/repositories/secrets.ts';
import { ConfigError } from '#errors';
import { inspectVault } from '#vault/inspect-vault.ts';
import type { VaultKeys } from '#vault/key-ring.ts';
import { type OpenVault, openVault } from '#vault/open-vault.ts';
import { Secret } from '#vault/secret.ts';
import { createSecretRegistry, type SecretRegistry } from '#vault/secret-registry.ts';
import { SecretExists, type SecretRef } from '#vault/vault.ts';
import type { CreatePlace, Place } from './place.ts';
import {
  first,
  keysOf,
  onFirst,
  onSecond,
  origin,
  problemOf,
  readSecret,
  refOf,
  second,
  secret,
} from './vault-fixture.ts';

export function vaultSuite(createPlace: CreatePlace): void {
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
  async function refusalOf(keys: VaultKeys): Promise<string> {
    const error: unknown = await open(keys).catch((reason: unknown) => reason);
    if (error instanceof ConfigError) return error.message;
    throw new Error('The vault was opened.', { cause: error });
  }

  describe('secrets', () => {
    test('come out for their origin as they went in, each version by itself, and are nowhere in plain', async () => {
      const vault = await open();
      await vault.seal(refOf(), origin, secret);
      await vault.seal(refOf({ version: 2 }), origin, new Secret('another-key'));
      expect(await readSecret(vault)).toBe(secret.reveal());
      expect(await readSecret(vault, refOf({ version: 2 }))).toBe('another-key');
      expect(await readSecret(await open())).toBe(secret.reveal());
      const rows = JSON.stringify(await db.query.select().from(db.tables.secrets));
      expect(rows).toContain(first.id);
      expect(rows).not.toContain(secret.reveal());
    });

    test('stay what they are: a version is stored once', async () => {
      const vault = await open();
      await vault.seal(refOf(), origin, secret);
      await expect(vault.seal(refOf(), origin, new Secret('another-key'))).rejects.toThrow(SecretExists);
      expect(await readSecret(vault)).toBe(secret.reveal());
    });

    test('that are not there are missing, those of another organization too', async () => {
      const vault = await open();
      await vault.seal(refOf(), origin, secret);
      const others: Partial<SecretRef>[] = [
        { organizationId: 'other' },
        { holder: 'connection-2' },
        { field: 'refresh_token' },
        { version: 2 },
      ];
      for (const other of others) expect(await problemOf(readSecret(vault, refOf(other)))).toBe('missing');
    });

    test('do not come out for another origin, also when the row was changed to it', async () => {
      const vault = await open();
      await vault.seal(refOf(), origin, secret);
      const elsewhere = 'https://evil.example';
      expect(await problemOf(readSecret(vault, refOf(), elsewhere))).toBe('other_origin');
      await place.execute(`update secrets set origin = '${elsewhere}'`);
      expect(await problemOf(readSecret(vault, refOf(), elsewhere))).toBe('unreadable');
      expect(await problemOf(readSecret(vault))).toBe('other_origin');
    });

    test.each([
      [
        'a row moved to another organization',
        "update secrets set organization_id = 'other'",
        { organizationId: 'other' },
      ],
      ['a row moved to another holder', "update secrets set holder = 'mine'", { holder: 'mine' }],
      ['a row under another version', 'update secrets set version = 7', { version: 7 }],
      ['an altered row', "update secrets set sealed = replace(sealed, 'tag', 'gat')", {}],
      ['a row under a key that is not there', "update secrets set key_id = 'gone'", {}],
    ])('%s cannot be read', async (_name, statement, change) => {
      const vault = await open();
      await vault.seal(refOf(), origin, secret);
      await place.execute(statement);
      expect(await problemOf(readSecret(vault, refOf(change)))).toBe('unreadable');
    });

    test('are forgotten by version or altogether, never those of another organization', async () => {
      const vault = await open();
      const other = refOf({ organizationId: 'other' });
      for (const ref of [refOf(), refOf({ version: 2 }), refOf({ version: 3 }), other])
        await vault.seal(ref, origin, secret);
      await vault.forget(refOf({ version: 2 }));
      expect(await problemOf(readSecret(vault, refOf({ version: 2 })))).toBe('missing');
      expect(await readSecret(vault)).toBe(secret.reveal());
      await vault.forget({ organizationId: 'org', holder: 'connection-1' });
      expect(await problemOf(readSecret(vault, refOf({ version: 3 })))).toBe('missing');
      expect(await readSecret(vault, other)).toBe(secret.reveal());
    });

    test('sealed in a transaction go with it when it fails', async () => {
      const vault = await open();
      const work = db.transaction(async () => {
        await vault.seal(refOf(), origin, secret);
        expect(await readSecret(vault)).toBe(secret.reveal());
        throw new Error('no');
      });
      await expect(work).rejects.toThrow('no');
      expect(await problemOf(readSecret(vault))).toBe('missing');
    });

    test('that are lent are in memory alone, for one origin, until they are given back', async () => {
      const vault = await open();
      const { ref, release } = vault.lend(origin, secret);
      expect(await readSecret(vault, ref)).toBe(secret.reveal());
      expect(await problemOf(readSecret(vault, ref, 'https://evil.example'))).toBe('other_origin');
      expect(await db.query.select().from(db.tables.secrets)).toEqual([]);
      release();
      expect(await problemOf(readSecret(vault, ref))).toBe('missing');
    });

    test('are known to the scrubber once sealed, lent or opened', async () => {
      const vault = await open();
      await vault.seal(refOf(), origin, secret);
      vault.lend(origin, new Secret('lent-secret'));
      expect(registry.scrub(`${secret.reveal()} lent-secret`)).toMatch(/^\[secret \w+\] \[secret \w+\]$/);
      registry = createSecretRegistry();
      await readSecret(await open());
      expect(registry.scrub(secret.reveal())).toBe(secret.toString());
      // The vault's own keys as well.
      expect(registry.scrub(first.line)).toMatch(/^k\d{8}-\w{6}:\[secret \w+\]$/);
    });
  });

  describe('the keys', () => {
    test('prove themselves at every opening, and each is remembered', async () => {
      await open();
      await open(onSecond);
      const { keys, missing } = await inspectVault(repository(), onSecond.ring);
      expect(keys.map(({ key, isPrimary, canary }) => ({ id: key.id, isPrimary, canary }))).toEqual([
        { id: first.id, isPrimary: false, canary: 'holds' },
        { id: second.id, isPrimary: true, canary: 'holds' },
      ]);
      expect(missing).toEqual([]);
    });

    test('that are wrong are named, also when nothing is sealed with them yet', async () => {
      await open();
      const wrong = keysOf([{ line: `${first.id}:${randomBytes(32).toString('base64')}` }]);
      expect(await refusalOf(wrong)).toMatch(new RegExp(`^VAULT_KEYS: the key “${first.id}” is not the one`));
      expect(await readSecret(await open(), (await open()).lend(origin, secret).ref).catch(() => 'opens')).toBe(
        'opens',
      );
    });

    test('that are wrong are found by the secrets when their canary was taken away', async () => {
      await (await open()).seal(refOf(), origin, secret);
      await place.execute('delete from vault_canaries');
      const wrong = keysOf([{ line: `${first.id}:${randomBytes(32).toString('base64')}` }]);
      expect(await refusalOf(wrong)).toContain(`“${first.id}”`);
      expect(await readSecret(await open())).toBe(secret.reveal());
    });

    test('that are missing are named with how many secrets need them', async () => {
      const vault = await open();
      await vault.seal(refOf(), origin, secret);
      expect(await refusalOf(keysOf([second]))).toContain(`“${first.id}” (one secret needs it)`);
      await vault.seal(refOf({ version: 2 }), origin, secret);
      expect(await refusalOf(keysOf([second]))).toContain(`“${first.id}” (2 secrets need it)`);
      // What is refused leaves no trace.
      expect((await repository().listCanaries()).map(({ keyId }) => keyId)).toEqual([first.id]);
    });

    test('two processes that start at once with another key under one id: one of them does not', async () => {
      const other = await place.open();
      try {
        const twin = keysOf([{ line: `${first.id}:${randomBytes(32).toString('base64')}` }]);
        const outcomes = await Promise.allSettled([open(onFirst), open(twin, other)]);
        expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      } finally {
        await other.close();
      }
    });

    test('that a command added meanwhile are read again when a secret needs them', async () => {
      let ring = onFirst.ring;
      const vault = await open({ ...onFirst, file: '/keys', reload: () => ring });
      await (await open(onSecond)).seal(refOf(), origin, secret);
      expect(await problemOf(readSecret(vault))).toBe('unreadable');
      ring = onSecond.ring;
      expect(await readSecret(vault)).toBe(secret.reveal());
      await vault.seal(refOf({ version: 2 }), origin, secret);
      expect((await repository().find(refOf({ version: 2 })))?.keyId).toBe(second.id);
    });
  });

  describe('sealing anew', () => {
    const countByKey = () => repository().countByKey();
    async function sealMany(count: number): Promise<void> {
      const vault = await open();
      for (let number = 0; number < count; number += 1) {
        const ref = refOf({ organizationId: `org-${number % 7}`, holder: `c${number}`, version: 1 + (number % 3) });
        await vault.seal(ref, origin, new Secret(`secret-${number}`));
      }
    }
    async function expectAllReadable(vault: OpenVault, count: number): Promise<void> {
      for (let number = 0; number < count; number += 1) {
        const ref = refOf({ organizationId: `org-${number % 7}`, holder: `c${number}`, version: 1 + (number % 3) });
        expect(await readSecret(vault, ref)).toBe(`secret-${number}`);
      }
    }

    test('moves every secret to the primary key, more than a page of them, and then finds nothing to do', async () => {
      await sealMany(230);
      const vault = await open(onSecond);
      const counts: number[] = [];
      const report = await vault.resealAll({ onResealed: (count) => counts.push(count) });
      expect(report).toEqual({ resealed: 230, unreadable: [] });
      expect(counts).toEqual(Array.from({ length: 230 }, (_, place) => place + 1));
      expect(await countByKey()).toEqual([{ keyId: second.id, secrets: 230 }]);
      expect(await vault.resealAll()).toEqual({ resealed: 0, unreadable: [] });
      await expectAllReadable(await open(keysOf([second])), 230);
    });

    test('leaves what it cannot open as it is, names it, and goes on with the rest', async () => {
      await sealMany(5);
      await place.execute("update secrets set sealed = replace(sealed, 'tag', 'gat') where holder = 'c3'");
      const before = await repository().find(refOf({ organizationId: 'org-3', holder: 'c3' }));
      const report = await (await open(onSecond)).resealAll();
      expect(report).toEqual({
        resealed: 4,
        unreadable: [{ organizationId: 'org-3', holder: 'c3', field: 'api_key', version: 1 }],
      });
      expect(await repository().find(refOf({ organizationId: 'org-3', holder: 'c3' }))).toEqual(before);
    });

    test('does not touch a secret that is no more what it was when it was read', async () => {
      await sealMany(1);
      const [row] = await repository().listSealedOtherwise('none', null, 1);
      if (row === undefined) throw new Error('There is no secret.');
      const sealed = { keyId: 'x', sealed: 'y' };
      expect(await repository().reseal({ ...row, sealed: 'older' }, sealed)).toBe(false);
      expect(await repository().reseal({ ...row, keyId: 'older' }, sealed)).toBe(false);
      expect(await repository().reseal(row, sealed)).toBe(true);
      expect(await repository().reseal(row, sealed)).toBe(false);
    });

    test('by two processes at once does it once', async () => {
      await sealMany(60);
      const other = await place.open();
      try {
        const vaults = [await open(onSecond), await open(onSecond, other)];
        const reports = await Promise.all(vaults.map((vault) => vault.resealAll()));
        expect(reports.map(({ unreadable }) => unreadable)).toEqual([[], []]);
        expect((reports[0]?.resealed ?? 0) + (reports[1]?.resealed ?? 0)).toBe(60);
        await expectAllReadable(await open(keysOf([second])), 60);
      } finally {
        await other.close();
      }
    });

    test('stops when told and goes on where it was', async () => {
      await sealMany(20);
      const vault = await open(onSecond);
      const stop = new AbortController();
      const report = await vault.resealAll({
        signal: stop.signal,
        onResealed: (count) => {
          if (count === 7) stop.abort();
        },
      });
      expect(report.resealed).toBe(7);
      await expectAllReadable(vault, 20);
      expect((await vault.resealAll()).resealed).toBe(13);
    });

    test('with disagreement on the primary key comes to an end', async () => {
      await sealMany(30);
      const other = await place.open();
      try {
        const back = keysOf([first, second], first.id);
        const vaults = [await open(onSecond), await open(back, other)];
        await Promise.all(vaults.map((vault) => vault.resealAll()));
        await expectAllReadable(await open(onSecond), 30);
      } finally {
        await other.close();
      }
    });
  });
}
