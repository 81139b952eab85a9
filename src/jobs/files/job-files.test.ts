import { describe, expect, test } from 'vitest';
import { type JobDefinition, jobDefinitionSchema } from '../job-definition.ts';
import { formatJobFile, jobFileName } from './format-job-file.ts';
import { parseJobFile, readJobImport } from './parse-job-file.ts';

const least = { name: 'Nightly', persona: 'clerk', trigger: { kind: 'manual' as const }, prompt: 'Look around.' };
const whole = (more: object = {}): JobDefinition => jobDefinitionSchema.parse({ ...least, ...more });

describe('what is written is read again as it was', () => {
  test.each<[string, object]>([
    ['no more than it needs', {}],
    [
      'a schedule',
      { trigger: { kind: 'schedule', when: '0 8 * * 1-5', timeZone: 'Europe/Berlin', missed: 'all', missedHours: 5 } },
    ],
    [
      'a hook with a schema and conditions',
      {
        trigger: { kind: 'webhook', auth: 'signature', schema: { type: 'object', required: ['a: b'], properties: {} } },
        conditions: [
          { field: 'order.total', is: 'greater_than', value: 10 },
          { field: 'yes', is: 'equals', value: 'no' },
        ],
      },
    ],
    [
      'changes in Ninox',
      { trigger: { kind: 'ninox_change', team: 'teamteam1', database: 'database1', table: 'A', on: ['created'] } },
    ],
    [
      'a sync',
      {
        sync: {
          from: { tool: 'ninox_list_records', arguments: { table: 'A', nested: { deep: [1, null, true] } } },
          to: { team: 'teamteam1', database: 'database1', table: 'B' },
          key: 'E-mail: address',
        },
      },
    ],
    [
      'deliveries',
      {
        deliveries: [
          { kind: 'inbox' },
          { kind: 'email', to: ['mia@example.com'], subject: 'News: # of “today”' },
          { kind: 'slack', connectionId: 'c1', channel: 'C0123ABC' },
          { kind: 'webhook', url: 'https://example.com/hook?a=b' },
        ],
        deliverWhen: 'problem',
      },
    ],
    [
      'the same connection twice',
      {
        deliveries: [
          { kind: 'slack', connectionId: 'c1', channel: 'C0123ABC' },
          { kind: 'slack', connectionId: 'c1', channel: 'C0123ABC' },
        ],
      },
    ],
    ['no deliveries', { deliveries: [] }],
    ['a prompt with lines of its own', { prompt: '---\n# Heading\n\n---\n\n  {{payload}}\n---' }],
    ['names that look like something else', { name: 'no', description: '1e3' }],
    ['everything else', { model: 'demo/x', overlap: 'queue', retries: 0, mostPerHour: 3, mandate: { rule: 'deny' } }],
  ])('%s', (_name, more) => {
    const definition = whole(more);
    const text = formatJobFile(definition);
    expect(readJobImport(text)).toEqual(definition);
    expect(formatJobFile(readJobImport(text)), 'nothing drifts').toBe(text);
  });

  test('what holds anyway is not written; standing approvals never are', () => {
    const allowances = [{ tool: 'ninox_delete_record', count: 1, expiresAt: '2030-01-01T00:00:00Z' }];
    const text = formatJobFile(whole({ mandate: { rule: 'pre_approved', allowances } }));
    expect(text).not.toContain('ninox_delete_record');
    expect(text).not.toMatch(/retries|overlap|deliveries/);
    expect(readJobImport(text).mandate).toEqual({ rule: 'pre_approved', allowances: [] });
  });

  test('a name becomes a file name', () => {
    expect(jobFileName({ name: 'Täglich: ein Blick!' })).toMatch(/^[a-z0-9-]+\.md$/);
  });
});

const file = (lines: readonly string[], prompt = 'Look around.') => ['---', ...lines, '---', '', prompt, ''].join('\n');
const problemOf = (text: string, name = 'personas/jobs/nightly.md') => {
  const parsed = parseJobFile({ file: name, text });
  return parsed.ok ? null : parsed.problem;
};
const first = ['name: Nightly', 'persona: clerk'];

describe('what is wrong is told with its line', () => {
  test.each<[string, string, number, RegExp]>([
    ['a setting that is misspelled', file([...first, 'trigger:', '  kind: manual', 'retrys: 2']), 6, /retries/],
    ['a setting inside', file([...first, 'trigger:', '  kind: schedule', '  wen: daily']), 6, /when/],
    ['a trigger nobody knows', file([...first, 'trigger:', '  kind: sundial']), 5, /schedule/],
    ['a number out of its bounds', file([...first, 'trigger:', '  kind: manual', 'retries: 99']), 6, /at most 10/],
    ['what is missing', file(['name: Nightly', 'trigger:', '  kind: manual']), 1, /persona/],
    [
      'standing approvals',
      file([...first, 'trigger:', '  kind: manual', 'mandate:', '  allowances: []']),
      7,
      /Standing/,
    ],
    ['no prompt', file([...first, 'trigger:', '  kind: manual'], ''), 6, /no prompt/],
    ['an owner that is no address', file([...first, 'owner: Mia', 'trigger:', '  kind: manual']), 4, /e-mail/],
  ])('%s', (_name, text, line, message) => {
    expect(problemOf(text)).toMatchObject({ line, message: expect.stringMatching(message) });
  });

  test('a file name that is no id', () => {
    const text = file([...first, 'trigger:', '  kind: manual']);
    expect(problemOf(text, 'jobs/My Job.md')).toMatchObject({ message: expect.stringContaining('weekly-report.md') });
    expect(problemOf(text, 'jobs/a_b.md'), 'jobs of the browser have such ids').not.toBeNull();
  });

  test('a setting that is left empty is left out', () => {
    expect(problemOf(file([...first, 'trigger:', '  kind: manual', 'conditions:', 'owner:']))).toBeNull();
  });
});
