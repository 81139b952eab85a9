import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

/*
 * The rules of the house are worth what the linter makes of them. Every snippet is written into an empty copy of the
 * project with the project's own configuration, and one run says what it refuses.
 */

const project = fileURLToPath(new URL('..', import.meta.url));
const oxlint = path.join(path.dirname(createRequire(import.meta.url).resolve('oxlint/package.json')), 'bin/oxlint');

interface Snippet {
  readonly file: string;
  readonly code: string;
}

const lines = (count: number) => Array.from({ length: count }, (_, index) => `  void ${index};`).join('\n');
const functionOf = (length: number) => `export function long() {\n${lines(length - 2)}\n}\n`;
const moduleOf = (length: number) =>
  Array.from({ length }, (_, index) => `export const c${index} = ${index};`).join('\n');
const importing = (source: string) => `import { x } from '${source}';\nexport const y = x;\n`;
const importingType = (source: string) => `import type { X } from '${source}';\nexport type Y = X;\n`;

const budgets = {
  'max-lines': {
    bad: { file: 'src/agent/lines-401.ts', code: moduleOf(401) },
    good: { file: 'src/agent/lines-400.ts', code: moduleOf(400) },
  },
  'max-lines-per-function': {
    bad: { file: 'src/agent/function-51.ts', code: functionOf(51) },
    good: { file: 'src/agent/function-50.ts', code: functionOf(50) },
  },
  'max-params': {
    bad: { file: 'src/agent/params-4.ts', code: 'export const f = (a: 1, b: 1, c: 1, d: 1) => [a, b, c, d];\n' },
    good: { file: 'src/agent/params-3.ts', code: 'export const f = (a: 1, b: 1, c: 1) => [a, b, c];\n' },
  },
  'no-explicit-any': {
    bad: { file: 'src/agent/any.ts', code: 'export const f = (value: any) => value;\n' },
    good: { file: 'src/agent/unknown.ts', code: 'export const f = (value: unknown) => value;\n' },
  },
  'no-floating-promises': {
    bad: { file: 'src/agent/floating.ts', code: 'const work = async () => 1;\nexport function f() {\n  work();\n}\n' },
    good: {
      file: 'src/agent/awaited.ts',
      code: 'const work = async () => 1;\nexport async function f() {\n  await work();\n}\n',
    },
  },
  'no-process-env': {
    bad: { file: 'src/agent/env.ts', code: 'export const home = process.env.HOME;\n' },
    good: { file: 'src/config/env-reader.ts', code: 'export const home = process.env.HOME;\n' },
  },
} satisfies Record<string, { bad: Snippet; good: Snippet }>;

const cycle: Snippet[] = [
  { file: 'src/personas/cycle-a.ts', code: "import { b } from './cycle-b.ts';\nexport const a = () => b;\n" },
  { file: 'src/personas/cycle-b.ts', code: "import { a } from './cycle-a.ts';\nexport const b = () => a;\n" },
  { file: 'src/agent/cycle-c.ts', code: "import { d } from '#audit/cycle-d.ts';\nexport const c = () => d;\n" },
  { file: 'src/audit/cycle-d.ts', code: "import { c } from '#agent/cycle-c.ts';\nexport const d = () => c;\n" },
];

/** Folder and source, as values. */
const refused = [
  ...['#audit/x.ts', '#agent/x.ts', '#config/x.ts', '#app', 'express', 'ai'].map((source) => ['db', source]),
  ...['#auth/x.ts', '#vault/x.ts', '#agent/x.ts', '#channels/x.ts', 'drizzle-orm'].map((source) => ['audit', source]),
  ...['#auth/x.ts', '#agent/x.ts', '#integrations/x.ts', '#config/x.ts'].map((source) => ['vault', source]),
  ...['#vault/x.ts', '#personas/x.ts', '#channels/x.ts', 'better-sqlite3'].map((source) => ['auth', source]),
  ...['#db/x.ts', '#agent/x.ts', '#vault/x.ts', '#integrations/ninox/client.ts', 'ai'].map((source) => [
    'personas',
    source,
  ]),
  ...['#db/x.ts', '#agent/x.ts', '#personas/x.ts', '#audit/x.ts', '#sandbox/x.ts', 'ai', '@ai-sdk/openai'].map(
    (source) => ['integrations', source],
  ),
  ...[
    '#db/x.ts',
    '#channels/x.ts',
    '#jobs/x.ts',
    '#config/x.ts',
    '#sandbox/x.ts',
    '#app',
    '#test/x.ts',
    '#integrations/ninox/client.ts',
    'express',
    'drizzle-orm/pg-core',
    '@ai-sdk/react',
  ].map((source) => ['agent', source]),
  ...['#db/x.ts', '#vault/x.ts', '#jobs/x.ts', '#cli/x.ts', '#web/x.ts', '#config/x.ts', '#app', 'pg', 'ai'].map(
    (source) => ['channels/http', source],
  ),
  ...['#db/x.ts', '#jobs/x.ts', 'express', 'helmet', 'ai'].map((source) => ['channels/chat', source]),
  ...['#channels/x.ts', '#cli/x.ts', '#db/x.ts', '#app', 'express', 'ai'].map((source) => ['jobs', source]),
  ...['#channels/x.ts', '#jobs/x.ts', '#web/x.ts', 'drizzle-orm', 'express'].map((source) => ['cli', source]),
  ...['#channels/http/contract/x.ts', '#agent/x.ts', '#errors', 'node:fs', '@ai-sdk/openai', 'express'].map(
    (source) => ['web', source],
  ),
  ...['#agent/x.ts', '#integrations/x.ts', '#db/x.ts', '#config/x.ts', 'drizzle-orm'].map((source) => [
    'sandbox',
    source,
  ]),
  ...['#db/x.ts', '#agent/x.ts', '#app', 'ai'].map((source) => ['config', source]),
  ...[
    '#db/x.ts',
    '#agent/x.ts',
    '#channels/x.ts',
    '#config/x.ts',
    '#integrations/ninox/client.ts',
    'express',
    'jose',
  ].map((source) => ['connections', source]),
  ...['db', 'audit', 'vault', 'auth', 'integrations', 'personas', 'agent', 'config'].map((folder) => [
    folder,
    '#connections/x.ts',
  ]),
  ...['better-auth', 'oauth4webapi', 'nodemailer', 'zod-openapi', 'csv-stringify'].map((source) => ['agent', source]),
  ...['#app', '#web/x.ts', '#test/x.ts', 'express', 'drizzle-orm', 'ai'].map((source) => ['.', source]),
  ...['agent', 'channels/http', 'channels/widget', 'channels/mcp', 'integrations/ninox', 'connections', '.'].map(
    (folder) => [folder, '@slack/web-api'],
  ),
  ...['agent', 'channels/http', 'channels/slack', '.'].map((folder) => [folder, '@modelcontextprotocol/sdk/x.js']),
  ['channels/slack', '#vault/x.ts'],
  ['channels/slack', '#integrations/slack/x.ts'],
  ['agent', '../db/x.ts'],
  ['channels/http/routes/chat', '../../../../agent/x.ts'],
] as [string, string][];

const refusedTypes: [string, string][] = [
  ['db', '#agent/x.ts'],
  ['integrations', '#db/x.ts'],
  ['agent', '#channels/http/contract/x.ts'],
  ['web', '#channels/chat/x.ts'],
  ['web', '#agent/x.ts'],
  ['sandbox', '#agent/x.ts'],
  ['personas', '#agent/x.ts'],
  ['connections', '#agent/x.ts'],
];

const allowed: [string, string][] = [
  ['db', 'drizzle-orm/sqlite-core'],
  ['audit', '#db/x.ts'],
  ['vault', '#audit/x.ts'],
  ['integrations', '#vault/x.ts'],
  ['personas', '#integrations/tool-definition.ts'],
  ['agent', '#personas/x.ts'],
  ['agent', '#vault/x.ts'],
  ['agent', 'ai'],
  ['channels/http', '#agent/x.ts'],
  ['channels/http', '#channels/chat/x.ts'],
  ['channels/http', 'express'],
  ['channels/http/routes/chat', '../../contract/x.ts'],
  ['jobs', '#agent/x.ts'],
  ['cli', '#db/x.ts'],
  ['cli', '#app'],
  ['sandbox', 'express'],
  ['sandbox', '@ai-sdk/provider'],
  ['config', '#vault/x.ts'],
  ['web', '@ai-sdk/react'],
  ['.', '#agent/x.ts'],
  ['agent', '@ai-sdk/openai'],
  ['connections', '#vault/x.ts'],
  ['connections', '#integrations/catalog.ts'],
  ['connections', 'oauth4webapi'],
  ['channels/http', '#connections/x.ts'],
  ['channels/http', 'zod-openapi'],
  ['auth', 'better-auth'],
  ['vault', 'jose'],
  ['integrations', 'nodemailer'],
  ['channels/slack', '@slack/bolt'],
  ['integrations/slack', '@slack/web-api'],
  ['channels/mcp', '@modelcontextprotocol/sdk/x.js'],
];

const allowedTypes: [string, string][] = [
  ['audit', '#auth/actor.ts'],
  ['personas', '#db/repositories/x.ts'],
  ['personas', '#auth/actor.ts'],
  ['connections', '#db/repositories/x.ts'],
  ['agent', '#db/repositories/x.ts'],
  ['channels/http', '#db/repositories/x.ts'],
  ['channels/chat', 'ai'],
  ['web', '#channels/http/contract/x.ts'],
  ['.', '#app'],
];

const codes = { value: importing, type: importingType };

/** A file of its own for each import. Its name tells it, so that a failing assertion does, too. */
function snippetOf([folder, source]: [string, string], kind: 'value' | 'type', verdict: string): Snippet {
  const name = source
    .replaceAll('..', 'up')
    .replace('#', 'folder-')
    .replaceAll(/[^a-z]+/g, '-');
  return { file: path.posix.join('src', folder, `${verdict}-${kind}-${name}.ts`), code: codes[kind](source) };
}

const refusedSnippets = [
  ...refused.map((pair) => snippetOf(pair, 'value', 'no')),
  ...refusedTypes.map((pair) => snippetOf(pair, 'type', 'no')),
];
const allowedSnippets = [
  ...allowed.map((pair) => snippetOf(pair, 'value', 'yes')),
  ...allowedTypes.map((pair) => snippetOf(pair, 'type', 'yes')),
];
const startsApp: Snippet = { file: 'src/main.ts', code: `${importing('#app')}export const e = process.env;\n` };
const testFile: Snippet = { file: 'src/agent/any-import.test.ts', code: importing('#db/x.ts') };
const pairs = Object.values(budgets).flatMap(({ bad, good }) => [bad, good]);
const all: readonly Snippet[] = [...pairs, ...cycle, ...refusedSnippets, ...allowedSnippets, startsApp, testFile];

let directory: string;
const problems = new Map<string, string[]>();

beforeAll(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'personas-lint-'));
  for (const file of ['.oxlintrc.json', 'package.json', 'tsconfig.json'])
    copyFileSync(path.join(project, file), path.join(directory, file));
  symlinkSync(path.join(project, 'node_modules'), path.join(directory, 'node_modules'), 'junction');
  expect(new Set(all.map(({ file }) => file)).size).toBe(all.length);
  for (const { file, code } of all) {
    mkdirSync(path.dirname(path.join(directory, file)), { recursive: true });
    writeFileSync(path.join(directory, file), code);
  }
  for (const { code, filename } of await lint()) problems.set(filename, [...(problems.get(filename) ?? []), code]);
});
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

const report = z.object({
  diagnostics: z.array(z.object({ code: z.string(), filename: z.string() })),
  number_of_files: z.number(),
});

async function lint() {
  // It ends with 1 when it refuses something, which is what it is here for.
  const output = await new Promise<string>((resolve) => {
    execFile(
      process.execPath,
      [oxlint, '--type-aware', '--quiet', '--format', 'json', 'src'],
      { cwd: directory },
      (_error, stdout) => resolve(stdout),
    );
  });
  const { diagnostics, number_of_files } = report.parse(JSON.parse(output));
  expect(number_of_files).toBe(all.length);
  return diagnostics.map(({ code, filename }) => ({
    code: /\((.*)\)/.exec(code)?.[1] ?? code,
    filename: filename.replaceAll('\\', '/'),
  }));
}

const problemsOf = ({ file }: Snippet) => problems.get(file) ?? [];

describe('the linter', () => {
  it.each(Object.entries(budgets))('refuses what %s forbids, and nothing less', (rule, { bad, good }) => {
    expect(problemsOf(bad)).toEqual([rule]);
    expect(problemsOf(good)).toEqual([]);
  });

  it.each(cycle)('refuses the cycle through $file', (snippet) => {
    expect(problemsOf(snippet)).toContain('no-cycle');
  });

  it.each(refusedSnippets)('refuses $file', (snippet) => {
    expect(problemsOf(snippet)).toContain('no-restricted-imports');
  });

  it.each(allowedSnippets)('takes $file', (snippet) => {
    expect(problemsOf(snippet)).toEqual([]);
  });

  it('lets main.ts start the app and read the environment, and tests import what they test', () => {
    expect(problemsOf(startsApp)).toEqual([]);
    expect(problemsOf(testFile)).toEqual([]);
  });
});
