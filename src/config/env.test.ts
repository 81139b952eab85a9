import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '#errors';
import { readEnvironment, variableNames } from './env.ts';

type Source = Record<string, string | undefined>;

function refusal(source: Source): string {
  try {
    readEnvironment(source);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error('The environment was taken.');
}

const auditKey = Buffer.alloc(32, 7).toString('base64');
const vaultKeys = `one:${Buffer.alloc(32, 1).toString('base64')}\ntwo:${Buffer.alloc(32, 2).toString('base64')}`;

describe('readEnvironment', () => {
  it('fills in the defaults when nothing is set', () => {
    expect(readEnvironment({})).toEqual({
      NODE_ENV: 'development',
      HOST: '127.0.0.1',
      PORT: 3000,
      ALLOWED_HOSTS: [],
      TRUST_PROXY: 0,
      SIGN_UP: 'invitation',
      ALLOWED_PRIVATE_HOSTS: [],
      DATA_DIR: 'data',
      PERSONAS_DIR: 'personas',
      LOG_LEVEL: 'info',
      NINOX_ALLOW_HTTP: 'false',
      SNAPSHOT_DAYS: 30,
      CHAT_MESSAGES_PER_MINUTE: 60,
      FILL_DEMO: 'true',
      STANDIN_NINOX_PORT: 0,
      SHUTDOWN_GRACE_SECONDS: 25,
    });
  });

  it('takes an empty or blank variable as not set and drops space around a value', () => {
    expect(readEnvironment({ PORT: '', NINOX_API_KEY: ' ', LOG_LEVEL: ' warn\n' })).toMatchObject({
      PORT: 3000,
      LOG_LEVEL: 'warn',
    });
    expect(readEnvironment({ NINOX_API_KEY: ' ' })).not.toHaveProperty('NINOX_API_KEY');
  });

  it('reads every variable', () => {
    const given = {
      NODE_ENV: 'production',
      HOST: '::',
      PORT: '0',
      ALLOWED_HOSTS: 'Personas.example.com, 10.0.0.5 ,[fd00::1],',
      PUBLIC_URL: 'https://personas.example.com',
      TRUST_PROXY: '1',
      SIGN_UP: 'open',
      SMTP_URL: 'smtps://user:pass@mail.example',
      MAIL_FROM: 'Personas <personas@example.com>',
      AUTH_SECRET: auditKey,
      ALLOWED_PRIVATE_HOSTS: 'Ninox.lan:8080, 10.0.0.5',
      DATA_DIR: '/var/lib/personas',
      DATABASE_URL: 'postgres://user:pass@db/personas',
      PERSONAS_DIR: '/etc/personas',
      LOG_LEVEL: 'silent',
      DEFAULT_MODEL: 'openai/ft:gpt-5-mini:team/x',
      OPENAI_API_KEY: 'sk-1-secret',
      OPENAI_BASE_URL: 'http://gpu:8000/v1',
      OPENAI_API: 'chat',
      ANTHROPIC_API_KEY: 'sk-2-secret',
      ANTHROPIC_BASE_URL: 'https://proxy.example/v1',
      GOOGLE_GENERATIVE_AI_API_KEY: 'g-3-secret',
      NINOX_API_KEY: 'n-4-secret',
      NINOX_BASE_URL: 'https://team.ninoxdb.de',
      NINOX_ALLOW_HTTP: 'true',
      AUDIT_KEY: auditKey,
      VAULT_KEYS: vaultKeys,
      VAULT_PRIMARY_KEY: 'two',
      SNAPSHOT_DAYS: '7',
      CHAT_MESSAGES_PER_MINUTE: '0',
      FILL_DEMO: 'false',
      STANDIN_NINOX_PORT: '4000',
      SHUTDOWN_GRACE_SECONDS: '0',
      SLACK_SIGNING_SECRET: 'signing-secret',
      SLACK_CLIENT_ID: '1.2',
      SLACK_CLIENT_SECRET: 'client-secret',
      SLACK_APP_TOKEN: 'xapp-1-A1-secret',
      SLACK_API_URL: 'https://slack-gov.com/api',
    };
    expect([...Object.keys(given), 'VAULT_KEYS_FILE'].sort()).toEqual([...variableNames].sort());
    expect(readEnvironment(given)).toEqual({
      ...given,
      PORT: 0,
      TRUST_PROXY: 1,
      ALLOWED_HOSTS: ['personas.example.com', '10.0.0.5', '[fd00::1]'],
      ALLOWED_PRIVATE_HOSTS: ['ninox.lan:8080', '10.0.0.5'],
      SNAPSHOT_DAYS: 7,
      CHAT_MESSAGES_PER_MINUTE: 0,
      STANDIN_NINOX_PORT: 4000,
      SHUTDOWN_GRACE_SECONDS: 0,
    });
  });

  it.each([
    ['NODE_ENV', 'staging', '“staging”', 'development, production, test'],
    ['HOST', 'http://0.0.0.0', '“http://0.0.0.0”', 'an IP address or a host name'],
    ['PORT', '65536', '“65536”', 'a whole number from 0 to 65535'],
    ['PORT', '30x', '“30x”', 'a whole number from 0 to 65535'],
    ['PORT', '-1', '“-1”', 'a whole number from 0 to 65535'],
    ['ALLOWED_HOSTS', 'https://a.example', '“https://a.example”', 'each without scheme, port and path'],
    ['ALLOWED_HOSTS', 'a.example:80', '“a.example:80”', 'each without scheme, port and path'],
    ['ALLOWED_HOSTS', '*', '“*”', 'each without scheme, port and path'],
    ['ALLOWED_PRIVATE_HOSTS', 'http://10.0.0.5', '“http://10.0.0.5”', 'each without scheme and path'],
    ['DATABASE_URL', 'mysql://host/db', '“mysql://host/db”', 'file:/path/to/personas.db or postgres://'],
    ['DATABASE_URL', 'file:', '5 characters', 'file:/path/to/personas.db or postgres://'],
    ['LOG_LEVEL', 'loud', '“loud”', 'trace, debug, info, warn, error, fatal, silent'],
    ['DEFAULT_MODEL', 'gpt-5', '“gpt-5”', 'provider/model'],
    ['DEFAULT_MODEL', 'mistral/large', '“mistral/large”', 'openai, anthropic, google, demo'],
    ['OPENAI_API', 'assistants', '“assistants”', 'responses, chat'],
    ['OPENAI_BASE_URL', 'ftp://host', '“ftp://host”', 'https:// or http://'],
    ['NINOX_BASE_URL', 'api.ninox.com', '13 characters that are no address', 'https:// or http://'],
    ['NINOX_ALLOW_HTTP', 'yes', '“yes”', 'true, false'],
    ['SNAPSHOT_DAYS', '0', '“0”', 'a whole number from 1 to 365'],
    ['SNAPSHOT_DAYS', '366', '“366”', 'a whole number from 1 to 365'],
    ['CHAT_MESSAGES_PER_MINUTE', '1.5', '“1.5”', 'a whole number from 0 to 100000'],
    ['STANDIN_NINOX_PORT', '99999', '“99999”', 'a whole number from 0 to 65535'],
    ['SHUTDOWN_GRACE_SECONDS', '9999', '“9999”', 'a whole number from 0 to 3600'],
  ])('refuses %s=%s', (...row) => {
    const [name, value, found, allowed] = row;
    const message = refusal({ [name]: value });
    expect(message).toContain(`${name}: found ${found}`);
    expect(message).toContain(allowed);
  });

  it('reports all bad values at once, each once', () => {
    const message = refusal({
      PORT: 'x',
      LOG_LEVEL: 'loud',
      NINOX_BASE_URL: 'https://api.ninox.com',
      NODE_ENV: 'production',
    });
    const names = message.split('\n  ').map((line) => line.slice(0, line.indexOf(':')));
    expect(names.slice(1)).toEqual(['PORT', 'LOG_LEVEL', 'AUDIT_KEY', 'AUTH_SECRET', 'VAULT_KEYS', 'NINOX_BASE_URL']);
  });
});

it('reports a missing provider beside a bad key and a bad address of another one', () => {
  const message = refusal({ DEFAULT_MODEL: 'google/gemini', OPENAI_API_KEY: 'a b', OPENAI_BASE_URL: 'nowhere' });
  for (const name of ['DEFAULT_MODEL', 'OPENAI_API_KEY', 'OPENAI_BASE_URL'])
    expect(message).toContain(`${name}: found`);
});

describe('secrets in refusals', () => {
  it.each(['OPENAI_API_KEY', 'ANTHROPIC_API_KEY', 'GOOGLE_GENERATIVE_AI_API_KEY', 'NINOX_API_KEY', 'AUDIT_KEY'])(
    'tells only the length of %s',
    (name) => {
      const message = refusal({ [name]: 'hunter2 hunter2' });
      expect(message).toContain(`${name}: found 15 characters.`);
      expect(message).not.toContain('hunter2');
    },
  );

  it.each([
    'https://user:hunter2@api.ninox.com/v1',
    'https://hunter2@api.ninox.com/v1',
    'https://api.ninox.com/v1?key=hunter2',
    'https://api.ninox.com/v1#hunter2',
    'https://api.ninox.com/v1?',
    'hunter2',
  ])('refuses NINOX_BASE_URL=%s without showing what may be secret', (value) => {
    const message = refusal({ NINOX_API_KEY: 'ninox-key', NINOX_BASE_URL: value });
    expect(message).toContain('NINOX_BASE_URL: found ');
    expect(message).not.toContain('hunter2');
  });

  it('does not show the password of a database address', () => {
    expect(refusal({ DATABASE_URL: 'mysql://user:hunter2@host/db' })).not.toContain('hunter2');
    expect(refusal({ DATABASE_URL: 'postgres://user:hunter/2@host/db' })).not.toContain('hunter');
  });

  it.each([
    'c2hvcnQ=',
    `${auditKey}AAAA`,
    'not base64 at all but 44 characters long....',
    Buffer.alloc(32).toString('hex'),
  ])('refuses AUDIT_KEY=%s', (value) => {
    expect(refusal({ AUDIT_KEY: value })).toContain(
      `AUDIT_KEY: found ${value.length} characters. Allowed: 32 bytes in base64`,
    );
  });
});

describe('rules between variables', () => {
  it('asks for AUDIT_KEY in production only', () => {
    expect(refusal({ NODE_ENV: 'production' })).toContain('AUDIT_KEY: not set');
    const keys = { AUDIT_KEY: auditKey, AUTH_SECRET: auditKey, VAULT_KEYS: vaultKeys, VAULT_PRIMARY_KEY: 'two' };
    const given = { NODE_ENV: 'production', ...keys };
    expect(readEnvironment(given).AUDIT_KEY).toBe(auditKey);
  });

  it('asks for the keys of the vault in production only, in one of two places', () => {
    const production = { NODE_ENV: 'production', AUDIT_KEY: auditKey, AUTH_SECRET: auditKey };
    const given = { VAULT_KEYS: vaultKeys, VAULT_PRIMARY_KEY: 'one' };
    expect(refusal(production)).toMatch(/VAULT_KEYS: not set, nor is VAULT_KEYS_FILE\..*vault init/);
    expect(readEnvironment({ ...production, ...given }).VAULT_PRIMARY_KEY).toBe('one');
    expect(readEnvironment({ ...production, VAULT_KEYS_FILE: '/run/keys' }).VAULT_KEYS_FILE).toBe('/run/keys');
    expect(refusal({ ...given, VAULT_KEYS_FILE: '/run/keys' })).toContain(
      'VAULT_KEYS: set, but VAULT_KEYS_FILE is set',
    );
  });

  it.each([
    [vaultKeys, {}, 'VAULT_KEYS: there are 2 keys (one, two), but none is named as the primary one'],
    [vaultKeys, { VAULT_PRIMARY_KEY: 'three' }, 'VAULT_KEYS: the primary key is to be “three”'],
    [`${vaultKeys}\nhunter2-hunter2`, { VAULT_PRIMARY_KEY: 'one' }, 'VAULT_KEYS: line 3 has no “:”'],
    ['one:hunter2-hunter2', {}, 'VAULT_KEYS: line 1: the key “one” is not base64'],
    ['one:hunter2hunter2', {}, 'VAULT_KEYS: line 1: the key “one” has 10 bytes instead of 32'],
  ])('refuses keys that cannot be used and shows none: %s', (keys, primary, message) => {
    expect(refusal({ VAULT_KEYS: keys, ...primary })).toContain(message);
    expect(refusal({ VAULT_KEYS: keys, ...primary })).not.toMatch(/hunter2|AQEBAQEB/);
  });

  it('refuses an address of Ninox without a key', () => {
    expect(refusal({ NINOX_BASE_URL: 'https://api.ninox.com/v1' })).toContain(
      'NINOX_BASE_URL: set, but NINOX_API_KEY is not',
    );
  });

  it.each([
    'http://api.ninox.com/v1',
    'http://8.8.8.8',
    'http://ninox.local',
    'http://172.32.0.1',
    'http://[2001:db8::1]',
    'http://10.0.0.1.example.com',
  ])('refuses %s unless plain http is allowed', (address) => {
    const given = { NINOX_API_KEY: 'ninox-key', NINOX_BASE_URL: address };
    expect(refusal(given)).toContain('NINOX_ALLOW_HTTP=true');
    expect(readEnvironment({ ...given, NINOX_ALLOW_HTTP: 'true' }).NINOX_BASE_URL).toBe(address);
  });

  it.each([
    'http://localhost:8080',
    'http://127.0.0.1:4000/v1',
    'http://[::1]',
    'http://10.1.2.3',
    'http://172.31.0.1',
    'http://192.168.1.9',
    'http://[fd12::1]',
  ])('takes %s, which stays in house', (address) => {
    expect(readEnvironment({ NINOX_API_KEY: 'ninox-key', NINOX_BASE_URL: address }).NINOX_BASE_URL).toBe(address);
  });

  it.each([
    ['openai/gpt-5-mini', 'Set OPENAI_API_KEY, or OPENAI_BASE_URL'],
    ['anthropic/claude-sonnet-4-5', 'Set ANTHROPIC_API_KEY'],
    ['google/gemini-2.5-flash', 'Set GOOGLE_GENERATIVE_AI_API_KEY'],
    ['demo/online', 'Allowed with “demo”: demo/offline'],
  ])('refuses DEFAULT_MODEL=%s while its provider is not there', (model, cure) => {
    const message = refusal({ DEFAULT_MODEL: model });
    expect(message).toContain(`DEFAULT_MODEL: found “${model}”`);
    expect(message).toContain(cure);
  });

  it('does not take OpenAI’s own address without a key for a configured provider', () => {
    expect(refusal({ DEFAULT_MODEL: 'openai/gpt-5', OPENAI_BASE_URL: 'https://api.openai.com/v1' })).toContain(
      'openai is not configured',
    );
    expect(readEnvironment({ DEFAULT_MODEL: 'openai/qwen', OPENAI_BASE_URL: 'http://gpu:8000/v1' }).DEFAULT_MODEL).toBe(
      'openai/qwen',
    );
  });
});

describe('.env.example', () => {
  const text = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8');

  it('has every variable once, each under a line of explanation, and no other', () => {
    const lines = text.split('\n');
    const names = lines.flatMap((line) => /^([A-Z_]+)=/.exec(line)?.[1] ?? []);
    expect(names.sort()).toEqual([...variableNames].sort());
    const bare = lines.filter((line, index) => /^[A-Z_]+=/.test(line) && !/^# .{20}/.test(lines[index - 1] ?? ''));
    expect(bare).toEqual([]);
  });

  it('changes nothing when copied as it is', () => {
    expect(readEnvironment(parseEnv(text))).toEqual(readEnvironment({}));
  });
});

it.each(['OPENAI_API_KEY', 'ANTHROPIC_API_KEY', 'GOOGLE_GENERATIVE_AI_API_KEY', 'NINOX_API_KEY'])(
  'refuses a value of %s that is too short for a key',
  (name) => {
    expect(refusal({ [name]: '1234567' })).toContain(`${name}: found 7 characters. Allowed: the key alone, at least 8`);
    expect(readEnvironment({ [name]: '12345678' })).toMatchObject({ [name]: '12345678' });
  },
);
