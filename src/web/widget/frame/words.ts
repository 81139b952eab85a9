import type { ComposerWords } from '../../pages/chat/composer.tsx';
import type { Locale } from '../protocol.ts';
import type { Refusal } from './read-attachment.ts';

/** About files that are sent along. */
export interface AttachmentWords {
  readonly attach: string;
  readonly attached: string;
  readonly isAttached: (name: string) => string;
  readonly removeFile: (name: string) => string;
  readonly tooMany: (name: string) => string;
  readonly refused: Readonly<Record<Refusal, (name: string) => string>>;
}

/** What the chat says in its own name. What the persona says is in whatever language it answers. */
export interface FrameWords {
  readonly you: string;
  readonly persona: string;
  readonly messages: string;
  readonly starters: string;
  readonly newConversation: string;
  readonly menu: string;
  readonly close: string;
  readonly loading: string;
  readonly latest: string;
  readonly dismiss: string;
  readonly retry: string;
  readonly cancel: string;
  readonly sampleData: string;
  readonly demoModel: string;
  readonly waiting: {
    readonly title: string;
    readonly guest: string;
    readonly member: string;
    readonly blocked: string;
  };
  readonly work: {
    readonly sent: string;
    readonly writing: string;
    readonly thinking: string;
    readonly stopping: string;
    readonly using: (tool: string) => string;
  };
  readonly tool: Readonly<
    Record<'running' | 'succeeded' | 'failed' | 'denied' | 'outcome_unknown' | 'waiting' | 'undone', string>
  >;
  readonly ending: Readonly<Record<'stopped' | 'interrupted' | 'failed' | 'budget_exceeded', string>>;
  readonly finished: (persona: string, text: string) => string;
  readonly lost: { readonly title: string; readonly text: string; readonly blocked: string };
  readonly notArrived: string;
  readonly unreachable: string;
  readonly problems: Readonly<Record<string, string>>;
  readonly titles: Readonly<Record<string, string>>;
  readonly problemTitle: string;
  readonly link: {
    readonly open: string;
    readonly title: string;
    readonly text: (service: string) => string;
    readonly code: string;
    readonly submit: string;
    readonly sending: string;
    readonly done: (name: string) => string;
  };
  readonly attachments: AttachmentWords;
  readonly composer: (persona: string) => ComposerWords;
}

const english: FrameWords = {
  you: 'You',
  persona: 'AI persona',
  messages: 'Messages',
  starters: 'Suggestions',
  newConversation: 'New conversation',
  menu: 'More',
  close: 'Close chat',
  loading: 'Loading the conversation',
  latest: 'Jump to latest',
  dismiss: 'Dismiss',
  retry: 'Try again',
  cancel: 'Cancel',
  sampleData: 'Sample Ninox data',
  demoModel: 'Offline demo model',
  waiting: {
    title: 'Waits for a decision.',
    guest: 'Somebody of the organization decides. The answer goes on here by itself.',
    member: 'It goes on once everything above is decided.',
    blocked: 'Sending is possible once it is decided.',
  },
  work: {
    sent: 'Waiting for the model',
    writing: 'Writing',
    thinking: 'Thinking',
    stopping: 'Stopping',
    using: (tool) => `Using ${tool}`,
  },
  tool: {
    running: 'running',
    succeeded: 'done',
    failed: 'failed',
    denied: 'not allowed',
    outcome_unknown: 'outcome unknown',
    waiting: 'waits for a decision',
    undone: 'taken back',
  },
  ending: {
    stopped: 'Stopped. Send a new message to go on.',
    interrupted: 'The answer was interrupted. Send your message again to continue.',
    failed: 'There is no full answer. Send your message again in a moment.',
    budget_exceeded: 'This answer has reached its limit. Ask for less in one message.',
  },
  finished: (persona, text) => `New answer from ${persona}: ${text}`,
  lost: {
    title: 'You are offline, or the chat cannot be reached',
    text: 'It is tried again every few seconds. An answer that was being written goes on.',
    blocked: 'Sending is possible again once the chat can be reached.',
  },
  notArrived: 'The message did not arrive. It is back in the box below.',
  unreachable: 'The chat cannot be reached. Check that you are online, then try again.',
  problems: {
    WIDGET_OFF: 'It takes no messages at the moment. Please come back later.',
    ORIGIN_REFUSED: 'It may not be used on this page.',
    IDENTITY_REQUIRED: 'This chat is for people who are signed in on this site. Sign in, then open it again.',
    IDENTITY_INVALID: 'Your sign-in on this site is over. Sign in again, or load the page again.',
    VISITOR_INVALID: 'It has been a while. Load the page again to go on.',
    UNKNOWN: 'Something went wrong at our end. Try again in a moment.',
  },
  titles: {
    WIDGET_OFF: 'The chat is switched off',
    ORIGIN_REFUSED: 'The chat is not available here',
    IDENTITY_REQUIRED: 'Please sign in',
    IDENTITY_INVALID: 'Please sign in again',
  },
  problemTitle: 'The chat could not be loaded',
  link: {
    open: 'Link my account',
    title: 'Link my account',
    text: (service) =>
      `For members of the organization: make a code at ${service} under Settings, Account, and enter it here. From then on you have the rights of your account in this chat.`,
    code: 'Code',
    submit: 'Link',
    sending: 'Linking …',
    done: (name) => `Linked. You are ${name} here now.`,
  },
  attachments: {
    attach: 'Attach a text file',
    attached: 'Attached files',
    isAttached: (name) => `${name} is attached.`,
    removeFile: (name) => `Remove ${name}`,
    tooMany: (name) => `“${name}” was left out: a message takes 3 files. Send it with the next one.`,
    refused: {
      type: (name) => `“${name}” cannot be sent: only text files can (plain text, CSV, Markdown, JSON).`,
      long: (name) => `“${name}” is too long: a file may have 20,000 characters. Send the part that matters.`,
      empty: (name) => `“${name}” is empty.`,
      unreadable: (name) => `“${name}” could not be read as text. Save it as UTF-8 text, then attach it again.`,
    },
  },
  composer: (persona) => ({
    label: `Message to ${persona}`,
    placeholder: 'Write a message',
    send: 'Send',
    stop: 'Stop',
    stopping: 'Stopping',
    answering: 'Sending is possible once this answer is done.',
    keys: 'Enter sends, Shift and Enter makes a new line.',
    tooLong: (over, most) => `${over} characters too many. A message holds ${most}: shorten it or send it in parts.`,
    room: (left) => `Room for ${left} more characters.`,
  }),
};

const german: FrameWords = {
  you: 'Sie',
  persona: 'KI-Persona',
  messages: 'Nachrichten',
  starters: 'Vorschläge',
  newConversation: 'Neue Unterhaltung',
  menu: 'Mehr',
  close: 'Chat schließen',
  loading: 'Die Unterhaltung wird geladen',
  latest: 'Zum Neuesten',
  dismiss: 'Ausblenden',
  retry: 'Erneut versuchen',
  cancel: 'Abbrechen',
  sampleData: 'Ninox-Beispieldaten',
  demoModel: 'Offline-Demomodell',
  waiting: {
    title: 'Wartet auf eine Entscheidung.',
    guest: 'Jemand aus der Organisation entscheidet. Die Antwort geht hier von selbst weiter.',
    member: 'Es geht weiter, sobald oben alles entschieden ist.',
    blocked: 'Senden geht, sobald das entschieden ist.',
  },
  work: {
    sent: 'Wartet auf das Modell',
    writing: 'Schreibt',
    thinking: 'Denkt nach',
    stopping: 'Wird gestoppt',
    using: (tool) => `Verwendet ${tool}`,
  },
  tool: {
    running: 'läuft',
    succeeded: 'erledigt',
    failed: 'fehlgeschlagen',
    denied: 'nicht erlaubt',
    outcome_unknown: 'Ausgang unbekannt',
    waiting: 'wartet auf eine Entscheidung',
    undone: 'zurückgenommen',
  },
  ending: {
    stopped: 'Gestoppt. Mit einer neuen Nachricht geht es weiter.',
    interrupted: 'Die Antwort wurde unterbrochen. Senden Sie Ihre Nachricht noch einmal.',
    failed: 'Es gibt keine vollständige Antwort. Senden Sie Ihre Nachricht gleich noch einmal.',
    budget_exceeded: 'Diese Antwort hat ihre Grenze erreicht. Fragen Sie weniger auf einmal.',
  },
  finished: (persona, text) => `Neue Antwort von ${persona}: ${text}`,
  lost: {
    title: 'Sie sind offline, oder der Chat ist nicht erreichbar',
    text: 'Alle paar Sekunden wird es erneut versucht. Eine begonnene Antwort geht weiter.',
    blocked: 'Senden geht wieder, sobald der Chat erreichbar ist.',
  },
  notArrived: 'Die Nachricht ist nicht angekommen. Sie steht wieder im Feld unten.',
  unreachable: 'Der Chat ist nicht erreichbar. Prüfen Sie, ob Sie online sind, und versuchen Sie es erneut.',
  problems: {
    WIDGET_OFF: 'Im Moment nimmt er keine Nachrichten an. Bitte kommen Sie später wieder.',
    ORIGIN_REFUSED: 'Auf dieser Seite darf er nicht verwendet werden.',
    IDENTITY_REQUIRED:
      'Dieser Chat ist für Personen, die auf dieser Website angemeldet sind. Melden Sie sich an und öffnen Sie ihn erneut.',
    IDENTITY_INVALID:
      'Ihre Anmeldung auf dieser Website ist abgelaufen. Melden Sie sich erneut an, oder laden Sie die Seite neu.',
    VISITOR_INVALID: 'Es ist eine Weile her. Laden Sie die Seite neu, dann geht es weiter.',
    RATE_LIMITED: 'Das waren viele Nachrichten in kurzer Zeit. Warten Sie etwas und senden Sie sie dann noch einmal.',
    CONVERSATION_BUSY: 'In dieser Unterhaltung wird noch eine Antwort geschrieben.',
    UNKNOWN: 'Bei uns ist etwas schiefgegangen. Versuchen Sie es gleich noch einmal.',
  },
  titles: {
    WIDGET_OFF: 'Der Chat ist ausgeschaltet',
    ORIGIN_REFUSED: 'Der Chat ist hier nicht verfügbar',
    IDENTITY_REQUIRED: 'Bitte anmelden',
    IDENTITY_INVALID: 'Bitte erneut anmelden',
  },
  problemTitle: 'Der Chat konnte nicht geladen werden',
  link: {
    open: 'Mein Konto verknüpfen',
    title: 'Mein Konto verknüpfen',
    text: (service) =>
      `Für Mitglieder der Organisation: Erzeugen Sie auf ${service} unter „Settings“, „Account“ einen Code und geben Sie ihn hier ein. Danach haben Sie in diesem Chat die Rechte Ihres Kontos.`,
    code: 'Code',
    submit: 'Verknüpfen',
    sending: 'Wird verknüpft …',
    done: (name) => `Verknüpft. Sie sind hier jetzt ${name}.`,
  },
  attachments: {
    attach: 'Textdatei anhängen',
    attached: 'Angehängte Dateien',
    isAttached: (name) => `${name} ist angehängt.`,
    removeFile: (name) => `${name} entfernen`,
    tooMany: (name) => `„${name}“ wurde weggelassen: Eine Nachricht fasst 3 Dateien. Senden Sie sie mit der nächsten.`,
    refused: {
      type: (name) => `„${name}“ lässt sich nicht senden: Möglich sind nur Textdateien (Text, CSV, Markdown, JSON).`,
      long: (name) =>
        `„${name}“ ist zu lang: Eine Datei darf 20.000 Zeichen haben. Senden Sie den Teil, auf den es ankommt.`,
      empty: (name) => `„${name}“ ist leer.`,
      unreadable: (name) =>
        `„${name}“ ließ sich nicht als Text lesen. Speichern Sie die Datei als UTF-8-Text und hängen Sie sie erneut an.`,
    },
  },
  composer: (persona) => ({
    label: `Nachricht an ${persona}`,
    placeholder: 'Nachricht schreiben',
    send: 'Senden',
    stop: 'Stoppen',
    stopping: 'Wird gestoppt',
    answering: 'Senden geht, sobald die Antwort fertig ist.',
    keys: 'Enter sendet, Umschalt und Enter beginnt eine neue Zeile.',
    tooLong: (over, most) =>
      `${over} Zeichen zu viel. Eine Nachricht fasst ${most}: Kürzen Sie sie, oder senden Sie sie in Teilen.`,
    room: (left) => `Noch Platz für ${left} Zeichen.`,
  }),
};

export const frameWords: Readonly<Record<Locale, FrameWords>> = { en: english, de: german };
