import { KeyRingError, parseKeyRing } from '#vault/key-ring.ts';
import type { Environment, VariableName } from './env.ts';
import { isLocalAddress } from './web-address.ts';

/** What must hold between variables. `check` answers with a whole sentence, or null when all is well. */
export interface Rule {
  /** The variables that must be right by themselves before it makes sense; the problem is reported under the first. */
  readonly reads: readonly [VariableName, ...VariableName[]];
  check(values: Environment): string | null;
}

type ModelProvider = 'openai' | 'anthropic' | 'google' | 'demo';

const keyOfProvider = {
  openai: 'OPENAI_API_KEY',
  anthropic: 'ANTHROPIC_API_KEY',
  google: 'GOOGLE_GENERATIVE_AI_API_KEY',
} as const;

/** Whether models of this provider can be reached with these variables. */
export function isConfigured(provider: ModelProvider, values: Environment): boolean {
  if (provider === 'demo') return true;
  if (values[keyOfProvider[provider]] !== undefined) return true;
  return provider === 'openai' && hasKeylessServer(values);
}

/** A server of one's own often asks for no key; OpenAI itself always does. */
function hasKeylessServer({ OPENAI_BASE_URL: address }: Environment): boolean {
  return address !== undefined && !isOpenAiItself(address);
}

export function isOpenAiItself(address: string): boolean {
  return URL.parse(address)?.hostname === 'api.openai.com';
}

export const rules: readonly Rule[] = [
  {
    reads: ['AUDIT_KEY', 'NODE_ENV'],
    check: ({ AUDIT_KEY, NODE_ENV }) =>
      NODE_ENV === 'production' && AUDIT_KEY === undefined
        ? 'not set. With NODE_ENV=production it must be: 32 bytes in base64; “openssl rand -base64 32” makes one. Keep it as long as the audit: without it nothing recorded can be proved.'
        : null,
  },
  {
    reads: ['AUTH_SECRET', 'NODE_ENV'],
    check: ({ AUTH_SECRET, NODE_ENV }) =>
      NODE_ENV === 'production' && AUTH_SECRET === undefined
        ? 'not set. With NODE_ENV=production it must be: 32 bytes in base64; “openssl rand -base64 32” makes one. With another one everybody has to sign in again.'
        : null,
  },
  {
    reads: ['MAIL_FROM', 'SMTP_URL'],
    check: ({ MAIL_FROM, SMTP_URL }) =>
      SMTP_URL !== undefined && MAIL_FROM === undefined
        ? 'not set, but SMTP_URL is. Name the address that mails come from, or set neither and pass links on by hand.'
        : null,
  },
  {
    reads: ['VAULT_KEYS', 'VAULT_KEYS_FILE', 'NODE_ENV'],
    check: ({ VAULT_KEYS, VAULT_KEYS_FILE, NODE_ENV }) => {
      if (VAULT_KEYS !== undefined && VAULT_KEYS_FILE !== undefined)
        return 'set, but VAULT_KEYS_FILE is set, too. The keys lie in one place: set only one of the two.';
      if (NODE_ENV !== 'production' || VAULT_KEYS !== undefined || VAULT_KEYS_FILE !== undefined) return null;
      return 'not set, nor is VAULT_KEYS_FILE. With NODE_ENV=production one of them must be; “npm run persona -- vault init --print” makes a key. Keep it apart from the database: without it no stored secret can be opened.';
    },
  },
  {
    reads: ['VAULT_KEYS', 'VAULT_PRIMARY_KEY'],
    check: ({ VAULT_KEYS, VAULT_PRIMARY_KEY }) =>
      VAULT_KEYS === undefined ? null : problemOfKeys(VAULT_KEYS, VAULT_PRIMARY_KEY ?? null),
  },
  {
    reads: ['NINOX_BASE_URL'],
    check: ({ NINOX_BASE_URL, NINOX_API_KEY }) =>
      NINOX_BASE_URL !== undefined && NINOX_API_KEY === undefined
        ? 'set, but NINOX_API_KEY is not. Set the key too, or neither of them to use the local stand-in.'
        : null,
  },
  {
    reads: ['NINOX_BASE_URL', 'NINOX_ALLOW_HTTP'],
    check: ({ NINOX_BASE_URL, NINOX_ALLOW_HTTP }) =>
      NINOX_BASE_URL !== undefined && NINOX_ALLOW_HTTP === 'false' && isUnprotected(new URL(NINOX_BASE_URL))
        ? `found “${NINOX_BASE_URL}”, over which the key would travel unencrypted. Allowed: an https:// address, or http:// to this machine or a private IP address. NINOX_ALLOW_HTTP=true allows http:// to any host.`
        : null,
  },
  {
    reads: ['SLACK_CLIENT_SECRET', 'SLACK_CLIENT_ID'],
    check: ({ SLACK_CLIENT_ID, SLACK_CLIENT_SECRET }) =>
      SLACK_CLIENT_ID !== undefined && SLACK_CLIENT_SECRET === undefined
        ? 'not set, but SLACK_CLIENT_ID is. Set both to connect workspaces by signing in to Slack, or neither of them to paste their bot tokens.'
        : null,
  },
  {
    reads: ['SLACK_CLIENT_ID', 'SLACK_CLIENT_SECRET'],
    check: ({ SLACK_CLIENT_ID, SLACK_CLIENT_SECRET }) =>
      SLACK_CLIENT_SECRET !== undefined && SLACK_CLIENT_ID === undefined
        ? 'not set, but SLACK_CLIENT_SECRET is. Set both to connect workspaces by signing in to Slack, or neither of them to paste their bot tokens.'
        : null,
  },
  {
    reads: ['SLACK_SIGNING_SECRET', 'SLACK_APP_TOKEN', 'SLACK_CLIENT_ID', 'SLACK_API_URL'],
    check: (values) => {
      if (values.SLACK_SIGNING_SECRET !== undefined || values.SLACK_APP_TOKEN !== undefined) return null;
      const set = (['SLACK_CLIENT_ID', 'SLACK_API_URL'] as const).find((name) => values[name] !== undefined);
      if (set === undefined) return null;
      return `not set, nor is SLACK_APP_TOKEN, but ${set} is. Without one of the two nothing that Slack sends could be told from what others send: set SLACK_SIGNING_SECRET where Slack reaches this service over https, or SLACK_APP_TOKEN for socket mode.`;
    },
  },
  {
    reads: ['SLACK_API_URL'],
    check: ({ SLACK_API_URL: address }) =>
      address !== undefined && isUnprotected(new URL(address))
        ? `found “${address}”, over which tokens would travel unencrypted. Allowed: an https:// address, or http:// to this machine or a private IP address.`
        : null,
  },
  {
    reads: ['DEFAULT_MODEL'],
    check: (values) => (values.DEFAULT_MODEL === undefined ? null : checkModel(values.DEFAULT_MODEL, values)),
  },
];

function problemOfKeys(keys: string, primaryId: string | null): string | null {
  try {
    parseKeyRing(keys, primaryId);
    return null;
  } catch (error) {
    if (error instanceof KeyRingError) return error.message;
    throw error;
  }
}

function isUnprotected(url: URL): boolean {
  return url.protocol === 'http:' && !isLocalAddress(url.hostname);
}

function checkModel(model: string, values: Environment): string | null {
  const provider = model.slice(0, model.indexOf('/')) as ModelProvider;
  if (provider === 'demo')
    return model === 'demo/offline' ? null : `found “${model}”. Allowed with “demo”: demo/offline.`;
  if (isConfigured(provider, values)) return null;
  const cure =
    provider === 'openai' ? 'OPENAI_API_KEY, or OPENAI_BASE_URL for a server of your own' : keyOfProvider[provider];
  return `found “${model}”, but ${provider} is not configured. Set ${cure}, or choose another model.`;
}
