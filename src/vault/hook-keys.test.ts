import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { createHookKeys, type HookRequest, hookWindowMs } from './hook-keys.ts';
import type { Secret } from './secret.ts';
import { SecretExists, SecretUnavailable, type Vault } from './vault.ts';

/** The package’s own check goes by the real clock. */
const start = Date.now();
const place = { organizationId: 'org', jobId: 'job-1' };
const body = Buffer.from('{"order":{"id":"ü-7"}}');

/** As much of the vault as keys need: a secret opens where, and only for what, it was sealed. */
function memoryVault() {
  const sealed = new Map<string, Secret>();
  const vault: Pick<Vault, 'seal' | 'withSecret' | 'forget'> = {
    async seal(ref, origin, value) {
      const key = JSON.stringify([ref.organizationId, ref.holder, ref.version, origin]);
      if (sealed.has(key)) throw new SecretExists();
      sealed.set(key, value);
    },
    async withSecret(ref, origin, use) {
      const secret = sealed.get(JSON.stringify([ref.organizationId, ref.holder, ref.version, origin]));
      if (secret === undefined) throw new SecretUnavailable('missing');
      return use(secret);
    },
    async forget({ holder, version }) {
      for (const key of sealed.keys()) {
        const [, ofHolder, ofVersion] = JSON.parse(key) as [string, string, number];
        if (ofHolder === holder && (version === undefined || version === ofVersion)) sealed.delete(key);
      }
    },
  };
  return { vault, sealed };
}

function openKeys() {
  const { vault, sealed } = memoryVault();
  let now = start;
  const keys = createHookKeys({ vault, clock: () => new Date(now) });
  const requestOf = (change: Partial<HookRequest>): HookRequest => ({
    ...place,
    auth: 'signature',
    version: 1,
    overlapUntil: null,
    headers: {},
    body,
    ...change,
  });
  return {
    keys,
    sealed,
    verify: (change: Partial<HookRequest>) => keys.verify(requestOf(change)),
    make: async (auth: HookRequest['auth'], version = 1) =>
      (await keys.makeSecret({ ...place, auth, version })).reveal(),
    passes: (ms: number) => {
      now += ms;
    },
  };
}

function signed(secret: string, { id = 'msg-1', at = start, text = body as Buffer | string } = {}) {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at / 1000)),
    'webhook-signature': new Webhook(secret).sign(id, new Date(at), text),
  };
}

const refused = (words: string) => ({ ok: false, reason: expect.stringContaining(words) });

test('what the official package has signed is proved, and names its message', async () => {
  const { make, verify } = openKeys();
  const secret = await make('signature');
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(await verify({ headers: signed(secret) })).toEqual({ ok: true, messageId: 'msg-1' });
});

test('one good signature among several is enough; none, another body, id, time or version of signature is not', async () => {
  const { make, verify } = openKeys();
  const secret = await make('signature');
  const good = signed(secret);
  const others = `v1a,abc v1,${'A'.repeat(43)}= ${good['webhook-signature']}`;
  expect(await verify({ headers: { ...good, 'webhook-signature': others } })).toMatchObject({ ok: true });
  const misfits = [
    { headers: good, body: Buffer.from('{"order":{"id":"ü-8"}}') },
    { headers: { ...good, 'webhook-id': 'msg-2' } },
    { headers: { ...good, 'webhook-timestamp': String(Math.floor(start / 1000) + 1) } },
    { headers: { ...good, 'webhook-signature': good['webhook-signature'].replace('v1,', 'v2,') } },
    { headers: { ...good, 'webhook-signature': good['webhook-signature'].slice(0, -2) } },
    { headers: signed(`whsec_${Buffer.from('another secret').toString('base64')}`) },
    { headers: good, jobId: 'job-2' },
    { headers: good, organizationId: 'other' },
  ];
  for (const misfit of misfits) expect(await verify(misfit)).toEqual(refused('does not fit'));
});

test('missing, doubled and unreadable headers, and bytes that are no UTF-8, are refused with what is wrong', async () => {
  const { make, verify } = openKeys();
  const good = signed(await make('signature'));
  for (const name of Object.keys(good)) {
    expect(await verify({ headers: { ...good, [name]: undefined } })).toEqual(refused('has no signature'));
    expect(await verify({ headers: { ...good, [name]: ['a', 'b'] } })).toEqual(refused('has no signature'));
  }
  expect(await verify({ headers: { ...good, 'webhook-timestamp': '12e3' } })).toEqual(refused('cannot be read'));
  expect(await verify({ headers: { ...good, 'webhook-id': 'a b' } })).toEqual(refused('cannot be read'));
  expect(await verify({ headers: good, body: Buffer.from([0x22, 0xff, 0x22]) })).toEqual(refused('no text in UTF-8'));
});

test('a signature counts for five minutes, on either side', async () => {
  const { make, verify } = openKeys();
  const secret = await make('signature');
  const whole = Math.floor(start / 1000) * 1000;
  const late = { headers: signed(secret, { at: whole - hookWindowMs - 1000 }) };
  expect(await verify(late)).toEqual(refused('more than five minutes ago'));
  const early = { headers: signed(secret, { at: whole + hookWindowMs + 2000 }) };
  expect(await verify(early)).toEqual(refused('yet to come'));
  expect(await verify({ headers: signed(secret, { at: whole - hookWindowMs + 2000 }) })).toMatchObject({ ok: true });
  expect(await verify({ headers: signed(secret, { at: whole + hookWindowMs - 2000 }) })).toMatchObject({ ok: true });
});

test('what was good is late once the clock has gone on', async () => {
  const { make, verify, passes } = openKeys();
  const headers = signed(await make('signature'));
  passes(hookWindowMs + 2000);
  expect(await verify({ headers })).toEqual(refused('more than five minutes ago'));
});

test('the secret before counts until the overlap is over, and the one before that never', async () => {
  const { make, verify, passes } = openKeys();
  const [oldest, old, current] = [await make('signature', 1), await make('signature', 2), await make('signature', 3)];
  const now = { version: 3, overlapUntil: new Date(start + 60_000) };
  expect(await verify({ ...now, headers: signed(current) })).toMatchObject({ ok: true });
  expect(await verify({ ...now, headers: signed(old) })).toMatchObject({ ok: true });
  expect(await verify({ ...now, headers: signed(oldest) })).toEqual(refused('does not fit'));
  expect(await verify({ ...now, overlapUntil: null, headers: signed(old) })).toEqual(refused('does not fit'));
  passes(60_000);
  expect(await verify({ ...now, headers: signed(old) })).toEqual(refused('does not fit'));
  expect(await verify({ ...now, headers: signed(current) })).toMatchObject({ ok: true });
});

test('a sender that cannot sign shows its secret, with an id and a time where it has them', async () => {
  const { make, verify } = openKeys();
  const secret = await make('header');
  expect(secret).toMatch(/^[\w-]{43}$/);
  const auth = 'header';
  const headers = { 'x-personas-secret': secret };
  expect(await verify({ auth, headers })).toEqual({ ok: true, messageId: null });
  const more = { ...headers, 'x-personas-id': 'A-7-1', 'x-personas-timestamp': String(start) };
  expect(await verify({ auth, headers: more })).toEqual({ ok: true, messageId: 'A-7-1' });
  const late = { ...more, 'x-personas-timestamp': String(start - hookWindowMs - 1) };
  expect(await verify({ auth, headers: late })).toEqual(refused('more than five minutes ago'));
  expect(await verify({ auth, headers: { ...more, 'x-personas-timestamp': 'now' } })).toEqual(
    refused('cannot be read'),
  );
  expect(await verify({ auth, headers: { 'x-personas-secret': `${secret}x` } })).toEqual(refused('is not the secret'));
  expect(await verify({ auth, headers: {} })).toEqual(refused('has no secret'));
});

test('neither kind of proof stands in for the other', async () => {
  const { make, verify } = openKeys();
  const signing = await make('signature', 1);
  expect(await verify({ auth: 'header', headers: { 'x-personas-secret': signing } })).toMatchObject({ ok: false });
  const shown = await make('header', 2);
  expect(await verify({ version: 2, headers: { 'x-personas-secret': shown } })).toMatchObject({ ok: false });
  const forged = signed(`whsec_${Buffer.from(shown).toString('base64')}`);
  expect(await verify({ version: 2, headers: forged })).toMatchObject({ ok: false });
});

test('what cannot be opened is no “wrong secret”, and what was forgotten is one', async () => {
  const { keys, make, verify } = openKeys();
  const headers = signed(await make('signature'));
  await keys.forgetSecret(place);
  expect(await verify({ headers })).toEqual(refused('does not fit'));
  const broken = createHookKeys({
    vault: {
      ...memoryVault().vault,
      withSecret: async () => {
        throw new SecretUnavailable('unreadable');
      },
    },
  });
  const request = { ...place, auth: 'signature', version: 1, overlapUntil: null, headers, body } as const;
  await expect(broken.verify(request)).rejects.toMatchObject({ problem: 'unreadable' });
});

test('what a job sends out is signed so that the official package takes it', async () => {
  const { keys, sealed } = openKeys();
  const message = { ...place, messageId: 'd-1', timestamp: new Date(start), body: '{"ok":"ü"}' };
  const [first, second] = await Promise.all([keys.signOutbound(message), keys.signOutbound(message)]);
  expect(second).toEqual(first);
  expect(sealed.size).toBe(1);
  const secret = (await keys.outboundSecret(place)).reveal();
  const headers = { ...(await keys.signOutbound(message)) };
  expect(new Webhook(secret).verify(message.body, headers)).toEqual({ ok: 'ü' });
  // It was shown to somebody anew, and so the one before is over.
  expect(headers['webhook-signature']).not.toBe(first['webhook-signature']);
  expect(() => new Webhook(secret).verify('{"ok":"u"}', headers)).toThrow();
});
