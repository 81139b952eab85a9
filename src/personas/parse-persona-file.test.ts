import { expect, test } from 'vitest';
import { parsePersonaFile } from './parse-persona-file.ts';
import type { KnownTool } from './persona-schema.ts';

const knownTools: KnownTool[] = [
  { name: 'ninox_list_teams', scope: 'ninox:teams:read' },
  { name: 'ninox_delete_record', scope: 'ninox:records:delete' },
];
const parse = (text: string, file = 'personas/helper.md') => parsePersonaFile({ file, text, knownTools });
const front = (lines: string, instructions = 'Help.') => `---\nname: Helper\ndescription: Helps.\n${lines}---\n${instructions}\n`;

function persona(text: string) {
  const parsed = parse(text);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problem));
  return parsed.persona;
}

test('defaults are filled in and the id is the file name', () => {
  expect(persona(front(''))).toMatchObject({
    id: 'helper',
    name: 'Helper',
    model: null,
    grant: { scopes: [], limits: {} },
    budget: { steps: 12, calls: 24, seconds: 180 },
    channels: ['web'],
    instructions: 'Help.',
  });
});

test.each<[string, string, number, RegExp]>([
  ['no front matter', 'Just text', 1, /must begin with a line “---”/],
  ['front matter not closed', '---\nname: x\n', 3, /not closed/],
  ['no instructions', '---\nname: x\ndescription: y\n---\n  \n', 4, /no instructions/],
  ['a missing name', '---\ndescription: y\n---\nHi', 1, /“name” is missing/],
  ['an unknown key', front('colour: red\n'), 4, /“colour” is not known.*Known are/],
  ['a misspelt key', front('scope:\n  - ninox:teams:read\n'), 4, /Did you mean “scopes”/],
  ['an unknown key inside a group', front('budget:\n  steps: 3\n  step: 4\n'), 6, /“step” is not known in “budget”. Did you mean “steps”/],
  ['an unknown scope', front('scopes:\n  - ninox:teams:read\n  - ninox:everything\n'), 6, /Allowed: ninox:teams:read/],
  ['a scope twice', front('scopes:\n  - ninox:teams:read\n  - ninox:teams:read\n'), 4, /names something twice/],
  ['a number as text', front('budget:\n  steps: many\n'), 5, /“budget.steps” must be a number/],
  ['a budget out of range', front('budget:\n  calls: 1000\n'), 5, /must be at most 200/],
  ['a team id that is none', front('limits:\n  teams:\n    - "../x"\n'), 6, /must be an id/],
  ['a table without its database', front('limits:\n  tables: [A]\n'), 5, /databaseId\/tableId/],
  ['a policy that does not exist', front('scopes: [ninox:records:delete]\napprovals:\n  ninox_delete_record: maybe\n'), 6, /auto, ask, deny/],
  ['a policy for an unknown tool', front('approvals:\n  ninox_drop: ask\n'), 5, /is not a tool/],
  ['a policy for a tool without its scope', front('approvals:\n  ninox_delete_record: auto\n'), 5, /cannot use; add ninox:records:delete/],
  ['a model without provider', front('model: gpt\n'), 4, /provider\/model/],
  ['a key twice', front('name: Again\n'), 4, /not valid YAML.*unique/],
  ['broken YAML', front('scopes: [a\n'), 4, /not valid YAML/],
  ['an alias', front('starters: &a [x]\nscopes: *a\n'), 2, /aliases/],
])('%s is told with its line', (_name, text, line, message) => {
  const parsed = parse(text);
  if (parsed.ok) throw new Error('it was accepted');
  expect(parsed.problem.message).toMatch(message);
  expect(parsed.problem.line).toBe(line);
});

test('a file name that cannot be an id, and a file too large, are told', () => {
  expect(parse(front(''), 'personas/My Helper.md')).toMatchObject({ ok: false, problem: { message: expect.stringMatching(/file’s name/) } });
  expect(parse(front('', 'x'.repeat(70_000)))).toMatchObject({ ok: false, problem: { message: expect.stringMatching(/64 kB/) } });
});

test('Windows line ends and a byte order mark change nothing', () => {
  const text = front('scopes:\n  - ninox:teams:read\n', 'One.\nTwo.');
  expect(persona(`\uFEFF${text.replaceAll('\n', '\r\n')}`)).toEqual(persona(text));
});

test('the version changes with what the persona does, not with comments or the order of keys', () => {
  const base = persona('---\nname: A\ndescription: B\nbudget: { steps: 3, calls: 4 }\n---\nHi');
  const same = persona('---\n# why\ndescription: B\nbudget: { calls: 4, steps: 3 }\nname: A\n---\n\nHi\n');
  expect(same.version).toBe(base.version);
  expect(persona('---\nname: A\ndescription: B\nbudget: { steps: 4, calls: 4 }\n---\nHi').version).not.toBe(base.version);
  expect(persona('---\nname: A\ndescription: B\nbudget: { steps: 3, calls: 4 }\n---\nHo').version).not.toBe(base.version);
});
