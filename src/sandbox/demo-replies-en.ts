import type { AnsweredCall, Refusal } from './demo-conversation.ts';
import type { FoundDatabase, Place, RecordAddress } from './demo-intents.ts';
import { type Deletion, deletionsIn, toolNames } from './demo-knowledge.ts';
import { code, leftOut, numbered, plain, table } from './demo-markdown.ts';
import { effectOf, reasonOf, toldOf } from './demo-reasons.ts';

const whatThisIs = 'I am the **offline demo model**: a small set of rules, not an AI.';

const abilities: readonly (readonly [tool: string, line: string])[] = [
  [toolNames.listTeams, 'list your teams'],
  [toolNames.getTeam, 'show one team by its name or id'],
  [toolNames.getDatabases, 'list the databases of one team or of all teams'],
  [toolNames.deleteRecord, 'delete one record, once team, database, table id and record id are clear'],
];

const nameOf = (place: Place) =>
  place.name === place.id ? code(place.id) : `**${plain(place.name)}** (${code(place.id)})`;
const option = (place: Place) => nameOf(place) + (place.team === undefined ? '' : `, team ${plain(place.team.name)}`);
const options = (places: readonly Place[]) => numbered(places.map(option)) + more(places.length);
const more = (count: number) => (leftOut(count) > 0 ? `\n\n… and ${leftOut(count)} more.` : '');
const counted = (count: number, one: string, many: string) => (count === 1 ? `one ${one}` : `${count} ${many}`);
const reasons = (refusals: readonly Refusal[]) =>
  [...new Set(refusals.map((refusal) => reasonOf(refusal.code, 'en')))].join('; ');
const told = (refusals: readonly Refusal[]) => [...new Set(refusals.map((refusal) => toldOf(refusal, 'en')))].join('');
const effects: Readonly<Record<Deletion['effect'], string>> = {
  deleted: 'deleted',
  none: 'not deleted',
  unknown: 'it is not known whether it was deleted',
  unconfirmed: 'not confirmed as deleted',
};
const addressOf = ({ record, table: tableId, ...place }: RecordAddress) =>
  `record ${code(record)} of table ${code(tableId)} in ${placeOf(place)}`;
const placeOf = ({ database, team }: FoundDatabase) => `database ${nameOf(database)} of team ${nameOf(team)}`;

function canDo(tools: readonly string[]): string {
  const lines = abilities.filter(([tool]) => tools.includes(tool)).map(([, line]) => `- ${line}`);
  if (lines.length === 0) return 'This persona has given me no tool, so I can only talk about what I am.';
  return `With the tools of this persona I can:\n\n${lines.join('\n')}`;
}

export const englishReplies = {
  whatThisIs: () => whatThisIs,
  abilities: canDo,
  introduction: (tools: readonly string[]) =>
    [
      whatThisIs,
      canDo(tools),
      'Try for example:\n\n- “Which teams do I have?”\n- “Show all databases of my company”',
      'To talk to a real model instead, set `OPENAI_API_KEY` and start the service again.',
    ].join('\n\n'),
  welcome: () => 'You are welcome.',
  cancelled: () => 'All right, I do nothing. Nothing was changed.',

  teams: (teams: readonly Place[]) =>
    teams.length === 0
      ? 'There is no team that I may see here.'
      : `You have ${counted(teams.length, 'team', 'teams')}:\n\n${table(
          ['Team', 'Id'],
          teams.map((team) => [plain(team.name), code(team.id)]),
        )}${more(teams.length)}`,
  noTeams: () => 'There is no team that I may see here.',
  offerDatabases: () => 'Name a team to see its databases.',
  team: (team: Place) => `${table(['Team', 'Id'], [[plain(team.name), code(team.id)]])}`,
  whichTeam: (teams: readonly Place[]) => `Which team do you mean?\n\n${options(teams)}`,
  severalTeams: (said: string, teams: readonly Place[]) =>
    `Several teams fit “${plain(said)}”. Which one do you mean?\n\n${options(teams)}`,
  teamNotFound: (said: string, teams: readonly Place[]) =>
    `I found no team “${plain(said)}”. These are the teams I see; which one do you mean?\n\n${options(teams)}`,
  tooManyTeams: (teams: readonly Place[]) =>
    `There are ${teams.length} teams, too many to look through one by one. Which one do you mean?\n\n${options(teams)}`,
  didYouMean: (places: readonly Place[]) =>
    places.length === 1
      ? `I am not sure. Did you mean ${places.map(option).join('')}? Answer yes or no.`
      : `I am not sure. Which of these did you mean?\n\n${options(places)}`,

  databases: (teams: readonly Place[], databases: readonly Place[]) => {
    const [team, second] = teams;
    const where = team !== undefined && second === undefined ? `Team ${nameOf(team)}` : `Your ${teams.length} teams`;
    const verb = second === undefined ? 'has' : 'have';
    if (databases.length === 0) return `${where} ${verb} no database that I may see.`;
    const isOne = second === undefined;
    return `${where} ${verb} ${counted(databases.length, 'database', 'databases')}${isOne ? '' : ' in all'}:\n\n${table(
      isOne ? ['Database', 'Id'] : ['Database', 'Id', 'Team'],
      databases.map((found) => [plain(found.name), code(found.id), ...(isOne ? [] : [plain(found.team?.name ?? '')])]),
    )}${more(databases.length)}`;
  },
  database: (database: Place, team: Place) => `Database ${nameOf(database)} is in team ${nameOf(team)}.`,
  noDatabases: () => 'I see no database there, so there is nothing to choose from.',
  whichDatabase: (databases: readonly Place[]) => `Which database do you mean?\n\n${options(databases)}`,
  severalDatabases: (said: string, databases: readonly Place[]) =>
    `Several databases fit “${plain(said)}”. Which one do you mean?\n\n${options(databases)}`,
  databaseNotFound: (said: string, databases: readonly Place[]) =>
    `I found no database “${plain(said)}”. These are the databases I see; which one do you mean?\n\n${options(databases)}`,
  mayBeTable: (said: string) =>
    `\n\nIf “${plain(said)}” is a table, I need its database from this list, and then the id of the table.`,

  oneRecordOnly: () =>
    'I delete exactly one record at a time, never several or all. Which one? Give its record id, a whole number such as 12.',
  noConditions: () =>
    'I cannot check conditions or wait, so I deleted nothing. If the record is to go in any case, ask again without the condition.',
  whichIds: (place: FoundDatabase, need: { table: boolean; record: boolean; namedTable: string | null }) => {
    const wanted = [
      need.table ? 'the id of the table (letters such as A or AB)' : '',
      need.record ? 'the id of the record (a whole number)' : '',
    ];
    const named =
      need.namedTable === null
        ? ''
        : `I cannot look up the table “${plain(need.namedTable)}” by its name: no tool here lists tables.\n\n`;
    return `${named}To delete one record in ${placeOf(place)} I still need ${wanted.filter((part) => part !== '').join(' and ')}.`;
  },
  shallIDelete: (address: RecordAddress) =>
    `This would delete ${addressOf(address)}. Shall I delete exactly that? (yes/no)`,
  recordDeleted: (address: RecordAddress) => `Done: ${addressOf(address)} was deleted.`,
  aboutToDelete: (address: RecordAddress) => `I ask for the deletion of ${addressOf(address)}.`,
  callChanged: () => 'A person has changed the call before it was made.',
  deletionRefused: (address: RecordAddress, refusal: Refusal) =>
    ({
      none: `**Nothing was deleted.** I asked to delete ${addressOf(address)}, but ${reasonOf(refusal.code, 'en')}.${toldOf(refusal, 'en')}`,
      unknown: `It is not known whether ${addressOf(address)} was deleted: ${reasonOf(refusal.code, 'en')}. The service looks it up by itself and tells the result here. Look in Ninox before you try again.`,
      unconfirmed: `The deletion of ${addressOf(address)} **is not confirmed**: ${reasonOf(refusal.code, 'en')}. Look in Ninox before you try again.`,
    })[effectOf(refusal.code)],
  onlyRecordsAreDeleted: () =>
    'I cannot delete teams, databases or tables; there is no tool for it. I can only delete one single record.',
  howToDelete: () =>
    'I deleted nothing: I took that for a question. To delete a record, name all of it, for example “Delete record 12 in table A of database …”. The service may then ask a person for approval first.',
  deletionsSoFar: (deletions: readonly Deletion[]) => {
    if (deletions.length === 0) return 'In this conversation I have deleted nothing.';
    const lines = deletions.map(
      ({ record, table: tableId, effect }) => `- record ${code(record)} of table ${code(tableId)}: ${effects[effect]}`,
    );
    return `In this conversation I asked for these deletions:\n\n${lines.join('\n')}`;
  },

  lastResult: (call: AnsweredCall | undefined) => {
    if (call === undefined) return 'In this conversation no tool was called yet, so there is no result to tell of.';
    const [deletion] = deletionsIn({ turn: call.turn, calls: [call] });
    if (deletion !== undefined) {
      const why = call.outcome.ok ? '' : ` (${reasonOf(call.outcome.refusal.code, 'en')})`;
      return `The last call was for the deletion of record ${code(deletion.record)} of table ${code(deletion.table)}. Result: ${effects[deletion.effect]}${why}.`;
    }
    return call.outcome.ok
      ? 'Yes: the last tool call was answered. It only read; nothing was changed.'
      : `No: the last tool call did not work, because ${reasonOf(call.outcome.refusal.code, 'en')}.`;
  },
  nothingToConfirm: () => 'There is nothing to confirm: I have asked no question that is still open.',
  onlyOneTeam: (said: string, team: Place) =>
    `This persona sees only one team, ${nameOf(team)}, so I cannot tell anything about “${plain(said)}”. Whoever manages the persona can change that.`,
  alike: (groups: readonly (readonly Place[])[], count: number) =>
    groups.length === 0
      ? `No two of the ${count} databases here have the same or nearly the same name.`
      : `These databases have the same or nearly the same name:\n\n${groups.map((group) => `- ${group.map(option).join(' and ')}`).join('\n')}`,
  marked: (databases: readonly Place[]) =>
    databases.length === 0
      ? 'I see no database whose name says that it is old, a copy or a test.'
      : `The name says old, copy, test or the like:\n\n${databases.map((found) => `- ${option(found)}`).join('\n')}`,
  onlyNames: () => 'I went by the names only; I cannot look inside.',
  cleanUp: () => 'In each of these I can delete single records, one at a time, when you name table and record.',
  namesFound: (said: string, places: readonly Place[]) =>
    places.length === 0
      ? `I see no team and no database named like “${plain(said)}”.`
      : `These names fit “${plain(said)}”:\n\n${places.map((found) => `- ${found.team === undefined ? 'team' : 'database'} ${option(found)}`).join('\n')}`,

  refused: (refusals: readonly Refusal[]) => `I could not get that: ${reasons(refusals)}.${told(refusals)}`,
  alsoRefused: (refusals: readonly Refusal[]) =>
    refusals.length === 0 ? '' : `\n\nNot all teams could be read, so this may be incomplete: ${reasons(refusals)}.`,
  toolMissing: (tool: string) => {
    const doing = abilities.find(([name]) => name === tool)?.[1] ?? 'do that';
    const hint =
      tool === toolNames.listTeams ? ' Give me the team’s id instead of its name and I can go on without it.' : '';
    return `For this I would have to ${doing}, but this persona has not given me the tool ${code(tool)}.${hint}`;
  },
  noTablesTool: () => 'I cannot see the tables of a database: I know no tool that lists them.',
  noRecordsTool: () => 'I cannot read the records of a table: I know no tool that shows them.',
  noChangeTool: () =>
    'I cannot do that: I know no tool that creates, changes, restores or sends anything. A deletion that was made here can be taken back by a person, with “Undo” at the call.',
  stoppedEarly: (calls: number): string =>
    calls === 0
      ? 'I may make no tool call now, so I cannot answer this yet. Ask again to let me look.'
      : 'I may make no further tool call now, so this is not finished. What I know so far:',
};
