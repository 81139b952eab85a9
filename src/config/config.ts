import path from 'node:path';
import type { Secret } from '#vault/secret.ts';
import type { Environment } from './env.ts';
import { isConfigured, isOpenAiItself } from './rules.ts';
import { openAuditKey, toSecret } from './secrets.ts';
import { withoutTrailingSlash } from './web-address.ts';

export type NinoxConfig =
  /** `port` 0 takes any free one. */
  | { readonly kind: 'stand-in'; readonly port: number }
  /** `baseUrl` ends with the version, without a slash. */
  | { readonly kind: 'real'; readonly baseUrl: string; readonly apiKey: Secret };

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
  readonly dataDirectory: string;
  readonly databaseUrl: string;
  readonly personasDirectory: string;
  readonly logLevel: Environment['LOG_LEVEL'];
  readonly ninox: NinoxConfig;
  readonly models: ModelsConfig;
  readonly auditKey: Buffer;
  /** Where the audit key lies when it was not set; it belongs into the backup. Null when it was set. */
  readonly auditKeyFile: string | null;
  /** True when this start made that file. */
  readonly auditKeyIsNew: boolean;
  /** Per client address; 0 switches the limit off. */
  readonly chatMessagesPerMinute: number;
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
    dataDirectory: environment.DATA_DIR,
    databaseUrl: environment.DATABASE_URL ?? `file:${path.join(environment.DATA_DIR, 'personas.db')}`,
    personasDirectory: environment.PERSONAS_DIR,
    logLevel: environment.LOG_LEVEL,
    ninox: ninoxOf(environment),
    models: modelsOf(environment),
    auditKey: auditKey.key,
    auditKeyFile: auditKey.file,
    auditKeyIsNew: auditKey.isNew,
    chatMessagesPerMinute: environment.CHAT_MESSAGES_PER_MINUTE,
    shutdownGraceMs: environment.SHUTDOWN_GRACE_SECONDS * 1000,
  };
}

/** Who binds the service to one address means it to be reached there. */
function allowedHostsOf({ HOST: host, ALLOWED_HOSTS: further }: Environment): readonly string[] {
  if (host === '0.0.0.0' || host === '::') return further;
  return [...new Set([host.includes(':') ? `[${host}]` : host.toLowerCase(), ...further])];
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
