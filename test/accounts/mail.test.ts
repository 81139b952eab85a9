import { expect, test } from 'vitest';
import { createAuth } from '#auth/auth.ts';
import type { Mailer } from '#auth/mailer.ts';
import { createSmtpMailer } from '#integrations/email/smtp-mailer.ts';
import { createLogger } from '#log';
import { Secret } from '#vault/secret.ts';
import { password, startAccountApp, tokenOf, type Visitor } from '../support/account-app.ts';
import { type MailServer, startMailServer } from '../support/mail-server.ts';

const mailerTo = (server: MailServer): Mailer =>
  createSmtpMailer({ url: new Secret(server.url), from: 'Personas <personas@example.com>' });
const linkIn = (text: string, path: string) => new RegExp(`http://127.0.0.1:\\d+/${path}[\\w=?-]+`).exec(text)?.[0];

test('an invitation goes out to the address it is for, with the link that is also shown', async () => {
  await using server = await startMailServer();
  await using app = await startAccountApp({ mailer: mailerTo(server) });
  const owner = await app.owner();
  expect((await owner.get('/api/v1/session')).body.mailEnabled).toBe(true);
  const { body } = await owner.send('POST', '/api/v1/invitations', { email: 'mila@example.com', role: 'member' });
  expect(body.mailed).toBe(true);
  const [mail] = server.received;
  expect(mail).toMatchObject({ from: 'personas@example.com', to: ['mila@example.com'] });
  expect(mail?.raw).toMatch(/^Subject: Olivia invites you to Demo organization\r?$/m);
  expect(mail?.raw).toMatch(/text\/plain/);
  expect(mail?.raw).toMatch(/text\/html/);
  expect(linkIn(mail?.text ?? '', 'invitations/')).toBe(body.link);
});

test('a mail that the server refuses is no failure: the link is shown, and said not to be mailed', async () => {
  await using server = await startMailServer();
  server.refuse();
  await using app = await startAccountApp({ mailer: mailerTo(server) });
  const owner = await app.owner();
  const answer = await owner.send('POST', '/api/v1/invitations', { email: 'mila@example.com', role: 'member' });
  expect(answer).toMatchObject({ status: 201, body: { mailed: false } });
  expect((await app.visitor().get(`/api/v1/invitation-links/${tokenOf(answer.body.link)}`)).status).toBe(200);
});

test('an address cannot smuggle in further recipients', async () => {
  await using server = await startMailServer();
  const to = 'mila@example.com, eve@example.com';
  const mail = { to, subject: 's', text: 't', html: 'h' };
  await mailerTo(server)
    .send(mail)
    .catch(() => undefined);
  expect(server.received.flatMap((received) => received.to)).not.toContain('eve@example.com');
});

test('a forgotten password is replaced by a mailed link, once, which signs out everywhere', async () => {
  await using server = await startMailServer();
  await using app = await startAccountApp({ mailer: mailerTo(server) });
  const owner = await app.owner();
  const known = await app.visitor().send('POST', '/api/v1/password-reset-requests', { email: 'olivia@example.com' });
  const unknown = await app.visitor().send('POST', '/api/v1/password-reset-requests', { email: 'nobody@example.com' });
  expect(unknown).toMatchObject({ status: known.status, body: known.body });
  await app.services.passwordResets.settled();
  expect(server.received.map(({ to }) => to)).toEqual([['olivia@example.com']]);
  const link = linkIn(server.received[0]?.text ?? '', 'reset-password') ?? '';
  const token = new URL(link).searchParams.get('token');
  expect(JSON.stringify(await app.db.query.select().from(app.db.tables.verifications))).not.toContain(token);

  const reset = (newPassword: string) => app.visitor().send('POST', '/api/v1/password-resets', { token, newPassword });
  expect((await reset('short')).status).toBe(400);
  const answers = await Promise.all([reset('a brand new password'), reset('a brand new password')]);
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(answers.filter(({ status }) => status === 400)).toHaveLength(1);
  expect((await owner.get('/api/v1/session')).body.user).toBeNull();
  const signIn = (secret: string) =>
    app.visitor().send('POST', '/api/v1/sign-in', { email: 'olivia@example.com', password: secret });
  expect((await signIn(password)).status).toBe(401);
  expect((await signIn('a brand new password')).status).toBe(200);
  expect(await reset('yet another password')).toMatchObject({
    status: 400,
    body: { detail: expect.stringContaining('link') },
  });
  expect(await app.audit('default', 'account.password_changed')).toHaveLength(1);
  expect(JSON.stringify(await app.audit('default'))).not.toContain(token);
});

test('a new password ends every link for one that is still open, and nobody else’s', async () => {
  await using app = await startAccountApp();
  const owner = await app.owner();
  const mila = await app.invited(owner, 'member', 'Mila');
  const log = createLogger({ level: 'silent' });
  const auth = createAuth({ db: app.db, secret: Buffer.alloc(32, 5), secureCookies: false, log });
  const linkFor = async (visitor: Visitor) => {
    const { user } = (await visitor.get('/api/v1/session')).body as { user: { id: string } };
    return auth.createResetToken(user.id);
  };
  const reset = async (token: string) =>
    (await app.visitor().send('POST', '/api/v1/password-resets', { token, newPassword: 'a brand new password' }))
      .status;

  const [used, older, others] = [await linkFor(owner), await linkFor(owner), await linkFor(mila)];
  expect([await reset(used), await reset(older)]).toEqual([200, 400]);
  const change = { currentPassword: password, newPassword: 'another new password' };
  expect((await mila.send('POST', '/api/v1/account/password', change)).status).toBe(200);
  expect(await reset(others)).toBe(400);
  expect(await reset(await linkFor(mila))).toBe(200);
});

test('after an hour the link is too old', async () => {
  await using server = await startMailServer();
  await using app = await startAccountApp({ mailer: mailerTo(server) });
  await app.owner();
  await app.visitor().send('POST', '/api/v1/password-reset-requests', { email: 'olivia@example.com' });
  await app.services.passwordResets.settled();
  const token = new URL(linkIn(server.received[0]?.text ?? '', 'reset-password') ?? '').searchParams.get('token');
  const { verifications } = app.db.tables;
  const [row] = await app.db.query.select().from(verifications);
  expect(Math.round(((row?.expiresAt.getTime() ?? 0) - Date.now()) / 60_000)).toBe(60);
  await app.db.query.update(verifications).set({ expiresAt: new Date(Date.now() - 1) });
  const answer = await app.visitor().send('POST', '/api/v1/password-resets', { token, newPassword: password });
  expect(answer).toMatchObject({ status: 400, body: { code: 'INPUT_INVALID' } });
});
