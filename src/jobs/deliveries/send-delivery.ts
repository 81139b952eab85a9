import type { Connection } from '#integrations/connection.ts';
import { EgressError } from '#integrations/egress-error.ts';
import { UpstreamError } from '#integrations/upstream-error.ts';
import type { JobRun } from '../job.ts';
import type { Delivery } from '../job-definition.ts';
import type { DeliveryContent } from './delivery-content.ts';
import { type DeliveryDeps, DeliveryRefused } from './delivery-ports.ts';
import { toMailHtml, toPlainText } from './markdown.ts';

/** One delivery that is to leave the house; what goes into the inbox does not. */
export interface Outgoing {
  readonly organizationId: string;
  /** Of the delivery: whoever gets it twice knows it by this. */
  readonly id: string;
  /** Of a job, or in place of one, for the secret that signs. */
  readonly jobId: string;
  readonly delivery: Exclude<Delivery, { kind: 'inbox' }>;
  readonly content: DeliveryContent;
  /** Null for a test. */
  readonly run: JobRun | null;
}

export type SendDeps = Pick<
  DeliveryDeps,
  'connections' | 'mail' | 'mailer' | 'slack' | 'hooks' | 'keys' | 'publicUrl' | 'clock'
>;

const hookTimeoutMs = 20_000;

/**
 * Sends it once. Answers what a person should know although it was sent, or null. Throws DeliveryRefused for what cannot
 * work, and Error in plain words for what may work later.
 */
export async function sendDelivery(deps: SendDeps, outgoing: Outgoing, signal: AbortSignal): Promise<string | null> {
  const { delivery } = outgoing;
  switch (delivery.kind) {
    case 'email':
      return sendMail(deps, { ...outgoing, delivery }, signal);
    case 'slack':
      await sendToSlack(deps, { ...outgoing, delivery }, signal);
      return null;
    case 'webhook':
      await sendHook(deps, { ...outgoing, delivery }, signal);
      return null;
  }
}

type Of<Kind extends Delivery['kind']> = Omit<Outgoing, 'delivery'> & {
  readonly delivery: Extract<Delivery, { kind: Kind }>;
};

const footer = 'Sent by a job in Personas for Ninox.';

async function sendMail(deps: SendDeps, outgoing: Of<'email'>, signal: AbortSignal): Promise<string | null> {
  const { organizationId, id, delivery, content } = outgoing;
  const subject = content.isProblem ? `${delivery.subject} (${content.title})` : delivery.subject;
  const text = `${toPlainText(content.text)}\n\n-- \n${footer}\n`;
  const letter = { subject: subject.slice(0, 250), text, html: toMailHtml(content.text, footer), id };
  if (delivery.connectionId === null) return sendOwnMail(deps, delivery.to, letter);
  const connection = await findConnection(deps, organizationId, delivery.connectionId);
  const { refused } = await deps.mail.send(connection, { ...letter, to: delivery.to }, signal);
  return refused.length === 0 ? null : `The mail server did not take it for ${refused.join(', ')}.`;
}

/** To each by itself: nobody sees who else gets it. Whoever is refused does not keep it from the others. */
async function sendOwnMail(
  { mailer }: SendDeps,
  to: readonly string[],
  { id, ...letter }: { readonly subject: string; readonly text: string; readonly html: string; readonly id: string },
): Promise<string | null> {
  if (mailer === null) {
    throw new DeliveryRefused(
      'This service sends no mail of its own: SMTP_URL is not set. Connect an e-mail account and choose it for the job, or have whoever runs the service set it.',
    );
  }
  const refused: string[] = [];
  for (const [index, address] of to.entries()) {
    try {
      await mailer.send({ ...letter, to: address, id: `${id}-${index}` });
    } catch {
      refused.push(address);
    }
  }
  if (refused.length === to.length) {
    throw new Error(
      'The mail server of this service did not take the mail. Whoever runs the service should look at it.',
    );
  }
  return refused.length === 0 ? null : `The mail server did not take it for ${refused.join(', ')}.`;
}

async function sendToSlack(deps: SendDeps, outgoing: Of<'slack'>, signal: AbortSignal): Promise<void> {
  const { organizationId, delivery, content } = outgoing;
  const connection = await findConnection(deps, organizationId, delivery.connectionId);
  const text = `**${content.title}**\n\n${content.text}`;
  await deps.slack.post(connection, { channel: delivery.channel, text }, signal);
}

async function findConnection({ connections }: SendDeps, organizationId: string, id: string): Promise<Connection> {
  const connection = await connections.byId(organizationId, id);
  if (connection?.status === 'active') return connection;
  throw new DeliveryRefused(
    connection === null
      ? 'The connection it is to be sent with is not there any more. Choose another one for the job.'
      : `The connection “${connection.label}” cannot be used: ${connection.status === 'revoked' ? 'it was revoked' : 'it has to be connected again'}. Mend that or choose another one, and send it again.`,
  );
}

async function sendHook(deps: SendDeps, outgoing: Of<'webhook'>, signal: AbortSignal): Promise<void> {
  const { organizationId, id, jobId, delivery, content, run } = outgoing;
  const url = URL.parse(delivery.url);
  if (url === null) throw new DeliveryRefused('The address of the webhook cannot be read. Change it in the job.');
  if (isOwn(url, deps.publicUrl())) {
    throw new DeliveryRefused(
      'The address of the webhook is this service’s own. A job does not start jobs over it: choose another address.',
    );
  }
  const timestamp = deps.clock();
  const body = JSON.stringify(toPayload({ id, content, run, timestamp }));
  const headers = await deps.keys.signOutbound({ organizationId, jobId, messageId: id, timestamp, body });
  const { status } = await posted(() =>
    deps.hooks.sendHook({ url: delivery.url, headers, body, timeoutMs: hookTimeoutMs, signal }),
  );
  if (status >= 200 && status < 300) return;
  throw new Error(`The receiver of the webhook answered with HTTP ${status}. Anything from 200 to 299 would be a yes.`);
}

async function posted<T>(send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if (error instanceof UpstreamError && error.code === 'EGRESS_DENIED') throw new DeliveryRefused(error.message);
    if (error instanceof EgressError) throw new Error(`The webhook did not go through. ${error.message}`);
    throw error;
  }
}

/** Whatever its scheme and port: behind one name stands one service. */
function isOwn(url: URL, publicUrl: string): boolean {
  const own = new URL(publicUrl);
  const isSameHost = bareHost(url) === bareHost(own);
  return isSameHost && (portOf(url) === portOf(own) || /^\/+hooks(?:\/|$)/i.test(decodedPath(url)));
}

function bareHost({ hostname }: URL): string {
  return hostname.toLowerCase().replace(/\.$/, '');
}

function portOf({ port, protocol }: URL): string {
  if (port !== '') return port;
  return protocol === 'https:' ? '443' : '80';
}

function decodedPath({ pathname }: URL): string {
  try {
    return decodeURIComponent(pathname);
  } catch {
    return pathname;
  }
}

interface Payload {
  readonly id: string;
  readonly content: DeliveryContent;
  readonly run: JobRun | null;
  readonly timestamp: Date;
}

/** As Standard Webhooks asks: a type, a time and the data. */
function toPayload({ id, content, run, timestamp }: Payload) {
  const { title, text, isProblem } = content;
  return {
    type: typeOf(run, isProblem),
    timestamp: timestamp.toISOString(),
    data: {
      deliveryId: id,
      title,
      text,
      status: run?.status ?? 'test',
      problem: run?.problem ?? null,
      jobId: run?.jobId ?? null,
      jobName: run?.definition.name ?? null,
      jobRunId: run?.id ?? null,
      cause: run?.cause ?? null,
      plannedAt: run?.plannedAt?.toISOString() ?? null,
      endedAt: run?.endedAt?.toISOString() ?? null,
    },
  };
}

function typeOf(run: JobRun | null, isProblem: boolean): string {
  if (run === null) return 'job.test';
  return isProblem ? 'job.run.failed' : 'job.run.succeeded';
}
