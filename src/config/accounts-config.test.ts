import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from './config.ts';
import { readEnvironment } from './env.ts';

const key = Buffer.alloc(32, 7).toString('base64');
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'personas-config-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const configOf = (source: Record<string, string> = {}) =>
  loadConfig(readEnvironment({ DATA_DIR: folder, AUDIT_KEY: key, ...source }));
const refusal = (source: Record<string, string>) => {
  try {
    readEnvironment(source);
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
};

describe('accounts', () => {
  it('are by invitation, without mail and proxy, at the address the service listens on, unless told', () => {
    expect(configOf()).toMatchObject({ signUpOpen: false, mail: null, trustProxy: 0, publicUrl: null });
    expect(configOf({ SIGN_UP: 'open', TRUST_PROXY: '2' })).toMatchObject({ signUpOpen: true, trustProxy: 2 });
  });

  it('takes the public address as an origin, and answers to its host', () => {
    const config = configOf({ PUBLIC_URL: 'https://Personas.example.com/', ALLOWED_HOSTS: 'other.example.com' });
    expect(config.publicUrl).toBe('https://personas.example.com');
    expect(config.allowedHosts).toEqual(['127.0.0.1', 'other.example.com', 'personas.example.com']);
    expect(configOf({ HOST: '0.0.0.0', PUBLIC_URL: 'http://pi:8080' }).allowedHosts).toEqual(['pi']);
  });

  it.each(['personas.example.com', 'ftp://x.example', 'https://x.example/path', 'https://u:secret-word@x.example'])(
    'refuses %s as public address',
    (address) => {
      expect(refusal({ PUBLIC_URL: address })).toContain('PUBLIC_URL');
      expect(refusal({ PUBLIC_URL: address })).not.toContain('secret-word');
    },
  );

  it('takes a mail server with the address mails come from, and hides its password', () => {
    const { mail } = configOf({ SMTP_URL: 'smtp://me:hunter22@mail.example:587', MAIL_FROM: 'P <p@example.com>' });
    expect(mail?.from).toBe('P <p@example.com>');
    expect(mail?.smtpUrl.reveal()).toContain('hunter22');
    expect(JSON.stringify(mail)).not.toContain('hunter22');
    expect(refusal({ SMTP_URL: 'smtp://me:hunter22@mail.example' })).toContain('MAIL_FROM: not set, but SMTP_URL is');
    const wrong = refusal({ SMTP_URL: 'http://me:hunter22@mail.example', MAIL_FROM: 'p@example.com' });
    expect(wrong).toContain('SMTP_URL');
    expect(wrong).not.toContain('hunter22');
    expect(refusal({ MAIL_FROM: 'nobody' })).toContain('MAIL_FROM');
    expect(refusal({ MAIL_FROM: 'a@example.com, b@example.com <c@example.com>, d@x' })).toContain('MAIL_FROM');
  });
});

describe('the secret that signs cookies', () => {
  it('is made once for its owner alone, and found again', () => {
    const file = path.join(folder, 'auth-secret');
    const { authSecret } = configOf();
    expect(authSecret).toHaveLength(32);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(configOf().authSecret).toEqual(authSecret);
    expect(readFileSync(file, 'utf8').trim()).toBe(authSecret.toString('base64'));
  });

  it('comes from the environment where it is set, and must be there in production', () => {
    expect(configOf({ AUTH_SECRET: key }).authSecret).toEqual(Buffer.alloc(32, 7));
    expect(existsSync(path.join(folder, 'auth-secret'))).toBe(false);
    expect(refusal({ NODE_ENV: 'production', AUDIT_KEY: key })).toContain('AUTH_SECRET: not set');
    expect(refusal({ AUTH_SECRET: 'hunter22' })).toContain('AUTH_SECRET: found 8 characters');
    expect(refusal({ AUTH_SECRET: 'hunter22' })).not.toContain('hunter22');
  });

  it('is refused where the file holds something else', () => {
    writeFileSync(path.join(folder, 'auth-secret'), 'short\n');
    expect(() => configOf()).toThrow('AUTH_SECRET: not set');
  });
});
