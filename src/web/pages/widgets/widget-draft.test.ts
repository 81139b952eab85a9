import { expect, test } from 'vitest';
import { changeWidgetRequest, defaultWidgetLimits, type WidgetView } from '#channels/http/contract/widgets.ts';
import { changeOf, findProblems, limitNames, limitRules, placeProblems, readOrigins, toDraft } from './widget-draft.ts';

const widget: WidgetView = {
  id: 'w1',
  name: 'Shop',
  personaId: 'librarian',
  isOn: true,
  origins: ['https://shop.example', 'http://localhost:8080'],
  identifiedOnly: false,
  attachments: false,
  appearance: { title: 'Ask us', greeting: 'Hello!', accent: '#1d4ed8', theme: 'auto', position: 'right' },
  limits: { ...defaultWidgetLimits, widgetPerDay: null },
  revision: 3,
  tag: '<script async src="https://personas.example/widget.js" data-widget="w1"></script>',
  problems: [],
  keys: [],
  createdAt: '2026-11-24T10:00:00.000Z',
  updatedAt: '2026-11-24T10:00:00.000Z',
};
const draft = toDraft(widget);

test('what was only looked at is no change', () => {
  expect(findProblems(draft)).toEqual({});
  expect(changeOf(draft, widget)).toEqual({});
  expect(changeOf({ ...draft, name: ' Shop ', origins: `\n${draft.origins}/\n` }, widget)).toEqual({});
});

test('only what is different is sent, as the service takes it', () => {
  const { position, ...look } = draft.appearance;
  const other = { ...draft, origins: '', appearance: { position, ...look, theme: 'dark' as const } };
  const change = changeOf(
    { ...other, attachments: true, limits: { ...draft.limits, visitorPerDay: '7', widgetPerDay: ' ' } },
    widget,
  );
  expect(change).toEqual({
    origins: [],
    attachments: true,
    appearance: { ...widget.appearance, theme: 'dark' },
    limits: { ...widget.limits, visitorPerDay: 7 },
  });
  expect(changeWidgetRequest.safeParse({ revision: 3, ...change }).success).toBe(true);
});

test('an address that is none is told with what to do', () => {
  const problem = (origins: string) => findProblems({ ...draft, origins }).origins;
  expect(problem('')).toBeUndefined();
  expect(problem('shop.example')).toBe('“shop.example”: begin it with https://.');
  expect(problem('https://*.example')).toMatch(/each address by itself/);
  expect(problem('https://shop.example/cart?x=1')).toMatch(/write it as https:\/\/shop\.example, with/);
  expect(problem('https://')).toMatch(/no address/);
  expect(problem(Array.from({ length: 51 }, (_, index) => `https://s${index}.example`).join('\n'))).toMatch(
    /these are 51/,
  );
});

test('an address without a complaint is one the service takes', () => {
  for (const line of [
    'https://Shop.Example',
    'https://shop.example/',
    'http://127.0.0.1:3000',
    'https://münchen.example',
  ]) {
    const origins = readOrigins(line);
    const isFine = findProblems({ ...draft, origins: line }).origins === undefined;
    expect(changeWidgetRequest.safeParse({ revision: 1, origins }).success, line).toBe(isFine);
  }
});

test('the limits the page lets through are those the service takes', () => {
  for (const name of limitNames) {
    const { most, mayBeEmpty } = limitRules[name];
    const takes = (value: number | null) =>
      changeWidgetRequest.safeParse({ revision: 1, limits: { ...widget.limits, [name]: value } }).success;
    expect([takes(1), takes(most), takes(most + 1), takes(null)], name).toEqual([true, true, false, mayBeEmpty]);
    const complains = (text: string) =>
      findProblems({ ...draft, limits: { ...draft.limits, [name]: text } })[`limits.${name}`] !== undefined;
    expect([complains('1'), complains(String(most)), complains(String(most + 1)), complains('')], name).toEqual([
      false,
      false,
      true,
      !mayBeEmpty,
    ]);
    expect(complains('1.5')).toBe(true);
  }
});

test('what is empty, too long or no colour is told beside its setting', () => {
  const appearance = { ...draft.appearance, title: ' ', greeting: 'x'.repeat(301), accent: 'blue' };
  expect(findProblems({ ...draft, name: '', appearance })).toEqual({
    name: 'Give the widget a name, so that you know it again.',
    'appearance.title': 'Say what stands above the chat.',
    'appearance.greeting': 'Shorten it to 300 characters; it has 301.',
    'appearance.accent': 'Write it as a colour such as #1d4ed8.',
  });
});

test('what the service found wrong lands beside its setting, the rest above the form', () => {
  expect(placeProblems('origins.1: must be an address; personaId: is archived; too late')).toEqual({
    problems: { origins: 'Must be an address.', personaId: 'Is archived.' },
    rest: 'Too late.',
  });
});
