import type { Refusal } from './demo-conversation.ts';
import type { FoundDatabase, Place, RecordAddress } from './demo-intents.ts';
import { type Deletion, deletionsIn, toolNames } from './demo-knowledge.ts';
import { code, leftOut, numbered, plain, table } from './demo-markdown.ts';
import { effectOf, reasonOf, toldOf } from './demo-reasons.ts';
import type { englishReplies } from './demo-replies-en.ts';

const whatThisIs = 'Ich bin das **Offline-Demomodell**: ein kleiner Satz von Regeln, keine KI.';

const abilities: readonly (readonly [tool: string, line: string])[] = [
  [toolNames.listTeams, 'deine Teams auflisten'],
  [toolNames.getTeam, 'ein Team anhand von Name oder ID zeigen'],
  [toolNames.getDatabases, 'die Datenbanken eines Teams oder aller Teams auflisten'],
  [toolNames.deleteRecord, 'einen Datensatz löschen, sobald Team, Datenbank, Tabellen-ID und Datensatz-ID klar sind'],
];

const nameOf = (place: Place) =>
  place.name === place.id ? code(place.id) : `**${plain(place.name)}** (${code(place.id)})`;
const option = (place: Place) => nameOf(place) + (place.team === undefined ? '' : `, Team ${plain(place.team.name)}`);
const options = (places: readonly Place[]) => numbered(places.map(option)) + more(places.length);
const more = (count: number) => (leftOut(count) > 0 ? `\n\n… und ${leftOut(count)} weitere.` : '');
const counted = (count: number, one: string, many: string) => (count === 1 ? one : `${count} ${many}`);
const reasons = (refusals: readonly Refusal[]) =>
  [...new Set(refusals.map((refusal) => reasonOf(refusal.code, 'de')))].join('; ');
const told = (refusals: readonly Refusal[]) => [...new Set(refusals.map((refusal) => toldOf(refusal, 'de')))].join('');
const effects: Readonly<Record<Deletion['effect'], string>> = {
  deleted: 'gelöscht',
  none: 'nicht gelöscht',
  unknown: 'es ist nicht bekannt, ob er gelöscht wurde',
  unconfirmed: 'nicht als gelöscht bestätigt',
};
const addressOf = ({ record, table: tableId, ...place }: RecordAddress) =>
  `Datensatz ${code(record)} der Tabelle ${code(tableId)} in der ${placeOf(place)}`;
const placeOf = ({ database, team }: FoundDatabase) => `Datenbank ${nameOf(database)} des Teams ${nameOf(team)}`;

function canDo(tools: readonly string[]): string {
  const lines = abilities.filter(([tool]) => tools.includes(tool)).map(([, line]) => `- ${line}`);
  if (lines.length === 0) return 'Diese Persona hat mir kein Werkzeug gegeben, also kann ich nur sagen, was ich bin.';
  return `Mit den Werkzeugen dieser Persona kann ich:\n\n${lines.join('\n')}`;
}

export const germanReplies: typeof englishReplies = {
  whatThisIs: () => whatThisIs,
  abilities: canDo,
  introduction: (tools) =>
    [
      whatThisIs,
      canDo(tools),
      'Probiere zum Beispiel:\n\n- „Welche Teams habe ich?“\n- „Zeige alle Datenbanken meiner Firma“',
      'Für ein echtes Modell setze `OPENAI_API_KEY` und starte den Dienst neu.',
    ].join('\n\n'),
  welcome: () => 'Gern geschehen.',
  cancelled: () => 'In Ordnung, ich tue nichts. Es wurde nichts geändert.',

  teams: (teams) =>
    teams.length === 0
      ? 'Hier gibt es kein Team, das ich sehen darf.'
      : `Du hast ${counted(teams.length, 'ein Team', 'Teams')}:\n\n${table(
          ['Team', 'ID'],
          teams.map((team) => [plain(team.name), code(team.id)]),
        )}${more(teams.length)}`,
  noTeams: () => 'Hier gibt es kein Team, das ich sehen darf.',
  offerDatabases: () => 'Nenne ein Team, um seine Datenbanken zu sehen.',
  team: (team) => table(['Team', 'ID'], [[plain(team.name), code(team.id)]]),
  whichTeam: (teams) => `Welches Team meinst du?\n\n${options(teams)}`,
  severalTeams: (said, teams) => `Mehrere Teams passen zu „${plain(said)}“. Welches meinst du?\n\n${options(teams)}`,
  teamNotFound: (said, teams) =>
    `Ein Team „${plain(said)}“ habe ich nicht gefunden. Diese Teams sehe ich; welches meinst du?\n\n${options(teams)}`,
  tooManyTeams: (teams) =>
    `Es gibt ${teams.length} Teams, zu viele, um alle zu durchsuchen. Welches meinst du?\n\n${options(teams)}`,
  didYouMean: (places) =>
    places.length === 1
      ? `Ich bin nicht sicher. Meinst du ${places.map(option).join('')}? Antworte mit Ja oder Nein.`
      : `Ich bin nicht sicher. Was davon meinst du?\n\n${options(places)}`,

  databases: (teams, databases) => {
    const [team, second] = teams;
    const isOne = second === undefined;
    const where = team !== undefined && isOne ? `Das Team ${nameOf(team)} hat` : `Deine ${teams.length} Teams haben`;
    if (databases.length === 0) return `${where} keine Datenbank, die ich sehen darf.`;
    return `${where} ${isOne ? '' : 'zusammen '}${counted(databases.length, 'eine Datenbank', 'Datenbanken')}:\n\n${table(
      isOne ? ['Datenbank', 'ID'] : ['Datenbank', 'ID', 'Team'],
      databases.map((found) => [plain(found.name), code(found.id), ...(isOne ? [] : [plain(found.team?.name ?? '')])]),
    )}${more(databases.length)}`;
  },
  database: (database, team) => `Die Datenbank ${nameOf(database)} gehört zum Team ${nameOf(team)}.`,
  noDatabases: () => 'Dort sehe ich keine Datenbank, also gibt es nichts zur Auswahl.',
  whichDatabase: (databases) => `Welche Datenbank meinst du?\n\n${options(databases)}`,
  severalDatabases: (said, databases) =>
    `Mehrere Datenbanken passen zu „${plain(said)}“. Welche meinst du?\n\n${options(databases)}`,
  databaseNotFound: (said, databases) =>
    `Eine Datenbank „${plain(said)}“ habe ich nicht gefunden. Diese Datenbanken sehe ich; welche meinst du?\n\n${options(databases)}`,
  mayBeTable: (said) =>
    `\n\nFalls „${plain(said)}“ eine Tabelle ist, brauche ich ihre Datenbank aus dieser Liste und danach die ID der Tabelle.`,

  oneRecordOnly: () =>
    'Ich lösche immer nur genau einen Datensatz, nie mehrere oder alle. Welchen? Nenne seine Datensatz-ID, eine ganze Zahl wie 12.',
  noConditions: () =>
    'Ich kann keine Bedingungen prüfen und nicht warten, also habe ich nichts gelöscht. Soll der Datensatz auf jeden Fall weg, frage ohne die Bedingung noch einmal.',
  whichIds: (place, need) => {
    const wanted = [
      need.table ? 'die ID der Tabelle (Buchstaben wie A oder AB)' : '',
      need.record ? 'die ID des Datensatzes (eine ganze Zahl)' : '',
    ];
    const named =
      need.namedTable === null
        ? ''
        : `Die Tabelle „${plain(need.namedTable)}“ kann ich nicht nach ihrem Namen suchen: Kein Werkzeug hier listet Tabellen auf.\n\n`;
    return `${named}Um einen Datensatz in der ${placeOf(place)} zu löschen, brauche ich noch ${wanted.filter((part) => part !== '').join(' und ')}.`;
  },
  shallIDelete: (address) => `Das würde ${addressOf(address)} löschen. Soll ich genau das löschen? (ja/nein)`,
  recordDeleted: (address) => `Erledigt: ${addressOf(address)} wurde gelöscht.`,
  aboutToDelete: (address) => `Ich verlange die Löschung: ${addressOf(address)}.`,
  callChanged: () => 'Ein Mensch hat den Aufruf geändert, bevor er gemacht wurde.',
  deletionRefused: (address, refusal) =>
    ({
      none: `**Es wurde nichts gelöscht.** Ich wollte ${addressOf(address)} löschen, aber ${reasonOf(refusal.code, 'de')}.${toldOf(refusal, 'de')}`,
      unknown: `Es ist nicht bekannt, ob ${addressOf(address)} gelöscht ist: ${reasonOf(refusal.code, 'de')}. Der Dienst sieht von selbst nach und meldet hier das Ergebnis. Sieh in Ninox nach, bevor du es noch einmal versuchst.`,
      unconfirmed: `Die Löschung **ist nicht bestätigt** (${addressOf(address)}): ${reasonOf(refusal.code, 'de')}. Sieh in Ninox nach, bevor du es noch einmal versuchst.`,
    })[effectOf(refusal.code)],
  onlyRecordsAreDeleted: () =>
    'Teams, Datenbanken oder Tabellen kann ich nicht löschen, dafür gibt es kein Werkzeug. Ich kann nur einen einzelnen Datensatz löschen.',
  howToDelete: () =>
    'Ich habe nichts gelöscht, denn ich habe das als Frage verstanden. Um einen Datensatz zu löschen, nenne alles dazu, zum Beispiel „Lösche Datensatz 12 aus Tabelle A der Datenbank …“. Der Dienst fragt dann vielleicht erst einen Menschen um Freigabe.',
  deletionsSoFar: (deletions) => {
    if (deletions.length === 0) return 'In diesem Gespräch habe ich nichts gelöscht.';
    const lines = deletions.map(
      ({ record, table: tableId, effect }) =>
        `- Datensatz ${code(record)} der Tabelle ${code(tableId)}: ${effects[effect]}`,
    );
    return `In diesem Gespräch habe ich diese Löschungen verlangt:\n\n${lines.join('\n')}`;
  },

  lastResult: (call) => {
    if (call === undefined) return 'In diesem Gespräch wurde noch kein Werkzeug benutzt, also gibt es kein Ergebnis.';
    const [deletion] = deletionsIn({ turn: call.turn, calls: [call] });
    if (deletion !== undefined) {
      const why = call.outcome.ok ? '' : ` (${reasonOf(call.outcome.refusal.code, 'de')})`;
      return `Der letzte Aufruf galt der Löschung von Datensatz ${code(deletion.record)} der Tabelle ${code(deletion.table)}. Ergebnis: ${effects[deletion.effect]}${why}.`;
    }
    return call.outcome.ok
      ? 'Ja: Der letzte Aufruf wurde beantwortet. Er hat nur gelesen; geändert wurde nichts.'
      : `Nein, der letzte Aufruf hat nicht geklappt: ${reasonOf(call.outcome.refusal.code, 'de')}.`;
  },
  nothingToConfirm: () => 'Es gibt nichts zu bestätigen: Von mir ist keine Frage mehr offen.',
  onlyOneTeam: (said, team) =>
    `Diese Persona sieht nur ein Team, ${nameOf(team)}. Zu „${plain(said)}“ kann ich deshalb nichts sagen. Wer die Persona verwaltet, kann das ändern.`,
  alike: (groups, count) =>
    groups.length === 0
      ? `Von den ${count} Datenbanken hier haben keine zwei denselben oder fast denselben Namen.`
      : `Diese Datenbanken haben denselben oder fast denselben Namen:\n\n${groups.map((group) => `- ${group.map(option).join(' und ')}`).join('\n')}`,
  marked: (databases) =>
    databases.length === 0
      ? 'Ich sehe keine Datenbank, deren Name sagt, dass sie alt, eine Kopie oder ein Test ist.'
      : `Der Name sagt alt, Kopie, Test oder Ähnliches:\n\n${databases.map((found) => `- ${option(found)}`).join('\n')}`,
  onlyNames: () => 'Ich bin nur nach den Namen gegangen; hineinsehen kann ich nicht.',
  cleanUp: () =>
    'In jeder davon kann ich einzelne Datensätze löschen, einen nach dem anderen, wenn du Tabelle und Datensatz nennst.',
  namesFound: (said, places) =>
    places.length === 0
      ? `Ich sehe kein Team und keine Datenbank mit einem Namen wie „${plain(said)}“.`
      : `Diese Namen passen zu „${plain(said)}“:\n\n${places.map((found) => `- ${found.team === undefined ? 'Team' : 'Datenbank'} ${option(found)}`).join('\n')}`,

  refused: (refusals) => `Das konnte ich nicht bekommen: ${reasons(refusals)}.${told(refusals)}`,
  alsoRefused: (refusals) =>
    refusals.length === 0
      ? ''
      : `\n\nNicht alle Teams ließen sich lesen, also fehlt hier vielleicht etwas: ${reasons(refusals)}.`,
  toolMissing: (tool) => {
    const doing = abilities.find(([name]) => name === tool)?.[1] ?? 'das tun';
    const hint =
      tool === toolNames.listTeams ? ' Nenne mir die ID des Teams statt seines Namens, dann geht es ohne.' : '';
    return `Dafür müsste ich etwas können, das mir diese Persona nicht erlaubt: ${doing}. Mir fehlt das Werkzeug ${code(tool)}.${hint}`;
  },
  noTablesTool: () => 'Die Tabellen einer Datenbank kann ich nicht sehen: Ich kenne kein Werkzeug, das sie auflistet.',
  noRecordsTool: () => 'Die Datensätze einer Tabelle kann ich nicht lesen: Ich kenne kein Werkzeug, das sie zeigt.',
  noChangeTool: () =>
    'Das kann ich nicht: Ich kenne kein Werkzeug, das etwas anlegt, ändert, wiederherstellt oder sendet. Eine Löschung von hier kann ein Mensch zurücknehmen, mit „Undo“ an dem Aufruf.',
  stoppedEarly: (calls) =>
    calls === 0
      ? 'Ich darf jetzt kein Werkzeug benutzen und kann das noch nicht beantworten. Frage noch einmal, damit ich nachsehe.'
      : 'Ich darf jetzt kein weiteres Werkzeug benutzen, also ist das nicht fertig. Das weiß ich bisher:',
};
