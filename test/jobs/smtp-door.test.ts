import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { expect, onTestFinished, test } from 'vitest';
import { createAddressPolicy } from '#integrations/address-policy.ts';
import type { Connection } from '#integrations/connection.ts';
import { createEmailForm } from '#integrations/email/email-form.ts';
import { createEmailIntegration } from '#integrations/email/email-integration.ts';
import { createSmtpDoor } from '#integrations/email/smtp-door.ts';
import { splitText } from '#integrations/slack/split-text.ts';
import { Secret } from '#vault/secret.ts';

const never = new AbortController().signal;
const policy = createAddressPolicy({ allowedHosts: ['127.0.0.1'] });
const mail = { to: ['bob@example.com', 'cid@example.com'], subject: 'Hi', text: 'There', id: 'call-1' };

function doorFor(password: string | null) {
  const vault = {
    withSecret: async <T>(_ref: unknown, _origin: string, use: (secret: Secret) => Promise<T>) =>
      use(new Secret(password ?? '')),
  };
  return createSmtpDoor({ vault, policy, patienceMs: 2_000 });
}

function connectionTo(port: number, { user = '', security = 'none' } = {}): Connection {
  const origin = `smtp-unencrypted://127.0.0.1:${port}`;
  const ref = { organizationId: 'org', holder: 'mail', field: 'api_key', version: 1 } as const;
  return {
    id: 'mail',
    organizationId: 'org',
    integration: 'email',
    ownerId: null,
    label: 'Mail',
    baseUrl: origin,
    status: 'active',
    settings: { host: '127.0.0.1', port: String(port), security, user, from: 'Us <us@example.com>' },
    grant: { scopes: [], limits: {} },
    secret: user === '' ? null : ref,
    fingerprint: 'none',
    origin,
  };
}

async function serve(options: SMTPServerOptions): Promise<number> {
  const server = new SMTPServer({ disabledCommands: ['STARTTLS'], logger: false, ...options });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return (server.server.address() as AddressInfo).port;
}

const readAll: NonNullable<SMTPServerOptions['onData']> = (stream, _session, done) => {
  stream.resume();
  stream.on('end', () => done());
};

test('signs in with user and password, and says where they are wrong', async () => {
  const seen: string[] = [];
  const port = await serve({
    onAuth({ username, password }, _session, done) {
      const isRight = username === 'us' && password === 'right-password';
      done(isRight ? null : new Error('no'), isRight ? { user: 'us' } : undefined);
    },
    onData: (stream, session, done) => {
      seen.push(String(session.user));
      readAll(stream, session, done);
    },
  });
  const connection = connectionTo(port, { user: 'us' });
  await doorFor('right-password').verify(connection, never);
  expect(await doorFor('right-password').send(connection, mail, never)).toEqual({ refused: [] });
  expect(seen).toEqual(['us']);
  const wrong = doorFor('wrong-password').send(connection, mail, never);
  await expect(wrong).rejects.toMatchObject({ code: 'UPSTREAM_UNAUTHORIZED' });
  await expect(wrong).rejects.not.toThrow('wrong-password');
});

test('tells whom the server did not take, and fails where it takes nobody', async () => {
  const port = await serve({
    authOptional: true,
    onRcptTo: ({ address }, _session, done) => done(address.startsWith('bob') ? null : new Error('unknown')),
    onData: readAll,
  });
  expect(await doorFor(null).send(connectionTo(port), mail, never)).toEqual({ refused: ['cid@example.com'] });
  const nobody = doorFor(null).send(connectionTo(port), { ...mail, to: ['x@example.com'] }, never);
  await expect(nobody).rejects.toMatchObject({ code: 'UPSTREAM_INVALID' });
});

test('is unknown where the connection breaks while the mail is handed over, and failed where it breaks before', async () => {
  const sockets = new Set<Socket>();
  const cut = async (at: 'MAIL' | 'body') => {
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.write('220 here\r\n');
      let inBody = false;
      socket.on('data', (chunk) => {
        if (inBody) return void socket.destroy();
        const line = chunk.toString();
        if (at === 'MAIL' && line.startsWith('MAIL')) return void socket.destroy();
        inBody = line.startsWith('DATA');
        socket.write(inBody ? '354 go on\r\n' : '250 ok\r\n');
      });
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
    return doorFor(null).send(connectionTo((server.address() as AddressInfo).port), mail, never);
  };
  await expect(cut('body')).rejects.toMatchObject({ code: 'OUTCOME_UNKNOWN' });
  await expect(cut('MAIL')).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
});

test('refuses to speak to a private host, without encryption, or where STARTTLS is not offered', async () => {
  const port = await serve({ authOptional: true, onData: readAll });
  const vault = { withSecret: () => Promise.reject(new Error('never')) };
  const closed = createSmtpDoor({ vault, policy: createAddressPolicy({ allowedHosts: [] }) });
  await expect(closed.verify(connectionTo(port), never)).rejects.toMatchObject({ code: 'EGRESS_DENIED' });
  const encrypted = connectionTo(port, { security: 'starttls' });
  await expect(closed.verify(encrypted, never)).rejects.toMatchObject({ code: 'EGRESS_DENIED' });
  await expect(doorFor(null).verify(encrypted, never)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
});

test('the form says which field is wrong, and keeps the password out of the settings', () => {
  const form = createEmailForm();
  const resolve = (values: Record<string, string>) => form.resolve(values);
  const right = {
    host: 'SMTP.example.com',
    security: 'tls',
    user: 'us',
    password: 'long-enough',
    from: 'Us <us@example.com>',
  };
  expect(resolve(right)).toEqual({
    baseUrl: 'smtps://smtp.example.com:465',
    settings: { host: 'smtp.example.com', port: '465', security: 'tls', user: 'us', from: 'Us <us@example.com>' },
    credential: 'long-enough',
  });
  expect(() => resolve({ ...right, host: 'a b' })).toThrow(/^host:/);
  expect(() => resolve({ ...right, port: '70000' })).toThrow(/^port:/);
  expect(() => resolve({ ...right, password: 'short' })).toThrow(/^password:/);
  expect(() => resolve({ ...right, user: '' })).toThrow(/^user:/);
  expect(() => resolve({ ...right, from: 'nobody' })).toThrow(/^from:/);
});

test('the tool shows everything it would send, and is bound to its recipients', async () => {
  const [tool] = createEmailIntegration(doorFor(null)).tools;
  const call = tool?.prepare({ to: ['Bob@Example.com'], subject: 'Hi', text: 'There' });
  if (call?.ok !== true || call.change === null) throw new Error('It was refused.');
  expect(call.target).toEqual({ recipients: ['bob@example.com'] });
  const context = { connection: connectionTo(25), signal: never, allows: () => true };
  expect((await call.change.plan(context)).plan).toMatchObject({
    summary: 'Send an e-mail to bob@example.com',
    records: [
      {
        fields: expect.arrayContaining([
          { name: 'Subject', value: 'Hi' },
          { name: 'Text', value: 'There' },
        ]),
      },
    ],
  });
  expect(await call.change.reconcile(context, null)).toBe('unknowable');
  expect(tool?.prepare({ to: ['a@example.com'], subject: 'Hi\r\nBcc: x@example.com', text: 'T' })).toMatchObject({
    ok: false,
  });
  expect(tool?.prepare({ to: ['a@example.com, x@example.com'], subject: 'Hi', text: 'T' })).toMatchObject({
    ok: false,
  });
});

test('long text is cut between paragraphs, and nothing of it is lost', () => {
  const text = Array.from({ length: 40 }, (_, index) => `Paragraph ${index} ${'word '.repeat(20)}`.trim()).join('\n\n');
  const pieces = splitText(text, 500);
  expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThanOrEqual(500);
  expect(pieces.join('').replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
  expect(pieces.every((piece) => piece.startsWith('Paragraph'))).toBe(true);
  expect(splitText('short', 500)).toEqual(['short']);
});
