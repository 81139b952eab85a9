import { isWithinSlips, keyOf, type Language } from './demo-text.ts';

/** The four things a request can name. */
export const slots = ['team', 'database', 'table', 'record'] as const;
export type Slot = (typeof slots)[number];

export interface SlotWord {
  readonly slot: Slot;
  readonly plural: boolean;
}

const words = (text: string): string[] => text.split(/\s+/).filter(Boolean).map(keyOf);
const wordSet = (text: string): ReadonlySet<string> => new Set(words(text));

const slotWords: ReadonlyMap<string, SlotWord> = new Map(
  (
    [
      ['team', false, 'team workspace arbeitsbereich arbeitsbereichs'],
      ['team', true, 'teams workspaces arbeitsbereiche arbeitsbereichen'],
      ['database', false, 'database db datenbank'],
      ['database', true, 'databases dbs datenbanken'],
      ['table', false, 'table tabelle'],
      ['table', true, 'tables tabellen'],
      ['record', false, 'record row entry datensatz datensatzes eintrag eintrags eintrages zeile'],
      ['record', true, 'records rows entries datensätze datensätzen einträge einträgen zeilen'],
    ] as const
  ).flatMap(([slot, plural, text]) => words(text).map((key) => [key, { slot, plural }] as const)),
);

/** What a word names, tolerating one slip in the long ones. */
export function slotWordOf(key: string): SlotWord | null {
  const exact = slotWords.get(key);
  if (exact !== undefined) return exact;
  if (key.length < 7) return null;
  for (const [word, slotWord] of slotWords) {
    if (word.length >= 7 && isWithinSlips(key, word, 1)) return slotWord;
  }
  return null;
}

/** Words between a thing and its name or id: “team with the id …”. */
export const fillerWords = wordSet(
  'called named with the id ids name nr no number number: mit der dem den namens nummer kennung is ist heißt heisst',
);

/** Words that tie what follows to what came before: “databases of …”, “Datenbanken hat …”. */
export const linkWords = wordSet(
  'of in from for within inside under does has have von vom aus im für des bei beim hat haben zu zum zur',
);

export const articleWords = wordSet(
  'the a an this that my our der die das den dem des ein eine einer einem einen mein meine meiner meinem meinen unser unsere unserer unserem unseren dieser dieses diese diesem',
);

/** Genitive markers that make German “Teams” one team. */
export const genitiveWords = wordSet('des eines dieses meines unseres');

export const deleteWords = wordSet(
  'delete remove erase drop wipe purge destroy trash lösche löschen lösch entferne entfernen entfern',
);
export const deletedWords = wordSet('deleted removed erased gelöscht entfernt');
export const negationWords = wordSet("don't don’t dont not never nicht kein keine keinen niemals nie");
export const conditionWords = wordSet(
  'if unless when once until before after tomorrow later myself falls wenn bevor nachdem selbst selber sofern sobald sonst morgen später',
);
/** Words that make a question of any sentence about deleting. */
export const askingWords = wordSet('how why whether who know wonder wie warum weshalb wissen ob');
/** Openings of a question about deleting, which is no order to delete. */
export const wonderWords = wordSet('is are who what should may would ist sind was wer soll sollte sollen darf');
/** Openings of a question about what was deleted before. */
export const reportWords = wordSet('did');
export const listWords = wordSet(
  'list show display give tell get fetch find which what whats see where zeig zeige zeigen liste listen auflisten nenne nenn gib welche welches welcher welchen was finde such suche wo wieviele',
);
export const everythingWords = wordSet(
  'all every everything each both whole entire alle aller allen alles jede jeden jedes beide ganze ganzen sämtliche sämtlichen total overall insgesamt',
);
/** “All but 12” names the one record that is to stay. */
export const exceptWords = wordSet(
  'except but other others rest apart besides außer ausser andere anderen übrige übrigen',
);
/** A place in an order that no tool shows: “the 3 oldest”. */
export const rankWords = wordSet(
  'newest oldest latest recent top neueste neuesten älteste ältesten jüngste jüngsten oberste obersten',
);
export const unsupportedWords = wordSet(
  `create add insert update change edit rename move copy export import restore undo recover revert send email write
   erstelle erstellen anlegen hinzufügen ändere ändern aktualisiere aktualisieren bearbeite bearbeiten umbenennen verschiebe verschieben
   kopiere kopieren exportiere exportieren importiere importieren wiederherstellen rückgängig sende senden schicke schicken schreibe schreiben`,
);
export const companyWords = wordSet('company business firm organization organisation firma unternehmen betrieb');
export const pronounWords = wordSet('it its their there dort darin davon deren dessen');
export const greetingWords = wordSet('hello hi hey morning afternoon evening hallo moin servus grüezi tag abend');
export const helpWords = wordSet('help hilfe helfen');
export const thanksWords = wordSet('thanks thank thx danke dankeschön');
export const yesWords = wordSet(
  'yes y yep yeah ok okay sure right correct exactly ja jawohl jo genau richtig klar gerne gern stimmt',
);
export const noWords = wordSet(
  'no n nope cancel stop abort neither none nein nö nee abbrechen abbruch stopp vergiss lass keins keines keiner',
);
export const againWords = wordSet('again retry continue proceed nochmal erneut weiter fortfahren');
/** Words in a database’s name that say it is not the one in use. */
export const markWords = wordSet(
  'old copy backup test archive archived deprecated duplicate alt alte alter altes alten kopie sicherung archiv archiviert veraltet veraltete',
);
export const duplicateWords = wordSet(
  'duplicate duplicates duplicated twice redundant similar alike identical doppelt doppelte doppelten duplikat duplikate dublette dubletten ähnlich ähnliche ähnlichen gleiche gleichen',
);
export const joinWords = wordSet('and or und oder');

/** Positions in a list that was shown; -1 is the last one. */
export const ordinals: ReadonlyMap<string, number> = new Map(
  (
    [
      [0, 'first 1st erste erster erstes ersten'],
      [1, 'second 2nd zweite zweiter zweites zweiten'],
      [2, 'third 3rd dritte dritter drittes dritten'],
      [3, 'fourth 4th vierte vierter viertes vierten'],
      [4, 'fifth 5th fünfte fünfter fünftes fünften'],
      [-1, 'last letzte letzter letztes letzten'],
    ] as const
  ).flatMap(([position, text]) => words(text).map((key) => [key, position] as const)),
);

/** Words that carry no name. They end a name that is being read, but a known name may still contain them. */
const plainWords = wordSet(
  `a an the this that these those my our your his her me you i we us they them he she who and or but so then please kindly just also too only
   are be been am was were will would can could should may might must do did done get got want need like know there here about on to by at as
   with without into out up off not than more most many much some any one ones option moment now today currently exist available see use access
   details detail information info tell give let lets do think mean meant sure ids
   ich du er sie es wir ihr mir mich dir dich uns euch ihnen mein meine meiner meinem meinen unser unsere unserer unserem unseren
   der die das den dem des ein eine einer einem einen eines dieser dieses diese diesem und oder aber auch nur noch mal bitte doch denn so
   sind bin war waren werden wird kann kannst können könnte könntest könnten sollst möchte möchten will wollen brauche habe hab gibt gib es da hier dort
   an auf ab zu mit ohne bei nach um über als wie wer wo warum viele viel wieviel mehr jetzt gerade heute aktuell verfügbar vorhanden
   details einzelheiten infos informationen angaben einzelne einzelnen meine meinst nimm nehmen herzlich guten gute good
   how why what's whats isn't von vom weg raus somewhere anywhere irgendwo`,
);

const passedOver = [
  plainWords,
  linkWords,
  articleWords,
  deleteWords,
  deletedWords,
  negationWords,
  conditionWords,
  askingWords,
  wonderWords,
  listWords,
  everythingWords,
  unsupportedWords,
  companyWords,
  pronounWords,
  greetingWords,
  helpWords,
  thanksWords,
  yesWords,
  noWords,
  againWords,
  joinWords,
  exceptWords,
  rankWords,
  new Set(ordinals.keys()),
];

export function isPlainWord(key: string): boolean {
  return passedOver.some((set) => set.has(key));
}

const languageWords: Readonly<Record<Language, ReadonlySet<string>>> = {
  en: wordSet(
    `the of is are which what show list delete remove my our your database databases record records table tables hello please yes no thanks
     thank from for with can could you do does have has all and one first second third last help who how i me help don't not company this that tell it if`,
  ),
  de: wordSet(
    `der die das den dem des ein eine einen einer im vom zum zur aus und ist sind hat hast habe welche welches welcher zeig zeige zeigen liste lösche
     löschen lösch entferne bitte mir meine meiner meinem meinen mein unser unsere unserer datenbank datenbanken datensatz datensätze tabelle tabellen
     hallo moin guten danke ja nein nicht wer wie kannst du gibt es alle aller für von mit ich hilfe erste ersten zweite zweiten dritte letzte
     nenne gib firma unternehmen gelöscht wenn falls team-id dort wurde`,
  ),
};

/** The language of a message by its small words, or null when they do not tell. */
export function languageOf(keys: readonly string[]): Language | null {
  const count = (language: Language) => keys.filter((key) => languageWords[language].has(key)).length;
  const lead = count('de') - count('en');
  if (lead === 0) return null;
  return lead > 0 ? 'de' : 'en';
}
