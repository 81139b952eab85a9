import { createTransport } from 'nodemailer';
import type { Secret } from '#vault/secret.ts';

export interface SmtpOptions {
  /** `smtp://user:password@host:port`, or `smtps://` for TLS from the first byte. */
  readonly url: Secret;
  /** An address, or a name and an address: `Personas <personas@example.com>`. */
  readonly from: string;
}

interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Stays the same when it is sent again; left out, each time is a new mail. */
  readonly id?: string;
}

export interface SmtpMailer {
  /** Resolves once the server has taken the mail. */
  send(mail: Mail): Promise<void>;
  close(): void;
}

const patienceMs = 15_000;

/** Over `smtp://` the connection is encrypted where the server offers it; a password needs it, but on this machine. */
export function createSmtpMailer({ url, from }: SmtpOptions): SmtpMailer {
  const transport = createTransport({
    url: url.reveal(),
    requireTLS: needsTls(url.reveal()),
    connectionTimeout: patienceMs,
    greetingTimeout: patienceMs,
    socketTimeout: patienceMs,
    // A mail is what we write: nothing in it is fetched or read from a file.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send({ to, subject, text, html, id }) {
      const known = id === undefined ? {} : { messageId: `<${id}@${hostOf(from)}>` };
      // As an object, an address that looks like a list of them stays one.
      await transport.sendMail({ from, to: { name: '', address: to }, subject, text, html, ...known });
    },
    close: () => transport.close(),
  };
}

function hostOf(from: string): string {
  return /@([\w.-]+)/.exec(from)?.[1] ?? 'localhost';
}

function needsTls(address: string): boolean {
  const { username, hostname } = new URL(address);
  return username !== '' && !['localhost', '127.0.0.1', '[::1]'].includes(hostname);
}
