import { describe, expect, it } from 'vitest';
import { marketing, office, type PlayTool, playNinox, refusal, startChat, workshop } from './demo-test-harness.ts';

const listTeams = { tool: 'ninox_list_teams', input: {} };
const getTeam = (id: string) => ({ tool: 'ninox_get_team', input: { team_id: id } });
const getDatabases = (id: string) => ({ tool: 'ninox_get_databases', input: { team_id: id } });

describe('introducing itself', () => {
  it.each([
    ['Hello', 'not an AI', 'OPENAI_API_KEY'],
    ['Hallo', 'keine KI', 'OPENAI_API_KEY'],
    ['Tell me a joke', 'not an AI', 'Which teams do I have?'],
    ['Was kannst du?', 'keine KI', 'Welche Teams habe ich?'],
  ])('answers “%s” with what it is and can do', async (text, what, hint) => {
    const chat = startChat();
    const answer = await chat.say(text);
    expect(answer).toContain(what);
    expect(answer).toContain(hint);
    expect(chat.calls()).toEqual([]);
  });

  it('names only abilities it was given', async () => {
    const answer = await startChat({ tools: ['ninox_list_teams'] }).say('help');
    expect(answer).toContain('list your teams');
    expect(answer).not.toContain('delete');
    expect(await startChat({ tools: [] }).say('help')).toContain('no tool');
  });

  it('says what it is on the first answer only', async () => {
    const chat = startChat();
    expect(await chat.say('Which teams do I have?')).toContain('not an AI');
    expect(await chat.say('Which databases does Workshop have?')).not.toContain('not an AI');
  });
});

describe('teams', () => {
  it.each([
    'Which teams do I have?',
    'teams',
    'Please list all workspaces',
    'Welche Teams gibt es?',
    'Zeig mir bitte meine Teams',
  ])('lists them for “%s”', async (text) => {
    const chat = startChat();
    const answer = await chat.say(text);
    expect(chat.steps()).toEqual([[listTeams]]);
    for (const team of [workshop, office, marketing]) expect(answer).toContain(`| ${team.name} | \`${team.id}\` |`);
  });

  it.each([
    ['Show me team Workshop', workshop],
    ['show the "workshop" team', workshop],
    ['Details of the sales and marketing team', marketing],
    ['Zeige mir das Team buero sued', office],
    ['team Worksop', workshop],
  ])('shows one for “%s”', async (text, team) => {
    const chat = startChat();
    const answer = await chat.say(text);
    expect(chat.steps()).toEqual([[listTeams], [getTeam(team.id)]]);
    expect(answer).toContain(`\`${team.id}\``);
  });

  it('looks again each time it is asked', async () => {
    const chat = startChat();
    await chat.say('Which teams do I have?');
    await chat.say('Which teams do I have?');
    expect(chat.steps()).toEqual([[listTeams]]);
  });

  it('looks again for a name that was not in an older list', async () => {
    let teams = [workshop];
    const play: PlayTool = (call) =>
      call.tool === 'ninox_list_teams' ? { type: 'json', value: { teams } } : playNinox(call);
    const chat = startChat({ play });
    await chat.say('Which teams do I have?');
    teams = [workshop, office];
    await chat.say('Show team Büro Süd');
    expect(chat.steps()).toEqual([[listTeams], [getTeam(office.id)]]);
  });

  it('asks which one when two teams share a name', async () => {
    const play: PlayTool = (call) =>
      call.tool === 'ninox_list_teams'
        ? { type: 'json', value: { teams: [workshop, { ...office, name: 'workshop' }] } }
        : playNinox(call);
    const chat = startChat({ play });
    expect(await chat.say('databases of Workshop')).toContain('Several teams fit');
    await chat.say('the last one');
    expect(chat.steps()).toEqual([[getDatabases(office.id)]]);
  });

  it('goes straight to a team by its id', async () => {
    const chat = startChat();
    await chat.say(`Show team ${office.id}`);
    expect(chat.steps()).toEqual([[getTeam(office.id)]]);
  });

  it('asks with options when the team is unknown, and understands the answer', async () => {
    const chat = startChat();
    const question = await chat.say('Zeige das Team Garage');
    expect(question).toContain('„Garage“');
    expect(question).toContain('2. **Büro Süd**');
    const answer = await chat.say('das zweite');
    expect(chat.steps()).toEqual([[getTeam(office.id)]]);
    expect(answer).toContain('Büro Süd');
  });
});

describe('databases', () => {
  it.each([
    'Which databases does Workshop have?',
    "Show Workshop's databases",
    'databases of the Workshop team',
    'list my databses of workshp',
    'Welche Datenbanken hat das Team Workshop?',
    'Liste die Datenbanken des Teams Workshop auf',
  ])('lists those of one team for “%s”', async (text) => {
    const chat = startChat();
    const answer = await chat.say(text);
    expect(chat.steps()).toEqual([[listTeams], [getDatabases(workshop.id)]]);
    expect(answer).toContain('| Orders | `pq8r3s6t0u4v` |');
    expect(answer).not.toContain('Kunden');
  });

  it.each([
    'Show all databases of my company',
    'databases',
    'Zeige mir alle Datenbanken unserer Firma',
    'Datenbanken aller Teams',
  ])('lists those of all teams in one step for “%s”', async (text) => {
    const chat = startChat();
    const answer = await chat.say(text);
    expect(chat.steps()).toEqual([[listTeams], [workshop, office, marketing].map(({ id }) => getDatabases(id))]);
    expect(answer).toContain('| Kunden | `zx9y8w7v6u5t` | Büro Süd |');
  });

  it('goes straight to the databases of a team by its id', async () => {
    const chat = startChat();
    await chat.say(`databases of team ${office.id}`);
    expect(chat.steps()).toEqual([[getDatabases(office.id)]]);
  });

  it.each(['the second one', '2', 'team 2', 'Büro Süd', 'and the databases of Buero Sued?'])(
    'understands “%s” after the list of teams',
    async (text) => {
      const chat = startChat();
      await chat.say('Which teams do I have?');
      await chat.say(text);
      expect(chat.steps()).toEqual([[getDatabases(office.id)]]);
    },
  );

  it('knows which team “its” speaks of', async () => {
    const chat = startChat();
    await chat.say('Show me team Workshop');
    await chat.say('and its databases?');
    expect(chat.steps()).toEqual([[getDatabases(workshop.id)]]);
  });

  it('finds the team of a database', async () => {
    expect(await startChat().say('Welches Team hat die Datenbank Kunden?')).toContain('gehört zum Team **Büro Süd**');
  });

  it('shows what it got and what was refused when one team cannot be read', async () => {
    const play: PlayTool = (call) =>
      call.input.team_id === office.id ? refusal('RESOURCE_NOT_GRANTED', 'That team is not granted.') : playNinox(call);
    const answer = await startChat({ play }).say('all databases');
    expect(answer).toContain('Orders');
    expect(answer).toContain('outside of what this persona may see');
    expect(answer).not.toMatch(/RESOURCE_NOT_GRANTED|That team is not granted/);
  });
});

describe('what it cannot do', () => {
  it.each([
    ['Which tables are in CRM?', 'cannot see the tables'],
    ['Zeig die Datensätze der Tabelle A', 'kann ich nicht lesen'],
    ['Create a record in Orders', 'cannot do that'],
    ['Ändere Datensatz 3 in Tabelle A', 'Das kann ich nicht'],
    ['undo the delete of record 12 in table B of Orders', 'cannot do that'],
  ])('says so for “%s” and calls nothing', async (text, words) => {
    const chat = startChat();
    expect(await chat.say(text)).toContain(words);
    expect(chat.calls()).toEqual([]);
  });

  it('names the tool that is missing', async () => {
    const chat = startChat({ tools: ['ninox_get_databases'] });
    const answer = await chat.say('databases of Workshop');
    expect(answer).toContain('ninox_list_teams');
    expect(chat.calls()).toEqual([]);
  });

  it('repeats a refusal in its own words and claims nothing', async () => {
    const message = 'The persona “Ada” does not hold the permission ninox:teams:read.';
    const answer = await startChat({ play: () => refusal('TOOL_NOT_GRANTED', message) }).say('teams');
    expect(answer).toContain('this persona may not use that tool');
    expect(answer).not.toContain(message);
    expect(answer).not.toContain('You have');
  });

  it.each([
    { type: 'text', value: 'ok' },
    { type: 'json', value: { teams: 'many' } },
    { type: 'error-text', value: 'It broke.' },
  ] as const)('ends in words on a result it cannot use: $type', async (output) => {
    const answer = await startChat({ play: () => output }).say('teams');
    expect(answer).toContain('could not get that');
  });

  it('says that it could not look when it may call nothing', async () => {
    const chat = startChat();
    expect(await chat.say('all databases', { callSteps: 0 })).toContain('no tool call now');
    expect(chat.calls()).toEqual([]);
  });

  it('summarises what it knows when it may call nothing more', async () => {
    const chat = startChat();
    const answer = await chat.say('delete record 12 in table B of Orders', { callSteps: 2 });
    expect(chat.calls().map(({ tool }) => tool)).not.toContain('ninox_delete_record');
    expect(answer).toContain('not finished');
    expect(answer).toContain('| Workshop |');
    expect(answer).toContain('| Orders |');
    expect(await chat.say('go on')).toContain('Shall I delete exactly that?');
    await chat.say('yes');
    expect(chat.calls()).toEqual([expect.objectContaining({ tool: 'ninox_delete_record' })]);
  });
});
