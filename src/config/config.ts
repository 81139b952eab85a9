import path from 'node:path';
import type { Secret } from '#vault/secret.ts';
import type { Environment } from './env.ts';
import { isConfigured, isOpenAiItself } from './rules.ts';
import { openAuditKey, openAuthSecret, toSecret } from './secrets.ts';
import { type VaultKeysConfig, vaultKeysOf } from './vault-keys.ts';
import { withoutTrailingSlash } from './web-address.ts';

export type NinoxConfig =
  /** `port` 0 takes any free one. */
  | { readonly kind: 'stand-in'; readonly port: number }
  /** `baseUrl` ends with the version, without a slash. */
  | { readonly kind: 'real'; readonly baseUrl: string; readonly apiKey: Secret };

/** One of signing secret and app token is there, and either both or none of client id and secret. */
export interface SlackConfig {
  /** Proves that an event that came over http is Slack's. */
  readonly signingSecret: Secret | null;
  readonly clientId: string | null;
  readonly clientSecret: Secret | null;
  /** Opens the socket over which events come in its place. */
  readonly appToken: Secret | null;
  /** Without a slash at the end. */
  readonly apiUrl: string;
}

export interface ModelsConfig {
  /** `provider/model`; its provider is configured. */
  readonly defaultModel: string;
  readonly openai?: { readonly apiKey: Secret; readonly baseUrl: string; readonly api: 'responses' | 'chat' };
  readonly anthropic?: { readonly apiKey: Secret; readonly baseUrl: string };
  readonly google?: { readonly apiKey: Secret };
}

/** Everything that can be set from outside, in plain values. */
export interface Config {
  readonly host: string;
  readonly port: number;
  /** Host names the service answers to beside the loopback ones, in lower case. */
  readonly allowedHosts: readonly string[];
  /** `host` or `host:port`: connections may lead there although it lies in a private network or speaks plain http. */
  readonly allowedPrivateHosts: readonly string[];
  /** The address people use, without a slash at the end; null: the one the service listens on. */
  readonly publicUrl: string | null;
  /** How many proxies in front of the service may name the client's address. */
  readonly trustProxy: number;
  /** Whether anybody may make an account, or only who is invited. */
  readonly signUpOpen: boolean;
  /** Signs session cookies. */
  readonly authSecret: Buffer;
  /** Null: no mail is sent, and links are passed on by hand. */
  readonly mail: { readonly smtpUrl: Secret; readonly from: string } | null;
  readonly dataDirectory: string;
  readonly databaseUrl: string;
  readonly personasDirectory: string;
  readonly logLevel: Environment['LOG_LEVEL'];
  readonly ninox: NinoxConfig;
  /** Null: personas do not answer in Slack. */
  readonly slack: SlackConfig | null;
  readonly models: ModelsConfig;
  readonly auditKey: Buffer;
  /** Where the audit key lies when it was not set; it belongs into the backup. Null when it was set. */
  readonly auditKeyFile: string | null;
  /** True when this start made that file. */
  readonly auditKeyIsNew: boolean;
  /** Where the keys of the vault are; `openVaultKeys` reads them. */
  readonly vaultKeys: VaultKeysConfig;
  /** For how many days what a call has changed is kept, so that it can be taken back. */
  readonly snapshotDays: number;
  /** Per client address; 0 switches the limit off. */
  readonly chatMessagesPerMinute: number;
  /** Whether whoever sets the service up finds sample conversations in the demo organization. */
  readonly fillDemo: boolean;
  /** Running answers get this long to end when the service is told to stop. */
  readonly shutdownGraceMs: number;
}

/** Throws ConfigError when the audit key is neither set nor can be kept in a file. Makes that file at the first start. */
export function loadConfig(environment: Environment): Config {
  const auditKey = openAuditKey(environment.AUDIT_KEY, environment.DATA_DIR);
  return {
    host: environment.HOST,
    port: environment.PORT,
    allowedHosts: allowedHostsOf(environment),
    allowedPrivateHosts: allowedPrivateHostsOf(environment),
    publicUrl: environment.PUBLIC_URL === undefined ? null : new URL(environment.PUBLIC_URL).origin,
    trustProxy: environment.TRUST_PROXY,
    signUpOpen: environment.SIGN_UP === 'open',
    authSecret: openAuthSecret(environment.AUTH_SECRET, environment.DATA_DIR),
    mail: mailOf(environment),
    dataDirectory: environment.DATA_DIR,
    databaseUrl: databaseUrlOf(environment),
    personasDirectory: environment.PERSONAS_DIR,
    logLevel: environment.LOG_LEVEL,
    ninox: ninoxOf(environment),
    slack: slackOf(environment),
    models: modelsOf(environment),
    auditKey: auditKey.key,
    auditKeyFile: auditKey.file,
    auditKeyIsNew: auditKey.isNew,
    vaultKeys: vaultKeysOf(environment),
    snapshotDays: environment.SNAPSHOT_DAYS,
    chatMessagesPerMinute: environment.CHAT_MESSAGES_PER_MINUTE,
    fillDemo: environment.FILL_DEMO === 'true',
    shutdownGraceMs: environment.SHUTDOWN_GRACE_SECONDS * 1000,
  };
}

export function databaseUrlOf({ DATABASE_URL, DATA_DIR }: Environment): string {
  return DATABASE_URL ?? `file:${path.join(DATA_DIR, 'personas.db')}`;
}

/** Who binds the service to one address, or names its public one, means it to be reached there. */
function allowedHostsOf({ HOST: host, ALLOWED_HOSTS: hosts, PUBLIC_URL: publicUrl }: Environment): readonly string[] {
  const further = publicUrl === undefined ? hosts : [...hosts, new URL(publicUrl).hostname];
  if (host === '0.0.0.0' || host === '::') return [...new Set(further)];
  return [...new Set([host.includes(':') ? `[${host}]` : host.toLowerCase(), ...further])];
}

/** The hosts of the Ninox and the Slack that the environment itself names need no second permission. */
function allowedPrivateHostsOf(environment: Environment): readonly string[] {
  const { ALLOWED_PRIVATE_HOSTS: hosts, NINOX_BASE_URL: ninox, SLACK_API_URL: slack } = environment;
  const named = [ninox, slack].filter((address) => address !== undefined).map(hostAndPort);
  return [...new Set([...hosts, ...named])];
}

function hostAndPort(address: string): string {
  const { hostname, port, protocol } = new URL(address);
  return `${hostname}:${port === '' ? (protocol === 'https:' ? '443' : '80') : port}`;
}

function mailOf({ SMTP_URL: url, MAIL_FROM: from }: Environment): Config['mail'] {
  return url === undefined || from === undefined ? null : { smtpUrl: toSecret(url), from };
}

function ninoxOf({ NINOX_API_KEY: key, NINOX_BASE_URL: address, STANDIN_NINOX_PORT: port }: Environment): NinoxConfig {
  if (key === undefined) return { kind: 'stand-in', port };
  return { kind: 'real', baseUrl: ninoxBaseUrl(address ?? 'https://api.ninox.com/v1'), apiKey: toSecret(key) };
}

/** Every known Ninox, in the cloud or not, answers under `/v1`; a bare host means that. */
function ninoxBaseUrl(address: string): string {
  const base = withoutTrailingSlash(address);
  return new URL(base).pathname === '/' ? `${base}/v1` : base;
}

function slackOf(environment: Environment): SlackConfig | null {
  const {
    SLACK_SIGNING_SECRET: signingSecret,
    SLACK_CLIENT_ID: clientId,
    SLACK_CLIENT_SECRET: clientSecret,
    SLACK_APP_TOKEN: appToken,
    SLACK_API_URL: apiUrl,
  } = environment;
  if (signingSecret === undefined && appToken === undefined) return null;
  const secretOf = (value: string | undefined) => (value === undefined ? null : toSecret(value));
  return {
    signingSecret: secretOf(signingSecret),
    clientId: clientId ?? null,
    clientSecret: secretOf(clientSecret),
    appToken: secretOf(appToken),
    apiUrl: withoutTrailingSlash(apiUrl ?? 'https://slack.com/api'),
  };
}

function modelsOf(environment: Environment): ModelsConfig {
  const {
    OPENAI_API_KEY,
    OPENAI_BASE_URL,
    OPENAI_API,
    ANTHROPIC_API_KEY,
    ANTHROPIC_BASE_URL,
    GOOGLE_GENERATIVE_AI_API_KEY,
  } = environment;
  const openAiUrl = OPENAI_BASE_URL ?? 'https://api.openai.com/v1';
  return {
    defaultModel: environment.DEFAULT_MODEL ?? firstModel(environment),
    ...(isConfigured('openai', environment) && {
      openai: {
        apiKey: toSecret(OPENAI_API_KEY ?? 'none'),
        baseUrl: withoutTrailingSlash(openAiUrl),
        api: OPENAI_API ?? (isOpenAiItself(openAiUrl) ? 'responses' : 'chat'),
      },
    }),
    // Addresses are always given: left out, the providers' packages would look into the process's environment themselves.
    ...(ANTHROPIC_API_KEY !== undefined && {
      anthropic: {
        apiKey: toSecret(ANTHROPIC_API_KEY),
        baseUrl: withoutTrailingSlash(ANTHROPIC_BASE_URL ?? 'https://api.anthropic.com/v1'),
      },
    }),
    ...(GOOGLE_GENERATIVE_AI_API_KEY !== undefined && { google: { apiKey: toSecret(GOOGLE_GENERATIVE_AI_API_KEY) } }),
  };
}

function firstModel(environment: Environment): string {
  if (isConfigured('openai', environment)) return 'openai/gpt-5-mini';
  if (isConfigured('anthropic', environment)) return 'anthropic/claude-sonnet-4-5';
  if (isConfigured('google', environment)) return 'google/gemini-2.5-flash';
  return 'demo/offline';
}
