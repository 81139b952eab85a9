import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ConfigError } from '#errors';
import { createKeyFile, openAuditKey, refuseAuditKey } from './secrets.ts';

let parent: string;
let directory: string;
beforeEach(() => {
  parent = mkdtempSync(path.join(tmpdir(), 'personas-secrets-'));
  directory = path.join(parent, 'data');
});
afterEach(() => {
  rmSync(parent, { recursive: true, force: true });
});

it('makes a key at the first start, for its owner alone, and finds it at the next', () => {
  const first = openAuditKey(undefined, directory);
  expect(first.key).toHaveLength(32);
  expect(first.file).toBe(path.join(directory, 'audit-key'));
  expect(statSync(path.join(directory, 'audit-key')).mode & 0o777).toBe(0o600);
  expect(statSync(directory).mode & 0o777).toBe(0o700);
  expect(openAuditKey(undefined, directory).key).toEqual(first.key);
  expect(readdirSync(directory)).toEqual(['audit-key']);
});

it('makes another key for another folder', () => {
  expect(openAuditKey(undefined, directory).key).not.toEqual(openAuditKey(undefined, path.join(parent, 'other')).key);
});

it('prefers the key it was given and touches no file', () => {
  const given = Buffer.alloc(32, 9);
  expect(openAuditKey(given.toString('base64'), directory)).toEqual({ key: given, file: null, isNew: false });
  expect(readdirSync(parent)).toEqual([]);
});

it('refuses a damaged key file instead of replacing it', () => {
  openAuditKey(undefined, directory);
  const file = path.join(directory, 'audit-key');
  writeFileSync(file, 'c2hvcnQ=\n');
  expect(() => openAuditKey(undefined, directory)).toThrow(ConfigError);
  expect(() => openAuditKey(undefined, directory)).toThrow('holds 5 bytes instead of 32');
  expect(readFileSync(file, 'utf8')).toBe('c2hvcnQ=\n');
});

it('says what to do when the data folder cannot be made', () => {
  writeFileSync(directory, 'a file where the folder should be');
  expect(() => openAuditKey(undefined, directory)).toThrow(ConfigError);
  expect(() => openAuditKey(undefined, directory)).toThrow('Make the folder DATA_DIR writable, or set AUDIT_KEY');
});

it('keeps the key of another process that was faster', () => {
  const { key } = openAuditKey(undefined, directory);
  expect(createKeyFile(path.join(directory, 'audit-key'))).toBe(`${key.toString('base64')}\n`);
  expect(openAuditKey(undefined, directory).key).toEqual(key);
  expect(readdirSync(directory)).toEqual(['audit-key']);
});

it('takes a new key that does not fit away again, and never one that was there', () => {
  const made = openAuditKey(undefined, directory);
  expect(refuseAuditKey(made).message).toMatch(/^AUDIT_KEY: .*is not there, but an audit exists.*from the backup/);
  expect(readdirSync(directory)).toEqual([]);
  openAuditKey(undefined, directory);
  expect(refuseAuditKey(openAuditKey(undefined, directory)).message).toMatch(/^AUDIT_KEY: .*Replace that file/);
  expect(readdirSync(directory)).toEqual(['audit-key']);
  expect(refuseAuditKey({ file: null, isNew: false }).message).toMatch(/^AUDIT_KEY: the key that is set/);
});
