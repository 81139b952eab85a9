import { describe, expect, it } from 'vitest';
import { createDemoProvider } from './demo-model.ts';
import { allTools, type PlayTool, playNinox, refusal, startChat, workshop } from './demo-test-harness.ts';

/** One team with one CRM and an old one, so that only the words of the message can hold a deletion back. */
const oneTeam: PlayTool = (call) => {
  if (call.tool === 'ninox_list_teams') return { type: 'json', value: { teams: [workshop] } };
  if (call.tool !== 'ninox_get_databases') return playNinox(call);
  const databases = [
    { id: 'nk5x2a7b9c1d', name: 'CRM' },
    { id: 'ol5x2a7b9c1d', name: 'CRM (old)' },
  ];
  return { type: 'json', value: { databases } };
};
const deletion = (record: string, database = 'nk5x2a7b9c1d') => ({
  tool: 'ninox_delete_record',
  input: { team_id: workshop.id, database_id: database, table_id: 'A', record_id: record },
});
const deletionsIn = (calls: readonly { tool: string }[]) => calls.filter(({ tool }) => tool === 'ninox_delete_record');

describe('an order that is nothing but an order', () => {
  it.each([
    ['Delete record 6 in table A of CRM', deletion('6')],
    ['Hello, please delete record no. 6 from table A in the CRM database of team Workshop. Thank you!', deletion('6')],
    ['Lösche bitte den Datensatz mit der ID 6 aus der Tabelle A der Datenbank CRM', deletion('6')],
    ['Kannst du Datensatz 6 in Tabelle A in CRM löschen', deletion('6')],
    ['Delete record 6 in table A of CRM (old)', deletion('6', 'ol5x2a7b9c1d')],
    ['Delete record 6 in table A of "CRM"', deletion('6')],
  ])('is done at once: “%s”', async (text, call) => {
    const chat = startChat({ play: oneTeam });
    await chat.say(text);
    expect(chat.calls().at(-1)).toEqual(call);
  });
});

describe('a message with anything else in it', () => {
  it.each([
    'Delete record -1 in table A of CRM',
    'Delete record - 1 in table A of CRM',
    'Delete record 1.5 in table A of CRM',
    'Delete record 1,5 in table A of CRM',
    'Delete 50 % of record 6 in table A of CRM',
    'Delete the phone number of record 3 in table A of CRM',
    'Delete the number of record 3 in table A of CRM',
    'Delete the id of record 3 in table A of CRM',
    'Delete from record 3 in table A of CRM',
    'Lösche den Kommentar in Datensatz 9 der Tabelle A in CRM',
    'I would like to know who can delete record 6 in table A of CRM',
    'Pretend to delete record 4 in table A of CRM',
    'Delete record 5 in table A of CRM?',
    'Delete record 5 in table A of CRM (just kidding)',
    'Delete record 5 in table A of CRM, or rather not',
    'Delete record 5 in table A of CRM tomorrow',
    'She said: delete record 5 in table A of CRM',
    'Delete no record 5 in table A of CRM',
    'Undelete or delete record 5 in table A of CRM',
    'Delete record 5 in table A of CRM, CRM (old)',
    'Delete record 5 in table A of CRM = true',
    'Delete record 5 in table A of CRM and B',
    'Delete record 5 in table A of CRM in Garage',
    'Delete record 5 in table A of CRM 😀',
  ])('deletes nothing: “%s”', async (text) => {
    const chat = startChat({ play: oneTeam });
    const answer = await chat.say(text);
    expect(deletionsIn(chat.calls())).toEqual([]);
    expect(answer).not.toContain('Done');
  });

  it('repeats all names and ids and deletes on a clear yes', async () => {
    const chat = startChat({ play: oneTeam });
    const question = await chat.say('Delete record 5 in table A of CRM?');
    for (const part of ['`5`', '`A`', 'CRM', '`nk5x2a7b9c1d`', 'Workshop', `\`${workshop.id}\``, '(yes/no)']) {
      expect(question).toContain(part);
    }
    expect(await chat.say('Yes, please.')).toContain('was deleted');
    expect(chat.calls()).toEqual([deletion('5')]);
  });

  it.each(['yes?', 'ok', 'yes, but not now', 'maybe', 'what is in it', 'yes record 6', 'no', 'yes and no', 'hm'])(
    'takes no unclear answer for a yes: “%s”',
    async (text) => {
      const chat = startChat({ play: oneTeam });
      await chat.say('Pretend to delete record 4 in table A of CRM');
      await chat.say(text);
      expect(deletionsIn(chat.calls())).toEqual([]);
    },
  );

  it('does not take a yes to an earlier question', async () => {
    const chat = startChat({ play: oneTeam });
    await chat.say('Pretend to delete record 4 in table A of CRM');
    await chat.say('Which teams do I have?');
    await chat.say('yes');
    expect(deletionsIn(chat.calls())).toEqual([]);
  });
});

describe('a question that was cut short', () => {
  const asked = 'Pretend to delete record 5 in table A of database nk5x2a7b9c1d in team tW4q8ZrK2mXn';
  const user = (text: string) => ({ role: 'user' as const, content: [{ type: 'text' as const, text }] });
  const model = createDemoProvider({ delayMs: 0 }).languageModel('offline');
  const tools = allTools.map((name) => ({ type: 'function' as const, name, inputSchema: {} }));

  it.each([
    [1_000, 'tool-call'],
    [60, 'text'],
    [0, 'text'],
  ])('cannot be said yes to: %i characters of it lead to a %s', async (length, type) => {
    const { content } = await model.doGenerate({ prompt: [user(asked)], tools });
    const shown = content.map((part) => (part.type === 'text' ? part.text : '')).join('');
    expect(shown).toContain('(yes/no)');
    const answered = { role: 'assistant' as const, content: [{ type: 'text' as const, text: shown.slice(0, length) }] };
    const next = await model.doGenerate({ prompt: [user(asked), answered, user('yes')], tools });
    expect(next.content.at(-1)?.type).toBe(type);
  });
});

describe('after a deletion', () => {
  it.each(['and record 13 too', 'und Datensatz 13 auch'])('asks about “%s” in the same table', async (text) => {
    const chat = startChat({ play: oneTeam });
    await chat.say('Delete record 12 in table A of CRM');
    const question = await chat.say(text);
    expect(deletionsIn(chat.calls())).toEqual([]);
    expect(question).toContain('`13`');
    expect(question).toMatch(/\(yes\/no\)|\(ja\/nein\)/);
    await chat.say('yes');
    expect(chat.calls()).toEqual([deletion('13')]);
  });

  it('has nothing to confirm after a refusal, and says what can be done', async () => {
    const play: PlayTool = (call) =>
      call.tool === 'ninox_delete_record' ? refusal('APPROVAL_DENIED', 'Server words.') : oneTeam(call);
    const chat = startChat({ play });
    await chat.say('Lösche Datensatz 12 in Tabelle A der Datenbank CRM');
    const answer = await chat.say('ja');
    expect(answer).toContain('nichts zu bestätigen');
    expect(answer).toContain('Datenbanken');
    expect(await chat.say('Hat das geklappt?')).toContain('nicht gelöscht');
    expect(chat.calls()).toEqual([]);
  });

  it('tells the last result when asked whether it worked', async () => {
    const chat = startChat({ play: oneTeam });
    expect(await chat.say('did it work?')).toContain('no tool was called yet');
    await chat.say('Delete record 12 in table A of CRM');
    expect(await chat.say('did it work?')).toContain('Result: deleted');
    expect(chat.calls()).toEqual([]);
  });
});
