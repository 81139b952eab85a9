import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Config, loadConfig } from './config.ts';
import { readEnvironment } from './env.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'personas-config-'));
});
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

function configOf(source: Record<string, string>): Config {
  return loadConfig(readEnvironment({ DATA_DIR: directory, ...source }));
}

describe('loadConfig', () => {
  it('runs with nothing configured: stand-in, demo model, SQLite in the data folder', () => {
    expect(configOf({})).toMatchObject({
      host: '127.0.0.1',
      port: 3000,
      allowedHosts: ['127.0.0.1'],
      dataDirectory: directory,
      databaseUrl: `file:${directory}/personas.db`,
      personasDirectory: 'personas',
      logLevel: 'info',
      ninox: { kind: 'stand-in', port: 0 },
      models: { defaultModel: 'demo/offline' },
      snapshotDays: 30,
      chatMessagesPerMinute: 60,
      shutdownGraceMs: 25_000,
      auditKeyFile: path.join(directory, 'audit-key'),
    });
  });

  it('takes a given database address as it is', () => {
    expect(configOf({ DATABASE_URL: 'postgres://u:p@db/x' }).databaseUrl).toBe('postgres://u:p@db/x');
  });

  it.each([
    ['0.0.0.0', []],
    ['::', []],
    ['127.0.0.1', ['127.0.0.1']],
    ['127.0.0.2', ['127.0.0.2']],
    ['localhost', ['localhost']],
    ['192.168.1.5', ['192.168.1.5']],
    ['fd00::1', ['[fd00::1]']],
  ])('answers to the address it is bound to: %s', (host, expected) => {
    expect(configOf({ HOST: host }).allowedHosts).toEqual(expected);
    expect(configOf({ HOST: host, ALLOWED_HOSTS: 'a.example' }).allowedHosts).toEqual([...expected, 'a.example']);
  });
});

it('lets connections lead into the private network only to the hosts it was told, its own Ninox among them', () => {
  expect(configOf({}).allowedPrivateHosts).toEqual([]);
  const given = { ALLOWED_PRIVATE_HOSTS: 'nas.lan', NINOX_API_KEY: 'n-4-secret', NINOX_BASE_URL: 'http://10.0.0.5/v1' };
  expect(configOf(given).allowedPrivateHosts).toEqual(['nas.lan', '10.0.0.5:80']);
});

describe('Ninox', () => {
  it.each([
    [undefined, 'https://api.ninox.com/v1'],
    ['https://api.ninox.com/v1/', 'https://api.ninox.com/v1'],
    ['https://team.ninoxdb.de', 'https://team.ninoxdb.de/v1'],
    ['https://Team.NinoxDB.de/', 'https://team.ninoxdb.de/v1'],
    ['http://192.168.1.9:8080', 'http://192.168.1.9:8080/v1'],
    ['https://erp.example.com/ninox/v1//', 'https://erp.example.com/ninox/v1'],
  ])('brings the address %s into one form', (address, expected) => {
    const { ninox } = configOf({
      NINOX_API_KEY: 'hunter22',
      ...(address === undefined ? {} : { NINOX_BASE_URL: address }),
    });
    expect(ninox).toMatchObject({ kind: 'real', baseUrl: expected });
    expect(ninox.kind === 'real' && ninox.apiKey.reveal()).toBe('hunter22');
  });

  it('hands the port to the stand-in', () => {
    expect(configOf({ STANDIN_NINOX_PORT: '4711' }).ninox).toEqual({ kind: 'stand-in', port: 4711 });
  });
});

describe('models', () => {
  it.each([
    [
      { OPENAI_API_KEY: 'key-of-a-1', ANTHROPIC_API_KEY: 'key-of-b-1', GOOGLE_GENERATIVE_AI_API_KEY: 'key-of-c-1' },
      'openai/gpt-5-mini',
    ],
    [{ ANTHROPIC_API_KEY: 'key-of-b-1', GOOGLE_GENERATIVE_AI_API_KEY: 'key-of-c-1' }, 'anthropic/claude-sonnet-4-5'],
    [{ GOOGLE_GENERATIVE_AI_API_KEY: 'key-of-c-1' }, 'google/gemini-2.5-flash'],
    [{ OPENAI_BASE_URL: 'http://gpu:8000/v1' }, 'openai/gpt-5-mini'],
    [{ OPENAI_BASE_URL: 'https://api.openai.com/v1' }, 'demo/offline'],
    [{ OPENAI_API_KEY: 'key-of-a-1', DEFAULT_MODEL: 'demo/offline' }, 'demo/offline'],
  ])('with %o the default model is %s', (source, expected) => {
    expect(configOf(source).models.defaultModel).toBe(expected);
  });

  it('speaks the Responses API with OpenAI and the chat API with others, unless told', () => {
    const apiOf = (source: Record<string, string>) =>
      configOf({ OPENAI_API_KEY: 'key-of-a-1', ...source }).models.openai?.api;
    expect(apiOf({})).toBe('responses');
    expect(apiOf({ OPENAI_BASE_URL: 'https://api.openai.com/v1/' })).toBe('responses');
    expect(apiOf({ OPENAI_BASE_URL: 'http://gpu:8000/v1' })).toBe('chat');
    expect(apiOf({ OPENAI_BASE_URL: 'http://gpu:8000/v1', OPENAI_API: 'responses' })).toBe('responses');
    expect(apiOf({ OPENAI_API: 'chat' })).toBe('chat');
  });

  it('names every address itself, so that no package looks one up in the environment', () => {
    const { models } = configOf({ OPENAI_API_KEY: 'key-of-a-1', ANTHROPIC_API_KEY: 'key-of-b-1' });
    expect(models.openai?.baseUrl).toBe('https://api.openai.com/v1');
    expect(models.anthropic?.baseUrl).toBe('https://api.anthropic.com/v1');
    expect(models.google).toBeUndefined();
  });

  it('uses the key “none” for a server that asks for none', () => {
    const { models } = configOf({ OPENAI_BASE_URL: 'http://gpu:8000/v1/' });
    expect(models.openai?.apiKey.reveal()).toBe('none');
    expect(models.openai?.baseUrl).toBe('http://gpu:8000/v1');
  });
});

it('shows no key when printed', () => {
  const config = configOf({
    OPENAI_API_KEY: 'hunter22',
    ANTHROPIC_API_KEY: 'hunter22',
    GOOGLE_GENERATIVE_AI_API_KEY: 'hunter22',
    NINOX_API_KEY: 'hunter22',
  });
  expect(JSON.stringify(config)).not.toContain('hunter22');
});
