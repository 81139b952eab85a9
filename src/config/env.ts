import { z } from 'zod';
import { ConfigError } from '#errors';
import { describeFound } from './describe-found.ts';
import { rules } from './rules.ts';
import { parseAddress } from './web-address.ts';

export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export const modelProviderNames = ['openai', 'anthropic', 'google', 'demo'] as const;

/** Every message says what is allowed; what was found is added where all problems are put together. */
const variables = {
  NODE_ENV: choice(['development', 'production', 'test']).default('development'),
  HOST: z
    .string()
    .regex(/^[\w.:-]+$/, 'an IP address or a host name')
    .default('127.0.0.1'),
  PORT: wholeNumber(0, 65_535).default(3000),
  ALLOWED_HOSTS: hostNames().default([]),
  ALLOWED_PRIVATE_HOSTS: hostsWithPorts().default([]),
  PUBLIC_URL: z
    .string()
    .refine(isOrigin, 'an https:// or http:// address without a path, such as https://personas.example.com')
    .optional(),
  TRUST_PROXY: wholeNumber(0, 10).default(0),
  SIGN_UP: choice(['invitation', 'open']).default('invitation'),
  SMTP_URL: z
    .string()
    .refine(isSmtpAddress, 'smtp://user:password@host:587, or smtps:// for TLS from the start')
    .optional(),
  MAIL_FROM: z
    .string()
    .regex(
      /^([^<>\p{Cc}]* <[^<>\s@]+@[^<>\s@]+>|[^<>\s@]+@[^<>\s@]+)$/u,
      'an e-mail address, or a name and the address in <>: Personas <personas@example.com>',
    )
    .optional(),
  DATA_DIR: z.string().default('data'),
  DATABASE_URL: z
    .string()
    .refine(isDatabaseAddress, 'file:/path/to/personas.db or postgres://user:password@host/database')
    .optional(),
  PERSONAS_DIR: z.string().default('personas'),
  LOG_LEVEL: choice(logLevels).default('info'),
  DEFAULT_MODEL: z
    .string()
    .refine(isModelId, `provider/model, with ${modelProviderNames.join(', ')} as provider`)
    .optional(),
  OPENAI_API_KEY: credential().optional(),
  OPENAI_BASE_URL: webAddress().optional(),
  OPENAI_API: choice(['responses', 'chat']).optional(),
  ANTHROPIC_API_KEY: credential().optional(),
  ANTHROPIC_BASE_URL: webAddress().optional(),
  GOOGLE_GENERATIVE_AI_API_KEY: credential().optional(),
  NINOX_API_KEY: credential().optional(),
  NINOX_BASE_URL: webAddress().optional(),
  NINOX_ALLOW_HTTP: choice(['true', 'false']).default('false'),
  SLACK_SIGNING_SECRET: credential().optional(),
  SLACK_CLIENT_ID: z
    .string()
    .regex(/^[\w.-]{1,100}$/, 'the client ID alone, such as 1234567890.1234567890')
    .optional(),
  SLACK_CLIENT_SECRET: credential().optional(),
  SLACK_APP_TOKEN: credential()
    .regex(
      /^xapp-/,
      'the app-level token, which begins with xapp-; the bot token, xoxb-, is pasted on the page instead',
    )
    .optional(),
  SLACK_API_URL: webAddress().optional(),
  AUDIT_KEY: z
    .string()
    .refine(isKeyOf32Bytes, '32 bytes in base64, which are 44 characters; “openssl rand -base64 32” makes one')
    .optional(),
  AUTH_SECRET: z
    .string()
    .refine(isKeyOf32Bytes, '32 bytes in base64, which are 44 characters; “openssl rand -base64 32” makes one')
    .optional(),
  VAULT_KEYS: z.string().optional(),
  VAULT_KEYS_FILE: z.string().optional(),
  VAULT_PRIMARY_KEY: z.string().optional(),
  SNAPSHOT_DAYS: wholeNumber(1, 365).default(30),
  CHAT_MESSAGES_PER_MINUTE: wholeNumber(0, 100_000).default(60),
  FILL_DEMO: choice(['true', 'false']).default('true'),
  STANDIN_NINOX_PORT: wholeNumber(0, 65_535).default(0),
  SHUTDOWN_GRACE_SECONDS: wholeNumber(0, 3600).default(25),
};

export type VariableName = keyof typeof variables;
export const variableNames = Object.keys(variables) as VariableName[];

/** The one description of the environment: what each variable may be, and what they must be together. */
const environmentSchema = z.object(variables).superRefine(
  (values, context) => {
    const refused = new Set(context.issues.map((issue) => issue.path?.[0]));
    for (const rule of rules) {
      // A rule over a value that is wrong by itself would only repeat the news.
      if (rule.reads.some((name) => refused.has(name))) continue;
      const problem = rule.check(values);
      if (problem !== null)
        context.addIssue({ code: 'custom', path: [rule.reads[0]], params: { wholeSentence: true }, message: problem });
    }
  },
  // Without it the rules would wait until every single value is right, and problems come to light one start at a time.
  { when: () => true },
);

export type Environment = z.output<typeof environmentSchema>;

/**
 * Reads the service's variables, of which an empty one counts as not set. Throws one ConfigError that names every
 * bad variable, what was found and what is allowed; the value of a key is never shown.
 */
export function readEnvironment(source: Readonly<Record<string, string | undefined>>): Environment {
  const given: Partial<Record<VariableName, string>> = {};
  for (const name of variableNames) {
    const value = source[name]?.trim() ?? '';
    if (value !== '') given[name] = value;
  }
  const parsed = environmentSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new ConfigError(describeProblems(parsed.error.issues, given));
}

function describeProblems(issues: readonly z.core.$ZodIssue[], given: Partial<Record<VariableName, string>>): string {
  const lines = new Map<VariableName, string>();
  for (const issue of issues) {
    const name = issue.path[0] as VariableName;
    if (lines.has(name)) continue;
    const whole = issue.code === 'custom' && issue.params?.wholeSentence === true;
    lines.set(
      name,
      whole
        ? `${name}: ${issue.message}`
        : `${name}: found ${describeFound(name, given[name] ?? '')}. Allowed: ${issue.message}.`,
    );
  }
  return ['The configuration does not hold:', ...lines.values()].join('\n  ');
}

function choice<const Choices extends readonly [string, ...string[]]>(choices: Choices) {
  return z.enum(choices, { error: choices.join(', ') });
}

function wholeNumber(least: number, most: number) {
  const allowed = `a whole number from ${least} to ${most}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, allowed)
    .transform(Number)
    .pipe(z.number().max(most, allowed).min(least, allowed));
}

/** Keys are taken out of every text that leaves the service; a very short one would take ordinary words along. */
function credential() {
  return z
    .string()
    .regex(/^[\x21-\x7e]{8,}$/, 'the key alone, at least 8 characters without spaces, line breaks or accented letters');
}

function webAddress() {
  return z
    .string()
    .refine(
      (text) => parseAddress(text) !== null,
      'an https:// or http:// address without user name, password, “?” and “#”',
    );
}

function hostNames() {
  const allowed = 'host names separated by commas, each without scheme, port and path';
  return listOf(/^([a-z\d_-]+(\.[a-z\d_-]+)*|\[[\da-f:.]+\])$/, allowed);
}

function hostsWithPorts() {
  const allowed = 'host or host:port, several separated by commas, each without scheme and path';
  return listOf(/^([a-z\d_-]+(\.[a-z\d_-]+)*|\[[\da-f:.]+\])(:\d{1,5})?$/, allowed);
}

function listOf(pattern: RegExp, allowed: string) {
  return z
    .string()
    .transform((text) =>
      text
        .split(',')
        .map((name) => name.trim().toLowerCase())
        .filter((name) => name !== ''),
    )
    .pipe(z.array(z.string().regex(pattern, allowed)));
}

function isDatabaseAddress(text: string): boolean {
  if (/^postgres(ql)?:\/\//.test(text)) return URL.canParse(text);
  return /^file:(?!\/*$)/.test(text);
}

function isSmtpAddress(text: string): boolean {
  return /^smtps?:\/\//i.test(text) && (URL.parse(text)?.hostname ?? '') !== '';
}

/** What the browser calls the origin: links are made by appending to it. */
function isOrigin(text: string): boolean {
  const url = parseAddress(text);
  return url !== null && url.pathname === '/';
}

function isModelId(text: string): boolean {
  const [, provider] = /^([a-z]+)\/\S+$/.exec(text) ?? [];
  return modelProviderNames.some((name) => name === provider);
}

function isKeyOf32Bytes(text: string): boolean {
  return /^[A-Za-z\d+/]{43}=?$/.test(text) && Buffer.from(text, 'base64').length === 32;
}
