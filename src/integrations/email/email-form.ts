import { isIP } from 'node:net';
import { z } from 'zod';
import { AppError } from '#errors';
import type { FormConnect, FormField, ResolvedForm } from '#integrations/catalog.ts';

/** `starttls`: encrypted after the greeting; `tls`: from the first byte; `none`: not at all, to allowed hosts alone. */
export const mailSecurities = ['starttls', 'tls', 'none'] as const;
export type MailSecurity = (typeof mailSecurities)[number];

/** One for each kind of encryption: a password that was given for one is not sent with another. */
const schemes: Readonly<Record<MailSecurity, string>> = { starttls: 'smtp', tls: 'smtps', none: 'smtp-unencrypted' };
const ports: Readonly<Record<MailSecurity, string>> = { starttls: '587', tls: '465', none: '25' };

/** Every secret in use is taken out of all that leaves the service, so a short word as one would garble everything. */
const shortestPassword = 8;

const settingsSchema = z.object({
  host: z.string(),
  port: z.coerce.number(),
  security: z.enum(mailSecurities),
  user: z.string().optional(),
  from: z.string(),
});

export type MailSettings = z.output<typeof settingsSchema>;

/** Null where they are no settings of a mail server. */
export function readMailSettings(settings: unknown): MailSettings | null {
  return settingsSchema.safeParse(settings).data ?? null;
}

export function createEmailForm(): FormConnect {
  return { kind: 'form', fields: [...serverFields(), ...accountFields()], resolve };
}

function serverFields(): readonly FormField[] {
  return [
    {
      name: 'host',
      title: 'Server',
      help: 'The name of the server that takes outgoing mail (SMTP), from the help pages of your mail provider.',
      kind: 'text',
      required: true,
      example: 'smtp.example.com',
    },
    {
      name: 'security',
      title: 'Encryption',
      help: 'Without encryption, only hosts in your own network are spoken to, once an administrator has allowed them.',
      kind: 'choice',
      required: true,
      choices: [
        { value: 'starttls', title: 'STARTTLS (usually port 587)' },
        { value: 'tls', title: 'TLS from the start (usually port 465)' },
        { value: 'none', title: 'None' },
      ],
    },
    {
      name: 'port',
      title: 'Port',
      help: 'Left empty: 587 with STARTTLS, 465 with TLS.',
      kind: 'number',
      required: false,
      example: '587',
    },
  ];
}

function accountFields(): readonly FormField[] {
  return [
    {
      name: 'user',
      title: 'User',
      help: 'Often the whole address. Left empty where the server asks for none.',
      kind: 'text',
      required: false,
      example: 'reports@example.com',
    },
    {
      name: 'password',
      title: 'Password',
      help: 'Many providers want a password made for one app alone, in place of the one you sign in with.',
      kind: 'secret',
      required: false,
    },
    {
      name: 'from',
      title: 'Sender',
      help: 'What people see as the sender: an address, or a name and an address.',
      kind: 'text',
      required: true,
      example: 'Reports <reports@example.com>',
    },
  ];
}

function resolve(values: Readonly<Record<string, string>>): ResolvedForm {
  const { user = '', password = '', from = '' } = values;
  const host = (values.host ?? '')
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
  const security = mailSecurities.find((each) => each === values.security) ?? 'starttls';
  const port = values.port ?? ports[security];
  requireHost(host);
  if (Number(port) < 1 || Number(port) > 65_535) throw refuse('port', 'a port is a number from 1 to 65535.');
  requirePassword(user, password);
  if (readSender(from) === null) {
    throw refuse('from', 'give an address, such as reports@example.com, or Reports <reports@example.com>.');
  }
  return {
    baseUrl: `${schemes[security]}://${isIP(host) === 6 ? `[${host}]` : host}:${port}`,
    settings: { host, port, security, ...(user === '' ? {} : { user }), from },
    credential: password === '' ? null : password,
  };
}

function requireHost(host: string): void {
  if (isIP(host) !== 0) return;
  if (/^(?=.{1,253}$)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(host))
    return;
  throw refuse('host', 'give the name of the server alone, such as smtp.example.com.');
}

function requirePassword(user: string, password: string): void {
  if (user === '' && password !== '') throw refuse('user', 'a password needs a user. Fill both in, or none.');
  if (user !== '' && password === '') throw refuse('password', 'fill in the password of the user.');
  if (password !== '' && password.length < shortestPassword) {
    throw refuse(
      'password',
      `it has fewer than ${shortestPassword} characters, which is too short to be kept safe here.`,
    );
  }
}

const address = z.email();

export interface Sender {
  readonly name: string;
  readonly address: string;
}

/** `a@example.com` or `Name <a@example.com>`; null for what is neither. */
export function readSender(text: string): Sender | null {
  const [, name = '', inside = text] = /^([^<>]*)<([^<>]+)>$/.exec(text.trim()) ?? [];
  const found = address.safeParse(inside.trim());
  if (!found.success) return null;
  return { name: name.trim().replace(/^"|"$/g, ''), address: found.data };
}

function refuse(name: string, words: string): AppError {
  return new AppError('INPUT_INVALID', `${name}: ${words}`);
}
