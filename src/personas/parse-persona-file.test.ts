import { expect, test } from 'vitest';
import { parsePersonaFile } from './parse-persona-file.ts';
import { frontMatterSchema, type KnownTool } from './persona-schema.ts';

const knownTools: KnownTool[] = [
  { name: 'ninox_list_teams', scope: 'ninox:teams:read', effect: 'read' },
  { name: 'ninox_delete_record', scope: 'ninox:records:delete', effect: 'destructive' },
];
const parse = (text: string, file = 'personas/helper.md') => parsePersonaFile({ file, text, knownTools });
const front = (lines: string, instructions = 'Help.') =>
  `---\nname: Helper\ndescription: Helps.\n${lines}---\n${instructions}\n`;

const granted = (lines: string) => front(`scopes: [ninox:teams:read, ninox:records:delete]\n${lines}`);

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
    budget: { steps: 12, calls: 24, seconds: 180, tokens: null },
    approvers: {},
    effects: {},
    outsideText: 'ask',
    publicTables: [],
    undo: 'auto',
    channels: ['web'],
    guests: null,
    instructions: 'Help.',
  });
});

const mayBeEmpty = [
  ['model', 'scopes', 'limits', 'approvals', 'budget', 'channels', 'starters'],
  ['approvers', 'effects', 'outsideText', 'publicTables', 'undo', 'guests'],
].flat();
test.each(mayBeEmpty)('%s left empty is as if it were absent', (setting) => {
  expect(persona(front(`${setting}:\n`))).toEqual(persona(front('')));
  expect(persona(front(`${setting}:   # later\n`))).toEqual(persona(front('')));
});

test.each<[string, string, number, RegExp]>([
  ['no front matter', 'Just text', 1, /must begin with a line “---”/],
  ['front matter not closed', '---\nname: x\n', 3, /not closed/],
  ['no instructions', '---\nname: x\ndescription: y\n---\n  \n', 4, /no instructions/],
  ['a missing name', '---\ndescription: y\n---\nHi', 1, /“name” is missing/],
  ['an unknown key', front('colour: red\n'), 4, /“colour” is not known.*Known are/],
  ['an unknown key without a value', front('colour:\n'), 4, /“colour” is not known/],
  ['a name without a value', '---\nname:\ndescription: y\n---\nHi', 2, /“name” must be text/],
  ['a misspelt key', front('scope:\n  - ninox:teams:read\n'), 4, /Did you mean “scopes”/],
  [
    'an unknown key inside a group',
    front('budget:\n  steps: 3\n  step: 4\n'),
    6,
    /“step” is not known in “budget”. Did you mean “steps”/,
  ],
  [
    'a scope for guests that changes something',
    granted('guests:\n  scopes:\n    - ninox:teams:read\n    - ninox:records:delete\n'),
    8,
    /Entry 2 of “guests.scopes” is not for guests: ninox:records:delete allows ninox_delete_record, which changes/,
  ],
  [
    'a scope for guests that the persona does not hold',
    granted('guests:\n  scopes: [ninox:databases:read]\n'),
    6,
    /does not hold; add ninox:databases:read to its scopes or remove it/,
  ],
  ['a misspelt key of guests', granted('guests:\n  scope: []\n'), 6, /not known in “guests”. Did you mean “scopes”/],
  [
    'a misspelt limit of guests',
    granted('guests:\n  limits:\n    team: []\n'),
    7,
    /not known in “guests.limits”. Did you mean “teams”/,
  ],
  ['an unknown scope', front('scopes:\n  - ninox:teams:read\n  - ninox:everything\n'), 6, /Allowed: ninox:teams:read/],
  ['a scope twice', front('scopes:\n  - ninox:teams:read\n  - ninox:teams:read\n'), 4, /names something twice/],
  ['a number as text', front('budget:\n  steps: many\n'), 5, /“budget.steps” must be a number/],
  ['a budget out of range', front('budget:\n  calls: 1000\n'), 5, /must be at most 200/],
  ['a team id that is none', front('limits:\n  teams:\n    - "../x"\n'), 6, /must be an id/],
  ['a table without its database', front('limits:\n  tables: [A]\n'), 5, /databaseId\/tableId/],
  [
    'a policy that does not exist',
    front('scopes: [ninox:records:delete]\napprovals:\n  ninox_delete_record: maybe\n'),
    6,
    /auto, ask, deny/,
  ],
  [
    'a near policy',
    granted('approvals:\n  ninox_delete_record: aks\n'),
    6,
    /is no approval policy. Did you mean “ask”/,
  ],
  [
    'a bound in other words',
    granted('approvals:\n  ninox_delete_record: ask over 5\n'),
    6,
    /Did you mean “ask above 5”/,
  ],
  ['a bound of nothing', granted('approvals:\n  ninox_delete_record: ask above 0\n'), 6, /a number from 1 to 9999/],
  [
    'a bound for a tool that only reads',
    granted('approvals:\n  ninox_list_teams: ask above 5\n'),
    6,
    /this tool only reads. Write auto, ask or deny/,
  ],
  [
    'a limit of effects for a tool that only reads',
    granted('effects:\n  ninox_list_teams: { day: 5 }\n'),
    6,
    /this tool only reads. “budget.calls” limits/,
  ],
  [
    'approvers of an unknown tool',
    granted('approvers:\n  ninox_delete_recrod: { fourEyes: true }\n'),
    6,
    /Did you mean “ninox_delete_record”/,
  ],
  [
    'limits of a tool without its scope',
    front('effects:\n  ninox_delete_record: { day: 5 }\n'),
    5,
    /cannot use; add ninox:records:delete/,
  ],
  [
    'a misspelt key of a rule',
    granted('approvers:\n  ninox_delete_record:\n    foureyes: true\n'),
    7,
    /“foureyes” is not known in “approvers.ninox_delete_record”. Did you mean “fourEyes”/,
  ],
  [
    'an unknown key of a limit',
    granted('effects:\n  ninox_delete_record:\n    week: 5\n'),
    7,
    /Known are: run, hour, day, rows/,
  ],
  [
    'a switch that is none',
    granted('approvers:\n  ninox_delete_record:\n    fourEyes: "yes"\n'),
    7,
    /must be true or false/,
  ],
  [
    'approvers that are nobody',
    granted('approvers:\n  ninox_delete_record:\n    people: []\n'),
    7,
    /must name at least one member/,
  ],
  ['too long a wait', granted('approvers:\n  ninox_delete_record:\n    hours: 1000\n'), 7, /must be at most 720/],
  ['a rule for outside text that is none', front('outsideText: never\n'), 4, /Allowed: ask, trust/],
  ['a public table without its database', front('publicTables: [B]\n'), 4, /databaseId\/tableId/],
  ['a policy for an unknown tool', front('approvals:\n  ninox_drop: ask\n'), 5, /is not a tool/],
  [
    'a policy for a tool without its scope',
    front('approvals:\n  ninox_delete_record: auto\n'),
    5,
    /cannot use; add ninox:records:delete/,
  ],
  ['a model without provider', front('model: gpt\n'), 4, /provider\/model/],
  ['a key twice', front('name: Again\n'), 4, /there twice/],
  ['a list without its end', front('scopes: [a\nbudget: {}\n'), 5, /bracket is not closed/],
  ['a quote without its end', front('model: "a/b\n'), 4, /quote is not closed/],
  ['a colon in a value', '---\nname: A\ndescription: Helps: a lot\n---\nHi', 3, /colon in quotes/],
  ['a line without a colon', '---\nname A\ndescription: B\n---\nHi', 2, /colon is missing/],
  ['a tab', front('limits:\n\tteams: []\n'), 5, /Use spaces/],
  ['uneven indentation', front('budget:\n  steps: 1\n calls: 1\n'), 6, /same number of spaces/],
  ['a second document', front('...\nscopes: []\n'), 5, /Remove the line/],
  ['an anchor and an alias', front('starters: &a [x]\nscopes: *a\n'), 4, /aliases/],
  ['a tag', front('model: !secret a/b\n'), 4, /tag/i],
  ['limits that a tag would have made void', front('limits: !!set {teams}\n'), 4, /Tags/],
  ['a name that objects lose', front('approvals:\n  __proto__: auto\n'), 5, /not allowed/],
  ['limits that were left empty', front('limits:\n  teams:\n'), 5, /“limits.teams” must be a list/],
  [
    'an id that YAML takes for a number',
    front('limits:\n  teams:\n    - 12345678\n'),
    6,
    /Entry 1 of “limits.teams” must be text; put it in quotes/,
  ],
  ['a misspelt name rather than a missing one', '---\ndescription: B\nnme: A\n---\nHi', 3, /Did you mean “name”/],
  ['the uppermost of several faults', front('starters: no\nchannels: no\nmodel: no\n'), 4, /starters/],
  ['a near scope', front('scopes: [ninox:team:read]\n'), 4, /Did you mean “ninox:teams:read”/],
  ['a near tool', front('approvals:\n  ninox_delete_recrod: ask\n'), 5, /Did you mean “ninox_delete_record”/],
  ['a file in another encoding', front('', 'Gr\uFFFD\uFFFDe'), 5, /UTF-8/],
  ['a description over several lines', front('starters:\n  - |\n    one\n    two\n'), 5, /one line/],
  ['nothing but brackets', front(`starters: ${'['.repeat(4_000)}\n`), 4, /nested too deeply|bracket/],
])('%s is told with its line', (...[, text, line, message]) => {
  const parsed = parse(text);
  if (parsed.ok) throw new Error('it was accepted');
  expect(parsed.problem.message).toMatch(message);
  expect(parsed.problem.line).toBe(line);
});

test('a file name that cannot be an id, and a file too large, are told', () => {
  expect(parse(front(''), 'personas/My Helper.md')).toMatchObject({
    ok: false,
    problem: { message: expect.stringMatching(/file’s name/) },
  });
  expect(parse(front('', 'x'.repeat(70_000)))).toMatchObject({
    ok: false,
    problem: { message: expect.stringMatching(/64 kB/) },
  });
});

test('Windows line ends and a byte order mark change nothing', () => {
  const text = front('scopes:\n  - ninox:teams:read\n', 'One.\nTwo.');
  expect(persona(`\uFEFF${text.replaceAll('\n', '\r\n')}`)).toEqual(persona(text));
});

test('the version changes with what the persona does, not with comments or the order of keys', () => {
  const base = persona('---\nname: A\ndescription: B\nbudget: { steps: 3, calls: 4 }\n---\nHi');
  const same = persona('---\n# why\ndescription: B\nbudget: { calls: 4, steps: 3 }\nname: A\n---\n\nHi\n');
  expect(same.version).toBe(base.version);
  expect(persona('---\nname: A\ndescription: B\nbudget: { steps: 4, calls: 4 }\n---\nHi').version).not.toBe(
    base.version,
  );
  expect(persona('---\nname: A\ndescription: B\nbudget: { steps: 3, calls: 4 }\n---\nHo').version).not.toBe(
    base.version,
  );
});

test('rules are read as they are written, with the rest filled in', () => {
  const text = granted(`approvals:
  ninox_delete_record: ask above 5
approvers:
  ninox_delete_record: { people: [anna_1], fourEyes: true }
effects:
  ninox_delete_record: { day: 20, rows: 1 }
budget: { tokens: 50000 }
outsideText: trust
publicTables: [nk5xt24oixj4/B]
undo: ask
guests:
  scopes: [ninox:teams:read]
`);
  expect(persona(text)).toMatchObject({
    approvals: { ninox_delete_record: 'ask above 5' },
    approvers: { ninox_delete_record: { people: ['anna_1'], fourEyes: true, hours: 24 } },
    effects: { ninox_delete_record: { run: null, hour: null, day: 20, rows: 1 } },
    budget: { steps: 12, tokens: 50_000 },
    outsideText: 'trust',
    publicTables: ['nk5xt24oixj4/B'],
    undo: 'ask',
    guests: { scopes: ['ninox:teams:read'], limits: {} },
  });
});

test('what says only what holds anyway changes nothing, not even the version', () => {
  const silent = granted(`approvers:
  ninox_delete_record: { people: , fourEyes: false, hours: 24 }
effects:
  ninox_delete_record: { day: }
budget: { tokens: }
outsideText: ask
publicTables: []
undo: auto
guests:
`);
  expect(persona(silent)).toEqual(persona(granted('')));
});

test.each([
  ['approvals', 'approvals:\n  ninox_delete_record: ask above 5\n', 'approvals:\n  ninox_delete_record: ask above 6\n'],
  ['approvers', 'approvers:\n  ninox_delete_record: { hours: 5 }\n', ''],
  ['effects', 'effects:\n  ninox_delete_record: { day: 5 }\n', 'effects:\n  ninox_delete_record: { hour: 5 }\n'],
  ['tokens', 'budget: { tokens: 5 }\n', ''],
  ['outsideText', 'outsideText: trust\n', ''],
  ['publicTables', 'publicTables: [nk5xt24oixj4/B]\n', ''],
  ['undo', 'undo: ask\n', ''],
  ['guests', 'guests: {}\n', ''],
  ['limits of guests', 'guests: { limits: { teams: [] } }\n', 'guests: {}\n'],
])('another %s is another version', (_setting, one, other) => {
  expect(persona(granted(one)).version).not.toBe(persona(granted(other)).version);
});

test('a persona from before there were these settings keeps its version', () => {
  const text = granted('approvals:\n  ninox_delete_record: ask\nbudget: { steps: 8, calls: 8, seconds: 120 }\n');
  expect(persona(text).version).toBe('2fa4bb3912546d2793ae5d7ec694d88cb381e36f86c74a5a791d183558b4d778');
});

test('every setting that exists is named to whoever misspells one', () => {
  const parsed = parse(front('colour: red\n'));
  if (parsed.ok) throw new Error('it was accepted');
  for (const name of Object.keys(frontMatterSchema.shape)) expect(parsed.problem.message).toContain(` ${name}`);
});

test('Windows line ends do not move the line of a fault', () => {
  expect(parse(`\uFEFF${front('colour: red\n').replaceAll('\n', '\r\n')}`)).toMatchObject({ problem: { line: 4 } });
});
