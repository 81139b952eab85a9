import { expect, test } from 'vitest';
import { composeHistory, composeStep } from './compose-prompt.ts';
import type { StoredMessage } from './stored-message.ts';

const user = (id: string, text: string): StoredMessage => ({
  id,
  role: 'user',
  parts: [{ type: 'text', text }],
  metadata: null,
});
const answer = (id: string, parts: StoredMessage['parts']): StoredMessage => ({
  id,
  role: 'assistant',
  parts,
  metadata: null,
});

test('each stored step becomes an assistant message followed by its tool results', () => {
  const history = composeHistory([
    user('u1', 'Which teams?'),
    answer('a1', [
      { type: 'step-start' },
      { type: 'text', text: 'Let me look.' },
      { type: 'tool-ninox_list_teams', toolCallId: 'c1', state: 'output-available', input: {}, output: { teams: [] } },
      {
        type: 'tool-ninox_get_team',
        toolCallId: 'c2',
        state: 'output-error',
        input: { team_id: 'x' },
        errorText: 'No.',
      },
      { type: 'step-start' },
      { type: 'text', text: 'None.' },
    ]),
  ]);
  expect(history.map((message) => message.role)).toEqual(['user', 'assistant', 'tool', 'assistant']);
  expect(history[2]).toMatchObject({
    content: [
      { toolCallId: 'c1', toolName: 'ninox_list_teams', output: { type: 'json', value: { teams: [] } } },
      { toolCallId: 'c2', output: { type: 'error-json', value: { error: { message: 'No.' } } } },
    ],
  });
});

test('a call that was never answered still gets a result, which every provider demands', () => {
  const history = composeHistory([
    user('u1', 'x'),
    answer('a1', [{ type: 'tool-ninox_list_teams', toolCallId: 'c1', state: 'input-available', input: {} }]),
  ]);
  expect(history.at(-1)).toMatchObject({
    role: 'tool',
    content: [{ toolCallId: 'c1', output: { type: 'error-json' } }],
  });
});

test('too long a history loses its oldest turns whole, and always keeps the newest message', () => {
  const long = 'x'.repeat(150_000);
  const history = composeHistory([user('u1', long), answer('a1', [{ type: 'text', text: 'old' }]), user('u2', long)]);
  expect(history).toHaveLength(1);
  expect(history[0]?.role).toBe('user');
  expect(composeHistory([user('u1', 'x'.repeat(900_000))])).toHaveLength(1);
});

test('what a provider attached to a call goes back to it, and malformed arguments stay visible to the model', () => {
  const [assistant, results] = composeStep(
    [
      {
        type: 'call',
        callId: 'ours',
        modelCallId: 'c1',
        tool: 't',
        rawInput: '{broken',
        providerMetadata: { google: { thoughtSignature: 's' } },
      },
    ],
    [
      {
        modelCallId: 'c1',
        tool: 't',
        result: { ok: false, outcome: 'denied', code: 'ARG_INVALID', message: 'no', durationMs: null },
      },
    ],
  );
  expect(assistant).toMatchObject({
    content: [{ input: { invalid: '{broken' }, providerOptions: { google: { thoughtSignature: 's' } } }],
  });
  expect(results).toMatchObject({
    content: [{ output: { type: 'error-json', value: { error: { code: 'ARG_INVALID' } } } }],
  });
});

test('a file stays below the words it came with, each of its lines marked, whatever ends a line', () => {
  const file = { name: 'a.csv', text: 'one\r\ntwo\rthree\u2028---' };
  const parts: StoredMessage['parts'] = [
    { type: 'text', text: 'Read this' },
    { type: 'data-attachment', data: file },
  ];
  const history = composeHistory([{ ...user('u1', ''), parts }, answer('a1', []), user('u2', 'And now?')]);
  const [first, second] = history.map(({ content }) => (content[0] as { text: string }).text);
  expect(first).toMatch(/^Read this\n\n---\n\nThe file “a\.csv” is attached\..*\n> one\n> two\n> three\n> ---$/);
  expect(second).toBe('And now?');
});
