import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Webhook } from 'standardwebhooks';
import { expect, onTestFinished, test } from 'vitest';
import { createAuditLog } from '#audit/audit-log.ts';
import { personActor } from '#auth/person-actor.ts';
import { createAuditRepository } from '#db/repositories/audit.ts';
import { createInboxEntryRepository } from '#db/repositories/inbox-entries.ts';
import { createJobDeliveryRepository } from '#db/repositories/job-deliveries.ts';
import { createJobRunRepository } from '#db/repositories/job-runs.ts';
import { createJobRepository } from '#db/repositories/jobs.ts';
import { createSecretRepository } from '#db/repositories/secrets.ts';
import { createAddressPolicy } from '#integrations/address-policy.ts';
import type { Connection } from '#integrations/connection.ts';
import { createHookEgress } from '#integrations/egress.ts';
import { createSmtpDoor } from '#integrations/email/smtp-door.ts';
import { createSmtpMailer } from '#integrations/email/smtp-mailer.ts';
import { createDeliveries } from '#jobs/deliveries/deliveries.ts';
import { createInbox } from '#jobs/inbox/inbox.ts';
import type { JobRun } from '#jobs/job.ts';
import { type JobDefinition, jobDefinitionSchema } from '#jobs/job-definition.ts';
import type { WorkItem } from '#jobs/queue.ts';
import { createStartJob } from '#jobs/start-job.ts';
import { createJobRows, createJobRunRows, toJobRun } from '#jobs/stored-jobs.ts';
import { listenLocally } from '#test/support/listen-locally.ts';
import { startMailServer } from '#test/support/mail-server.ts';
import { openTestDatabase } from '#test/support/test-database.ts';
import { createHookKeys } from '#vault/hook-keys.ts';
import { makeKeyLine } from '#vault/key-ring.ts';
import { openVault } from '#vault/open-vault.ts';
import { Secret } from '#vault/secret.ts';
import { createSecretRegistry } from '#vault/secret-registry.ts';
import { keysOf } from '../contract/vault-fixture.ts';

const ann = personActor({ id: 'ann', name: 'Ann' }, { organizationId: 'org', role: 'owner' });
const never = new AbortController().signal;

interface Received {
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** A receiver over real HTTP that answers what it is told to. */
async function receive() {
  const received: Received[] = [];
  const scene = { status: 204 };
  const server: Server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      received.push({ headers: request.headers as Record<string, string>, body });
      response.writeHead(scene.status, scene.status === 302 ? { location: '/elsewhere' } : {}).end();
    });
  });
  const { address, close } = await listenLocally(server);
  onTestFinished(close);
  return { url: `${address}/in`, host: new URL(address).host, received, scene };
}

async function openWorld(options: { readonly smtpUrl?: string; readonly allow?: readonly string[] } = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), 'personas-deliveries-'));
  const db = await openTestDatabase(path.join(folder, 'test.db'));
  onTestFinished(async () => {
    await db.close();
    await rm(folder, { recursive: true, force: true });
  });
  const clock = () => new Date();
  const registry = createSecretRegistry();
  const vault = await openVault({ repository: createSecretRepository(db), keys: keysOf([makeKeyLine()]), registry });
  const keys = createHookKeys({ vault, clock });
  const policy = createAddressPolicy({ allowedHosts: options.allow ?? [] });
  const runTable = createJobRunRepository(db);
  const jobs = createJobRows({ rows: createJobRepository(db), clock });
  const runs = createJobRunRows(runTable);
  const queued: WorkItem[] = [];
  const queue = { add: async (item: WorkItem) => void queued.push(item) };
  const audit = createAuditLog({ repository: createAuditRepository(db), key: randomBytes(32) });
  const inbox = createInbox({ rows: createInboxEntryRepository(db), clock });
  const connections = new Map<string, Connection>();
  const people = new Map([['ann', { id: 'ann', name: 'Ann', email: 'ann@example.com', role: 'owner' as const }]]);
  const mailer =
    options.smtpUrl === undefined
      ? null
      : createSmtpMailer({ url: new Secret(options.smtpUrl), from: 'us@example.com' });
  const posts: { channel: string; text: string }[] = [];
  const deliveries = createDeliveries({
    rows: createJobDeliveryRepository(db),
    inbox,
    queue,
    jobs,
    runs,
    connections: { byId: async (_organizationId, id) => connections.get(id) ?? null, find: async () => null },
    people: {
      find: async (_organizationId, id) => people.get(id) ?? null,
      findByEmail: async () => null,
      list: async () => [],
    },
    mailProblem: () => null,
    mail: createSmtpDoor({ vault, policy }),
    mailer,
    slack: { post: async (_connection, post) => void posts.push({ ...post }) },
    hooks: createHookEgress({ policy }),
    keys,
    answerOf: async () => '# Done\n\n<b>3</b> new\n\n![x](https://spy.example/p.png)',
    audit,
    transaction: db.transaction,
    durable: db.durable,
    publicUrl: () => 'https://personas.example',
    scrub: registry.scrub,
    clock,
  });
  const startJob = createStartJob({ runs: runTable, queue, transaction: db.transaction, lock: db.lock, clock });

  return {
    deliveries,
    inbox,
    audit,
    keys,
    vault,
    queued,
    posts,
    people,
    connections,
    jobs,
    /** A run of a new job that has ended so, with its deliveries. */
    async ended(places: readonly object[], end: Partial<JobRun> = {}) {
      const definition: JobDefinition = jobDefinitionSchema.parse({
        name: 'Morning',
        persona: 'p',
        trigger: { kind: 'manual' },
        prompt: 'Go',
        deliveries: places,
      });
      const common = { organizationId: 'org', id: 'job', ownerId: 'ann', keyScopes: null, file: null, nextAt: null };
      const job = await jobs.insert({ ...common, definition, status: 'active', pausedReason: null, createdBy: 'ann' });
      const run = await startJob(job, { cause: 'manual', causeKey: 'once' });
      if (run === null) throw new Error('It did not start.');
      const status = end.status ?? 'succeeded';
      const key = { organizationId: 'org', id: run.id };
      await runTable.end({ ...key, status: status as 'succeeded', problem: end.problem ?? null, at: clock() });
      const row = await runTable.find(key);
      if (row === null) throw new Error('It is gone.');
      return deliveries.add(toJobRun(row));
    },
    work: (deliveryId: string, attempt = 1) =>
      deliveries.worker.work(
        { id: 'i', organizationId: 'org', topic: 'delivery', payload: { deliveryId }, attempt },
        never,
      ),
    find: (id: string) => deliveries.find({ organizationId: 'org', id }),
    inboxOf: (id: string) => inbox.list({ organizationId: 'org', id }, { unreadOnly: false, after: null, limit: 10 }),
    actions: async () => (await audit.list({ organizationId: 'org', limit: 20 })).items.map(({ action }) => action),
  };
}

test('an answer comes into the inbox of the owner once, however often it is worked', async () => {
  const world = await openWorld();
  const [id = ''] = await world.ended([{ kind: 'inbox' }]);
  await world.work(id);
  await world.work(id);
  expect(await world.inboxOf('ann')).toMatchObject([{ kind: 'answer', title: 'Morning', jobId: 'job', readAt: null }]);
  expect(await world.inboxOf('bob')).toEqual([]);
  expect(await world.find(id)).toMatchObject({ status: 'sent', attempts: 1, problem: null });
  expect(await world.actions()).toEqual(['delivery.sent']);
});

test('entries are read by their own person alone', async () => {
  const world = await openWorld();
  await world.inbox.notify({
    organizationId: 'org',
    userIds: ['ann', 'bob', 'ann'],
    title: 'T',
    body: 'B',
    jobId: 'j',
  });
  const person = { organizationId: 'org', id: 'ann' };
  const [entry] = await world.inboxOf('ann');
  expect(await world.inbox.countUnread(person)).toBe(1);
  expect(await world.inbox.markRead({ organizationId: 'org', id: 'bob' }, entry?.id ?? '')).toBe(false);
  expect(await world.inbox.markRead({ organizationId: 'other', id: 'ann' }, entry?.id ?? '')).toBe(false);
  expect(await world.inbox.markRead(person, entry?.id ?? '')).toBe(true);
  expect(await world.inbox.countUnread(person)).toBe(0);
  await world.inbox.markAllRead({ organizationId: 'org', id: 'bob' });
  expect(await world.inbox.countUnread({ organizationId: 'org', id: 'bob' })).toBe(0);
});

test('a webhook is signed, retried with the same id, given up, shown, and sent once more by hand', async () => {
  const receiver = await receive();
  const world = await openWorld({ allow: [receiver.host] });
  const secret = await world.keys.outboundSecret({ organizationId: 'org', jobId: 'job' });
  const [id = ''] = await world.ended([{ kind: 'webhook', url: receiver.url }]);
  receiver.scene.status = 500;
  await expect(world.work(id)).rejects.toThrow('HTTP 500');
  await expect(world.work(id, 2)).rejects.toThrow('HTTP 500');
  expect(await world.find(id)).toMatchObject({ status: 'pending', attempts: 2 });
  const item = { id: 'i', organizationId: 'org', topic: 'delivery', payload: { deliveryId: id }, attempt: 6 } as const;
  await world.deliveries.worker.gaveUp(item, 'six attempts');
  expect(await world.find(id)).toMatchObject({ status: 'dead', problem: expect.stringContaining('HTTP 500') });
  expect(await world.inboxOf('ann')).toMatchObject([{ kind: 'notice', body: expect.stringContaining('HTTP 500') }]);

  receiver.scene.status = 200;
  world.queued.length = 0;
  expect(await world.deliveries.replay({ organizationId: 'org', id })).toBe(true);
  expect(await world.deliveries.replay({ organizationId: 'org', id })).toBe(false);
  expect(world.queued).toMatchObject([{ topic: 'delivery', payload: { deliveryId: id } }]);
  await world.work(id);
  expect(await world.find(id)).toMatchObject({ status: 'sent', problem: null });
  expect(receiver.received.map(({ headers }) => headers['webhook-id'])).toEqual([id, id, id]);
  for (const { body, headers } of receiver.received) {
    expect(new Webhook(secret.reveal()).verify(body, headers)).toMatchObject({
      type: 'job.run.succeeded',
      data: { jobName: 'Morning', status: 'succeeded', text: expect.stringContaining('# Done') },
    });
  }
  expect(await world.actions()).toEqual(['delivery.sent', 'delivery.failed']);
});

test.each([
  'https://personas.example/hooks/org/job',
  'https://PERSONAS.example./x',
  'http://personas.example:8443/%68ooks/a/b',
])('no webhook goes to %s, where the service itself answers', async (url) => {
  const world = await openWorld({ allow: ['personas.example'] });
  const [id = ''] = await world.ended([{ kind: 'webhook', url }]);
  await world.work(id);
  expect(await world.find(id)).toMatchObject({ status: 'dead', problem: expect.stringContaining('own') });
});

test('a webhook into a private network, and one that leads elsewhere, are not followed', async () => {
  const receiver = await receive();
  const closed = await openWorld();
  const [refused = ''] = await closed.ended([{ kind: 'webhook', url: receiver.url }]);
  await closed.work(refused);
  expect(await closed.find(refused)).toMatchObject({
    status: 'dead',
    problem: expect.stringContaining('ALLOWED_PRIVATE_HOSTS'),
  });
  expect(receiver.received).toEqual([]);
  receiver.scene.status = 302;
  const open = await openWorld({ allow: [receiver.host] });
  const [id = ''] = await open.ended([{ kind: 'webhook', url: receiver.url }]);
  await expect(open.work(id)).rejects.toThrow('redirect');
  expect(receiver.received).toHaveLength(1);
});

test('mail goes out as text and HTML without anything to load, over the service and over a connection', async () => {
  await using server = await startMailServer();
  const { host, port } = new URL(server.url);
  const world = await openWorld({ smtpUrl: server.url, allow: [host] });
  world.connections.set('mail', {
    id: 'mail',
    organizationId: 'org',
    integration: 'email',
    ownerId: null,
    label: 'Mail',
    baseUrl: `smtp-unencrypted://127.0.0.1:${port}`,
    status: 'active',
    settings: { host: '127.0.0.1', port, security: 'none', from: 'Reports <reports@example.com>' },
    grant: { scopes: ['email:messages:send'], limits: { recipients: ['@example.com'] } },
    secret: null,
    fingerprint: 'none',
    origin: `smtp-unencrypted://127.0.0.1:${port}`,
  });
  const to = ['bob@example.com', 'cid@example.com'];
  const places = [
    { kind: 'email', to, subject: 'Daily' },
    { kind: 'email', connectionId: 'mail', to, subject: 'Daily' },
    { kind: 'email', connectionId: 'mail', to: ['x@elsewhere.org'], subject: 'Daily' },
  ];
  const ids = await world.ended(places);
  for (const id of ids) await world.work(id);
  const [own = '', over = '', stranger = ''] = ids;
  expect(server.received.map((mail) => mail.to)).toEqual([['bob@example.com'], ['cid@example.com'], to]);
  const last = server.received.at(-1);
  expect(last).toMatchObject({
    from: 'reports@example.com',
    raw: expect.stringContaining(`Message-ID: <${over}@example.com>`),
  });
  expect(last?.text).toContain('&lt;b&gt;3&lt;/b&gt; new');
  expect(last?.text.split('<!doctype')[1]).not.toMatch(/<img|<b>/);
  expect(await world.find(own)).toMatchObject({ status: 'sent' });
  expect(await world.find(stranger)).toMatchObject({
    status: 'dead',
    problem: expect.stringContaining('does not allow'),
  });

  world.connections.clear();
  await world.work(over);
  expect(server.received).toHaveLength(3);
});

test('a mail server that refuses is tried again, and the words say so', async () => {
  await using server = await startMailServer();
  const world = await openWorld({ smtpUrl: server.url });
  const [id = ''] = await world.ended([{ kind: 'email', to: ['bob@example.com'], subject: 'Daily' }]);
  server.refuse();
  await expect(world.work(id)).rejects.toThrow('did not take');
  expect(await world.find(id)).toMatchObject({ status: 'pending', problem: expect.stringContaining('did not take') });
});

test('a run that failed is told in plain words, and nothing is sent for somebody who has left', async () => {
  const world = await openWorld();
  const [first = '', second = ''] = await world.ended(
    [{ kind: 'inbox' }, { kind: 'email', to: ['b@example.com'], subject: 'S' }],
    {
      status: 'dead',
      problem: 'The model could not be reached.',
    },
  );
  await world.work(first);
  const [entry] = await world.inboxOf('ann');
  expect(entry?.title).toBe('Morning: failed');
  expect(entry?.body).toContain('**Why:** The model could not be reached.');
  world.people.clear();
  await world.work(second);
  expect(await world.find(second)).toMatchObject({
    status: 'dead',
    problem: expect.stringContaining('does not belong'),
  });
});

test('a test goes out at once and says why it does not', async () => {
  const receiver = await receive();
  const world = await openWorld({ allow: [receiver.host] });
  const delivery = { kind: 'webhook', url: receiver.url } as const;
  expect(await world.deliveries.test(ann, delivery)).toEqual({ sent: true, problem: null });
  receiver.scene.status = 401;
  expect(await world.deliveries.test(ann, delivery)).toMatchObject({
    sent: false,
    problem: expect.stringContaining('HTTP 401'),
  });
});
