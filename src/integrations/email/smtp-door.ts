import { connect as connectTo, type Socket } from 'node:net';
import { Readable } from 'node:stream';
import MailComposer from 'nodemailer/lib/mail-composer';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { type AddressPolicy, privateAddress } from '#integrations/address-policy.ts';
import type { Connection } from '#integrations/connection.ts';
import { UpstreamError } from '#integrations/upstream-error.ts';
import type { Secret } from '#vault/secret.ts';
import { type SecretOpener, SecretUnavailable } from '#vault/vault.ts';
import { type MailSettings, readMailSettings, readSender, type Sender } from './email-form.ts';
import { type SmtpStage, toSmtpError } from './smtp-fault.ts';

export interface SmtpMail {
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
  /** Stays the same when it is sent again: the Message-ID is made of it. */
  readonly id: string;
}

export interface SmtpDoor {
  /** Signs in and out again. Throws UpstreamError. */
  verify(connection: Connection, signal: AbortSignal): Promise<void>;
  /**
   * Hands one mail over, once. `refused`: recipients that the server did not take, while it took others. Throws
   * UpstreamError; OUTCOME_UNKNOWN where it broke off after the server had begun to read the mail. `signal` ends it before that.
   */
  send(connection: Connection, mail: SmtpMail, signal: AbortSignal): Promise<{ readonly refused: readonly string[] }>;
}

export interface SmtpDoorDeps {
  readonly vault: SecretOpener;
  readonly policy: AddressPolicy;
  /** Certificates to trust beside those that every system does. */
  readonly ca?: string;
  /** Milliseconds without a word of the server. */
  readonly patienceMs?: number;
}

const defaultPatienceMs = 15_000;
const wholeMs = 90_000;

/** The only place that opens the password of a mail account, and sends mail with it. */
export function createSmtpDoor(deps: SmtpDoorDeps): SmtpDoor {
  return {
    verify: (connection, signal) => visit(deps, { connection, signal }, async () => undefined),
    async send(connection, mail, signal) {
      const from = senderOf(connection);
      const built = await compose(from, mail);
      return visit(deps, { connection, signal }, (session) => handOver(session, { from, to: mail.to, built }));
    },
  };
}

function senderOf(connection: Connection): Sender {
  const from = readSender(settingsOf(connection).from);
  if (from === null) throw unusable(connection);
  return from;
}

function settingsOf(connection: Connection): MailSettings {
  const settings = readMailSettings(connection.settings);
  if (settings === null) throw unusable(connection);
  return settings;
}

function unusable({ label }: Connection): UpstreamError {
  return new UpstreamError(
    'UPSTREAM_INVALID',
    `The settings of the connection “${label}” cannot be read. Connect it anew.`,
  );
}

function compose(from: Sender, { to, subject, text, html, id }: SmtpMail): Promise<Buffer> {
  const composer = new MailComposer({
    from,
    // As objects, an address that looks like a list of them stays one.
    to: to.map((address) => ({ name: '', address })),
    subject: subject.replaceAll(/\s+/g, ' '),
    text,
    ...(html === undefined ? {} : { html }),
    messageId: `<${id}@${from.address.split('@')[1] ?? 'localhost'}>`,
    headers: { 'Auto-Submitted': 'auto-generated' },
    // A mail is what is written: nothing in it is fetched or read from a file.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return composer.compile().build();
}

/** A connection that is open and signed in. */
interface Session {
  readonly smtp: SMTPConnection;
  /** From now on nobody breaks it off, and a break says nothing about what became of the mail. */
  readonly reach: (stage: SmtpStage) => void;
}

interface Visit {
  readonly connection: Connection;
  readonly signal: AbortSignal;
}

async function visit<T>(
  deps: SmtpDoorDeps,
  { connection, signal }: Visit,
  use: (session: Session) => Promise<T>,
): Promise<T> {
  const { vault } = deps;
  if (connection.secret === null) return visitWith(deps, { connection, signal, password: null }, use);
  try {
    return await vault.withSecret(connection.secret, connection.origin, (password) =>
      visitWith(deps, { connection, signal, password }, use),
    );
  } catch (error) {
    if (!(error instanceof SecretUnavailable)) throw error;
    throw new UpstreamError(
      'UPSTREAM_UNAUTHORIZED',
      `The stored password of the connection “${connection.label}” cannot be used any more, so nothing was sent. Whoever manages the connection must connect it again.`,
    );
  }
}

async function visitWith<T>(
  deps: SmtpDoorDeps,
  { connection, signal, password }: Visit & { readonly password: Secret | null },
  use: (session: Session) => Promise<T>,
): Promise<T> {
  const { label } = connection;
  const settings = settingsOf(connection);
  const stop = AbortSignal.any([signal, AbortSignal.timeout(wholeMs)]);
  const socket = await openSocket(deps, settings, stop).catch((error: unknown) => {
    throw toSmtpError(error, 'connecting', label);
  });
  const smtp = newConnection(deps, settings, socket);
  let stage: SmtpStage = 'connecting';
  const breakOff = () => {
    if (stage !== 'message') smtp.close();
  };
  const broken = brokenOff(smtp);
  stop.addEventListener('abort', breakOff, { once: true });
  try {
    await Promise.race([broken, signIn(smtp, settings, password)]);
    const reach = (next: SmtpStage) => {
      stage = next;
    };
    const result = await Promise.race([broken, use({ smtp, reach })]);
    smtp.quit();
    return result;
  } catch (error) {
    smtp.close();
    throw toSmtpError(error, stage, label);
  } finally {
    stop.removeEventListener('abort', breakOff);
  }
}

function brokenOff(smtp: SMTPConnection): Promise<never> {
  const broken = new Promise<never>((_resolve, reject) => {
    // All of them: one that nobody listens to would end the process.
    smtp.on('error', reject);
    smtp.once('end', () => reject(new Error('closed')));
  });
  broken.catch(() => undefined);
  return broken;
}

/** To an address that was checked before it was looked up, and once more before a word is written to it. */
async function openSocket(
  { policy, patienceMs = defaultPatienceMs }: SmtpDoorDeps,
  settings: MailSettings,
  stop: AbortSignal,
): Promise<Socket> {
  const { host, port } = settings;
  const url = addressOf(settings);
  await policy.admit(url).catch((error: unknown) => {
    throw settings.security === 'none' && error instanceof UpstreamError ? unencrypted(url) : error;
  });
  stop.throwIfAborted();
  return new Promise((resolve, reject) => {
    const socket = connectTo({ host, port });
    const leave = (error: Error) => {
      socket.destroy();
      reject(error);
    };
    const onAbort = () => leave(new Error('stopped'));
    stop.addEventListener('abort', onAbort, { once: true });
    socket.setTimeout(patienceMs, () => leave(new Error('silent')));
    socket.once('error', leave);
    socket.once('connect', () => {
      stop.removeEventListener('abort', onAbort);
      socket.off('error', leave);
      socket.setTimeout(0);
      if (policy.allowsSocket(url, socket.remoteAddress ?? '')) resolve(socket);
      else leave(privateAddress(url));
    });
  });
}

/** As the rules for addresses read them: what is encrypted as https, what is not as http. */
function addressOf({ host, port, security }: MailSettings): URL {
  const shown = host.includes(':') ? `[${host}]` : host;
  return new URL(`${security === 'none' ? 'http' : 'https'}://${shown}:${port}`);
}

function unencrypted(url: URL): UpstreamError {
  return new UpstreamError(
    'EGRESS_DENIED',
    `Without encryption, mail and password could be read on their way, so nothing was sent. Choose STARTTLS or TLS. For a host in your own network, an administrator of this service can allow it: ALLOWED_PRIVATE_HOSTS=${url.host}`,
  );
}

function newConnection(
  { ca, patienceMs = defaultPatienceMs }: SmtpDoorDeps,
  settings: MailSettings,
  socket: Socket,
): SMTPConnection {
  const { host, port, security } = settings;
  return new SMTPConnection({
    connection: socket,
    host,
    port,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    greetingTimeout: patienceMs,
    socketTimeout: patienceMs,
    tls: { minVersion: 'TLSv1.2', ...(ca === undefined ? {} : { ca }) },
  });
}

async function signIn(smtp: SMTPConnection, { user = '' }: MailSettings, password: Secret | null): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    smtp.connect((error) => (error ? reject(error) : resolve()));
  });
  if (user === '' || password === null) return;
  await new Promise<void>((resolve, reject) => {
    const auth = { user, pass: password.reveal() };
    smtp.login(auth, (error) => (error ? reject(error) : resolve()));
  });
}

interface Parcel {
  readonly from: Sender;
  readonly to: readonly string[];
  readonly built: Buffer;
}

function handOver({ smtp, reach }: Session, { from, to, built }: Parcel): Promise<{ refused: readonly string[] }> {
  reach('envelope');
  // Asked for only once the server has said that it takes the mail.
  const message = Readable.from(
    (function* () {
      reach('message');
      yield built;
    })(),
  );
  return new Promise((resolve, reject) => {
    smtp.send({ from: from.address, to: [...to], size: built.length }, message, (error, info) => {
      if (error || info === undefined) reject(error ?? new Error('no answer'));
      else resolve({ refused: info.rejected });
    });
  });
}
